/**
 * Gives events their positions. Every process tries, at each event; the row of "event_head" lets one at a time through. Whoever
 * placed last goes first next time, the others wait a moment, so that a cluster does not ask the database once for each process.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Database } from '../database.ts';
import { Bell } from './bell.ts';
import { placeEvents } from './event-store.ts';
import type { Signals } from './signals.ts';

const BATCH = 1_000;
const POLL_MS = 1_000;
/** How long whoever placed last has for it before the others try. */
const SECOND_MS = 100;

export function startPlacing(db: Database, signals: Signals, log: Logger): { stop(): Promise<void> } {
  const bell = new Bell();
  const stopping = new AbortController();
  let first = true;
  let placedElsewhere = 0;
  signals.on('plinth_event', () => bell.ring());
  signals.on('plinth_event_placed', () => (placedElsewhere += 1));
  const working = (async () => {
    while (!stopping.signal.aborted) {
      await bell.wait(POLL_MS, stopping.signal);
      if (stopping.signal.aborted) return;
      try {
        const before = placedElsewhere;
        if (!first) await delay(SECOND_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
        // What rang may have come after what was placed: then it rings again, or the clock finds it.
        if (!first && placedElsewhere > before) continue;
        let placed = await placeEvents(db, BATCH);
        first = placed !== null && (first || placed > 0);
        while (placed === BATCH) placed = await placeEvents(db, BATCH);
      } catch (error) {
        log.warn({ err: error }, 'events could not be placed; they are later');
        await delay(POLL_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await working;
    },
  };
}
