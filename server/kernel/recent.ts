/**
 * What was looked up a moment ago, kept in this process so that not every request asks the database who it comes from. Whoever
 * changes what is kept here has it forgotten: this process at once, the others by a notification of the database. Where that is
 * lost, it is forgotten by its age.
 */
const KEEP_MS = 3_000;
const MOST = 10_000;

interface Kept {
  readonly value: unknown;
  readonly until: number;
}

export class Recent {
  readonly #kept = new Map<string, Kept>();
  /** Looks under way; who comes meanwhile waits for the same. */
  readonly #looks = new Map<string, Promise<unknown>>();
  /** Counts what was forgotten: a look that began before is not kept. */
  #era = 0;

  /** What `look` found, or finds now. Nothing found is not kept, so guesses fill no memory. */
  async get<T>(key: string, look: () => Promise<T | null>): Promise<T | null> {
    const kept = this.#kept.get(key);
    if (kept && kept.until > performance.now()) return kept.value as T;
    const under = this.#looks.get(key);
    if (under) return (await under) as T | null;
    const looking = this.#look(key, look);
    this.#looks.set(key, looking);
    try {
      return await looking;
    } finally {
      if (this.#looks.get(key) === looking) this.#looks.delete(key);
    }
  }

  async #look<T>(key: string, look: () => Promise<T | null>): Promise<T | null> {
    const era = this.#era;
    const until = performance.now() + KEEP_MS;
    const value = await look();
    if (value === null || era !== this.#era) return value;
    if (this.#kept.size >= MOST) this.#kept.clear();
    this.#kept.set(key, { value, until });
    return value;
  }

  forget(): void {
    this.#era += 1;
    this.#kept.clear();
    // Who comes now sees what was changed, so it does not wait for a look from before.
    this.#looks.clear();
  }
}
