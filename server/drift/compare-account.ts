/** One account's stacks against its listing: what differs, and a second look at what is missing from it. */
import type { DnsRecordSummary, InstanceSummary, RecordedAs } from '../../providers/provider.ts';
import { clientOf } from '../accounts/accounts.ts';
import { findProvider, type Services } from '../kernel/services.ts';
import type { Account } from '../kernel/database.ts';
import { type RecordedRow, recordedPage } from './store.ts';
import {
  canonicalName,
  compare,
  type Difference,
  existenceOf,
  isVanished,
  type ListedRecords,
  NOTHING_LISTED,
  type Recorded,
} from './compare.ts';
import type { Reading } from './reading.ts';
import { recordedOf, recordsOf } from './recorded.ts';

const PAGE = 500;
/** Other statuses are under way, or wait for a person already; but see `isBroken`. */
const JUDGED: readonly string[] = ['active', 'suspended'];

/** What all accounts of one sweep share. */
export interface Sweep {
  readonly services: Services;
  readonly signal: AbortSignal;
  readonly startedAt: Date;
  readonly recordTypes: ReadonlyMap<string, NonNullable<RecordedAs['record']>>;
  /** Readings of DNS accounts; one that failed is not in it. */
  readonly dns: ReadonlyMap<string, Reading>;
  /** Ids of records that living stacks of this sweep recorded. */
  readonly recordedRecords: Set<string>;
}

export interface Compared {
  /** Instance ids that living stacks recorded. */
  readonly recorded: Set<string>;
  readonly withInstance: Set<string>;
  readonly clean: Set<string>;
  readonly skipped: Set<string>;
  /** Of these, only whether the server is there was looked at. */
  readonly existenceOnly: Set<string>;
  readonly differing: Map<string, { recorded: Recorded; differences: Difference[] }>;
}

/** Writes nothing. */
export async function compareAll(sweep: Sweep, account: Account, instances: ReadonlyMap<string, InstanceSummary>): Promise<Compared> {
  const { services, signal, startedAt } = sweep;
  const names = findProvider(services, account.provider)?.recordedAs?.instance;
  const out: Compared = {
    recorded: new Set(),
    withInstance: new Set(),
    clean: new Set(),
    skipped: new Set(),
    existenceOnly: new Set(),
    differing: new Map(),
  };
  for (let after = ''; ;) {
    signal.throwIfAborted();
    const rows = await recordedPage(services.db, account.id, after, PAGE, startedAt);
    for (const row of rows) {
      const whole = recordedOf(row, names, sweep.recordTypes);
      for (const { id } of whole?.records ?? recordsOf(row, sweep.recordTypes)) sweep.recordedRecords.add(id);
      if (whole) {
        out.recorded.add(whole.instanceId);
        out.withInstance.add(row.id);
      }
      // A living VPS's server is never a stray, whatever its state says.
      if (row.instanceId !== null) out.recorded.add(row.instanceId);
      const listed = recordReader(sweep, row);
      const recorded = judgedOf(row, whole);
      if (recorded && recorded !== whole) out.existenceOnly.add(row.id);
      if (row.busy || !recorded || (recorded.records.length > 0 && !listed)) {
        out.skipped.add(row.id);
        continue;
      }
      const differences = compare(recorded, instances.get(recorded.instanceId) ?? null, listed ?? NOTHING_LISTED);
      if (differences.length === 0) out.clean.add(row.id);
      else out.differing.set(row.id, { recorded, differences });
    }
    if (rows.length < PAGE) return out;
    after = rows.at(-1)!.id;
  }
}

/** What of a VPS is compared; null: nothing. */
function judgedOf(row: RecordedRow, whole: Recorded | null): Recorded | null {
  if (whole !== null) return JUDGED.includes(row.status) ? whole : isBroken(row) ? existenceOf(whole) : null;
  // As after a refresh at the command line that found the server gone. One that is there is adopted by its tag.
  return JUDGED.includes(row.status) && row.instanceId !== null ? existenceOf({ instanceId: row.instanceId, forgotten: true }) : null;
}

/**
 * A server that was in use and whose last change failed. What differs of it may be half of that change; but a repetition of
 * the change cannot bring back a server that is gone, so that is told. One whose set-up failed is made anew by a retry.
 */
function isBroken({ status, instanceId }: RecordedRow): boolean {
  return status === 'error' && instanceId !== null;
}

/** Undefined when the VPS's DNS account could not be read, or one of its zones was not. */
function recordReader(sweep: Sweep, row: RecordedRow): ListedRecords | undefined {
  const zones = row.dnsAccountId === null ? undefined : sweep.dns.get(row.dnsAccountId)?.records;
  return (
    zones && {
      record: (zoneId, id) => zones.get(zoneId)?.get(id) ?? null,
      named: (zoneId, name) => byName(zones.get(zoneId)).get(name) ?? [],
    }
  );
}

type Zone = ReadonlyMap<string, DnsRecordSummary>;
const NO_RECORDS: Zone = new Map();
/** A zone is looked through once, however many VPSes have names in it. */
const indexes = new WeakMap<Zone, Map<string, DnsRecordSummary[]>>();

function byName(zone: Zone = NO_RECORDS): Map<string, DnsRecordSummary[]> {
  const known = indexes.get(zone) ?? Map.groupBy(zone.values(), ({ name }) => canonicalName(name));
  indexes.set(zone, known);
  return known;
}

/**
 * A server deleted while pages were read shifts the others, so only a look at the item itself counts. Before anything is
 * written: answers why the account stays as it was when a look fails, else null.
 */
export async function lookAtVanished({ services, signal }: Sweep, account: Account, outcome: Compared): Promise<string | null> {
  const { compute } = clientOf(services, account);
  for (const [vpsId, { recorded, differences }] of outcome.differing) {
    if (!isVanished(differences)) continue;
    try {
      const found = await compute!.getInstance(recorded.instanceId, { signal });
      if (found === null) continue;
      const records = differences.filter(({ object }) => object === 'record');
      const rest = [...compare({ ...recorded, records: [] }, found, NOTHING_LISTED), ...records];
      if (rest.length > 0) outcome.differing.set(vpsId, { recorded, differences: rest });
      else {
        outcome.differing.delete(vpsId);
        outcome.clean.add(vpsId);
      }
    } catch (error) {
      signal.throwIfAborted();
      return error instanceof Error ? error.message : String(error);
    }
  }
  return null;
}
