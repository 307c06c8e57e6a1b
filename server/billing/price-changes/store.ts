/** Prices that subscriptions will have, told ahead. */
import type { PriceChange } from '../../../prisma/generated/client.ts';
import type { Db, Subscription } from '../../kernel/database.ts';

export type { PriceChange };

export async function insertPriceChange(db: Db, data: PriceChange): Promise<PriceChange> {
  return await db.priceChange.create({ data });
}

export async function priceChangesOf(db: Db, productId: string): Promise<PriceChange[]> {
  return await db.priceChange.findMany({ where: { productId }, orderBy: { announcedAt: 'desc' }, take: 200 });
}

/** Those that go on and cost something else, locked until the transaction ends. */
export async function concerned(db: Db, productId: string, interval: string, currency: string, amount: bigint): Promise<Subscription[]> {
  await db.$queryRaw`
    SELECT 1 FROM "subscription" WHERE "productId" = ${productId} AND "interval" = ${interval} AND "currency" = ${currency}
      AND "status" NOT IN ('ended', 'terminating') ORDER BY "id" FOR UPDATE`;
  return await db.subscription.findMany({
    where: { productId, interval, currency, amount: { not: amount }, status: { notIn: ['ended', 'terminating'] } },
    orderBy: { id: 'asc' },
  });
}
