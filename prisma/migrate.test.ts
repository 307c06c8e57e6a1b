import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../test/support/database.ts';
import { migrate } from './migrate.ts';

let database: TestDatabase;
let directory: string;

beforeEach(async () => {
  database = await createTestDatabase({ empty: true });
  directory = await mkdtemp(join(tmpdir(), 'plinth-migrate-'));
  await write('20260101000000_first', 'CREATE TABLE a (n int);\nINSERT INTO a VALUES (1);');
  await write('20260102000000_second', 'CREATE TABLE b (n int);');
});
afterEach(async () => {
  await database.drop();
  await rm(directory, { recursive: true, force: true });
});

async function write(name: string, sql: string): Promise<void> {
  await mkdir(join(directory, name), { recursive: true });
  await writeFile(join(directory, name, 'migration.sql'), sql);
}

async function query(text: string): Promise<Record<string, any>[]> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

test("applies in order, once, and records it in Prisma's own form", async () => {
  expect(await migrate(database.url, { directory })).toEqual(['20260101000000_first', '20260102000000_second']);
  expect(await migrate(database.url, { directory })).toEqual([]);
  const rows = await query('SELECT * FROM _prisma_migrations ORDER BY started_at');
  expect(rows).toHaveLength(2);
  expect(rows[0]).toMatchObject({
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    migration_name: '20260101000000_first',
    checksum: createHash('sha256').update('CREATE TABLE a (n int);\nINSERT INTO a VALUES (1);').digest('hex'),
    applied_steps_count: 1,
    logs: null,
    rolled_back_at: null,
  });
  expect(rows[0]!['finished_at']).toBeInstanceOf(Date);
});

test('two processes that start at once apply each migration once', async () => {
  await write('20260103000000_slow', 'SELECT pg_sleep(0.3); CREATE TABLE c (n int);');
  const results = await Promise.all([1, 2, 3].map(() => migrate(database.url, { directory })));
  expect(results.map((each) => each.length).sort()).toEqual([0, 0, 3]);
  expect(await query('SELECT count(*)::int AS n FROM a')).toEqual([{ n: 1 }]);
});

test('a failing migration leaves nothing of itself, is recorded, and blocks until it is marked', async () => {
  await write('20260103000000_bad', 'CREATE TABLE half (n int); SELECT nonsense;');
  await expect(migrate(database.url, { directory })).rejects.toThrow(/20260103000000_bad failed: column "nonsense" does not exist/);
  expect(await query("SELECT to_regclass('half') AS half")).toEqual([{ half: null }]);
  await write('20260103000000_bad', 'CREATE TABLE half (n int);');
  const refusal = await migrate(database.url, { directory }).catch((error: Error) => error.message);
  expect(refusal).toMatch(/failed, so no other is applied.*nonsense/s);
  await query(/(UPDATE .*? IS NULL)\./.exec(String(refusal))![1]!);
  expect(await migrate(database.url, { directory })).toEqual(['20260103000000_bad']);
});

test('a migration changed after it was applied, or unknown to this version, is refused', async () => {
  await migrate(database.url, { directory });
  await write('20260102000000_second', 'CREATE TABLE b (n bigint);');
  await expect(migrate(database.url, { directory })).rejects.toThrow(/20260102000000_second was changed after it was applied/);
  await rm(join(directory, '20260102000000_second'), { recursive: true });
  await expect(migrate(database.url, { directory })).rejects.toThrow(/does not know/);
});

test("somebody else's database is left alone", async () => {
  await query('CREATE TABLE theirs (n int)');
  await expect(migrate(database.url, { directory })).rejects.toThrow(/already has tables \(theirs/);
});

test('waits for a migrating process no longer than told, and honours ?schema=', async () => {
  const other = new Client({ connectionString: database.url });
  await other.connect();
  await other.query('SELECT pg_advisory_lock(72707369)');
  await expect(migrate(database.url, { directory, lockTimeoutMs: 150 })).rejects.toThrow(/advisory lock 72707369/);
  await other.end();
  await migrate(`${database.url}?schema=own`, { directory });
  expect(await query("SELECT to_regclass('own.b') IS NOT NULL AS there")).toEqual([{ there: true }]);
});
