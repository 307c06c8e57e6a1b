/** The end of an attempt: success, another try later, or an honest end. One transaction each. */
import type { Engine, EngineFault, EngineResult } from '../../automation/types.ts';
import { stackName } from '../../stacks/spec.ts';
import { failSnapshot } from '../services/lifecycle/snapshot-failure.ts';
import type { Services } from '../services/services.ts';
import { type Db, inTransaction, type Json, type Operation } from '../store/database.ts';
import { markTaken } from '../store/inventory.ts';
import { appendEvents, operationById, unfinishedOperations, updateHeld } from '../store/operations.ts';
import { updateVps, vpsById } from '../store/vpses.ts';
import { tendFormerPasswords } from './former-password.ts';
import { besideEnding, failureChange, successChange } from './outcome.ts';
import { withRemedy } from './remedy.ts';

const BASE_DELAY_MS = 2_000;
const MAX_DELAY_MS = 300_000;
/** Ends whose outcome at the provider is not certain: a retry looks first. */
const UNCERTAIN: readonly string[] = [
  'unknown_outcome',
  'engine_crashed',
  'engine_missing',
  'state_unavailable',
  'timeout',
  'locked',
  'pending_operations',
];

export type Outcome = 'succeeded' | 'retried' | 'failed' | 'cancelled' | 'stalled';

export async function finishOperation(services: Services, engine: Engine, operation: Operation, result: EngineResult): Promise<Outcome> {
  if (result.ok && operation.kind === 'destroy')
    await engine.remove(stackName(operation.vpsId)).catch((error: unknown) => logRemove(services, operation, error));
  return await inTransaction(services.db, async (tx) => {
    const current = await operationById(tx, null, operation.id);
    const cancelled = current?.cancelRequested === true;
    if (result.ok) return await succeed(services, tx, operation, result);
    const fault = result.fault ?? { kind: 'unexpected' as const, message: 'The engine failed without a reason.', retryable: false };
    if (!isLastAttempt(operation, fault, cancelled)) return await again(services, tx, operation, fault);
    const interrupted = isInterrupted(fault, cancelled);
    const status: Outcome = cancelled ? 'cancelled' : interrupted || UNCERTAIN.includes(fault.kind) ? 'stalled' : 'failed';
    // The dead letter: it waits for a person, so it must be seen. The gauge plinth_operations counts it too.
    if (status === 'stalled')
      services.log.error(
        { operation: operation.id, vps: operation.vpsId, fault: fault.kind, attempt: operation.attempt },
        'operation stalled',
      );
    await end(services, tx, operation, status, { fault: withRemedy(operation.kind, fault) as unknown as Json, result: summary(result) });
    await markFailure(tx, operation, fault);
    return status;
  });
}

/** Cut off without anyone's wish: this worker stops. Another one goes on. */
function isInterrupted(fault: EngineFault, cancelled: boolean): boolean {
  return fault.kind === 'cancelled' && !cancelled;
}

/** Whether a failure ends the operation. `cancelled`: somebody asked for its end. */
export function isLastAttempt(operation: Operation, fault: EngineFault, cancelled: boolean): boolean {
  return cancelled || !(fault.retryable || isInterrupted(fault, cancelled)) || operation.attempt >= operation.maxAttempts;
}

async function succeed(services: Services, tx: Db, operation: Operation, result: EngineResult): Promise<Outcome> {
  const vps = await vpsById(tx, null, operation.vpsId);
  const change = vps && successChange(services, (await operationById(tx, null, operation.id)) ?? operation, vps, result);
  if (vps) await tendFormerPasswords(services, tx, operation, vps, change);
  if (change) await updateVps(tx, operation.vpsId, besideEnding(operation, vps, change));
  if (operation.kind === 'import' && result.outputs) await markTaken(tx, vps!.accountId, result.outputs.instanceId);
  await end(services, tx, operation, 'succeeded', { result: summary(result), fault: null });
  return 'succeeded';
}

async function again(services: Services, tx: Db, operation: Operation, fault: EngineFault): Promise<Outcome> {
  const backoff = Math.min(MAX_DELAY_MS, BASE_DELAY_MS * 2 ** (operation.attempt - 1)) * (0.5 + Math.random() / 2);
  const waitMs = Math.max(backoff, fault.retryAfterMs ?? 0);
  const data = { fault: fault as unknown as Json, waitMs: Math.round(waitMs), attempt: operation.attempt };
  await appendEvents(tx, operation.id, operation.fence, [{ type: 'retry-later', data, at: new Date() }]);
  await updateHeld(tx, operation.id, operation.fence, {
    status: 'queued',
    notBefore: new Date(Date.now() + waitMs),
    leaseOwner: null,
    fault: fault as unknown as Json,
  });
  services.log.info({ operation: operation.id, kind: fault.kind, waitMs }, 'operation will be tried again');
  return 'retried';
}

async function end(
  services: Services,
  tx: Db,
  operation: Operation,
  status: string,
  change: { fault: Json | null; result: Json },
): Promise<void> {
  const at = new Date();
  await appendEvents(tx, operation.id, operation.fence, [
    { type: status, data: { fault: change.fault, result: change.result } as Json, at },
  ]);
  await updateHeld(tx, operation.id, operation.fence, { status, finishedAt: at, leaseOwner: null, ...change });
  // The next one of this VPS may have been refused while this one ran.
  const next = (await unfinishedOperations(tx, operation.vpsId))[0];
  if (next) {
    const vps = await vpsById(tx, null, operation.vpsId);
    if (vps) await services.enqueue(tx, { id: next.id, vpsId: vps.id, accountId: vps.accountId });
  }
}

async function markFailure(tx: Db, operation: Operation, fault: EngineFault): Promise<void> {
  await failSnapshot(tx, operation, fault.message);
  const vps = await vpsById(tx, null, operation.vpsId);
  const change = vps && (await failureChange(tx, operation, vps, fault));
  if (change) await updateVps(tx, operation.vpsId, besideEnding(operation, vps, change));
}

function summary(result: EngineResult): Json {
  const steps = result.steps.map(({ op, name, resourceType, changed }) => ({ op, name, resourceType, changed }));
  return JSON.parse(JSON.stringify({ changes: result.changes, steps, durationMs: Math.round(result.durationMs) })) as Json;
}

function logRemove(services: Services, operation: Operation, error: unknown): void {
  // The resources are gone; an empty stack left behind costs nothing.
  services.log.warn({ err: error, vps: operation.vpsId }, 'the empty stack was not removed');
}
