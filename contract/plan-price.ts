/** What a provider asks for a plan: the one formula of previews, drift, inventory and pages. */
import { addRates, amountOf, type Money, parseRate } from './money.ts';

/** The prices of a plan as catalogues have them: decimal texts a month, in whole units of the currency. */
export interface PricedPlan {
  readonly currency: string;
  readonly priceMonthly: string;
  readonly backupMonthly?: string | undefined;
  /** Where a region's differ. */
  readonly regionPrices?: Readonly<Record<string, string>> | undefined;
  readonly regionBackups?: Readonly<Record<string, string>> | undefined;
}

/** A month in that region, with the provider's backups where `backups` is set and they have a price. */
export function monthlyPrice(plan: PricedPlan, region: string, backups = false): Money {
  const server = parseRate(plan.regionPrices?.[region] ?? plan.priceMonthly);
  const extra = backups ? backupText(plan, region) : undefined;
  return amountOf(extra === undefined ? server : addRates(server, parseRate(extra)), plan.currency);
}

/** What backups add to a month there; null where none has a price. */
export function backupPrice(plan: PricedPlan, region: string): Money | null {
  const text = backupText(plan, region);
  return text === undefined ? null : amountOf(parseRate(text), plan.currency);
}

function backupText(plan: PricedPlan, region: string): string | undefined {
  return plan.regionBackups?.[region] ?? plan.backupMonthly;
}
