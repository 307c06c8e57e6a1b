import { setTimeout as delay } from 'node:timers/promises';

/**
 * Ask again until `probe` answers something truthy, and return that. Polls every `everyMs` (20).
 * @throws Error naming `what` after `timeoutMs` (5 000), with the last failure of the probe as its cause.
 */
export async function until<T>(
  probe: () => T | Promise<T>,
  options: { timeoutMs?: number; everyMs?: number; what?: string } = {},
): Promise<Exclude<NonNullable<T>, false>> {
  const { timeoutMs = 5_000, everyMs = 20, what = 'the condition' } = options;
  const deadline = performance.now() + timeoutMs;
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
    await delay(everyMs);
  }
}
