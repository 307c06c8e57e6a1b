/** What providers told, as it came, and what became of it. */
import { timeIn, timeNow } from '../kernel/clock.ts';
import type { Db } from '../kernel/database.ts';
import type { Notice } from './provider.ts';

/** False when the event was told before. */
export async function insertEvent(db: Db, provider: string, notice: Notice, sealedPayload: string): Promise<boolean> {
  const at = timeNow();
  const inserted = await db.$executeRaw`
    INSERT INTO "payment_event" ("provider", "eventId", "type", "objectId", "createdProvider", "receivedAt", "payload")
    VALUES (${provider}, ${notice.eventId}, ${notice.type}, ${notice.subject.id}, ${notice.createdAt}, ${at}, ${sealedPayload})
    ON CONFLICT DO NOTHING`;
  if (inserted === 0) return false;
  await db.paymentEventOutcome.create({ data: { provider, eventId: notice.eventId, outcome: 'pending', nextAt: at, at } });
  return true;
}

export interface DueEvent {
  readonly provider: string;
  readonly eventId: string;
  readonly type: string;
  readonly attempts: number;
  readonly payload: string;
}

/** Events to work on now, taken for `leaseMs`. */
export async function takeDueEvents(db: Db, limit: number, leaseMs: number): Promise<DueEvent[]> {
  return await db.$queryRaw<DueEvent[]>`
    WITH due AS (
      SELECT "provider", "eventId" FROM "payment_event_outcome" WHERE "outcome" = 'pending' AND "nextAt" <= ${timeNow()}
      ORDER BY "nextAt" LIMIT ${limit} FOR UPDATE SKIP LOCKED),
    taken AS (
      UPDATE "payment_event_outcome" o SET "nextAt" = ${timeIn(leaseMs)}, "attempts" = "attempts" + 1
      FROM due WHERE o."provider" = due."provider" AND o."eventId" = due."eventId" RETURNING o."provider", o."eventId", o."attempts")
    SELECT taken.*, e."type", e."payload" FROM taken JOIN "payment_event" e USING ("provider", "eventId")`;
}

/** `nextAt` null: it is over. */
export async function endEvent(
  db: Db,
  { provider, eventId }: Pick<DueEvent, 'provider' | 'eventId'>,
  outcome: string,
  error: string | null,
  nextAt: Date | null,
): Promise<void> {
  await db.paymentEventOutcome.update({
    where: { provider_eventId: { provider, eventId } },
    data: { outcome: nextAt === null ? outcome : 'pending', error, nextAt, at: timeNow() },
  });
}

export async function countEvents(db: Db, provider: string): Promise<Record<string, number>> {
  const rows = await db.paymentEventOutcome.groupBy({ by: ['outcome'], where: { provider }, _count: true });
  return Object.fromEntries(rows.map(({ outcome, _count }) => [outcome, _count]));
}
