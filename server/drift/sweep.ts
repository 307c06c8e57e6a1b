/**
 * The drift sweep: reads each account's servers and DNS records whole, compares them with what the stacks recorded, and
 * notes those that differ; the settling sweep gives them, and only them, to the engine. The same reading makes the
 * inventory. An account of which anything could not be read stays exactly as it was.
 */
import { formatAmount } from '../../contract/money.ts';
import { monthlyPrice } from '../../contract/plan-price.ts';
import type { OwnedObject } from '../../providers/instance-extras.ts';
import type { InstanceSummary, Plan } from '../../providers/provider.ts';
import { readCatalog } from '../accounts/catalog.ts';
import { fingerprintOf, resolveDrift } from './drift.ts';
import type { Services } from '../kernel/services.ts';
import { listAccounts, noteServersSeen, zonesInUse } from '../accounts/store.ts';
import { listAccountSwitches, raiseAlert, resolveAlert } from '../kernel/kill-switches/store.ts';
import { type Account, inTransaction, type Json } from '../kernel/database.ts';
import { type DriftRow, insertDrift, namedVpses, openDriftsOf, updateDrift } from './store.ts';
import { saveSightings, type SeenItem } from '../accounts/inventory/store.ts';
import { namesOfSnapshots } from '../vps/snapshots/store.ts';
import { databaseNow } from '../kernel/schedule/store.ts';
import { beyondEngine, type Difference, isVanished } from './compare.ts';
import { compareAll, type Compared, lookAtVanished, type Sweep } from './compare-account.ts';
import { danglingRecords, type Found, type KnownVps, leftovers, strayInstances, vpsOfComment, vpsOfTags } from './inventory/sweep.ts';
import { holdForLaterMarks } from './later-marks.ts';
import { hasFailed, inParallel, type Reading, readAccount } from './reading.ts';
import type { SweepReport } from '../kernel/schedule/runner.ts';

const ACCOUNTS_AT_ONCE = 8;
/** More than this many and this share of an account's servers gone at once: rather the key reads another account. */
const MASS_VANISH = { servers: 5, share: 0.5 };

/** What one account came to; `failure` leaves everything about it as it was. */
interface AccountReport {
  account: string;
  provider: string;
  pages: number;
  servers: number;
  compared: number;
  skipped: number;
  drifted: number;
  failure?: string;
}

export async function driftSweep(services: Services, signal: AbortSignal): Promise<SweepReport> {
  const { db } = services;
  const startedAt = await databaseNow(db);
  const stopped = new Set((await listAccountSwitches(db)).filter((row) => row.stopped).map(({ accountId }) => accountId));
  const accounts = (await listAccounts(db)).filter(({ id }) => !stopped.has(id));
  const readings = await inParallel(accounts, ACCOUNTS_AT_ONCE, async (account) =>
    readAccount(services, account, await zonesInUse(db, account.id), signal),
  );
  const dns = new Map(
    readings.flatMap((reading) => (hasFailed(reading) || !reading.records ? [] : [[reading.account.id, reading] as const])),
  );
  const sweep: Sweep = { services, signal, startedAt, dns, recordTypes: recordTypesOf(services), recordedRecords: new Set() };
  const reports: AccountReport[] = [];
  for (const reading of readings) {
    const report = {
      account: reading.account.name,
      provider: reading.account.provider,
      pages: reading.pages,
      servers: 0,
      compared: 0,
      skipped: 0,
      drifted: 0,
    };
    reports.push(report);
    if (hasFailed(reading)) {
      Object.assign(report, { failure: reading.failure });
      continue;
    }
    // First: what follows makes things deletable.
    await holdForLaterMarks(services, reading);
    if (reading.instances) await judgeAccount(sweep, reading, reading.instances, report);
  }
  // Records are judged when every stack that may own one is known to have been read.
  const complete = stopped.size === 0 && !reports.some(({ failure }) => failure !== undefined);
  if (complete) for (const reading of dns.values()) await judgeRecords(sweep, reading);
  return reportOf(reports, stopped.size);
}

function recordTypesOf(services: Services): Sweep['recordTypes'] {
  return new Map(
    services.providers.flatMap(({ recordedAs }) => (recordedAs?.record ? [[recordedAs.record.token, recordedAs.record] as const] : [])),
  );
}

async function judgeAccount(
  sweep: Sweep,
  { account, owned = [] }: Reading,
  instances: ReadonlyMap<string, InstanceSummary>,
  report: AccountReport,
): Promise<void> {
  const { services } = sweep;
  report.servers = instances.size;
  const outcome = await compareAll(sweep, account, instances);
  report.compared = outcome.clean.size + outcome.differing.size;
  report.skipped = outcome.skipped.size;
  const vanished = [...outcome.differing.values()].filter(({ differences }) => isVanished(differences)).length;
  if (vanished > MASS_VANISH.servers && vanished > MASS_VANISH.share * outcome.recorded.size) {
    report.failure = `${vanished} of ${outcome.recorded.size} servers are missing from the listing at once; nothing was changed. Check that the key belongs to the right account.`;
    await raiseAlert(services.db, {
      kind: 'servers-missing',
      target: account.id,
      message: report.failure,
      data: { vanished, recorded: outcome.recorded.size },
    });
    return;
  }
  await resolveAlert(services.db, 'servers-missing', account.id);
  const failure = await lookAtVanished(sweep, account, outcome);
  if (failure !== null) {
    report.failure = failure;
    return;
  }
  await recordDrifts(sweep, account, outcome, report);
  await noteServersSeen(services.db, account.id, sweep.startedAt);
  const owners = [...instances.values()].flatMap(({ tags }) => vpsOfTags(tags)?.vpsId ?? []);
  const known = await knownVpses(sweep, [...owners, ...owned.map(({ vpsId }) => vpsId)], outcome.withInstance);
  await recordStrays(sweep, account, instances, outcome, known);
  await recordLeftovers(sweep, account, owned, known);
}

async function recordDrifts(sweep: Sweep, account: Account, outcome: Compared, report: AccountReport): Promise<void> {
  const { services, signal } = sweep;
  const open = new Map((await openDriftsOf(services.db, account.id)).map((drift) => [drift.vpsId, drift]));
  for (const drift of open.values()) {
    // Nobody looked whether it still differs.
    if (drift.kind === 'changed' && outcome.existenceOnly.has(drift.vpsId)) continue;
    if (outcome.clean.has(drift.vpsId)) await settleClean(sweep, drift);
    else if (!outcome.differing.has(drift.vpsId) && !outcome.skipped.has(drift.vpsId))
      await inTransaction(services.db, (tx) => resolveDrift(tx, drift, 'terminated'));
  }
  for (const [vpsId, { differences }] of outcome.differing) {
    signal.throwIfAborted();
    report.drifted++;
    await saveDrift(sweep, account, vpsId, differences, open.get(vpsId));
  }
}

async function settleClean({ services }: Sweep, drift: DriftRow): Promise<void> {
  const done = { accepting: 'accepted', repairing: 'repaired' } as const;
  const resolution = done[drift.state as keyof typeof done] ?? 'gone';
  await inTransaction(services.db, (tx) => resolveDrift(tx, drift, resolution));
}

async function saveDrift(
  { services, startedAt }: Sweep,
  account: Account,
  vpsId: string,
  differences: Difference[],
  open: DriftRow | undefined,
): Promise<void> {
  const fingerprint = fingerprintOf(differences);
  const kind = isVanished(differences) ? 'vanished' : 'changed';
  const same = open?.fingerprint === fingerprint;
  const seen = { lastSeenAt: startedAt, seenCount: { increment: 1 } };
  if (open && same) {
    // One that the engine could not look at is asked about again.
    const again = open.state === 'suspected' && open.checkOperationId === null ? { message: null } : {};
    await updateDrift(services.db, open.id, { ...seen, ...again });
    return;
  }
  const state = beyondEngine(differences) ? 'confirmed' : 'suspected';
  const found = { kind, state, fingerprint, differences: differences as unknown as Json, checkOperationId: null };
  if (!open) await insertDrift(services.db, { vpsId, accountId: account.id, ...found, at: startedAt });
  else
    await updateDrift(services.db, open.id, {
      ...found,
      ...seen,
      engine: null,
      message: null,
      decidedBy: null,
      decidedAt: null,
      reason: null,
    });
}

async function recordStrays(
  sweep: Sweep,
  account: Account,
  instances: ReadonlyMap<string, InstanceSummary>,
  outcome: Compared,
  known: ReadonlyMap<string, KnownVps>,
): Promise<void> {
  const { services } = sweep;
  const found = strayInstances(instances.values(), outcome.recorded, known);
  const plans =
    found.length === 0
      ? []
      : await readCatalog(services, account, 'plans').then(
          ({ items }) => items,
          () => [],
        );
  const items = found.map((item) => seenItem(item, plans));
  await inTransaction(services.db, (tx) => saveSightings(tx, account.id, ['orphan', 'unmanaged'], items, sweep.startedAt));
}

async function recordLeftovers(
  sweep: Sweep,
  account: Account,
  owned: readonly OwnedObject[],
  known: ReadonlyMap<string, KnownVps>,
): Promise<void> {
  const { db } = sweep.services;
  const snapshots = owned.filter(({ kind }) => kind === 'snapshot');
  const kept = new Set(
    await namesOfSnapshots(
      db,
      snapshots.map(({ vpsId }) => vpsId),
    ),
  );
  const items = leftovers(owned, kept, known).map((item) => seenItem(item, []));
  await inTransaction(db, (tx) => saveSightings(tx, account.id, ['leftover'], items, sweep.startedAt));
}

async function judgeRecords(sweep: Sweep, { account, records }: Reading): Promise<void> {
  const all = [...(records ?? [])].flatMap(([zoneId, zone]) => [...zone.values()].map((record) => ({ ...record, zoneId })));
  const owners = all.map(({ comment }) => vpsOfComment(comment)).filter((id) => id !== null);
  const known = await knownVpses(sweep, owners, new Set(owners));
  const items = danglingRecords(all, sweep.recordedRecords, known).map((item) => seenItem(item, []));
  await inTransaction(sweep.services.db, (tx) => saveSightings(tx, account.id, ['record'], items, sweep.startedAt));
}

async function knownVpses(
  { services, startedAt }: Sweep,
  ids: readonly string[],
  withInstance: ReadonlySet<string>,
): Promise<Map<string, KnownVps>> {
  const rows = await namedVpses(services.db, [...new Set(ids)], startedAt);
  return new Map(rows.map((row) => [row.id, { ...row, recordsInstance: row.recordsInstance || withInstance.has(row.id) }]));
}

function seenItem({ kind, reason, objectId, label, vpsId, createdAt, detail }: Found, plans: readonly Plan[]): SeenItem {
  const plan = plans.find(({ id }) => id === detail.plan);
  const monthlyCost = plan ? formatAmount(monthlyPrice(plan, detail.region ?? '')) : null;
  const objectCreatedAt = createdAt === null || Number.isNaN(Date.parse(createdAt)) ? null : new Date(createdAt);
  return { kind, reason, objectId, label, vpsId, detail: { ...detail }, monthlyCost, currency: plan?.currency ?? null, objectCreatedAt };
}

function reportOf(reports: readonly AccountReport[], stopped: number): SweepReport {
  const sum = (key: 'pages' | 'servers' | 'compared' | 'drifted'): number => reports.reduce((total, report) => total + report[key], 0);
  const failed = reports.filter(({ failure }) => failure !== undefined);
  const totals = {
    accounts: reports.length,
    pages: sum('pages'),
    servers: sum('servers'),
    compared: sum('compared'),
    drifted: sum('drifted'),
  };
  const message = [
    `${many(totals.compared, 'stack')} compared with ${many(totals.servers, 'server')} on ${many(totals.accounts, 'account')}: ${totals.drifted} ${totals.drifted === 1 ? 'differs' : 'differ'}.`,
    ...(failed.length === 0
      ? []
      : [
          `${many(failed.length, 'account')} could not be read and ${failed.length === 1 ? 'stays as it was' : 'stay as they were'}: ${failed.map(({ account }) => account).join(', ')}.`,
        ]),
    ...(stopped === 0 ? [] : [`What Plinth does by itself is stopped on ${many(stopped, 'account')}.`]),
  ].join(' ');
  return { outcome: failed.length > 0 ? 'partial' : 'ok', message, result: JSON.parse(JSON.stringify({ ...totals, reports })) as Json };
}

const many = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
