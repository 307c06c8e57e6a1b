/** Subscriptions as answers show them. */
import type { z } from 'zod';
import { formatAmount, money } from '../../../contract/money.ts';
import type { Period as PeriodWire, Subscription as Wire, SubscriptionChange as ChangeWire } from '../../../contract/subscription.ts';
import type { Db } from '../../kernel/database.ts';
import { productsById } from '../../products/store.ts';
import { deadlines } from './deadline.ts';
import { optionsOf } from './options.ts';
import type { PricedOption } from './period-lines.ts';
import { dateText, lastPeriods, ordersOf, type Subscription, type SubscriptionChange, type SubscriptionPeriod } from './store.ts';

type SubscriptionWire = z.input<typeof Wire>;

export async function presentSubscriptions(db: Db, rows: readonly Subscription[]): Promise<SubscriptionWire[]> {
  // One after the other: in a transaction there is one connection.
  const products = await productsById(db, [...new Set(rows.map(({ productId }) => productId))]);
  const periods = await lastPeriods(
    db,
    rows.map(({ id }) => id),
  );
  const orders = await ordersOf(
    db,
    rows.map(({ orderItemId }) => orderItemId),
  );
  const harms = await deadlines(db, rows);
  const names = new Map(products.map(({ id, name }) => [id, name]));
  return rows.map((row) => {
    const period = periods.get(row.id);
    return {
      id: row.id,
      organization_id: row.organizationId,
      product_id: row.productId,
      product_name: names.get(row.productId) ?? '',
      order_id: orders.get(row.orderItemId)!,
      vps_id: row.vpsId,
      status: row.status as SubscriptionWire['status'],
      interval: row.interval as SubscriptionWire['interval'],
      currency: row.currency,
      amount: formatAmount(money(row.amount, row.currency)),
      options: presentOptions(optionsOf(row), row.currency),
      billing_zone: row.billingZone,
      anchor_date: row.anchorDate && dateText(row.anchorDate),
      period: period ? presentPeriod(period, row.currency) : null,
      renewal_invoice_id: row.renewalInvoiceId,
      cancel_at_end: row.cancelAtEnd,
      ends_at: row.endsAt?.toISOString() ?? null,
      ended_at: row.endedAt?.toISOString() ?? null,
      end_reason: row.endReason,
      next: row.nextEvent === null || row.nextEventAt === null ? null : { event: row.nextEvent, at: row.nextEventAt.toISOString() },
      deadline: harms.get(row.id)?.toISOString() ?? null,
      problem: row.problem,
      created_at: row.createdAt.toISOString(),
    };
  });
}

export function presentOptions(options: readonly PricedOption[], currency: string) {
  return options.map(({ key, name, quantity, unit }) => ({
    key,
    name,
    quantity,
    unit_amount: formatAmount(money(BigInt(unit), currency)),
  }));
}

export function presentChange(change: SubscriptionChange, currency: string): z.input<typeof ChangeWire> {
  const written = (amount: bigint): string => formatAmount(money(amount, currency));
  return {
    id: change.id,
    kind: change.kind as 'upgrade',
    status: change.status as 'open',
    effective: change.effective as 'now',
    product_id: change.productId,
    interval: change.interval as SubscriptionWire['interval'],
    amount: written(change.amount),
    options: change.options === null ? null : presentOptions(optionsOf({ options: change.options }), currency),
    credit: written(change.credit),
    debit: written(change.debit),
    date: change.changeDate && dateText(change.changeDate),
    invoice_id: change.invoiceId,
    expires_at: change.expiresAt?.toISOString() ?? null,
  };
}

export function presentPeriod(
  { index, startDate, endDate, startAt, endAt, amount }: SubscriptionPeriod,
  currency: string,
): z.input<typeof PeriodWire> {
  return {
    index,
    start: dateText(startDate),
    end: dateText(endDate),
    start_at: startAt.toISOString(),
    end_at: endAt.toISOString(),
    amount: formatAmount(money(amount, currency)),
  };
}
