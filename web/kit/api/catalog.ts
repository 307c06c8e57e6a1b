/** Shapes of `/api/admin/upstream/*` items. The contract leaves items open; these are the fields the pages read. */
import { formatAmount } from '../../../contract/money.ts';
import { backupPrice, monthlyPrice, type PricedPlan } from '../../../contract/plan-price.ts';
export interface Plan {
  readonly id: string;
  readonly name: string;
  readonly vcpus: number;
  readonly memoryMb: number;
  readonly diskGb: number;
  readonly transferGb: number | null;
  /** null for whoever does not see the seller's costs. */
  readonly priceMonthly: string | null;
  readonly priceHourly: string | null;
  readonly currency: string;
  readonly regions: readonly string[];
  readonly regionPrices?: Readonly<Record<string, string>>;
  /** What the provider's backups add; absent where it has none or does not tell. */
  readonly backupMonthly?: string;
  readonly regionBackups?: Readonly<Record<string, string>>;
  readonly available: boolean;
}
export interface Region {
  readonly id: string;
  readonly name: string;
  readonly country: string | null;
  readonly available: boolean;
}
export interface Image {
  readonly id: string;
  readonly name: string;
  readonly family: 'linux' | 'windows' | 'other';
  readonly distribution: string;
  readonly deprecated: boolean;
  readonly minDiskGb: number;
  readonly regions: readonly string[] | null;
}
export interface Zone {
  readonly id: string;
  readonly name: string;
  readonly status: string;
}

/** A month there, with backups where they are asked for; null for whoever does not see prices. */
export function priceIn(plan: Plan, region: string, backups = false): string | null {
  return hasPrice(plan) ? formatAmount(monthlyPrice(plan, region, backups)) : null;
}
export function backupsIn(plan: Plan, region: string): string | undefined {
  const price = hasPrice(plan) ? backupPrice(plan, region) : null;
  return price ? formatAmount(price) : undefined;
}
function hasPrice(plan: Plan): plan is Plan & PricedPlan {
  return plan.priceMonthly !== null;
}

/** Why a plan cannot be ordered in a region, or null. The same rules as the server's. */
export function planProblem(plan: Plan, region: string): string | null {
  if (!plan.available) return 'Sold out at the provider now';
  if (!plan.regions.includes(region)) return 'Not offered in this region now';
  return null;
}

/** Why an image does not go with plan and region, or null. */
export function imageProblem(image: Image, region: string, plan: Plan | undefined): string | null {
  if (image.deprecated) return 'The provider no longer offers it';
  if (image.regions !== null && !image.regions.includes(region)) return 'Not in this region';
  if (plan && image.minDiskGb > plan.diskGb) return `Needs ${image.minDiskGb} GB of disk; the plan has ${plan.diskGb}`;
  return null;
}
