/**
 * Opaque bearer tokens `plinth_<prefix>_<secret>`: 256 random bits, found by the prefix, compared by SHA-256 in constant
 * time. A slow hash would add nothing: the secret is random, not chosen by a person.
 */
import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Role } from '../../contract/ids.ts';
import type { ApiToken, Db } from '../store/database.ts';
import { insertToken, tokenByPrefix, touchToken } from '../store/tokens.ts';
import type { Principal } from '../services/services.ts';

const FORM = /^plinth_([a-z0-9]{12})_([A-Za-z0-9_-]{43})$/;

const TOUCH_MS = 60_000;

export interface NewToken {
  readonly name: string;
  readonly role: Role;
  readonly organizationId: string | null;
  readonly expiresAt: Date | null;
}

/** Makes a token. The secret is in the answer only. */
export async function createToken(db: Db, token: NewToken): Promise<{ row: ApiToken; secret: string }> {
  const prefix = randomBytes(6).toString('hex');
  const secret = `plinth_${prefix}_${randomBytes(32).toString('base64url')}`;
  const row = await insertToken(db, { id: randomUUID(), prefix, hash: hashOf(secret), ...token });
  return { row, secret };
}

/** Who presents this token, or null: unknown, wrong, revoked and expired are not told apart. */
export async function authenticate(db: Db, presented: string, now = new Date()): Promise<Principal | null> {
  const prefix = FORM.exec(presented)?.[1];
  if (prefix === undefined) return null;
  const row = await tokenByPrefix(db, prefix);
  // An unknown prefix costs the same comparison as a known one.
  const equal = timingSafeEqual(row?.hash ?? Buffer.alloc(32), hashOf(presented));
  if (!row || !equal || row.revokedAt !== null || (row.expiresAt !== null && row.expiresAt <= now)) return null;
  // Written at most once a minute, so that reads do not become writes.
  if (row.lastUsedAt === null || now.getTime() - row.lastUsedAt.getTime() > TOUCH_MS) await touchToken(db, row.id, now);
  return { tokenId: row.id, name: row.name, role: row.role as Role, organizationId: row.organizationId };
}

function hashOf(secret: string): Buffer<ArrayBuffer> {
  return createHash('sha256').update(secret).digest() as Buffer<ArrayBuffer>;
}
