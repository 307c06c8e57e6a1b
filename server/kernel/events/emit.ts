/** Tells that something happened, in the transaction in which it does: both are kept, or neither. */
import { type EventKind, type EVENTS, subjectOf } from '../../../contract/events.ts';
import type { z } from 'zod';
import type { Db } from '../database.ts';

export type NewEvent<K extends EventKind = EventKind> = {
  [P in K]: {
    readonly kind: P;
    /** Whose it is; null: the seller's own. */
    readonly organizationId: string | null;
    readonly data: z.input<(typeof EVENTS)[P]['data']>;
  };
}[K];

/** Call inside the transaction of the change, after the row that it is about is locked or written: that makes their order. */
export async function emit(tx: Db, ...events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map(({ kind, organizationId, data }) => ({ kind, organizationId, data, subject: subjectOf(kind, data) }));
  await tx.$executeRaw`
    INSERT INTO "event" ("kind", "subject", "organizationId", "data")
    SELECT "kind", "subject", "organizationId", "data" FROM ROWS FROM (
      jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS ("kind" text, "subject" text, "organizationId" text, "data" jsonb)
    ) WITH ORDINALITY AS e("kind", "subject", "organizationId", "data", "place") ORDER BY "place"`;
}
