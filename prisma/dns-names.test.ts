/** The migration that gives names one owner, on a database in which VPSes have names already. */
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../test/support/database.ts';
import { migrate } from './migrate.ts';

const MIGRATIONS = join(import.meta.dirname, 'migrations');
const NAMES = '20261126100000_dns_names';
let database: TestDatabase;
let before: string;

beforeAll(async () => {
  database = await createTestDatabase({ empty: true });
  before = await mkdtemp(join(tmpdir(), 'plinth-before-names-'));
  for (const name of await readdir(MIGRATIONS)) if (name < NAMES) await cp(join(MIGRATIONS, name), join(before, name), { recursive: true });
});
afterAll(async () => {
  await database?.drop();
  await rm(before, { recursive: true, force: true });
});

const spec = (name: string | null): string => JSON.stringify({ dns: name === null ? null : { name, zone: 'example.test' } });

test('the oldest living VPS keeps its name, a rename under way gets its own, and worlds stay apart', async () => {
  await migrate(database.url, { directory: before });
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    await client.query(`INSERT INTO "organization" ("id", "name") VALUES ('o', 'o')`);
    for (const [id, world] of [
      ['a-real', 'real'],
      ['a-sim', 'simulator'],
    ])
      await client.query(
        `INSERT INTO "account" ("id", "provider", "name", "endpointKind", "endpointBaseUrl", "credential", "fingerprint", "last4", "configuration", "status")
         VALUES ($1, 'p', $1, $2, '', '', '', '', '{}', 'ok')`,
        [id, world],
      );
    const rows: [string, string, string | null, string, boolean][] = [
      ['second', 'a-real', 'Web.Example.test.', '2026-02-01', true],
      ['first', 'a-real', 'web.example.test', '2026-01-01', true],
      ['elsewhere', 'a-sim', 'web.example.test', '2026-03-01', true],
      ['ended', 'a-real', 'gone.example.test', '2026-01-01', false],
      ['unnamed', 'a-real', null, '2026-01-01', true],
    ];
    for (const [id, account, name, at, lives] of rows)
      await client.query(
        `INSERT INTO "vps" ("id", "organizationId", "label", "hostname", "status", "spec", "provider", "accountId", "region", "plan", "image", "createdAt", "deletedAt")
         VALUES ($1, 'o', $1, $1, 'active', $2, 'p', $3, 'r', 'p', 'i', $4, $5)`,
        [id, spec(name), account, at, lives ? null : at],
      );
    for (const [id, status, name] of [
      ['op-1', 'queued', 'new.example.test'],
      ['op-2', 'failed', 'never.example.test'],
    ])
      await client.query(
        `INSERT INTO "operation" ("id", "kind", "status", "organizationId", "vpsId", "request", "actor")
         VALUES ($1, 'rename', $2, 'o', 'second', $3, 'a')`,
        [id, status, JSON.stringify({ spec: JSON.parse(spec(name!)) })],
      );
    await migrate(database.url);
    const { rows: names } = await client.query('SELECT "world", "name", "vpsId" FROM "dns_name" ORDER BY "world", "name"');
    expect(names).toEqual([
      { world: 'real', name: 'new.example.test', vpsId: 'second' },
      { world: 'real', name: 'web.example.test', vpsId: 'first' },
      { world: 'simulator', name: 'web.example.test', vpsId: 'elsewhere' },
    ]);
  } finally {
    await client.end();
  }
});
