/**
 * Runs the reconcilers: each is idempotent, runs at its interval or on request, and in one process at a time (a lease on
 * its row). What the last run did is in the row, for everyone to see.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { globalSwitches } from '../services/automation.ts';
import type { Services } from '../services/services.ts';
import type { Json } from '../store/database.ts';
import { claimSweep, endSweep, ensureSweep, renewSweep, type SweepEnd } from '../store/sweeps.ts';

const TICK_MS = 500;
const LEASE_MS = 30_000;
const RENEW_MS = 5_000;
const FIRST_AFTER_MS = 15_000;

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
  /** Goes on while automation is stopped: it only looks. */
  readonly always?: boolean;
  readonly run: (signal: AbortSignal) => Promise<SweepReport>;
}

export interface SweepRunner {
  /** Aborts what runs and waits for it. */
  stop(): Promise<void>;
}

export async function startSweeps(services: Services, definitions: readonly SweepDefinition[]): Promise<SweepRunner> {
  for (const { name, everyMs } of definitions) await ensureSweep(services.db, name, everyMs, FIRST_AFTER_MS);
  const stopping = new AbortController();
  const loops = definitions.map((definition) => loop(services, definition, stopping.signal));
  return {
    stop: async () => {
      stopping.abort(new Error('Plinth is stopping.'));
      await Promise.all(loops);
    },
  };
}

async function loop(services: Services, definition: SweepDefinition, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    try {
      await runWhenDue(services, definition, stopping);
    } catch (error) {
      services.log.warn({ err: error, sweep: definition.name }, 'a sweep could not be started or recorded; it is tried again');
    }
    await delay(TICK_MS, undefined, { signal: stopping }).catch(() => undefined);
  }
}

async function runWhenDue(services: Services, definition: SweepDefinition, stopping: AbortSignal): Promise<void> {
  const { db, log } = services;
  const { name, everyMs } = definition;
  const owner = randomUUID();
  const claim = await claimSweep(db, name, owner, LEASE_MS);
  if (!claim) return;
  const started = performance.now();
  const lost = new AbortController();
  const renewing = setInterval(() => {
    renewSweep(db, name, owner, LEASE_MS).then(
      (held) => held || lost.abort(new Error('Another process runs this sweep now.')),
      (error: unknown) => log.warn({ err: error, sweep: name }, 'a sweep could not renew its lease'),
    );
  }, RENEW_MS);
  try {
    const end = await attempt(services, definition, claim.requestedBy, AbortSignal.any([stopping, lost.signal]));
    await endSweep(db, name, owner, { ...end, durationMs: performance.now() - started }, everyMs);
  } finally {
    clearInterval(renewing);
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
      if (stopped) return { outcome: 'stopped', message: `Automation is stopped: ${stopped.reason}`, result: null };
    }
    return await definition.run(signal);
  } catch (error) {
    services.log.warn({ err: error, sweep: definition.name }, 'sweep failed');
    return { outcome: 'failed', message: error instanceof Error ? error.message : String(error), result: null };
  }
}
