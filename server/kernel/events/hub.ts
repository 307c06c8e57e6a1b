/** What the streams of a process share: one reader for each kind of rows, woken by notifications. Without those they poll. */
import type { Response } from 'express';
import type { Logger } from 'pino';
import type { Principal } from '../services.ts';
import type { Db } from '../database.ts';
import { CHANGES, Feeds } from './feeds.ts';
import type { Signals } from './signals.ts';
import { Streams } from '../http/streams.ts';

/** Ends what is open with the rights of who opened it. */
export interface RightsWatch {
  /** Calls `ended` once when they change or end. Answers the release. */
  hold(principal: Principal, ended: () => void): () => void;
  close(): void;
}

export class EventHub {
  /** Ends streams with their tokens. */
  readonly tokens: RightsWatch;
  readonly feeds: Feeds;
  readonly streams: Streams;
  readonly #waiting = new Map<string, Set<() => void>>();

  constructor(signals: Signals, db: Db, rights: RightsWatch, log: Logger, streams: Streams = new Streams(0, 0)) {
    this.tokens = rights;
    this.feeds = new Feeds(db, this, log);
    this.streams = streams;
    signals.on('plinth_event_placed', () => this.#wake(CHANGES));
    signals.on('plinth_operation_event', (id) => {
      if (id !== '') return this.#wake(id);
      for (const each of this.#waiting.keys()) this.#wake(each);
    });
  }

  /**
   * Counts a stream, and ends it with its connection or with the rights of who opened it: then it is aborted.
   * null: it has closed meanwhile. @throws Refusal 429 or 503 when there are as many as there may be
   */
  async open(principal: Principal, response: Response): Promise<AbortController | null> {
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    await this.streams.admit(principal, response);
    const release = this.tokens.hold(principal, () => gone.abort());
    if (gone.signal.aborted) {
      release();
      return null;
    }
    gone.signal.addEventListener('abort', release, { once: true });
    return gone;
  }

  /** Resolves at the next event of the operation (or of all, for `CHANGES`), on abort, or after `timeoutMs`. */
  async next(operationId: string, timeoutMs: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiting = this.#waiting.get(operationId) ?? new Set();
    this.#waiting.set(operationId, waiting.add(resolve));
    const timer = setTimeout(resolve, timeoutMs);
    const aborted = (): void => resolve();
    signal.addEventListener('abort', aborted);
    if (signal.aborted) resolve();
    await promise;
    clearTimeout(timer);
    // One that reads on for days would gather them.
    signal.removeEventListener('abort', aborted);
    waiting.delete(resolve);
    if (waiting.size === 0) this.#waiting.delete(operationId);
  }

  close(): void {
    this.tokens.close();
    for (const id of this.#waiting.keys()) this.#wake(id);
  }

  #wake(id: string): void {
    for (const resolve of this.#waiting.get(id) ?? []) resolve();
  }
}
