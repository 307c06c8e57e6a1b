/** The end of an attempt: success, another try later, or an honest end. One transaction each. */
import type { Engine, EngineFault, EngineResult } from '../../automation/types.ts';
import { stackName } from '../../stacks/spec.ts';
import { failSnapshot } from '../services/lifecycle/snapshot-failure.ts';
import type { Services } from '../services/services.ts';
import { type Db, inTransaction, type Json, type Operation } from '../store/database.ts';
import { markTaken } from '../store/inventory.ts';
import { appendEvents, operationById, unfinishedOperations, updateHeld } from '../store/operations.ts';
import { lockVps, updateVps, type VpsWithAccount } from '../store/vpses.ts';
import { tendFormerPasswords } from './former-password.ts';
import { besideEnding, failureChange, successChange } from './outcome.ts';
import { withRemedy } from './remedy.ts';
import { reasonOf } from './work-fault.ts';

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
    // Held before anything is read: an order given meanwhile is seen here, or waits for this end and sees that.
    const vps = await lockVps(tx, null, operation.vpsId);
    const current = (await operationById(tx, null, operation.id)) ?? operation;
    const ending = { services, tx, operation, vps };
    if (result.ok) return await succeed(ending, current, result);
    const fault = reasonOf(result);
    if (!isLastAttempt(operation, fault, current.cancelRequested)) return await again(ending, fault);
    return await fail(ending, statusOf(fault, current.cancelRequested), fault, result);
  });
}

interface Ending {
  readonly services: Services;
  readonly tx: Db;
  /** As it was claimed. */
  readonly operation: Operation;
  readonly vps: VpsWithAccount | null;
}

function statusOf(fault: EngineFault, cancelled: boolean): Outcome {
  if (cancelled) return 'cancelled';
  return isInterrupted(fault, cancelled) || UNCERTAIN.includes(fault.kind) ? 'stalled' : 'failed';
}

/** Cut off without anyone's wish: this worker stops. Another one goes on. */
function isInterrupted(fault: EngineFault, cancelled: boolean): boolean {
  return fault.kind === 'cancelled' && !cancelled;
}

/** Whether a failure ends the operation. `cancelled`: somebody asked for its end. */
export function isLastAttempt(operation: Operation, fault: EngineFault, cancelled: boolean): boolean {
  return cancelled || !(fault.retryable || isInterrupted(fault, cancelled)) || operation.attempt >= operation.maxAttempts;
}

/** `current`: with the progress of this attempt. */
async function succeed(ending: Ending, current: Operation, result: EngineResult): Promise<Outcome> {
  const { services, tx, operation, vps } = ending;
  if (vps) {
    const change = successChange(services, current, vps, result);
    await tendFormerPasswords(services, tx, operation, vps, change);
    if (change) await updateVps(tx, vps.id, besideEnding(operation, vps, change));
    if (operation.kind === 'import' && result.outputs) await markTaken(tx, vps.accountId, result.outputs.instanceId);
  }
  await end(ending, 'succeeded', { result: summary(result), fault: null });
  return 'succeeded';
}

async function again({ services, tx, operation }: Ending, fault: EngineFault): Promise<Outcome> {
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

async function fail(ending: Ending, status: Outcome, fault: EngineFault, result: EngineResult): Promise<Outcome> {
  const { services, tx, operation, vps } = ending;
  // The dead letter: it waits for a person, so it must be seen. The gauge plinth_operations counts it too.
  if (status === 'stalled')
    services.log.error(
      { operation: operation.id, vps: operation.vpsId, fault: fault.kind, attempt: operation.attempt },
      'operation stalled',
    );
  await end(ending, status, { fault: withRemedy(operation.kind, fault) as unknown as Json, result: summary(result) });
  await failSnapshot(tx, operation, fault.message);
  const change = vps && (await failureChange(tx, operation, vps, fault));
  if (change) await updateVps(tx, vps.id, besideEnding(operation, vps, change));
  return status;
}

async function end({ services, tx, operation, vps }: Ending, status: Outcome, change: { fault: Json | null; result: Json }): Promise<void> {
  const at = new Date();
  await appendEvents(tx, operation.id, operation.fence, [{ type: status, data: { ...change }, at }]);
  await updateHeld(tx, operation.id, operation.fence, { status, finishedAt: at, leaseOwner: null, ...change });
  // The next one of this VPS may have been refused while this one ran.
  const [next] = await unfinishedOperations(tx, operation.vpsId);
  if (next && vps) await services.enqueue(tx, { id: next.id, vpsId: vps.id, accountId: vps.accountId });
}

function summary(result: EngineResult): Json {
  const steps = result.steps.map(({ op, name, resourceType, changed }) => ({ op, name, resourceType, changed }));
  return JSON.parse(JSON.stringify({ changes: result.changes, steps, durationMs: Math.round(result.durationMs) })) as Json;
}

function logRemove(services: Services, operation: Operation, error: unknown): void {
  // The resources are gone; an empty stack left behind costs nothing.
  services.log.warn({ err: error, vps: operation.vpsId }, 'the empty stack was not removed');
}
