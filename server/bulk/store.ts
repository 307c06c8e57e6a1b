/**
 * Bulk runs and their items. One worker at a time orders for a run, by a lease on its row; the order of an item and the mark
 * on it are one transaction that also looks at the lease and the status, so nothing is ordered twice or after a pause.
 */
import { leaseEnd, leaseIsFree, leaseIsHeld, LeaseLost, RELEASED } from '../kernel/lease.ts';
import { UNFINISHED } from '../../contract/words.ts';
import type { BulkItem, BulkRun } from '../../prisma/generated/client.ts';
import type { BulkItemStatus, BulkStatus } from '../../contract/bulk.ts';
import { timeNow } from '../kernel/clock.ts';
import { atomically, type Db, DbNull, type Json, type Operation } from '../kernel/database.ts';
import { emit } from '../kernel/events/emit.ts';
import { behind, type Place, type Scope, scoped } from '../kernel/listing.ts';
import { type VpsWithAccount, withStanding } from '../vps/store.ts';

export type { BulkItem, BulkRun };
export type BulkCounts = Readonly<Record<BulkItemStatus, number>>;
export type ItemWithVps = BulkItem & { vps: { label: string; status: string } };

export interface NewItem {
  readonly vpsId: string;
  /** null: it waits for its turn. */
  readonly refused: { readonly code: string; readonly reason: string } | null;
}

/** Those of `ids` that the scope may see, in no order. */
export async function vpsesByIds(db: Db, scope: Scope, ids: readonly string[]): Promise<VpsWithAccount[]> {
  return await withStanding(db, await db.vps.findMany({ where: { id: { in: [...ids] }, ...scoped(scope) }, include: { account: true } }));
}

/** Operations that have not ended, by VPS. */
export async function unfinishedByVps(db: Db, vpsIds: readonly string[]): Promise<Map<string, Pick<Operation, 'id' | 'kind'>[]>> {
  const rows = await db.operation.findMany({
    where: { vpsId: { in: [...vpsIds] }, status: { in: [...UNFINISHED] } },
    orderBy: { createdAt: 'asc' },
    select: { id: true, kind: true, vpsId: true },
  });
  return Map.groupBy(rows, ({ vpsId }) => vpsId);
}

export async function insertBulkRun(
  db: Db,
  run: Pick<BulkRun, 'id' | 'organizationId' | 'note' | 'includeMaintenance' | 'startedBy' | 'actor' | 'tokenId' | 'role'> & {
    action: Json;
    selection: Json;
    pace: Json;
  },
  items: readonly NewItem[],
): Promise<BulkRun> {
  const row = await db.bulkRun.create({ data: { ...run, status: 'running' } });
  const at = timeNow();
  await db.bulkItem.createMany({
    data: items.map(({ vpsId, refused }, position) => ({
      runId: run.id,
      position,
      vpsId,
      ...(refused === null
        ? { status: 'pending' }
        : { status: 'refused', finishedAt: at, fault: { kind: refused.code, message: refused.reason, retryable: false } }),
    })),
  });
  await tell(db, 'bulk.started', row);
  return row;
}

type Told = Pick<BulkRun, 'id' | 'organizationId' | 'status' | 'finishedAt'>;
async function tell(tx: Db, kind: 'bulk.started' | 'bulk.changed' | 'bulk.ended', run: Told): Promise<void> {
  await emit(tx, { kind, organizationId: run.organizationId, data: { bulk_run_id: run.id, status: run.status } });
}

export async function bulkRunById(db: Db, scope: Scope, id: string): Promise<BulkRun | null> {
  return await db.bulkRun.findFirst({ where: { id, ...scoped(scope) } });
}

/** Holds the row until the transaction ends: no item of it is ordered meanwhile. */
export async function lockBulkRun(db: Db, scope: Scope, id: string): Promise<BulkRun | null> {
  await db.$queryRaw`SELECT 1 FROM "bulk_run" WHERE "id" = ${id} FOR UPDATE`;
  return await bulkRunById(db, scope, id);
}

export type BulkRunChange = Partial<
  Pick<
    BulkRun,
    'status' | 'reason' | 'waiting' | 'canaryPassedAt' | 'forgivenFailed' | 'forgivenFinished' | 'actor' | 'tokenId' | 'role' | 'finishedAt'
  >
>;

export async function updateBulkRun(db: Db, id: string, change: BulkRunChange): Promise<BulkRun> {
  return await atomically(db, async (tx) => {
    const row = await tx.bulkRun.update({ where: { id }, data: change });
    await tell(tx, row.finishedAt ? 'bulk.ended' : 'bulk.changed', row);
    return row;
  });
}

/** Changes a run only while it runs and `owner` holds its lease. False when not. */
export async function updateHeldRun(db: Db, id: string, owner: string, change: BulkRunChange): Promise<boolean> {
  return await atomically(db, async (tx) => {
    const [run] = await tx.bulkRun.updateManyAndReturn({ where: { id, leaseOwner: owner, status: 'running' }, data: change });
    if (run) await tell(tx, run.finishedAt ? 'bulk.ended' : 'bulk.changed', run);
    return run !== undefined;
  });
}

export interface BulkFilter {
  readonly status?: string;
  readonly limit: number;
  readonly after?: Place;
}

/** Newest first; one more than `limit` when there is a next page. */
export async function listBulkRuns(db: Db, scope: Scope, { status, limit, after }: BulkFilter): Promise<BulkRun[]> {
  return await db.bulkRun.findMany({
    where: {
      ...scoped(scope),
      ...(status === undefined ? {} : { status }),
      ...behind(after),
    },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: limit + 1,
  });
}

/** In the run's order, those after the position `after`; one more than `limit` when there is a next page. */
export async function listBulkItems(
  db: Db,
  runId: string,
  { status, limit, after }: { status?: string; limit: number; after: number },
): Promise<ItemWithVps[]> {
  return await db.bulkItem.findMany({
    where: { runId, position: { gt: after }, ...(status === undefined ? {} : { status }) },
    orderBy: { position: 'asc' },
    take: limit + 1,
    include: { vps: { select: { label: true, status: true } } },
  });
}

export async function bulkCounts(db: Db, runIds: readonly string[]): Promise<Map<string, BulkCounts>> {
  const rows = await db.bulkItem.groupBy({ by: ['runId', 'status'], where: { runId: { in: [...runIds] } }, _count: { _all: true } });
  const counts = new Map(runIds.map((id) => [id, { pending: 0, ordered: 0, succeeded: 0, failed: 0, refused: 0, skipped: 0 }]));
  for (const row of rows) counts.get(row.runId)![row.status as BulkItemStatus] = row._count._all;
  return counts;
}

/** Runs with something to do, whose lease is free or held by `owner`. */
export async function openBulkRuns(db: Db, owner: string): Promise<{ id: string; status: BulkStatus }[]> {
  return await db.$queryRaw<{ id: string; status: BulkStatus }[]>`
    SELECT "id", "status" FROM "bulk_run" WHERE "finishedAt" IS NULL
      AND ${leaseIsFree(owner)} ORDER BY "createdAt" LIMIT 100`;
}

/** Takes or renews the lease. Null when another worker holds it or the run has finished. */
export async function claimBulkRun(db: Db, id: string, owner: string, leaseMs: number): Promise<BulkRun | null> {
  const taken = await db.$executeRaw`
    UPDATE "bulk_run" SET "leaseOwner" = ${owner}, "leaseUntil" = ${leaseEnd(leaseMs)}
    WHERE "id" = ${id} AND "finishedAt" IS NULL
      AND ${leaseIsFree(owner)}`;
  return taken === 1 ? await db.bulkRun.findUnique({ where: { id } }) : null;
}

/** Gives the lease back, so that another worker need not wait for its end. */
export async function releaseBulkRuns(db: Db, owner: string): Promise<void> {
  await db.bulkRun.updateMany({ where: { leaseOwner: owner }, data: RELEASED });
}

/** Takes up the ends of the operations that its items follow. */
export async function settleBulkItems(db: Db, runId: string): Promise<void> {
  await db.$executeRaw`
    UPDATE "bulk_item" i SET "finishedAt" = COALESCE(o."finishedAt", clock_timestamp()), "waiting" = NULL,
      "status" = CASE WHEN o."status" = 'succeeded' THEN 'succeeded' ELSE 'failed' END,
      "fault" = CASE WHEN o."status" = 'succeeded' THEN NULL ELSE COALESCE(o."fault", jsonb_build_object(
        'kind', o."status", 'message', 'The operation ended as ' || o."status" || '.', 'retryable', true)) END
    FROM "operation" o WHERE i."runId" = ${runId} AND i."status" = 'ordered' AND o."id" = i."operationId"
      AND o."status" <> ALL(${[...UNFINISHED]})`;
}

export interface CanaryCounts {
  readonly succeeded: number;
  readonly ordered: number;
}

export async function canaryCounts(db: Db, runId: string): Promise<CanaryCounts> {
  const rows = await db.bulkItem.groupBy({ by: ['status'], where: { runId, canary: true }, _count: { _all: true } });
  const of = (status: BulkItemStatus): number => rows.find((row) => row.status === status)?._count._all ?? 0;
  return { succeeded: of('succeeded'), ordered: of('ordered') };
}

export async function requestedSince(db: Db, runId: string, since: Date): Promise<number> {
  return await db.bulkItem.count({ where: { runId, orderedAt: { gt: since } } });
}

export type DueItem = Pick<BulkItem, 'position' | 'vpsId' | 'operationId' | 'attempts' | 'triedAt'>;

/** Items whose turn it is, in the run's order; not those put off, nor those on the accounts `except`. */
export async function dueBulkItems(db: Db, runId: string, except: readonly string[], limit: number): Promise<DueItem[]> {
  return await db.bulkItem.findMany({
    where: {
      runId,
      status: 'pending',
      OR: [{ notBefore: null }, { notBefore: { lte: timeNow() } }],
      ...(except.length === 0 ? {} : { vps: { accountId: { notIn: [...except] } } }),
    },
    orderBy: { position: 'asc' },
    take: limit,
    select: { position: true, vpsId: true, operationId: true, attempts: true, triedAt: true },
  });
}

/** Accounts of a run's waiting items on which Plinth does nothing by itself. */
export async function stoppedAccounts(db: Db, runId: string): Promise<{ id: string; name: string; reason: string | null }[]> {
  return await db.$queryRaw<{ id: string; name: string; reason: string | null }[]>`
    SELECT a."id", a."name", s."reason" FROM "account_automation" s JOIN "account" a ON a."id" = s."accountId" WHERE s."stopped"
      AND EXISTS (SELECT 1 FROM "bulk_item" i JOIN "vps" v ON v."id" = i."vpsId"
        WHERE i."runId" = ${runId} AND i."status" = 'pending' AND v."accountId" = a."id")`;
}

/** The run was paused, cancelled or taken over, or the item is not waiting any more: nothing may be ordered for it. */
export class RequestLost extends LeaseLost {
  constructor(runId: string, position: number) {
    super(`Item ${position} of bulk run ${runId} is not this worker's to order now.`);
    this.name = 'RequestLost';
  }
}

/**
 * Marks an item as ordered, inside the transaction that orders it. A pause waits for that transaction. The other way round
 * nothing waits (SKIP LOCKED): the order holds what the pause needs next, so it gives way and its turn comes again.
 * @throws RequestLost
 */
export async function markRequested(
  tx: Db,
  { runId, position, owner }: { runId: string; position: number; owner: string },
  mark: { operationId: string | null; canary: boolean },
): Promise<void> {
  const held = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM "bulk_run" WHERE "id" = ${runId} AND ${leaseIsHeld(owner)} AND "status" = 'running'
    FOR SHARE SKIP LOCKED`;
  if (held.length === 0) throw new RequestLost(runId, position);
  const at = timeNow();
  const done = mark.operationId === null;
  const { count } = await tx.bulkItem.updateMany({
    where: { runId, position, status: 'pending' },
    data: {
      status: done ? 'succeeded' : 'ordered',
      operationId: mark.operationId,
      canary: mark.canary,
      attempts: { increment: 1 },
      fault: DbNull,
      waiting: null,
      notBefore: null,
      orderedAt: at,
      finishedAt: done ? at : null,
    },
  });
  if (count === 0) throw new RequestLost(runId, position);
}

export async function putOffItem(db: Db, runId: string, item: DueItem, waiting: string, notBefore: Date): Promise<void> {
  await db.bulkItem.updateMany({
    where: { runId, position: item.position, status: 'pending' },
    data: { waiting, notBefore, triedAt: item.triedAt ?? timeNow() },
  });
}

export async function refuseItem(db: Db, runId: string, position: number, fault: { kind: string; message: string }): Promise<void> {
  await db.bulkItem.updateMany({
    where: { runId, position, status: 'pending' },
    data: { status: 'refused', fault: { ...fault, retryable: false }, waiting: null, finishedAt: timeNow() },
  });
}

/** What was not ordered yet. Answers how many. */
export async function skipPending(db: Db, runId: string): Promise<number> {
  const data = { status: 'skipped', waiting: null, finishedAt: timeNow() };
  return (await db.bulkItem.updateMany({ where: { runId, status: 'pending' }, data })).count;
}

/** Back to waiting. Answers how many. Their last operation stays named: the next order looks at it first. */
export async function reopenItems(db: Db, runId: string, statuses: readonly BulkItemStatus[]): Promise<number> {
  const data = { status: 'pending', canary: false, waiting: null, notBefore: null, triedAt: null, finishedAt: null };
  return (await db.bulkItem.updateMany({ where: { runId, status: { in: [...statuses] } }, data })).count;
}

export async function countBulk(
  db: Db,
): Promise<{ runs: { status: string; count: number }[]; items: { status: string; count: number }[] }> {
  const [runs, items] = await Promise.all([
    db.bulkRun.groupBy({ by: ['status'], _count: { _all: true } }),
    db.bulkItem.groupBy({ by: ['status'], where: { run: { finishedAt: null } }, _count: { _all: true } }),
  ]);
  const counted = (rows: readonly { status: string; _count: { _all: number } }[]) =>
    rows.map((row) => ({ status: row.status, count: row._count._all }));
  return { runs: counted(runs), items: counted(items) };
}
