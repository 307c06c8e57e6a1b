/**
 * So many points per key and minute, counted for all processes together. A process takes points from the database in
 * portions, so that not every request writes; whom it found to have none left it refuses without asking again.
 */
import type { Logger } from 'pino';
import type { Db } from '../database.ts';
import { takePoints } from './rate-limits-store.ts';

const WINDOW_MS = 60_000;
/** Of a window's points; what a process did not use of its portion is lost to the key. */
const PORTIONS = 50;
const MAX_KEYS = 50_000;
/** While the database is away nobody is refused for that. */
const BLIND_MS = 1_000;

export interface Verdict {
  readonly allowed: boolean;
  readonly limit: number;
  /** At least; other processes may use some of it. */
  readonly remaining: number;
  readonly resetMs: number;
}

interface Portion {
  /** Points that this process may still give out without asking. */
  left: number;
  /** Points of the window that nobody has taken. */
  free: number;
  /** On this process's own counter. */
  resetAt: number;
  asking: Promise<void> | null;
}

export class Limiter {
  readonly #db: Db;
  readonly #log: Logger;
  readonly #name: string;
  readonly #limit: number;
  readonly #portion: number;
  readonly #keys = new Map<string, Portion>();

  /** @param limit points per minute; 0: no limit */
  constructor(db: Db, log: Logger, name: string, limit: number) {
    this.#db = db;
    this.#log = log;
    this.#name = name;
    this.#limit = limit;
    this.#portion = Math.max(1, Math.floor(limit / PORTIONS));
  }

  get limit(): number {
    return this.#limit;
  }

  /** Takes a point. Never throws. */
  async take(key: string): Promise<Verdict> {
    if (this.#limit === 0) return { allowed: true, limit: 0, remaining: 0, resetMs: 0 };
    const portion = this.#portionOf(key);
    while (portion.left === 0 && !this.#isSpent(portion)) await (portion.asking ??= this.#ask(key, portion));
    const allowed = portion.left > 0;
    if (allowed) portion.left -= 1;
    return this.#verdict(portion, allowed);
  }

  /** Whether the key is known to have no point left. Asks nobody. */
  spent(key: string): Verdict | null {
    const portion = this.#keys.get(key);
    return portion && portion.left === 0 && this.#isSpent(portion) ? this.#verdict(portion, false) : null;
  }

  #portionOf(key: string): Portion {
    let portion = this.#keys.get(key);
    if (portion && portion.resetAt <= performance.now() && !portion.asking) Object.assign(portion, { left: 0, free: 1 });
    if (portion) return portion;
    if (this.#keys.size >= MAX_KEYS) this.#forget();
    portion = { left: 0, free: 1, resetAt: 0, asking: null };
    this.#keys.set(key, portion);
    return portion;
  }

  #isSpent(portion: Portion): boolean {
    return portion.free === 0 && portion.resetAt > performance.now();
  }

  #verdict({ left, free, resetAt }: Portion, allowed: boolean): Verdict {
    return { allowed, limit: this.#limit, remaining: left + free, resetMs: Math.max(0, resetAt - performance.now()) };
  }

  async #ask(key: string, portion: Portion): Promise<void> {
    try {
      const { used, resetMs } = await takePoints(this.#db, `${this.#name}:${key}`, this.#portion, WINDOW_MS);
      const before = used - this.#portion;
      portion.left = Math.min(this.#portion, Math.max(0, this.#limit - before));
      portion.free = Math.max(0, this.#limit - used);
      portion.resetAt = performance.now() + Math.max(1, resetMs);
    } catch (error) {
      this.#log.warn({ err: error, limit: this.#name }, 'limits are not counted while the database is away');
      Object.assign(portion, { left: this.#portion, free: 1, resetAt: performance.now() + BLIND_MS });
    } finally {
      portion.asking = null;
    }
  }

  #forget(): void {
    const now = performance.now();
    for (const [key, portion] of this.#keys) if (portion.resetAt <= now) this.#keys.delete(key);
    // All of them within one minute: the oldest go.
    for (const key of this.#keys.keys()) {
      if (this.#keys.size < MAX_KEYS) break;
      this.#keys.delete(key);
    }
  }
}
