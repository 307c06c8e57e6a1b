/** One item of a bulk run: ordered the way a person would order it, and marked in the same transaction. */
import type { BulkAction } from '../../contract/bulk.ts';
import { isProviderError } from '../../providers/errors.ts';
import { timeIn, timeNow } from '../kernel/clock.ts';
import { notFound, Refusal } from '../kernel/problem.ts';
import { type BulkRun, type DueItem, markRequested, putOffItem, refuseItem } from './store.ts';
import { type Commit, inTransaction, type Operation } from '../kernel/database.ts';
import { type DriftRow, openDriftsByVps } from '../drift/store.ts';
import { kindsThat } from '../vps/operations/sheets.ts';
import { lastOperation } from '../vps/operations/store.ts';
import { vpsById, type VpsWithAccount } from '../vps/store.ts';
import { actOnDrift } from '../drift/drift.ts';
import { prepareAction } from '../vps/changes/actions.ts';
import { undoTermination, terminateVps } from '../vps/termination/termination.ts';
import { type Principal, type Services, within } from '../kernel/services.ts';
import { prepareRetry } from '../vps/retry/retry.ts';
import { requestWork } from '../vps/vps.ts';
import { ownRefusal } from './judge.ts';

/** Refusals that pass by themselves. */
const PASSING: readonly string[] = ['operation_in_progress', 'vps_busy', 'changed_meanwhile'];
const LOOK_AGAIN_MS = 3_000;
/** Whoever is busy for longer is refused, so that a run comes to its end. */
const PATIENCE_MS = 15 * 60_000;

/** `principal`: in whose name. `owner` holds the run's lease. @throws RequestLost when it does not, or the run was paused or cancelled meanwhile. */
export async function requestItem(
  services: Services,
  principal: Principal,
  run: BulkRun,
  owner: string,
  item: DueItem,
  canary: boolean,
): Promise<void> {
  try {
    const commit = await prepare(services, principal, run, item);
    await inTransaction(services.db, async (tx) =>
      markRequested(tx, { runId: run.id, position: item.position, owner }, { operationId: await commit(tx), canary }),
    );
  } catch (error) {
    const refusal = asRefusal(error);
    const waitedMs = timeNow().getTime() - (item.triedAt?.getTime() ?? timeNow().getTime());
    if (refusal.passing && waitedMs < PATIENCE_MS) await putOffItem(services.db, run.id, item, refusal.message, timeIn(LOOK_AGAIN_MS));
    else await refuseItem(services.db, run.id, item.position, { kind: refusal.code, message: refusal.message });
  }
}

/** The commit answers the operation's id; null where none is needed. */
async function prepare(services: Services, principal: Principal, run: BulkRun, item: DueItem): Promise<Commit<string | null>> {
  const { vpsId } = item;
  const action = run.action as BulkAction;
  const vps = await vpsById(services.db, principal.organizationId, vpsId);
  if (!vps) throw notFound('VPS', vpsId);
  const drift = action.action === 'drift-repair' ? (await openDriftsByVps(services.db, [vpsId])).get(vpsId) : undefined;
  const own = ownRefusal({ action, include_maintenance: run.includeMaintenance }, vps, drift);
  if (own) throw new Refusal(409, own.code, own.reason);
  const idOf = ({ operation }: { operation: Operation | null }): string | null => operation?.id ?? null;
  if (action.action !== 'drift-repair' && (await canRepeat(services, vps, item))) {
    const retry = await prepareRetry(services, principal, vpsId);
    return async (tx) => idOf(await retry(tx));
  }
  switch (action.action) {
    case 'refresh':
      return async (tx) => idOf(await requestWork(within(services, tx), principal, vpsId, 'refresh'));
    case 'destroy':
      return async (tx) => idOf(await terminateVps(within(services, tx), principal, vpsId, action.grace_hours, action.final_snapshot));
    case 'undo':
    case 'restore':
      return async (tx) => (await undoTermination(within(services, tx), principal, vpsId), null);
    case 'drift-repair':
      return async (tx) =>
        (await actOnDrift(within(services, tx), principal.name, (drift as DriftRow).id, 'repair', undefined)).actionOperationId;
    default: {
      const act = await prepareAction(services, principal, vpsId, action);
      return async (tx) => idOf(await act(tx));
    }
  }
}

/**
 * After a failure the operation itself is run again, as long as nothing came after it: it looks first at what it did, where
 * a new order would take the half of it for the state before.
 */
async function canRepeat({ db }: Services, vps: VpsWithAccount, { operationId, vpsId }: DueItem): Promise<boolean> {
  if (operationId === null || ['terminating', 'terminated'].includes(vps.status)) return false;
  const last = await lastOperation(db, vpsId, kindsThat('unasked'));
  return last?.id === operationId && ['failed', 'stalled', 'cancelled'].includes(last.status);
}

/** @throws what is neither a refusal nor a provider's failure. */
function asRefusal(error: unknown): { code: string; message: string; passing: boolean } {
  if (error instanceof Refusal) return { code: error.code, message: error.message, passing: PASSING.includes(error.code) };
  if (!isProviderError(error)) throw error;
  const passing = isProviderError(error, 'rate_limited', 'provider_down', 'timeout', 'malformed');
  return { code: `provider_${error.kind}`, message: error.detail.message, passing };
}
