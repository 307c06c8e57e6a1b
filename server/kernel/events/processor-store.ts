/** How far processors have come, and what they could not handle yet. */
import { atomically, type Db } from '../database.ts';
import { resolveAlert } from '../kill-switches/store.ts';
import type { Processor } from './processor.ts';

/** The alert of a processor that gave something up. */
export const GIVEN_UP = 'event-given-up';

/** Makes its row at the first start. */
export async function ensureProcessor(db: Db, { name, from }: Processor): Promise<void> {
  await db.$executeRaw`
    INSERT INTO "event_processor" ("name", "position")
    SELECT ${name}, CASE WHEN ${from === 'now'} THEN "position" ELSE "pruned" END FROM "event_head" ON CONFLICT ("name") DO NOTHING`;
}

/** Beyond so many events of others a place is brought up, so that old events can be forgotten. */
const FAR_BEHIND = 500;

/** Those that have something to do. */
export async function processorsBehind(db: Db, processors: readonly Processor[]): Promise<string[]> {
  const wanted = JSON.stringify(processors.map(({ name, kinds }) => ({ name, kinds })));
  const rows = await db.$queryRaw<{ name: string }[]>`
    SELECT p."name" FROM jsonb_to_recordset(${wanted}::jsonb) AS w("name" text, "kinds" text[])
      JOIN "event_processor" p ON p."name" = w."name" CROSS JOIN "event_head" h
    WHERE h."position" - p."position" > ${FAR_BEHIND}
      OR EXISTS (SELECT 1 FROM "event" e WHERE e."kind" = ANY(w."kinds") AND e."position" > p."position")
      OR EXISTS (SELECT 1 FROM "event_delivery" d WHERE d."processor" = p."name" AND d."state" = 'waiting' AND d."nextAt" <= clock_timestamp())`;
  return rows.map(({ name }) => name);
}

/** Its place and the newest event's, held until the transaction ends; null: another process holds it. */
export async function holdProcessor(tx: Db, name: string): Promise<{ position: string; head: string } | null> {
  const [row] = await tx.$queryRaw<{ position: string }[]>`
    SELECT "position"::text AS "position" FROM "event_processor" WHERE "name" = ${name} FOR UPDATE SKIP LOCKED`;
  if (!row) return null;
  const [head] = await tx.$queryRaw<{ position: string }[]>`SELECT "position"::text AS "position" FROM "event_head"`;
  return { position: row.position, head: head!.position };
}

export async function moveProcessor(tx: Db, name: string, position: string): Promise<void> {
  await tx.$executeRaw`UPDATE "event_processor" SET "position" = ${position}::text::bigint WHERE "name" = ${name}`;
}

export interface Delivery {
  readonly position: string;
  readonly subject: string;
  readonly attempts: number;
}

/** The first of each subject that waits, where it is due. */
export async function dueDeliveries(tx: Db, name: string, limit: number): Promise<Delivery[]> {
  return await tx.$queryRaw<Delivery[]>`
    SELECT "position"::text AS "position", "subject", "attempts" FROM (
      SELECT DISTINCT ON ("subject") "position", "subject", "attempts", "nextAt" FROM "event_delivery"
      WHERE "processor" = ${name} AND "state" = 'waiting' ORDER BY "subject", "position") first
    WHERE "nextAt" <= clock_timestamp() ORDER BY first."position" LIMIT ${limit}`;
}

export async function waitingSubjects(tx: Db, name: string): Promise<Set<string>> {
  const rows = await tx.$queryRaw<{ subject: string }[]>`
    SELECT DISTINCT "subject" FROM "event_delivery" WHERE "processor" = ${name} AND "state" = 'waiting'`;
  return new Set(rows.map(({ subject }) => subject));
}

/** Keeps it for a later attempt; `attempts` 0: it waits behind another of its subject. */
export async function putOff(tx: Db, name: string, delivery: Delivery, error: string | null, afterMs: number): Promise<void> {
  const { position, subject, attempts } = delivery;
  await tx.$executeRaw`
    INSERT INTO "event_delivery" ("processor", "position", "subject", "attempts", "error", "nextAt")
    VALUES (${name}, ${position}::text::bigint, ${subject}, ${attempts}::int, ${error}, clock_timestamp() + ${afterMs} * interval '1 ms')
    ON CONFLICT ("processor", "position") DO UPDATE SET "attempts" = EXCLUDED."attempts", "error" = EXCLUDED."error",
      "nextAt" = EXCLUDED."nextAt"`;
}

export async function giveUp(tx: Db, name: string, { position, attempts }: Delivery, error: string): Promise<void> {
  await tx.$executeRaw`
    UPDATE "event_delivery" SET "state" = 'dead', "attempts" = ${attempts}::int, "error" = ${error}
    WHERE "processor" = ${name} AND "position" = ${position}::text::bigint`;
}

export async function dropDelivery(tx: Db, name: string, position: string): Promise<void> {
  await tx.$executeRaw`DELETE FROM "event_delivery" WHERE "processor" = ${name} AND "position" = ${position}::text::bigint`;
}

export interface DeadDelivery extends Delivery {
  readonly processor: string;
  readonly kind: string;
  readonly eventId: string;
  readonly error: string | null;
  readonly at: Date;
}

/** What was given up, oldest first. */
export async function deadDeliveries(db: Db, limit: number): Promise<DeadDelivery[]> {
  return await db.$queryRaw<DeadDelivery[]>`
    SELECT d."processor", d."position"::text AS "position", d."subject", d."attempts", d."error", e."kind", e."id"::text AS "eventId", e."at"
    FROM "event_delivery" d JOIN "event" e ON e."position" = d."position"
    WHERE d."state" = 'dead' ORDER BY d."position" LIMIT ${limit}`;
}

/** Tries it again at once, with all its attempts. False: it is not dead. */
export async function reviveDelivery(db: Db, processor: string, position: string): Promise<boolean> {
  return await atomically(db, async (tx) => {
    const count = await tx.$executeRaw`
      UPDATE "event_delivery" SET "state" = 'waiting', "attempts" = 0, "nextAt" = clock_timestamp()
      WHERE "processor" = ${processor} AND "position" = ${position}::text::bigint AND "state" = 'dead'`;
    if (count === 1) await calm(tx, processor);
    return count === 1;
  });
}

/** Leaves it unhandled for good. False: it is not dead. */
export async function dropDead(db: Db, processor: string, position: string): Promise<boolean> {
  return await atomically(db, async (tx) => {
    const count = await tx.$executeRaw`
      DELETE FROM "event_delivery" WHERE "processor" = ${processor} AND "position" = ${position}::text::bigint AND "state" = 'dead'`;
    if (count === 1) await calm(tx, processor);
    return count === 1;
  });
}

/** The alert goes with the last of them. */
async function calm(tx: Db, processor: string): Promise<void> {
  const [left] = await tx.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS "count" FROM "event_delivery" WHERE "processor" = ${processor} AND "state" = 'dead'`;
  if (left!.count === 0) await resolveAlert(tx, GIVEN_UP, processor);
}

/** How many events each processor has still to look at, and how many it gave up. */
export async function processorLag(db: Db): Promise<{ name: string; behind: number; waiting: number; dead: number }[]> {
  return await db.$queryRaw`
    SELECT p."name", (h."position" - p."position")::float8 AS "behind",
      count(d.*) FILTER (WHERE d."state" = 'waiting')::int AS "waiting", count(d.*) FILTER (WHERE d."state" = 'dead')::int AS "dead"
    FROM "event_processor" p CROSS JOIN "event_head" h LEFT JOIN "event_delivery" d ON d."processor" = p."name"
    GROUP BY p."name", p."position", h."position" ORDER BY p."name"`;
}
