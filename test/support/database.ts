/** Databases for tests: each a copy of one migrated template, in the run's one PostgreSQL. */
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll } from 'vitest';
import { askBroker } from './broker.ts';

export interface TestDatabase {
  readonly url: string;
  readonly name: string;
  /** Ends every connection to it and removes it. */
  drop(): Promise<void>;
}

/** A database of the caller's own, migrated unless `empty`. The caller drops it. */
export async function createTestDatabase(options: { empty?: boolean } = {}): Promise<TestDatabase> {
  const { url, template } = await askBroker<{ url: string; template: string }>('/postgres');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await execute(url, `CREATE DATABASE ${name} TEMPLATE ${options.empty ? 'template0' : template}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  return { url: own.href, name, drop: () => execute(url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

/** One database for a test file (or `describe`): made before its tests and dropped after them. Read `.url` inside tests. */
export function withDatabase(options: { empty?: boolean } = {}): { readonly url: string } {
  let database: TestDatabase | undefined;
  beforeAll(async () => {
    database = await createTestDatabase(options);
  });
  afterAll(() => database?.drop());
  return {
    get url() {
      if (!database) throw new Error('The database exists only while tests run: read url inside a test or hook.');
      return database.url;
    },
  };
}

async function execute(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
