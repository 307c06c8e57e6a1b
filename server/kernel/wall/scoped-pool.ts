/**
 * Connections whose statements see one organization's rows. Before each statement, in the same round trip and the same transaction,
 * stands who it is for: the role that owns nothing, and the organization. Both end with the statement, whatever became of it, so a
 * connection never carries one caller's sight to the next.
 */
import pg, { type Connection, type PoolConfig, type QueryConfig, type QueryResult } from 'pg';
import { READER_ROLE } from './install.ts';
import { standsFor } from './standing.ts';

const { Pool, Query } = pg;
const STAND = {
  name: 'plinth_stand',
  text: `SELECT set_config('role', '${READER_ROLE}', true), set_config('plinth.organization', $1, true)`,
};

interface Wire {
  readonly stream: { cork?(): void; uncork?(): void };
  parse(message: object): void;
  bind(message: object): void;
  execute(message: object): void;
}
/** What pg's own query is told by its connection. */
interface Told {
  submit(connection: Connection): void | Error;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, connection: unknown): void;
}
const told = Query.prototype as unknown as Told;
/** Connections that have the first statement prepared. */
const prepared = new WeakSet<object>();

class ScopedQuery extends Query {
  readonly #organizationId: string;
  /** The first statement has not ended. */
  #before = true;

  constructor(config: QueryConfig, organizationId: string, done: (error: Error | null, result: QueryResult) => void) {
    super({ ...config, queryMode: 'extended' } as QueryConfig, undefined, done as never);
    this.#organizationId = organizationId;
  }

  override submit = (connection: Connection): void | Error => {
    const wire = connection as unknown as Wire;
    wire.stream.cork?.();
    try {
      if (!prepared.has(wire)) wire.parse({ ...STAND });
      wire.bind({ statement: STAND.name, values: [this.#organizationId] });
      wire.execute({});
      // Only what follows sends Sync: the two are one transaction.
      return told.submit.call(this, connection);
    } finally {
      wire.stream.uncork?.();
    }
  };

  handleDataRow(message: unknown): void {
    if (!this.#before) told.handleDataRow.call(this, message);
  }

  handleCommandComplete(message: unknown, connection: object): void {
    if (!this.#before) return told.handleCommandComplete.call(this, message, connection);
    this.#before = false;
    prepared.add(connection);
  }
}

export class ScopedPool extends Pool {
  constructor(config: PoolConfig) {
    super(config);
    this.query = ((statement: QueryConfig | string, values?: unknown[]) => {
      const organizationId = standsFor();
      // Said, rather than nothing found.
      if (organizationId === null) throw new Error('A read behind the wall names no organization.');
      return this.ask(organizationId, typeof statement === 'string' ? { text: statement, values: values ?? [] } : statement);
    }) as never;
  }

  /** As this organization. */
  async ask(organizationId: string, statement: QueryConfig): Promise<QueryResult> {
    const client = await this.connect();
    const { promise, resolve, reject } = Promise.withResolvers<QueryResult>();
    client.query(new ScopedQuery(statement, organizationId, (error, result) => (error ? reject(error) : resolve(result))) as never);
    try {
      const result = await promise;
      client.release();
      return result;
    } catch (error) {
      // What the database refused leaves the connection as it was.
      client.release((error as { code?: string }).code === undefined ? (error as Error) : undefined);
      throw error;
    }
  }
}
