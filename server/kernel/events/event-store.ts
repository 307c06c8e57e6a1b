/** Events in the order of their positions: read by the live feed and by processors. Positions are 64-bit numbers, as text here. */
import { EVENTS, type EventKind, type PlinthEvent } from '../../../contract/events.ts';
import type { Db } from '../database.ts';

/** An event with its place. */
export type PlacedEvent<K extends EventKind = EventKind> = PlinthEvent<K> & { readonly position: string };

export interface EventRow {
  readonly id: string;
  readonly position: string;
  readonly kind: string;
  readonly organizationId: string | null;
  readonly data: unknown;
  readonly at: Date;
}

/** How many committed events got their positions; null: another process is at it. */
export async function placeEvents(db: Db, most: number): Promise<number | null> {
  const [row] = await db.$queryRaw<{ placed: number | null }[]>`SELECT "place_events"(${most}::int) AS "placed"`;
  return row!.placed;
}

/** The newest position, and the newest one that is no longer kept. */
export async function eventHead(db: Db): Promise<{ position: string; pruned: string }> {
  const [head] = await db.$queryRaw<{ position: string; pruned: string }[]>`
    SELECT "position"::text AS "position", "pruned"::text AS "pruned" FROM "event_head"`;
  return head!;
}

/** Of these kinds, after a position, in order. A kind that this release does not know is left out: nobody here asked for it. */
export async function eventsOfKinds(
  db: Db,
  kinds: readonly EventKind[],
  after: string,
  upTo: string,
  limit: number,
): Promise<PlacedEvent[]> {
  const rows = await db.$queryRaw<EventRow[]>`
    SELECT "id"::text AS "id", "position"::text AS "position", "kind", "organizationId", "data", "at" FROM "event"
    WHERE "kind" = ANY(${[...kinds]}::text[]) AND "position" > ${after}::text::bigint AND "position" <= ${upTo}::text::bigint
    ORDER BY "event"."position" LIMIT ${limit}`;
  return rows.map(fromRow);
}

export async function eventAt(db: Db, position: string): Promise<PlacedEvent | null> {
  const [row] = await db.$queryRaw<EventRow[]>`
    SELECT "id"::text AS "id", "position"::text AS "position", "kind", "organizationId", "data", "at" FROM "event"
    WHERE "position" = ${position}::text::bigint`;
  return row ? fromRow(row) : null;
}

/** Forgets what is older, was handled by every processor, and waits for none. */
export async function pruneEvents(db: Db, before: Date): Promise<number> {
  const [pruned] = await db.$queryRaw<{ count: number }[]>`
    WITH gone AS (
      DELETE FROM "event" e WHERE e."at" < ${before} AND e."position" <= COALESCE((SELECT min(p."position") FROM "event_processor" p), e."position")
        AND NOT EXISTS (SELECT 1 FROM "event_delivery" d WHERE d."position" = e."position")
      RETURNING e."position"
    ), told AS (
      UPDATE "event_head" h SET "pruned" = GREATEST(h."pruned", g."newest") FROM (SELECT max("position") AS "newest" FROM gone) g
      WHERE g."newest" IS NOT NULL
    )
    SELECT count(*)::int AS "count" FROM gone`;
  return pruned!.count;
}

/** Its data are as they were written: whoever handles one checks it by its kind's schema. */
export function fromRow({ id, position, kind, organizationId, data, at }: EventRow): PlacedEvent {
  return { id, position, kind, organization_id: organizationId, at: at.toISOString(), data } as PlacedEvent;
}

/** The event with its data checked. @throws ZodError when another release wrote them otherwise */
export function checked(event: PlacedEvent): PlacedEvent {
  return { ...event, data: EVENTS[event.kind].data.parse(event.data) } as PlacedEvent;
}
