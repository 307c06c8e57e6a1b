/** Waiting for what a worker or a provider does, where an older client expects it in the answer. */
import { setTimeout as delay } from 'node:timers/promises';

const EVERY_MS = 250;

/** Asks until there is an answer; undefined when there was none in time, or the caller has gone. */
export async function within<T>(ms: number, signal: AbortSignal, ask: () => Promise<T | undefined>): Promise<T | undefined> {
  const end = performance.now() + ms;
  for (;;) {
    const found = await ask();
    if (found !== undefined || performance.now() >= end || signal.aborted) return found;
    await delay(Math.min(EVERY_MS, Math.max(1, end - performance.now())), undefined, { signal }).catch(() => undefined);
  }
}
