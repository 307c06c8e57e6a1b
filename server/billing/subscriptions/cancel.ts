/** The end that a customer or the staff orders, and taking it back. */
import { money } from '../../../contract/money.ts';
import { invoiceById } from '../invoices/store.ts';
import { appendAudit } from '../../kernel/audit.ts';
import { businessNow } from '../../kernel/business-clock.ts';
import { type Db, inTransaction } from '../../kernel/database.ts';
import { onPlatform } from '../../kernel/can.ts';
import { notFound, Refusal } from '../../kernel/problem.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import { dateAt, instantOf } from '../calendar.ts';
import { netOf } from '../coupons/coupons.ts';
import { shareFrom } from '../proration.ts';
import { dropRenewal } from './apply-change.ts';
import { creditPeriod } from './credit-period.ts';
import { beginEnd, plan } from './due.ts';
import { optionsOf } from './options.ts';
import { periodAmounts } from './period-lines.ts';
import { lastOutage } from './outage.ts';
import { changeSubscription, dateText, lastPeriod, lockSubscription, type Subscription, subscriptionById, tell } from './store.ts';

export interface Cancelling {
  readonly when: 'end' | 'now';
  /** What becomes of the days that are paid and not used, where it ends now. */
  readonly unused: 'none' | 'credit';
  readonly reason: string | undefined;
}

/** @throws Refusal when it has not begun, or its end has. */
export async function cancelSubscription(
  services: Services,
  principal: Principal,
  id: string,
  { when, unused, reason = 'It was cancelled.' }: Cancelling,
): Promise<Subscription> {
  return await changing(services, principal, id, async (tx, subscription, at) => {
    if (subscription.status === 'pending')
      throw new Refusal(409, 'not_begun', 'Its server is not ready. Cancel the order when it could not be made.');
    if (subscription.status === 'terminating' || subscription.status === 'ended')
      throw new Refusal(409, 'already_ending', `The subscription is ${subscription.status}.`);
    const term = await runningTerm(tx, subscription);
    if (term !== null && when === 'now' && !onPlatform(principal))
      throw new Refusal(
        409,
        'term_runs',
        `It was bought until ${dateText(subscription.termEndsOn!)}. Cancel it for that day: "when": "end".`,
      );
    if (term === null) await dropRenewal(services, tx, principal, subscription, at);
    const named = await changeSubscription(tx, id, { endReason: reason });
    await tell(tx, id, 'cancelled', principal.name, { when, reason }, at);
    if (when === 'end') {
      const status = subscription.status === 'active' ? 'cancelling' : subscription.status;
      await changeSubscription(tx, id, { cancelAtEnd: true, status, endsAt: term });
      return;
    }
    if (unused === 'credit') await creditUnused(services, tx, principal, named, at);
    await beginEnd({ services, tx, subscription: named, at }, 'cancelled');
  });
}

/** Until when a fixed term binds beyond the period that is paid; null: it does not. Another price that was announced frees from it. */
async function runningTerm(tx: Db, { id, termEndsOn, billingZone, announcedAmount }: Subscription): Promise<Date | null> {
  const last = await lastPeriod(tx, id);
  if (termEndsOn === null || announcedAmount !== null || (last !== null && last.endDate >= termEndsOn)) return null;
  return instantOf(dateText(termEndsOn), billingZone);
}

/** Goes on as before, while its end has not begun. */
export async function keepSubscription(services: Services, principal: Principal, id: string): Promise<Subscription> {
  return await changing(services, principal, id, async (tx, subscription, at) => {
    if (!subscription.cancelAtEnd || subscription.status === 'terminating' || subscription.status === 'ended')
      throw new Refusal(409, 'not_cancelled', `The subscription is ${subscription.status}; there is no cancellation to take back.`);
    const status = subscription.status === 'cancelling' ? 'active' : subscription.status;
    await changeSubscription(tx, id, { cancelAtEnd: false, status, endReason: null, endsAt: null });
    await tell(tx, id, 'kept', principal.name, {}, at);
  });
}

/** One ordered change of a subscription, as everybody makes it: its next event planned anew. */
export async function changing(
  services: Services,
  principal: Principal,
  id: string,
  work: (tx: Db, subscription: Subscription, at: Date) => Promise<void>,
): Promise<Subscription> {
  return await inTransaction(services.db, async (tx) => {
    const subscription = await lockSubscription(tx, principal.organizationId, id);
    if (!subscription) throw notFound('subscription', id);
    const at = await businessNow(tx, subscription.organizationId);
    await work(tx, subscription, at);
    const planned = await plan(tx, (await subscriptionById(tx, null, id))!, await lastOutage(tx));
    const { organizationId } = subscription;
    const entry = { actor: principal.actor, action: 'subscription.changed', target: id, organizationId };
    await appendAudit(tx, { ...entry, data: { status: planned.status, cancel_at_end: planned.cancelAtEnd } });
    return planned;
  });
}

/** Of the price of the period that runs, the days that are left, this one included: a credit note over its line. */
async function creditUnused(services: Services, tx: Db, principal: Principal, subscription: Subscription, at: Date): Promise<void> {
  const { id, currency, billingZone, orderItemId } = subscription;
  const period = await lastPeriod(tx, id);
  const invoice = period?.invoiceId ? await invoiceById(tx, null, period.invoiceId) : null;
  if (!period || invoice?.status !== 'paid') return;
  const days = { start: dateText(period.startDate), end: dateText(period.endDate) };
  // Of the price that runs, with its options and less what a coupon takes off: a change may have made it another one.
  const amounts = periodAmounts({ amount: subscription.amount, options: optionsOf(subscription) });
  const price = await netOf(tx, orderItemId, period.index, amounts, currency);
  const left = shareFrom(money(price, currency), days, dateAt(at, billingZone));
  await creditPeriod(services, tx, subscription, period, left.amount, {
    reason: 'Cancelled within the period.',
    text: 'Not used',
    causeKey: `unused:${id}:${period.index}`,
    at,
    actor: principal.name,
  });
}
