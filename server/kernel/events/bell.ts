/** A bell that may ring before anybody waits: then the next wait is over at once. */
export class Bell {
  #rung = false;
  #wake: (() => void) | undefined;

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  /** Resolves at the next ring since the last wait, after `ms`, or on abort. One waits at a time. True when it rang. */
  async wait(ms: number, signal: AbortSignal): Promise<boolean> {
    if (!this.#rung && !signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, ms);
      const aborted = (): void => resolve();
      signal.addEventListener('abort', aborted);
      this.#wake = resolve;
      await promise;
      this.#wake = undefined;
      clearTimeout(timer);
      signal.removeEventListener('abort', aborted);
    }
    const rung = this.#rung;
    this.#rung = false;
    return rung;
  }
}
