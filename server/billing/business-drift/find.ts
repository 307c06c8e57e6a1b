/** Looks for what is paid and does not run, runs and is not paid, or costs more than it brings; with its money a month. */
import { amountOf, formatAmount, money, type Money, multiply, parseRate, ratio, times } from '../../../contract/money.ts';
import type { BusinessDriftKind } from '../../../contract/business-drift.ts';
import type { Interval } from '../../../contract/product.ts';
import { timeNow } from '../../kernel/clock.ts';
import { inTransaction } from '../../kernel/database.ts';
import { raiseAlert, resolveAlert } from '../../kernel/kill-switches/store.ts';
import type { SweepReport } from '../../kernel/schedule/runner.ts';
import type { Services } from '../../kernel/services.ts';
import { MONTHS } from '../calendar.ts';
import * as store from './store.ts';

type Price = Pick<Money, 'amount' | 'currency'>;

/** A subscription's price as a month of it. */
export function perMonth(amount: bigint, currency: string, interval: string): Money {
  return times(money(amount, currency), ratio(1, MONTHS[interval as Interval]));
}

/** In another currency, by the rates that costs are made prices with; null: there is none. */
export function inCurrency({ amount, currency }: Price, to: string, rates: ReadonlyMap<string, string>): Money | null {
  if (currency === to) return money(amount, to);
  const rate = rates.get(`${currency}/${to}`);
  return rate === undefined ? null : amountOf(multiply(parseRate(formatAmount(money(amount, currency))), parseRate(rate)), to);
}

export async function findBusinessDrift(services: Pick<Services, 'db'>): Promise<store.Finding[]> {
  const { db } = services;
  const [costs, rates] = [await store.costsOfPlans(db), await store.allRates(db)];
  const cost = ({ accountId, plan }: store.Row): Price | null => costs.get(`${accountId}/${plan}`) ?? null;
  const price = ({ amount, currency, interval }: store.Row): Money | null =>
    amount === null || currency === null || interval === null ? null : perMonth(amount, currency, interval);
  const found: store.Finding[] = [];
  const add = (kind: BusinessDriftKind, row: store.Row, worth: Price | null, message: string): void => {
    const { organizationId, subscriptionId, vpsId, productId, accountId } = row;
    const subject = vpsId ?? subscriptionId!;
    const amounts = { amount: worth?.amount ?? null, currency: worth?.currency ?? null };
    found.push({ kind, subject, organizationId, subscriptionId, vpsId, productId, accountId, ...amounts, message });
  };
  const named = ({ label, vpsId }: store.Row): string => (label === null ? 'It' : `"${label}" (${vpsId})`);

  for (const row of await store.paidWithoutServer(db))
    add('paid-without-server', row, price(row), 'A subscription runs and is charged, and has no server.');
  for (const row of await store.serversWithoutSubscription(db))
    add('server-without-subscription', row, cost(row), `${named(row)} runs for an organization that buys, and nobody pays for it.`);
  for (const row of await store.soldServers(db)) {
    const own = cost(row);
    if (row.soldPlans.length > 0 && !row.soldPlans.includes(row.plan!)) {
      const sold = costs.get(`${row.accountId}/${row.soldPlans[0]}`);
      const more = own && sold && sold.currency === own.currency ? { amount: own.amount - sold.amount, currency: own.currency } : own;
      add('plan-other-than-sold', row, more, `${named(row)} has the plan ${row.plan}; its product is ${row.soldPlans.join(' or ')} there.`);
    }
    const asked = price(row);
    const paid = own && asked && inCurrency(own, asked.currency, rates);
    if (paid && asked && asked.amount < paid.amount) {
      const short = money(paid.amount - asked.amount, asked.currency);
      const said = `${formatAmount(asked)} ${asked.currency} a month, and costs ${formatAmount(paid)}`;
      add('price-below-cost', row, short, `${named(row)} is sold for ${said}.`);
    }
  }
  for (const row of await store.suspendedButRunning(db))
    add('suspended-but-running', row, cost(row), `${named(row)} is suspended, and runs at the provider.`);
  for (const row of await store.runningButUnpaid(db, timeNow()))
    add('running-but-unpaid', row, price(row), `${named(row)} runs, and invoice ${row.detail} is past its grace.`);
  for (const row of await store.endedButBilled(db)) {
    const seen = row.seenCost !== null && row.seenCurrency !== null ? amountOf(parseRate(row.seenCost), row.seenCurrency) : cost(row);
    add('ended-but-billed', row, seen, `${named(row)} has ended here (${row.detail}), and is at the provider still.`);
  }
  return found;
}

/** Only looks: what is found is told, and what is gone is told no more. */
export async function businessDriftSweep(services: Services): Promise<SweepReport> {
  const findings = await findBusinessDrift(services);
  const { found, gone } = await inTransaction(services.db, async (tx) => {
    const put = await store.putFindings(tx, findings, timeNow());
    for (const { kind, subject, message, organizationId } of put.found)
      await raiseAlert(tx, {
        kind: 'business-drift',
        target: `${kind}:${subject}`,
        message,
        data: { kind, subject, ...(organizationId === null ? {} : { organization_id: organizationId }) },
      });
    for (const { kind, subject } of put.gone) await resolveAlert(tx, 'business-drift', `${kind}:${subject}`);
    return put;
  });
  const message = `${findings.length} differences: ${found.length} are new, ${gone.length} are gone.`;
  return { outcome: 'ok', message, result: { open: findings.length, found: found.length, gone: gone.length } };
}
