/** Calls that a fault of kind hold keeps waiting, until the fault is deleted or the caller hangs up. In memory: a restart cuts them. */
import type { Response } from 'express';

export class HeldCalls {
  readonly #waiting = new Map<string, Set<() => void>>();

  /** How many calls the fault holds now. */
  count(faultId: string): number {
    return this.#waiting.get(faultId)?.size ?? 0;
  }

  /** True when the fault let the call go on, false when its caller has hung up. */
  async wait(faultId: string, response: Response): Promise<boolean> {
    const waiting = this.#waiting.get(faultId) ?? new Set();
    this.#waiting.set(faultId, waiting);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const goOn = (): void => resolve(true);
    waiting.add(goOn);
    response.once('close', () => resolve(false));
    if (response.closed) resolve(false);
    const released = await promise;
    waiting.delete(goOn);
    return released && !response.closed;
  }

  release(faultId: string): void {
    for (const goOn of this.#waiting.get(faultId) ?? []) goOn();
    this.#waiting.delete(faultId);
  }
}
