/** A subscription's beginning, and its periods as they open. */
import type { Interval } from '../../../contract/product.ts';
import type { Db } from '../../kernel/database.ts';
import { addDays, type Anchor, dateAt, instantOf, MONTHS, type Period, periodOf } from '../calendar.ts';
import { changeSubscription, dateOf, dateText, insertPeriod, insertSegments, lockSubscription, type Subscription, tell } from './store.ts';

/** From where its periods are counted. @throws Error while it is pending. */
export function anchorOf({ id, anchorDate, anchorIndex, interval }: Subscription): Anchor {
  if (anchorDate === null) throw new Error(`The subscription ${id} has not begun.`);
  return { date: dateText(anchorDate), index: anchorIndex, interval: interval as Interval };
}

export function periodNumber(subscription: Subscription, index: number): Period {
  return periodOf(anchorOf(subscription), index);
}

/**
 * The server is usable: what was paid begins now, on the day that it is where the customer is. Does nothing when it has
 * begun, or ended, before.
 */
export async function begin(tx: Db, id: string, invoiceId: string | null, at: Date): Promise<Subscription> {
  const subscription = await lockSubscription(tx, null, id);
  if (!subscription) throw new Error(`There is no subscription ${id}.`);
  if (subscription.status !== 'pending') return subscription;
  const { billingZone, trialDays } = subscription;
  const today = dateAt(at, billingZone);
  const anchor = trialDays === null ? today : addDays(today, trialDays);
  const termEndsOn = termEnd(subscription, anchor);
  const begun = await changeSubscription(tx, id, { status: 'active', anchorDate: dateOf(anchor), termEndsOn, startedAt: at });
  await tell(tx, id, 'begun', 'server ready', { anchor, ...(trialDays === null ? {} : { trial_days: trialDays }) }, at);
  // In a trial no period runs: the first begins at the anchor, when its invoice is due.
  return trialDays === null ? await openPeriod(tx, begun, invoiceId, at) : begun;
}

/** The first day after the months that it is bought for at least: where a period ends. Null: no more than a period. */
function termEnd({ termMonths, interval }: Subscription, anchor: string): Date | null {
  if (termMonths === null) return null;
  const periods = Math.ceil(termMonths / MONTHS[interval as Interval]);
  return dateOf(periodOf({ date: anchor, index: 0, interval: interval as Interval }, periods).start);
}

/** The next period begins. One segment covers it until something changes. */
export async function openPeriod(tx: Db, subscription: Subscription, invoiceId: string | null, at: Date): Promise<Subscription> {
  const { id, nextIndex, billingZone, amount, productId } = subscription;
  const period = periodNumber(subscription, nextIndex);
  const [startAt, endAt] = [instantOf(period.start, billingZone), instantOf(period.end, billingZone)];
  await insertPeriod(tx, id, period, { startAt, endAt, amount, invoiceId });
  await insertSegments(tx, id, nextIndex, [{ fromDate: dateOf(period.start), toDate: dateOf(period.end), productId, amount, invoiceId }]);
  await tell(tx, id, 'period-opened', invoiceId ?? 'none', { index: nextIndex, start: period.start, end: period.end }, at);
  return await changeSubscription(tx, id, { nextIndex: nextIndex + 1 });
}

/** It ends without having begun: its server never became usable. */
export async function neverBegan(tx: Db, id: string, reason: string, at: Date): Promise<void> {
  const subscription = await lockSubscription(tx, null, id);
  if (subscription?.status !== 'pending') return;
  await changeSubscription(tx, id, { status: 'ended', endedAt: at, endReason: reason, vpsId: null, nextEvent: null, nextEventAt: null });
  await tell(tx, id, 'ended', reason, {}, at);
}
