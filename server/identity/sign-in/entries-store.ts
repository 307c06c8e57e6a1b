/**
 * What the sign-in library keeps for a time: sessions, challenges, links that wait to be opened. Found by the SHA-256 of its
 * key and sealed, so that a copy of the database is nobody's session.
 */
import { timeIn, timeNow } from '../../kernel/clock.ts';
import { WITH_MEMBERS } from '../users/store.ts';
import type { Db } from '../../kernel/database.ts';
import type { SecretBox } from '../../kernel/secrets.ts';
import { hashOf } from '../tokens/authenticate.ts';

/** The library's own list of a user's sessions: read and written whole, it loses one of two that come at once. Ours is a column. */
const LIST = /^active-sessions-/;

interface SessionValue {
  readonly session?: { readonly userId?: string; readonly ipAddress?: string; readonly userAgent?: string };
}

export interface SessionRow {
  /** SHA-256 of its token in hexadecimal. */
  readonly id: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly secondFactorAt: Date | null;
  readonly address: string;
  readonly agent: string;
}

const placeOf = (keyHash: Uint8Array) => ({ table: 'auth_entry', column: 'value', id: Buffer.from(keyHash).toString('hex') });
const bytesOf = (id: string): Buffer<ArrayBuffer> => Buffer.from(id, 'hex');

/** What the library takes for its secondary storage; `tx` is asked for at each call. */
export function entriesOf(secrets: SecretBox, tx: () => Db) {
  const read = async (key: string): Promise<string | null> => {
    const row = await tx().authEntry.findUnique({ where: { keyHash: hashOf(key) } });
    return row && row.expiresAt > timeNow() ? secrets.open(placeOf(row.keyHash), row.value) : null;
  };
  return {
    get: async (key: string) => (LIST.test(key) ? null : await read(key)),
    getAndDelete: async (key: string) => {
      const rows = await tx().$queryRaw<{ value: string; expiresAt: Date }[]>`
        DELETE FROM "auth_entry" WHERE "keyHash" = ${hashOf(key)} RETURNING "value", "expiresAt"`;
      const row = rows[0];
      return row && row.expiresAt > timeNow() ? secrets.open(placeOf(hashOf(key)), row.value) : null;
    },
    set: async (key: string, value: string, seconds?: number) => {
      if (LIST.test(key)) return;
      const keyHash = hashOf(key);
      const userId = userOf(value);
      const entry = { value: secrets.seal(placeOf(keyHash), value), expiresAt: timeIn((seconds ?? 86_400) * 1000) };
      await tx().authEntry.upsert({ where: { keyHash }, create: { keyHash, userId, ...entry }, update: entry });
    },
    delete: async (key: string) => {
      if (!LIST.test(key)) await tx().authEntry.deleteMany({ where: { keyHash: hashOf(key) } });
    },
    /** Its limits are counted by ours. */
    increment: async (): Promise<number> => {
      throw new Error('The sign-in library counts nothing here.');
    },
  };
}

function userOf(value: string): string | null {
  if (!value.startsWith('{')) return null;
  return (JSON.parse(value) as SessionValue).session?.userId ?? null;
}

/** A user's sessions, the newest first. */
export async function sessionsOfUser(db: Db, secrets: SecretBox, userId: string): Promise<SessionRow[]> {
  const rows = await db.authEntry.findMany({ where: { userId, expiresAt: { gt: timeNow() } }, orderBy: { createdAt: 'desc' } });
  return rows.map(({ keyHash, value, createdAt, expiresAt, secondFactorAt }) => {
    const { session } = JSON.parse(secrets.open(placeOf(keyHash), value)) as SessionValue;
    const id = Buffer.from(keyHash).toString('hex');
    return { id, createdAt, expiresAt, secondFactorAt, address: session?.ipAddress ?? '', agent: session?.userAgent ?? '' };
  });
}

/** The session of a token with its user and what they are a member of; null when it has ended. */
export async function sessionWithUser(db: Db, token: string, now: Date) {
  const row = await db.authEntry.findUnique({
    where: { keyHash: hashOf(token) },
    include: { user: { include: WITH_MEMBERS } },
  });
  return row?.user && row.expiresAt > now ? { ...row, user: row.user, id: Buffer.from(row.keyHash).toString('hex') } : null;
}

/** How many were ended: one, of this user, or all but one. */
export async function endSessions(db: Db, userId: string, which: { only: string } | { allBut: string | null }): Promise<number> {
  const rule =
    'only' in which ? { keyHash: bytesOf(which.only) } : which.allBut === null ? {} : { NOT: { keyHash: bytesOf(which.allBut) } };
  return (await db.authEntry.deleteMany({ where: { userId, ...rule } })).count;
}

/** Those of `ids` that still are, with their users. */
export async function sessionsWithUsers(db: Db, ids: readonly string[], now: Date) {
  const rows = await db.authEntry.findMany({
    where: { keyHash: { in: ids.map(bytesOf) }, expiresAt: { gt: now }, userId: { not: null } },
    include: { user: { include: WITH_MEMBERS } },
  });
  return rows.flatMap((row) => (row.user ? [{ ...row, user: row.user, id: Buffer.from(row.keyHash).toString('hex') }] : []));
}

export async function setSecondFactorAt(db: Db, token: string, at: Date): Promise<void> {
  await db.authEntry.updateMany({ where: { keyHash: hashOf(token) }, data: { secondFactorAt: at } });
}

export async function chooseOrganization(db: Db, sessionId: string, organizationId: string | null): Promise<void> {
  await db.authEntry.updateMany({ where: { keyHash: bytesOf(sessionId) }, data: { organizationId } });
}

/** Forgets what has expired, and codes that cannot be tried again. */
export async function pruneEntries(db: Db): Promise<number> {
  const { count } = await db.authEntry.deleteMany({ where: { expiresAt: { lt: timeNow() } } });
  await db.usedTotp.deleteMany({ where: { usedAt: { lt: timeIn(-300_000) } } });
  await db.deviceLogin.deleteMany({ where: { tokenId: null, expiresAt: { lt: timeIn(-3_600_000) } } });
  return count;
}

/** As the library encrypted it; null without a second factor. */
export async function sealedTotpSecret(db: Db, userId: string): Promise<string | null> {
  return (await db.twoFactor.findUnique({ where: { userId } }))?.secret ?? null;
}

/** False when this step's code was used before. Two at once: the second waits for the first. */
export async function useTotpStep(db: Db, userId: string, step: bigint): Promise<boolean> {
  return (await db.$executeRaw`INSERT INTO "used_totp" ("userId", "step") VALUES (${userId}, ${step}) ON CONFLICT DO NOTHING`) === 1;
}

/** Whether this place is new for one who has signed in elsewhere before. */
export async function seePlace(db: Db, userId: string, place: string): Promise<boolean> {
  const others = await db.signInPlace.count({ where: { userId } });
  const rows = await db.$queryRaw<{ isNew: boolean }[]>`
    INSERT INTO "sign_in_place" ("userId", "placeHash") VALUES (${userId}, ${hashOf(`${userId}|${place}`)})
    ON CONFLICT ("userId", "placeHash") DO UPDATE SET "lastAt" = ${timeNow()} RETURNING (xmax = 0) AS "isNew"`;
  return others > 0 && rows[0]!.isNew;
}
