/**
 * Drives bulk runs. Everything it knows is in the database, so a worker may die at any moment: its lease on the run ends
 * after some seconds and another worker goes on where the items say.
 */
import { isUndo } from '../../contract/bulk.ts';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { BulkAction, BulkPace } from '../../contract/bulk.ts';
import { timeNow } from '../kernel/clock.ts';
import { sheetOf } from '../vps/operations/sheets.ts';
import { BY_ITSELF, globalSwitches } from '../kernel/kill-switches/kill-switches.ts';
import { decide, type Step } from './decide.ts';
import { requestItem } from './request-item.ts';
import { auditBulk, BULK_ALERT, finishBulkRun } from './runs.ts';
import type { Services } from '../kernel/services.ts';
import { raiseAlert } from '../kernel/kill-switches/store.ts';
import {
  bulkCounts,
  type BulkRun,
  canaryCounts,
  claimBulkRun,
  dueBulkItems,
  openBulkRuns,
  requestedSince,
  RequestLost,
  releaseBulkRuns,
  settleBulkItems,
  stoppedAccounts,
  updateHeldRun,
} from './store.ts';
import { inTransaction } from '../kernel/database.ts';
import { presentRights } from '../identity/policy/present-rights.ts';
import { can } from '../kernel/can.ts';
import { inTheNameOf } from '../kernel/request-context.ts';
import { permissionsOfBulk } from './permissions.ts';

const IDLE_MS = 1_000;
const BUSY_MS = 200;
const LEASE_MS = 10_000;
const MINUTE_MS = 60_000;

/** Several processes may run it: each run is one worker's at a time. */
export function startBulkRuns(services: Services): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const running = loop(services, randomUUID(), stopping.signal);
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

async function loop(services: Services, owner: string, signal: AbortSignal): Promise<void> {
  let pauseMs = IDLE_MS;
  while (!signal.aborted) {
    await delay(pauseMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
    pauseMs = IDLE_MS;
    try {
      const open = await openBulkRuns(services.db, owner);
      for (const { id } of open) if (await tendSafely(services, owner, id, signal)) pauseMs = BUSY_MS;
    } catch (error) {
      services.log.warn({ err: error }, 'bulk runs could not be looked at; they are again in a moment');
    }
  }
  await releaseBulkRuns(services.db, owner).catch((error: unknown) => services.log.warn({ err: error }, 'a lease on a bulk run was kept'));
}

/** One run's trouble is not the others'. */
async function tendSafely(services: Services, owner: string, id: string, signal: AbortSignal): Promise<boolean> {
  try {
    return await tend(services, owner, id, signal);
  } catch (error) {
    services.log.warn({ err: error, bulk: id }, 'a bulk run could not go on; it is tried again');
    return false;
  }
}

/** True when something is under way, so that the next look should come soon. */
async function tend(services: Services, owner: string, id: string, signal: AbortSignal): Promise<boolean> {
  const { db } = services;
  const run = await claimBulkRun(db, id, owner, LEASE_MS);
  if (!run) return false;
  await settleBulkItems(db, id);
  if (run.status !== 'running') return !(await finishBulkRun(services, id));
  const [step, ordered] = await nextStep(services, run);
  if (step.do === 'finish') return !(await finishBulkRun(services, id));
  if (step.do === 'pause') return (await pauseByItself(services, owner, run, step.reason), ordered > 0);
  if (step.do === 'pass-canary') return await updateHeldRun(db, id, owner, { canaryPassedAt: timeNow(), waiting: null });
  if (step.do === 'wait') return (await say(services, owner, run, step.waiting), ordered > 0);
  return await requestSome(services, owner, run, step, signal);
}

async function nextStep({ db }: Services, run: BulkRun): Promise<readonly [Step, number]> {
  const now = timeNow();
  const [counts, canary, requestedLastMinute] = await Promise.all([
    bulkCounts(db, [run.id]),
    canaryCounts(db, run.id),
    requestedSince(db, run.id, new Date(now.getTime() - MINUTE_MS)),
  ]);
  const mine = counts.get(run.id)!;
  const { canaryPassedAt, forgivenFailed, forgivenFinished } = run;
  const pace = run.pace as BulkPace;
  const standing = { pace, counts: mine, canary, canaryPassedAt, forgivenFailed, forgivenFinished, requestedLastMinute, now };
  return [decide(standing), mine.ordered];
}

async function requestSome(
  services: Services,
  owner: string,
  run: BulkRun,
  { count, canary }: Extract<Step, { do: 'request' }>,
  signal: AbortSignal,
): Promise<boolean> {
  const { db } = services;
  const held = await whyHeld(services, run);
  if (held !== null) return (await say(services, owner, run, held), true);
  const who = await presentRights(db, run.tokenId, run.organizationId);
  if (!who || !permissionsOfBulk(run.action as BulkAction).every((permission) => can(who, permission))) {
    const lost = who ? 'may not do this any more' : 'is revoked or expired';
    const reason = `The token “${run.actor}”, in whose name it orders, ${lost}. Whoever resumes it takes its place.`;
    return (await pauseByItself(services, owner, run, reason), false);
  }
  const stopped = await stoppedAccounts(db, run.id);
  const due = await dueBulkItems(
    db,
    run.id,
    stopped.map((account) => account.id),
    count,
  );
  await say(services, owner, run, due.length > 0 ? null : whyNoneIsDue(stopped));
  for (const item of due) {
    if (signal.aborted || !(await claimBulkRun(db, run.id, owner, LEASE_MS))) return false;
    try {
      await inTheNameOf(who, () => requestItem(services, who, run, owner, item, canary));
    } catch (error) {
      if (!(error instanceof RequestLost)) throw error;
      services.log.debug({ bulk: run.id }, error.message);
      return true;
    }
  }
  return true;
}

async function whyHeld({ db }: Services, run: BulkRun): Promise<string | null> {
  const { stopped, hold } = await globalSwitches(db);
  if (stopped) return `What Plinth does by itself is stopped: ${stopped.reason}`;
  const { action } = run.action as BulkAction;
  if (hold && !isUndo(action) && sheetOf(action).traits.destructive) return `Destructive work is held: ${hold.reason}`;
  return null;
}

function whyNoneIsDue(stopped: readonly { name: string; reason: string | null }[]): string {
  const [first] = stopped;
  if (!first) return 'Those that are left are busy with something else; they are looked at again.';
  const more = stopped.length > 1 ? ` (and of ${stopped.length - 1} more)` : '';
  return `What Plinth does by itself on the account “${first.name}”${more} is stopped: ${first.reason ?? 'no reason was given'}`;
}

async function say({ db }: Services, owner: string, run: BulkRun, waiting: string | null): Promise<void> {
  if (run.waiting !== waiting) await updateHeldRun(db, run.id, owner, { waiting });
}

/** Somebody has to look: an alert stays until the run is resumed, cancelled or ended. */
async function pauseByItself(services: Services, owner: string, run: BulkRun, reason: string): Promise<void> {
  await inTransaction(services.db, async (tx) => {
    if (!(await updateHeldRun(tx, run.id, owner, { status: 'paused', reason, waiting: null }))) return;
    await auditBulk(tx, BY_ITSELF, 'bulk.paused', run, { reason });
    const { action } = run.action as BulkAction;
    const message = `The bulk ${action} of ${run.startedBy}${run.note === null ? '' : ` (${run.note})`} is paused: ${reason}`;
    await raiseAlert(tx, { kind: BULK_ALERT, target: run.id, message, data: { run: run.id } });
  });
  services.log.warn({ bulk: run.id, reason }, 'a bulk run paused by itself');
}
