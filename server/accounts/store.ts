/** Accounts at providers and their cached catalogues. */
import { type Account, atomically, type Db, type Json } from '../kernel/database.ts';
import { emit } from '../kernel/events/emit.ts';

export type NewAccount = Pick<
  Account,
  | 'id'
  | 'provider'
  | 'name'
  | 'endpointKind'
  | 'endpointBaseUrl'
  | 'credential'
  | 'fingerprint'
  | 'last4'
  | 'status'
  | 'checkMessage'
  | 'lastCheckedAt'
> & { configuration: Json } & Partial<Pick<Account, 'createdAt' | 'active'>>;

export async function insertAccount(db: Db, account: NewAccount): Promise<Account> {
  return await atomically(db, async (tx) => {
    const row = await tx.account.create({ data: account });
    await tell(tx, 'account.created', row.id);
    return row;
  });
}

async function tell(tx: Db, kind: 'account.created' | 'account.changed' | 'account.removed', id: string): Promise<void> {
  await emit(tx, { kind, organizationId: null, data: { account_id: id } });
}

export async function listAccounts(db: Db): Promise<Account[]> {
  return await db.account.findMany({ orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] });
}

export async function accountById(db: Db, id: string): Promise<Account | null> {
  return await db.account.findUnique({ where: { id } });
}

export async function updateAccount(
  db: Db,
  id: string,
  change: Partial<Omit<NewAccount, 'id' | 'provider'>> & { secretVersion?: { increment: number } },
): Promise<Account> {
  return await atomically(db, async (tx) => {
    const row = await tx.account.update({ where: { id }, data: change });
    await tell(tx, 'account.changed', id);
    return row;
  });
}

/** Living VPSes at the account. */
export async function countVpsesAt(db: Db, accountId: string): Promise<number> {
  return await db.vps.count({ where: { accountId, deletedAt: null } });
}

/** VPSes (also terminated ones: their history names the account) that use it, living ones counted apart. */
export async function accountUse(db: Db, id: string): Promise<{ living: number; all: number }> {
  const where = { OR: [{ accountId: id }, { dnsAccountId: id }] };
  const [living, all] = await Promise.all([db.vps.count({ where: { ...where, deletedAt: null } }), db.vps.count({ where })]);
  return { living, all };
}

export async function deleteAccount(db: Db, id: string): Promise<void> {
  await atomically(db, async (tx) => {
    await tx.account.delete({ where: { id } });
    await tell(tx, 'account.removed', id);
  });
}

export async function cachedCatalog(db: Db, accountId: string, kind: string): Promise<{ items: unknown; fetchedAt: Date } | null> {
  return await db.catalogCache.findUnique({ where: { accountId_kind: { accountId, kind } }, select: { items: true, fetchedAt: true } });
}

/** Another whenever any part of the account's catalogue was read anew. */
export async function catalogVersion(db: Db, accountId: string): Promise<string> {
  const rows = await db.catalogCache.findMany({ where: { accountId }, select: { kind: true, fetchedAt: true }, orderBy: { kind: 'asc' } });
  return rows.map(({ kind, fetchedAt }) => `${kind} ${fetchedAt.getTime()}`).join(' ');
}

export async function saveCatalog(db: Db, accountId: string, kind: string, items: Json, fetchedAt: Date): Promise<void> {
  const data = { items, fetchedAt };
  await db.catalogCache.upsert({ where: { accountId_kind: { accountId, kind } }, create: { accountId, kind, ...data }, update: data });
}

export async function dropCatalog(db: Db, accountId: string): Promise<void> {
  await db.catalogCache.deleteMany({ where: { accountId } });
}

/** Zones in which VPSes of this DNS account have or had records. */
export async function zonesInUse(db: Db, dnsAccountId: string): Promise<string[]> {
  const rows = await db.$queryRaw<{ zone: string | null }[]>`
    SELECT DISTINCT "spec" -> 'dns' ->> 'zoneId' AS zone FROM "vps" WHERE "dnsAccountId" = ${dnsAccountId}`;
  return rows.map(({ zone }) => zone).filter((zone) => zone !== null);
}

/** Ids of the servers of living VPSes on an account, newest first. */
export async function newestInstances(db: Db, accountId: string, limit: number): Promise<string[]> {
  const where = { accountId, status: { in: ['active', 'suspended'] }, instanceId: { not: null } };
  const rows = await db.vps.findMany({ where, orderBy: { createdAt: 'desc' }, take: limit, select: { instanceId: true } });
  return rows.map(({ instanceId }) => instanceId!);
}

/** That its servers were read whole at that time, and compared. */
export async function noteServersSeen(db: Db, id: string, at: Date): Promise<void> {
  await db.account.updateMany({ where: { id }, data: { serversSeenAt: at } });
}
