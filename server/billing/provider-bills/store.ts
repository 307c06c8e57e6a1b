/** What providers charge, and what Plinth believes it has there. */
import { randomUUID } from 'node:crypto';
import type { Db } from '../../kernel/database.ts';

export interface ChargeLine {
  /** Null: estimated. */
  readonly externalId: string | null;
  readonly accountId: string;
  readonly objectId: string | null;
  readonly description: string;
  readonly amount: bigint;
  readonly currency: string;
}

/** The same lines again change nothing but what they say. `whole`: those of the month that are not among them go. */
export async function putCharges(
  db: Db,
  accountId: string,
  month: string,
  lines: readonly (Omit<ChargeLine, 'accountId'> & { readonly externalId: string })[],
  { now, whole }: { readonly now: Date; readonly whole: boolean },
): Promise<void> {
  const kept = lines.map(({ externalId }) => externalId);
  if (whole) await db.providerCharge.deleteMany({ where: { accountId, month, externalId: { notIn: kept } } });
  for (const { externalId, ...line } of lines)
    await db.providerCharge.upsert({
      where: { accountId_externalId: { accountId, externalId } },
      create: { id: randomUUID(), accountId, externalId, month, ...line, importedAt: now },
      update: { month, ...line, importedAt: now },
    });
}

export async function chargesOf(db: Db, month: string, accountId: string | undefined): Promise<ChargeLine[]> {
  return await db.providerCharge.findMany({
    where: { month, ...(accountId === undefined ? {} : { accountId }) },
    orderBy: [{ accountId: 'asc' }, { externalId: 'asc' }],
  });
}

/** Something at a provider that costs something, and from when to when. */
export interface Held {
  readonly kind: 'vps' | 'snapshot' | 'orphan';
  readonly accountId: string;
  readonly objectId: string | null;
  readonly vpsId: string | null;
  readonly label: string;
  readonly plan: string | null;
  readonly region: string | null;
  readonly backups: boolean;
  /** A month, as it was seen; null: by its plan. */
  readonly monthlyCost: string | null;
  readonly currency: string | null;
  readonly from: Date;
  readonly to: Date | null;
}

/** All that was there at some time between these. */
export async function heldBetween(db: Db, from: Date, to: Date): Promise<Held[]> {
  return await db.$queryRaw`
    SELECT 'vps' AS "kind", v."accountId", v."instanceId" AS "objectId", v."id" AS "vpsId", v."label", v."plan", v."region",
      COALESCE((v."spec"->'compute'->>'backups')::boolean, false) AS "backups", NULL AS "monthlyCost", NULL AS "currency",
      v."createdAt" AS "from", v."deletedAt" AS "to"
    FROM "vps" v WHERE v."instanceId" IS NOT NULL AND v."createdAt" < ${to} AND (v."deletedAt" IS NULL OR v."deletedAt" > ${from})
    UNION ALL
    SELECT 'snapshot', v."accountId", s."providerSnapshotId", v."id", s."name", NULL, NULL, false, s."monthlyCost", s."currency", s."createdAt", s."deletedAt"
    FROM "snapshot" s JOIN "vps" v ON v."id" = s."vpsId"
    WHERE s."providerSnapshotId" IS NOT NULL AND s."createdAt" < ${to} AND (s."deletedAt" IS NULL OR s."deletedAt" > ${from})
    UNION ALL
    SELECT 'orphan', n."accountId", n."objectId", n."vpsId", n."label", NULL, NULL, false, n."monthlyCost", n."currency",
      COALESCE(n."objectCreatedAt", n."firstSeenAt"), n."goneAt"
    FROM "inventory_item" n WHERE n."firstSeenAt" < ${to} AND (n."goneAt" IS NULL OR n."goneAt" > ${from})`;
}

/** What each server's subscription brings between two days: segments, by the days of theirs that lie between. */
export interface Earned {
  readonly vpsId: string | null;
  readonly productId: string;
  readonly productName: string;
  readonly amount: bigint;
  readonly currency: string;
  /** Days of the segment between the two, and of its whole period. */
  readonly days: number;
  readonly of: number;
}
export async function earnedBetween(db: Db, from: Date, to: Date): Promise<Earned[]> {
  return await db.$queryRaw`
    SELECT s."vpsId", g."productId", p."name" AS "productName", g."amount", s."currency",
      (LEAST(g."toDate", ${to}::date) - GREATEST(g."fromDate", ${from}::date))::int AS "days", (d."endDate" - d."startDate")::int AS "of"
    FROM "subscription_segment" g JOIN "subscription_period" d ON d."subscriptionId" = g."subscriptionId" AND d."index" = g."periodIndex"
      JOIN "subscription" s ON s."id" = g."subscriptionId" JOIN "product" p ON p."id" = g."productId"
    WHERE g."fromDate" < ${to}::date AND g."toDate" > ${from}::date`;
}
