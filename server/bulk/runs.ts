/** Starting and steering bulk runs. What they order is done by the workers (server/bulk/sweep.ts). */
import { randomUUID } from 'node:crypto';
import type { BulkAction, BulkCreate, BulkItemStatus, BulkStatus } from '../../contract/bulk.ts';
import { timeNow } from '../kernel/clock.ts';
import { notFound, Refusal, refuseField } from '../kernel/problem.ts';
import { appendAudit } from '../kernel/audit.ts';
import { mustCan } from '../kernel/can.ts';
import { resolveAlert } from '../kernel/kill-switches/store.ts';
import {
  bulkCounts,
  bulkRunById,
  type BulkRun,
  type BulkRunChange,
  insertBulkRun,
  lockBulkRun,
  reopenItems,
  skipPending,
  updateBulkRun,
} from './store.ts';
import { type Commit, type Db, inTransaction, type Json } from '../kernel/database.ts';
import { credentialOf } from '../identity/policy/present-rights.ts';
import type { Principal, Services } from '../kernel/services.ts';
import { permissionsOfBulk } from './permissions.ts';
import { dryRun } from './preview.ts';

/** The kind of the alert that a run raises when errors pause it; its target is the run's id. */
export const BULK_ALERT = 'bulk-paused';

/** @throws Refusal 409 when the approval is of another selection, 422 when nothing matches or data would be lost without one. */
export async function prepareBulkRun(services: Services, principal: Principal, body: BulkCreate): Promise<Commit<BulkRun>> {
  const { action, judged, preview } = await dryRun(services, principal, body);
  if (judged.length === 0)
    throw refuseField('selection', 'it matches no VPS', 'Widen the filter. A preview tells how many match.', 422, 'nothing_selected');
  if (preview.approval_required && body.approval === undefined)
    throw refuseField(
      'approval',
      `${action.action} loses data, so it needs one`,
      'Send the approval of a preview.',
      422,
      'approval_required',
    );
  if (body.approval !== undefined && body.approval !== preview.approval)
    throw new Refusal(
      409,
      'preview_outdated',
      'This approval was given for another action or selection, or a VPS or a price has changed since. Preview it again.',
    );
  if (preview.ready === 0)
    throw new Refusal(409, 'all_refused', `It can be done to none of the ${judged.length}. ${preview.refused_by[0]!.reason}`);
  return async (tx) => {
    const run = {
      id: randomUUID(),
      organizationId: principal.organizationId,
      note: body.note,
      action: action as Json,
      selection: ('ids' in body.selection ? { ids_count: judged.length } : body.selection) as Json,
      pace: body.pace as Json,
      includeMaintenance: body.include_maintenance,
      startedBy: principal.name,
      ...inNameOf(principal),
    };
    const items = judged.map(({ vps, refused }) => ({ vpsId: vps.id, refused }));
    const started = await insertBulkRun(tx, run, items);
    await auditBulk(tx, principal.name, 'bulk.started', started, {
      action: action as Json,
      matched: preview.matched,
      refused: preview.refused,
    });
    return started;
  };
}

export async function mustBulkRun(services: Services, principal: Principal, id: string): Promise<BulkRun> {
  const run = await bulkRunById(services.db, principal.organizationId, id);
  if (!run) throw notFound('bulk run', id);
  return run;
}

/** When it answers, nothing more is ordered; what is under way ends by itself. */
export async function pauseBulkRun(services: Services, principal: Principal, id: string, reason: string | undefined) {
  return await steer(services, principal, id, ['running'], async (tx, run) => {
    await auditBulk(tx, principal.name, 'bulk.paused', run, { reason: reason ?? null });
    return { status: 'paused', reason: reason ?? `${principal.name} paused it.`, waiting: null };
  });
}

/** Goes on in the name of who resumes it; what failed until now is forgiven. */
export async function resumeBulkRun(services: Services, principal: Principal, id: string): Promise<BulkRun> {
  return await steer(services, principal, id, ['paused'], async (tx, run) => {
    mustCan(principal, ...permissionsOfBulk(run.action as BulkAction));
    await auditBulk(tx, principal.name, 'bulk.resumed', run, {});
    await resolveAlert(tx, BULK_ALERT, id);
    return { status: 'running', reason: null, waiting: null, ...inNameOf(principal), ...(await forgiven(tx, id)) };
  });
}

/** What was not ordered is skipped; what is under way ends by itself. */
export async function cancelBulkRun(services: Services, principal: Principal, id: string, reason: string | undefined) {
  return await steer(services, principal, id, ['running', 'paused'], async (tx, run) => {
    const skipped = await skipPending(tx, id);
    await auditBulk(tx, principal.name, 'bulk.cancelled', run, { skipped, reason: reason ?? null });
    await resolveAlert(tx, BULK_ALERT, id);
    return { status: 'cancelled', reason: reason ?? `${principal.name} cancelled it.`, waiting: null };
  });
}

/** Those that failed wait for their turn again, and the run goes on. */
export async function retryBulkRun(services: Services, principal: Principal, id: string, includeRefused: boolean) {
  const all: BulkStatus[] = ['running', 'paused', 'cancelled', 'finished'];
  const statuses: BulkItemStatus[] = includeRefused ? ['failed', 'refused'] : ['failed'];
  return await steer(services, principal, id, all, async (tx, run) => {
    mustCan(principal, ...permissionsOfBulk(run.action as BulkAction));
    const items = await reopenItems(tx, id, statuses);
    if (items === 0) throw new Refusal(409, 'nothing_to_retry', `No item of this run is ${statuses.join(' or ')}.`);
    await auditBulk(tx, principal.name, 'bulk.retried', run, { items });
    await resolveAlert(tx, BULK_ALERT, id);
    return { status: 'running', reason: null, waiting: null, finishedAt: null, ...inNameOf(principal), ...(await forgiven(tx, id)) };
  });
}

async function steer(
  services: Services,
  principal: Principal,
  id: string,
  from: readonly BulkStatus[],
  change: (tx: Db, run: BulkRun) => Promise<BulkRunChange>,
): Promise<BulkRun> {
  return await inTransaction(services.db, async (tx) => {
    const run = await lockBulkRun(tx, principal.organizationId, id);
    if (!run) throw notFound('bulk run', id);
    if (!from.includes(run.status as BulkStatus))
      throw new Refusal(409, `bulk_${run.status}`, `The run is ${run.status}; this is for one that is ${from.join(' or ')}.`);
    return await updateBulkRun(tx, id, await change(tx, run));
  });
}

/** Ends a run that has nothing left to do or to wait for. False when it has. */
export async function finishBulkRun(services: Services, id: string): Promise<boolean> {
  const before = (await bulkCounts(services.db, [id])).get(id)!;
  if (before.pending > 0 || before.ordered > 0) return false;
  return await inTransaction(services.db, async (tx) => {
    const run = await lockBulkRun(tx, null, id);
    const counts = (await bulkCounts(tx, [id])).get(id)!;
    if (!run || run.finishedAt !== null || counts.pending > 0 || counts.ordered > 0) return false;
    const status = run.status === 'cancelled' ? 'cancelled' : 'finished';
    await updateBulkRun(tx, id, { status, waiting: null, finishedAt: timeNow(), ...(status === 'finished' ? { reason: null } : {}) });
    await auditBulk(tx, run.actor, 'bulk.finished', run, { ...counts });
    await resolveAlert(tx, BULK_ALERT, id);
    return true;
  });
}

/** The credential, name and role by which the run orders from now on. Its organization stays what it was. */
function inNameOf(principal: Principal) {
  return { actor: principal.name, tokenId: credentialOf(principal), role: principal.role };
}

async function forgiven(tx: Db, id: string): Promise<Pick<BulkRunChange, 'forgivenFailed' | 'forgivenFinished'>> {
  const counts = (await bulkCounts(tx, [id])).get(id)!;
  return { forgivenFailed: counts.failed, forgivenFinished: counts.failed + counts.succeeded };
}

export async function auditBulk(tx: Db, actor: string, action: string, run: BulkRun, data: Record<string, Json | null>): Promise<void> {
  const entry = { actor, action, target: run.id, organizationId: run.organizationId, data: data as Record<string, Json> };
  await appendAudit(tx, entry);
}
