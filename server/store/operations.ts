/**
 * Operations, their leases and events. The fence rises with each claim; every write of a worker names the fence it
 * claimed, so a worker that lost its lease (paused, cut off) writes nothing any more.
 */
import type { Database, Db, Json, Operation, OperationEvent } from './database.ts';
import { DbNull, inTransaction } from './database.ts';
import { behind, type Place, type Scope, scoped } from './listing.ts';

export class LeaseLost extends Error {
  constructor(operationId: string) {
    super(`Operation ${operationId} is held by another worker now; this one stops writing.`);
    this.name = 'LeaseLost';
  }
}

export interface Lease {
  readonly owner: string;
  readonly host: string;
  readonly pid: number;
  readonly startTime: string | null;
}

export interface NewEvent {
  readonly type: string;
  readonly data: Json;
  readonly at: Date;
}

export async function insertOperation(
  db: Db,
  operation: Pick<Operation, 'id' | 'kind' | 'organizationId' | 'vpsId' | 'actor'> & { request: Json },
): Promise<Operation> {
  return await db.operation.create({ data: { ...operation, status: 'queued' } });
}

/** An operation that a person runs; it is under way from the start. `heartbeatAt` is the end of its lease. */
export async function insertHandRun(
  db: Db,
  operation: Pick<Operation, 'id' | 'kind' | 'organizationId' | 'vpsId' | 'actor' | 'heartbeatAt'>,
): Promise<void> {
  const run = {
    status: 'running',
    request: {},
    attempt: 1,
    maxAttempts: 1,
    fence: 1,
    leaseOwner: `command line of ${operation.actor}`,
    startedAt: new Date(),
  };
  await db.operation.create({ data: { ...operation, ...run } });
}

export async function renewHandRun(db: Db, id: string, leaseEnd: Date): Promise<void> {
  await db.operation.updateMany({ where: { id, status: 'running' }, data: { heartbeatAt: leaseEnd } });
}

/** False when it has ended already. */
export async function endHandRun(db: Db, id: string, status: string, result: Json, fault: Json | null): Promise<boolean> {
  const at = new Date();
  const { count } = await db.operation.updateMany({
    where: { id, status: 'running' },
    data: { status, result, finishedAt: at, leaseOwner: null, ...(fault === null ? {} : { fault }) },
  });
  if (count === 1) await appendEvents(db, id, null, [{ type: status, data: { fault, result } as Json, at }]);
  return count === 1;
}

export async function operationById(db: Db, scope: Scope, id: string): Promise<Operation | null> {
  return await db.operation.findFirst({ where: { id, ...scoped(scope) } });
}

/** With what a person calls its VPS. */
export type OperationWithVps = Operation & { vps: { label: string } };
const WITH_LABEL = { vps: { select: { label: true } } } as const;

export async function operationsWithVps(db: Db, ids: readonly string[]): Promise<Map<string, OperationWithVps>> {
  const rows = await db.operation.findMany({ where: { id: { in: [...ids] } }, include: WITH_LABEL });
  return new Map(rows.map((row) => [row.id, row]));
}

export async function operationWithVps(db: Db, scope: Scope, id: string): Promise<OperationWithVps | null> {
  return await db.operation.findFirst({ where: { id, ...scoped(scope) }, include: WITH_LABEL });
}

export async function unfinishedOperations(db: Db, vpsId: string): Promise<Operation[]> {
  return await db.operation.findMany({ where: { vpsId, status: { in: ['queued', 'running'] } }, orderBy: { createdAt: 'asc' } });
}

export async function lastOperation(db: Db, vpsId: string): Promise<Operation | null> {
  return await db.operation.findFirst({
    // A mere look by a sweep is nothing that a person would run again.
    where: { vpsId, kind: { not: 'drift-check' } },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
  });
}

export interface OperationFilter {
  readonly vpsId?: string;
  readonly status?: string;
  readonly kind?: string;
  readonly limit: number;
  readonly after?: Place;
}

export async function listOperations(db: Db, scope: Scope, filter: OperationFilter): Promise<OperationWithVps[]> {
  return await db.operation.findMany({
    where: {
      ...scoped(scope),
      ...(filter.vpsId === undefined ? {} : { vpsId: filter.vpsId }),
      ...(filter.status === undefined ? {} : { status: filter.status }),
      ...(filter.kind === undefined ? {} : { kind: filter.kind }),
      ...behind(filter.after),
    },
    include: WITH_LABEL,
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: filter.limit + 1,
  });
}

export interface ClaimTerms {
  readonly now: Date;
  /** A holder not heard of since then has lost the lease. */
  readonly staleBefore: Date;
  /** The fence of a holder that is proven dead: its lease is taken without waiting. */
  readonly deadFence?: number;
  /** Operations that may run at once on the VPS's account. */
  readonly accountLimit: number;
}

/**
 * Takes the lease when the operation waits, or when its holder is dead by proof or by silence.
 * Null when it has ended, is held, is not due yet, an older operation of the same VPS is unfinished, or the account is busy.
 */
export async function claimOperation(database: Database, id: string, lease: Lease, terms: ClaimTerms): Promise<Operation | null> {
  return await inTransaction(database, (tx) => claim(tx, id, lease, terms));
}

async function claim(db: Db, id: string, lease: Lease, { now, staleBefore, deadFence = -1, accountLimit }: ClaimTerms) {
  const [account] = await db.$queryRaw<{ accountId: string }[]>`
    SELECT v."accountId" FROM "operation" o JOIN "vps" v ON v."id" = o."vpsId" WHERE o."id" = ${id} AND o."status" IN ('queued', 'running')`;
  if (!account) return null;
  // One claim at a time per account: else two of them count the same free place.
  await db.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${account.accountId}, 7))`;
  const taken = await db.$queryRaw<{ id: string }[]>`
    UPDATE "operation" o SET "status" = 'running', "fence" = "fence" + 1, "attempt" = "attempt" + 1, "leaseOwner" = ${lease.owner},
      "leaseHost" = ${lease.host}, "leasePid" = ${lease.pid}, "leaseStartTime" = ${lease.startTime}, "heartbeatAt" = ${now},
      "startedAt" = COALESCE("startedAt", ${now}), "notBefore" = NULL
    WHERE "id" = ${id}
      AND (("status" = 'queued' AND ("notBefore" IS NULL OR "notBefore" <= ${now})) OR ("status" = 'running' AND ("heartbeatAt" < ${staleBefore} OR "fence" = ${deadFence})))
      AND NOT EXISTS (SELECT 1 FROM "operation" e WHERE e."vpsId" = o."vpsId" AND e."status" IN ('queued', 'running')
        AND (e."createdAt", e."id") < (o."createdAt", o."id"))
      AND ("status" = 'running' OR ${accountLimit} > (SELECT count(*) FROM "operation" r JOIN "vps" rv ON rv."id" = r."vpsId"
        WHERE rv."accountId" = ${account.accountId} AND r."status" = 'running'))
    RETURNING "id"`;
  return taken.length === 0 ? null : await db.operation.findUnique({ where: { id } });
}

/** Runs `change` only while `fence` is current. @throws LeaseLost */
export async function updateHeld(
  db: Db,
  id: string,
  fence: number,
  change: Partial<
    Pick<Operation, 'heartbeatAt' | 'engineHost' | 'enginePid' | 'engineStartTime' | 'status' | 'finishedAt' | 'notBefore' | 'leaseOwner'>
  > & {
    fault?: Json | null;
    result?: Json | null;
    progress?: Json;
  },
): Promise<void> {
  const { fault, result, ...rest } = change;
  const { count } = await db.operation.updateMany({
    where: { id, fence, status: 'running' },
    data: {
      ...rest,
      ...(fault === undefined ? {} : { fault: fault ?? DbNull }),
      ...(result === undefined ? {} : { result: result ?? DbNull }),
    },
  });
  if (count === 0) throw new LeaseLost(id);
}

/** Appends events; `fence` null is for the HTTP side, which holds no lease. Numbers have no gap. @throws LeaseLost */
export async function appendEvents(db: Db, operationId: string, fence: number | null, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  const { count } = await db.operation.updateMany({
    where: { id: operationId, ...(fence === null ? {} : { fence }) },
    data: { lastEventSeq: { increment: events.length } },
  });
  if (count === 0) throw new LeaseLost(operationId);
  const { lastEventSeq } = await db.operation.findUniqueOrThrow({ where: { id: operationId }, select: { lastEventSeq: true } });
  const first = lastEventSeq - events.length + 1;
  await db.operationEvent.createMany({ data: events.map((event, index) => ({ operationId, seq: first + index, ...event })) });
}

export async function eventsAfter(db: Db, operationId: string, after: number, limit: number): Promise<OperationEvent[]> {
  return await db.operationEvent.findMany({ where: { operationId, seq: { gt: after } }, orderBy: { seq: 'asc' }, take: limit });
}

/** Marks the wish; true when a worker runs it (and will see the wish), else it is ended at once by the caller. */
export async function requestCancel(db: Db, id: string): Promise<Operation> {
  return await db.operation.update({ where: { id }, data: { cancelRequested: true } });
}

export async function endQueued(db: Db, id: string, status: string, at: Date): Promise<boolean> {
  const { count } = await db.operation.updateMany({ where: { id, status: 'queued' }, data: { status, finishedAt: at } });
  return count === 1;
}

/** Who holds what, of the holders that ran in this place. */
export async function heldAt(
  db: Db,
  host: string,
): Promise<Pick<Operation, 'id' | 'fence' | 'leaseOwner' | 'leasePid' | 'leaseStartTime'>[]> {
  return await db.operation.findMany({
    where: { status: 'running', leaseHost: host },
    select: { id: true, fence: true, leaseOwner: true, leasePid: true, leaseStartTime: true },
  });
}

/** What a worker should look at: due ones that wait, and ones whose holder fell silent. Oldest first. */
export async function dueOperations(db: Db, terms: ClaimTerms, queuedBefore: Date): Promise<Operation[]> {
  const { now, staleBefore } = terms;
  // Else a full account's queue would hide everybody's behind it.
  const busy = await db.$queryRaw<{ accountId: string }[]>`
    SELECT v."accountId" FROM "operation" o JOIN "vps" v ON v."id" = o."vpsId" WHERE o."status" = 'running'
    GROUP BY v."accountId" HAVING count(*) >= ${terms.accountLimit}`;
  const elsewhere = busy.length === 0 ? {} : { vps: { accountId: { notIn: busy.map((row) => row.accountId) } } };
  return await db.operation.findMany({
    where: {
      OR: [
        { status: 'queued', ...elsewhere, createdAt: { lt: queuedBefore }, OR: [{ notBefore: null }, { notBefore: { lte: now } }] },
        { status: 'running', heartbeatAt: { lt: staleBefore } },
      ],
    },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    take: 200,
  });
}

export async function countOperations(db: Db): Promise<{ kind: string; status: string; count: number }[]> {
  const rows = await db.operation.groupBy({ by: ['kind', 'status'], _count: { _all: true } });
  return rows.map((row) => ({ kind: row.kind, status: row.status, count: row._count._all }));
}
