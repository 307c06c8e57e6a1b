/**
 * Runs one operation: claim the lease, make sure the former engine is dead, drive the engine, record what happened.
 * Every write names the fence of the claim, so a worker that lost its lease cannot write over its successor.
 */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { fault } from '../../automation/faults.ts';
import { thisHost } from '../../automation/recovery.ts';
import type { Engine, EngineFault, EngineOperation, EngineResult } from '../../automation/types.ts';
import { stackName } from '../../stacks/spec.ts';
import { openAccount } from '../services/accounts.ts';
import type { ChangeRequest } from '../services/lifecycle/actions.ts';
import { isHandRun } from '../services/hand-run.ts';
import type { Services } from '../services/services.ts';
import { accountById } from '../store/accounts.ts';
import type { Operation, Vps } from '../store/database.ts';
import { claimOperation, type ClaimTerms, type Lease, LeaseLost, operationById, updateHeld } from '../store/operations.ts';
import { vpsById } from '../store/vpses.ts';
import { afterDestroy, beforeEngine, mayReplace, passwordOf, specOf } from './change.ts';
import { isDirect, runDirect } from './direct.ts';
import { EventWriter } from './event-writer.ts';
import { finishOperation } from './finish.ts';
import { endFormerEngine } from './former-engine.ts';
import { isHeld } from './hold.ts';
import { isForgetting, runForget, runImport } from './import.ts';
import { runUpdate } from './look-again.ts';
import type { Pulse } from './pulse.ts';
import { refuseLoss } from './recorded-server.ts';
import type { Drive, Work } from './work.ts';
import { withoutSteps } from './work-fault.ts';

/** A holder silent for this many heartbeats is presumed dead; its engine is then proven dead before anything runs. */
const STALE_BEATS = 10;
/**
 * After a death in the middle of a create, the order may still be on its way to the provider, or not yet in its listings.
 * The next attempt looks for the server once more, so it waits until a look sees it.
 */
const SETTLE_MS = { real: 30_000, simulator: 3_000 } as const;

export interface WorkerContext {
  readonly services: Services;
  readonly engine: Engine;
  readonly lease: Lease;
  readonly attempted: (kind: string, outcome: string) => void;
  readonly pulse: Pulse;
}

/** On which terms an operation may be taken now. */
export function claimTerms({ config }: Pick<Services, 'config'>, deadFence?: number): ClaimTerms {
  const now = new Date();
  return {
    now,
    staleBefore: new Date(now.getTime() - STALE_BEATS * config.heartbeatMs),
    accountLimit: config.accountConcurrency,
    ...(deadFence === undefined ? {} : { deadFence }),
  };
}

/** Harmless for a VPS whose import has not succeeded. */
const WHILE_IMPORTING: ReadonlySet<string> = new Set(['import', 'destroy']);
/** Kinds that are no update. */
const ENGINE_OPERATION: Readonly<Record<string, EngineOperation>> = {
  refresh: 'refresh',
  preview: 'preview',
  'drift-check': 'refresh-preview',
};

/**
 * False when there was nothing to do: ended, held, not due, the account is busy, or an older operation of the VPS comes first.
 * @param deadFence the fence of a holder that is proven dead
 */
export async function runOperation(
  worker: WorkerContext,
  operationId: string,
  shutdown: AbortSignal,
  deadFence?: number,
): Promise<boolean> {
  const { services } = worker;
  if (shutdown.aborted || (await isHeld(services, operationId))) return false;
  const operation = await claimOperation(services.db, operationId, worker.lease, claimTerms(services, deadFence));
  if (!operation) return false;
  const ended = worker.pulse.begin();
  const held = new AbortController();
  const writer = new EventWriter(services, operation);
  const heart = startHeart(worker, operation, held);
  try {
    const result = await attempt(worker, operation, writer, held.signal);
    await writer.close();
    heart.stop();
    const outcome = await finishOperation(services, worker.engine, operation, result);
    worker.attempted(operation.kind, outcome);
  } catch (error) {
    if (!(error instanceof LeaseLost)) throw error;
    held.abort();
    services.log.warn({ operation: operationId }, error.message);
  } finally {
    heart.stop();
    ended();
    await writer.close().catch(() => undefined);
  }
  return true;
}

async function attempt(worker: WorkerContext, operation: Operation, writer: EventWriter, signal: AbortSignal): Promise<EngineResult> {
  const { services } = worker;
  const started = performance.now();
  const failed = (found: EngineFault): EngineResult => withoutSteps(started, found);
  if (isHandRun(operation.kind)) return failed(await endDeadHandRun(worker, operation));
  if (operation.attempt > operation.maxAttempts) {
    const message = `All ${operation.maxAttempts} attempts were cut off; look at the worker's log.`;
    return failed(fault('engine_crashed', message, { retryable: false }));
  }
  const vps = await vpsById(services.db, null, operation.vpsId);
  if (!vps) return failed(fault('unexpected', 'The VPS row is gone.'));
  const work: Work = { services, operation, vps, writer, signal };
  try {
    writer.add('attempt-started', { attempt: operation.attempt, worker: worker.lease.owner });
    if (operation.attempt > 1) await recover(worker, work);
    if (vps.importing !== null && !WHILE_IMPORTING.has(operation.kind))
      return failed(fault('invalid', 'The import of this VPS has not succeeded. Retry it or terminate the VPS.'));
    return await runWork(worker, work);
  } catch (error) {
    if (error instanceof LeaseLost) throw error;
    services.log.error({ err: error, operation: operation.id }, 'operation could not be run');
    const message = 'The operation could not be run here; the worker’s log has the reason under its id.';
    return failed(fault('unexpected', message, { retryable: true }));
  }
}

/** By the way of its kind: at the provider alone, or with the engine and what goes before and after it. */
async function runWork(worker: WorkerContext, work: Work): Promise<EngineResult> {
  const { services, operation, signal } = work;
  const { kind } = operation;
  const started = performance.now();
  const drive = makeDrive(worker, work);
  if (kind === 'import') return await runImport({ ...work, engine: worker.engine, drive });
  if (kind === 'destroy' && isForgetting(work)) return await runForget({ ...work, engine: worker.engine, drive });
  if (isDirect(kind)) return await runDirect(work);
  const refused = (await refuseLoss(work, worker.engine)) ?? (await beforeEngine(work));
  if (refused) return withoutSteps(started, refused);
  if (kind !== 'destroy') {
    const reading = ENGINE_OPERATION[kind];
    return reading ? await drive(reading, signal) : await runUpdate(work, worker.engine, drive);
  }
  const deadline = AbortSignal.timeout(services.config.destroyTimeoutMs);
  const result = await drive('destroy', AbortSignal.any([signal, deadline]));
  return await afterDestroy(work, result, deadline.aborted && !signal.aborted);
}

/** Engine runs of the operation, as many as its kind needs. */
function makeDrive({ engine }: WorkerContext, work: Work): Drive {
  const { services, operation, vps, writer } = work;
  return async (kind, signal, mayDelete = mayReplace(work)) => {
    const rootPassword = passwordOf(work);
    return await engine.run({
      operation: kind,
      stack: stackName(vps.id),
      spec: specOf(work),
      ...(rootPassword === undefined ? {} : { rootPassword }),
      accounts: await attachedAccounts(services, vps),
      message: `${operation.kind} ${operation.id}`,
      allowInstanceReplacement: mayDelete,
      refreshFirst: (operation.request as ChangeRequest).looksFirst === true,
      onEvent: ({ type, at, ...data }) => writer.add(type, JSON.parse(JSON.stringify(data)), new Date(at)),
      signal,
      onProcess: async ({ host, pid, startTime }) => {
        const process = { engineHost: host, enginePid: pid, engineStartTime: startTime };
        await updateHeld(services.db, operation.id, operation.fence, process);
      },
    });
  };
}

/** The command line's lease ran out without a word: its stack is freed and tidied, so that the next operation can go on. */
async function endDeadHandRun(worker: WorkerContext, operation: Operation): Promise<EngineFault> {
  await worker.engine.recover(stackName(operation.vpsId));
  const message = `The command line of ${operation.actor} ended without a word. Its stack is free again; refresh the VPS to see what it left.`;
  return fault('engine_crashed', message, { retryable: false });
}

async function recover({ engine }: WorkerContext, { operation, vps, writer, signal }: Work): Promise<void> {
  const formerEngine = await endFormerEngine(operation);
  const { clearedLock, clearedPending } = await engine.recover(stackName(vps.id));
  writer.add('recovered', { formerEngine, clearedLock, clearedPending });
  if (clearedPending === 0) return;
  const settleMs = vps.account.endpointKind === 'simulator' ? SETTLE_MS.simulator : SETTLE_MS.real;
  await delay(settleMs, undefined, { signal }).catch(() => undefined);
}

async function attachedAccounts(services: Services, vps: Vps) {
  const ids = [...new Set([vps.accountId, vps.dnsAccountId].filter((id) => id !== null))];
  return await Promise.all(
    ids.map(async (id) => {
      const account = await accountById(services.db, id);
      if (!account) throw new Error(`The account ${id} of VPS ${vps.id} is gone.`);
      return openAccount(services, account);
    }),
  );
}

/** Renews the lease and watches for a cancel; a lost lease aborts the run. */
function startHeart(worker: WorkerContext, operation: Operation, held: AbortController): { stop(): void } {
  const { db, log, config } = worker.services;
  let busy = false;
  let silentSince = performance.now();
  const beat = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    const at = performance.now();
    try {
      await updateHeld(db, operation.id, operation.fence, { heartbeatAt: new Date() });
      silentSince = at;
      worker.pulse.felt(at);
      if ((await operationById(db, null, operation.id))?.cancelRequested) held.abort();
    } catch (error) {
      if (error instanceof LeaseLost) held.abort();
      else log.warn({ err: error, operation: operation.id, silentMs: Math.round(performance.now() - silentSince) }, 'heartbeat failed');
    } finally {
      busy = false;
    }
  };
  const timer = setInterval(() => void beat(), config.heartbeatMs);
  return { stop: () => clearInterval(timer) };
}

/** This process as a lease holder. */
export function thisWorker(startTime: string | null): Lease {
  // The random part tells two workers in one process apart.
  const owner = `${hostname()}/${process.pid}/${randomBytes(3).toString('hex')}`;
  return { owner, host: thisHost(), pid: process.pid, startTime };
}
