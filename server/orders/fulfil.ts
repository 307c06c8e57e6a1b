/**
 * From paid to usable. The paying transaction itself makes the VPS and the operation that builds its server, once for each
 * effect key; what its end means is settled afterwards. Another place is tried only when the one before is proven empty.
 */
import { profileOf } from '../billing/profile/profile.ts';
import { draftInvoice } from '../billing/invoices/issue.ts';
import type { HookSubject } from '../kernel/hooks.ts';
import { once } from '../billing/effects-store.ts';
import { begin } from '../billing/subscriptions/life.ts';
import { plan } from '../billing/subscriptions/due.ts';
import { lastOutage } from '../billing/subscriptions/outage.ts';
import { changeSubscription, insertSubscription } from '../billing/subscriptions/store.ts';
import { BY_ITSELF } from '../kernel/kill-switches/kill-switches.ts';
import { businessNow, businessTime } from '../kernel/business-clock.ts';
import { brokenUnique, type Db, inTransaction, type Json } from '../kernel/database.ts';
import { notFound, Refusal } from '../kernel/problem.ts';
import { type Principal, type Services, within } from '../kernel/services.ts';
import { VpsSpec } from '../../stacks/spec.ts';
import { accountById } from '../accounts/store.ts';
import { productById, updateCandidate } from '../products/store.ts';
import { endForGood } from '../vps/termination/termination.ts';
import { insertPrepared, type PreparedVps } from '../vps/vps.ts';
import { audit, sellStock, takeAgain } from './orders.ts';
import { giveUp, statusOf } from './give-up.ts';
import { place, type Placed } from './placement.ts';
import { orderPolicy } from './policy.ts';
import { noteFirstUses } from './reduced.ts';
import { askForReview } from './rules.ts';
import { setUp } from './setup.ts';
import { linesOf, type QuotedItem } from './quote.ts';
import {
  changeItem,
  changeOrder,
  lockOrder,
  type Making,
  mark,
  orderById,
  type OrderItem,
  type OrderRow,
  quoteById,
  undo,
} from './store.ts';

const BY = { name: BY_ITSELF };

interface Tried {
  readonly candidateId: string;
  readonly vpsId: string | null;
  readonly reason: string;
}
type Options = Pick<
  QuotedItem,
  'options' | 'trialDays' | 'termMonths' | 'request' | 'stockItemId' | 'accountId' | 'dnsAccountId' | 'spec' | 'country' | 'bySeller'
>;

/** The order's invoice is paid: runs in the transaction that makes it so. */
export async function fulfilOrder(services: Services, tx: Db, orderId: string, at: Date): Promise<void> {
  const order = await lockOrder(tx, null, orderId);
  if (!order || !(await once(tx, `fulfil:${orderId}`, 'invoice paid', at))) return;
  if (order.status !== 'placed') return;
  await sellStock(tx, order);
  await changeOrder(tx, orderId, { status: 'paid', paidAt: at, expiresAt: null, endedAt: null, reason: null });
  await audit(tx, BY, order, 'order.paid', {});
  const { timeZone } = await profileOf(tx, order.organizationId);
  for (const item of order.items) {
    const { organizationId, productId, currency, interval, amount, setupFee, taxBehavior } = item;
    const terms = { organizationId, productId, currency, interval, amount, setupFee, taxBehavior };
    const { options = [], trialDays = null, termMonths = null } = item.options as unknown as Options;
    const more = { options: options as unknown as Json, trialDays, termMonths };
    const subscription = await insertSubscription(tx, { ...terms, ...more, orderItemId: item.id, vpsId: null, billingZone: timeZone });
    await changeItem(tx, item.id, { status: 'paid', subscriptionId: subscription.id });
  }
  if (order.reviewRule === null) return await makeItems(services, tx, orderId, at);
  await changeOrder(tx, orderId, { status: 'review' });
  await askForReview(tx, order);
}

/** Everything that is paid is made now. */
export async function makeItems(services: Services, tx: Db, orderId: string, at: Date): Promise<void> {
  for (const item of (await orderById(tx, null, orderId))!.items) if (item.status === 'paid') await provision(services, tx, item, at);
  await settleOrder(services, tx, orderId, at);
}

/**
 * Money for an order that has ended: where its stock can be taken again it is asked for by a new invoice, which that money
 * pays; else it is owed back. @returns whether it is payable again
 */
export async function reviveOrder(services: Services, tx: Db, { orderId, invoiceId, at }: HookSubject): Promise<boolean> {
  const order = orderId === null ? null : await lockOrder(tx, null, orderId);
  if (!order || order.invoiceId !== invoiceId || !['expired', 'cancelled'].includes(order.status)) return false;
  await mark(tx);
  if (!(await takeAgain(tx, order))) {
    await undo(tx);
    // The money is not booked yet: the sweep gives it back.
    await changeOrder(tx, order.id, { refundDue: true, reason: 'It was paid after its end, and is sold out since.' });
    await audit(tx, BY, order, 'order.paid-too-late', {});
    return false;
  }
  const quote = (await quoteById(tx, null, order.quoteId))!;
  const { organizationId, currency } = order;
  await changeOrder(tx, order.id, { status: 'placed', endedAt: null, reason: null });
  const invoice = await draftInvoice(services, tx, {
    organizationId,
    kind: 'order',
    currency,
    lines: linesOf(quote.items as unknown as QuotedItem[]),
    dueAt: at,
    at,
    actor: BY.name,
    orderId: order.id,
    supersedes: invoiceId,
    useCredit: false,
  });
  await changeOrder(tx, order.id, { invoiceId: invoice.id });
  await noteFirstUses(tx, quote.items as unknown as QuotedItem[], invoice.id);
  return true;
}

/** Makes the VPS at the place that was planned. What stands in its way is written down, never thrown at whoever paid. */
async function provision(services: Services, tx: Db, item: OrderItem, at: Date): Promise<void> {
  const options = item.options as unknown as Options;
  if (options.spec === null || options.accountId === null) {
    await changeItem(tx, item.id, { status: 'pending_provisioning' });
    return;
  }
  const account = await accountById(tx, options.accountId);
  const dnsAccount = options.dnsAccountId === null ? null : await accountById(tx, options.dnsAccountId);
  if (!account) return await nextPlace(tx, item, 'Its account is no more.', null);
  const { organizationId, externalReference } = item;
  const prepared = { organizationId, account, dnsAccount, spec: VpsSpec.parse(options.spec), externalReference };
  await build(services, tx, item, prepared, at);
}

async function build(services: Services, tx: Db, item: OrderItem, prepared: PreparedVps, at: Date): Promise<void> {
  const number = (item.tried as unknown as Tried[]).length;
  if (!(await once(tx, `provision:${item.id}:${number}`, 'order paid', at))) return;
  await mark(tx);
  try {
    const made = await setUp(within(services, tx), prepared, (item.options as unknown as Options).request);
    const { vps } = await insertPrepared(services, tx, BY, { ...made, subscriptionId: item.subscriptionId! });
    await changeItem(tx, item.id, { status: 'provisioning', vpsId: vps.id, failure: null });
    await changeSubscription(tx, item.subscriptionId!, { vpsId: vps.id });
  } catch (error) {
    const said =
      error instanceof Refusal ? error.message : brokenUnique(error) === null ? null : 'Its label or reference was taken meanwhile.';
    if (said === null) throw error;
    await undo(tx);
    await changeItem(tx, item.id, { status: 'failed', failure: said });
  }
}

/** It takes one package and no other: what its provider says of that is said to whoever bought it. */
function isExact({ options }: OrderItem): boolean {
  return typeof (options as unknown as Options).stockItemId === 'string';
}

/** This place is over; the sweep looks for another one. */
async function nextPlace(tx: Db, item: OrderItem, reason: string, vpsId: string | null): Promise<void> {
  const tried: Tried[] = [...(item.tried as unknown as Tried[]), { candidateId: item.candidateId ?? '', vpsId, reason }];
  await changeItem(tx, item.id, { status: 'provisioning', vpsId: null, tried: tried as unknown as Json });
  if (item.subscriptionId !== null) await changeSubscription(tx, item.subscriptionId, { vpsId: null });
}

/** A person has made what was ordered: its paid period begins. @throws Refusal when nobody has to make it. */
export async function markReady(services: Services, by: Principal, id: string, itemId: string): Promise<OrderRow> {
  return await inTransaction(services.db, async (tx) => {
    const order = await lockOrder(tx, by.organizationId, id);
    const item = order?.items.find((each) => each.id === itemId);
    if (!order || !item) throw notFound('order item', itemId);
    if (item.status !== 'ready') {
      if (item.status !== 'pending_provisioning')
        throw new Refusal(409, 'not_pending', `This item is ${item.status}; nobody has to make it.`);
      const at = await businessNow(tx, order.organizationId);
      await changeItem(tx, itemId, { status: 'ready' });
      await plan(tx, await begin(tx, item.subscriptionId!, order.invoiceId, at), await lastOutage(tx));
      await audit(tx, by, order, 'order.item-ready', { item: itemId });
      await settleOrder(services, tx, id, at);
    }
    return (await orderById(tx, null, id))!;
  });
}

/** What became of an item's server; asked again until something did. One transaction each. */
export async function settleItem(
  services: Services,
  { itemId, orderId, vpsId, vpsStatus, outcome, finishedAt, fault }: Making,
): Promise<void> {
  if (vpsId === null) return await tryElsewhere(services, orderId, itemId);
  await inTransaction(services.db, async (tx) => {
    const order = await lockOrder(tx, null, orderId);
    const item = order?.items.find(({ id }) => id === itemId);
    if (!order || item?.status !== 'provisioning' || item.vpsId !== vpsId) return;
    const clock = await businessNow(tx, order.organizationId);
    if (outcome === 'succeeded') {
      const at = await businessTime(tx, order.organizationId, finishedAt ?? clock);
      await changeItem(tx, itemId, { status: 'ready', failure: null });
      await plan(tx, await begin(tx, item.subscriptionId!, order.invoiceId, at), await lastOutage(tx));
      await settleOrder(services, tx, orderId, clock);
    } else if (outcome === 'failed' || outcome === 'cancelled') {
      // Nothing may be left there before another place is asked: its end is proven as every end is.
      if (vpsStatus === 'terminated')
        return await nextPlace(tx, item, (isExact(item) ? fault : null) ?? 'The provider could not make it.', vpsId);
      if (vpsStatus !== 'destroying' && vpsStatus !== 'leaked') await endForGood(services, tx, vpsId);
    } else if (outcome === 'stalled' && item.failure === null)
      await changeItem(tx, itemId, { failure: 'Nobody knows what became of its server: a person has to look at its operation.' });
  });
}

async function tryElsewhere(services: Services, orderId: string, itemId: string): Promise<void> {
  const order = await orderById(services.db, null, orderId);
  const item = order?.items.find(({ id }) => id === itemId);
  if (!order || item?.status !== 'provisioning' || item.vpsId !== null) return;
  const tried = item.tried as unknown as Tried[];
  const product = await productById(services.db, item.productId);
  const options = item.options as unknown as Options;
  const { request, country, bySeller } = options;
  const { organizationId } = item;
  const who = { principal: { organizationId: bySeller ? null : organizationId }, organizationId };
  const used = new Set(tried.map(({ candidateId }) => candidateId));
  const last = tried.at(-1);
  // One package says nothing of its neighbours.
  if (last && !isExact(item)) await updateCandidate(services.db, last.candidateId, { available: false, reason: last.reason });
  let refused: Refusal | null = null;
  try {
    const placed =
      product && (await place(services, who, product, request, { tried: used, country, backups: options.spec?.compute.backups === true }));
    if (placed) return await moveTo(services, order, itemId, options, placed);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    refused = error;
  }
  await inTransaction(services.db, async (tx) => {
    const now = (await lockOrder(tx, null, orderId))?.items.find(({ id }) => id === itemId);
    if (now?.status !== 'provisioning' || now.vpsId !== null) return;
    await changeItem(tx, itemId, {
      status: 'failed',
      failure: (isExact(item) ? last?.reason : null) ?? refused?.message ?? 'No place is left where it could be made.',
    });
    await settleOrder(services, tx, orderId, await businessNow(tx, organizationId));
  });
}

async function moveTo(
  services: Services,
  { id: orderId, organizationId }: OrderRow,
  itemId: string,
  options: Options,
  placed: Placed,
): Promise<void> {
  await inTransaction(services.db, async (tx) => {
    const item = (await lockOrder(tx, null, orderId))?.items.find(({ id }) => id === itemId);
    if (item?.status !== 'provisioning' || item.vpsId !== null) return;
    const { account, candidate, prepared } = placed;
    const next: Options = { ...options, accountId: account.id, dnsAccountId: prepared.dnsAccount?.id ?? null, spec: prepared.spec };
    const moved = await changeItem(tx, itemId, { candidateId: candidate.id, options: JSON.parse(JSON.stringify(next)) as Json });
    const at = await businessNow(tx, organizationId);
    await build(services, tx, moved, { ...prepared, externalReference: item.externalReference }, at);
    await settleOrder(services, tx, orderId, at);
  });
}

/** An order's state follows from its items. What could not be made is given up at once, where nobody wants to look at it first. */
export async function settleOrder(services: Services, tx: Db, id: string, at: Date): Promise<void> {
  const order = (await orderById(tx, null, id))!;
  const all = order.items.map(({ status }) => status);
  if (all.includes('failed') && (await orderPolicy(tx)).when_failed !== 'wait') {
    const failure = order.items.find(({ status }) => status === 'failed')?.failure;
    return await giveUp(services, tx, order, BY, failure ?? 'It could not be made.', at);
  }
  const status = all.includes('failed') ? 'failed' : statusOf(all);
  if (order.status === status) return;
  const ended = status === 'fulfilled' ? { endedAt: at } : {};
  await changeOrder(tx, id, { status, ...ended, ...(status === 'failed' ? { refundDue: order.total > 0n } : {}) });
  await audit(tx, BY, order, `order.${status}`, {});
}
