/** The server shop's orders: quoted, placed and paid as every order is. */
import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import type { ShopOrder, ShopOrderCreate, ShopPayment, ShopProvision } from '../../../contract/compat/server-shop.ts';
import { formatAmount, money } from '../../../contract/money.ts';
import type { OrderItemRequest } from '../../../contract/order.ts';
import type { Interval } from '../../../contract/product.ts';
import type { Commit, Db } from '../../kernel/database.ts';
import { notFound, refuseField } from '../../kernel/problem.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import { audit, mustOrder, prepareOrder } from '../../orders/orders.ts';
import { payOrder } from '../../payments/order-payment.ts';
import { prepareQuote } from '../../orders/quote.ts';
import type { OrderRow } from '../../orders/store.ts';
import { productsById, type ProductRow } from '../../products/store.ts';
import { numbersOf } from '../numbers-store.ts';
import { packageOrder } from '../exact-packages/stock.ts';
import { customerIds, customerOrganization, findCustomer } from './customers.ts';
import { priceText, mustShopProduct } from './products.ts';
import { orderIdOf, ordersIn } from './store.ts';

type Wire = z.input<typeof ShopOrder>;
const INTERVALS = { monthly: 'month', quarterly: 'quarter', yearly: 'year' } as const;
const CYCLES: Readonly<Record<string, 'monthly' | 'quarterly' | 'yearly'>> = { month: 'monthly', quarter: 'quarterly', year: 'yearly' };
const STATUSES: Readonly<Record<string, Wire['status']>> = {
  draft: 'pending',
  placed: 'pending',
  paid: 'paid',
  review: 'paid',
  provisioning: 'paid',
  fulfilled: 'active',
  failed: 'failed',
  expired: 'cancelled',
  cancelled: 'cancelled',
};

interface Wanted {
  readonly product: ProductRow;
  readonly interval: Interval;
  readonly hostname?: string | undefined;
  readonly operating_system?: string | undefined;
  readonly region?: string | undefined;
  readonly ssh_key?: string | undefined;
}

/** Quotes it; what it answers places the order. */
export async function prepareShopOrder(services: Services, principal: Principal, body: ShopOrderCreate): Promise<Commit<Wire>> {
  const wanted: Wanted[] = [];
  for (const item of body.items) {
    const { billing_cycle, quantity, hostname, operating_system } = item;
    const { product, region } = await wantedOf(services, item);
    for (let index = 0; index < quantity; index++)
      wanted.push({ product, interval: INTERVALS[billing_cycle], hostname: nth(hostname, index), operating_system, region });
  }
  const organization = await customerOrganization(services, principal, body.customer_id);
  const place = await preparePlace(services, principal, organization, wanted);
  return async (tx) => await present({ db: tx }, await place(tx));
}

/** By its number, or by the exact package that it is. */
async function wantedOf(
  services: Services,
  item: ShopOrderCreate['items'][number],
): Promise<{ product: ProductRow; region: string | undefined }> {
  const id = item.ip_stock_id ?? item.ipStockId;
  if (id !== undefined) return await packageOrder(services, { id, name: item.product_name ?? item.productName, memory: item.memory });
  if (item.product_id === undefined)
    throw refuseField('product_id', 'is missing', 'Send a product, or ip_stock_id with memory for an exact package.');
  return { product: await mustShopProduct(services, item.product_id), region: item.region };
}

/** `web.example.com` once more is `web-2.example.com`. */
function nth(hostname: string | undefined, index: number): string | undefined {
  if (hostname === undefined || index === 0) return hostname;
  const [first, ...rest] = hostname.split('.');
  return [`${first}-${index + 1}`, ...rest].join('.');
}

async function preparePlace(
  services: Services,
  principal: Principal,
  organizationId: string,
  wanted: readonly Wanted[],
  complimentary?: string,
): Promise<Commit<OrderRow>> {
  const items = wanted.map((each) => itemOf(each));
  const asked = { items, organization_id: organizationId as never };
  const quote = await prepareQuote(services, principal, asked, complimentary === undefined ? {} : { complimentary });
  const { id, hash } = await quote(services.db);
  const placing = { quoteId: id, hash, externalReference: null, source: 'compat_d' };
  const commit = await prepareOrder(services, principal, placing);
  return async (tx) => {
    const order = await commit(tx);
    if (complimentary !== undefined) await audit(tx, principal, order, 'order.complimentary', { reason: complimentary });
    return order;
  };
}

function itemOf({ product, interval, hostname, operating_system, region, ssh_key }: Wanted): OrderItemRequest {
  const name = (hostname ?? product.name)
    .toLowerCase()
    .split('.')[0]!
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 50);
  const label = hostname === undefined ? `${name || 'server'}-${randomBytes(3).toString('hex')}` : name || 'server';
  return {
    product_id: product.id as never,
    interval,
    label,
    ssh_keys: ssh_key ? [ssh_key] : [],
    tags: [],
    ...(hostname?.includes('.') ? { hostname } : {}),
    ...(operating_system ? { image: operating_system } : {}),
    ...(region ? { region } : {}),
  };
}

/** By a paid order, or, without one, as a gift of the seller's. Answers what answers the item. */
export async function prepareProvision(services: Services, principal: Principal, body: ShopProvision): Promise<Commit<string>> {
  const product = await mustShopProduct(services, body.product_id);
  if (body.order_id !== undefined) {
    const order = await mustShopOrder(services, principal, body.order_id);
    const item = order.items.find(({ productId }) => productId === product.id);
    if (!item) throw refuseField('order_id', 'has no such product', 'Send the order that it was bought with.');
    if (order.paidAt === null)
      throw refuseField('order_id', 'is not paid', 'Pay it first: POST /api/v1/orders/{id}/pay.', 409, 'order_not_paid');
    return async () => item.id;
  }
  const organization = await customerOrganization(services, principal, body.customer_id);
  const [first] = product.prices;
  const interval = (first?.interval ?? 'month') as Interval;
  const wanted = {
    product,
    interval,
    hostname: body.hostname,
    operating_system: body.operating_system,
    region: body.region,
    ssh_key: body.ssh_key,
  };
  const reason = `Provisioned by ${principal.name} for customer ${body.customer_id}${body.notes ? `: ${body.notes.slice(0, 200)}` : ''}`;
  const place = await preparePlace(services, principal, organization, [wanted], reason);
  return async (tx) => (await place(tx)).items[0]!.id;
}

export async function mustShopOrder(services: { readonly db: Db }, principal: Principal, number: number): Promise<OrderRow> {
  const id = await orderIdOf(services.db, number);
  if (id === null) throw notFound('order', String(number));
  return await mustOrder(services.db, principal, id);
}

export async function payShopOrder(
  services: Services,
  tx: Db,
  principal: Principal,
  number: number,
  { amount, currency, reference }: z.output<typeof ShopPayment>,
): Promise<Wire> {
  const order = await mustShopOrder({ db: tx }, principal, number);
  const paid = await payOrder(services, tx, principal, order.id, { amount: priceText(amount), currency, reference });
  return await present({ db: tx }, paid);
}

export async function listShopOrders(
  services: Services,
  principal: Principal,
  { customer_id, skip, limit }: { readonly customer_id?: string | undefined; readonly skip: number; readonly limit: number },
): Promise<Wire[]> {
  const customer = customer_id === undefined ? undefined : await findCustomer(services.db, customer_id);
  if (customer === null) return [];
  return await presentAll(services, await ordersIn(services.db, customer, skip, limit));
}

export async function present(services: { readonly db: Db }, order: OrderRow): Promise<Wire> {
  return (await presentAll(services, [order]))[0]!;
}

/** What stands in other tables is asked for once for all of them. */
async function presentAll({ db }: { readonly db: Db }, orders: readonly OrderRow[]): Promise<Wire[]> {
  const all = orders.flatMap(({ items }) => items);
  const paid = orders.filter(({ paidAt }) => paidAt !== null).flatMap(({ items }) => items.map(({ id }) => id));
  const numbers = await numbersOf(db, 'D', 'instance', paid);
  const customers = await customerIds(
    db,
    orders.map(({ organizationId }) => organizationId),
  );
  const found = await productsById(db, [...new Set(all.map(({ productId }) => productId))]);
  const products = new Map(found.map((each) => [each.id, each]));
  return orders.map((order) => {
    const number = (amount: bigint): number => Number(formatAmount(money(amount, order.currency)));
    return {
      id: order.number,
      customer_id: customers.get(order.organizationId) ?? order.organizationId,
      status: STATUSES[order.status]!,
      currency: order.currency,
      subtotal: number(order.items.reduce((sum, { amount, setupFee }) => sum + amount + setupFee, 0n)),
      total: number(order.total),
      items: order.items.map((item) => ({
        instance_id: numbers.get(item.id) ?? null,
        product_id: products.get(item.productId)?.number ?? null,
        product_name: products.get(item.productId)?.name ?? '',
        billing_cycle: CYCLES[item.interval]!,
        quantity: 1,
        hostname: item.label,
        ...packageIn(item.options),
        price: number(item.amount),
        setup_fee: number(item.setupFee),
        status: item.status,
        failure: item.failure,
      })),
      created_at: order.placedAt.toISOString(),
      paid_at: order.paidAt?.toISOString() ?? null,
    };
  });
}

/** Of an item that takes an exact package. */
function packageIn(options: unknown): { ip_stock_id: string | null; memory: string | null } {
  const { stockItemId, spec } = options as { stockItemId?: string | null; spec?: { compute?: { plan?: string } } | null };
  return typeof stockItemId === 'string'
    ? { ip_stock_id: stockItemId, memory: spec?.compute?.plan ?? null }
    : { ip_stock_id: null, memory: null };
}
