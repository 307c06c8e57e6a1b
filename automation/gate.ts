/**
 * Lets a bounded number of operations be in their CPU phase at once. About 2 × cores is best for
 * CLI processes: more only adds latency. An operation that merely waits for a cloud gives its place
 * back and does not need another one for the little work that follows.
 */
export interface CpuSlot {
  /** Gives the place back; further calls do nothing. */
  release(): void;
}

export class CpuGate {
  #free: number;
  readonly #waiting: ((slot: CpuSlot) => void)[] = [];

  constructor(places: number) {
    if (!Number.isInteger(places) || places < 1) throw new Error(`engine concurrency must be a whole number ≥ 1, not ${places}`);
    this.#free = places;
  }

  async acquire(): Promise<CpuSlot> {
    if (this.#free > 0) {
      this.#free -= 1;
      return this.#slot();
    }
    return await new Promise((resolve) => this.#waiting.push(resolve));
  }

  #slot(): CpuSlot {
    let held = true;
    return {
      release: () => {
        if (!held) return;
        held = false;
        const next = this.#waiting.shift();
        if (next) next(this.#slot());
        else this.#free += 1;
      },
    };
  }
}
