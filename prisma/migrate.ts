/**
 * Applies `prisma/migrations` and keeps the `_prisma_migrations` table as `prisma migrate deploy` does, for machines
 * where Prisma's schema engine cannot be downloaded. Either tool can take over from the other.
 */
import { createHash, randomUUID } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';

export interface MigrateOptions {
  readonly onProgress?: (line: string) => void;
  /** The folder of `<timestamp_name>/migration.sql` folders; by default the one beside this file. */
  readonly directory?: string;
  /** How long to wait for another process that migrates the same database. Default 60 000 ms. */
  readonly lockTimeoutMs?: number;
}

export interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

interface AppliedRow {
  migration_name: string;
  checksum: string;
  started_at: Date;
  finished_at: Date | null;
  rolled_back_at: Date | null;
  logs: string | null;
}

/** The number Prisma's own schema engine locks, so that the two exclude each other. */
const ADVISORY_LOCK = 72707369;

const CREATE_TABLE = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id                      VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum                VARCHAR(64) NOT NULL,
    finished_at             TIMESTAMPTZ,
    migration_name          VARCHAR(255) NOT NULL,
    logs                    TEXT,
    rolled_back_at          TIMESTAMPTZ,
    started_at              TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count     INTEGER NOT NULL DEFAULT 0
)`;

/**
 * Bring the database up to the newest migration; safe when several processes start at once.
 * @returns the names applied by this call, in order.
 * @throws Error when an earlier migration failed half way, was changed after it was applied, or one fails now.
 */
export async function migrate(databaseUrl: string, options: MigrateOptions = {}): Promise<string[]> {
  const { onProgress = () => {}, directory = join(import.meta.dirname, 'migrations'), lockTimeoutMs = 60_000 } = options;
  const migrations = await readMigrations(directory);
  const { connectionString, schema } = splitSchema(databaseUrl);
  const client = new Client({ connectionString, application_name: 'plinth migrate' });
  await client.connect();
  try {
    if (schema) {
      const name = client.escapeIdentifier(schema);
      await client.query(`CREATE SCHEMA IF NOT EXISTS ${name}`);
      await client.query(`SET search_path TO ${name}`);
    }
    await takeLock(client, lockTimeoutMs, onProgress);
    await prepareTable(client);
    const pending = pendingMigrations(migrations, await appliedRows(client));
    for (const migration of pending) {
      onProgress(`applying migration ${migration.name}`);
      await apply(client, migration);
    }
    return pending.map((each) => each.name);
  } finally {
    // The advisory lock belongs to the session and goes with it.
    await client.end();
  }
}

/** Every migration on disk, oldest first. The checksum is Prisma's: SHA-256 of the file's bytes, in hex. */
export async function readMigrations(directory: string): Promise<Migration[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const file = join(directory, name, 'migration.sql');
      const bytes = await readFile(file).catch(() => {
        throw new Error(`Migration ${name} has no file ${file}. Restore it from version control.`);
      });
      return { name, sql: bytes.toString('utf8'), checksum: createHash('sha256').update(bytes).digest('hex') };
    }),
  );
}

function pendingMigrations(migrations: readonly Migration[], rows: readonly AppliedRow[]): Migration[] {
  const live = rows.filter((row) => row.rolled_back_at === null);
  const failed = live.find((row) => row.finished_at === null);
  if (failed) {
    throw new Error(
      `Migration ${failed.migration_name} started at ${failed.started_at.toISOString()} and failed, so no other is applied. ` +
        `Repair the database, then mark it: UPDATE _prisma_migrations SET rolled_back_at = now() WHERE migration_name = '${failed.migration_name}' AND finished_at IS NULL. ` +
        `What it said: ${failed.logs?.split('\n')[0] ?? 'nothing; the process died'}`,
    );
  }
  const known = new Map(migrations.map((each) => [each.name, each]));
  for (const row of live) {
    const file = known.get(row.migration_name);
    if (file && file.checksum !== row.checksum) {
      throw new Error(
        `Migration ${file.name} was changed after it was applied. Restore its file from version control and put the change in a new migration.`,
      );
    }
    if (!file) {
      throw new Error(
        `The database has migration ${row.migration_name}, which this version of Plinth does not know. Start the version that applied it, or a newer one.`,
      );
    }
  }
  const done = new Set(live.map((row) => row.migration_name));
  return migrations.filter((each) => !done.has(each.name));
}

async function apply(client: Client, migration: Migration): Promise<void> {
  const id = randomUUID();
  await client.query('INSERT INTO _prisma_migrations (id, checksum, started_at, migration_name) VALUES ($1, $2, now(), $3)', [
    id,
    migration.checksum,
    migration.name,
  ]);
  try {
    // Without parameters the whole script goes as one simple query: PostgreSQL runs it in one implicit transaction.
    await client.query(migration.sql);
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    const said = error instanceof Error ? error.message : String(error);
    await client.query('UPDATE _prisma_migrations SET logs = $2 WHERE id = $1', [id, said]);
    throw new Error(`Migration ${migration.name} failed: ${said}`, { cause: error });
  }
  await client.query('UPDATE _prisma_migrations SET applied_steps_count = applied_steps_count + 1, finished_at = now() WHERE id = $1', [
    id,
  ]);
}

async function takeLock(client: Client, timeoutMs: number, onProgress: (line: string) => void): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (let told = false; ; told = true) {
    const { rows } = await client.query<{ got: boolean }>('SELECT pg_try_advisory_lock($1) AS got', [ADVISORY_LOCK]);
    if (rows[0]?.got) return;
    if (!told) onProgress('waiting for another process that migrates this database');
    if (performance.now() > deadline) {
      throw new Error(
        `Another process has been migrating this database for more than ${Math.round(timeoutMs / 1000)} s (advisory lock ${ADVISORY_LOCK}). Wait for it or end it, then start again.`,
      );
    }
    await delay(100);
  }
}

async function prepareTable(client: Client): Promise<void> {
  const { rows } = await client.query<{ present: boolean; others: string | null }>(
    `SELECT to_regclass(quote_ident(current_schema()) || '._prisma_migrations') IS NOT NULL AS present,
            (SELECT min(tablename) FROM pg_tables WHERE schemaname = current_schema()) AS others`,
  );
  const [found] = rows;
  if (!found?.present && found?.others) {
    throw new Error(
      `The database already has tables (${found.others}, …) and none of Plinth's migrations. Give Plinth a database of its own in DATABASE_URL.`,
    );
  }
  await client.query(CREATE_TABLE);
}

async function appliedRows(client: Client): Promise<AppliedRow[]> {
  const { rows } = await client.query<AppliedRow>(
    'SELECT migration_name, checksum, started_at, finished_at, rolled_back_at, logs FROM _prisma_migrations ORDER BY started_at',
  );
  return rows;
}

/** Prisma reads the schema from `?schema=`, which PostgreSQL's own clients do not know. */
function splitSchema(databaseUrl: string): { connectionString: string; schema: string | undefined } {
  const url = new URL(databaseUrl);
  const schema = url.searchParams.get('schema') ?? undefined;
  url.searchParams.delete('schema');
  return { connectionString: url.href, schema };
}
