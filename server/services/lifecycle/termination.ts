/** The end of a VPS: with a grace in which it can be undone, then destroyed. What proves it is in proof.ts. */
import { Refusal } from '../../problem.ts';
import type { Db, Operation } from '../../store/database.ts';
import { inTransaction } from '../../store/database.ts';
import { appendAudit } from '../../store/audit.ts';
import { unfinishedOperations } from '../../store/operations.ts';
import { dueTerminations, leakedVpses, updateVps, type VpsWithAccount } from '../../store/vpses.ts';
import { AUTOMATION, mayAct } from '../automation.ts';
import type { Principal, Services } from '../services.ts';
import { mustLock, order, stop } from '../vps.ts';
import { requireCapability } from './guard.ts';
import { requireFinalSnapshot } from './plan-destroy.ts';

/** `operation` null: the grace runs, nothing is under way. */
export interface Ending {
  readonly vps: VpsWithAccount;
  readonly operation: Operation | null;
}
const HOUR_MS = 3_600_000;
/** Reads as anyone who may act for all: what Plinth itself does is bound by delete protection only. */
const PLINTH: Principal = { tokenId: '', name: AUTOMATION, role: 'admin', organizationId: null };

/**
 * Begins the termination. With a grace it only sets the date; asking again with none destroys now, and asking
 * twice gives the same operation. What still runs for the VPS is asked to stop when it is destroyed.
 * `finalSnapshot` left out keeps what a grace was begun with.
 * @throws Refusal 409 when delete protection is on or the VPS is held.
 */
export async function terminateVps(
  services: Services,
  principal: Principal,
  id: string,
  graceHours: number | undefined,
  onAccepted: (tx: Db, ending: Ending) => Promise<void>,
  finalSnapshot?: boolean,
): Promise<Ending> {
  return await inTransaction(services.db, async (tx) => {
    const vps = await mustLock(tx, principal, id);
    await requireCapability(services, tx, principal, vps, 'destroy');
    const grace = graceHours ?? (vps.status === 'terminating' ? 0 : services.config.terminationGraceHours);
    const begun = ['destroying', 'leaked'].includes(vps.status);
    const wished = finalSnapshot ?? (vps.status === 'terminating' && vps.finalSnapshot);
    if (wished && !begun) requireFinalSnapshot(services, vps);
    // Giving up an import loses nothing that a grace would save.
    const ending =
      grace > 0 && !begun && vps.importing === null
        ? await delay(tx, principal, vps, grace, wished)
        : await destroyNow(services, tx, principal, vps, wished);
    await onAccepted(tx, ending);
    return ending;
  });
}

async function delay(tx: Db, principal: Principal, vps: VpsWithAccount, hours: number, finalSnapshot: boolean): Promise<Ending> {
  const due = new Date(Date.now() + hours * HOUR_MS);
  const formerStatus = vps.status === 'terminating' ? vps.formerStatus : vps.status;
  const changed = await updateVps(tx, vps.id, { status: 'terminating', terminateDueAt: due, formerStatus, finalSnapshot });
  await audit(tx, principal, vps, 'vps.termination-scheduled', { due: due.toISOString(), finalSnapshot });
  return { vps: changed, operation: null };
}

async function destroyNow(services: Services, tx: Db, principal: Principal, vps: VpsWithAccount, finalSnapshot: boolean): Promise<Ending> {
  const unfinished = await unfinishedOperations(tx, vps.id);
  const already = unfinished.find((operation) => operation.kind === 'destroy');
  if (finalSnapshot && ['destroying', 'leaked'].includes(vps.status) && !vps.finalSnapshot)
    throw new Refusal(409, 'destroy_begun', `"${vps.label}" is being destroyed already, without a final snapshot. It is too late for one.`);
  for (const operation of unfinished) if (operation !== already) await stop(tx, principal, operation);
  const changed = await updateVps(tx, vps.id, {
    status: 'destroying',
    terminateDueAt: null,
    finalSnapshot: finalSnapshot || (already !== undefined && vps.finalSnapshot),
  });
  const request = { finalSnapshot };
  return { vps: changed, operation: already ?? (await order(services, tx, principal, changed, 'destroy', { request })) };
}

/** Undoes a termination whose grace still runs. */
export async function restoreVps(
  services: Services,
  principal: Principal,
  id: string,
  onRestored: (tx: Db, vps: VpsWithAccount) => Promise<void>,
): Promise<VpsWithAccount> {
  return await inTransaction(services.db, async (tx) => {
    const vps = await mustLock(tx, principal, id);
    await requireCapability(services, tx, principal, vps, 'restore');
    const status = vps.formerStatus ?? 'active';
    const changed = await updateVps(tx, id, { status, terminateDueAt: null, formerStatus: null, finalSnapshot: false });
    await audit(tx, principal, vps, 'vps.restored', { status });
    await onRestored(tx, changed);
    return changed;
  });
}

/** Orders the destruction of every VPS whose grace is over. Answers how many. */
export async function destroyDue(services: Services): Promise<number> {
  let ordered = 0;
  for (const { id, accountId } of await dueTerminations(services.db, new Date())) {
    if (!(await mayAct(services.db, accountId))) continue;
    ordered += await inTransaction(services.db, async (tx) => {
      const vps = await mustLock(tx, PLINTH, id);
      // Restored, protected or destroyed since it was listed.
      if (vps.status !== 'terminating' || vps.deleteProtection || (vps.terminateDueAt?.getTime() ?? Infinity) > Date.now()) return 0;
      await destroyNow(services, tx, PLINTH, vps, vps.finalSnapshot);
      return 1;
    });
  }
  return ordered;
}

/** Destroys and proves again what leaked, when the last look is older than `olderThanMs`. Answers how many. */
export async function retryLeaks(services: Services, olderThanMs: number): Promise<number> {
  let ordered = 0;
  for (const { id, accountId } of await leakedVpses(services.db, new Date(Date.now() - olderThanMs))) {
    if (!(await mayAct(services.db, accountId))) continue;
    ordered += await inTransaction(services.db, async (tx) => {
      const vps = await mustLock(tx, PLINTH, id);
      if (vps.status !== 'leaked' || (await unfinishedOperations(tx, id)).length > 0) return 0;
      await order(services, tx, PLINTH, vps, 'destroy');
      // Its date is the time of the last look.
      await updateVps(tx, id, { status: 'leaked' });
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
