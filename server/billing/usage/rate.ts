/** What was used in a period that is over, as an invoice: one line a meter, each rounded once, never more than its cap. */
import { addRates, amountOf, multiply, parseRate, type Rate } from '../../../contract/money.ts';
import { BY_ITSELF } from '../../kernel/kill-switches/kill-switches.ts';
import type { Db, Subscription, SubscriptionPeriod } from '../../kernel/database.ts';
import type { Services } from '../../kernel/services.ts';
import { productName } from '../../products/store.ts';
import { once } from '../effects-store.ts';
import { issueInvoice, type LineInput } from '../invoices/issue.ts';
import { keptGb, markRated, metersOf, type ProductMeter, putUsage, recorded } from './store.ts';

const HOUR_MS = 3_600_000;
const DUE_MS = 14 * 24 * HOUR_MS;
const UNITS: Readonly<Record<string, string>> = { traffic: 'GB', snapshot: 'GB', hours: 'h' };

/** Does nothing the second time. `at`: when the period, or the subscription, ended. */
export async function rateUsage(
  services: Services,
  tx: Db,
  subscription: Subscription,
  period: SubscriptionPeriod,
  at: Date,
): Promise<void> {
  const { id, organizationId, productId, currency, taxBehavior } = subscription;
  const meters = await metersOf(tx, productId, currency);
  if (meters.length === 0 || !(await once(tx, `usage:${id}:${period.index}`, 'period over', at))) return;
  const text = (await productName(tx, productId)) ?? 'Usage';
  const rated: { readonly meter: string; readonly amount: bigint; readonly line: LineInput }[] = [];
  for (const meter of meters) {
    const quantity = await quantityOf(tx, subscription, period, meter.meter, at);
    await putUsage(tx, id, meter.meter, period.index, quantity, at);
    const amount = priceOf(meter, quantity);
    const detail = `${meter.meter}: ${quantity} ${UNITS[meter.meter]}`;
    const line: LineInput = {
      kind: 'usage',
      unitAmount: amount,
      parts: { text, detail },
      inclusive: taxBehavior === 'inclusive',
      subscriptionId: id,
      periodIndex: period.index,
      period: { start: dayOf(period.startDate), end: dayOf(period.endDate) },
    };
    rated.push({ meter: meter.meter, amount, line });
  }
  const charged = rated.filter(({ amount }) => amount > 0n);
  const invoice =
    charged.length === 0
      ? null
      : await issueInvoice(services, tx, {
          organizationId,
          kind: 'usage',
          currency,
          dueAt: new Date(at.getTime() + DUE_MS),
          at,
          actor: BY_ITSELF,
          subscriptionId: id,
          lines: charged.map(({ line }) => line),
        });
  for (const { meter, amount } of rated)
    await markRated(tx, id, meter, period.index, { amount, ratedAt: at, invoiceId: amount > 0n ? (invoice?.id ?? null) : null });
}

const dayOf = (date: Date): string => date.toISOString().slice(0, 10);

async function quantityOf(
  tx: Db,
  { id, vpsId, startedAt }: Subscription,
  period: SubscriptionPeriod,
  meter: string,
  at: Date,
): Promise<string> {
  const from = startedAt !== null && startedAt > period.startAt ? startedAt : period.startAt;
  const to = at < period.endAt ? at : period.endAt;
  if (meter === 'hours') return (Math.max(0, to.getTime() - from.getTime()) / HOUR_MS).toFixed(4);
  if (meter === 'snapshot') return vpsId === null || to <= from ? '0' : await keptGb(tx, vpsId, period.startAt, period.endAt);
  return await recorded(tx, id, 'traffic', period.index);
}

/** Exact until the one rounding. */
function priceOf({ unitPrice, included, cap, currency }: ProductMeter, quantity: string): bigint {
  const over = addRates(parseRate(quantity), negative(parseRate(included.toFixed())));
  if (over.numerator <= 0n) return 0n;
  const { amount } = amountOf(multiply(over, parseRate(unitPrice.toFixed())), currency);
  return cap !== null && amount > cap ? cap : amount;
}

const negative = ({ numerator, denominator }: Rate): Rate => ({ numerator: -numerator, denominator });
