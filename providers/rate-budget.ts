/**
 * One token bucket per account, shared by every caller in the process. It starts from the provider's
 * documented limit and learns from rate headers and 429 answers.
 */
import { setTimeout as delay } from 'node:timers/promises';

/** Two minutes for an ordinary call: twice what vendors' gateways give themselves. */
const MAX_STRETCH = 4;

export class RateBudget {
  #tokens: number;
  #updatedAt = performance.now();
  #pausedUntil = 0;
  #stretch = 1;
  readonly #capacity: number;
  readonly #perMs: number;

  readonly #forbidden: () => string | null;

  /**
   * `requests` per `perMs`; bursts up to `requests` are allowed. `forbidden` tells why nothing may be changed now with this
   * account, null when it may: asked right before every changing call leaves.
   */
  constructor(requests: number, perMs: number, forbidden: () => string | null = () => null) {
    this.#forbidden = forbidden;
    this.#capacity = requests;
    this.#tokens = requests;
    this.#perMs = perMs;
  }

  /** How much is left now: calls that could leave at once, of how many per how long, and how long nobody may call (ms). */
  state(): { left: number; requests: number; perMs: number; pausedMs: number } {
    this.#refill();
    const pausedMs = Math.max(0, Math.ceil(this.#pausedUntil - performance.now()));
    return { left: Math.max(0, Math.floor(this.#tokens)), requests: this.#capacity, perMs: this.#perMs, pausedMs };
  }

  /** Waits for a turn. Rejects with the signal's reason when aborted. */
  async take(signal?: AbortSignal): Promise<void> {
    for (;;) {
      signal?.throwIfAborted();
      const wait = this.#tryTake();
      if (wait === 0) return;
      await delay(wait, undefined, { signal });
    }
  }

  /** Why a changing call must not be sent now, or null. */
  refusal(): string | null {
    return this.#forbidden();
  }

  /** No caller proceeds for `ms`: the provider said so (Retry-After or reset header). */
  pause(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, performance.now() + ms);
  }

  /** The provider told how many calls are left: never assume more than that. */
  observe(remaining: number): void {
    this.#refill();
    this.#tokens = Math.min(this.#tokens, remaining);
  }

  /** By how much calls that may be repeated are waited for longer than usual: what the account's last answers taught. */
  get stretch(): number {
    return this.#stretch;
  }

  /** No answer within `stretch`: whoever asks next waits twice as long, or nobody would ever hear a slow provider's answer. */
  unanswered(stretch: number): void {
    // Several that gave up together learned one thing.
    if (stretch === this.#stretch) this.#stretch = Math.min(MAX_STRETCH, this.#stretch * 2);
  }

  /** The answer came within the usual time. */
  answered(): void {
    this.#stretch = Math.max(1, this.#stretch / 2);
  }

  #refill(): void {
    const now = performance.now();
    this.#tokens = Math.min(this.#capacity, this.#tokens + ((now - this.#updatedAt) / this.#perMs) * this.#capacity);
    this.#updatedAt = now;
  }

  #tryTake(): number {
    const now = performance.now();
    if (now < this.#pausedUntil) return Math.ceil(this.#pausedUntil - now);
    this.#refill();
    if (this.#tokens >= 1) {
      this.#tokens -= 1;
      return 0;
    }
    return Math.max(5, Math.ceil(((1 - this.#tokens) / this.#capacity) * this.#perMs));
  }
}
