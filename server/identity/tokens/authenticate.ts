/**
 * Opaque bearer tokens `plinth_<prefix>_<secret>`: 256 random bits, found by the prefix, compared by SHA-256 in constant
 * time. A slow hash would add nothing: the secret is random, not chosen by a person.
 */
import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Role } from '../../../contract/ids.ts';
import type { StaffRole } from '../../../contract/permissions.ts';
import { timeNow } from '../../kernel/clock.ts';
import type { ApiToken, Db } from '../../kernel/database.ts';
import { insertToken, tokenByPrefix, tokensByIds, type TokenWithOwner, touchToken } from './store.ts';
import { isWithin } from '../policy/address-ranges.ts';
import { asMember, granted, type Role as RoleOf } from '../policy/grants.ts';
import { withinScopes } from '../policy/scopes.ts';
import type { Actor } from '../../kernel/actor.ts';
import { requestContext } from '../../kernel/request-context.ts';
import type { Recent } from '../../kernel/recent.ts';
import type { Principal } from '../../kernel/services.ts';

const FORM = /^plinth_([a-z0-9]{12})_([A-Za-z0-9_-]{43})$/;

const TOUCH_MS = 60_000;

export interface NewToken extends Partial<
  Pick<ApiToken, 'userId' | 'serviceAccountId' | 'scopes' | 'addresses' | 'createdBy' | 'rotatedFrom'>
> {
  readonly name: string;
  /** Null where it has the rights of a person or a service account. */
  readonly role: Role | null;
  readonly organizationId: string | null;
  readonly expiresAt: Date | null;
}

/** Makes a token. The secret is in the answer only. */
export async function createToken(db: Db, token: NewToken): Promise<{ row: TokenWithOwner; secret: string }> {
  const prefix = randomBytes(6).toString('hex');
  const secret = `plinth_${prefix}_${randomBytes(32).toString('base64url')}`;
  const row = await insertToken(db, { id: randomUUID(), prefix, hash: hashOf(secret), ...token });
  return { row, secret };
}

/**
 * Who presents this token, or null: unknown, wrong, revoked, expired and from elsewhere are not told apart.
 * @param recent has the rows that were asked for a moment ago
 */
export async function authenticate(db: Db, presented: string, recent?: Recent): Promise<Principal | null> {
  const prefix = FORM.exec(presented)?.[1];
  if (prefix === undefined) return null;
  const look = (): Promise<TokenWithOwner | null> => tokenByPrefix(db, prefix);
  const row = await (recent ? recent.get(`token/${prefix}`, look) : look());
  // An unknown prefix costs the same comparison as a known one.
  const equal = timingSafeEqual(row?.hash ?? Buffer.alloc(32), hashOf(presented));
  if (!row || !equal || !isWithin(row.addresses, requestContext()?.address ?? null)) return null;
  return await principalOf(db, row, timeNow());
}

/** Who a token makes its holder, and that it was used; null when it does not count. */
export async function principalOf(db: Db, row: TokenWithOwner, now: Date): Promise<Principal | null> {
  const principal = isOver(row, now) ? null : holderOf(row);
  // Written at most once a minute, so that reads do not become writes.
  if (principal && (row.lastUsedAt === null || now.getTime() - row.lastUsedAt.getTime() > TOUCH_MS)) {
    // A row that is kept in memory says so too.
    row.lastUsedAt = now;
    await touchToken(db, row.id, now);
  }
  return principal;
}

/** What the holder of a token may do at this moment; null once it is revoked, expired or gone. */
export async function principalOfToken(db: Db, tokenId: string): Promise<Principal | null> {
  return (await principalsOfTokens(db, [tokenId])).get(tokenId) ?? null;
}

/** The same for many, by their ids; those that do not count are left out. */
export async function principalsOfTokens(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, Principal>> {
  const now = timeNow();
  const rows = ids.length === 0 ? [] : await tokensByIds(db, ids);
  return new Map(
    rows.flatMap((row) => {
      const principal = isOver(row, now) ? null : holderOf(row);
      return principal ? [[row.id, principal] as const] : [];
    }),
  );
}

function isOver({ revokedAt, expiresAt }: ApiToken, now: Date): boolean {
  return revokedAt !== null || (expiresAt !== null && expiresAt <= now);
}

/** Never more than what its owner may at this moment, cut down to its scopes. null: the owner may nothing there any more. */
function holderOf(row: TokenWithOwner): Principal | null {
  const known = holders.get(row);
  if (known !== undefined) return known;
  const holder = madeOf(row);
  holders.set(row, holder);
  return holder;
}
/** Rows are never changed but in when they were used. */
const holders = new WeakMap<TokenWithOwner, Principal | null>();

function madeOf(row: TokenWithOwner): Principal | null {
  const owner = ownerOf(row);
  if (!owner) return null;
  const { organizationId, scopes, id } = row;
  const permissions = withinScopes(owner.permissions, scopes, row.role === null);
  return { actor: owner.actor, name: owner.actor.name, role: owner.role, organizationId, permissions, tokenId: id };
}

function ownerOf(row: TokenWithOwner): Pick<Principal, 'actor' | 'role' | 'permissions'> | null {
  const { id, name, user, serviceAccount, organizationId } = row;
  const having = (actor: Actor, role: RoleOf) => ({ actor, role: role.role, permissions: granted(role, organizationId) });
  const platform = organizationId === null;
  if (row.role !== null) return having({ kind: 'token', id, name }, { of: 'token', role: row.role as Role });
  if (serviceAccount) {
    if (serviceAccount.disabledAt !== null || serviceAccount.organizationId !== organizationId) return null;
    const role = { of: platform ? 'staff' : 'member', role: serviceAccount.role } as RoleOf;
    return having({ kind: 'service_account', id: serviceAccount.id, name: serviceAccount.name }, role);
  }
  if (!user || user.disabledAt !== null) return null;
  const actor = { kind: 'token', id, name, onBehalfOf: { kind: 'user', id: user.id, name: user.name } } as const;
  if (platform) return user.staffRole === null ? null : having(actor, { of: 'staff', role: user.staffRole as StaffRole });
  const member = user.members.find((each) => each.organizationId === organizationId);
  const rights = member ? asMember(member, user.twoFactorEnabled) : null;
  return rights && { actor, ...rights };
}

/** SHA-256. */
export function hashOf(secret: string): Buffer<ArrayBuffer> {
  return createHash('sha256').update(secret).digest() as Buffer<ArrayBuffer>;
}
