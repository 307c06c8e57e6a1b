/** The end of a VPS: with a grace in which it can be undone, then destroyed. What proves it is in proof.ts. */
import { timeIn, timeNow } from '../../kernel/clock.ts';
import { Refusal } from '../../kernel/problem.ts';
import { VpsSpec } from '../../../stacks/spec.ts';
import type { Db, Operation } from '../../kernel/database.ts';
import { inTransaction } from '../../kernel/database.ts';
import { appendAudit } from '../../kernel/audit.ts';
import { unfinishedOperations } from '../operations/store.ts';
import { dueEnds, dueTerminations, leakedVpses, updateVps, type VpsWithAccount } from '../store.ts';
import { plinthItself } from '../../identity/policy/grants.ts';
import { mayAct } from '../../kernel/kill-switches/kill-switches.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import { mustLock, requestOperation, stop } from '../vps.ts';
import { requireCapability } from '../changes/guard.ts';
import { forgettingOf } from '../operations/takeover.ts';
import { requireUnused } from '../snapshots/in-use.ts';
import { requireFinalSnapshot, snapshotsLost } from './plan.ts';

/** `operation` null: the grace runs, nothing is under way. */
export interface Ending {
  readonly vps: VpsWithAccount;
  readonly operation: Operation | null;
}
const HOUR_MS = 3_600_000;
/** It is too late for a grace, and for a snapshot. */
const BEGUN: readonly string[] = ['destroying', 'ending', 'leaked'];
/** Where a provider does not tell when a server goes, it is looked for so often. */
const LONG_LOOK_MS = 6 * HOUR_MS;
/** Reads as anyone who may act for all: what Plinth itself does is bound by delete protection only. */
const PLINTH = plinthItself('termination');

/**
 * Begins the termination. With a grace it only sets the date; `graceHours` left out is the service's default, and in a
 * grace it changes nothing, so that no repetition destroys. Only 0 destroys now, and asking twice gives the same
 * operation. What still runs for the VPS is asked to stop when it is destroyed.
 * `finalSnapshot` left out keeps what a grace was begun with.
 * @throws Refusal 409 when delete protection is on or the VPS is held.
 */
export async function terminateVps(
  services: Services,
  principal: Principal,
  id: string,
  graceHours: number | undefined,
  finalSnapshot?: boolean,
  overrideReason?: string,
): Promise<Ending> {
  return await inTransaction(services.db, async (tx) => {
    const vps = await mustLock(tx, principal, id);
    await requireCapability(services, tx, principal, vps, 'destroy', overrideReason);
    const grace = graceHours ?? services.config.terminationGraceHours;
    const stands = vps.status === 'terminating' && graceHours === undefined;
    const begun = BEGUN.includes(vps.status);
    const wished = finalSnapshot ?? (vps.status === 'terminating' && vps.finalSnapshot);
    if (wished && !begun) requireFinalSnapshot(services, vps);
    if (stands) return { vps: await updateVps(tx, vps.id, { finalSnapshot: wished }), operation: null };
    // Giving up an import loses nothing that a grace would save.
    if (grace > 0 && !begun && vps.importing === null) return await delay(tx, principal, vps, grace, wished);
    if (!begun) await requireUnused(tx, vps.accountId, await snapshotsLost(tx, vps, wished));
    return await destroyNow(services, tx, principal, vps, wished);
  });
}

async function delay(tx: Db, principal: Principal, vps: VpsWithAccount, hours: number, finalSnapshot: boolean): Promise<Ending> {
  const due = timeIn(hours * HOUR_MS);
  const formerStatus = vps.status === 'terminating' ? vps.formerStatus : vps.status;
  const changed = await updateVps(tx, vps.id, { status: 'terminating', terminateDueAt: due, formerStatus, finalSnapshot });
  await audit(tx, principal, vps, 'vps.termination-scheduled', { due: due.toISOString(), finalSnapshot });
  return { vps: changed, operation: null };
}

async function destroyNow(services: Services, tx: Db, principal: Principal, vps: VpsWithAccount, finalSnapshot: boolean): Promise<Ending> {
  const unfinished = await unfinishedOperations(tx, vps.id);
  const already = unfinished.find((operation) => operation.kind === 'destroy');
  if (finalSnapshot && BEGUN.includes(vps.status) && !vps.finalSnapshot)
    throw new Refusal(409, 'destroy_begun', `"${vps.label}" is being destroyed already, without a final snapshot. It is too late for one.`);
  for (const operation of unfinished) if (operation !== already) await stop(tx, principal, operation);
  const changed = await updateVps(tx, vps.id, {
    status: 'destroying',
    terminateDueAt: null,
    finalSnapshot: finalSnapshot || (already !== undefined && vps.finalSnapshot),
  });
  const request = { finalSnapshot, ...forgettingOf(vps) };
  return { vps: changed, operation: already ?? (await requestOperation(services, tx, principal, changed, 'destroy', { request })) };
}

/**
 * Takes an import back: Plinth forgets the VPS, and its server stays at the provider as it is, without the tag. From here on the row
 * says that the server is not its own, so that no repetition of the end touches it.
 * @throws Refusal 409 for a server that Plinth made
 */
export async function handBackVps(services: Services, principal: Principal, id: string): Promise<Ending> {
  return await inTransaction(services.db, async (tx) => {
    const vps = await mustLock(tx, principal, id);
    if (vps.importing !== null) return await destroyNow(services, tx, principal, vps, false);
    if (VpsSpec.parse(vps.spec).compute.imported === undefined || vps.instanceId === null)
      throw new Refusal(409, 'not_imported', `"${vps.label}" was made by Plinth: there is nobody to hand it back to. Terminate it.`);
    await requireCapability(services, tx, principal, vps, 'destroy');
    const importing = { objectId: vps.instanceId, tagged: false };
    await audit(tx, principal, vps, 'vps.handed-back', { server: vps.instanceId });
    return await destroyNow(services, tx, principal, await updateVps(tx, id, { importing }), false);
  });
}

/**
 * The end that a subscription or a failed order decides, now and in the caller's transaction. `finalSnapshot`: one is made and
 * kept where the provider can. Delete protection is the customer's wish for its own hands, and holds nobody here.
 */
export async function endForGood(services: Services, tx: Db, id: string, { finalSnapshot = false } = {}): Promise<void> {
  const vps = await mustLock(tx, PLINTH, id);
  if (['terminated', 'destroying', 'leaked'].includes(vps.status)) return;
  await destroyNow(services, tx, PLINTH, vps, finalSnapshot && canSnapshot(services, vps));
}

function canSnapshot(services: Services, vps: VpsWithAccount): boolean {
  try {
    requireFinalSnapshot(services, vps);
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

/**
 * Undoes a termination whose grace still runs, or begins to take back an end that is ordered at the provider and has not come.
 * `operation` null: it is undone.
 */
export async function undoTermination(services: Services, principal: Principal, id: string): Promise<Ending> {
  return await inTransaction(services.db, async (tx) => {
    const vps = await mustLock(tx, principal, id);
    await requireCapability(services, tx, principal, vps, 'undo');
    if (vps.status === 'ending') return { vps, operation: await requestOperation(services, tx, principal, vps, 'undo-end') };
    const status = vps.formerStatus ?? 'active';
    const changed = await updateVps(tx, id, { status, terminateDueAt: null, formerStatus: null, finalSnapshot: false });
    await audit(tx, principal, vps, 'vps.restored', { status });
    return { vps: changed, operation: null };
  });
}

/** Orders the destruction of every VPS whose grace is over. Answers how many. */
export async function destroyDue(services: Services): Promise<number> {
  let ordered = 0;
  for (const { id, accountId } of await dueTerminations(services.db, timeNow())) {
    if (!(await mayAct(services.db, accountId))) continue;
    ordered += await inTransaction(services.db, async (tx) => {
      const vps = await mustLock(tx, PLINTH, id);
      // Restored, protected or destroyed since it was listed.
      if (vps.status !== 'terminating' || vps.deleteProtection || (vps.terminateDueAt?.getTime() ?? Infinity) > timeNow().getTime())
        return 0;
      await destroyNow(services, tx, PLINTH, vps, vps.finalSnapshot);
      return 1;
    });
  }
  return ordered;
}

/** Destroys and proves again what leaked, when the last look is older than `olderThanMs`. Answers how many. */
export async function retryLeaks(services: Services, olderThanMs: number): Promise<number> {
  let ordered = 0;
  for (const { id, accountId } of await leakedVpses(services.db, timeIn(-olderThanMs))) {
    if (!(await mayAct(services.db, accountId))) continue;
    ordered += await inTransaction(services.db, async (tx) => {
      const vps = await mustLock(tx, PLINTH, id);
      if (vps.status !== 'leaked' || (await unfinishedOperations(tx, id)).length > 0) return 0;
      await requestOperation(services, tx, PLINTH, vps, 'destroy', { request: forgettingOf(vps) });
      // Its date is the time of the last look.
      await updateVps(tx, id, { status: 'leaked' });
      return 1;
    });
  }
  return ordered;
}

/**
 * Looks at what should be gone by now because its paid period is over; the last look is older than `olderThanMs`. What is gone is
 * proven so, what lives on has its new date. Answers how many were looked at.
 */
export async function retryEnds(services: Services, olderThanMs: number): Promise<number> {
  let ordered = 0;
  for (const { id, accountId } of await dueEnds(services.db, timeNow(), timeIn(-olderThanMs), timeIn(-LONG_LOOK_MS))) {
    if (!(await mayAct(services.db, accountId))) continue;
    ordered += await inTransaction(services.db, async (tx) => {
      const vps = await mustLock(tx, PLINTH, id);
      if (vps.status !== 'ending' || (await unfinishedOperations(tx, id)).length > 0) return 0;
      await requestOperation(services, tx, PLINTH, vps, 'destroy');
      // Its date is the time of the last look.
      await updateVps(tx, id, { status: 'ending' });
      return 1;
    });
  }
  return ordered;
}

async function audit(
  tx: Db,
  principal: Principal,
  vps: VpsWithAccount,
  action: string,
  data: Record<string, string | boolean>,
): Promise<void> {
  await appendAudit(tx, { actor: principal.name, action, target: vps.id, organizationId: vps.organizationId, data });
}
