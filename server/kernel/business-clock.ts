/**
 * The time of business: when something is due, when it is paid. In development an organization may live by a clock that
 * stands until it is advanced; everybody else lives by the database's.
 */
import { timeNow } from './clock.ts';
import type { Db } from './database.ts';

/** Now, for that organization. */
export async function businessNow(db: Db, organizationId: string): Promise<Date> {
  return (await frozenAt(db, organizationId)) ?? timeNow();
}

async function frozenAt(db: Db, organizationId: string): Promise<Date | null> {
  const [row] = await db.$queryRaw<{ at: Date }[]>`
    SELECT c."frozenAt" AS "at" FROM "organization" o JOIN "test_clock" c ON c."id" = o."testClockId" WHERE o."id" = ${organizationId}`;
  return row?.at ?? null;
}

/** When something that really happened then was for that organization: on a clock that stands, it is where that stands. */
export async function businessTime(db: Db, organizationId: string, real: Date): Promise<Date> {
  const at = await frozenAt(db, organizationId);
  return at ?? real;
}
