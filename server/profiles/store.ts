/** Setup profiles and their published versions. */
import { randomUUID } from 'node:crypto';
import type { SetupTemplate } from '../../contract/setup-profile.ts';
import type { Db, Json, SetupProfile, SetupVersion } from '../kernel/database.ts';

export type ProfileRow = SetupProfile & { readonly versions: readonly SetupVersion[] };
const newest = { versions: { orderBy: { version: 'desc' } } } as const;

export async function listProfiles(db: Db): Promise<ProfileRow[]> {
  return await db.setupProfile.findMany({ include: newest, orderBy: { name: 'asc' } });
}

export async function profileByName(db: Db, name: string): Promise<ProfileRow | null> {
  return await db.setupProfile.findUnique({ where: { name }, include: newest });
}

/** The row, locked until the transaction ends; made when there is none. */
export async function ensureProfile(tx: Db, name: string, builtIn: boolean): Promise<SetupProfile> {
  await tx.$executeRaw`INSERT INTO "setup_profile" ("id", "name", "builtIn") VALUES (${randomUUID()}, ${name}, ${builtIn}) ON CONFLICT DO NOTHING`;
  await tx.$queryRaw`SELECT 1 AS "one" FROM "setup_profile" WHERE "name" = ${name} FOR UPDATE`;
  return await tx.setupProfile.findUniqueOrThrow({ where: { name } });
}

export async function insertVersion(
  tx: Db,
  profileId: string,
  version: number,
  template: SetupTemplate,
  sha256: string,
  at: Date,
): Promise<void> {
  await tx.setupVersion.create({ data: { profileId, version, template: template as unknown as Json, sha256, publishedAt: at } });
}
