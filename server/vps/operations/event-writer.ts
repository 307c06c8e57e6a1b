/** Collects an operation's events and writes them in batches, in order. A failed write is tried again with the next batch. */
import { timeNow } from '../../kernel/clock.ts';
import type { Services } from '../../kernel/services.ts';
import { inTransaction, type Json, type Operation } from '../../kernel/database.ts';
import { appendEvents, type NewEvent } from './store.ts';
import { LeaseLost } from '../../kernel/lease.ts';

const FLUSH_MS = 100;
const MAX_WAITING = 20_000;

export class EventWriter {
  readonly #services: Services;
  readonly #operation: Operation;
  #waiting: NewEvent[] = [];
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #lost: LeaseLost | undefined;

  constructor(services: Services, operation: Operation) {
    this.#services = services;
    this.#operation = operation;
  }

  /** What the work is about to do. */
  say(message: string): void {
    this.add('progress', { urn: null, message });
  }

  /** Never throws: telling must not break the work. */
  add(type: string, data: Json, at = timeNow()): void {
    if (this.#lost || this.#waiting.length >= MAX_WAITING) return;
    this.#waiting.push({ type, data, at });
    this.#timer ??= setTimeout(() => this.#schedule(), FLUSH_MS);
  }

  /** Writes what waits. @throws LeaseLost when another worker took over. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#schedule();
    await this.#writing;
    if (this.#lost) throw this.#lost;
  }

  #schedule(): void {
    this.#timer = undefined;
    this.#writing = this.#writing.then(() => this.#flush());
  }

  async #flush(): Promise<void> {
    const batch = this.#waiting;
    if (batch.length === 0 || this.#lost) return;
    this.#waiting = [];
    try {
      await inTransaction(this.#services.db, (tx) => appendEvents(tx, this.#operation.id, this.#operation.fence, batch));
    } catch (error) {
      if (error instanceof LeaseLost) this.#lost = error;
      else {
        this.#waiting = [...batch, ...this.#waiting];
        this.#services.log.warn({ err: error, operation: this.#operation.id }, 'events not written yet');
      }
    }
  }
}
