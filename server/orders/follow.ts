/** What orders do when something happens below them: in the very transaction in which it does. */
import type { Services } from '../kernel/services.ts';
import { lockOrder, markRefunded } from './store.ts';
import { fulfilOrder, reviveOrder } from './fulfil.ts';

export function registerOrders(services: Services): void {
  // An order is locked before its invoice, by whoever changes either.
  services.hooks.register('invoice.settling', 'orders', async (tx, { orderId }) => {
    if (orderId !== null) await lockOrder(tx, null, orderId);
  });
  services.hooks.register('refund.settled', 'orders', async (tx, { orderId, at }) => {
    if (orderId !== null) await markRefunded(tx, orderId, at);
  });
  services.hooks.register('payment.late', 'orders', (tx, subject) => reviveOrder(services, tx, subject));
  services.hooks.register('invoice.paid', 'orders', async (tx, { kind, orderId, at }) => {
    if (kind === 'order' && orderId !== null) await fulfilOrder(services, tx, orderId, at);
  });
}
