/**
 * An order: placed from a quote with its stock held, paid, fulfilled; or expired, or cancelled. Whoever changes one holds its
 * row first.
 */
import { releaseRedemption, retakeRedemption } from '../billing/coupons/store.ts';
import { draftInvoice } from '../billing/invoices/issue.ts';
import { voidInvoice } from '../billing/invoices/settle.ts';
import { requireRoom } from '../identity/organizations/quotas.ts';
import { appendAudit } from '../kernel/audit.ts';
import { businessNow } from '../kernel/business-clock.ts';
import { brokenUnique, type Db, inTransaction, type Json, type Commit } from '../kernel/database.ts';
import { notFound, Refusal, refuseField } from '../kernel/problem.ts';
import type { Principal, Services } from '../kernel/services.ts';
import { productById, type ProductRow } from '../products/store.ts';
import { consume, ensureStock, hold, release, stockOf } from '../products/stock-store.ts';
import { giveUp } from './give-up.ts';
import { soldOut } from './placement.ts';
import { ruleFor } from './rules.ts';
import { noteFirstUses, redeemItems } from './reduced.ts';
import { agreedTerms } from './terms.ts';
import { linesOf, type QuotedItem, requireLeft } from './quote.ts';
import {
  changeItem,
  changeOrder,
  expiredHolding,
  insertOrder,
  lockOrder,
  lockOrdering,
  orderById,
  orderOfQuote,
  type OrderRow,
  quoteById,
} from './store.ts';

/** Of what is limited an unpaid order keeps its item this long; of what is not, it can be paid as long as its quote's prices hold. */
const HOLD_MS = 15 * 60_000;
const UNLIMITED_MS = 24 * 3_600_000;

type By = Pick<Principal, 'name' | 'organizationId' | 'actor'>;

export async function mustOrder(db: Db, principal: Pick<Principal, 'organizationId'>, id: string): Promise<OrderRow> {
  const order = await orderById(db, principal.organizationId, id);
  if (!order) throw notFound('order', id);
  return order;
}

export interface Placing {
  readonly quoteId: string;
  readonly hash: string;
  readonly externalReference: string | null;
  readonly source?: string;
  /** The version of the terms that was agreed to, and from which address. */
  readonly terms?: string | undefined;
  readonly address?: string | null;
}

/** The commit holds the stock and makes the invoice, or writes nothing. The same quote twice is one order. */
export async function prepareOrder(services: Services, principal: By, asked: Placing): Promise<Commit<OrderRow>> {
  await giveBackExpired(services, principal, asked.quoteId);
  return (tx) =>
    placing(services, tx, principal, asked).catch((error: unknown) => {
      throw brokenUnique(error)?.includes('uniqueReference')
        ? refuseField('external_reference', 'has a living order already', 'Use that one, or another reference.', 409, 'reference_taken')
        : error;
    });
}

/** Whoever places the same quote at the same time waits for the lock, and finds the order. */
async function placing(services: Services, tx: Db, principal: By, asked: Placing): Promise<OrderRow> {
  const quote = await quoteById(tx, principal.organizationId, asked.quoteId);
  if (!quote) throw notFound('quote', asked.quoteId);
  if (quote.hash !== asked.hash)
    throw refuseField('hash', 'is not that of the quote', 'Look at the quote again, and send its hash unchanged.', 409, 'quote_differs');
  const { organizationId, currency } = quote;
  await lockOrdering(tx, organizationId);
  const made = await orderOfQuote(tx, quote.id);
  if (made) return made;
  const at = await businessNow(tx, organizationId);
  if (quote.expiresAt <= at) throw new Refusal(409, 'quote_expired', 'The quote has expired. Ask for a new one: prices may have changed.');
  const items = quote.items as unknown as QuotedItem[];
  const products = new Map<string, ProductRow>();
  for (const { productId } of items) products.set(productId, products.get(productId) ?? (await stillSold(tx, productId)));
  for (const [id, product] of products)
    await requireLeft(
      { db: tx as Services['db'] },
      { ...product, stock: [] },
      organizationId,
      items.filter((each) => each.productId === id).length,
    );
  await requireRoom(tx, organizationId, 'open_orders');
  await requireRoom(tx, organizationId, 'vpses', items.length);
  const termsVersion = await agreedTerms(tx, principal, organizationId, asked.terms, asked.address ?? null);
  const rule = await ruleFor(tx, { organizationId, total: quote.total, currency }, at);
  const limited =
    items.some(({ stockItemId }) => typeof stockItemId === 'string') ||
    [...products.values()].some(({ stock }) => stock.some(({ externalPid, total }) => externalPid === null && total !== null));
  const expiresAt = new Date(at.getTime() + (limited ? HOLD_MS : UNLIMITED_MS));
  // In one order for everybody, and before all else: who gets none has cost nothing.
  for (const item of items.toSorted((a, b) => (a.productId < b.productId ? -1 : 1)))
    if (!(await hold(tx, await stockTaken(tx, item), item.id, expiresAt))) throw soldOut(item.name);
  await redeemItems(tx, organizationId, items);
  const { externalReference, source = 'api' } = asked;
  const placed = { organizationId, currency, total: quote.total, quoteId: quote.id, placedBy: principal.name, source, externalReference };
  const order = await insertOrder(
    tx,
    { ...placed, placedAt: at, expiresAt, reviewRule: rule?.name ?? null, termsVersion },
    items.map((item) => itemRow(item, products.get(item.productId)!, currency, externalReference)),
  );
  const invoice = await draftInvoice(services, tx, {
    organizationId,
    kind: 'order',
    currency,
    lines: linesOf(items),
    dueAt: expiresAt,
    at,
    actor: principal.name,
    orderId: order.id,
  });
  await changeOrder(tx, order.id, { invoiceId: invoice.id });
  await noteFirstUses(tx, items, invoice.id);
  await audit(tx, principal, order, 'order.placed', { number: order.number, quote: quote.id });
  return (await orderById(tx, null, order.id))!;
}

/** Of an exact package its own, else what there is of the product. */
async function stockTaken(
  tx: Db,
  { productId, stockItemId }: { readonly productId: string; readonly stockItemId?: string | null | undefined },
) {
  return stockItemId ?? (await ensureStock(tx, productId)).id;
}

async function stillSold(tx: Db, id: string): Promise<ProductRow> {
  const product = await productById(tx, id);
  if (!product || product.visibility === 'retired') throw soldOut(product?.name ?? 'This product');
  return product;
}

function itemRow(item: QuotedItem, product: ProductRow, currency: string, ofOrder: string | null) {
  const { id, productId, request, amount, setupFee, taxBehavior, candidateId, accountId, dnsAccountId, spec, country, bySeller } = item;
  const { stockItemId = null, options = [], reduction = null, trialDays = null, termMonths = null } = item;
  const priced = { options, reduction, trialDays, termMonths };
  const externalReference = request.external_reference ?? ofOrder;
  return {
    id,
    productId,
    label: request.label,
    interval: request.interval,
    currency,
    amount: BigInt(amount),
    setupFee: BigInt(setupFee),
    taxBehavior,
    candidateId,
    externalReference,
    uniqueReference: product.oncePerReference ? externalReference : null,
    options: JSON.parse(JSON.stringify({ request, accountId, stockItemId, dnsAccountId, spec, country, bySeller, ...priced })) as Json,
  };
}

/**
 * What has run out of these products is given back before somebody asks for them, each in a transaction of its own; who would
 * find none then is told without one. @throws Refusal 409 `sold_out`
 */
async function giveBackExpired(services: Services, principal: By, quoteId: string): Promise<void> {
  const quote = await quoteById(services.db, principal.organizationId, quoteId);
  if (!quote || (await orderOfQuote(services.db, quoteId))) return;
  const at = await businessNow(services.db, quote.organizationId);
  for (const id of new Set((quote.items as unknown as QuotedItem[]).map(({ productId }) => productId)))
    for (const expired of await expiredHolding(services.db, id, at))
      await inTransaction(services.db, (tx) => expireOrder(services, tx, expired, at));
  for (const { productId, name } of quote.items as unknown as QuotedItem[]) {
    const stock = await stockOf(services.db, productId);
    if (stock && stock.total !== null && stock.reserved + stock.sold >= stock.total) throw soldOut(name);
  }
}

/** Its time is over and nobody paid. Does nothing to an order that is not waiting any more. */
export async function expireOrder(services: Services, tx: Db, id: string, at: Date): Promise<boolean> {
  const order = await lockOrder(tx, null, id);
  if (order?.status !== 'placed') return false;
  await end(services, tx, order, {
    status: 'expired',
    item: 'released',
    stock: 'expired',
    by: 'plinth',
    reason: 'It was not paid in time.',
    at,
  });
  return true;
}

/** By customer or staff: an order that is not paid, or one that came to nothing. @throws Refusal when it has servers. */
export async function cancelOrder(services: Services, principal: By, id: string, reason: string | undefined): Promise<OrderRow> {
  return await inTransaction(services.db, async (tx) => {
    const order = await lockOrder(tx, principal.organizationId, id);
    if (!order) throw notFound('order', id);
    const at = await businessNow(tx, order.organizationId);
    if (order.status === 'placed')
      await end(services, tx, order, {
        status: 'cancelled',
        item: 'cancelled',
        stock: 'released',
        by: principal.name,
        reason: reason ?? 'It was cancelled.',
        at,
      });
    else if (order.status === 'failed') await giveUp(services, tx, order, principal, reason ?? 'It could not be fulfilled.', at);
    else if (order.status !== 'cancelled')
      throw new Refusal(409, 'order_not_open', `The order is ${order.status}. Cancel the subscriptions of its servers instead.`);
    return (await orderById(tx, null, id))!;
  });
}

interface End {
  readonly status: 'expired' | 'cancelled';
  readonly item: 'released' | 'cancelled';
  readonly stock: 'expired' | 'released';
  readonly by: string;
  readonly reason: string;
  readonly at: Date;
}

/** Of an order that was never paid: stock and coupon go back, nothing is owed. */
async function end(services: Services, tx: Db, order: OrderRow, { status, item, stock, by, reason, at }: End): Promise<void> {
  for (const each of order.items) {
    await release(tx, each.id, stock);
    await releaseRedemption(tx, each.id, at);
    await changeItem(tx, each.id, { status: item });
  }
  await changeOrder(tx, order.id, { status, endedAt: at, expiresAt: null, reason });
  if (order.invoiceId !== null) await voidInvoice(services, tx, order.invoiceId, { at, actor: by, reason });
  await audit(tx, { name: by }, order, `order.${status}`, { reason });
}

/** For an order whose money came after its end: takes its stock again. False when that is gone. */
export async function takeAgain(tx: Db, order: OrderRow): Promise<boolean> {
  for (const item of order.items) {
    const { stockItemId } = item.options as { stockItemId?: string | null };
    if (!(await hold(tx, await stockTaken(tx, { productId: item.productId, stockItemId }), item.id, null))) return false;
    if (!(await retakeRedemption(tx, item.id))) return false;
  }
  for (const item of order.items) await changeItem(tx, item.id, { status: 'reserved' });
  return true;
}

export async function sellStock(tx: Db, order: OrderRow): Promise<void> {
  for (const item of order.items) await consume(tx, item.id);
}

export async function audit(
  tx: Db,
  by: Pick<Principal, 'name'>,
  order: OrderRow,
  action: string,
  data: Record<string, Json>,
): Promise<void> {
  await appendAudit(tx, { actor: by.name, action, target: order.id, organizationId: order.organizationId, data });
}
