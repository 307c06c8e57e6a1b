/**
 * What each account charged for a month, every cent explained: by a VPS, a snapshot, something that nobody's record knows, or by
 * nothing. Where the provider's own bill was not brought in, it is estimated: catalogue prices by the time that things were there.
 */
import { amountOf, formatAmount, money, type Money, parseRate, ratio, rateOf, multiply } from '../../../contract/money.ts';
import { monthlyPrice } from '../../../contract/plan-price.ts';
import { allAccounts } from '../../accounts/accounts.ts';
import { readCatalog } from '../../accounts/catalog.ts';
import type { Account } from '../../kernel/database.ts';
import { timeNow } from '../../kernel/clock.ts';
import type { Services } from '../../kernel/services.ts';
import { type ChargeLine, chargesOf, type Held, heldBetween } from './store.ts';

export interface CostLine extends ChargeLine {
  readonly explainedBy: Held['kind'] | 'nothing';
  readonly vpsId: string | null;
}

export function monthBounds(month: string): { readonly from: Date; readonly to: Date } {
  const [year, number] = month.split('-').map(Number) as [number, number];
  return { from: new Date(Date.UTC(year, number - 1, 1)), to: new Date(Date.UTC(year, number, 1)) };
}

/** By the time that it was there, of the month. */
export async function estimate(services: Services, month: string, accounts: readonly Account[]): Promise<CostLine[]> {
  const { from, to } = monthBounds(month);
  const until = timeNow() < to ? timeNow() : to;
  const known = new Map(accounts.map((account) => [account.id, account]));
  const lines: CostLine[] = [];
  for (const held of await heldBetween(services.db, from, to)) {
    const account = known.get(held.accountId);
    const price = account && (await priceOf(services, account, held));
    if (!price) continue;
    const [begin, end] = [Math.max(held.from.getTime(), from.getTime()), Math.min(held.to?.getTime() ?? Infinity, until.getTime())];
    if (end <= begin) continue;
    const share = ratio(BigInt(end - begin), BigInt(to.getTime() - from.getTime()));
    const { amount, currency } = amountOf(multiply(rateOf(price), share), price.currency);
    const { kind, accountId, objectId, vpsId, label } = held;
    lines.push({ externalId: null, accountId, objectId, description: label, amount, currency, explainedBy: kind, vpsId });
  }
  return lines;
}

async function priceOf(services: Services, account: Account, held: Held): Promise<Money | null> {
  const { monthlyCost, currency, plan: planId, region, backups } = held;
  if (planId === null) return monthlyCost === null || currency === null ? null : amountOf(parseRate(monthlyCost), currency);
  const plan = await readCatalog(services, account, 'plans')
    .then(({ items }) => items.find(({ id }) => id === planId))
    .catch(() => undefined);
  return plan ? monthlyPrice(plan, region ?? '', backups) : null;
}

/** The bill where one was brought in, its lines explained; else the estimate. */
export async function costLines(
  services: Services,
  month: string,
  accountId?: string,
): Promise<{
  readonly accounts: readonly Account[];
  readonly billed: ReadonlySet<string>;
  readonly lines: readonly CostLine[];
  readonly estimated: readonly CostLine[];
}> {
  const accounts = (await allAccounts(services)).filter(({ id }) => accountId === undefined || id === accountId);
  const charges = await chargesOf(services.db, month, accountId);
  const billed = new Set(charges.map((each) => each.accountId));
  const estimated = await estimate(services, month, accounts);
  const { from, to } = monthBounds(month);
  const objects = new Map((await heldBetween(services.db, from, to)).map((held) => [`${held.accountId}/${held.objectId}`, held]));
  const explained = charges.map((line): CostLine => {
    const held = line.objectId === null ? undefined : objects.get(`${line.accountId}/${line.objectId}`);
    return { ...line, explainedBy: held?.kind ?? 'nothing', vpsId: held?.vpsId ?? null };
  });
  return { accounts, billed, lines: [...explained, ...estimated.filter((line) => !billed.has(line.accountId))], estimated };
}

export function presentBill(
  account: Account,
  month: string,
  source: 'bill' | 'estimate',
  lines: readonly CostLine[],
  estimated: readonly CostLine[],
) {
  const currencies = [...new Set([...lines, ...estimated].map(({ currency }) => currency))].toSorted();
  const sum = (of: readonly CostLine[], currency: string): string =>
    formatAmount(
      money(
        of.reduce((all, line) => (line.currency === currency ? all + line.amount : all), 0n),
        currency,
      ),
    );
  const isExplained = ({ explainedBy }: CostLine): boolean => explainedBy === 'vps' || explainedBy === 'snapshot';
  return {
    account_id: account.id,
    account_name: account.name,
    month,
    source,
    lines: lines.map((line) => ({
      external_id: line.externalId,
      description: line.description,
      amount: formatAmount(money(line.amount, line.currency)),
      currency: line.currency,
      explained_by: line.explainedBy,
      vps_id: line.vpsId,
      object_id: line.objectId,
    })),
    totals: currencies.map((currency) => ({
      currency,
      amount: sum(lines, currency),
      explained: sum(lines.filter(isExplained), currency),
      unexplained: sum(
        lines.filter((line) => !isExplained(line)),
        currency,
      ),
      estimate: sum(estimated, currency),
    })),
  };
}
