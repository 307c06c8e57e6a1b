/** The end of an attempt: success, another try later, or an honest end. One transaction each. */
import { randomUUID } from 'node:crypto';
import type { Engine, EngineFault, EngineResult } from '../../../automation/types.ts';
import { stackName } from '../../../stacks/spec.ts';
import { timeIn, timeNow } from '../../kernel/clock.ts';
import { failSnapshot } from '../snapshots/failure.ts';
import type { Services } from '../../kernel/services.ts';
import { type Db, inTransaction, type Json, type Operation } from '../../kernel/database.ts';
import { appendEvents, operationById, unfinishedOperations, updateHeld } from './store.ts';
import { lockVps, updateVps, vpsById, type VpsWithAccount } from '../store.ts';
import { keepFormer } from '../password/life.ts';
import { isInterrupted, isLastAttempt } from './attempts.ts';
import { besideEnding, failureChange, successOf } from './outcome.ts';
import { withRemedy } from './remedy.ts';
import { settleNamesAfter } from '../dns-names/settle.ts';
import { type There, whatIsThere } from './what-is-there.ts';
import type { AskedPerson } from '../tasks/ask.ts';
import { insertTask, taskOf } from '../tasks/store.ts';
import type { Attempted } from './sheet.ts';
import { sheetOf } from './sheets.ts';
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

export type Outcome = 'waiting' | 'succeeded' | 'retried' | 'failed' | 'cancelled' | 'stalled';

export async function finishOperation(services: Services, engine: Engine, operation: Operation, result: Attempted): Promise<Outcome> {
  if (result.ok && result.endsAt === undefined && sheetOf(operation.kind).traits.endsStack)
    await engine.remove(stackName(operation.vpsId)).catch((error: unknown) => logRemove(services, operation, error));
  const there = result.ok || result.waits ? null : await leftBy(services, engine, operation, reasonOf(result));
  return await inTransaction(services.db, async (tx) => {
    // Held before anything is read: an order given meanwhile is seen here, or waits for this end and sees that.
    const vps = await lockVps(tx, null, operation.vpsId);
    const current = (await operationById(tx, null, operation.id)) ?? operation;
    const ending = { services, tx, operation, vps, there };
    if (result.ok) return await succeed(ending, current, result);
    if (result.waits && !current.cancelRequested) return await park(ending, result.waits);
    const fault = reasonOf(result);
    if (!isLastAttempt(operation, fault, current.cancelRequested)) return await again(ending, fault);
    return await fail(ending, statusOf(fault, current.cancelRequested), fault, result);
  });
}

async function leftBy(services: Services, engine: Engine, operation: Operation, fault: EngineFault): Promise<There | null> {
  const vps = await vpsById(services.db, null, operation.vpsId);
  const cancelled = (await operationById(services.db, null, operation.id))?.cancelRequested === true;
  return vps && (await whatIsThere(services, engine, operation, vps, isLastAttempt(operation, fault, cancelled)));
}

interface Ending {
  readonly services: Services;
  readonly tx: Db;
  /** As it was claimed. */
  readonly operation: Operation;
  readonly vps: VpsWithAccount | null;
  /** After a failure. */
  readonly there: There | null;
}

function statusOf(fault: EngineFault, cancelled: boolean): Outcome {
  if (cancelled) return 'cancelled';
  return isInterrupted(fault, cancelled) || UNCERTAIN.includes(fault.kind) ? 'stalled' : 'failed';
}

/** `current`: with the progress of this attempt. */
async function succeed(ending: Ending, current: Operation, result: Attempted): Promise<Outcome> {
  const { services, tx, operation, vps } = ending;
  if (vps) {
    const ended = successOf(services, current, vps, result);
    const change = ended.sheet.succeeded(ended);
    await keepFormer(tx, ended, change);
    if (change) await updateVps(tx, vps.id, besideEnding(operation, vps, change));
    await settleNamesAfter(tx, operation, vps);
    await ended.sheet.settle?.(tx, ended);
  }
  await end(ending, 'succeeded', { result: summary(result), fault: null });
  return 'succeeded';
}

/** Nobody works on it until the task is answered; the attempt that found it out counts for none. */
async function park({ services, tx, operation }: Ending, waits: AskedPerson): Promise<Outcome> {
  const { step, title, text, form } = waits;
  const id = randomUUID();
  if (!waits.again)
    await insertTask(tx, {
      id,
      operationId: operation.id,
      vpsId: operation.vpsId,
      step,
      title,
      text,
      form: JSON.parse(JSON.stringify(form)),
    });
  const task = (await taskOf(tx, operation.id, step))?.id ?? id;
  await appendEvents(tx, operation.id, operation.fence, [{ type: 'waits-for-person', data: { task, title }, at: timeNow() }]);
  await updateHeld(tx, operation.id, operation.fence, {
    status: 'waiting_for_person',
    attempt: operation.attempt - 1,
    leaseOwner: null,
    engineHost: null,
    enginePid: null,
    engineStartTime: null,
  });
  services.log.info({ operation: operation.id, vps: operation.vpsId, task }, 'an operation waits for a person');
  return 'waiting';
}

async function again({ services, tx, operation }: Ending, fault: EngineFault): Promise<Outcome> {
  const backoff = Math.min(MAX_DELAY_MS, BASE_DELAY_MS * 2 ** (operation.attempt - 1)) * (0.5 + Math.random() / 2);
  const waitMs = Math.max(backoff, fault.retryAfterMs ?? 0);
  const data = { fault: fault as unknown as Json, waitMs: Math.round(waitMs), attempt: operation.attempt };
  await appendEvents(tx, operation.id, operation.fence, [{ type: 'retry-later', data, at: timeNow() }]);
  await updateHeld(tx, operation.id, operation.fence, {
    status: 'queued',
    notBefore: timeIn(waitMs),
    leaseOwner: null,
    fault: fault as unknown as Json,
  });
  services.log.info({ operation: operation.id, kind: fault.kind, waitMs }, 'operation will be tried again');
  return 'retried';
}

async function fail(ending: Ending, status: Outcome, fault: EngineFault, result: EngineResult): Promise<Outcome> {
  const { services, tx, operation, vps, there } = ending;
  // The dead letter: it waits for a person, so it must be seen. The gauge plinth_operations counts it too.
  if (status === 'stalled')
    services.log.error(
      { operation: operation.id, vps: operation.vpsId, fault: fault.kind, attempt: operation.attempt },
      'operation stalled',
    );
  await end(ending, status, { fault: withRemedy(operation.kind, fault) as unknown as Json, result: summary(result) });
  await failSnapshot(tx, operation, fault.message);
  const change = vps && { ...there?.change, ...(await failureChange(services, tx, operation, vps, fault)) };
  if (change && Object.keys(change).length > 0) await updateVps(tx, vps.id, besideEnding(operation, vps, change));
  if (vps && there) await settleNamesAfter(tx, operation, vps, { there, uncertain: UNCERTAIN.includes(fault.kind) });
  return status;
}

async function end({ services, tx, operation, vps }: Ending, status: Outcome, change: { fault: Json | null; result: Json }): Promise<void> {
  const at = timeNow();
  await appendEvents(tx, operation.id, operation.fence, [{ type: status, data: { ...change }, at }]);
  await updateHeld(tx, operation.id, operation.fence, { status, finishedAt: at, leaseOwner: null, ...change });
  // The next one of this VPS may have been refused while this one ran.
  const [next] = await unfinishedOperations(tx, operation.vpsId);
  if (next && vps) await services.enqueue(tx, { id: next.id, vpsId: vps.id, accountId: vps.accountId });
}

function summary(result: Attempted): Json {
  const steps = result.steps.map(({ op, name, resourceType, changed }) => ({ op, name, resourceType, changed }));
  const { changes, durationMs, endsAt } = result;
  return JSON.parse(JSON.stringify({ changes, steps, durationMs: Math.round(durationMs), ends_at: endsAt })) as Json;
}

function logRemove(services: Services, operation: Operation, error: unknown): void {
  // The resources are gone, so the end need not wait: the sweep `ended-stacks` removes it later.
  services.log.warn({ err: error, vps: operation.vpsId }, 'the empty stack was not removed');
}
