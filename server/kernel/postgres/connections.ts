/**
 * How this process connects to PostgreSQL. No connection may hang for ever, here or there: the server ends what is idle in a
 * transaction, waits too long for a lock or has lost its client; this side gives up a connection that does not answer.
 * So a worker that is paused or cut off from the network holds others up for some seconds and no longer.
 */
import type { Socket } from 'node:net';
import { Client, type ClientConfig, Pool, type PoolConfig } from 'pg';

export type ConnectionKind = 'web' | 'worker' | 'sweep' | 'state' | 'queue' | 'events';

interface Patience {
  /** One statement, in ms. */
  readonly statement: number;
  /** Waiting for one lock, in ms: more than a dead holder keeps it. */
  readonly lock: number;
  /** Between two statements of a transaction, in ms: this process answers itself in microseconds. */
  readonly idleInTransaction: number;
}

const USUAL: Patience = { statement: 20_000, lock: 10_000, idleInTransaction: 7_000 };
const PATIENCE: Readonly<Record<ConnectionKind, Patience>> = {
  web: USUAL,
  worker: USUAL,
  state: { ...USUAL, statement: 30_000 },
  events: USUAL,
  // They look at everything that there is.
  sweep: { ...USUAL, statement: 60_000 },
  queue: { ...USUAL, statement: 60_000 },
};

/** For a free place in the pool, and for a new connection: under load both take their time, and a caller is told in the end. */
const CONNECT_MS: Readonly<Record<ConnectionKind, number>> = {
  web: 12_000,
  state: 20_000,
  worker: 60_000,
  sweep: 60_000,
  queue: 60_000,
  events: 12_000,
};
/** Beyond the longest statement nothing is on its way any more. */
const SILENCE_MARGIN_MS = 5_000;
/** First probe of a quiet connection; Node repeats it every second, ten times. */
const KEEP_ALIVE_MS = 5_000;
/** The same for the server's end; the last is for what was sent and not acknowledged. */
const SERVER_KEEP_ALIVE = {
  tcp_keepalives_idle: '5',
  tcp_keepalives_interval: '2',
  tcp_keepalives_count: '3',
  tcp_user_timeout: '12000',
  // A statement whose client has gone ends before its time.
  client_connection_check_interval: '5000',
};

/** What every connection to the database is opened with. A `url` with `options` of its own overrules single settings. */
export function connectionConfig(url: string, kind: ConnectionKind): PoolConfig {
  const { statement, lock, idleInTransaction } = PATIENCE[kind];
  const settings = {
    ...SERVER_KEEP_ALIVE,
    statement_timeout: String(statement),
    lock_timeout: String(lock),
    idle_in_transaction_session_timeout: String(idleInTransaction),
  };
  const ours = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
  const target = new URL(url);
  // The last of two settings of one name holds.
  target.searchParams.set('options', [...ours, target.searchParams.get('options') ?? ''].join(' ').trim());
  return {
    connectionString: target.href,
    application_name: kind === 'web' ? 'plinth' : `plinth-${kind}`,
    connectionTimeoutMillis: CONNECT_MS[kind],
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    Client: CLIENTS[kind],
  };
}

/** A pool of at most `max` connections. `onError` is told of idle connections that were lost; others are opened in their place. */
export function openPool(url: string, kind: ConnectionKind, max: number, onError: (error: Error) => void): Pool {
  const pool = new Pool({ ...connectionConfig(url, kind), max });
  pool.on('error', onError);
  return pool;
}

/** One connection of its own, not yet connected. */
export function openClient(url: string, kind: ConnectionKind): Client {
  return new CLIENTS[kind](connectionConfig(url, kind));
}

/** Ends a connection whose statement is not answered long after the server would have ended it: the network swallows it. */
function impatient(kind: ConnectionKind): typeof Client {
  const silenceMs = PATIENCE[kind].statement + SILENCE_MARGIN_MS;
  return class extends Client {
    constructor(config?: string | ClientConfig) {
      super(config);
      // One that is lost in the middle of a transaction tells its statements; told to nobody, it would end the process.
      this.on('error', () => undefined);
      this.once('connect', () => {
        const { stream } = (this as unknown as { connection: { stream: Socket } }).connection;
        stream.setTimeout(silenceMs, () => {
          // Between statements the probes of keep-alive look after it.
          if (!(this as unknown as { readyForQuery: boolean }).readyForQuery)
            stream.destroy(new Error(`the database has not answered for ${silenceMs / 1000} s`));
        });
      });
    }
  };
}

const CLIENTS: Readonly<Record<ConnectionKind, typeof Client>> = {
  web: impatient('web'),
  worker: impatient('worker'),
  sweep: impatient('sweep'),
  state: impatient('state'),
  queue: impatient('queue'),
  events: impatient('events'),
};
