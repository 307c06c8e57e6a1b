/** Accounts at providers and their cached catalogues. */
import type { Account, Db, Json } from './database.ts';

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
> & { configuration: Json };

export async function insertAccount(db: Db, account: NewAccount): Promise<Account> {
  return await db.account.create({ data: account });
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
  return await db.account.update({ where: { id }, data: change });
}

/** VPSes (also terminated ones: their history names the account) that use it, living ones counted apart. */
/** Living VPSes at the account. */
export async function countVpsesAt(db: Db, accountId: string): Promise<number> {
  return await db.vps.count({ where: { accountId, deletedAt: null } });
}

export async function accountUse(db: Db, id: string): Promise<{ living: number; all: number }> {
  const where = { OR: [{ accountId: id }, { dnsAccountId: id }] };
  const [living, all] = await Promise.all([db.vps.count({ where: { ...where, deletedAt: null } }), db.vps.count({ where })]);
  return { living, all };
}

export async function deleteAccount(db: Db, id: string): Promise<void> {
  await db.account.delete({ where: { id } });
}

export async function cachedCatalog(db: Db, accountId: string, kind: string): Promise<{ items: unknown; fetchedAt: Date } | null> {
  return await db.catalogCache.findUnique({ where: { accountId_kind: { accountId, kind } }, select: { items: true, fetchedAt: true } });
}

export async function saveCatalog(db: Db, accountId: string, kind: string, items: Json, fetchedAt: Date): Promise<void> {
  const data = { items, fetchedAt };
  await db.catalogCache.upsert({ where: { accountId_kind: { accountId, kind } }, create: { accountId, kind, ...data }, update: data });
}

export async function dropCatalog(db: Db, accountId: string): Promise<void> {
  await db.catalogCache.deleteMany({ where: { accountId } });
}
