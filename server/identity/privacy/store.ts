/** Reads, erases and forgets by the sheet. Table and column names are the sheet's own, never a caller's. */
import { timeIn, timeNow } from '../../kernel/clock.ts';
import type { Db, Json } from '../../kernel/database.ts';
import { type Kept, SHEET } from './sheet.ts';

export interface Person {
  readonly id: string;
  readonly email: string;
  readonly name: string;
}

const DAY_MS = 86_400_000;
const value = ({ id, email, name }: Person): [string, string, string] => [id, email, name];
/** All three are known to the statement, whichever it needs. */
const known = `$1::text IS NOT NULL AND $2::text IS NOT NULL AND $3::text IS NOT NULL`;

/** By table: the rows about a person, secrets left out, and whether there were more than `limit`. */
export async function rowsAbout(db: Db, person: Person, limit: number): Promise<Record<string, { rows: Json[]; complete: boolean }>> {
  const all: Record<string, { rows: Json[]; complete: boolean }> = {};
  for (const { table, of, hidden = [] } of SHEET) {
    const shown = `to_jsonb(t)${hidden.map((column) => ` - '${column}'`).join('')}`;
    const sql = `SELECT ${shown} AS "row" FROM "${table}" t WHERE ${known} AND ${of} LIMIT ${limit + 1}`;
    const rows = await db.$queryRawUnsafe<{ row: Json }[]>(sql, ...value(person));
    all[table] = { rows: rows.slice(0, limit).map(({ row }) => row), complete: rows.length <= limit };
  }
  return all;
}

/** Answers by table how many rows were deleted or changed. The person's own row and the trail are the caller's. */
export async function eraseRows(tx: Db, person: Person, pseudonym: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const kept of SHEET) {
    const sql = erasing(kept);
    if (sql !== null)
      counts[kept.table] = await tx.$executeRawUnsafe(sql, ...value(person), ...(kept.erased === 'deleted' ? [] : [pseudonym]));
  }
  return counts;
}

function erasing({ table, of, erased }: Kept): string | null {
  if (erased === 'stays') return null;
  if (erased === 'deleted') return `DELETE FROM "${table}" t WHERE ${known} AND ${of}`;
  const sets = [
    ...(erased.named ?? []).map((column) => `"${column}" = $4`),
    ...(erased.emptied ?? []).map((column) => `"${column}" = NULL`),
  ];
  return `UPDATE "${table}" t SET ${sets.join(', ')} WHERE ${known} AND $4::text IS NOT NULL AND ${of}`;
}

/** What is left of a person says nothing of who it was, and lets nobody in. */
export async function blankUser(tx: Db, id: string, pseudonym: string): Promise<void> {
  await tx.user.update({
    where: { id },
    data: {
      email: `${pseudonym}@erased.invalid`,
      name: pseudonym,
      handle: pseudonym,
      image: null,
      emailVerified: false,
      staffRole: null,
      twoFactorEnabled: false,
      disabledAt: timeNow(),
      disabledReason: 'erased',
    },
  });
}

/** Organizations that would be left without an owner. */
export async function ownedAlone(tx: Db, userId: string): Promise<string[]> {
  const rows = await tx.$queryRaw<{ name: string }[]>`
    SELECT g."name" FROM "member" m JOIN "organization" g ON g."id" = m."organizationId"
    WHERE m."userId" = ${userId} AND m."role" = 'owner' AND g."status" <> 'closed' AND NOT EXISTS (
      SELECT 1 FROM "member" o WHERE o."organizationId" = g."id" AND o."role" = 'owner' AND o."userId" <> ${userId})
    ORDER BY g."name"`;
  return rows.map(({ name }) => name);
}

/** Forgets what is older than the sheet keeps it. Answers by table how many rows. */
export async function forgetOld(db: Db): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { table, retention } of SHEET) {
    if (!retention) continue;
    const sql = `DELETE FROM "${table}" WHERE "${retention.after}" < $1`;
    counts[table] = await db.$executeRawUnsafe(sql, timeIn(-retention.days * DAY_MS));
  }
  return counts;
}
