/**
 * Reads that pages wait for: one statement each, prepared once per connection, and nothing between it and its rows. Whatever
 * writes, or belongs to a transaction, goes through the stores' client.
 */
import type { Pool, QueryConfig } from 'pg';
import pg from 'pg';
import type { Scope } from './listing.ts';
import type { ScopedPool } from './wall/scoped-pool.ts';

export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
  /** Of one that is asked again and again in the same words: it is planned once. */
  readonly name?: string;
}

export interface Reader {
  /** `scope`: in whose name it is read. The statement has its own condition for that too. */
  read<Row>(scope: Scope, statement: Statement): Promise<Row[]>;
  close(): Promise<void>;
}

const TIMESTAMPTZ = 1184;
/** `2026-11-27 06:00:57.123+00`; what is not of that form is left to pg. */
const MOMENT = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d{1,3})?)([+-]\d\d)$/;
const usual = pg.types.getTypeParser(TIMESTAMPTZ) as (text: string) => Date;

function moment(text: string): Date {
  const [, day, time, zone] = MOMENT.exec(text) ?? [];
  return day === undefined ? usual(text) : new Date(`${day}T${time}${zone}:00`);
}

const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === TIMESTAMPTZ && format !== 'binary' ? moment : pg.types.getTypeParser(oid, format as 'text'),
} as QueryConfig['types'];

/** `scoped`: connections that read in an organization's name, where the second wall stands. */
export function openReader(pool: Pool, scoped: ScopedPool | null): Reader {
  return {
    read: async <Row>(scope: Scope, { text, values, name }: Statement) => {
      const asked = { text, values: values as unknown[], types, ...(name === undefined ? {} : { name }) } as QueryConfig;
      return (await (scope === null || !scoped ? pool.query(asked) : scoped.ask(scope, asked))).rows as Row[];
    },
    close: async () => {
      await Promise.all([pool.end(), scoped?.end()]);
    },
  };
}
