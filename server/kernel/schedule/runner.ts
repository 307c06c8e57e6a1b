/**
 * Runs the reconcilers: each is idempotent, runs at its interval or on request, and in one process at a time (a lease on
 * its row). What the last run did is in the row, for everyone to see.
 */
import { keepLease } from '../lease.ts';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { globalSwitches } from '../kill-switches/kill-switches.ts';
import type { Services } from '../services.ts';
import type { Json } from '../database.ts';
import { claimSweep, dueSweeps, endSweep, ensureSweep, renewSweep, type SweepEnd } from './store.ts';

const TICK_MS = 500;
const LEASE_MS = 30_000;
const RENEW_MS = 5_000;
const FIRST_AFTER_MS = 15_000;
/** What runs more often than this is nobody's news. */
const TOLD_MS = 5_000;

export interface SweepReport {
  /** `partial`: some of it could not be read, and stayed as it was. */
  readonly outcome: 'ok' | 'partial';
  /** One sentence for a person. */
  readonly message: string;
  readonly result: Json;
}

export interface SweepDefinition {
  readonly name: string;
  /** Milliseconds between runs; 0 = on request only. */
  readonly everyMs: number;
  /** Goes on while what Plinth does by itself is stopped: it only looks. */
  readonly always?: boolean;
  readonly run: (signal: AbortSignal) => Promise<SweepReport>;
  /** What its runs opened and kept is closed, after the last of them. */
  readonly close?: () => Promise<void>;
}

export interface SweepRunner {
  /** Aborts what runs and waits for it. */
  stop(): Promise<void>;
}

export async function startSweeps(services: Services, definitions: readonly SweepDefinition[]): Promise<SweepRunner> {
  for (const { name, everyMs } of definitions) await ensureSweep(services.db, name, everyMs, FIRST_AFTER_MS);
  const stopping = new AbortController();
  const running = new Map<string, Promise<void>>();
  const ticking = (async () => {
    while (!stopping.signal.aborted) {
      await startDue(services, definitions, running, stopping.signal).catch((error: unknown) =>
        services.log.warn({ err: error }, 'which sweeps are due could not be read; they wait'),
      );
      await delay(TICK_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return {
    stop: async () => {
      stopping.abort(new Error('Plinth is stopping.'));
      await ticking;
      await Promise.all(running.values());
      await Promise.all(definitions.map((each) => each.close?.()));
    },
  };
}

/** One question for all of them: most have nothing to do most of the time. */
async function startDue(
  services: Services,
  definitions: readonly SweepDefinition[],
  running: Map<string, Promise<void>>,
  stopping: AbortSignal,
): Promise<void> {
  const idle = definitions.filter(({ name }) => !running.has(name));
  const due = new Set(
    await dueSweeps(
      services.db,
      idle.map(({ name }) => name),
    ),
  );
  for (const definition of idle.filter(({ name }) => due.has(name))) {
    const run = runWhenDue(services, definition, stopping)
      .catch((error: unknown) =>
        services.log.warn({ err: error, sweep: definition.name }, 'a sweep could not be started or recorded; it is tried again'),
      )
      .finally(() => running.delete(definition.name));
    running.set(definition.name, run);
  }
}

async function runWhenDue(services: Services, definition: SweepDefinition, stopping: AbortSignal): Promise<void> {
  const { db, log } = services;
  const { name, everyMs } = definition;
  const owner = randomUUID();
  const often = everyMs > 0 && everyMs < TOLD_MS;
  const claim = await claimSweep(db, name, owner, LEASE_MS, often);
  if (!claim) return;
  const started = performance.now();
  const kept = keepLease(
    RENEW_MS,
    () => renewSweep(db, name, owner, LEASE_MS),
    (error) => log.warn({ err: error, sweep: name }, 'a sweep could not renew its lease'),
  );
  try {
    const end = await attempt(services, definition, claim.requestedBy, AbortSignal.any([stopping, kept.signal]));
    await endSweep(db, name, owner, { ...end, durationMs: performance.now() - started }, everyMs, often && claim.requestedBy === null);
  } finally {
    kept.stop();
  }
}

async function attempt(
  services: Services,
  definition: SweepDefinition,
  requestedBy: string | null,
  signal: AbortSignal,
): Promise<Omit<SweepEnd, 'durationMs'>> {
  try {
    if (requestedBy === null && !definition.always) {
      const { stopped } = await globalSwitches(services.db);
      if (stopped) return { outcome: 'stopped', message: `What Plinth does by itself is stopped: ${stopped.reason}`, result: null };
    }
    return await definition.run(signal);
  } catch (error) {
    services.log.warn({ err: error, sweep: definition.name }, 'sweep failed');
    return { outcome: 'failed', message: error instanceof Error ? error.message : String(error), result: null };
  }
}
