/** The readers of this process: one for all changes, one for each operation that somebody watches. */
import { ENDED, type OperationStatus } from '../../../contract/operation.ts';
import type { Logger } from 'pino';
import { allChangesAfter, changesNow, eventsAfter, operationOf } from './store.ts';
import type { PlacedEvent } from './event-store.ts';
import type { Db, OperationEvent } from '../database.ts';
import { FanOut, type Page } from './fan-out.ts';

/** Instead of an operation's id: wakes when any event got its place. */
export const CHANGES = '*';

/** Who wakes readers. */
export interface Waker {
  /** Resolves at the next event of the operation (or of all, for `CHANGES`), on abort, or after `timeoutMs`. */
  next(operationId: string, timeoutMs: number, signal: AbortSignal): Promise<void>;
}

export class Feeds {
  /** Of every organization: who gets what is the stream's matter. */
  readonly changes: FanOut<PlacedEvent, string>;
  readonly #operations = new Map<string, FanOut<OperationEvent, number>>();
  readonly #db: Db;
  readonly #hub: Waker;
  readonly #log: Logger;

  constructor(db: Db, hub: Waker, log: Logger) {
    this.#db = db;
    this.#hub = hub;
    this.#log = log;
    this.changes = new FanOut({
      begin: () => changesNow(db),
      read: async (after, limit) => ({ rows: await allChangesAfter(db, after, limit) }),
      cursorOf: ({ position }) => position,
      woken: (ms, signal) => hub.next(CHANGES, ms, signal),
      failed: (error) => log.warn({ err: error }, 'changes cannot be read; the streams wait'),
    });
  }

  /** Runs `use` with the feed of one operation, which other streams of it share. */
  async ofOperation<T>(id: string, use: (feed: FanOut<OperationEvent, number>) => Promise<T>): Promise<T> {
    const feed = this.#operations.get(id) ?? this.#open(id);
    this.#operations.set(id, feed);
    try {
      return await use(feed);
    } finally {
      if (feed.size === 0) this.#operations.delete(id);
    }
  }

  #open(id: string): FanOut<OperationEvent, number> {
    return new FanOut({
      // Whoever joins first has read nothing; later ones skip what they have.
      begin: async () => (await operationOf(this.#db, id))?.lastEventSeq ?? 0,
      read: (after, limit) => operationPage(this.#db, id, after, limit),
      cursorOf: (event) => event.seq,
      woken: (ms, signal) => this.#hub.next(id, ms, signal),
      failed: (error) => this.#log.warn({ err: error, operation: id }, 'events cannot be read; the streams wait'),
    });
  }
}

/** Events after a number, and whether the operation is over with them. */
export async function operationPage(db: Db, id: string, after: number, limit: number): Promise<Page<OperationEvent>> {
  // In this order: the state may not promise more events than are read after it.
  const state = await operationOf(db, id);
  const rows = await eventsAfter(db, id, after, limit);
  const last = rows.at(-1)?.seq ?? after;
  const owner = state ? { owner: state.organizationId } : {};
  return {
    rows,
    ...owner,
    ended: !state || (ENDED.includes(state.status as OperationStatus) && last >= state.lastEventSeq),
  };
}
