/**
 * A consumer takes back what they bought, within the days that the seller grants: its servers end, and all that was paid for
 * them goes back by the way it came.
 */
import { invoicesToGiveBack } from '../billing/subscriptions/paid-store.ts';
import { beginEnd, plan } from '../billing/subscriptions/due.ts';
import { dropRenewal } from '../billing/subscriptions/apply-change.ts';
import { dropChange } from '../billing/subscriptions/changes.ts';
import { lastOutage } from '../billing/subscriptions/outage.ts';
import { changeSubscription, lockSubscription, openChange, subscriptionById, tell } from '../billing/subscriptions/store.ts';
import { profileOf } from '../billing/profile/profile.ts';
import { businessNow } from '../kernel/business-clock.ts';
import { type Db, inTransaction } from '../kernel/database.ts';
import { notFound, Refusal } from '../kernel/problem.ts';
import type { Principal, Services } from '../kernel/services.ts';
import { audit } from './orders.ts';
import { owe } from './give-up.ts';
import { orderPolicy } from './policy.ts';
import { changeOrder, lockOrder, orderById, type OrderRow } from './store.ts';

const DAY_MS = 86_400_000;
const REASON = 'The customer withdrew from the purchase.';

/** @throws Refusal when the time for it is over, or the customer is a business */
export async function withdrawOrder(services: Services, by: Principal, id: string): Promise<OrderRow> {
  return await inTransaction(services.db, async (tx) => {
    const order = await lockOrder(tx, by.organizationId, id);
    if (!order) throw notFound('order', id);
    const at = await businessNow(tx, order.organizationId);
    await requireConsumer(tx, order, at);
    for (const { subscriptionId } of order.items) if (subscriptionId !== null) await endNow(services, tx, by, subscriptionId, at);
    await changeOrder(tx, id, { reason: REASON, refundDue: order.total > 0n });
    await audit(tx, by, order, 'order.withdrawn', {});
    const given = { reason: REASON, cause: 'withdrawn', actor: by.name };
    await owe(services, tx, order, null, given, at);
    for (const { subscriptionId } of order.items)
      for (const invoiceId of subscriptionId === null ? [] : await invoicesToGiveBack(tx, subscriptionId))
        await owe(services, tx, { ...order, invoiceId }, null, { ...given, cause: `withdrawn:${invoiceId}` }, at);
    return (await orderById(tx, null, id))!;
  });
}

async function requireConsumer(tx: Db, order: OrderRow, at: Date): Promise<void> {
  const { withdrawal_days: days } = await orderPolicy(tx);
  const { taxId } = await profileOf(tx, order.organizationId);
  if (taxId !== null || days === 0)
    throw new Refusal(409, 'no_withdrawal', 'Only a consumer can withdraw from a purchase. Cancel the subscription instead.');
  if (order.status !== 'fulfilled')
    throw new Refusal(409, 'order_not_fulfilled', `The order is ${order.status}. Cancel it, or wait until its servers are ready.`);
  if (at.getTime() >= order.placedAt.getTime() + days * DAY_MS)
    throw new Refusal(409, 'withdrawal_over', `It could be withdrawn from within ${days} days. Cancel the subscription instead.`);
}

async function endNow(services: Services, tx: Db, by: Principal, id: string, at: Date): Promise<void> {
  const subscription = await lockSubscription(tx, null, id);
  if (!subscription || subscription.status === 'ended' || subscription.status === 'pending') return;
  const change = await openChange(tx, id);
  if (change) await dropChange(services, tx, change, 'withdrawn', by.name, at);
  await dropRenewal(services, tx, by, subscription, at);
  if (subscription.status === 'terminating' && subscription.formerStatus === null) return;
  const named = await changeSubscription(tx, id, { endReason: REASON });
  await tell(tx, id, 'cancelled', by.name, { when: 'now', reason: REASON }, at);
  await beginEnd({ services, tx, subscription: named, at }, 'withdrawn');
  await plan(tx, (await subscriptionById(tx, null, id))!, await lastOutage(tx));
}
