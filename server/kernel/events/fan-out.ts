/**
 * One reader per process, or per operation, feeds all streams that want the same rows: what a stream costs is the bytes it
 * gets. A stream first reads for itself what it missed; what the reader finds meanwhile waits, so that nothing is lost
 * between the two and nothing told twice.
 */
import { setTimeout as delay } from 'node:timers/promises';

const BATCH = 500;
/** Between two looks when nobody wakes the reader, and after a failure. */
const POLL_MS = 2_000;

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** Nothing will follow. */
  readonly ended?: boolean;
  /** The organization that all of it belongs to now, where there is one. */
  readonly owner?: string;
}

export interface Source<Row, Cursor> {
  /** Where a reader begins that joins now. */
  readonly begin: () => Promise<Cursor>;
  /** In order, at most `limit`. */
  readonly read: (after: Cursor, limit: number) => Promise<Page<Row>>;
  readonly cursorOf: (row: Row) => Cursor;
  /** Resolves when there may be more, after `ms`, or on abort; registered when called. */
  readonly woken: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly failed: (error: unknown) => void;
}

export type Listener<Row> = (page: Page<Row>) => void;

export class FanOut<Row, Cursor> {
  readonly #source: Source<Row, Cursor>;
  readonly #listeners = new Set<Listener<Row>>();
  #reading: { readonly stop: AbortController; readonly begun: Promise<void> } | undefined;

  constructor(source: Source<Row, Cursor>) {
    this.#source = source;
  }

  get size(): number {
    return this.#listeners.size;
  }

  /** From now on `listener` gets every row, in order. Resolves, with the way out, when the reader has begun. @throws when it cannot */
  async join(listener: Listener<Row>): Promise<() => void> {
    this.#listeners.add(listener);
    const leave = (): void => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      this.#reading?.stop.abort();
      this.#reading = undefined;
    };
    this.#reading ??= this.#start();
    try {
      await this.#reading.begun;
      return leave;
    } catch (error) {
      leave();
      throw error;
    }
  }

  #start() {
    const stop = new AbortController();
    const cursor = this.#source.begin();
    void cursor.then(
      (begun) => this.#read(begun, stop.signal),
      () => undefined,
    );
    return { stop, begun: cursor.then(() => undefined) };
  }

  async #read(from: Cursor, signal: AbortSignal): Promise<void> {
    let cursor = from;
    while (!signal.aborted) {
      // Registered before reading: what happens between the read and the wait still wakes us.
      const woken = this.#source.woken(POLL_MS, signal);
      try {
        const page = await this.#source.read(cursor, BATCH);
        if (signal.aborted) return;
        const last = page.rows.at(-1);
        if (last !== undefined) cursor = this.#source.cursorOf(last);
        // Empty ones too: they tell that the reader lives.
        for (const listener of this.#listeners) listener(page);
        if (page.ended) return;
        if (page.rows.length === BATCH) continue;
        await woken;
      } catch (error) {
        // A database that is away: the rows wait there, and so do the streams here.
        this.#source.failed(error);
        await delay(POLL_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }
}

export interface Follower<Row, Cursor> {
  readonly feed: FanOut<Row, Cursor>;
  /** After this. */
  readonly cursor: Cursor;
  /** The follower's own way through what it missed. */
  readonly read: (after: Cursor, limit: number) => Promise<Page<Row>>;
  readonly cursorOf: (row: Row) => Cursor;
  readonly isAfter: (row: Row, cursor: Cursor) => boolean;
  readonly write: Listener<Row>;
  readonly signal: AbortSignal;
}

/** Writes every row after the cursor, each once and in order, until the signal aborts or the source has ended. */
export async function follow<Row, Cursor>(follower: Follower<Row, Cursor>): Promise<void> {
  const { feed, read, cursorOf, isAfter, write, signal } = follower;
  if (signal.aborted) return;
  const over = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => over.resolve(), { once: true });
  let waiting: Page<Row>[] | null = [];
  let { cursor } = follower;
  // The reader may be behind what the follower has read for itself; from the first row beyond it on, it is not.
  let level = false;
  const pass: Listener<Row> = (page) => {
    const [first] = page.rows;
    if (!level && first !== undefined && isAfter(first, cursor)) level = true;
    // The same object for everyone, where nothing is to be left out: what is made of it is made once.
    write(level || first === undefined ? page : { ...page, rows: page.rows.filter((row) => isAfter(row, cursor)) });
    if (page.ended) over.resolve();
  };
  const take: Listener<Row> = (page) => {
    if (waiting) waiting.push(page);
    else pass(page);
  };
  const leave = await feed.join(take);
  try {
    for (let more = true; more && !signal.aborted;) {
      const page = await read(cursor, BATCH);
      const last = page.rows.at(-1);
      if (last !== undefined) cursor = cursorOf(last);
      write(page);
      if (page.ended) return;
      more = page.rows.length === BATCH;
    }
    for (const page of waiting) pass(page);
    waiting = null;
    await over.promise;
  } finally {
    leave();
  }
}
