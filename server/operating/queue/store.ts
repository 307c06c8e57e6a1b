/** The queue's own numbers, and what stands still: stalled operations, failed sweeps, wake-ups that nobody could take. */
import { kindsThat } from '../../vps/operations/sheets.ts';
import type { Db, Operation } from '../../kernel/database.ts';
import type { Sweep } from '../../kernel/schedule/store.ts';

/** Waits for nobody any more: the queue's dead letters land here. */
const DEAD_QUEUE = 'operation-dead';
const DISMISSED = 'dead-letter.dismissed';

export interface OperationCount {
  readonly kind: string;
  readonly waiting: number;
  readonly active: number;
  readonly scheduled: number;
  readonly oldestAt: Date | null;
  readonly nextRetryAt: Date | null;
}

/** Unfinished operations by kind, one statement. */
export async function countQueued(db: Db): Promise<OperationCount[]> {
  return await db.$queryRaw<OperationCount[]>`
    SELECT "kind",
      (count(*) FILTER (WHERE "status" = 'queued' AND ("notBefore" IS NULL OR "notBefore" <= now())))::int AS "waiting",
      (count(*) FILTER (WHERE "status" = 'running'))::int AS "active",
      (count(*) FILTER (WHERE "status" = 'queued' AND "notBefore" > now()))::int AS "scheduled",
      min("createdAt") FILTER (WHERE "status" = 'queued') AS "oldestAt",
      min("notBefore") FILTER (WHERE "status" = 'queued' AND "notBefore" > now()) AS "nextRetryAt"
    FROM "operation" WHERE "status" IN ('queued', 'running') GROUP BY "kind" ORDER BY "kind"`;
}

export interface JobCount {
  readonly name: string;
  readonly waiting: number;
  readonly active: number;
  readonly scheduled: number;
  readonly failed: number;
  readonly oldestAt: Date | null;
}

/** Wake-ups by queue, also the queues that are empty. */
export async function countJobs(db: Db): Promise<JobCount[]> {
  return await db.$queryRaw<JobCount[]>`
    SELECT q."name",
      (count(j.*) FILTER (WHERE j."state" = 'created'))::int AS "waiting",
      (count(j.*) FILTER (WHERE j."state" = 'active'))::int AS "active",
      (count(j.*) FILTER (WHERE j."state" = 'retry'))::int AS "scheduled",
      (count(j.*) FILTER (WHERE j."state" = 'failed'))::int AS "failed",
      min(j."created_on") FILTER (WHERE j."state" IN ('created', 'retry')) AS "oldestAt"
    FROM pgboss."queue" q LEFT JOIN pgboss."job" j ON j."name" = q."name" AND j."state" NOT IN ('completed', 'cancelled')
    WHERE q."name" NOT LIKE '\\_\\_%' GROUP BY q."name" ORDER BY q."name"`;
}

export type StalledOperation = Operation & { vps: { label: string; status: string } };

/** Stalled operations that nothing later of their VPS has settled. Newest first. */
export async function stalledOperations(db: Db, limit: number): Promise<StalledOperation[]> {
  const unasked = kindsThat('unasked');
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT o."id" FROM "operation" o JOIN "vps" v ON v."id" = o."vpsId"
    WHERE o."status" = 'stalled' AND o."kind" <> ALL(${unasked}) AND v."status" <> 'terminated'
      AND NOT EXISTS (SELECT 1 FROM "operation" n WHERE n."vpsId" = o."vpsId" AND n."kind" <> ALL(${unasked})
        AND (n."createdAt", n."id") > (o."createdAt", o."id"))
    ORDER BY o."finishedAt" DESC NULLS LAST LIMIT ${limit}`;
  return await db.operation.findMany({
    where: { id: { in: rows.map(({ id }) => id) } },
    include: { vps: { select: { label: true, status: true } } },
    orderBy: { finishedAt: 'desc' },
  });
}

export async function failedSweeps(db: Db): Promise<Sweep[]> {
  return await db.sweep.findMany({ where: { lastOutcome: 'failed' }, orderBy: { name: 'asc' } });
}

export interface DeadJob {
  readonly id: string;
  readonly operationId: string | null;
  readonly createdAt: Date;
  readonly attempts: number;
}

export async function deadJobs(db: Db, limit: number): Promise<DeadJob[]> {
  return await db.$queryRaw<DeadJob[]>`
    SELECT "id"::text AS "id", "data"->>'operationId' AS "operationId", "created_on" AS "createdAt", "retry_count"::int AS "attempts"
    FROM pgboss."job" WHERE "name" = ${DEAD_QUEUE} AND "state" IN ('created', 'retry', 'active') ORDER BY "created_on" DESC LIMIT ${limit}`;
}

/** False when it is gone already. */
export async function removeDeadJob(db: Db, id: string): Promise<boolean> {
  return (await db.$executeRaw`DELETE FROM pgboss."job" WHERE "name" = ${DEAD_QUEUE} AND "id" = ${id}::uuid`) === 1;
}

export interface Dismissal {
  readonly by: string;
  readonly reason: string;
  readonly at: Date;
  /** Of which time it was; a later one is not dismissed. */
  readonly happenedAt: string;
}

/** The audit trail is what remembers a dismissal; the latest of each letter. */
export async function dismissalsOf(db: Db, ids: readonly string[]): Promise<Map<string, Dismissal>> {
  const rows = await db.auditEvent.findMany({ where: { action: DISMISSED, target: { in: [...ids] } }, orderBy: { seq: 'asc' } });
  return new Map(
    rows.map(({ target, actor, at, data }) => {
      const { reason, happenedAt } = data as { reason: string; happenedAt: string };
      return [target, { by: actor, reason, at, happenedAt }];
    }),
  );
}

export const dismissalOf = (id: string, actor: string, reason: string, happenedAt: string) => ({
  actor,
  action: DISMISSED,
  target: id,
  organizationId: null,
  data: { reason, happenedAt },
});
