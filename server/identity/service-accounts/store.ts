/** Service accounts' rows. */
import { randomUUID } from 'node:crypto';
import type { ServiceAccount } from '../../../prisma/generated/client.ts';
import type { Db } from '../../kernel/database.ts';
import { type Scope, scoped } from '../../kernel/listing.ts';

export type { ServiceAccount };
export type ServiceAccountRow = ServiceAccount & { readonly _count: { readonly tokens: number } };

const living = { _count: { select: { tokens: { where: { revokedAt: null } } } } } as const;

export async function listServiceAccounts(db: Db, scope: Scope): Promise<ServiceAccountRow[]> {
  return await db.serviceAccount.findMany({ where: scoped(scope), include: living, orderBy: [{ name: 'asc' }, { id: 'asc' }] });
}

export async function serviceAccountById(db: Db, scope: Scope, id: string): Promise<ServiceAccountRow | null> {
  return await db.serviceAccount.findFirst({ where: { id, ...scoped(scope) }, include: living });
}

export async function insertServiceAccount(
  db: Db,
  account: Pick<ServiceAccount, 'organizationId' | 'name' | 'role' | 'createdBy'>,
): Promise<ServiceAccountRow> {
  return await db.serviceAccount.create({ data: { id: randomUUID(), ...account }, include: living });
}

export async function updateServiceAccount(
  db: Db,
  id: string,
  data: Partial<Pick<ServiceAccount, 'name' | 'role' | 'disabledAt'>>,
): Promise<ServiceAccountRow> {
  return await db.serviceAccount.update({ where: { id }, data, include: living });
}

/** With its tokens. */
export async function deleteServiceAccount(db: Db, id: string): Promise<void> {
  await db.serviceAccount.delete({ where: { id } });
}
