/** Imports of older systems' rows, and what each row became. */
import type { Db, MovedRow, Moving } from '../../kernel/database.ts';

export async function insertMoving(db: Db, data: Pick<Moving, 'id' | 'system' | 'by' | 'rows' | 'createdAt'>): Promise<void> {
  await db.moving.create({ data });
}
export async function listMovings(db: Db): Promise<Moving[]> {
  return await db.moving.findMany({ orderBy: { createdAt: 'desc' }, take: 100 });
}
export async function movingById(db: Db, id: string): Promise<Moving | null> {
  return await db.moving.findUnique({ where: { id } });
}
export async function setMoving(db: Db, id: string, data: Partial<Pick<Moving, 'undoneAt' | 'rows'>>): Promise<void> {
  await db.moving.update({ where: { id }, data });
}

/** What it became; null: it was never taken over, or that was undone. */
export async function movedTo(db: Db, system: string, kind: string, key: string): Promise<string | null> {
  return (
    (await db.movedRow.findUnique({ where: { system_kind_key: { system, kind, key } }, select: { targetId: true } }))?.targetId ?? null
  );
}
export async function noteMoved(db: Db, row: MovedRow): Promise<void> {
  await db.movedRow.create({ data: row });
}
/** The last first, so that what others stand on goes after them. */
export async function movedBy(db: Db, movingId: string): Promise<MovedRow[]> {
  return await db.movedRow.findMany({ where: { movingId }, orderBy: { position: 'desc' } });
}
export async function forgetMoved(db: Db, { system, kind, key }: Pick<MovedRow, 'system' | 'kind' | 'key'>): Promise<void> {
  await db.movedRow.delete({ where: { system_kind_key: { system, kind, key } } });
}

/** False: something here needs it. The caller is in a transaction of its own for it. */
export async function deleteOrganization(db: Db, id: string): Promise<void> {
  await db.organization.delete({ where: { id } });
}
export async function deletePackage(db: Db, id: string): Promise<void> {
  await db.stockItem.delete({ where: { id } });
}

/** The older system's number, and numbers made here begin after it. False: another product has it. */
export async function takeProductNumber(db: Db, productId: string, number: number): Promise<boolean> {
  if ((await db.product.count({ where: { number, id: { not: productId } } })) > 0) return false;
  await db.product.update({ where: { id: productId }, data: { number } });
  await db.$queryRaw`SELECT setval(pg_get_serial_sequence('"product"', 'number'), GREATEST((SELECT max("number") FROM "product"), 1))::text AS "at"`;
  return true;
}

/** A server that is at the account and no VPS's, by the provider's id of it. */
export async function inventoryItemOf(db: Db, accountIds: readonly string[], objectId: string): Promise<string | null> {
  const where = { accountId: { in: [...accountIds] }, objectId, goneAt: null, kind: { in: ['unmanaged', 'orphan'] } };
  return (await db.inventoryItem.findFirst({ where, select: { id: true } }))?.id ?? null;
}
