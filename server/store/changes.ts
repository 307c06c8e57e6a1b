/**
 * Changes of VPSes and operations in the order of their commits. Triggers write them. A sequence alone would lose some:
 * a smaller number may be committed after a larger one was read. So each row has its transaction, and readers stop before
 * the oldest transaction that is still under way.
 */
import type { Db } from './database.ts';
import type { Scope } from './listing.ts';

/** After this transaction's row of that number. Both are 64-bit numbers as text. */
export interface ChangeCursor {
  readonly xid: string;
  readonly seq: string;
}

export interface ChangeRow extends ChangeCursor {
  readonly vpsId: string;
  readonly operationId: string | null;
  readonly status: string;
  readonly at: Date;
}

const LAST_SEQ = '9223372036854775807';

/** Where whoever joins now begins: after everything that is committed for certain. */
export async function changesNow(db: Db): Promise<ChangeCursor> {
  const rows = await db.$queryRaw<{ xid: string }[]>`SELECT (pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1)::text AS "xid"`;
  return { xid: rows[0]!.xid, seq: LAST_SEQ };
}

/** False when changes after it are no longer kept, or it is of another database. */
export async function isKept(db: Db, { xid, seq }: ChangeCursor): Promise<boolean> {
  const rows = await db.$queryRaw<{ kept: boolean }[]>`
    SELECT ${xid}::text::xid8 < pg_snapshot_xmax(pg_current_snapshot())
      AND NOT EXISTS (SELECT 1 FROM (SELECT "xid", "seq" FROM "change" ORDER BY "xid", "seq" LIMIT 1) o
        WHERE (o."xid", o."seq") > (${xid}::text::xid8, ${seq}::text::bigint)) AS "kept"`;
  return rows[0]!.kept;
}

export interface Changes {
  readonly rows: ChangeRow[];
  /** There is more, but an older transaction has not ended: look again soon. */
  readonly pending: boolean;
}

export async function changesAfter(db: Db, scope: Scope, { xid, seq }: ChangeCursor, limit: number): Promise<Changes> {
  const rows = await db.$queryRaw<(ChangeRow & { settled: boolean })[]>`
    SELECT "xid"::text AS "xid", "seq"::text AS "seq", "vpsId", "operationId", "status", "at",
      "xid" < pg_snapshot_xmin(pg_current_snapshot()) AS "settled"
    FROM "change"
    WHERE ("xid", "seq") > (${xid}::text::xid8, ${seq}::text::bigint) AND (${scope}::text IS NULL OR "organizationId" = ${scope}::text)
    ORDER BY "change"."xid", "change"."seq" LIMIT ${limit}`;
  const settled = rows.filter((row) => row.settled);
  return { rows: settled, pending: settled.length < rows.length };
}

/** Forgets what is older, except the newest of it: it tells which cursors still miss nothing. */
export async function pruneChanges(db: Db, before: Date): Promise<number> {
  return await db.$executeRaw`
    DELETE FROM "change" WHERE "at" < ${before} AND ("xid", "seq") <
      (SELECT "xid", "seq" FROM "change" WHERE "at" < ${before} ORDER BY "xid" DESC, "seq" DESC LIMIT 1)`;
}
