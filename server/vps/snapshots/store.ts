/** Snapshots that were ordered, and the passwords a VPS had before. */
import { randomUUID } from 'node:crypto';
import { UNFINISHED } from '../../../contract/words.ts';
import type { Db, Snapshot } from '../../kernel/database.ts';
import { behind, type Place, type Scope, scoped } from '../../kernel/listing.ts';
import type { VpsWithAccount } from '../store.ts';

export type SnapshotWithVps = Snapshot & {
  vps: { organizationId: string; label: string; status: string; provider: string; account: { endpointKind: string } };
};
const withVps = {
  vps: { select: { organizationId: true, label: true, status: true, provider: true, account: { select: { endpointKind: true } } } },
};
/** Which recorded snapshots; left out = all that are not deleted. */
export interface SnapshotFilter {
  readonly final?: boolean | undefined;
  readonly vpsTerminated?: boolean | undefined;
  readonly vpsId?: string | undefined;
}

export async function insertSnapshot(
  db: Db,
  snapshot: Pick<Snapshot, 'id' | 'vpsId' | 'name' | 'status' | 'providerName' | 'image'> & Partial<Snapshot>,
): Promise<Snapshot> {
  return await db.snapshot.create({ data: snapshot });
}

export async function snapshotById(db: Db, vpsId: string, id: string): Promise<Snapshot | null> {
  return await db.snapshot.findFirst({ where: { id, vpsId } });
}

/** Of one organization's VPSes, or of all; none that is deleted. */
export async function snapshotInScope(db: Db, scope: Scope, id: string): Promise<Snapshot | null> {
  return await db.snapshot.findFirst({ where: { id, deletedAt: null, vps: scoped(scope) } });
}

/** The newest row of what the account holds under this id. */
export async function snapshotAt(db: Db, accountId: string, providerSnapshotId: string): Promise<Snapshot | null> {
  return await db.snapshot.findFirst({ where: { providerSnapshotId, vps: { accountId } }, orderBy: { createdAt: 'desc' } });
}

/** Labels of the VPSes that are being made of one of these snapshots, by the provider's ids. */
export async function beingMadeOf(db: Db, accountId: string, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await db.$queryRaw<{ label: string }[]>`
    SELECT v."label" FROM "operation" o JOIN "vps" v ON v."id" = o."vpsId"
    WHERE o."status" = ANY(${[...UNFINISHED]}) AND o."kind" = 'provision' AND v."accountId" = ${accountId}
      AND v."spec" #>> '{compute,snapshotId}' = ANY(${[...ids]})
    ORDER BY o."createdAt", o."id"`;
  return rows.map(({ label }) => label);
}

export async function snapshotOfOperation(db: Db, operationId: string): Promise<Snapshot | null> {
  return await db.snapshot.findFirst({ where: { operationId } });
}

/** Those not deleted, oldest first. */
export async function snapshotsOf(db: Db, vpsId: string): Promise<Snapshot[]> {
  return await db.snapshot.findMany({ where: { vpsId, deletedAt: null }, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] });
}

/** What a termination made and leaves at the provider on purpose. */
export async function keptSnapshots(db: Db, vpsId: string): Promise<Snapshot[]> {
  return await db.snapshot.findMany({ where: { vpsId, final: true, status: 'available', deletedAt: null } });
}

export type SnapshotChange = Partial<
  Pick<
    Snapshot,
    | 'final'
    | 'status'
    | 'message'
    | 'providerSnapshotId'
    | 'sizeGb'
    | 'minDiskGb'
    | 'monthlyCost'
    | 'currency'
    | 'rootPassword'
    | 'operationId'
    | 'deletedAt'
  >
>;

export async function updateSnapshot(db: Db, id: string, change: SnapshotChange): Promise<Snapshot> {
  return await db.snapshot.update({ where: { id }, data: change });
}

/** What its provider no longer has. */
export async function markDeleted(db: Db, ids: readonly string[], at: Date): Promise<void> {
  const gone = { status: 'deleted', message: null, rootPassword: null, deletedAt: at };
  await db.snapshot.updateMany({ where: { id: { in: [...ids] } }, data: gone });
}

/** Newest first; one more row than `limit` when there is a next page. */
export async function listSnapshots(
  db: Db,
  scope: Scope,
  filter: SnapshotFilter & { limit: number; after?: Place },
): Promise<SnapshotWithVps[]> {
  const { vpsTerminated } = filter;
  const status = vpsTerminated === undefined ? {} : { status: vpsTerminated ? 'terminated' : { not: 'terminated' } };
  return await db.snapshot.findMany({
    where: {
      deletedAt: null,
      vps: { ...scoped(scope), ...status },
      ...(filter.final === undefined ? {} : { final: filter.final }),
      ...behind(filter.after),
    },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: filter.limit + 1,
    include: withVps,
  });
}

/** One currency of what is kept; `currency` null: the price of these is not known. */
export interface SnapshotSum {
  readonly currency: string | null;
  readonly count: number;
  /** Decimal, a month. */
  readonly amount: string;
}

/** What is at the providers now of the recorded ones; one that failed or is being made yet is not. */
export async function snapshotSums(db: Db, scope: Scope, { final, vpsTerminated, vpsId }: SnapshotFilter): Promise<SnapshotSum[]> {
  return await db.$queryRaw<SnapshotSum[]>`
    SELECT CASE WHEN s."monthlyCost" IS NULL THEN NULL ELSE s."currency" END AS "currency", count(*)::int AS "count",
      coalesce(sum(s."monthlyCost"::numeric), 0)::text AS "amount"
    FROM "snapshot" s JOIN "vps" v ON v."id" = s."vpsId"
    WHERE s."deletedAt" IS NULL AND s."status" IN ('available', 'deleting')
      AND (${scope}::text IS NULL OR v."organizationId" = ${scope})
      AND (${vpsId ?? null}::text IS NULL OR s."vpsId" = ${vpsId ?? null})
      AND (${final ?? null}::boolean IS NULL OR s."final" = ${final ?? null})
      AND (${vpsTerminated ?? null}::boolean IS NULL OR (v."status" = 'terminated') = ${vpsTerminated ?? null})
    GROUP BY 1 ORDER BY 1`;
}

/** `seal` binds the password to the row's id. */
export async function keepFormerPassword(
  db: Db,
  vps: Pick<VpsWithAccount, 'id'>,
  until: Date,
  seal: (id: string) => string,
): Promise<void> {
  const id = randomUUID();
  await db.formerPassword.create({ data: { id, vpsId: vps.id, password: seal(id), until } });
}

/** The sealed password that the VPS had at a time, when it is not the present one. */
export async function formerPasswordAt(db: Db, vpsId: string, at: Date): Promise<{ id: string; password: string } | null> {
  return await db.formerPassword.findFirst({ where: { vpsId, until: { gt: at } }, orderBy: { until: 'asc' } });
}

export async function forgetFormerPasswords(db: Db, vpsId: string): Promise<void> {
  await db.formerPassword.deleteMany({ where: { vpsId } });
}

/** Names at the provider of the snapshots of these VPSes that are not deleted. */
export async function namesOfSnapshots(db: Db, vpsIds: readonly string[]): Promise<string[]> {
  if (vpsIds.length === 0) return [];
  const rows = await db.snapshot.findMany({ where: { vpsId: { in: [...vpsIds] }, deletedAt: null }, select: { providerName: true } });
  return rows.map(({ providerName }) => providerName);
}
