/** What is measured of products, and what was used. */
import type { ProductMeter, UsageRecord } from '../../../prisma/generated/client.ts';
import type { Db } from '../../kernel/database.ts';

export type { ProductMeter, UsageRecord };

export async function metersOf(db: Db, productId: string, currency?: string): Promise<ProductMeter[]> {
  return await db.productMeter.findMany({
    where: { productId, ...(currency === undefined ? {} : { currency }) },
    orderBy: [{ meter: 'asc' }, { currency: 'asc' }],
  });
}

export type NewMeter = Pick<ProductMeter, 'meter' | 'currency' | 'cap'> & { readonly unitPrice: string; readonly included: string };

export async function replaceMeters(db: Db, productId: string, meters: readonly NewMeter[]): Promise<void> {
  await db.productMeter.deleteMany({ where: { productId } });
  await db.productMeter.createMany({ data: meters.map((each) => ({ ...each, productId })) });
}

/** Of a period that is not rated yet; what is told later takes the place of what was told before. */
export async function putUsage(
  db: Db,
  subscriptionId: string,
  meter: string,
  periodIndex: number,
  quantity: string,
  at: Date,
): Promise<void> {
  await db.$executeRaw`
    INSERT INTO "usage_record" ("subscriptionId", "meter", "periodIndex", "quantity", "measuredAt")
    VALUES (${subscriptionId}, ${meter}, ${periodIndex}, ${quantity}::numeric, ${at})
    ON CONFLICT ("subscriptionId", "meter", "periodIndex") DO UPDATE SET "quantity" = EXCLUDED."quantity", "measuredAt" = EXCLUDED."measuredAt"
    WHERE "usage_record"."ratedAt" IS NULL`;
}

export async function usageOf(db: Db, subscriptionId: string): Promise<UsageRecord[]> {
  return await db.usageRecord.findMany({ where: { subscriptionId }, orderBy: [{ periodIndex: 'asc' }, { meter: 'asc' }] });
}

export async function recorded(db: Db, subscriptionId: string, meter: string, periodIndex: number): Promise<string> {
  const row = await db.usageRecord.findUnique({ where: { subscriptionId_meter_periodIndex: { subscriptionId, meter, periodIndex } } });
  return row?.quantity.toFixed(4) ?? '0';
}

export async function markRated(
  db: Db,
  subscriptionId: string,
  meter: string,
  periodIndex: number,
  rated: { readonly amount: bigint; readonly ratedAt: Date; readonly invoiceId: string | null },
): Promise<void> {
  await db.usageRecord.update({ where: { subscriptionId_meter_periodIndex: { subscriptionId, meter, periodIndex } }, data: rated });
}

/** GB of kept snapshots, each by the share of the time in which it was there. */
export async function keptGb(db: Db, vpsId: string, from: Date, to: Date): Promise<string> {
  const [row] = await db.$queryRaw<{ gb: string }[]>`
    SELECT round(COALESCE(sum(COALESCE("sizeGb", 0)::numeric
      * extract(epoch FROM LEAST(COALESCE("deletedAt", ${to}), ${to}) - GREATEST("createdAt", ${from}))::numeric
      / extract(epoch FROM ${to}::timestamptz - ${from}::timestamptz)::numeric), 0), 4)::text AS "gb"
    FROM "snapshot" WHERE "vpsId" = ${vpsId} AND "createdAt" < ${to} AND ("deletedAt" IS NULL OR "deletedAt" > ${from})`;
  return row!.gb;
}

/** Subscriptions with a server whose traffic is measured, and the period that runs. */
export async function measuredNow(
  db: Db,
): Promise<{ id: string; vpsId: string; organizationId: string; index: number; startDate: Date }[]> {
  return await db.$queryRaw`
    SELECT s."id", s."vpsId", s."organizationId", d."index", d."startDate" FROM "subscription" s JOIN "vps" v ON v."id" = s."vpsId"
      JOIN LATERAL (SELECT "index", "startDate" FROM "subscription_period" WHERE "subscriptionId" = s."id" ORDER BY "index" DESC LIMIT 1) d ON true
    WHERE s."status" IN ('active', 'past_due', 'cancelling', 'suspended') AND v."instanceId" IS NOT NULL AND v."status" <> 'terminated'
      AND EXISTS (SELECT 1 FROM "product_meter" m WHERE m."productId" = s."productId" AND m."meter" = 'traffic' AND m."currency" = s."currency")`;
}
