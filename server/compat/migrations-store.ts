/** Which migrations the database has. */
import { join } from 'node:path';
import { readMigrations } from '../../prisma/migrate.ts';
import type { Db } from '../kernel/database.ts';

const FOLDER = join(import.meta.dirname, '../../prisma/migrations');

/** Names, oldest first. Nothing is pending after a start, which applies them all. */
export async function migrationsOf(db: Db): Promise<{ applied: string[]; pending: string[] }> {
  const rows = await db.$queryRaw<{ name: string }[]>`
    SELECT "migration_name" AS "name" FROM "_prisma_migrations" WHERE "finished_at" IS NOT NULL AND "rolled_back_at" IS NULL ORDER BY 1`;
  const applied = rows.map(({ name }) => name);
  const known = await readMigrations(FOLDER);
  return { applied, pending: known.map(({ name }) => name).filter((name) => !applied.includes(name)) };
}
