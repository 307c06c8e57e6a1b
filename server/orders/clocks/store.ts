/** Test clocks, who lives by them, and what is due for those next. */
import { randomUUID } from 'node:crypto';
import type { Db, TestClock } from '../../kernel/database.ts';

export type { TestClock };
export type ClockRow = TestClock & { readonly organizations: readonly string[] };

export async function insertClock(db: Db, name: string, at: Date, organizations: readonly string[]): Promise<string> {
  const { id } = await db.testClock.create({ data: { id: randomUUID(), name, frozenAt: at }, select: { id: true } });
  await db.organization.updateMany({ where: { id: { in: [...organizations] } }, data: { testClockId: id } });
  return id;
}

export async function clockById(db: Db, id: string): Promise<ClockRow | null> {
  const clock = await db.testClock.findUnique({ where: { id } });
  if (!clock) return null;
  const rows = await db.organization.findMany({ where: { testClockId: id }, select: { id: true }, orderBy: { id: 'asc' } });
  return { ...clock, organizations: rows.map((row) => row.id) };
}

export async function lockClock(db: Db, id: string): Promise<ClockRow | null> {
  await db.$queryRaw`SELECT 1 FROM "test_clock" WHERE "id" = ${id} FOR UPDATE`;
  return await clockById(db, id);
}

export async function changeClock(db: Db, id: string, data: Partial<Pick<TestClock, 'frozenAt' | 'target' | 'status'>>): Promise<void> {
  await db.testClock.update({ where: { id }, data });
}

export async function advancingClocks(db: Db): Promise<TestClock[]> {
  return await db.testClock.findMany({ where: { status: 'advancing' }, orderBy: { id: 'asc' } });
}

/** Those of these organizations that exist; and whether one has bought something, by whose time that was. */
export async function organizationsFor(db: Db, ids: readonly string[]): Promise<{ found: number; bought: number }> {
  const list = [...new Set(ids)];
  const found = await db.organization.count({ where: { id: { in: list } } });
  const bought = await db.order.count({ where: { organizationId: { in: list } } });
  return { found, bought };
}

/** Whether something that was caused is still under way: a server that is made or switched, a charge, what another process is at. */
export async function isUnsettled(db: Db, clockId: string): Promise<boolean> {
  const [row] = await db.$queryRaw<{ busy: boolean }[]>`
    SELECT EXISTS (SELECT 1 FROM "operation" x JOIN "organization" g ON g."id" = x."organizationId"
        WHERE g."testClockId" = ${clockId} AND x."status" IN ('queued', 'running'))
      OR EXISTS (SELECT 1 FROM "order_item" i JOIN "organization" g ON g."id" = i."organizationId"
        WHERE g."testClockId" = ${clockId} AND i."status" = 'provisioning' AND i."failure" IS NULL)
      OR EXISTS (SELECT 1 FROM "payment_attempt" a JOIN "organization" g ON g."id" = a."organizationId"
        WHERE g."testClockId" = ${clockId} AND a."kind" = 'off_session' AND a."status" IN ('created', 'pending'))
      OR EXISTS (SELECT 1 FROM "subscription" s JOIN "organization" g ON g."id" = s."organizationId" JOIN "test_clock" c ON c."id" = g."testClockId"
        WHERE c."id" = ${clockId} AND s."nextEventAt" <= c."frozenAt" AND s."problem" IS NULL
          AND (s."nextEvent" <> 'prove-end' OR s."vpsId" IS NULL OR EXISTS (SELECT 1 FROM "vps" v WHERE v."id" = s."vpsId" AND v."status" IN ('destroying', 'terminated'))))
      AS "busy"`;
  return row!.busy;
}

/** The next instant, until then, at which something is due for those who live by the clock; null: nothing is. */
export async function nextInstant(db: Db, clockId: string, after: Date, until: Date): Promise<Date | null> {
  const [row] = await db.$queryRaw<{ at: Date | null }[]>`
    SELECT min(d."at") AS "at" FROM (
      SELECT s."nextEventAt" AS "at", s."organizationId" FROM "subscription" s
      UNION ALL SELECT o."expiresAt", o."organizationId" FROM "order" o WHERE o."status" = 'placed'
      UNION ALL SELECT c."expiresAt", c."organizationId" FROM "subscription_change" c WHERE c."status" = 'open'
    ) d JOIN "organization" g ON g."id" = d."organizationId"
    WHERE g."testClockId" = ${clockId} AND d."at" > ${after} AND d."at" <= ${until}`;
  return row?.at ?? null;
}
