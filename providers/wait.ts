/**
 * Adaptive waiting: short intervals around the moment the thing is expected, longer ones before and
 * long after. What a wait took teaches the next wait of the same key.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { ProviderError } from './errors.ts';
import { waitPatienceMs } from './patience.ts';
import type { CallOptions } from './terms.ts';

const MIN_INTERVAL_MS = 100;
const MAX_INTERVAL_MS = 5_000;
/** Waits of one key that may look as often as they like; more share that, for they share the account's budget. */
const UNHURRIED = 3;
const expectedMs = new Map<string, number>();
const waiting = new Map<string, number>();

export interface WaitOptions<T> {
  readonly provider: string;
  /** What is waited for, for messages: `droplet 123 to become active`. */
  readonly what: string;
  /** Waits of one key take alike, for example `digitalocean/create`. */
  readonly key: string;
  readonly signal: AbortSignal;
  /** From now, or the operator's patience if that is shorter; `timeout` after it. */
  readonly deadlineMs: number;
  /** Returns the value when there, undefined to go on; throws to give up. */
  readonly probe: () => Promise<T | undefined>;
}

/** The caller's signal, or for calls without one a signal that never aborts: a wait always wants one. */
export function signalOf(o: CallOptions = {}): AbortSignal {
  return o.signal ?? new AbortController().signal;
}

/** Rejects with ProviderError `timeout` at the deadline and `cancelled` when the signal aborts. */
export async function waitFor<T>(options: WaitOptions<T>): Promise<T> {
  waiting.set(options.key, (waiting.get(options.key) ?? 0) + 1);
  try {
    return await wait(options);
  } finally {
    waiting.set(options.key, (waiting.get(options.key) ?? 1) - 1);
  }
}

async function wait<T>(options: WaitOptions<T>): Promise<T> {
  const start = performance.now();
  const deadlineMs = waitPatienceMs(options.deadlineMs);
  for (;;) {
    if (options.signal.aborted)
      throw new ProviderError({ provider: options.provider, kind: 'cancelled', message: `Waiting for ${options.what} was cancelled.` });
    const value = await options.probe();
    const elapsed = performance.now() - start;
    if (value !== undefined) {
      learn(options.key, elapsed);
      return value;
    }
    if (elapsed > deadlineMs) {
      throw new ProviderError({
        provider: options.provider,
        kind: 'timeout',
        message: `Waited ${Math.round(elapsed / 1000)} s for ${options.what}; it did not happen.`,
      });
    }
    const interval = Math.min(
      nextInterval(elapsed, expectedMs.get(options.key), waiting.get(options.key)),
      Math.max(1, deadlineMs - elapsed + 1),
    );
    await delay(interval, undefined, { signal: options.signal }).catch(() => undefined);
  }
}

/**
 * Milliseconds until the next look: a fiftieth of the elapsed time near the expected moment, a tenth otherwise, within
 * bounds; `crowd` waits at once look less often each.
 */
export function nextInterval(elapsedMs: number, expected: number | undefined, crowd = 1): number {
  const share = Math.max(1, crowd / UNHURRIED);
  const clamp = (ms: number): number => Math.min(MAX_INTERVAL_MS, Math.max(MIN_INTERVAL_MS, ms * share));
  if (expected === undefined) return clamp(Math.min(500, elapsedMs / 10));
  if (elapsedMs < expected * 0.7) return Math.min(MAX_INTERVAL_MS, Math.max(MIN_INTERVAL_MS, expected * 0.75 - elapsedMs));
  if (elapsedMs < expected * 1.5) return clamp(Math.min(300, expected / 50));
  return clamp(elapsedMs / 10);
}

function learn(key: string, tookMs: number): void {
  const before = expectedMs.get(key);
  expectedMs.set(key, before === undefined ? tookMs : before * 0.7 + tookMs * 0.3);
}
