/** API tokens' rows. The secret part never gets here: only its SHA-256. */
import type { ServiceAccount, User } from '../../../prisma/generated/client.ts';
import type { asMember } from '../policy/grants.ts';
import type { ApiToken, Db } from '../../kernel/database.ts';

type Membership = Parameters<typeof asMember>[0];

/** Whose rights it has: a person's, a service account's, or none but its own role's. */
export type TokenWithOwner = ApiToken & {
  readonly user:
    | (Pick<User, 'id' | 'name' | 'staffRole' | 'disabledAt' | 'twoFactorEnabled'> & { readonly members: readonly Membership[] })
    | null;
  readonly serviceAccount: ServiceAccount | null;
};

export const OWNER = {
  user: {
    select: {
      id: true,
      name: true,
      staffRole: true,
      disabledAt: true,
      twoFactorEnabled: true,
      members: { include: { organization: { select: { requireSecondFactor: true, status: true } } } },
    },
  },
  serviceAccount: true,
} as const;

export async function insertToken(
  db: Db,
  token: Pick<ApiToken, 'id' | 'name' | 'prefix' | 'role' | 'organizationId' | 'expiresAt'> &
    Partial<Pick<ApiToken, 'userId' | 'serviceAccountId' | 'scopes' | 'addresses' | 'createdBy' | 'rotatedFrom'>> & {
      hash: Uint8Array<ArrayBuffer>;
    },
): Promise<TokenWithOwner> {
  return await db.apiToken.create({ data: token, include: OWNER });
}

export async function tokenByPrefix(db: Db, prefix: string): Promise<TokenWithOwner | null> {
  return await db.apiToken.findUnique({ where: { prefix }, include: OWNER });
}

export interface TokenFilter {
  readonly organizationId?: string;
  readonly userId?: string;
  readonly serviceAccountId?: string;
}

export async function listTokens(db: Db, filter: TokenFilter = {}): Promise<TokenWithOwner[]> {
  return await db.apiToken.findMany({ where: filter, include: OWNER, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] });
}

export async function countAdminTokens(db: Db): Promise<number> {
  return await db.apiToken.count({ where: { role: 'admin', organizationId: null, revokedAt: null } });
}

/** Null when there is no such token. Revoking twice keeps the first time. */
export async function revokeToken(db: Db, id: string, at: Date): Promise<TokenWithOwner | null> {
  await db.apiToken.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: at } });
  return await tokenById(db, id);
}

export async function touchToken(db: Db, id: string, at: Date): Promise<void> {
  await db.apiToken.update({ where: { id }, data: { lastUsedAt: at } });
}

export async function tokenById(db: Db, id: string): Promise<TokenWithOwner | null> {
  return await db.apiToken.findUnique({ where: { id }, include: OWNER });
}

/** Those of `ids` that are there, whatever has become of them. */
export async function tokensByIds(db: Db, ids: readonly string[]): Promise<TokenWithOwner[]> {
  return await db.apiToken.findMany({ where: { id: { in: [...ids] } }, include: OWNER });
}

/** All of an organization's, of a person or of a service account end at once. Answers how many. */
export async function revokeTokens(db: Db, filter: TokenFilter, at: Date): Promise<number> {
  return (await db.apiToken.updateMany({ where: { ...filter, revokedAt: null }, data: { revokedAt: at } })).count;
}

/** It counts until then and no longer; `now` revokes it. */
export async function endAt(db: Db, id: string, at: Date, now: boolean): Promise<TokenWithOwner> {
  return await db.apiToken.update({ where: { id }, data: now ? { revokedAt: at } : { expiresAt: at }, include: OWNER });
}
