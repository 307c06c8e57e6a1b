/** Rows of signed-in browsers. The secret of the cookie never gets here: only its SHA-256. */
import type { BrowserSession, Db } from '../../kernel/database.ts';
import { OWNER, type TokenWithOwner } from '../tokens/store.ts';

/** Those whose time is over are forgotten with it. */
export async function insertSession(
  db: Db,
  session: Pick<BrowserSession, 'id' | 'tokenId' | 'expiresAt'> & { hash: Uint8Array<ArrayBuffer> },
  now: Date,
): Promise<void> {
  await db.browserSession.deleteMany({ where: { expiresAt: { lte: now } } });
  await db.browserSession.create({ data: session });
}

export async function sessionById(db: Db, id: string): Promise<(BrowserSession & { token: TokenWithOwner }) | null> {
  return await db.browserSession.findUnique({ where: { id }, include: { token: { include: OWNER } } });
}

/** False when it was gone already. */
export async function deleteSession(db: Db, id: string): Promise<boolean> {
  return (await db.browserSession.deleteMany({ where: { id } })).count === 1;
}

/** Those of `ids` that still are, by the database's clock. */
export async function livingSessions(db: Db, ids: readonly string[]): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT "id" FROM "browser_session" WHERE "id" = ANY(${ids}) AND "expiresAt" > clock_timestamp()`;
  return rows.map(({ id }) => id);
}
