/**
 * The time that rows carry and that is compared with them: the database's, which is one for all processes. A host's own
 * clock may be minutes off, and may jump; here it only bridges the time between two looks at the database's.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Db } from './database.ts';

const LOOK_MS = 30_000;
/** Looks at the start; the quickest is the most exact. */
const FIRST_LOOKS = 3;
/** A look that took longer says too little. */
const VAGUE_MS = 1_000;

/** Milliseconds between 1970 and the zero of this process's own counter, which never jumps. */
let origin = Date.now() - performance.now();

/** Now, by the database's clock. */
export function timeNow(): Date {
  return new Date(origin + performance.now());
}

/** That many milliseconds from now; before, when negative. */
export function timeIn(ms: number): Date {
  return new Date(origin + performance.now() + ms);
}

/** Takes the database's clock for this process's and goes on looking at it until `stop`. */
export async function followDatabaseClock(db: Db, log: Logger): Promise<{ stop(): Promise<void> }> {
  let best = Infinity;
  const look = async (): Promise<void> => {
    const before = performance.now();
    const [row] = await db.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS now`;
    const took = performance.now() - before;
    // A quick look is taken for itself; a slow one only when nothing better is known.
    if (took > Math.min(best, VAGUE_MS) && best < Infinity) return;
    best = took;
    origin = row!.now.getTime() - before - took / 2;
  };
  for (let index = 0; index < FIRST_LOOKS; index++) await look();
  const stopping = new AbortController();
  const looking = (async () => {
    while (!stopping.signal.aborted) {
      await delay(LOOK_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return;
      // Clocks drift apart and machines sleep: an old look is worth less with every minute.
      best = best === Infinity ? best : VAGUE_MS;
      await look().catch((error: unknown) => log.warn({ err: error }, 'the database’s clock could not be read'));
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await looking;
    },
  };
}
