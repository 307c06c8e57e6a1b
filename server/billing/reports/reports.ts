/** Figures for the seller, as a table: columns, and rows of texts. */
import { addRates, amountOf, formatAmount, money, multiply, type Rate, rateOf, ratio } from '../../../contract/money.ts';
import type { Report, REPORTS } from '../../../contract/business-drift.ts';
import { timeNow } from '../../kernel/clock.ts';
import { refuseField } from '../../kernel/problem.ts';
import type { Services } from '../../kernel/services.ts';
import { inCurrency } from '../business-drift/find.ts';
import { allRates } from '../business-drift/store.ts';
import { amountText } from '../money-field.ts';
import { sellerOf } from '../profile/profile.ts';
import { costLines, monthBounds } from '../provider-bills/bills.ts';
import { earnedBetween } from '../provider-bills/store.ts';
import { churnOf, revenueBetween, unpaidNow } from './store.ts';

type Name = (typeof REPORTS)[number];
interface Asked {
  readonly from: string;
  readonly to: string;
  readonly by: 'vps' | 'product' | 'account';
}
const MOST_MONTHS = 36;

export async function reportOf(services: Services, name: Name, asked: Asked): Promise<Report> {
  const months = monthsOf(asked);
  if (name === 'revenue') return await revenue(services, months);
  if (name === 'churn') return await churn(services, months);
  return name === 'unpaid' ? await unpaid(services) : await margin(services, months, asked.by);
}

function monthsOf({ from, to }: Asked): string[] {
  if (to < from) throw refuseField('to', 'lies before `from`', 'Send the last month that counts.');
  const months: string[] = [];
  for (let month = from; month <= to && months.length <= MOST_MONTHS; month = monthBounds(month).to.toISOString().slice(0, 7))
    months.push(month);
  if (months.length > MOST_MONTHS) throw refuseField('to', `is more than ${MOST_MONTHS} months after \`from\``, 'Ask for fewer.');
  return months;
}

async function revenue({ db }: Services, months: readonly string[]): Promise<Report> {
  const rows = await revenueBetween(db, monthBounds(months[0]!).from, monthBounds(months.at(-1)!).to);
  return {
    report: 'revenue',
    columns: ['month', 'currency', 'invoiced_net', 'tax', 'credited_net', 'received', 'refunded'],
    rows: rows.map((each) => {
      const text = (amount: bigint): string => amountText(amount, each.currency);
      const { month, currency, invoiced, tax, credited, received, refunded } = each;
      return [month, currency, text(invoiced), text(tax), text(credited), text(received), text(refunded)];
    }),
  };
}

/** The share of those that were there at the month's beginning and ended in it. */
async function churn({ db }: Services, months: readonly string[]): Promise<Report> {
  const rows = await churnOf(
    db,
    months.map((month) => monthBounds(month).from),
  );
  return {
    report: 'churn',
    columns: ['month', 'at_start', 'begun', 'ended', 'at_end', 'churn_percent'],
    rows: rows.map(({ month, atStart, begun, ended, atEnd }) => {
      const share = atStart === 0 ? null : ((ended * 100) / atStart).toFixed(1);
      return [month, String(atStart), String(begun), String(ended), String(atEnd), share];
    }),
  };
}

async function unpaid({ db }: Services): Promise<Report> {
  const rows = await unpaidNow(db, timeNow());
  return {
    report: 'unpaid',
    columns: ['organization', 'invoice', 'currency', 'due', 'due_on', 'days_late'],
    rows: rows.map(({ organization, number, currency, due, dueAt, daysLate }) => {
      return [organization, number, currency, amountText(due, currency), dueAt.toISOString().slice(0, 10), String(daysLate)];
    }),
  };
}

interface Sum {
  readonly key: string;
  readonly name: string;
  revenue: Rate;
  cost: Rate;
  /** Something of it has no exchange rate. */
  unknown: boolean;
}
const NOTHING = ratio(0, 1);

/** Both in the seller's currency. What a day of a period brings is its share of the price; what it costs is the bill, or its estimate. */
async function margin(services: Services, months: readonly string[], by: Asked['by']): Promise<Report> {
  const { currency } = await sellerOf(services.db);
  const rates = await allRates(services.db);
  const rows: (string | null)[][] = [];
  for (const month of months) {
    const { from, to } = monthBounds(month);
    const earned = await earnedBetween(services.db, from, to);
    const { lines, accounts } = await costLines(services, month);
    const names = new Map(accounts.map(({ id, name }) => [id, name]));
    const productOf = new Map(
      earned.flatMap(({ vpsId, productId, productName }) =>
        vpsId === null ? [] : [[vpsId, { id: productId, name: productName }] as const],
      ),
    );
    const accountOf = new Map(lines.flatMap(({ vpsId, accountId }) => (vpsId === null ? [] : [[vpsId, accountId] as const])));
    const sums = new Map<string, Sum>();
    const sumOf = (key: string, name: string): Sum => {
      const found = sums.get(key) ?? { key, name, revenue: NOTHING, cost: NOTHING, unknown: false };
      sums.set(key, found);
      return found;
    };
    for (const { vpsId, productId, productName, amount, currency: own, days, of } of earned) {
      const account = accountOf.get(vpsId ?? '') ?? '';
      const sum =
        by === 'product'
          ? sumOf(productId, productName)
          : by === 'vps'
            ? sumOf(vpsId ?? '', vpsId ?? '')
            : sumOf(account, names.get(account) ?? '');
      const here = inCurrency(money(amount, own), currency, rates);
      if (here === null) sum.unknown = true;
      else sum.revenue = addRates(sum.revenue, multiply(rateOf(here), ratio(days, of)));
    }
    for (const { vpsId, accountId, amount, currency: own } of lines) {
      const product = productOf.get(vpsId ?? '') ?? { id: '', name: '' };
      const sum =
        by === 'account'
          ? sumOf(accountId, names.get(accountId) ?? '')
          : by === 'vps'
            ? sumOf(vpsId ?? '', vpsId ?? '')
            : sumOf(product.id, product.name);
      const here = inCurrency(money(amount, own), currency, rates);
      if (here === null) sum.unknown = true;
      else sum.cost = addRates(sum.cost, rateOf(here));
    }
    for (const { key, name, revenue: brought, cost, unknown } of sums.values()) {
      const [brings, costs] = [amountOf(brought, currency), amountOf(cost, currency)];
      const left = unknown ? null : formatAmount(money(brings.amount - costs.amount, currency));
      rows.push([month, key, name, currency, formatAmount(brings), formatAmount(costs), left]);
    }
  }
  return { report: 'margin', columns: ['month', by, 'name', 'currency', 'revenue', 'cost', 'margin'], rows };
}
