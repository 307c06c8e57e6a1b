/** API tokens' rows. The secret part never gets here: only its SHA-256. */
import type { ApiToken, Db } from './database.ts';

export async function insertToken(
  db: Db,
  token: Pick<ApiToken, 'id' | 'name' | 'prefix' | 'role' | 'organizationId' | 'expiresAt'> & { hash: Uint8Array<ArrayBuffer> },
): Promise<ApiToken> {
  return await db.apiToken.create({ data: token });
}

export async function tokenByPrefix(db: Db, prefix: string): Promise<ApiToken | null> {
  return await db.apiToken.findUnique({ where: { prefix } });
}

export async function listTokens(db: Db): Promise<ApiToken[]> {
  return await db.apiToken.findMany({ orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] });
}

export async function countAdminTokens(db: Db): Promise<number> {
  return await db.apiToken.count({ where: { role: 'admin', organizationId: null, revokedAt: null } });
}

/** Null when there is no such token. Revoking twice keeps the first time. */
export async function revokeToken(db: Db, id: string, at: Date): Promise<ApiToken | null> {
  await db.apiToken.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: at } });
  return await db.apiToken.findUnique({ where: { id } });
}

export async function touchToken(db: Db, id: string, at: Date): Promise<void> {
  await db.apiToken.update({ where: { id }, data: { lastUsedAt: at } });
}

/** False once it is revoked, expired or gone. */
export async function tokenIsValid(db: Db, id: string, now: Date): Promise<boolean> {
  return (await db.apiToken.count({ where: { id, revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] } })) === 1;
}
