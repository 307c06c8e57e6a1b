/**
 * Paid for and not fulfilled: what failed is given up, its stock goes back, and what it cost goes back to whoever paid, once,
 * in the same transaction.
 */
import { releaseRedemption } from '../billing/coupons/store.ts';
import { once } from '../billing/effects-store.ts';
import { grossOf } from '../billing/invoices/totals.ts';
import { invoiceById } from '../billing/invoices/store.ts';
import { neverBegan } from '../billing/subscriptions/life.ts';
import { appendAudit } from '../kernel/audit.ts';
import { businessNow } from '../kernel/business-clock.ts';
import type { Db } from '../kernel/database.ts';
import type { Principal, Services } from '../kernel/services.ts';
import { release } from '../products/stock-store.ts';
import { orderPolicy } from './policy.ts';
import { changeItem, changeOrder, lockOrder, orderById, type OrderRow } from './store.ts';

type By = Pick<Principal, 'name'>;

/** What an order is when none of its items has failed. */
export function statusOf(items: readonly string[]): 'cancelled' | 'fulfilled' | 'provisioning' {
  if (items.every((each) => each === 'cancelled')) return 'cancelled';
  return items.every((each) => each === 'ready' || each === 'cancelled') ? 'fulfilled' : 'provisioning';
}

/** Of a locked order. Items that are made, or will be, stay as they are. */
export async function giveUp(services: Services, tx: Db, order: OrderRow, by: By, reason: string, at: Date): Promise<void> {
  const failed = order.items.filter(({ status }) => status === 'failed');
  for (const item of failed) {
    await release(tx, item.id, 'released');
    await releaseRedemption(tx, item.id, at);
    await changeItem(tx, item.id, { status: 'cancelled' });
    if (item.subscriptionId !== null) await neverBegan(tx, item.subscriptionId, reason, at);
  }
  const now = (await orderById(tx, null, order.id))!;
  const status = statusOf(now.items.map((each) => each.status));
  const owes = order.invoiceId !== null && order.total > 0n;
  const ended = status === 'provisioning' ? {} : { endedAt: at };
  await changeOrder(tx, order.id, { status, reason, ...ended, refundDue: owes });
  await appendAudit(tx, {
    actor: by.name,
    action: 'order.given-up',
    target: order.id,
    organizationId: order.organizationId,
    data: { reason, items: failed.length },
  });
  const ids = new Set(failed.map(({ id }) => id));
  const whole = now.items.every((each) => each.status === 'cancelled');
  if (owes) await owe(services, tx, now, whole ? null : ids, { reason, cause: [...ids].toSorted().join(','), actor: by.name }, at);
}

/** `items`: those that are given back; null: all that is left of the order's invoice. */
export async function owe(
  services: Services,
  tx: Db,
  { id: orderId, organizationId, invoiceId }: Pick<OrderRow, 'id' | 'organizationId' | 'invoiceId'>,
  items: ReadonlySet<string> | null,
  { reason, cause, actor }: { readonly reason: string; readonly cause: string; readonly actor: string },
  at: Date,
): Promise<void> {
  const invoice = invoiceId === null ? null : await invoiceById(tx, null, invoiceId);
  if (!invoice) return;
  const lines = invoice.lines.filter(({ orderItemId }) => items?.has(orderItemId ?? ''));
  const gross = items === null ? null : grossOf(lines, invoice.currency);
  const to = (await orderPolicy(tx)).when_failed === 'credit' ? 'balance' : 'payer';
  await services.hooks.run('refund.owed', tx, {
    invoiceId: invoice.id,
    organizationId,
    kind: invoice.kind,
    orderId,
    subscriptionId: null,
    at,
    owed: { gross, to, reason, cause: `order:${orderId}:${cause}`, actor },
  });
}

/** Money came for an order after its end and is booked now: it goes back. */
export async function giveBackLate(services: Services, tx: Db, id: string): Promise<void> {
  const order = await lockOrder(tx, null, id);
  if (!order?.refundDue || order.paidAt !== null) return;
  const at = await businessNow(tx, order.organizationId);
  if (!(await once(tx, `late:${id}`, 'paid too late', at))) return;
  await owe(services, tx, order, null, { reason: order.reason ?? 'It was paid after its end.', cause: 'late', actor: 'plinth' }, at);
}
