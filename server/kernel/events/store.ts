/** What the live feeds read: an operation's own events, and every event in the order of their positions. */
import { EVENT_KINDS, type EventKind } from '../../../contract/events.ts';
import type { Db, Operation, OperationEvent } from '../database.ts';
import type { Scope } from '../listing.ts';
import { eventHead, type EventRow, fromRow, type PlacedEvent } from './event-store.ts';

/** Where whoever joins now begins. */
export async function changesNow(db: Db): Promise<string> {
  return (await eventHead(db)).position;
}

/** False when changes after it are no longer kept, or it is of another database. */
export async function isKept(db: Db, cursor: string): Promise<boolean> {
  const { position, pruned } = await eventHead(db);
  return BigInt(cursor) <= BigInt(position) && BigInt(cursor) >= BigInt(pruned);
}

/** Those of an organization, or all with null, of these kinds. */
export async function changesAfter(
  db: Db,
  scope: Scope,
  kinds: readonly EventKind[],
  after: string,
  limit: number,
): Promise<PlacedEvent[]> {
  const rows = await db.$queryRaw<EventRow[]>`
    SELECT "id"::text AS "id", "position"::text AS "position", "kind", "organizationId", "data", "at" FROM "event"
    WHERE "position" > ${after}::text::bigint AND (${scope}::text IS NULL OR "organizationId" = ${scope}::text)
      AND "kind" = ANY(${[...kinds]}::text[])
    ORDER BY "event"."position" LIMIT ${limit}`;
  return rows.map(fromRow);
}

/** Of everybody, of every kind that this release knows. */
export async function allChangesAfter(db: Db, after: string, limit: number): Promise<PlacedEvent[]> {
  return await changesAfter(db, null, EVENT_KINDS, after, limit);
}

export async function eventsAfter(db: Db, operationId: string, after: number, limit: number): Promise<OperationEvent[]> {
  return await db.operationEvent.findMany({ where: { operationId, seq: { gt: after } }, orderBy: { seq: 'asc' }, take: limit });
}

/** The operation whose events are read; null: there is none. */
export async function operationOf(db: Db, id: string): Promise<Operation | null> {
  return await db.operation.findUnique({ where: { id } });
}
