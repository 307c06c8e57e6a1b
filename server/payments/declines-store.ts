/** Cards that were declined: what tells a thief who tries stolen ones from a customer who mistypes. */
import { timeNow } from '../kernel/clock.ts';
import type { Db } from '../kernel/database.ts';

const HOUR_MS = 3_600_000;

/** How many of an organization were within the last hour. */
export async function declinesWithinAnHour(db: Db, organizationId: string): Promise<number> {
  const declinedAt = { gt: new Date(timeNow().getTime() - HOUR_MS) };
  const { _sum } = await db.paymentAttempt.aggregate({ where: { organizationId, declinedAt }, _sum: { declines: true } });
  return _sum.declines ?? 0;
}

/** Whose it was; null: no attempt of ours has that payment. */
export async function countDecline(
  db: Db,
  provider: string,
  providerPayment: string,
): Promise<{ id: string; organizationId: string } | null> {
  const [row] = await db.$queryRaw<{ id: string; organizationId: string }[]>`
    UPDATE "payment_attempt" SET "declines" = "declines" + 1, "declinedAt" = ${timeNow()}
    WHERE "provider" = ${provider} AND "providerPayment" = ${providerPayment} RETURNING "id", "organizationId"`;
  return row ?? null;
}

/** Pages of an organization where somebody may go on trying. */
export async function openPages(db: Db, organizationId: string): Promise<string[]> {
  const rows = await db.paymentAttempt.findMany({
    where: { organizationId, kind: 'interactive', status: { in: ['created', 'pending'] } },
    select: { id: true },
  });
  return rows.map(({ id }) => id);
}
