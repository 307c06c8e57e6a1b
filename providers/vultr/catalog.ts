/** Vultr's regions, plans, systems and instances in Plinth's words. */
import { placeOf } from '../kit/cities.ts';
import type { AccountInfo, Image, InstanceStatus, InstanceSummary, Plan, Region } from '../provider.ts';
import { backupsOf } from './instance-specs.ts';
import type * as vultr from './schemas.ts';
import { NO_ADDRESS, UNFINISHED_TAG } from './server.ts';

/** Vultr's own hourly price is the monthly one over this many hours where the answer lacks it. */
const HOURS_PER_MONTH = 730;
/** Automatic backups cost a fifth of the server's price: docs.vultr.com, Automatic Backups. */
const BACKUP_SHARE = 0.2;
/** Entries of the system list that are other kinds of source, not systems to install. */
const NOT_SYSTEMS = new Set(['iso', 'snapshot', 'backup', 'application']);
/** The names of families are ids; these are how people write them. */
const DISTRIBUTIONS: Readonly<Record<string, string>> = {
  almalinux: 'AlmaLinux',
  alpinelinux: 'Alpine Linux',
  archlinux: 'Arch Linux',
  centos: 'CentOS',
  debian: 'Debian',
  fedora: 'Fedora',
  'fedora-coreos': 'Fedora CoreOS',
  flatcar: 'Flatcar',
  freebsd: 'FreeBSD',
  openbsd: 'OpenBSD',
  opensuse: 'openSUSE',
  rockylinux: 'Rocky Linux',
  ubuntu: 'Ubuntu',
  windows: 'Windows Server',
};
const NOT_LINUX = new Set(['freebsd', 'openbsd']);

/** A negative balance at Vultr is money the customer has; Plinth counts what is owed. */
export function presentAccount(account: vultr.Account): AccountInfo {
  const owed = account.balance + account.pending_charges;
  return {
    name: account.email || account.name,
    status: 'active',
    balance: { amount: owed.toFixed(2), currency: 'USD' },
    email: account.email,
    pendingCharges: { amount: account.pending_charges.toFixed(2), currency: 'USD' },
    ...(account.last_payment_date === ''
      ? {}
      : {
          lastPayment: {
            amount: Math.abs(account.last_payment_amount).toFixed(2),
            currency: 'USD',
            at: account.last_payment_date,
          },
        }),
  };
}

/** Where what it calls a city is none. */
const CITIES: Readonly<Record<string, string>> = { 'Delhi NCR': 'Delhi', 'New Jersey': 'Piscataway', 'Silicon Valley': 'San Jose' };

export function presentRegion(region: vultr.Region): Region {
  const country = region.country === '' ? null : region.country.toUpperCase();
  const place = placeOf(CITIES[region.city] ?? region.city, country);
  return { id: region.id, name: region.city || region.id, country, ...place, available: true };
}

export function presentPlan(plan: vultr.Plan, windows: boolean): Plan {
  const elsewhere = Object.entries(plan.location_cost ?? {}).filter(([, cost]) => cost.monthly_cost !== plan.monthly_cost);
  const perRegion = (share: number) =>
    Object.fromEntries(elsewhere.map(([region, cost]) => [region, (cost.monthly_cost * share).toFixed(2)]));
  return {
    id: plan.id,
    name: plan.id,
    vcpus: plan.vcpu_count,
    memoryMb: plan.ram,
    diskGb: plan.disk,
    transferGb: plan.bandwidth,
    priceMonthly: plan.monthly_cost.toFixed(2),
    priceHourly: (plan.hourly_cost ?? plan.monthly_cost / HOURS_PER_MONTH).toFixed(4),
    currency: 'USD',
    regions: plan.locations,
    backupMonthly: (plan.monthly_cost * BACKUP_SHARE).toFixed(2),
    ...(elsewhere.length === 0 ? {} : { regionPrices: perRegion(1), regionBackups: perRegion(BACKUP_SHARE) }),
    available: plan.locations.length > 0,
    windows,
  };
}

/** null for the entries that are no installable system. */
export function presentImage(os: vultr.OperatingSystem): Image | null {
  const family = os.family.toLowerCase();
  if (NOT_SYSTEMS.has(family)) return null;
  return {
    id: String(os.id),
    name: os.name,
    family: family === 'windows' ? 'windows' : NOT_LINUX.has(family) ? 'other' : 'linux',
    distribution: DISTRIBUTIONS[family] ?? os.family,
    deprecated: false,
    minDiskGb: 0,
    regions: null,
  };
}

export function presentInstance(instance: vultr.Instance): InstanceSummary {
  const address = instance.main_ip === '' || instance.main_ip === NO_ADDRESS ? null : instance.main_ip;
  return {
    id: instance.id,
    label: instance.label,
    status: statusOf(instance),
    region: instance.region,
    plan: instance.plan,
    image: instance.os_id === 0 ? null : String(instance.os_id),
    ipv4: address,
    ipv6: instance.v6_main_ip === '' ? null : instance.v6_main_ip,
    tags: instance.tags.filter((tag) => tag !== UNFINISHED_TAG),
    backups: backupsOf(instance) === 'enabled',
    createdAt: isoDate(instance.date_created),
  };
}

function statusOf(instance: vultr.Instance): InstanceStatus {
  if (instance.status === 'suspended') return 'suspended';
  if (instance.status === 'pending') return 'creating';
  if (instance.status === 'resizing' || instance.server_status === 'locked') return 'busy';
  if (instance.status !== 'active') return 'unknown';
  return instance.power_status === 'running' ? 'running' : 'stopped';
}

function isoDate(text: string): string {
  const at = Date.parse(text);
  return Number.isFinite(at) ? new Date(at).toISOString() : text;
}
