/** Sweeps: one runner at a time across processes, by a lease on the sweep's row. Times are the database's own. */
import type { Sweep } from '../../prisma/generated/client.ts';
import { type Db, DbNull, type Json } from './database.ts';

export type { Sweep };

/** For sweeps that run on request only. */
const NEVER = new Date('9999-12-31T00:00:00Z');

/** Makes the row at the first start; a changed interval holds from the next run on, a shorter one at once. */
export async function ensureSweep(db: Db, name: string, everyMs: number, firstAfterMs: number): Promise<void> {
  const next = everyMs === 0 ? NEVER : new Date(Date.now() + Math.min(everyMs, firstAfterMs));
  await db.$executeRaw`INSERT INTO "sweep" ("name", "nextRunAt") VALUES (${name}, ${next})
    ON CONFLICT ("name") DO UPDATE SET "nextRunAt" = CASE WHEN ${everyMs === 0} AND "sweep"."requestedBy" IS NULL THEN ${NEVER}
      ELSE LEAST("sweep"."nextRunAt", ${new Date(Date.now() + everyMs)}) END`;
}

export async function listSweeps(db: Db): Promise<Sweep[]> {
  return await db.sweep.findMany({ orderBy: { name: 'asc' } });
}

/** Due at once. Null when there is no such sweep. A request during a run makes another run after it. */
export async function requestSweep(db: Db, name: string, actor: string): Promise<Sweep | null> {
  const { count } = await db.sweep.updateMany({ where: { name }, data: { requestedBy: actor, nextRunAt: new Date(0) } });
  return count === 0 ? null : await db.sweep.findUnique({ where: { name } });
}

/** Takes the lease when the sweep is due and nobody holds it; answers who asked for the run, or null for the clock. */
export async function claimSweep(db: Db, name: string, owner: string, leaseMs: number): Promise<{ requestedBy: string | null } | null> {
  const rows = await db.$queryRaw<{ requestedBy: string | null }[]>`
    WITH due AS (SELECT "name", "requestedBy" FROM "sweep" WHERE "name" = ${name} AND "nextRunAt" <= clock_timestamp()
      AND ("leaseUntil" IS NULL OR "leaseUntil" < clock_timestamp()) FOR UPDATE SKIP LOCKED)
    UPDATE "sweep" s SET "leaseOwner" = ${owner}, "leaseUntil" = clock_timestamp() + ${leaseMs} * interval '1 ms',
      "lastStartedAt" = clock_timestamp(), "requestedBy" = NULL
    FROM due WHERE s."name" = due."name" RETURNING due."requestedBy"`;
  return rows[0] ?? null;
}

/** False when another runner holds it now. */
export async function renewSweep(db: Db, name: string, owner: string, leaseMs: number): Promise<boolean> {
  const count = await db.$executeRaw`UPDATE "sweep" SET "leaseUntil" = clock_timestamp() + ${leaseMs} * interval '1 ms'
    WHERE "name" = ${name} AND "leaseOwner" = ${owner}`;
  return count === 1;
}

export interface SweepEnd {
  readonly outcome: string;
  readonly message: string;
  readonly result: Json | null;
  readonly durationMs: number;
}

/** Writes nothing when another runner holds it now. */
export async function endSweep(db: Db, name: string, owner: string, end: SweepEnd, everyMs: number): Promise<void> {
  const held = await db.sweep.findFirst({ where: { name, leaseOwner: owner }, select: { requestedBy: true } });
  if (!held) return;
  const next = everyMs === 0 ? NEVER : new Date(Date.now() + everyMs);
  await db.sweep.updateMany({
    where: { name, leaseOwner: owner },
    data: {
      leaseOwner: null,
      leaseUntil: null,
      lastFinishedAt: new Date(),
      lastDurationMs: Math.round(end.durationMs),
      lastOutcome: end.outcome,
      lastMessage: end.message,
      lastResult: end.result ?? DbNull,
      runs: { increment: 1 },
      ...(held.requestedBy === null ? { nextRunAt: next } : {}),
    },
  });
}

/** The database's clock, which every row's time is compared with. */
export async function databaseNow(db: Db): Promise<Date> {
  const rows = await db.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS now`;
  return rows[0]!.now;
}
