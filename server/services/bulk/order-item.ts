/** One item of a bulk run: ordered the way a person would order it, and marked in the same transaction. */
import type { BulkAction } from '../../../contract/bulk.ts';
import { isProviderError } from '../../../providers/errors.ts';
import { notFound, Refusal } from '../../problem.ts';
import { type BulkRun, type DueItem, markOrdered, putOffItem, refuseItem } from '../../store/bulk.ts';
import type { Db, Operation } from '../../store/database.ts';
import { type DriftRow, openDriftsByVps } from '../../store/drift.ts';
import { lastOperation } from '../../store/operations.ts';
import { vpsById, type VpsWithAccount } from '../../store/vpses.ts';
import { actOnDrift } from '../drift.ts';
import { orderAction } from '../lifecycle/actions.ts';
import { restoreVps, terminateVps } from '../lifecycle/termination.ts';
import type { Principal, Services } from '../services.ts';
import { orderWork, retryVps } from '../vps.ts';
import { ownRefusal } from './judge.ts';

/** Refusals that pass by themselves. */
const PASSING: readonly string[] = ['operation_in_progress', 'vps_busy', 'changed_meanwhile'];
const LOOK_AGAIN_MS = 3_000;
/** Whoever is busy for longer is refused, so that a run comes to its end. */
const PATIENCE_MS = 15 * 60_000;

/** `owner` holds the run's lease. @throws OrderLost when it does not, or the run was paused or cancelled meanwhile. */
export async function orderItem(services: Services, run: BulkRun, owner: string, item: DueItem, canary: boolean): Promise<void> {
  const principal: Principal = {
    tokenId: run.tokenId,
    name: run.actor,
    role: run.role as Principal['role'],
    organizationId: run.organizationId,
  };
  const mark = (tx: Db, operation: Pick<Operation, 'id'> | null): Promise<void> =>
    markOrdered(tx, { runId: run.id, position: item.position, owner }, { operationId: operation?.id ?? null, canary });
  try {
    await order(services, principal, run, item, mark);
  } catch (error) {
    const refusal = asRefusal(error);
    const waitedMs = Date.now() - (item.triedAt?.getTime() ?? Date.now());
    if (refusal.passing && waitedMs < PATIENCE_MS)
      await putOffItem(services.db, run.id, item, refusal.message, new Date(Date.now() + LOOK_AGAIN_MS));
    else await refuseItem(services.db, run.id, item.position, { kind: refusal.code, message: refusal.message });
  }
}

type Mark = (tx: Db, operation: Pick<Operation, 'id'> | null) => Promise<void>;

async function order(services: Services, principal: Principal, run: BulkRun, item: DueItem, mark: Mark): Promise<void> {
  const { vpsId } = item;
  const action = run.action as BulkAction;
  const vps = await vpsById(services.db, principal.organizationId, vpsId);
  if (!vps) throw notFound('VPS', vpsId);
  const drift = action.action === 'drift-repair' ? (await openDriftsByVps(services.db, [vpsId])).get(vpsId) : undefined;
  const own = ownRefusal({ action, include_maintenance: run.includeMaintenance }, vps, drift);
  if (own) throw new Refusal(409, own.code, own.reason);
  const accepted = (tx: Db, made: { operation: Operation | null }): Promise<void> => mark(tx, made.operation);
  if (action.action !== 'drift-repair' && (await canRepeat(services, vps, item))) {
    await retryVps(services, principal, vpsId, accepted);
    return;
  }
  switch (action.action) {
    case 'refresh':
      return void (await orderWork(services, principal, vpsId, 'refresh', accepted));
    case 'destroy':
      return void (await terminateVps(services, principal, vpsId, action.grace_hours, accepted, action.final_snapshot));
    case 'restore':
      return void (await restoreVps(services, principal, vpsId, (tx) => mark(tx, null)));
    case 'drift-repair':
      return void (await actOnDrift(services, principal.name, (drift as DriftRow).id, 'repair', undefined, mark));
    default:
      return void (await orderAction(services, principal, vpsId, action, accepted));
  }
}

/**
 * After a failure the operation itself is run again, as long as nothing came after it: it looks first at what it did, where
 * a new order would take the half of it for the state before.
 */
async function canRepeat({ db }: Services, vps: VpsWithAccount, { operationId, vpsId }: DueItem): Promise<boolean> {
  if (operationId === null || ['terminating', 'terminated'].includes(vps.status)) return false;
  const last = await lastOperation(db, vpsId);
  return last?.id === operationId && ['failed', 'stalled', 'cancelled'].includes(last.status);
}

/** @throws what is neither a refusal nor a provider's failure. */
function asRefusal(error: unknown): { code: string; message: string; passing: boolean } {
  if (error instanceof Refusal) return { code: error.code, message: error.message, passing: PASSING.includes(error.code) };
  if (!isProviderError(error)) throw error;
  const passing = isProviderError(error, 'rate_limited', 'provider_down', 'timeout', 'malformed');
  return { code: `provider_${error.kind}`, message: error.detail.message, passing };
}
