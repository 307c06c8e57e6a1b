/**
 * Another price for those who have a product already: told a month ahead, for the periods that begin from a day on. Who does
 * not want it cancels before that day, a fixed term notwithstanding.
 */
import { randomUUID } from 'node:crypto';
import { formatAmount, money } from '../../../contract/money.ts';
import type { z } from 'zod';
import type { PriceChangeRequest } from '../../../contract/product.ts';
import { appendAudit } from '../../kernel/audit.ts';
import { businessNow } from '../../kernel/business-clock.ts';
import type { Db } from '../../kernel/database.ts';
import { refuseField } from '../../kernel/problem.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import { mustProduct } from '../../products/products.ts';
import { addDays, dateAt, instantOf } from '../calendar.ts';
import { isPayable } from '../invoices/settle.ts';
import { lockInvoice } from '../invoices/store.ts';
import { amountOf } from '../money-field.ts';
import { dropRenewal } from '../subscriptions/apply-change.ts';
import { plan } from '../subscriptions/due.ts';
import { periodNumber } from '../subscriptions/life.ts';
import { lastOutage } from '../subscriptions/outage.ts';
import { changeSubscription, dateOf, type Subscription, subscriptionById, tell } from '../subscriptions/store.ts';
import { concerned, insertPriceChange, type PriceChange } from './store.ts';

const AHEAD_DAYS = 30;

/** @throws Refusal when that is too soon for one of them */
export async function announcePrice(
  services: Services,
  tx: Db,
  by: Principal,
  productId: string,
  body: z.output<typeof PriceChangeRequest>,
  now: Date,
): Promise<{ readonly change: PriceChange; readonly count: number }> {
  const { interval, currency, effective_on: from } = body;
  const product = await mustProduct(tx, productId);
  const amount = amountOf('amount', body.amount, currency);
  const all = await concerned(tx, productId, interval, currency, amount);
  const times = new Map<string, Date>();
  for (const { id, organizationId, billingZone } of all) {
    const at = await businessNow(tx, organizationId);
    times.set(id, at);
    if (addDays(dateAt(at, billingZone), AHEAD_DAYS) > from)
      throw refuseField('effective_on', `is less than ${AHEAD_DAYS} days ahead`, 'Customers are told a month before.', 422, 'too_soon');
  }
  const change = await insertPriceChange(tx, {
    id: randomUUID(),
    productId,
    interval,
    currency,
    amount,
    effectiveOn: dateOf(from),
    announcedBy: by.name,
    announcedAt: now,
  });
  for (const each of all) await announceTo(services, tx, by, each, change, from, times.get(each.id)!);
  const data = { interval, amount: `${body.amount} ${currency}`, from, subscriptions: all.length, name: product.name };
  await appendAudit(tx, { actor: by.name, action: 'product.price-announced', target: productId, organizationId: null, data });
  return { change, count: all.length };
}

async function announceTo(
  services: Services,
  tx: Db,
  by: Principal,
  subscription: Subscription,
  { id: changeId, amount, currency, effectiveOn }: PriceChange,
  from: string,
  at: Date,
): Promise<void> {
  const { id, renewalInvoiceId, renewalIndex, billingZone } = subscription;
  await changeSubscription(tx, id, { announcedAmount: amount, announcedFrom: effectiveOn });
  // One that was issued for such a period already is asked for again at the new price; one that is paid stays.
  if (renewalInvoiceId !== null && periodNumber(subscription, renewalIndex!).start >= from) {
    const invoice = await lockInvoice(tx, renewalInvoiceId);
    if (invoice && isPayable(invoice) && invoice.amountPaid === 0n) await dropRenewal(services, tx, by, subscription, at);
  }
  const written = (each: bigint): string => `${formatAmount(money(each, currency))} ${currency}`;
  const said = {
    change: changeId,
    former: written(subscription.amount),
    amount: written(amount),
    from: instantOf(from, billingZone).toISOString(),
  };
  await tell(tx, id, 'price-announced', by.name, said, at);
  await plan(tx, (await subscriptionById(tx, null, id))!, await lastOutage(tx));
}
