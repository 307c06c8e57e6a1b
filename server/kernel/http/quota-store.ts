/**
 * What of an organization's limits the doors themselves ask: how large a body may be, and how many streams are open, in all
 * processes. Each open stream is a row of its own that ends by itself, so a process that dies leaves no stream behind.
 */
import type { QuotaKind } from '../../../contract/organization.ts';
import type { Database, Db } from '../database.ts';
import { inTransaction } from '../database.ts';
import { besideWall } from '../wall/standing.ts';

/** Of Plinth's own; others' lock keys are other numbers. */
const STREAMS_LOCK = 7_152_022;
const placeOf = (organizationId: string): string => `stream/${organizationId}/`;

/** null: no limit. */
export async function quotaAt(db: Db, organizationId: string, kind: QuotaKind): Promise<number | null> {
  return (await db.quota.findUnique({ where: { organizationId_kind: { organizationId, kind } } }))?.most ?? null;
}

export async function openStreams(db: Db, organizationId: string): Promise<number> {
  // Nobody's rows: limits are on the other side of the wall.
  const [row] = await besideWall(
    async () =>
      await db.$queryRaw<{ open: number }[]>`
      SELECT count(*)::int AS open FROM "rate_limit" WHERE starts_with("key", ${placeOf(organizationId)}) AND "resetAt" > clock_timestamp()`,
  );
  return row!.open;
}

/** One stream more, unless there are as many as the organization may have: then how many, and nothing is taken. */
export async function takeStream(
  db: Database,
  organizationId: string,
  id: string,
  ms: number,
): Promise<{ key: string } | { most: number }> {
  const key = placeOf(organizationId) + id;
  return await inTransaction(db, async (tx) => {
    const most = await quotaAt(tx, organizationId, 'streams');
    if (most !== null) {
      await tx.$queryRaw`SELECT 1 FROM (SELECT pg_advisory_xact_lock(${STREAMS_LOCK}, hashtext(${organizationId}))) AS l`;
      if ((await openStreams(tx, organizationId)) >= most) return { most };
    }
    await tx.$executeRaw`INSERT INTO "rate_limit" ("key", "used", "resetAt")
      VALUES (${key}, 1, clock_timestamp() + ${ms}::float8 * interval '1 ms')`;
    return { key };
  });
}

/** They are open for so long again. */
export async function keepStreams(db: Db, keys: readonly string[], ms: number): Promise<void> {
  await db.$executeRaw`INSERT INTO "rate_limit" AS r ("key", "used", "resetAt")
    SELECT key, 1, clock_timestamp() + ${ms}::float8 * interval '1 ms' FROM unnest(${[...keys]}::text[]) AS key
    ON CONFLICT ("key") DO UPDATE SET "resetAt" = excluded."resetAt"`;
}

export async function endStreams(db: Db, keys: readonly string[]): Promise<void> {
  await db.$executeRaw`DELETE FROM "rate_limit" WHERE "key" = ANY(${[...keys]}::text[])`;
}
