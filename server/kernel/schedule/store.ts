/** Sweeps: one runner at a time across processes, by a lease on the sweep's row. Times are the database's own. */
import type { Sweep } from '../../../prisma/generated/client.ts';
import { timeIn, timeNow } from '../clock.ts';
import { atomically, type Db, DbNull, type Json } from '../database.ts';
import { emit } from '../events/emit.ts';
import { leaseEnd, leaseIsFree, RELEASED } from '../lease.ts';

export type { Sweep };

/** For sweeps that run on request only. */
const NEVER = new Date('9999-12-31T00:00:00Z');

/** Makes the row at the first start; a changed interval holds from the next run on, a shorter one at once. */
export async function ensureSweep(db: Db, name: string, everyMs: number, firstAfterMs: number): Promise<void> {
  const next = everyMs === 0 ? NEVER : timeIn(Math.min(everyMs, firstAfterMs));
  await db.$executeRaw`INSERT INTO "sweep" ("name", "nextRunAt") VALUES (${name}, ${next})
    ON CONFLICT ("name") DO UPDATE SET "nextRunAt" = CASE WHEN ${everyMs === 0} AND "sweep"."requestedBy" IS NULL THEN ${NEVER}
      ELSE LEAST("sweep"."nextRunAt", ${timeIn(everyMs)}) END`;
}

export async function listSweeps(db: Db): Promise<Sweep[]> {
  return await db.sweep.findMany({ orderBy: { name: 'asc' } });
}

export async function sweepByName(db: Db, name: string): Promise<Sweep | null> {
  return await db.sweep.findUnique({ where: { name } });
}

/** Due at once. Null when there is no such sweep. A request during a run makes another run after it. */
export async function requestSweep(db: Db, name: string, actor: string): Promise<Sweep | null> {
  return await atomically(db, async (tx) => {
    const [row] = await tx.sweep.updateManyAndReturn({ where: { name }, data: { requestedBy: actor, nextRunAt: new Date(0) } });
    if (row) await emit(tx, { kind: 'sweep.requested', organizationId: null, data: { sweep: name } });
    return row ?? null;
  });
}

/** Of these, those that are due and held by nobody. */
export async function dueSweeps(db: Db, names: readonly string[]): Promise<string[]> {
  const rows = await db.$queryRaw<{ name: string }[]>`
    SELECT "name" FROM "sweep" WHERE "name" = ANY(${[...names]}::text[]) AND "nextRunAt" <= clock_timestamp()
      AND ("leaseUntil" IS NULL OR "leaseUntil" < clock_timestamp())`;
  return rows.map(({ name }) => name);
}

/**
 * Takes the lease when the sweep is due and nobody holds it; answers who asked for the run, or null for the clock. A `quiet` one
 * runs every moment, and is told of only when somebody asked for it.
 */
export async function claimSweep(
  db: Db,
  name: string,
  owner: string,
  leaseMs: number,
  quiet = false,
): Promise<{ requestedBy: string | null } | null> {
  const rows = await db.$queryRaw<{ requestedBy: string | null }[]>`
    WITH due AS (SELECT "name", "requestedBy" FROM "sweep" WHERE "name" = ${name} AND "nextRunAt" <= clock_timestamp()
      AND ${leaseIsFree()} FOR UPDATE SKIP LOCKED),
    told AS (INSERT INTO "event" ("kind", "subject", "data")
      SELECT 'sweep.started', 'sweep:' || due."name", jsonb_build_object('sweep', due."name") FROM due
      WHERE NOT ${quiet} OR due."requestedBy" IS NOT NULL)
    UPDATE "sweep" s SET "leaseOwner" = ${owner}, "leaseUntil" = ${leaseEnd(leaseMs)},
      "lastStartedAt" = clock_timestamp(), "requestedBy" = NULL
    FROM due WHERE s."name" = due."name" RETURNING due."requestedBy"`;
  return rows[0] ?? null;
}

/** False when another runner holds it now. */
export async function renewSweep(db: Db, name: string, owner: string, leaseMs: number): Promise<boolean> {
  const count = await db.$executeRaw`UPDATE "sweep" SET "leaseUntil" = ${leaseEnd(leaseMs)}
    WHERE "name" = ${name} AND "leaseOwner" = ${owner}`;
  return count === 1;
}

export interface SweepEnd {
  readonly outcome: string;
  readonly message: string;
  readonly result: Json | null;
  readonly durationMs: number;
}

/** Writes nothing when another runner holds it now. `quiet`: nobody is told. */
export async function endSweep(db: Db, name: string, owner: string, end: SweepEnd, everyMs: number, quiet = false): Promise<void> {
  await atomically(db, async (tx) => {
    if (!(await recordEnd(tx, name, owner, end, everyMs)) || quiet) return;
    await emit(tx, { kind: 'sweep.ended', organizationId: null, data: { sweep: name, outcome: end.outcome } });
  });
}

async function recordEnd(db: Db, name: string, owner: string, end: SweepEnd, everyMs: number): Promise<boolean> {
  const held = await db.sweep.findFirst({ where: { name, leaseOwner: owner }, select: { requestedBy: true } });
  if (!held) return false;
  const next = everyMs === 0 ? NEVER : timeIn(everyMs);
  const { count } = await db.sweep.updateMany({
    where: { name, leaseOwner: owner },
    data: {
      ...RELEASED,
      lastFinishedAt: timeNow(),
      lastDurationMs: Math.round(end.durationMs),
      lastOutcome: end.outcome,
      lastMessage: end.message,
      lastResult: end.result ?? DbNull,
      runs: { increment: 1 },
      ...(held.requestedBy === null ? { nextRunAt: next } : {}),
    },
  });
  return count === 1;
}

/** The database's clock, which every row's time is compared with. */
export async function databaseNow(db: Db): Promise<Date> {
  const rows = await db.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS now`;
  return rows[0]!.now;
}
