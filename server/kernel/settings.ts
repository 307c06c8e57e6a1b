/** Plinth's own settings and the default organization. */
import { randomUUID } from 'node:crypto';
import type { Db, Json, Organization } from './database.ts';

export async function readSetting(db: Db, key: string): Promise<unknown> {
  return (await db.setting.findUnique({ where: { key } }))?.value ?? null;
}

/** Several at once, in the order in which they are asked for; null where there is none. */
export async function readSettings(db: Db, keys: readonly string[]): Promise<unknown[]> {
  const rows = await db.setting.findMany({ where: { key: { in: [...keys] } } });
  return keys.map((key) => rows.find((row) => row.key === key)?.value ?? null);
}

/** The stored value: the first writer's, also when two start at once. */
export async function settingOnce(db: Db, key: string, value: Json): Promise<unknown> {
  await db.$executeRaw`INSERT INTO "setting" ("key", "value") VALUES (${key}, ${JSON.stringify(value)}::jsonb) ON CONFLICT DO NOTHING`;
  return await readSetting(db, key);
}

export async function ensureOrganization(db: Db, name: string): Promise<Organization> {
  await db.$executeRaw`INSERT INTO "organization" ("id", "name") VALUES (${randomUUID()}, ${name}) ON CONFLICT DO NOTHING`;
  return await db.organization.findUniqueOrThrow({ where: { name } });
}

export async function organizationById(db: Db, id: string): Promise<Organization | null> {
  return await db.organization.findUnique({ where: { id } });
}

export async function databaseHasSecrets(db: Db): Promise<boolean> {
  return (await db.account.count()) > 0 || (await db.setting.count({ where: { key: { startsWith: 'secret.' } } })) > 0;
}

export async function ping(db: Db): Promise<void> {
  await db.$queryRaw`SELECT 1`;
}
