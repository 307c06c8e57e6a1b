/** What is due by each organization's own clock. */
import type { Db } from '../../kernel/database.ts';

/** Subscriptions whose next event is due, the earliest first. `but`: those that could not go on in this round. */
export async function dueSubscriptions(db: Db, now: Date, limit: number, but: readonly string[]): Promise<{ id: string }[]> {
  return await db.$queryRaw`
    SELECT s."id" FROM "subscription" s JOIN "organization" g ON g."id" = s."organizationId"
      LEFT JOIN "test_clock" c ON c."id" = g."testClockId"
    WHERE s."nextEventAt" <= COALESCE(c."frozenAt", ${now}) AND NOT s."id" = ANY (${[...but]}::text[])
    ORDER BY s."nextEventAt", s."id" LIMIT ${limit}`;
}

/** Holds it when nobody else does; false: somebody is at it. */
export async function claimSubscription(db: Db, id: string): Promise<boolean> {
  const rows = await db.$queryRaw<unknown[]>`SELECT 1 FROM "subscription" WHERE "id" = ${id} FOR UPDATE SKIP LOCKED`;
  return rows.length === 1;
}

export async function stagesDone(db: Db, invoiceId: string): Promise<ReadonlySet<string>> {
  const rows = await db.dunningEvent.findMany({ where: { invoiceId }, select: { stage: true } });
  return new Set(rows.map(({ stage }) => stage));
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
