/** What a person decides about an order that waits for a look at it. */
import { businessNow } from '../kernel/business-clock.ts';
import { inTransaction } from '../kernel/database.ts';
import { resolveAlert } from '../kernel/kill-switches/store.ts';
import { notFound, Refusal } from '../kernel/problem.ts';
import type { Principal, Services } from '../kernel/services.ts';
import { makeItems } from './fulfil.ts';
import { giveUp } from './give-up.ts';
import { audit } from './orders.ts';
import { changeItem, changeOrder, lockOrder, orderById, type OrderRow } from './store.ts';

/** @throws Refusal when it waits for no review */
export async function decideReview(
  services: Services,
  by: Principal,
  id: string,
  { decision, reason }: { readonly decision: 'accept' | 'refuse'; readonly reason: string },
): Promise<OrderRow> {
  return await inTransaction(services.db, async (tx) => {
    const order = await lockOrder(tx, by.organizationId, id);
    if (!order) throw notFound('order', id);
    if (order.status !== 'review') throw new Refusal(409, 'not_in_review', `The order is ${order.status}; nobody has to look at it.`);
    const at = await businessNow(tx, order.organizationId);
    await resolveAlert(tx, 'order-review', `order:${id}`);
    await audit(tx, by, order, decision === 'accept' ? 'order.accepted' : 'order.refused', { rule: order.reviewRule ?? '', reason });
    await changeOrder(tx, id, { status: 'paid' });
    if (decision === 'accept') await makeItems(services, tx, id, at);
    else {
      for (const item of order.items) await changeItem(tx, item.id, { status: 'failed', failure: 'The seller did not take the order.' });
      await giveUp(services, tx, (await orderById(tx, null, id))!, by, 'The seller did not take the order.', at);
    }
    return (await orderById(tx, null, id))!;
  });
}
