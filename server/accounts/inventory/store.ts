/** What accounts hold that no record accounts for. */
import { randomUUID } from 'node:crypto';
import type { InventoryItem } from '../../../prisma/generated/client.ts';
import { timeNow } from '../../kernel/clock.ts';
import { atomically, type Db, type Json } from '../../kernel/database.ts';
import { emit } from '../../kernel/events/emit.ts';

export type { InventoryItem };

export type SeenItem = Pick<
  InventoryItem,
  'kind' | 'objectId' | 'reason' | 'label' | 'vpsId' | 'monthlyCost' | 'currency' | 'objectCreatedAt'
> & { detail: Json };

/** Counts a sighting of each, and marks what was not seen any more as gone. Call it with a complete reading only. */
export async function saveSightings(
  db: Db,
  accountId: string,
  kinds: readonly string[],
  items: readonly SeenItem[],
  at: Date,
): Promise<void> {
  await atomically(db, (tx) => save(tx, accountId, kinds, items, at));
}

async function save(db: Db, accountId: string, kinds: readonly string[], items: readonly SeenItem[], at: Date): Promise<void> {
  const present = await db.inventoryItem.findMany({ where: { accountId, kind: { in: [...kinds] }, goneAt: null } });
  const byKey = new Map(present.map((row) => [`${row.kind}/${row.objectId}`, row]));
  const seen = new Set<string>();
  for (const item of items) {
    seen.add(`${item.kind}/${item.objectId}`);
    const row = byKey.get(`${item.kind}/${item.objectId}`);
    if (row) await db.inventoryItem.update({ where: { id: row.id }, data: { ...item, lastSeenAt: at, seenCount: { increment: 1 } } });
    else await db.inventoryItem.create({ data: { id: randomUUID(), accountId, ...item, firstSeenAt: at, lastSeenAt: at } });
  }
  const gone = present.filter((row) => !seen.has(`${row.kind}/${row.objectId}`)).map(({ id }) => id);
  if (gone.length > 0) await db.inventoryItem.updateMany({ where: { id: { in: gone } }, data: { goneAt: at } });
  // Seen again and nothing else: no news.
  if (gone.length > 0 || seen.size > present.length - gone.length) await tell(db, accountId);
}

async function tell(tx: Db, accountId: string): Promise<void> {
  await emit(tx, { kind: 'inventory.changed', organizationId: null, data: { account_id: accountId } });
}

/** When each of these was first seen, whether or not it is there still. */
export async function firstSightings(db: Db, accountId: string, objectIds: readonly string[]): Promise<Map<string, Date>> {
  const where = { accountId, objectId: { in: [...objectIds] } };
  const rows = await db.inventoryItem.findMany({ where, select: { objectId: true, firstSeenAt: true }, orderBy: { firstSeenAt: 'desc' } });
  return new Map(rows.map(({ objectId, firstSeenAt }) => [objectId, firstSeenAt]));
}

export async function listInventory(db: Db, filter: { kind?: string; accountId?: string }): Promise<InventoryItem[]> {
  return await db.inventoryItem.findMany({ where: { ...filter, goneAt: null }, orderBy: [{ kind: 'asc' }, { firstSeenAt: 'asc' }] });
}

export async function inventoryById(db: Db, id: string): Promise<InventoryItem | null> {
  return await db.inventoryItem.findUnique({ where: { id } });
}

export async function markGone(db: Db, id: string): Promise<void> {
  await gone(db, { id });
}

/** A server that belongs to a VPS now is on no inventory, also before the next sweep. */
export async function markTaken(db: Db, accountId: string, objectId: string): Promise<void> {
  const where = { accountId, objectId, kind: { in: ['orphan', 'unmanaged'] } };
  await gone(db, where);
}

async function gone(db: Db, which: { id: string } | { accountId: string; objectId: string; kind: { in: string[] } }): Promise<void> {
  await atomically(db, async (tx) => {
    const where = { ...which, goneAt: null };
    const rows = await tx.inventoryItem.updateManyAndReturn({ where, data: { goneAt: timeNow() }, select: { accountId: true } });
    for (const accountId of new Set(rows.map((row) => row.accountId))) await tell(tx, accountId);
  });
}
