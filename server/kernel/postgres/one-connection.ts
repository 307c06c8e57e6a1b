/**
 * Who is in a transaction asks its pool for no second connection. With as many of them at once as the pool has connections, each
 * waits for another to let go of one, and nobody is answered until all have given up. So work in a transaction uses it for all that
 * it reads (`within` in services.ts), or reads before it begins.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { Pool, type PoolClient, type PoolConfig } from 'pg';

export class SecondConnection extends Error {
  constructor() {
    super('A second connection was asked for within a transaction. Use the transaction, or read before it begins.');
    this.name = 'SecondConnection';
  }
}

interface Holder {
  readonly pool: object;
  /** The transaction has ended; what it began goes on. */
  isOver: boolean;
}
const holders = new AsyncLocalStorage<Holder>();

/** Runs the work of a transaction of this pool. */
export async function holding<T>(pool: object, work: () => Promise<T>): Promise<T> {
  const holder: Holder = { pool, isOver: false };
  try {
    return await holders.run(holder, work);
  } finally {
    holder.isOver = true;
  }
}

type Done = (error: Error | undefined, client: PoolClient | undefined, release: (problem?: unknown) => void) => void;

/** A pool that minds it. */
export class MindfulPool extends Pool {
  readonly #onSecond: (error: SecondConnection) => void;

  /** @param onSecond is told of it; what it throws is what the asker gets instead of a connection */
  constructor(config: PoolConfig, onSecond: (error: SecondConnection) => void) {
    super(config);
    this.#onSecond = onSecond;
  }

  override connect(): Promise<PoolClient>;
  override connect(done: Done): void;
  override connect(done?: Done): Promise<PoolClient> | void {
    const holder = holders.getStore();
    try {
      if (holder?.pool === this && !holder.isOver) this.#onSecond(new SecondConnection());
    } catch (error) {
      if (!done) return Promise.reject(error as Error);
      return done(error as Error, undefined, () => undefined);
    }
    return done ? super.connect(done) : super.connect();
  }
}
