/** The streams that organizations have open in this process, counted together with those of all others. */
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Database } from '../database.ts';
import { Refusal } from '../problem.ts';
import { endStreams, keepStreams, takeStream } from './quota-store.ts';

/** So long a stream counts after its process has died. */
const LEASE_MS = 60_000;
const EVERY_MS = LEASE_MS / 3;

export class StreamLeases {
  readonly #db: Database;
  readonly #log: Logger;
  readonly #keys = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(db: Database, log: Logger) {
    this.#db = db;
    this.#log = log;
  }

  /** Counts one more, until the answer is called. @throws Refusal 429 `too_many_streams` */
  async take(organizationId: string): Promise<() => void> {
    const taken = await takeStream(this.#db, organizationId, randomUUID(), LEASE_MS);
    if ('most' in taken)
      throw new Refusal(
        429,
        'too_many_streams',
        `This organization may have ${taken.most} streams open, and has them. Close one first, or ask the seller for more.`,
        [],
        { 'retry-after': '10' },
      );
    const { key } = taken;
    this.#keys.add(key);
    this.#timer ??= setInterval(() => void this.#keep(), EVERY_MS).unref();
    return () => {
      if (this.#keys.delete(key)) void this.#told(endStreams(this.#db, [key]));
    };
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    const left = [...this.#keys];
    this.#keys.clear();
    if (left.length > 0) await this.#told(endStreams(this.#db, left));
  }

  async #keep(): Promise<void> {
    if (this.#keys.size > 0) await this.#told(keepStreams(this.#db, [...this.#keys], LEASE_MS));
  }

  /** A count that is wrong for a minute stops nobody's stream. */
  async #told(work: Promise<void>): Promise<void> {
    await work.catch((error: unknown) => this.#log.warn({ err: error }, 'the count of open streams waits'));
  }
}
