/**
 * Runs one operation: claim the lease, make sure the former engine is dead, drive the engine, record what happened.
 * Every write names the fence of the claim, so a worker that lost its lease cannot write over its successor.
 */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { fault } from '../../../automation/faults.ts';
import { markOf } from '../../../providers/manners.ts';
import { thisHost } from '../../../automation/recovery.ts';
import type { Engine, EngineFault, EngineResult } from '../../../automation/types.ts';
import { stackName } from '../../../stacks/spec.ts';
import { timeNow } from '../../kernel/clock.ts';
import { openAccount, providerOf } from '../../accounts/accounts.ts';
import type { Services } from '../../kernel/services.ts';
import { accountById } from '../../accounts/store.ts';
import type { Operation, Vps } from '../../kernel/database.ts';
import { claimOperation, type ClaimTerms, type Lease, operationById, updateHeld } from './store.ts';
import { type Kept, keepLease, LeaseLost } from '../../kernel/lease.ts';
import { vpsById } from '../store.ts';
import { passwordOf, specOf } from './change.ts';
import { EventWriter } from './event-writer.ts';
import { finishOperation } from './finish.ts';
import { endFormerEngine } from './former-engine.ts';
import { isHeld } from './hold.ts';
import { refuseTakenName } from './name-taken.ts';
import type { Pulse } from '../../kernel/pulse.ts';
import { answersOf, personNeeded } from '../tasks/ask.ts';
import type { Attempted, Drive, Sheet, Work } from './sheet.ts';
import { sheetOf } from './sheets.ts';
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
  return {
    staleMs: STALE_BEATS * config.heartbeatMs,
    accountLimit: config.accountConcurrency,
    ...(deadFence === undefined ? {} : { deadFence }),
  };
}

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

async function attempt(worker: WorkerContext, operation: Operation, writer: EventWriter, signal: AbortSignal): Promise<Attempted> {
  const { services } = worker;
  const started = performance.now();
  const failed = (found: EngineFault): EngineResult => withoutSteps(started, found);
  const sheet = sheetOf(operation.kind);
  if (sheet.traits.byHand) return failed(await endDeadHandRun(worker, operation));
  if (operation.attempt > operation.maxAttempts) {
    const message = `All ${operation.maxAttempts} attempts were cut off; look at the worker's log.`;
    return failed(fault('engine_crashed', message, { retryable: false }));
  }
  const vps = await vpsById(services.db, null, operation.vpsId);
  if (!vps) return failed(fault('unexpected', 'The VPS row is gone.'));
  try {
    writer.add('attempt-started', { attempt: operation.attempt, worker: worker.lease.owner });
    const work = openWork(worker, sheet, { operation, vps, writer, signal });
    const undecided = operation.attempt > 1 ? await recover(worker, work) : null;
    if (undecided) return failed(undecided);
    if (vps.importing !== null && !sheet.rules.whileImporting)
      return failed(fault('invalid', 'The import of this VPS has not succeeded. Retry it or terminate the VPS.'));
    return await runWork(work);
  } catch (error) {
    if (error instanceof LeaseLost) throw error;
    services.log.error({ err: error, operation: operation.id }, 'operation could not be run');
    const message = 'The operation could not be run here; the worker’s log has the reason under its id.';
    return failed(fault('unexpected', message, { retryable: true }));
  }
}

/** The attempt with what its sheet reads out of the operation. */
function openWork(worker: WorkerContext, sheet: Sheet, given: Pick<Work, 'operation' | 'vps' | 'writer' | 'signal'>): Work {
  const { operation } = given;
  const request = sheet.contract.request.parse(operation.request);
  const progress = sheet.contract.progress.parse(operation.progress ?? {});
  const known = { services: worker.services, engine: worker.engine, sheet, request, progress, ...given };
  return { ...known, drive: makeDrive(worker, known) };
}

/** As its sheet does it, once its name is its own. */
async function runWork(work: Work): Promise<Attempted> {
  const started = performance.now();
  const taken = await refuseTakenName(work);
  if (taken) return withoutSteps(started, taken);
  const { services, sheet, operation, request, vps } = work;
  if (!sheet.run) throw new Error(`No worker does a ${operation.kind}.`);
  const waits = await personNeeded(services, vps, operation.id, sheet.personDoes?.(request, vps) ?? null, specOf(work));
  if (waits) return { ...withoutSteps(started, null), ok: false, waits };
  return await sheet.run(work);
}

/** Engine runs of the operation, as many as its kind needs. */
function makeDrive({ engine }: WorkerContext, work: Omit<Work, 'drive'>): Drive {
  const { services, sheet, operation, request, vps, writer } = work;
  return async (kind, signal, mayDelete = sheet.mayReplace?.(request) === true) => {
    const rootPassword = passwordOf(work);
    const answers = await answersOf(services.db, services.secrets, vps.id);
    return await engine.run({
      operation: kind,
      stack: stackName(vps.id),
      spec: specOf(work),
      ...(rootPassword === undefined ? {} : { rootPassword }),
      ...(Object.keys(answers.values).length === 0 ? {} : { answers }),
      accounts: await attachedAccounts(services, vps),
      message: `${operation.kind} ${operation.id}`,
      allowInstanceReplacement: mayDelete,
      refreshFirst: request.looksFirst === true,
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

/** A fault where only a person can say what became of a purchase that was under way. */
async function recover({ engine }: WorkerContext, { services, operation, vps, writer, signal }: Work): Promise<EngineFault | null> {
  const formerEngine = await endFormerEngine(operation);
  const { clearedLock, clearedPending } = await engine.recover(stackName(vps.id));
  writer.add('recovered', { formerEngine, clearedLock, clearedPending });
  if (clearedPending === 0) return null;
  const { descriptor } = providerOf(services, vps.account);
  // Nothing there carries a mark: a purchase that was under way cannot be looked for, so it is not made again.
  if (markOf(descriptor).carrier === 'order' && descriptor.apiBaseUrl !== null && vps.instanceId === null) {
    const message =
      `A purchase at ${descriptor.name} was under way when its worker died, and nothing there tells whether it was made. It is not ` +
      'made again by itself: ask the provider for a new server, and retry only when none was sold.';
    return fault('needs_person', message, { retryable: false });
  }
  const settleMs = vps.account.endpointKind === 'simulator' ? SETTLE_MS.simulator : SETTLE_MS.real;
  await delay(settleMs, undefined, { signal }).catch(() => undefined);
  return null;
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
function startHeart(worker: WorkerContext, operation: Operation, held: AbortController): Kept {
  const { db, log, config } = worker.services;
  const renew = async (): Promise<void> => {
    const at = performance.now();
    await updateHeld(db, operation.id, operation.fence, { heartbeatAt: timeNow() });
    worker.pulse.felt(at);
    if ((await operationById(db, null, operation.id))?.cancelRequested) held.abort();
  };
  const heart = keepLease(config.heartbeatMs, renew, (error, silentMs) =>
    log.warn({ err: error, operation: operation.id, silentMs }, 'heartbeat failed'),
  );
  heart.signal.addEventListener('abort', () => held.abort());
  return heart;
}

/** This process as a lease holder. */
export function thisWorker(startTime: string | null): Lease {
  // The random part tells two workers in one process apart.
  const owner = `${hostname()}/${process.pid}/${randomBytes(3).toString('hex')}`;
  return { owner, host: thisHost(), pid: process.pid, startTime };
}
