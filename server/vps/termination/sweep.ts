/** Terminations whose grace is over, and leaks that may be gone by now. */
import { setTimeout as delay } from 'node:timers/promises';
import { destroyDue, retryEnds, retryLeaks } from './termination.ts';
import type { Services } from '../../kernel/services.ts';

const EVERY_MS = 1_000;
const LEAK_RETRY_MS = 15 * 60_000;

/** Runs until `stop`, which waits for the round under way. Several processes may run it: each round holds the rows it changes. */
export function startTerminations(services: Services): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const running = loop(services, stopping.signal);
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

async function loop(services: Services, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await delay(EVERY_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    try {
      await destroyDue(services);
      await retryLeaks(services, LEAK_RETRY_MS);
      await retryEnds(services, LEAK_RETRY_MS);
    } catch (error) {
      services.log.warn({ err: error }, 'due terminations could not be looked at; they are again in a moment');
    }
  }
}
