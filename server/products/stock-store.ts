/**
 * How many there are of a product, and who holds one. Counts change by one conditional statement each, in the transaction
 * that makes or ends the reservation, so that they are always the number of reservations.
 */
import { randomUUID } from 'node:crypto';
import type { Db, StockItem, StockReservation } from '../kernel/database.ts';

/** The product's own count; null: it was never limited. */
export async function stockOf(db: Db, productId: string): Promise<StockItem | null> {
  return await db.stockItem.findFirst({ where: { productId, externalPid: null } });
}

/** The exact package that a place is; null: that place is none. `key`: the provider's region. */
export async function packageAt(db: Db, accountId: string, key: string): Promise<StockItem | null> {
  return await db.stockItem.findFirst({ where: { accountId, externalKey: key } });
}

/** The row, made without limit where there is none. */
export async function ensureStock(db: Db, productId: string): Promise<StockItem> {
  await db.$executeRaw`INSERT INTO "stock_item" ("id", "productId") VALUES (${randomUUID()}, ${productId}) ON CONFLICT DO NOTHING`;
  return (await stockOf(db, productId))!;
}

/** False where more are held and sold than that. */
export async function setTotal(db: Db, id: string, total: number | null): Promise<boolean> {
  const changed = await db.$executeRaw`
    UPDATE "stock_item" SET "total" = ${total}, "updatedAt" = CURRENT_TIMESTAMP
    WHERE "id" = ${id} AND (${total}::int IS NULL OR "reserved" + "sold" <= ${total}::int)`;
  return changed === 1;
}

/**
 * Holds one for an order item until then; null `until`: as long as it takes. False: none is left. What has run out of this
 * item is given back first. The row is locked until the transaction ends, so of many at once each sees what is left.
 */
export async function hold(db: Db, stockItemId: string, orderItemId: string, until: Date | null): Promise<boolean> {
  const taken = await db.$executeRaw`
    UPDATE "stock_item" SET "reserved" = "reserved" + 1, "updatedAt" = CURRENT_TIMESTAMP
    WHERE "id" = ${stockItemId} AND "available" AND ("total" IS NULL OR "reserved" + "sold" < "total")`;
  if (taken === 0) return false;
  await db.stockReservation.create({ data: { id: randomUUID(), stockItemId, orderItemId, expiresAt: until } });
  return true;
}

async function living(db: Db, orderItemId: string): Promise<StockReservation | null> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT "id" FROM "stock_reservation" WHERE "orderItemId" = ${orderItemId} AND "state" IN ('held', 'consumed') FOR UPDATE`;
  return rows[0] ? await db.stockReservation.findUnique({ where: { id: rows[0].id } }) : null;
}

/** What was held is sold. Does nothing a second time. */
export async function consume(db: Db, orderItemId: string): Promise<void> {
  const found = await living(db, orderItemId);
  if (found?.state !== 'held') return;
  await db.stockReservation.update({ where: { id: found.id }, data: { state: 'consumed', expiresAt: null } });
  await db.$executeRaw`
    UPDATE "stock_item" SET "reserved" = "reserved" - 1, "sold" = "sold" + 1, "updatedAt" = CURRENT_TIMESTAMP
    WHERE "id" = ${found.stockItemId}`;
}

/** Gives back what the item holds or has used up. Does nothing a second time. */
export async function release(db: Db, orderItemId: string, state: 'released' | 'expired'): Promise<void> {
  const found = await living(db, orderItemId);
  if (!found) return;
  await db.stockReservation.update({ where: { id: found.id }, data: { state, expiresAt: null } });
  const [reserved, sold] = found.state === 'held' ? [1, 0] : [0, 1];
  await db.$executeRaw`
    UPDATE "stock_item" SET "reserved" = "reserved" - ${reserved}, "sold" = "sold" - ${sold}, "updatedAt" = CURRENT_TIMESTAMP
    WHERE "id" = ${found.stockItemId}`;
}
