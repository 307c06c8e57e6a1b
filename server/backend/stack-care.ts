/** A VPS's stack over time: what was, what is kept, and going back to it. Only state is rewritten, never a server. */
import type { StackExport, StackHistory, StackResources, StackRolledBack } from '../../contract/state.ts';
import { stackName } from '../../stacks/spec.ts';
import { notFound, Refusal, refuseField } from '../kernel/problem.ts';
import { RollbackError, type StackCare } from './care.ts';
import { appendAudit } from '../kernel/audit.ts';
import { inTransaction } from '../kernel/database.ts';
import { unfinishedOperations } from '../vps/operations/store.ts';
import type { StackRow } from './rows.ts';
import { StackBusyError } from './store.ts';
import { lockVps } from '../vps/store.ts';
import type { Principal, Services } from '../kernel/services.ts';
import { mustVps } from '../vps/vps.ts';

async function mustStack(services: Services, care: StackCare, principal: Principal, vpsId: string): Promise<StackRow> {
  const vps = await mustVps(services, principal, vpsId);
  const row = await care.find(stackName(vps.id));
  if (!row) throw new Refusal(404, 'no_stack', `The VPS "${vps.label}" has no stack yet, or no more.`);
  return row;
}

/** Empty, at version 0, for a VPS whose stack is not made yet. */
export async function stackHistory(
  services: Services,
  care: StackCare,
  principal: Principal,
  vpsId: string,
  limit: number,
): Promise<StackHistory> {
  const vps = await mustVps(services, principal, vpsId);
  const row = await care.find(stackName(vps.id));
  if (!row) return { stack: stackName(vps.id), version: 0, updates: [] };
  const updates = await care.history(row, limit);
  return {
    stack: row.name,
    version: row.version,
    updates: updates.map((update) => ({
      version: update.version,
      kind: update.kind,
      status: update.status,
      actor: update.actor,
      message: update.message,
      changes: update.resourceChanges ?? {},
      started_at: update.startedAt?.toISOString() ?? null,
      ended_at: update.endedAt?.toISOString() ?? null,
      kept: update.kept,
    })),
  };
}

/** What its stack holds now, without anything that may be secret; empty before the first update and after the last. */
export async function stackResources(services: Services, care: StackCare, principal: Principal, vpsId: string): Promise<StackResources> {
  const vps = await mustVps(services, principal, vpsId);
  const row = await care.find(stackName(vps.id));
  const checkpoint = row && (await care.now(row));
  const held = (checkpoint?.deployment.resources ?? []).filter(({ type, delete: doomed }) => !type.startsWith('pulumi:') && !doomed);
  return {
    version: row && checkpoint ? row.version : null,
    resources: held.map(({ urn, type, custom, id, parent, dependencies, protect }) => ({
      urn,
      type,
      name: urn.slice(urn.lastIndexOf('::') + 2),
      parent: parent ?? null,
      // A resource without a provider behind it (a password) calls itself "none".
      provider_id: custom && id !== undefined && id !== '' && id !== 'none' ? id : null,
      protect: protect === true,
      dependencies: dependencies ?? [],
    })),
  };
}

/** A kept version, as `pulumi stack export` would have written it then. */
export async function exportVersion(
  services: Services,
  care: StackCare,
  principal: Principal,
  vpsId: string,
  version: number,
): Promise<StackExport> {
  const row = await mustStack(services, care, principal, vpsId);
  const checkpoint = await care.at(row, version);
  if (!checkpoint) throw notFound('kept version', String(version));
  const { deployment } = checkpoint;
  return { stack: row.name, version, deployment: { version: checkpoint.version, deployment: JSON.parse(JSON.stringify(deployment)) } };
}

/** @throws Refusal while anything works on the VPS, or when the version names another server than the present one. */
export async function rollbackStack(
  services: Services,
  care: StackCare,
  principal: Principal,
  vpsId: string,
  to: number,
  reason: string,
): Promise<StackRolledBack> {
  const row = await mustStack(services, care, principal, vpsId);
  return await inTransaction(services.db, async (tx) => {
    const vps = await lockVps(tx, principal.organizationId, vpsId);
    if (!vps) throw notFound('VPS', vpsId);
    if (vps.status === 'terminated') throw new Refusal(409, 'vps_gone', `The VPS "${vps.label}" is terminated; its state stays as it is.`);
    const [busy] = await unfinishedOperations(tx, vpsId);
    if (busy)
      throw new Refusal(
        409,
        'vps_busy',
        `${busy.kind} by ${busy.actor} is ${busy.status} on this VPS. Wait for operation ${busy.id}, or cancel it.`,
      );
    const { from, version } = await rewrite(care, row, to, principal.name, reason, vps.instanceId);
    await appendAudit(tx, {
      actor: principal.name,
      action: 'stack.rolled-back',
      target: vpsId,
      organizationId: vps.organizationId,
      data: { from, to, version, reason },
    });
    return { stack: row.name, from, to, version };
  });
}

async function rewrite(care: StackCare, row: StackRow, to: number, actor: string, reason: string, instanceId: string | null) {
  try {
    return await care.rollback(row, to, actor, reason, instanceId);
  } catch (error) {
    if (error instanceof StackBusyError) throw new Refusal(409, 'vps_busy', `The stack is ${error.message}. Wait until that has ended.`);
    if (!(error instanceof RollbackError)) throw error;
    if (error.code === 'unknown_version')
      throw refuseField('version', error.message, 'Take one that is kept: GET /api/vps/{id}/stack/history.', 422, error.code);
    throw new Refusal(409, error.code, error.message);
  }
}
