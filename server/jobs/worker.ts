/**
 * The worker: jobs wake it; a sweep every few seconds finds what no job will (retries that are due, operations of dead
 * workers, jobs lost with a restored database). Stopping drains: no new operation, running ones get their time.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { PgBoss } from 'pg-boss';
import { expireKeys } from '../store/idempotency.ts';
import { dueOperations } from '../store/operations.ts';
import { OPERATION_QUEUE, type Wake } from './queue.ts';
import { runOperation, STALE_MS, type WorkerContext } from './run-operation.ts';

const SWEEP_MS = 1_000;
/** A fresh operation's own job gets this long before the sweep takes it. */
const JOB_GRACE_MS = 5_000;
const KEY_LIFE_MS = 24 * 3600 * 1000;

export interface Worker {
  /** Waits up to `drainMs` for running operations, then aborts nothing: their engines end with this process's engine. */
  stop(drainMs: number): Promise<void>;
  readonly running: () => number;
}

export async function startWorker(context: WorkerContext, boss: PgBoss): Promise<Worker> {
  const { services } = context;
  const { operations } = services.config;
  const stopping = new AbortController();
  const running = new Map<string, Promise<unknown>>();
  const run = async (id: string): Promise<void> => {
    if (running.has(id) || stopping.signal.aborted) return;
    const work = runOperation(context, id, stopping.signal)
      .catch((error: unknown) => services.log.error({ err: error, operation: id }, 'operation attempt broke off'))
      .finally(() => running.delete(id));
    running.set(id, work);
    await work;
  };
  // Never rejects: a failed job would block its stack's queue, and the sweep repeats what is worth repeating.
  await boss.work<Wake>(OPERATION_QUEUE, { batchSize: 1, localConcurrency: operations, pollingIntervalSeconds: 0.5 }, async (jobs) => {
    for (const job of jobs) await run(job.data.operationId);
  });
  const sweeping = sweep(context, stopping.signal, running, run, operations);
  return {
    running: () => running.size,
    stop: async (drainMs) => {
      stopping.abort();
      await sweeping;
      const drained = Promise.allSettled(running.values());
      await Promise.race([drained, delay(drainMs, undefined, { ref: false })]);
      await boss.offWork(OPERATION_QUEUE).catch(() => undefined);
    },
  };
}

async function sweep(
  { services }: WorkerContext,
  signal: AbortSignal,
  running: ReadonlyMap<string, unknown>,
  run: (id: string) => Promise<void>,
  operations: number,
): Promise<void> {
  let round = 0;
  while (!signal.aborted) {
    await delay(SWEEP_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    try {
      const now = Date.now();
      const due = await dueOperations(services.db, new Date(now), new Date(now - STALE_MS), new Date(now - JOB_GRACE_MS));
      for (const operation of due) if (running.size < operations) void run(operation.id);
      if (round++ % 600 === 0) await expireKeys(services.db, new Date(now - KEY_LIFE_MS));
    } catch (error) {
      services.log.warn({ err: error }, 'sweep failed; the next one comes');
    }
  }
}
