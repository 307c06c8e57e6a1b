/** Ordering what happens to a VPS: guarded by its capabilities, recorded in one transaction, done by a worker. */
import type { OperationKind } from '../../../contract/operation.ts';
import type { ChangePreview, VpsAction, VpsChange, VpsPatch } from '../../../contract/lifecycle.ts';
import { Refusal } from '../../problem.ts';
import { appendAudit } from '../../store/audit.ts';
import { brokenUnique, type Db, inTransaction, type Json, type Operation } from '../../store/database.ts';
import { livingLabelExists, updateVps, type VpsChange as Columns, type VpsWithAccount } from '../../store/vpses.ts';
import type { Principal, Services } from '../services.ts';
import { type Accepted, labelTaken, mustLock, mustVps, type OnAccepted, order } from '../vps.ts';
import { requireCapability } from './guard.ts';
import { planChange } from './plan-change.ts';
import type { PlannedChange } from './planned-change.ts';
import type { RestoreSource } from './plan-restore.ts';
import { previewOf, requireApproval } from './preview.ts';
import { orderSnapshotAction } from './snapshots.ts';

type SpecChange = Extract<VpsAction, VpsChange>;

/** What a worker reads of a change's operation. `spec` is the VPS's once the operation has succeeded. */
export interface ChangeRequest {
  readonly spec?: unknown;
  readonly way?: PlannedChange['way'];
  /** The engine looks at what the provider has of the stack before it changes anything. */
  readonly looksFirst?: boolean;
  /** A person decided what becomes of a server that is gone, so the record may forget it and a new one may be made. */
  readonly lossDecided?: boolean;
  readonly restore?: RestoreSource;
  /** A restore that leaves the recorded password as it is: it stays the same, or nobody here knows the one it brings back. */
  readonly keepsPassword?: boolean;
}

export async function orderAction(
  services: Services,
  principal: Principal,
  id: string,
  body: VpsAction,
  onAccepted: OnAccepted,
): Promise<Accepted> {
  if (isSpecChange(body)) return await orderChange(services, principal, id, body, onAccepted);
  if (body.action === 'snapshot' || body.action === 'delete-snapshot')
    return await orderSnapshotAction(services, principal, id, body, onAccepted);
  return await inTransaction(services.db, async (tx) => {
    const vps = await mustLock(tx, principal, id);
    await requireCapability(services, tx, principal, vps, body.action);
    // The customer is blocked from now on, whatever becomes of the power.
    const held: Columns = body.action === 'suspend' ? { status: 'suspended', suspendReason: body.reason, suspendedAt: new Date() } : {};
    const changed = body.action === 'suspend' ? await updateVps(tx, id, held) : vps;
    const request: Record<string, Json> = body.action === 'suspend' ? { reason: body.reason } : {};
    const accepted = { vps: changed, operation: await order(services, tx, principal, changed, body.action, { request }) };
    await onAccepted(tx, accepted);
    return accepted;
  });
}

async function orderChange(
  services: Services,
  principal: Principal,
  id: string,
  change: SpecChange,
  onAccepted: OnAccepted,
): Promise<Accepted> {
  const seen = await mustVps(services, principal, id);
  await requireCapability(services, services.db, principal, seen, change.action);
  // The catalogue may have to be asked for, so the plan is made before the row is held.
  const planned = await planChange(services, seen, change);
  try {
    return await inTransaction(services.db, async (tx) => {
      const vps = await mustLock(tx, principal, id);
      await requireCapability(services, tx, principal, vps, change.action);
      if (JSON.stringify(vps.spec) !== JSON.stringify(seen.spec))
        throw new Refusal(409, 'changed_meanwhile', 'The VPS was changed by another request just now. Look at it and try again.');
      await requireApproval(services, tx, vps, change, planned);
      const changed = await reserve(services, tx, vps, planned);
      const request = requestOf(planned);
      const kind: OperationKind = change.action;
      const accepted = { vps: changed, operation: await order(services, tx, principal, changed, kind, { request }) };
      await onAccepted(tx, accepted);
      return accepted;
    });
  } catch (error) {
    if (brokenUnique(error) !== null) throw labelTaken(planned.spec.label);
    throw error;
  }
}

/** Takes the new label and stores the new password before any provider is asked. */
async function reserve(services: Services, tx: Db, vps: VpsWithAccount, { spec, password }: PlannedChange): Promise<VpsWithAccount> {
  const change: Columns = {};
  if (spec.label !== vps.label) {
    if (await livingLabelExists(tx, vps.organizationId, spec.label)) throw labelTaken(spec.label);
    change.label = spec.label;
  }
  if (password !== null) change.nextPassword = services.secrets.seal(nextPasswordPlace(vps.id), password);
  return Object.keys(change).length === 0 ? vps : await updateVps(tx, vps.id, change);
}

function requestOf({ spec, way, restore, password }: PlannedChange): Record<string, Json> {
  if (!restore) return { spec, way };
  return { spec, way, restore: { id: restore.id, kind: restore.kind }, keepsPassword: password === null };
}

export function nextPasswordPlace(id: string) {
  return { table: 'vps', column: 'nextPassword', id };
}

/** `operation` null where the engine has no preview of its own. */
export interface Previewed {
  readonly vps: VpsWithAccount;
  readonly operation: Operation | null;
  readonly preview: ChangePreview;
}

/** What the change would do, at once from the plan; and the engine's own preview as an operation to wait for. */
export async function previewChange(
  services: Services,
  principal: Principal,
  id: string,
  change: VpsChange,
  onPreviewed: (tx: Db, previewed: Previewed) => Promise<void>,
): Promise<Previewed> {
  const vps = await mustVps(services, principal, id);
  await requireCapability(services, services.db, principal, vps, change.action);
  const planned = await planChange(services, vps, change);
  return await inTransaction(services.db, async (tx) => {
    const locked = await mustLock(tx, principal, id);
    const preview = await previewOf(services, tx, locked, change, planned);
    const request = requestOf(planned);
    // The engine previews updates only; what a destroy deletes is all there is.
    const operation = planned.way === 'destroy' ? null : await order(services, tx, principal, locked, 'preview', { request });
    const previewed = { vps: locked, operation, preview };
    await onPreviewed(tx, previewed);
    return previewed;
  });
}

/** Notes, delete protection, maintenance: the record alone changes, at once. */
export async function patchVps(services: Services, principal: Principal, id: string, body: VpsPatch): Promise<VpsWithAccount> {
  return await inTransaction(services.db, async (tx) => {
    const vps = await mustLock(tx, principal, id);
    if (vps.status === 'terminated') throw new Refusal(409, 'vps_gone', `The VPS "${vps.label}" is terminated.`);
    if (body.maintenance !== undefined && principal.organizationId !== null)
      throw new Refusal(403, 'forbidden', 'Only callers that may act for every organization can set maintenance.');
    if (vps.maintenanceReason !== null && principal.organizationId !== null)
      throw new Refusal(409, 'maintenance', `The VPS is in maintenance: ${vps.maintenanceReason}`);
    const changed = await updateVps(tx, id, {
      ...(body.notes === undefined ? {} : { notes: body.notes }),
      ...(body.delete_protection === undefined ? {} : { deleteProtection: body.delete_protection }),
      ...(body.maintenance === undefined ? {} : { maintenanceReason: body.maintenance }),
    });
    const { notes: _notes, ...shown } = body;
    await appendAudit(tx, {
      actor: principal.name,
      action: 'vps.changed',
      target: id,
      organizationId: vps.organizationId,
      data: JSON.parse(JSON.stringify({ fields: Object.keys(body), ...shown })),
    });
    return changed;
  });
}

function isSpecChange(body: VpsAction): body is SpecChange {
  return ['rename', 'resize', 'reinstall', 'reset-password', 'configure', 'restore-snapshot'].includes(body.action);
}
