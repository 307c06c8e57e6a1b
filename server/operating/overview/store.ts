/** Counts for the first page, each one statement whatever the number of rows. */
import { UNFINISHED } from '../../../contract/words.ts';
import { kindsThat } from '../../vps/operations/sheets.ts';
import { timeIn } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/database.ts';
import { type Scope, scoped } from '../../kernel/listing.ts';

const DURATIONS_OF_DAYS = 30;

export interface Duration {
  readonly kind: string;
  readonly count: number;
  readonly median_ms: number;
  readonly p95_ms: number;
}

export interface RegionCount {
  readonly provider: string;
  readonly region: string;
  readonly count: number;
  /** One of the accounts that have VPSes there: all of them are told the same of the region. */
  readonly accountId: string;
}

export async function countVpses(db: Db, scope: Scope) {
  const where = scoped(scope);
  const byStatus = await db.vps.groupBy({ by: ['status'], where, _count: { _all: true } });
  const byRegion = await db.vps.groupBy({
    by: ['provider', 'region'],
    where: { ...where, deletedAt: null },
    _count: { _all: true },
    _max: { accountId: true },
  });
  return {
    byStatus: byStatus.map(({ status, _count }) => ({ status, count: _count._all })),
    byRegion: byRegion.map(({ provider, region, _count, _max }): RegionCount => {
      return { provider, region, count: _count._all, accountId: _max.accountId! };
    }),
  };
}

export async function countUnfinishedOperations(db: Db, scope: Scope) {
  const where = { status: { in: [...UNFINISHED] }, ...scoped(scope) };
  const rows = await db.operation.groupBy({ by: ['status'], where, _count: { _all: true } });
  return rows.map(({ status, _count }) => ({ status, count: _count._all }));
}

/** How long successful operations took, from start to end, by kind. */
export async function operationDurations(db: Db, scope: Scope): Promise<Duration[]> {
  const since = timeIn(-DURATIONS_OF_DAYS * 86_400_000);
  return await db.$queryRaw<Duration[]>`
    SELECT "kind", count(*)::int AS "count",
      (percentile_cont(0.5) WITHIN GROUP (ORDER BY "ms"))::int AS "median_ms",
      (percentile_cont(0.95) WITHIN GROUP (ORDER BY "ms"))::int AS "p95_ms"
    FROM (
      SELECT "kind", extract(epoch FROM "finishedAt" - "startedAt") * 1000 AS "ms" FROM "operation"
      WHERE "status" = 'succeeded' AND "startedAt" IS NOT NULL AND "finishedAt" >= ${since}
        AND (${scope}::text IS NULL OR "organizationId" = ${scope})
    ) AS ended GROUP BY "kind" ORDER BY "kind"`;
}

/** A failed operation that nothing has made good since. */
export interface Unmended {
  readonly operation_id: string;
  readonly kind: string;
  readonly vps_id: string;
  readonly vps_label: string;
  readonly at: Date;
}

/** The last failed operation of each living VPS that none has succeeded after; looking and planning neither count nor mend. */
export async function unmendedFailures(db: Db, scope: Scope, limit: number): Promise<{ count: number; newest: Unmended[] }> {
  const looks = kindsThat('looks');
  const rows = await db.$queryRaw<(Unmended & { total: number })[]>`
    SELECT *, count(*) OVER ()::int AS "total" FROM (
      SELECT DISTINCT ON (o."vpsId") o."id" AS "operation_id", o."kind", v."id" AS "vps_id", v."label" AS "vps_label",
        coalesce(o."finishedAt", o."createdAt") AS "at"
      FROM "operation" o JOIN "vps" v ON v."id" = o."vpsId"
      WHERE o."status" = 'failed' AND v."deletedAt" IS NULL AND o."kind" <> ALL(${looks})
        AND (${scope}::text IS NULL OR v."organizationId" = ${scope})
        AND NOT EXISTS (
          SELECT 1 FROM "operation" l WHERE l."vpsId" = o."vpsId" AND l."createdAt" > o."createdAt"
            AND (l."status" = ANY(${[...UNFINISHED]}) OR (l."status" = 'succeeded' AND l."kind" <> ALL(${looks}))))
      ORDER BY o."vpsId", o."createdAt" DESC
    ) AS failures ORDER BY "at" DESC LIMIT ${limit}`;
  return { count: rows[0]?.total ?? 0, newest: rows.map(({ total: _total, ...row }) => row) };
}
