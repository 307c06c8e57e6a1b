/** What happened to money and subscriptions, by month. Months are those of UTC. */
import type { Db } from '../../kernel/database.ts';

export interface Revenue {
  readonly month: string;
  readonly currency: string;
  readonly invoiced: bigint;
  readonly tax: bigint;
  readonly credited: bigint;
  readonly received: bigint;
  readonly refunded: bigint;
}
export async function revenueBetween(db: Db, from: Date, to: Date): Promise<Revenue[]> {
  return await db.$queryRaw`
    SELECT "month", "currency", sum("invoiced")::bigint AS "invoiced", sum("tax")::bigint AS "tax", sum("credited")::bigint AS "credited",
      sum("received")::bigint AS "received", sum("refunded")::bigint AS "refunded"
    FROM (
      SELECT to_char("issuedAt" AT TIME ZONE 'UTC', 'YYYY-MM') AS "month", "currency", "total" - "tax" AS "invoiced", "tax", 0 AS "credited",
        0 AS "received", 0 AS "refunded"
      FROM "invoice" WHERE "issuedAt" >= ${from} AND "issuedAt" < ${to} AND "status" <> 'void' AND "kind" NOT IN ('topup', 'debt')
      UNION ALL
      SELECT to_char("issuedAt" AT TIME ZONE 'UTC', 'YYYY-MM'), "currency", 0, 0, "net", 0, 0
      FROM "credit_note" WHERE "issuedAt" >= ${from} AND "issuedAt" < ${to}
      UNION ALL
      SELECT to_char("receivedAt" AT TIME ZONE 'UTC', 'YYYY-MM'), "currency", 0, 0, 0, "amount", 0
      FROM "payment" WHERE "receivedAt" >= ${from} AND "receivedAt" < ${to}
      UNION ALL
      SELECT to_char("createdAt" AT TIME ZONE 'UTC', 'YYYY-MM'), "currency", 0, 0, 0, 0, "amount"
      FROM "refund" WHERE "createdAt" >= ${from} AND "createdAt" < ${to} AND "status" <> 'failed'
    ) m GROUP BY "month", "currency" ORDER BY "month", "currency"`;
}

export interface Churn {
  readonly month: string;
  readonly begun: number;
  readonly ended: number;
  readonly atStart: number;
  readonly atEnd: number;
}
/** `months`: the first day of each. */
export async function churnOf(db: Db, months: readonly Date[]): Promise<Churn[]> {
  return await db.$queryRaw`
    SELECT to_char(m, 'YYYY-MM') AS "month",
      count(*) FILTER (WHERE b."at" >= m AND b."at" < m + interval '1 month')::int AS "begun",
      count(*) FILTER (WHERE s."endedAt" >= m AND s."endedAt" < m + interval '1 month')::int AS "ended",
      count(*) FILTER (WHERE b."at" < m AND (s."endedAt" IS NULL OR s."endedAt" >= m))::int AS "atStart",
      count(*) FILTER (WHERE b."at" < m + interval '1 month' AND (s."endedAt" IS NULL OR s."endedAt" >= m + interval '1 month'))::int AS "atEnd"
    FROM unnest(${[...months]}::timestamptz[]) AS m
      CROSS JOIN "subscription" s JOIN "subscription_event" b ON b."subscriptionId" = s."id" AND b."kind" = 'begun'
    GROUP BY m ORDER BY m`;
}

export interface Unpaid {
  readonly organization: string;
  readonly number: string;
  readonly currency: string;
  readonly due: bigint;
  readonly dueAt: Date;
  readonly daysLate: number;
}
export async function unpaidNow(db: Db, now: Date): Promise<Unpaid[]> {
  return await db.$queryRaw`
    SELECT o."name" AS "organization", i."number", i."currency", i."total" - i."amountPaid" - i."amountCredited" AS "due", i."dueAt",
      GREATEST(0, floor(extract(epoch FROM COALESCE(c."frozenAt", ${now}) - i."dueAt") / 86400))::int AS "daysLate"
    FROM "invoice" i JOIN "organization" o ON o."id" = i."organizationId" LEFT JOIN "test_clock" c ON c."id" = o."testClockId"
    WHERE i."status" IN ('open', 'uncollectible') ORDER BY i."dueAt", i."number"`;
}
