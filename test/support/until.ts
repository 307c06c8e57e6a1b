import { setTimeout as delay } from 'node:timers/promises';

/**
 * Ask again until `probe` answers something truthy, and return that. Polls every `everyMs`; without one every 20 ms at first and
 * less often the longer it takes, up to every 150 ms, so that what waits leaves the machine to what works.
 * @throws Error naming `what` after `timeoutMs` (20 000), with the last failure of the probe as its cause.
 */
export async function until<T>(
  probe: () => T | Promise<T>,
  options: { timeoutMs?: number; everyMs?: number; what?: string } = {},
): Promise<Exclude<NonNullable<T>, false>> {
  const { timeoutMs = 20_000, everyMs, what = 'the condition' } = options;
  const start = performance.now();
  const deadline = start + timeoutMs;
  let cause: unknown;
  for (;;) {
    try {
      const value = await probe();
      if (value) return value as Exclude<NonNullable<T>, false>;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > deadline) throw new Error(`Waited ${timeoutMs} ms for ${what} in vain.`, { cause });
    await delay(everyMs ?? Math.min(150, 20 + (performance.now() - start) / 20));
  }
}
