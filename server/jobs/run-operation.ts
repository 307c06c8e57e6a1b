/**
 * Runs one operation: claim the lease, make sure the former engine is dead, drive the engine, record what happened.
 * Every write names the fence of the claim, so a worker that lost its lease cannot write over its successor.
 */
import { hostname } from 'node:os';
import type { Engine, EngineEvent, EngineFault, EngineOperation, EngineResult } from '../../automation/types.ts';
import { stackName, VpsSpec } from '../../stacks/spec.ts';
import { openAccount } from '../services/accounts.ts';
import { isHandRun } from '../services/hand-run.ts';
import type { Services } from '../services/services.ts';
import { accountById } from '../store/accounts.ts';
import type { Operation, Vps } from '../store/database.ts';
import { claimOperation, type Lease, LeaseLost, operationById, updateHeld } from '../store/operations.ts';
import { vpsById } from '../store/vpses.ts';
import { EventWriter } from './event-writer.ts';
import { finishOperation } from './finish.ts';
import { endFormerEngine } from './former-engine.ts';

/** A holder silent for this long is presumed dead; its engine is then proven dead before anything runs. */
export const STALE_MS = 20_000;
const HEARTBEAT_MS = 2_000;

export interface WorkerContext {
  readonly services: Services;
  readonly engine: Engine;
  readonly lease: Lease;
  readonly attempted: (kind: string, outcome: string) => void;
}

const ENGINE_OPERATION: Readonly<Record<string, EngineOperation>> = {
  provision: 'up',
  refresh: 'refresh',
  preview: 'preview',
  destroy: 'destroy',
};

/** False when there was nothing to do: ended, held, not due, or an older operation of the VPS comes first. */
export async function runOperation(worker: WorkerContext, operationId: string, shutdown: AbortSignal): Promise<boolean> {
  const { services } = worker;
  if (shutdown.aborted) return false;
  const now = new Date();
  const operation = await claimOperation(services.db, operationId, worker.lease, now, new Date(now.getTime() - STALE_MS));
  if (!operation) return false;
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
    await writer.close().catch(() => undefined);
  }
  return true;
}

async function attempt(worker: WorkerContext, operation: Operation, writer: EventWriter, signal: AbortSignal): Promise<EngineResult> {
  const { services, engine } = worker;
  const started = performance.now();
  const failed = (fault: EngineFault): EngineResult => ({
    ok: false,
    fault,
    changes: {},
    steps: [],
    durationMs: performance.now() - started,
  });
  if (isHandRun(operation.kind)) return failed(await endDeadHandRun(worker, operation));
  if (operation.attempt > operation.maxAttempts)
    return failed({
      kind: 'engine_crashed',
      message: `All ${operation.maxAttempts} attempts were cut off; look at the worker's log.`,
      retryable: false,
    });
  const vps = await vpsById(services.db, null, operation.vpsId);
  if (!vps) return failed({ kind: 'unexpected', message: 'The VPS row is gone.', retryable: false });
  const stack = stackName(vps.id);
  try {
    writer.add({ type: 'attempt-started', data: { attempt: operation.attempt, worker: worker.lease.owner }, at: new Date() });
    if (operation.attempt > 1) await recover(worker, operation, stack, writer);
    const rootPassword = chosenPassword(services, vps);
    return await engine.run({
      operation: ENGINE_OPERATION[operation.kind]!,
      stack,
      spec: VpsSpec.parse(vps.spec),
      ...(rootPassword === undefined ? {} : { rootPassword }),
      accounts: await attachedAccounts(services, vps),
      message: `${operation.kind} ${operation.id}`,
      allowInstanceReplacement: operation.kind === 'destroy',
      onEvent: (event) => writer.add(eventOf(event)),
      signal,
      onProcess: async (process) => {
        const engine = { engineHost: process.host, enginePid: process.pid, engineStartTime: process.startTime };
        await updateHeld(services.db, operation.id, operation.fence, engine);
      },
    });
  } catch (error) {
    if (error instanceof LeaseLost) throw error;
    services.log.error({ err: error, operation: operation.id }, 'operation could not be run');
    const message = 'The operation could not be run here; the worker’s log has the reason under its id.';
    return failed({ kind: 'unexpected', message, retryable: true });
  }
}

/** The command line's lease ran out without a word: its stack is freed and tidied, so that the next operation can go on. */
async function endDeadHandRun(worker: WorkerContext, operation: Operation): Promise<EngineFault> {
  await worker.engine.recover(stackName(operation.vpsId));
  const message = `The command line of ${operation.actor} ended without a word. Its stack is free again; refresh the VPS to see what it left.`;
  return { kind: 'engine_crashed', message, retryable: false };
}

async function recover(worker: WorkerContext, operation: Operation, stack: string, writer: EventWriter): Promise<void> {
  const fate = await endFormerEngine(operation);
  const { clearedLock, clearedPending } = await worker.engine.recover(stack);
  writer.add({ type: 'recovered', data: { formerEngine: fate, clearedLock, clearedPending }, at: new Date() });
}

function chosenPassword(services: Services, vps: Vps): string | undefined {
  if (vps.requestedPassword === null) return undefined;
  return services.secrets.open({ table: 'vps', column: 'requestedPassword', id: vps.id }, vps.requestedPassword);
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

function eventOf({ type, at, ...data }: EngineEvent) {
  return { type, data: JSON.parse(JSON.stringify(data)), at: new Date(at) };
}

/** Renews the lease and watches for a cancel; a lost lease aborts the run. */
function startHeart(worker: WorkerContext, operation: Operation, held: AbortController): { stop(): void } {
  const { db, log } = worker.services;
  let busy = false;
  let silentSince = performance.now();
  const beat = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    try {
      await updateHeld(db, operation.id, operation.fence, { heartbeatAt: new Date() });
      silentSince = performance.now();
      if ((await operationById(db, null, operation.id))?.cancelRequested) held.abort();
    } catch (error) {
      if (error instanceof LeaseLost) held.abort();
      else log.warn({ err: error, operation: operation.id, silentMs: Math.round(performance.now() - silentSince) }, 'heartbeat failed');
    } finally {
      busy = false;
    }
  };
  const timer = setInterval(() => void beat(), HEARTBEAT_MS);
  return { stop: () => clearInterval(timer) };
}

/** This process as a lease holder. */
export function thisWorker(startTime: string | null): Lease {
  return { owner: `${hostname()}/${process.pid}`, host: hostname(), pid: process.pid, startTime };
}
