/**
 * Orders of a VPS: a cart that carries the mark, its mandatory parts, one checkout that is never repeated, and the way from the order to
 * what was delivered. A cart that was checked out is the memory of a purchase: a retry finds it and buys nothing.
 */
import { z } from 'zod';
import { isProviderError, type ProviderError } from '../errors.ts';
import { orGone, part, type Rest } from '../kit/rest.ts';
import { slugOf } from '../kit/ovhcloud/names.ts';
import { waitFor } from '../wait.ts';
import { catalogueOf, type Model, mandatoryParts, split, TERMS } from './catalog.ts';

export interface Wanted {
  readonly mark: string;
  readonly plan: string;
  readonly datacenter: string;
  readonly image: string;
}
interface Deal {
  readonly rest: Rest;
  readonly wanted: Wanted;
  readonly signal: AbortSignal;
  /** Display names by service, for telling whose an order is. */
  readonly namesOf: () => Promise<ReadonlyMap<string, string>>;
}

const DELIVERY_MS = 45 * 60_000;
/** A cart is kept this long, so that a purchase is remembered however late somebody asks. */
const CART_MS = 30 * 24 * 3_600_000;
/** Clocks differ. */
const BEFORE_MS = 10 * 60_000;

const Cart = z.looseObject({ cartId: z.string(), readOnly: z.boolean(), expire: z.string().nullish() });
type Cart = z.infer<typeof Cart>;
const Item = z.looseObject({ itemId: z.number() });
const Told = z.looseObject({
  orderId: z.number().nullish(),
  prices: z.looseObject({ withoutTax: z.looseObject({ text: z.string() }) }).nullish(),
});
const Extension = z.looseObject({
  order: z
    .looseObject({
      plan: z.looseObject({ code: z.string() }).nullish(),
      configurations: z.array(z.looseObject({ label: z.string(), value: z.string() })).nullish(),
    })
    .nullish(),
});

/** The service that was bought under a mark, now or by an attempt before. @throws ProviderError */
export async function bought(deal: Deal, checkout: (path: string) => Promise<unknown>): Promise<string> {
  const carts = await settledCarts(deal);
  const ordered = carts.find(({ readOnly }) => readOnly);
  if (ordered) return delivered(deal, await orderOf(deal, ordered), ordered);
  // A checkout whose answer was lost may have bought although its cart does not show it.
  for (const cart of carts) {
    const open = await ordersOf(deal, cart);
    if (open.length > 0) throw unclear(deal, cart, 'may have been checked out', open);
  }
  for (const { cartId } of carts) await drop(deal, cartId);
  const cart = await fill(deal);
  let orderId: number;
  try {
    const answer = Told.safeParse(await checkout(`/order/cart/${cart.cartId}/checkout`));
    orderId = answer.data?.orderId ?? (await orderOf(deal, cart));
  } catch (error) {
    if (!isProviderError(error, 'unknown_outcome')) throw error;
    // A cart that can be changed no more was bought.
    const now = (await settledCarts(deal).catch(() => [])).find(({ readOnly }) => readOnly);
    if (now) orderId = await orderOf(deal, now);
    else throw lost(deal, cart, error.detail.message);
  }
  return delivered(deal, orderId, cart);
}

function lost({ rest, wanted }: Deal, { cartId }: Cart, why: string): ProviderError {
  return rest.error(
    'needs_person',
    `The answer to the checkout of cart ${cartId} (${wanted.plan} in ${wanted.datacenter}, ${wanted.mark}) was lost: ${why} It is not repeated. ` +
      `Look at OVH → Orders: give a VPS that was bought the display name "${wanted.mark}" and retry; when none was, delete the cart and retry.`,
  );
}

/** A checkout that was under way when its process died may still take effect: an open cart is looked at until that is past. */
async function settledCarts(deal: Deal): Promise<Cart[]> {
  const { rest, signal, wanted } = deal;
  const since = performance.now();
  return waitFor({
    provider: rest.dialect.provider,
    what: `what became of the carts of ${wanted.mark}`,
    key: 'ovhvps/carts',
    signal,
    deadlineMs: rest.consistencyMs + 60_000,
    probe: async () => {
      const carts = await cartsOf(deal, wanted.mark);
      const isSettled = carts.length === 0 || carts.some(({ readOnly }) => readOnly) || performance.now() - since >= rest.consistencyMs;
      return isSettled ? carts : undefined;
    },
  });
}

async function cartsOf({ rest, signal }: Deal, mark: string): Promise<Cart[]> {
  const ids = await rest.call({ path: '/order/cart', query: { description: mark }, signal }, z.array(z.string()));
  return Promise.all(ids.map((id) => rest.call({ path: `/order/cart/${part(id)}`, signal }, Cart)));
}
async function drop({ rest, signal }: Deal, id: string): Promise<void> {
  await orGone(rest.send({ method: 'DELETE', path: `/order/cart/${part(id)}`, repeatable: true, signal }));
}

/** Everything before the checkout buys nothing, so that it may be repeated. */
async function fill({ rest, wanted, signal }: Deal): Promise<Cart> {
  const { planCode, mode } = split(wanted.plan);
  const catalogue = await catalogueOf(rest, signal);
  const model = catalogue.plans.find((each) => each.planCode === planCode);
  const term = TERMS[mode];
  const parts = model && term ? mandatoryParts(catalogue, model, mode) : null;
  if (!model || !term || !parts)
    throw rest.error('out_of_stock', `OVH does not sell "${wanted.plan}" any more. Choose another plan.`, { field: 'plan' });
  const settings = settingsOf(rest, model, wanted);
  const paying = await rest.call({ path: '/me/payment/method', query: { default: true }, signal }, z.array(z.number()));
  if (paying.length === 0)
    throw rest.error('quota', 'The account at OVH has no default payment method, so nothing was bought. Add one in OVH → Billing.', {
      providerCode: 'payment_refused',
    });
  const post = <T>(path: string, body: unknown, shape: z.ZodType<T>): Promise<T> =>
    rest.call({ method: 'POST', path, body, repeatable: true, signal }, shape);
  const expire = new Date(Date.now() + CART_MS).toISOString();
  const cart = await post('/order/cart', { ovhSubsidiary: catalogue.subsidiary, description: wanted.mark, expire }, Cart);
  const at = `/order/cart/${part(cart.cartId)}`;
  const sold = { duration: term.duration, pricingMode: mode, quantity: 1 };
  const { itemId } = await post(`${at}/vps`, { planCode, ...sold }, Item);
  for (const each of parts) await post(`${at}/vps/options`, { itemId, planCode: each.planCode, ...sold }, Item);
  for (const [label, value] of settings) await post(`${at}/item/${itemId}/configuration`, { label, value }, z.unknown());
  await post(`${at}/assign`, undefined, z.unknown());
  // A dry run: what OVH would refuse, it refuses here.
  await rest.call({ path: `${at}/checkout`, signal }, Told);
  return cart;
}

/** Values of the model's mandatory configurations. @throws ProviderError for one that nobody knows here */
function settingsOf(rest: Rest, { configurations }: Model, { datacenter, image }: Wanted): [string, string][] {
  return configurations.flatMap(({ name, values, isMandatory }): [string, string][] => {
    const listed = values ?? [];
    const one = (value: string | undefined, field: string, wanted: string): [string, string][] => {
      if (value !== undefined) return [[name, value]];
      throw rest.error(field === 'datacenter' ? 'out_of_stock' : 'invalid', `OVH offers no "${wanted}" with this plan. Choose another.`, {
        field,
      });
    };
    if (name === 'vps_datacenter')
      return one(
        listed.find((each) => each === datacenter),
        'datacenter',
        datacenter,
      );
    if (name === 'vps_os')
      return one(
        listed.find((each) => slugOf(each) === slugOf(image)),
        'image',
        image,
      );
    if (isMandatory !== true) return [];
    if (name === 'region') return one(listed.find((each) => each === zoneOf(datacenter)) ?? listed[0], 'datacenter', datacenter);
    return one(listed.find((each) => each === 'production') ?? (listed.length === 1 ? listed[0] : undefined), 'plan', name);
  });
}

function zoneOf(datacenter: string): string {
  return /^(?:BHS|TOR)/.test(datacenter) ? 'canada' : /^(?:VIN|HIL)/.test(datacenter) ? 'united_states' : 'europe';
}

/** The number of a cart's order. Where OVH does not tell it: the one order since then that nobody else can have made. */
async function orderOf(deal: Deal, cart: Cart): Promise<number> {
  const { rest, signal } = deal;
  const summary = await rest.call({ path: `/order/cart/${part(cart.cartId)}/summary`, signal }, Told).catch(() => null);
  if (summary?.orderId) return summary.orderId;
  const open = await ordersOf(deal, cart);
  if (open.length === 1) return open[0]!;
  throw unclear(deal, cart, 'was checked out', open);
}

/** Orders of the same plan and place since the cart was made whose VPS is not yet, or is nobody's. */
async function ordersOf(deal: Deal, cart: Cart): Promise<number[]> {
  const { rest, signal } = deal;
  const since = Date.parse(cart.expire ?? '') - CART_MS - BEFORE_MS;
  const from = new Date(Number.isFinite(since) ? since : Date.now() - CART_MS).toISOString();
  const orders = await rest.call({ path: '/me/order', query: { 'date.from': from }, signal }, z.array(z.number()));
  const names = await deal.namesOf();
  const open: number[] = [];
  for (const order of orders) {
    const service = await serviceOf(deal, order, true);
    if (service === 'other') continue;
    if (service === null || !names.get(service)?.startsWith('plinth-')) open.push(order);
  }
  return open;
}

function unclear({ rest, wanted }: Deal, { cartId }: Cart, what: string, open: readonly number[]): ProviderError {
  const [few, many] = [`the order ${open[0]} may be its`, `the orders ${open.join(', ')} may be its`];
  return rest.error(
    'needs_person',
    `Cart ${cartId} (${wanted.plan} in ${wanted.datacenter}, ${wanted.mark}) ${what}, and ${open.length === 0 ? 'no order shows it' : open.length === 1 ? few : many}. ` +
      `Nothing more is bought. Give the VPS the display name "${wanted.mark}" at OVH and retry; when nothing was bought, delete the cart and retry.`,
  );
}

/** What an order delivered: null while it has not; `other` where it is none of this plan and place. */
async function serviceOf({ rest, wanted, signal }: Deal, orderId: number, hasPlace: boolean): Promise<string | 'other' | null> {
  const at = `/me/order/${orderId}/details`;
  const details = await orGone(rest.call({ path: at, signal }, z.array(z.number())));
  for (const detail of details ?? []) {
    const { order } = (await orGone(rest.call({ path: `${at}/${detail}/extension`, signal }, Extension))) ?? {};
    if (order?.plan?.code !== split(wanted.plan).planCode) continue;
    const place = order.configurations?.find(({ label }) => label === 'vps_datacenter')?.value;
    if (hasPlace && place !== undefined && place !== wanted.datacenter) continue;
    const { domain } = await rest.call({ path: `${at}/${detail}`, signal }, z.looseObject({ domain: z.string() }));
    return /\.vps\./.test(domain) ? domain : null;
  }
  return 'other';
}

async function delivered(deal: Deal, orderId: number, cart: Cart): Promise<string> {
  const { rest, signal, wanted } = deal;
  return waitFor({
    provider: rest.dialect.provider,
    what: `order ${orderId} (${wanted.mark}) to be delivered`,
    key: 'ovhvps/delivery',
    signal,
    deadlineMs: DELIVERY_MS,
    probe: async () => {
      const status = await rest.call({ path: `/me/order/${orderId}/status`, signal }, z.string());
      if (status === 'delivered') {
        const service = await serviceOf(deal, orderId, false);
        return service === null || service === 'other' ? undefined : service;
      }
      if (status === 'cancelled' || status === 'cancelling') {
        await drop(deal, cart.cartId).catch(() => undefined);
        throw rest.error(
          'quota',
          `OVH cancelled the order ${orderId}: nothing was bought. Look at OVH → Orders for the reason, then retry.`,
          {
            providerCode: 'payment_refused',
          },
        );
      }
      if (status === 'notPaid' || status === 'documentsRequested')
        throw rest.error(
          'needs_person',
          `The order ${orderId} waits at OVH (${status}): pay or confirm it in OVH → Orders, then retry; nothing is bought twice.`,
        );
      return undefined;
    },
  });
}
