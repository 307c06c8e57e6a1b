/** Shapes of `/api/admin/upstream/*` items. The contract leaves items open; these are the fields the pages read. */
export interface Plan {
  readonly id: string;
  readonly name: string;
  readonly vcpus: number;
  readonly memoryMb: number;
  readonly diskGb: number;
  readonly transferGb: number | null;
  readonly priceMonthly: string;
  readonly priceHourly: string;
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

export const priceIn = (plan: Plan, region: string): string => plan.regionPrices?.[region] ?? plan.priceMonthly;
export const backupsIn = (plan: Plan, region: string): string | undefined => plan.regionBackups?.[region] ?? plan.backupMonthly;

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
