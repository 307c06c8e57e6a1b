/** What is due by each organization's own clock. */
import type { Db, Subscription } from '../../kernel/database.ts';
import { stagesOfPolicy } from '../dunning/store.ts';

export interface Due {
  readonly id: string;
  readonly organizationId: string;
}

/** Subscriptions whose next event is due, the earliest first. `but`: those that could not go on in this round. */
export async function dueSubscriptions(db: Db, now: Date, limit: number, but: readonly string[]): Promise<Due[]> {
  return await db.$queryRaw`
    SELECT s."id", s."organizationId" FROM "subscription" s JOIN "organization" g ON g."id" = s."organizationId"
      LEFT JOIN "test_clock" c ON c."id" = g."testClockId"
    WHERE s."nextEventAt" <= COALESCE(c."frozenAt", ${now}) AND NOT s."id" = ANY (${[...but]}::text[])
    ORDER BY s."nextEventAt", s."id" LIMIT ${limit}`;
}

export type Claimed = Subscription & {
  /** Where its organization's clock stands; null: it lives by the database's. */
  readonly frozenAt: Date | null;
  /** Of its organization's policy for unpaid invoices; null: the built-in one holds. */
  readonly policyStages: unknown;
};

/** Holds it when nobody else does, with what its organization goes by; null: somebody is at it. */
export async function claimSubscription(db: Db, id: string): Promise<Claimed | null> {
  const [row] = await db.$queryRaw<Claimed[]>`
    SELECT s.*, c."frozenAt", ${stagesOfPolicy} AS "policyStages"
    FROM "subscription" s JOIN "organization" o ON o."id" = s."organizationId" LEFT JOIN "test_clock" c ON c."id" = o."testClockId"
    WHERE s."id" = ${id} FOR UPDATE OF s SKIP LOCKED`;
  return row ?? null;
}

export type Standing = Subscription & {
  /** Of the last period that was opened. */
  readonly lastEnd: Date | null;
  /** Of the invoice of its renewal. */
  readonly renewalStatus: string | null;
  readonly stagesDone: readonly string[];
};

/** All that says what happens next. Holds the invoice of its renewal; the caller holds the subscription. */
export async function standingOf(db: Db, id: string): Promise<Standing> {
  const [row] = await db.$queryRaw<Standing[]>`
    WITH s AS (SELECT * FROM "subscription" WHERE "id" = ${id}),
      i AS (SELECT "status" FROM "invoice" WHERE "id" = (SELECT "renewalInvoiceId" FROM s) FOR UPDATE)
    SELECT s.*, (SELECT "status" FROM i) AS "renewalStatus",
      (SELECT "endDate" FROM "subscription_period" WHERE "subscriptionId" = ${id} ORDER BY "index" DESC LIMIT 1) AS "lastEnd",
      ARRAY(SELECT "stage" FROM "dunning_event" WHERE "invoiceId" = s."renewalInvoiceId") AS "stagesDone"
    FROM s`;
  return row!;
}

/** False when it was done before. */
export async function markStage(
  db: Db,
  row: { invoiceId: string; stage: string; subscriptionId: string; outcome: string; at: Date },
): Promise<boolean> {
  const inserted = await db.$executeRaw`
    INSERT INTO "dunning_event" ("invoiceId", "stage", "subscriptionId", "outcome", "at")
    VALUES (${row.invoiceId}, ${row.stage}, ${row.subscriptionId}, ${row.outcome}, ${row.at}) ON CONFLICT DO NOTHING`;
  return inserted === 1;
}

export async function vpsStatus(db: Db, id: string): Promise<string | null> {
  return (await db.vps.findUnique({ where: { id }, select: { status: true } }))?.status ?? null;
}

/** Why an event could not happen; it stays due. */
export async function noteProblem(db: Db, id: string, problem: string): Promise<void> {
  await db.subscription.updateMany({ where: { id }, data: { problem } });
}

/** Whether money for it is on its way. */
export async function chargeUnderWay(db: Db, invoiceId: string): Promise<boolean> {
  const found = await db.paymentAttempt.findFirst({
    where: { invoiceId, status: { in: ['pending', 'processing'] } },
    select: { id: true },
  });
  return found !== null;
}
