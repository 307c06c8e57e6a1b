/** What each key has used of its window, by the database's clock, for all processes. */
import type { Db } from '../database.ts';

export interface Used {
  /** With what was taken now. */
  readonly used: number;
  /** Until the window ends, in ms. */
  readonly resetMs: number;
}

/** Takes `points` in the key's present window, or begins one of `windowMs`. */
export async function takePoints(db: Db, key: string, points: number, windowMs: number): Promise<Used> {
  const rows = await db.$queryRaw<{ used: number; resetMs: number }[]>`
    INSERT INTO "rate_limit" AS r ("key", "used", "resetAt")
    VALUES (${key}, ${points}::int, clock_timestamp() + ${windowMs}::float8 * interval '1 ms')
    ON CONFLICT ("key") DO UPDATE SET
      "used" = CASE WHEN r."resetAt" <= clock_timestamp() THEN excluded."used" ELSE LEAST(r."used" + excluded."used", 1000000000) END,
      "resetAt" = CASE WHEN r."resetAt" <= clock_timestamp() THEN excluded."resetAt" ELSE r."resetAt" END
    RETURNING r."used", (extract(epoch FROM r."resetAt" - clock_timestamp()) * 1000)::float8 AS "resetMs"`;
  return rows[0]!;
}

/** Forgets windows that are over. */
export async function pruneRateLimits(db: Db): Promise<number> {
  return await db.$executeRaw`DELETE FROM "rate_limit" WHERE "resetAt" < clock_timestamp()`;
}
