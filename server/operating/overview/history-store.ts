/** What happened on each of the last days, in one statement whatever the number of rows. */
import type { HistoryDay } from '../../../contract/overview.ts';
import type { Db } from '../../kernel/database.ts';
import type { Scope } from '../../kernel/listing.ts';

const DAY_MS = 86_400_000;

/**
 * One entry for each of `days` days in UTC, oldest first; the last one is the day of `now`. What counts as what stands in the
 * contract (`OverviewHistory`). An operation with several attempts counts once, where it ended at last.
 */
export async function historyOf(db: Db, scope: Scope, days: number, now: Date): Promise<HistoryDay[]> {
  const until = new Date((Math.floor(now.getTime() / DAY_MS) + 1) * DAY_MS);
  const from = new Date(until.getTime() - days * DAY_MS);
  return await db.$queryRaw<HistoryDay[]>`
    WITH "day" AS (SELECT generate_series(${from}::timestamptz, ${until}::timestamptz - interval '1 day', interval '1 day') AS "at"),
    -- Who was there before the first day counts as made on it.
    "living" AS (
      SELECT "at", sum(sum("by")) OVER (ORDER BY "at")::int AS "living" FROM (
        SELECT date_trunc('day', GREATEST("createdAt", ${from}::timestamptz), 'UTC') AS "at", 1 AS "by" FROM "vps"
        WHERE "createdAt" < ${until} AND ("deletedAt" IS NULL OR "deletedAt" >= ${from})
          AND (${scope}::text IS NULL OR "organizationId" = ${scope})
        UNION ALL
        SELECT date_trunc('day', "deletedAt", 'UTC'), -1 FROM "vps" WHERE "deletedAt" >= ${from} AND "deletedAt" < ${until}
          AND (${scope}::text IS NULL OR "organizationId" = ${scope})
        UNION ALL
        SELECT "at", 0 FROM "day"
      ) AS "change" GROUP BY "at"
    ),
    "provision" AS (
      SELECT date_trunc('day', "finishedAt", 'UTC') AS "at",
        count(*) FILTER (WHERE "status" = 'succeeded')::int AS "provisioned",
        count(*) FILTER (WHERE "status" = 'failed')::int AS "failed",
        (percentile_cont(0.5) WITHIN GROUP (ORDER BY "ms") FILTER (WHERE "status" = 'succeeded'))::int AS "median_ms",
        (percentile_cont(0.95) WITHIN GROUP (ORDER BY "ms") FILTER (WHERE "status" = 'succeeded'))::int AS "p95_ms"
      FROM (
        SELECT "status", "finishedAt", extract(epoch FROM "finishedAt" - "startedAt") * 1000 AS "ms" FROM "operation"
        WHERE "kind" = 'provision' AND "status" IN ('succeeded', 'failed') AND "finishedAt" >= ${from} AND "finishedAt" < ${until}
          AND (${scope}::text IS NULL OR "organizationId" = ${scope})
      ) AS "ended" GROUP BY 1
    ),
    "drift" AS (
      SELECT date_trunc('day', e."at", 'UTC') AS "at", count(*) FILTER (WHERE NOT e."ended")::int AS "found",
        count(*) FILTER (WHERE e."ended")::int AS "resolved"
      FROM "drift" d CROSS JOIN LATERAL (VALUES (d."firstSeenAt", false), (d."resolvedAt", true)) AS e ("at", "ended")
      WHERE e."at" >= ${from} AND e."at" < ${until}
        AND (${scope}::text IS NULL OR EXISTS (SELECT 1 FROM "vps" v WHERE v."id" = d."vpsId" AND v."organizationId" = ${scope}))
      GROUP BY 1
    )
    SELECT to_char("at" AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS "date", "living", coalesce("provisioned", 0) AS "provisioned",
      "median_ms", "p95_ms", coalesce("failed", 0) AS "failed", coalesce("found", 0) AS "drift_found", coalesce("resolved", 0) AS "drift_resolved"
    FROM "day" JOIN "living" USING ("at") LEFT JOIN "provision" USING ("at") LEFT JOIN "drift" USING ("at") ORDER BY "at"`;
}
