/**
 * Operations, their leases and events. The fence rises with each claim; every write of a worker names the fence it
 * claimed, so a worker that lost its lease (paused, cut off) writes nothing any more.
 */
import { LeaseLost } from '../../kernel/lease.ts';
import { UNFINISHED } from '../../../contract/words.ts';
import type { EventKind } from '../../../contract/events.ts';
import type { OperationStatus } from '../../../contract/operation.ts';
import { timeIn, timeNow } from '../../kernel/clock.ts';
import type { Db, Json, Operation } from '../../kernel/database.ts';
import { atomically, DbNull } from '../../kernel/database.ts';
import { emit } from '../../kernel/events/emit.ts';
import { behind, type Place, type Scope } from '../../kernel/listing.ts';

function heldByOther(operationId: string): LeaseLost {
  return new LeaseLost(`Operation ${operationId} is held by another worker now; this one stops writing.`);
}

/** A worker, as the holder of operations. */
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

type Told = Pick<Operation, 'id' | 'vpsId' | 'organizationId' | 'kind' | 'status'>;
const TOLD = { id: true, vpsId: true, organizationId: true, kind: true, status: true } as const;

/** What everybody is told of a new status. */
const EVENT_OF = {
  queued: 'operation.postponed',
  running: 'operation.started',
  waiting_for_person: 'operation.waiting',
  succeeded: 'operation.succeeded',
  failed: 'operation.failed',
  cancelled: 'operation.cancelled',
  stalled: 'operation.stalled',
} as const satisfies Record<OperationStatus, EventKind>;

async function tell(tx: Db, operations: readonly Told[], told?: 'operation.requested' | 'operation.cancel-requested'): Promise<void> {
  const events = operations.map(({ id, vpsId, organizationId, kind, status }) => ({
    kind: told ?? EVENT_OF[status as OperationStatus],
    organizationId,
    data: { vps_id: vpsId, operation_id: id, operation: kind, status },
  }));
  await emit(tx, ...events);
}

export async function insertOperation(
  db: Db,
  operation: Pick<Operation, 'id' | 'kind' | 'organizationId' | 'vpsId' | 'actor'> & { request: Json },
): Promise<Operation> {
  return await atomically(db, async (tx) => {
    const row = await tx.operation.create({ data: { ...operation, status: 'queued' } });
    await tell(tx, [row], 'operation.requested');
    return row;
  });
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
    startedAt: timeNow(),
  };
  await atomically(db, async (tx) => await tell(tx, [await tx.operation.create({ data: { ...operation, ...run } })]));
}

export async function renewHandRun(db: Db, id: string, leaseEnd: Date): Promise<void> {
  await db.operation.updateMany({ where: { id, status: 'running' }, data: { heartbeatAt: leaseEnd } });
}

/** False when it has ended already. */
export async function endHandRun(db: Db, id: string, status: string, result: Json, fault: Json | null): Promise<boolean> {
  const at = timeNow();
  return await atomically(db, async (tx) => {
    const ended = await tx.operation.updateManyAndReturn({
      where: { id, status: 'running' },
      data: { status, result, finishedAt: at, leaseOwner: null, ...(fault === null ? {} : { fault }) },
      select: TOLD,
    });
    await tell(tx, ended);
    if (ended.length === 1) await appendEvents(tx, id, null, [{ type: status, data: { fault, result } as Json, at }]);
    return ended.length === 1;
  });
}

/** Of one organization: those that it asked for, of VPSes that are its own still. Who gave a VPS away has nothing of it. */
function seen(scope: Scope) {
  return scope === null ? {} : { organizationId: scope, vps: { organizationId: scope } };
}

export async function operationById(db: Db, scope: Scope, id: string): Promise<Operation | null> {
  return await db.operation.findFirst({ where: { id, ...seen(scope) } });
}

/** One that is known to be there. */
export async function mustOperation(db: Db, id: string): Promise<Operation> {
  return await db.operation.findUniqueOrThrow({ where: { id } });
}

/** Destroys that were ordered of a VPS, newest first. */
export async function destroysOf(db: Db, vpsId: string): Promise<Operation[]> {
  return await db.operation.findMany({ where: { vpsId, kind: 'destroy' }, orderBy: [{ createdAt: 'desc' }, { id: 'desc' }] });
}

/** With what a person calls its VPS. */
export type OperationWithVps = Operation & { vps: { label: string } };
const WITH_LABEL = { vps: { select: { label: true } } } as const;

export async function operationsWithVps(db: Db, ids: readonly string[]): Promise<Map<string, OperationWithVps>> {
  const rows = await db.operation.findMany({ where: { id: { in: [...ids] } }, include: WITH_LABEL });
  return new Map(rows.map((row) => [row.id, row]));
}

export async function operationWithVps(db: Db, scope: Scope, id: string): Promise<OperationWithVps | null> {
  return await db.operation.findFirst({ where: { id, ...seen(scope) }, include: WITH_LABEL });
}

export async function unfinishedOperations(db: Db, vpsId: string): Promise<Operation[]> {
  return await db.operation.findMany({ where: { vpsId, status: { in: [...UNFINISHED] } }, orderBy: { createdAt: 'asc' } });
}

/** `ignored`: kinds that are nothing a person would run again. */
export async function lastOperation(db: Db, vpsId: string, ignored: readonly string[]): Promise<Operation | null> {
  return await db.operation.findFirst({
    where: { vpsId, kind: { notIn: [...ignored] } },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
  });
}

export interface OperationFilter {
  readonly vpsId?: string;
  readonly status?: string;
  readonly kind?: string;
  readonly ids?: readonly string[];
  readonly limit: number;
  readonly after?: Place;
}

export async function listOperations(db: Db, scope: Scope, filter: OperationFilter): Promise<OperationWithVps[]> {
  return await db.operation.findMany({
    where: {
      ...seen(scope),
      ...(filter.vpsId === undefined ? {} : { vpsId: filter.vpsId }),
      ...(filter.status === undefined ? {} : { status: filter.status }),
      ...(filter.kind === undefined ? {} : { kind: filter.kind }),
      ...(filter.ids === undefined ? {} : { id: { in: [...filter.ids] } }),
      ...behind(filter.after),
    },
    include: WITH_LABEL,
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: filter.limit + 1,
  });
}

export interface ClaimTerms {
  /** A holder not heard of for so long, in ms, has lost the lease. */
  readonly staleMs: number;
  /** The fence of a holder that is proven dead: its lease is taken without waiting. */
  readonly deadFence?: number;
  /** Operations that may run at once on the VPS's account. */
  readonly accountLimit: number;
}

/**
 * Takes the lease when the operation waits, or when its holder is dead by proof or by silence. One statement, so that no
 * worker that stops half way holds up the others of its account.
 * Null when it has ended, is held, is not due yet, an older operation of the same VPS is unfinished, or the account is busy.
 */
export async function claimOperation(db: Db, id: string, lease: Lease, terms: ClaimTerms): Promise<Operation | null> {
  const { staleMs, deadFence = -1, accountLimit } = terms;
  const [claimed] = await db.$queryRaw<{ fence: number | null }[]>`
    WITH claimed AS (
      SELECT "claim_operation"(${id}, ${lease.owner}, ${lease.host}, ${lease.pid}::int, ${lease.startTime}, ${staleMs}::float8,
        ${deadFence}::int, ${accountLimit}::int) AS "fence"
    ), told AS (
      INSERT INTO "event" ("kind", "subject", "organizationId", "data")
      SELECT 'operation.started', 'vps:' || o."vpsId", o."organizationId",
        jsonb_build_object('vps_id', o."vpsId", 'operation_id', o."id", 'operation', o."kind", 'status', 'running')
      FROM claimed JOIN "operation" o ON o."id" = ${id} WHERE claimed."fence" IS NOT NULL
    )
    SELECT "fence" FROM claimed`;
  const fence = claimed?.fence ?? null;
  return fence === null ? null : await db.operation.findFirst({ where: { id, fence } });
}

/** Runs `change` only while `fence` is current. @throws LeaseLost */
export async function updateHeld(
  db: Db,
  id: string,
  fence: number,
  change: Partial<
    Pick<
      Operation,
      'heartbeatAt' | 'engineHost' | 'enginePid' | 'engineStartTime' | 'status' | 'finishedAt' | 'notBefore' | 'leaseOwner' | 'attempt'
    >
  > & {
    fault?: Json | null;
    result?: Json | null;
    progress?: Json;
  },
): Promise<void> {
  const { fault, result, ...rest } = change;
  const where = { id, fence, status: 'running' };
  const data = {
    ...rest,
    ...(fault === undefined ? {} : { fault: fault ?? DbNull }),
    ...(result === undefined ? {} : { result: result ?? DbNull }),
  };
  // Not for a heartbeat: that is nobody's news.
  if (change.status === undefined) {
    if ((await db.operation.updateMany({ where, data })).count === 0) throw heldByOther(id);
    return;
  }
  await atomically(db, async (tx) => {
    const changed = await tx.operation.updateManyAndReturn({ where, data, select: TOLD });
    if (changed.length === 0) throw heldByOther(id);
    await tell(tx, changed);
  });
}

/** Appends events; `fence` null is for the HTTP side, which holds no lease. Numbers have no gap. @throws LeaseLost */
export async function appendEvents(db: Db, operationId: string, fence: number | null, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  const { count } = await db.operation.updateMany({
    where: { id: operationId, ...(fence === null ? {} : { fence }) },
    data: { lastEventSeq: { increment: events.length } },
  });
  if (count === 0) throw heldByOther(operationId);
  const { lastEventSeq } = await db.operation.findUniqueOrThrow({ where: { id: operationId }, select: { lastEventSeq: true } });
  const first = lastEventSeq - events.length + 1;
  await db.operationEvent.createMany({ data: events.map((event, index) => ({ operationId, seq: first + index, ...event })) });
}

/** Marks the wish; true when a worker runs it (and will see the wish), else it is ended at once by the caller. */
export async function requestCancel(db: Db, id: string): Promise<Operation> {
  return await atomically(db, async (tx) => {
    const row = await tx.operation.update({ where: { id }, data: { cancelRequested: true } });
    await tell(tx, [row], 'operation.cancel-requested');
    return row;
  });
}

export async function endQueued(db: Db, id: string, status: string, at: Date): Promise<boolean> {
  return await atomically(db, async (tx) => {
    const ended = await tx.operation.updateManyAndReturn({
      where: { id, status: { in: ['queued', 'waiting_for_person'] } },
      data: { status, finishedAt: at },
      select: TOLD,
    });
    await tell(tx, ended);
    return ended.length === 1;
  });
}

/** What a person had to do for it is done: the next free worker goes on. False when it does not wait for that. */
export async function resumeWaiting(db: Db, id: string): Promise<boolean> {
  return await atomically(db, async (tx) => {
    const where = { id, status: 'waiting_for_person' };
    const resumed = await tx.operation.updateManyAndReturn({ where, data: { status: 'queued', notBefore: null }, select: TOLD });
    await tell(tx, resumed);
    return resumed.length === 1;
  });
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
  // Else a full account's queue would hide everybody's behind it.
  const busy = await db.$queryRaw<{ accountId: string }[]>`
    SELECT v."accountId" FROM "operation" o JOIN "vps" v ON v."id" = o."vpsId" WHERE o."status" = 'running'
    GROUP BY v."accountId" HAVING count(*) >= ${terms.accountLimit}`;
  const elsewhere = busy.length === 0 ? {} : { vps: { accountId: { notIn: busy.map((row) => row.accountId) } } };
  return await db.operation.findMany({
    where: {
      OR: [
        { status: 'queued', ...elsewhere, createdAt: { lt: queuedBefore }, OR: [{ notBefore: null }, { notBefore: { lte: timeNow() } }] },
        { status: 'running', heartbeatAt: { lt: timeIn(-terms.staleMs) } },
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
