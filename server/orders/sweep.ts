/** What becomes of orders by itself: the unpaid ones expire, and servers that are made turn into running subscriptions. */
import { timeNow } from '../kernel/clock.ts';
import { inTransaction } from '../kernel/database.ts';
import type { SweepReport } from '../kernel/schedule/runner.ts';
import type { Services } from '../kernel/services.ts';
import { settleItem } from './fulfil.ts';
import { giveBackLate } from './give-up.ts';
import { expireOrder } from './orders.ts';
import { expiredOrders, itemsBeingMade, owedBack } from './store.ts';

const AT_ONCE = 200;

/** One transaction for each, so that one that cannot be settled keeps no other from it. */
export async function orderSweep(services: Services, signal?: AbortSignal): Promise<SweepReport> {
  let [expired, settled, failed] = [0, 0, 0];
  const each = async (what: Record<string, string>, work: () => Promise<unknown>): Promise<boolean> => {
    signal?.throwIfAborted();
    try {
      await work();
      return true;
    } catch (error) {
      failed++;
      services.log.error({ err: error, ...what }, 'an order could not be settled; it is tried again');
      return false;
    }
  };
  for (const { id, at } of await expiredOrders(services.db, timeNow(), AT_ONCE))
    if (await each({ order: id }, () => inTransaction(services.db, (tx) => expireOrder(services, tx, id, at)))) expired++;
  for (const item of await itemsBeingMade(services.db, AT_ONCE))
    if (await each({ order: item.orderId, item: item.itemId }, () => settleItem(services, item))) settled++;
  for (const { id } of await owedBack(services.db, AT_ONCE))
    await each({ order: id }, () => inTransaction(services.db, (tx) => giveBackLate(services, tx, id)));
  const message = `${expired} orders expired, ${settled} items looked at${failed > 0 ? `, ${failed} could not be settled` : ''}.`;
  return { outcome: failed > 0 ? 'partial' : 'ok', message, result: { expired, settled, failed } };
}
