/**
 * What an answer shows to whom: the one place that decides. The seller's (tokens that may act for all organizations) is
 * everything. An organization's tokens do not see the seller's notes, its accounts at providers, the providers' internal
 * ids, and what all of that costs. Every answer and every event passes here, so a new field needs only its name below.
 */
import { onPlatform } from '../can.ts';
import type { Principal } from '../services.ts';

/** Fields that are the seller's, in any answer and at any depth, as `null`. */
const SELLERS: ReadonlySet<string> = new Set([
  // Accounts at providers.
  'provider_id',
  'account_id',
  'account',
  'accountId',
  'dnsAccountId',
  'plinthAccount',
  // Objects at providers.
  'instance_id',
  'provider_instance_id',
  'instanceId',
  'purchaseId',
  'provider_snapshot_id',
  'object_id',
  'zoneId',
  'zone_id',
  'imported',
  // What the provider takes.
  'monthly_cost',
  'monthlyCost',
  'provider_price',
  'region_prices',
  'backup_price',
  'region_backup_prices',
  'price_before',
  'price_after',
  'price_difference',
  'priceMonthly',
  'priceHourly',
  'regionPrices',
  'backupMonthly',
  'regionBackups',
  'snapshotPerGbMonthly',
  // Where it ran.
  'worker',
  'formerEngine',
]);
/** Lists of sums, as empty lists. */
const SUMS: ReadonlySet<string> = new Set(['monthly_costs', 'price', 'orphan_cost']);
/** Told by the engine or a provider, in which ids stand anywhere. */
const FREE: ReadonlySet<string> = new Set(['fault', 'result', 'data', 'evidence', 'checks', 'message', 'detail']);
/** Of ours, inside such. */
const OWN_IDS: ReadonlySet<string> = new Set(['operation', 'operation_id', 'update', 'snapshot', 'vps', 'vps_id', 'token']);
/** Numbers, UUIDs and hexadecimal digests: the forms of providers' ids. */
const PROVIDERS_ID = /\b(?:\d{6,}|[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b/g;
const HIDDEN = '…';

/** The answer as this caller may see it. */
export function forAudience<T>(principal: Pick<Principal, 'organizationId'>, answer: T): T {
  return onPlatform(principal) ? answer : (shown(answer, false) as T);
}

function shown(value: unknown, free: boolean): unknown {
  if (typeof value === 'string') return free ? value.replaceAll(PROVIDERS_ID, HIDDEN) : value;
  if (Array.isArray(value)) return value.map((item) => shown(item, free));
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, field(key, item, free)]));
}

function isUpstreamPrice(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'monthly' in value && 'hourly' in value;
}

function field(key: string, value: unknown, free: boolean): unknown {
  if (SELLERS.has(key) || key.endsWith(':plinthAccount')) return null;
  if (SUMS.has(key) && Array.isArray(value)) return [];
  // What a provider takes for a plan.
  if (key === 'price' && isUpstreamPrice(value)) return null;
  // How an account is set up is an object; what can be added to a product, and was, is a list.
  if (key === 'options' && !Array.isArray(value)) return null;
  // A change's notes are a list of sentences for whoever asked; a VPS's are the seller's.
  if (key === 'notes') return Array.isArray(value) ? shown(value, free) : null;
  // Steps tell the provider's numbers as numbers too.
  if ((key === 'before' || key === 'after') && typeof value === 'number') return free ? null : value;
  return shown(value, (free || FREE.has(key)) && !OWN_IDS.has(key));
}
