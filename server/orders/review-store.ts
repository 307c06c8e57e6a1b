/** What the seller's rules for orders ask of the past. */
import type { Db } from '../kernel/database.ts';

export async function hasBought(db: Db, organizationId: string): Promise<boolean> {
  return (await db.order.findFirst({ where: { organizationId, status: 'fulfilled', total: { gt: 0 } }, select: { id: true } })) !== null;
}

export async function placedSince(db: Db, organizationId: string, since: Date): Promise<number> {
  return await db.order.count({ where: { organizationId, placedAt: { gt: since } } });
}

export async function unpaidOrders(db: Db, organizationId: string): Promise<number> {
  return await db.order.count({ where: { organizationId, status: 'placed' } });
}
