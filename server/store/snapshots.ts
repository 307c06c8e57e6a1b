/** Snapshots that were ordered, and the passwords a VPS had before. */
import { randomUUID } from 'node:crypto';
import type { Db, Snapshot } from './database.ts';
import { behind, type Place, type Scope, scoped } from './listing.ts';
import type { VpsWithAccount } from './vpses.ts';

export type SnapshotWithVps = Snapshot & { vps: { organizationId: string } };
const withVps = { vps: { select: { organizationId: true } } };

export async function insertSnapshot(
  db: Db,
  snapshot: Pick<Snapshot, 'id' | 'vpsId' | 'name' | 'status' | 'providerName' | 'image'> & Partial<Snapshot>,
): Promise<Snapshot> {
  return await db.snapshot.create({ data: snapshot });
}

export async function snapshotById(db: Db, vpsId: string, id: string): Promise<Snapshot | null> {
  return await db.snapshot.findFirst({ where: { id, vpsId } });
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
  filter: { final?: boolean; limit: number; after?: Place },
): Promise<SnapshotWithVps[]> {
  return await db.snapshot.findMany({
    where: {
      deletedAt: null,
      vps: scoped(scope),
      ...(filter.final === undefined ? {} : { final: filter.final }),
      ...behind(filter.after),
    },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: filter.limit + 1,
    include: withVps,
  });
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
