/** Money for an order that came by another way, booked by a person through the one `recordPayment`. */
import type { z } from 'zod';
import { OrderAnswer, OrderParams, OrderPayment } from '../../contract/order.ts';
import { isPayable } from '../billing/invoices/settle.ts';
import { invoiceById } from '../billing/invoices/store.ts';
import { amountOf } from '../billing/money-field.ts';
import type { Db } from '../kernel/database.ts';
import { type Route, route } from '../kernel/http/route.ts';
import { notFound, Refusal, refuseField } from '../kernel/problem.ts';
import type { Principal, Services } from '../kernel/services.ts';
import { presentOrder } from '../orders/present.ts';
import { orderById, type OrderRow } from '../orders/store.ts';
import { BANK } from './accounts.ts';
import { paymentByProvider } from './store.ts';
import { recordTransfer, transferId } from './transfer.ts';

export function orderPaymentRoutes(services: Services): Route[] {
  const shown = async (db: Db, order: OrderRow) => ({ order: await presentOrder(db, order) });
  return [
    route({
      method: 'post',
      path: '/api/orders/:id/pay',
      summary: 'Book money that came for an order by another way; the same reference twice is one payment',
      permission: 'payment:record',
      params: OrderParams,
      body: OrderPayment,
      responses: { 200: { description: 'The order as it is now.', schema: OrderAnswer } },
      transaction: true,
      handler: async ({ principal, params, body, tx }) => ({
        status: 200,
        body: await shown(tx, await payOrder(services, tx, principal, params.id, body)),
      }),
    }),
  ];
}

/** What is more than the order's invoice asks for becomes credit. */
export async function payOrder(
  services: Services,
  tx: Db,
  principal: Principal,
  id: string,
  { amount: text, currency, reference }: z.output<typeof OrderPayment>,
): Promise<OrderRow> {
  const order = await orderById(tx, principal.organizationId, id);
  if (!order) throw notFound('order', id);
  const amount = amountOf('amount', text, currency);
  if (amount <= 0n) throw refuseField('amount', 'is zero', 'Send what was paid.');
  const invoice = order.invoiceId === null ? null : await invoiceById(tx, null, order.invoiceId);
  const known = invoice && (await paymentByProvider(tx, BANK, transferId(invoice.id, reference)));
  if (!invoice || (!known && !isPayable(invoice)))
    throw new Refusal(409, 'order_not_open', `The order is ${order.status}; its invoice cannot be paid any more.`);
  await recordTransfer(services, tx, {
    invoiceId: invoice.id,
    reference,
    money: { amount, currency },
    receivedAt: undefined,
    actor: principal.name,
  });
  return (await orderById(tx, null, id))!;
}
