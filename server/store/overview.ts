/** Counts for the first page, each one statement whatever the number of rows. */
import type { Db } from './database.ts';
import { type Scope, scoped } from './listing.ts';

const DURATIONS_OF_DAYS = 30;

export interface Duration {
  readonly kind: string;
  readonly count: number;
  readonly median_ms: number;
  readonly p95_ms: number;
}

export async function countVpses(db: Db, scope: Scope) {
  const where = scoped(scope);
  const byStatus = await db.vps.groupBy({ by: ['status'], where, _count: { _all: true } });
  const byRegion = await db.vps.groupBy({ by: ['provider', 'region'], where: { ...where, deletedAt: null }, _count: { _all: true } });
  return {
    byStatus: byStatus.map(({ status, _count }) => ({ status, count: _count._all })),
    byRegion: byRegion.map(({ provider, region, _count }) => ({ provider, region, count: _count._all })),
  };
}

export async function countUnfinishedOperations(db: Db, scope: Scope) {
  const where = { status: { in: ['queued', 'running'] }, ...scoped(scope) };
  const rows = await db.operation.groupBy({ by: ['status'], where, _count: { _all: true } });
  return rows.map(({ status, _count }) => ({ status, count: _count._all }));
}

/** How long successful operations took, from start to end, by kind. */
export async function operationDurations(db: Db, scope: Scope): Promise<Duration[]> {
  const since = new Date(Date.now() - DURATIONS_OF_DAYS * 86_400_000);
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
