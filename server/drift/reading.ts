/** Reads accounts whole, page by page, through their one rate budget. Any failure makes the account's reading worthless. */
import type { OwnedObject } from '../../providers/instance-extras.ts';
import { everyItem } from '../../providers/pages.ts';
import type { DnsRecordSummary, InstanceSummary } from '../../providers/provider.ts';
import { clientOf } from '../accounts/accounts.ts';
import type { Services } from '../kernel/services.ts';
import type { Account } from '../kernel/database.ts';

/** For a provider that takes a minute for every answer. */
const PAGE_TIMEOUT_MS = 5 * 60_000;

export interface Reading {
  readonly account: Account;
  /** Absent for an account without servers. */
  readonly instances?: ReadonlyMap<string, InstanceSummary>;
  /** What the account holds for VPSes besides servers; absent with them. */
  readonly owned?: readonly OwnedObject[];
  /** By zone, then by record; absent for an account without DNS. */
  readonly records?: ReadonlyMap<string, ReadonlyMap<string, DnsRecordSummary>>;
  readonly pages: number;
}
export interface FailedReading {
  readonly account: Account;
  readonly failure: string;
  readonly pages: number;
}

export function hasFailed(reading: Reading | FailedReading): reading is FailedReading {
  return 'failure' in reading;
}

/** Never rejects for a provider's fault; rejects when the sweep is aborted. */
export async function readAccount(
  services: Services,
  account: Account,
  zones: readonly string[],
  signal: AbortSignal,
): Promise<Reading | FailedReading> {
  let pages = 0;
  const options = () => {
    pages++;
    return { signal: AbortSignal.any([signal, AbortSignal.timeout(PAGE_TIMEOUT_MS)]) };
  };
  try {
    const { compute, dns } = clientOf(services, account);
    const instances = compute && byId(await everyItem((cursor) => compute.listInstances(cursor, options())));
    const owned = compute && (await compute.listOwned(options()));
    const records = new Map<string, ReadonlyMap<string, DnsRecordSummary>>();
    if (dns) for (const zone of zones) records.set(zone, byId(await everyItem((cursor) => dns.listRecords(zone, cursor, options()))));
    return { account, pages, ...(instances ? { instances } : {}), ...(owned ? { owned } : {}), ...(dns ? { records } : {}) };
  } catch (error) {
    signal.throwIfAborted();
    return { account, pages, failure: error instanceof Error ? error.message : String(error) };
  }
}

function byId<T extends { readonly id: string }>(items: readonly T[]): Map<string, T> {
  return new Map(items.map((item) => [item.id, item]));
}

/** At most `limit` at once, in order of the list. */
export async function inParallel<T, R>(items: readonly T[], limit: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = Array.from({ length: items.length });
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index]!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
  return results;
}
