/** What is found where sales, servers and money differ. */
import { randomUUID } from 'node:crypto';
import type { BusinessDrift } from '../../../prisma/generated/client.ts';
import type { Db } from '../../kernel/database.ts';

export type { BusinessDrift };
export type Finding = Omit<BusinessDrift, 'id' | 'foundAt' | 'lastSeenAt' | 'resolvedAt'>;

export async function listDrifts(db: Db, kind: string | undefined, resolved: boolean): Promise<BusinessDrift[]> {
  return await db.businessDrift.findMany({
    where: { ...(kind === undefined ? {} : { kind }), ...(resolved ? {} : { resolvedAt: null }) },
    orderBy: [{ foundAt: 'desc' }, { id: 'asc' }],
    take: 1_000,
  });
}

/** What is found now, in the place of what was. Answers what is new and what is gone. */
export async function putFindings(
  tx: Db,
  findings: readonly Finding[],
  now: Date,
): Promise<{ readonly found: readonly Finding[]; readonly gone: readonly Pick<BusinessDrift, 'kind' | 'subject'>[] }> {
  const open = await tx.businessDrift.findMany({ where: { resolvedAt: null } });
  const key = ({ kind, subject }: Pick<BusinessDrift, 'kind' | 'subject'>): string => `${kind}/${subject}`;
  const known = new Map(open.map((row) => [key(row), row]));
  const found: Finding[] = [];
  for (const each of findings) {
    const former = known.get(key(each));
    known.delete(key(each));
    if (former) await tx.businessDrift.update({ where: { id: former.id }, data: { ...each, lastSeenAt: now } });
    else {
      found.push(each);
      await tx.businessDrift.create({ data: { id: randomUUID(), ...each, foundAt: now, lastSeenAt: now } });
    }
  }
  const gone = [...known.values()];
  await tx.businessDrift.updateMany({ where: { id: { in: gone.map(({ id }) => id) } }, data: { resolvedAt: now } });
  return { found, gone };
}

/** A row of any of the questions below. */
export interface Row {
  readonly subscriptionId: string | null;
  readonly vpsId: string | null;
  readonly label: string | null;
  readonly organizationId: string;
  readonly productId: string | null;
  readonly accountId: string | null;
  readonly plan: string | null;
  readonly amount: bigint | null;
  readonly interval: string | null;
  readonly currency: string | null;
  /** What differs, for people. */
  readonly detail: string | null;
}

const LIVING = ['active', 'past_due', 'cancelling', 'suspended'];

export async function paidWithoutServer(db: Db): Promise<Row[]> {
  return await db.$queryRaw`
    SELECT s."id" AS "subscriptionId", s."vpsId", v."label", s."organizationId", s."productId", v."accountId", v."plan", s."amount",
      s."interval", s."currency", v."status" AS "detail"
    FROM "subscription" s JOIN "product" p ON p."id" = s."productId" LEFT JOIN "vps" v ON v."id" = s."vpsId"
    WHERE s."status" = ANY (${LIVING}::text[]) AND p."module" = 'automatic' AND (v."id" IS NULL OR v."status" = 'terminated')`;
}

export async function serversWithoutSubscription(db: Db): Promise<Row[]> {
  return await db.$queryRaw`
    SELECT NULL AS "subscriptionId", v."id" AS "vpsId", v."label", v."organizationId", NULL AS "productId", v."accountId", v."plan",
      NULL::bigint AS "amount", NULL AS "interval", NULL AS "currency", v."status" AS "detail"
    FROM "vps" v JOIN "organization" o ON o."id" = v."organizationId"
    WHERE NOT o."internal" AND v."status" NOT IN ('terminated', 'terminating', 'destroying', 'leaked')
      AND NOT EXISTS (SELECT 1 FROM "subscription" s WHERE s."vpsId" = v."id" AND s."status" <> 'ended')
      AND NOT EXISTS (SELECT 1 FROM "subscription" s WHERE s."id" = v."subscriptionId" AND s."status" = 'ended')`;
}

/** Living subscriptions with a server that stands still, and what the product would be there. */
export async function soldServers(db: Db): Promise<(Row & { readonly soldPlans: string[] })[]> {
  return await db.$queryRaw`
    SELECT s."id" AS "subscriptionId", v."id" AS "vpsId", v."label", s."organizationId", s."productId", v."accountId", v."plan", s."amount",
      s."interval", s."currency", NULL AS "detail",
      ARRAY (SELECT c."plan" FROM "product_candidate" c WHERE c."productId" = s."productId" AND c."accountId" = v."accountId") AS "soldPlans"
    FROM "subscription" s JOIN "vps" v ON v."id" = s."vpsId"
    WHERE s."status" = ANY (${LIVING}::text[]) AND v."status" IN ('active', 'suspended')
      AND NOT EXISTS (SELECT 1 FROM "operation" o WHERE o."vpsId" = v."id" AND o."status" IN ('queued', 'running'))
      AND NOT EXISTS (SELECT 1 FROM "subscription_change" x WHERE x."subscriptionId" = s."id" AND x."status" = 'open')`;
}

export async function suspendedButRunning(db: Db): Promise<Row[]> {
  return await db.$queryRaw`
    SELECT s."id" AS "subscriptionId", v."id" AS "vpsId", v."label", v."organizationId", s."productId", v."accountId", v."plan", s."amount",
      s."interval", s."currency", v."suspendReason" AS "detail"
    FROM "vps" v LEFT JOIN "subscription" s ON s."vpsId" = v."id" AND s."status" <> 'ended'
    WHERE v."status" NOT IN ('terminated', 'destroying', 'terminating') AND v."powerState" = 'running'
      AND (v."status" = 'suspended' OR s."status" = 'suspended'
        OR EXISTS (SELECT 1 FROM "vps_suspension" r WHERE r."vpsId" = v."id" AND r."liftedAt" IS NULL))
      AND NOT EXISTS (SELECT 1 FROM "operation" o WHERE o."vpsId" = v."id" AND o."status" IN ('queued', 'running'))`;
}

/** Past the grace and a day by their own clock, and nobody holds the invoice or has its money on the way. */
export async function runningButUnpaid(db: Db, now: Date): Promise<Row[]> {
  return await db.$queryRaw`
    SELECT s."id" AS "subscriptionId", v."id" AS "vpsId", v."label", s."organizationId", s."productId", v."accountId", v."plan", s."amount",
      s."interval", s."currency", i."number" AS "detail"
    FROM "invoice" i JOIN "subscription" s ON s."id" = i."subscriptionId" JOIN "organization" g ON g."id" = s."organizationId"
      LEFT JOIN "test_clock" c ON c."id" = g."testClockId" LEFT JOIN "vps" v ON v."id" = s."vpsId"
    WHERE i."status" = 'open' AND i."kind" IN ('renewal', 'debt') AND s."status" IN ('active', 'past_due', 'cancelling')
      AND i."dueAt" < COALESCE(c."frozenAt", ${now}) - interval '4 days'
      AND (i."collectionHoldUntil" IS NULL OR i."collectionHoldUntil" < COALESCE(c."frozenAt", ${now}))
      AND NOT EXISTS (SELECT 1 FROM "payment_attempt" a WHERE a."invoiceId" = i."id" AND a."status" = 'processing')`;
}

/** Ended here and not at the provider, or seen there after its end was proven. */
export async function endedButBilled(
  db: Db,
): Promise<(Row & { readonly seenCost: string | null; readonly seenCurrency: string | null })[]> {
  return await db.$queryRaw`
    SELECT s."id" AS "subscriptionId", v."id" AS "vpsId", v."label", v."organizationId", s."productId", v."accountId", v."plan", s."amount",
      s."interval", s."currency", v."status" AS "detail", n."monthlyCost" AS "seenCost", n."currency" AS "seenCurrency"
    FROM "vps" v JOIN "subscription" s ON s."id" = v."subscriptionId"
      LEFT JOIN "inventory_item" n ON n."vpsId" = v."id" AND n."goneAt" IS NULL AND n."kind" = 'server'
    WHERE s."status" = 'ended' AND (v."status" <> 'terminated' OR n."id" IS NOT NULL)`;
}

/** What a month of a plan costs, by `account/plan`, as last seen. */
export async function costsOfPlans(db: Db): Promise<Map<string, { amount: bigint; currency: string }>> {
  const rows = await db.$queryRaw<{ accountId: string; plan: string; amount: bigint; currency: string }[]>`
    SELECT DISTINCT ON ("accountId", "plan") "accountId", "plan", "costAmount" AS "amount", "costCurrency" AS "currency"
    FROM "product_candidate" WHERE "accountId" IS NOT NULL AND "costAmount" IS NOT NULL AND "costCurrency" IS NOT NULL
    ORDER BY "accountId", "plan", "costSeenAt" DESC`;
  return new Map(rows.map(({ accountId, plan, amount, currency }) => [`${accountId}/${plan}`, { amount, currency }]));
}

/** By `base/quote`. */
export async function allRates(db: Db): Promise<Map<string, string>> {
  const rows = await db.exchangeRate.findMany();
  return new Map(rows.map(({ base, quote, rate }) => [`${base}/${quote}`, rate.toFixed()]));
}
