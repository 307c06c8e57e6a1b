/** Orders as answers show them. */
import type { z } from 'zod';
import { formatAmount, money } from '../../contract/money.ts';
import type { Order as Wire } from '../../contract/order.ts';
import type { Db } from '../kernel/database.ts';
import { productsById } from '../products/store.ts';
import { makingOperations, type OrderRow } from './store.ts';

type OrderWire = z.input<typeof Wire>;

/** With what stands in other tables: names of products, operations that make servers. One question for all of them. */
export async function presentOrders(db: Db, orders: readonly OrderRow[]): Promise<OrderWire[]> {
  const items = orders.flatMap((order) => order.items);
  // One after the other: in a transaction there is one connection.
  const products = await productsById(db, [...new Set(items.map(({ productId }) => productId))]);
  const operations = await makingOperations(
    db,
    items.flatMap(({ vpsId }) => vpsId ?? []),
  );
  const names = new Map(products.map(({ id, name }) => [id, name]));
  return orders.map((order) => ({
    id: order.id,
    number: order.number,
    organization_id: order.organizationId,
    status: order.status as OrderWire['status'],
    currency: order.currency,
    total: formatAmount(money(order.total, order.currency)),
    items: order.items.map((item) => ({
      id: item.id,
      product_id: item.productId,
      product_name: names.get(item.productId) ?? '',
      label: item.label,
      interval: item.interval as OrderWire['items'][number]['interval'],
      amount: formatAmount(money(item.amount, item.currency)),
      setup_fee: formatAmount(money(item.setupFee, item.currency)),
      status: item.status as OrderWire['items'][number]['status'],
      external_reference: item.externalReference,
      vps_id: item.vpsId,
      operation_id: operations.get(item.vpsId ?? '')?.id ?? null,
      subscription_id: item.subscriptionId,
      failure: item.failure,
    })),
    invoice_id: order.invoiceId,
    external_reference: order.externalReference,
    placed_by: order.placedBy,
    placed_at: order.placedAt.toISOString(),
    expires_at: order.expiresAt?.toISOString() ?? null,
    paid_at: order.paidAt?.toISOString() ?? null,
    ended_at: order.endedAt?.toISOString() ?? null,
    reason: order.reason,
    review_rule: order.status === 'review' ? order.reviewRule : null,
    refund_due: order.refundDue,
    refunded_at: order.refundedAt?.toISOString() ?? null,
  }));
}

export async function presentOrder(db: Db, order: OrderRow): Promise<OrderWire> {
  return (await presentOrders(db, [order]))[0]!;
}
