/**
 * The worker: jobs wake it; a sweep every second finds what no job will (retries that are due, operations of dead
 * workers, jobs lost with a restored database). Stopping drains: no new operation, running ones get their time.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { PgBoss } from 'pg-boss';
import { isProvenDead } from '../../../automation/recovery.ts';
import { timeIn, timeNow } from '../../kernel/clock.ts';
import { pruneEvents } from '../../kernel/events/event-store.ts';
import { expireKeys } from '../../kernel/http/idempotency-store.ts';
import { dueOperations, heldAt } from './store.ts';
import { pruneRateLimits } from '../../kernel/http/rate-limits-store.ts';
import { OPERATION_QUEUE, type Wake } from '../../kernel/queue.ts';
import { claimTerms, runOperation, type WorkerContext } from './run.ts';

const SWEEP_MS = 1_000;
/** A fresh operation's own job gets this long before the sweep takes it. */
const JOB_GRACE_MS = 1_000;
const TIDY_MS = 600_000;
const KEY_LIFE_MS = 24 * 3600 * 1000;
/** Whoever was away longer loads everything anew. */
const EVENT_LIFE_MS = 7 * 24 * 3600 * 1000;

export interface Worker {
  /**
   * Takes nothing new and waits up to `drainMs` for running operations, creates in flight above all. What is not done by
   * then is cancelled, killed at last, and left waiting for the next worker.
   */
  stop(drainMs: number): Promise<void>;
  readonly running: () => number;
}

interface Attempts {
  readonly running: ReadonlyMap<string, unknown>;
  /** @param deadFence the fence of a holder that is proven dead */
  start(id: string, deadFence?: number): Promise<void>;
  /** Resolves when an attempt ends: a place, here or on its account, is free. */
  ended(): Promise<void>;
}

export async function startWorker(context: WorkerContext, boss: PgBoss): Promise<Worker> {
  const { operations } = context.services.config;
  const stopping = new AbortController();
  const running = new Map<string, Promise<unknown>>();
  let free = Promise.withResolvers<void>();
  const start = async (id: string, deadFence?: number): Promise<void> => {
    if (running.has(id) || stopping.signal.aborted) return;
    const work = runOperation(context, id, stopping.signal, deadFence)
      .catch((error: unknown) => {
        context.services.log.error({ err: error, operation: id }, 'operation attempt broke off');
        return false;
      })
      .then((ran) => {
        running.delete(id);
        if (!ran) return;
        free.resolve();
        free = Promise.withResolvers();
      });
    running.set(id, work);
    await work;
  };
  // Never rejects: a failed job would block its stack's queue, and the sweep repeats what is worth repeating.
  await boss.work<Wake>(OPERATION_QUEUE, { batchSize: 1, localConcurrency: operations, pollingIntervalSeconds: 0.5 }, async (jobs) => {
    for (const job of jobs) await start(job.data.operationId);
  });
  const sweeping = sweep(context, stopping.signal, { running, start, ended: () => free.promise });
  return {
    running: () => running.size,
    stop: async (drainMs) => {
      stopping.abort();
      await sweeping;
      const drained = Promise.allSettled(running.values());
      const late = await Promise.race([drained.then(() => false), delay(drainMs, true, { ref: false })]);
      if (late) {
        context.services.log.warn({ operations: [...running.keys()] }, 'operations are cut off by the stop; the next worker goes on');
        await context.engine.close();
        await drained;
      }
      await boss.offWork(OPERATION_QUEUE).catch(() => undefined);
    },
  };
}

async function sweep(context: WorkerContext, signal: AbortSignal, attempts: Attempts): Promise<void> {
  const { services } = context;
  const { operations } = services.config;
  const hasPlace = (): boolean => attempts.running.size < operations;
  let tidyAt = 0;
  while (!signal.aborted) {
    await Promise.race([delay(SWEEP_MS, undefined, { signal }).catch(() => undefined), attempts.ended()]);
    if (signal.aborted) return;
    try {
      for (const { id, fence } of await abandoned(context, attempts.running)) if (hasPlace()) void attempts.start(id, fence);
      const due = await dueOperations(services.db, claimTerms(services), timeIn(-JOB_GRACE_MS));
      for (const operation of due) if (hasPlace()) void attempts.start(operation.id);
      // Each attempt that ends makes a round, so rounds tell no time.
      if (timeNow().getTime() < tidyAt) continue;
      tidyAt = timeNow().getTime() + TIDY_MS;
      await expireKeys(services.db, timeIn(-KEY_LIFE_MS));
      await pruneRateLimits(services.db);
      await pruneEvents(services.db, timeIn(-EVENT_LIFE_MS));
    } catch (error) {
      services.log.warn({ err: error }, 'sweep failed; the next one comes');
    }
  }
}

/** Operations whose holder is proven dead: no need to wait until its silence says so. */
async function abandoned({ services, lease }: WorkerContext, running: ReadonlyMap<string, unknown>) {
  const held = await heldAt(services.db, lease.host);
  return held.filter(({ id, leaseOwner, leasePid, leaseStartTime }) => {
    // Our own that no attempt of ours works on: its end could not be recorded.
    if (leaseOwner === lease.owner) return !running.has(id);
    return leasePid !== null && isProvenDead({ host: lease.host, pid: leasePid, startTime: leaseStartTime });
  });
}
