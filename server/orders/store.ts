/** Quotes, orders and their items. */
import { randomUUID } from 'node:crypto';
import type { Db, Json, Operation, Order, OrderItem, Prisma, Quote } from '../kernel/database.ts';
import { emit } from '../kernel/events/emit.ts';
import { behind, type Place, type Scope, scoped } from '../kernel/listing.ts';

export type { Order, OrderItem, Quote };
export type OrderRow = Order & { readonly items: readonly OrderItem[] };

const whole = { items: { orderBy: { position: 'asc' } } } satisfies Prisma.OrderInclude;

export async function insertQuote(
  db: Db,
  quote: Omit<Quote, 'items' | 'lines'> & { readonly items: Json; readonly lines: Json },
): Promise<Quote> {
  return await db.quote.create({ data: quote });
}

export async function quoteById(db: Db, scope: Scope, id: string): Promise<Quote | null> {
  return await db.quote.findFirst({ where: { id, ...scoped(scope) } });
}

export async function orderOfQuote(db: Db, quoteId: string): Promise<OrderRow | null> {
  return await db.order.findUnique({ where: { quoteId }, include: whole });
}

export async function insertOrder(
  db: Db,
  order: Pick<
    Order,
    | 'organizationId'
    | 'currency'
    | 'total'
    | 'quoteId'
    | 'placedBy'
    | 'source'
    | 'externalReference'
    | 'placedAt'
    | 'expiresAt'
    | 'reviewRule'
    | 'termsVersion'
  >,
  items: readonly (Omit<NewItem, 'orderId' | 'position'> & { readonly options: Json })[],
): Promise<OrderRow> {
  const made = await db.order.create({
    data: {
      id: randomUUID(),
      status: 'placed',
      ...order,
      items: { create: items.map((item, position) => ({ position, organizationId: order.organizationId, status: 'reserved', ...item })) },
    },
    include: whole,
  });
  await emit(db, { kind: 'order.placed', organizationId: made.organizationId, data: { order_id: made.id, status: made.status } });
  return made;
}
type NewItem = Pick<
  OrderItem,
  | 'id'
  | 'productId'
  | 'label'
  | 'interval'
  | 'currency'
  | 'amount'
  | 'setupFee'
  | 'taxBehavior'
  | 'candidateId'
  | 'externalReference'
  | 'uniqueReference'
  | 'orderId'
  | 'position'
>;

export async function orderById(db: Db, scope: Scope, id: string): Promise<OrderRow | null> {
  return await db.order.findFirst({ where: { id, ...scoped(scope) }, include: whole });
}

/** Holds the order until the transaction ends. Everything that becomes of it and its items asks for this first. */
export async function lockOrder(db: Db, scope: Scope, id: string): Promise<OrderRow | null> {
  await db.$queryRaw`SELECT 1 FROM "order" WHERE "id" = ${id} FOR UPDATE`;
  return await orderById(db, scope, id);
}

export async function listOrders(
  db: Db,
  scope: Scope,
  filter: { readonly status?: string },
  after: Place | undefined,
  limit: number,
): Promise<OrderRow[]> {
  return await db.order.findMany({
    where: { AND: [scoped(scope), filter, behind(after)] },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: limit + 1,
    include: whole,
  });
}

export async function changeOrder(db: Db, id: string, data: Omit<Prisma.OrderUncheckedUpdateInput, 'id'>): Promise<void> {
  const { organizationId, status } = await db.order.update({ where: { id }, data: { ...data, version: { increment: 1 } } });
  if (data.status !== undefined) await emit(db, { kind: 'order.changed', organizationId, data: { order_id: id, status } });
}

/** All that was owed back for it has gone, or is credit. */
export async function markRefunded(db: Db, id: string, at: Date): Promise<void> {
  const changed = await db.order.updateManyAndReturn({
    where: { id, refundDue: true },
    data: { refundDue: false, refundedAt: at, version: { increment: 1 } },
    select: { organizationId: true, status: true },
  });
  for (const { organizationId, status } of changed)
    await emit(db, { kind: 'order.changed', organizationId, data: { order_id: id, status } });
}

/** Ended orders for which money came and lies as credit. */
export async function owedBack(db: Db, limit: number): Promise<{ id: string }[]> {
  return await db.order.findMany({
    where: { refundDue: true, status: { in: ['expired', 'cancelled', 'fulfilled'] } },
    orderBy: { placedAt: 'asc' },
    take: limit,
    select: { id: true },
  });
}

export async function changeItem(db: Db, id: string, data: Omit<Prisma.OrderItemUncheckedUpdateInput, 'id'>): Promise<OrderItem> {
  return await db.orderItem.update({ where: { id }, data });
}

/** Orders that wait for a payment and whose time is over for their own clock. */
export async function expiredOrders(db: Db, now: Date, limit: number): Promise<{ id: string; at: Date }[]> {
  return await db.$queryRaw`
    SELECT o."id", o."expiresAt" AS "at" FROM "order" o JOIN "organization" g ON g."id" = o."organizationId"
      LEFT JOIN "test_clock" c ON c."id" = g."testClockId"
    WHERE o."status" = 'placed' AND o."expiresAt" <= COALESCE(c."frozenAt", ${now})
    ORDER BY o."expiresAt" LIMIT ${limit}`;
}

/** Those among them that hold stock of that product, by the clock of each. */
export async function expiredHolding(db: Db, productId: string, now: Date): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT DISTINCT i."orderId" AS "id" FROM "stock_reservation" r JOIN "order_item" i ON i."id" = r."orderItemId"
      JOIN "order" o ON o."id" = i."orderId" JOIN "organization" g ON g."id" = o."organizationId"
      LEFT JOIN "test_clock" c ON c."id" = g."testClockId"
    WHERE i."productId" = ${productId} AND r."state" = 'held' AND o."status" = 'placed'
      AND r."expiresAt" <= COALESCE(c."frozenAt", ${now})`;
  return rows.map(({ id }) => id);
}

/** Items whose server is made now, with where that stands. */
export interface Making {
  readonly itemId: string;
  readonly orderId: string;
  readonly vpsId: string | null;
  readonly vpsStatus: string | null;
  /** Of the operation that makes it, the newest. */
  readonly outcome: string | null;
  readonly finishedAt: Date | null;
  /** What the provider said when it could not. */
  readonly fault: string | null;
}
export async function itemsBeingMade(db: Db, limit: number): Promise<Making[]> {
  return await db.$queryRaw`
    SELECT i."id" AS "itemId", i."orderId", i."vpsId", v."status" AS "vpsStatus", o."status" AS "outcome", o."finishedAt",
      o."fault" ->> 'message' AS "fault"
    FROM "order_item" i LEFT JOIN "vps" v ON v."id" = i."vpsId"
      LEFT JOIN LATERAL (SELECT "status", "finishedAt", "fault" FROM "operation" WHERE "vpsId" = v."id" AND "kind" = 'provision'
        ORDER BY "createdAt" DESC LIMIT 1) o ON true
    WHERE i."status" = 'provisioning' AND (v."id" IS NULL OR v."status" <> 'provisioning' OR o."status" NOT IN ('queued', 'running'))
    ORDER BY i."updatedAt" LIMIT ${limit}`;
}

/** The operations that make the servers of these items: by VPS, the newest. */
export async function makingOperations(db: Db, vpsIds: readonly string[]): Promise<Map<string, Pick<Operation, 'id' | 'vpsId'>>> {
  const rows = await db.operation.findMany({
    where: { vpsId: { in: [...vpsIds] }, kind: 'provision' },
    orderBy: { createdAt: 'asc' },
    select: { id: true, vpsId: true },
  });
  return new Map(rows.map((row) => [row.vpsId, row]));
}

/** Living items of that product that the organization has. */
export async function livingItems(db: Db, organizationId: string, productId: string): Promise<number> {
  const [row] = await db.$queryRaw<{ count: bigint }[]>`
    SELECT count(*) FROM "order_item" i LEFT JOIN "subscription" s ON s."orderItemId" = i."id"
    WHERE i."organizationId" = ${organizationId} AND i."productId" = ${productId}
      AND i."status" NOT IN ('cancelled', 'released', 'failed') AND s."status" IS DISTINCT FROM 'ended'`;
  return Number(row!.count);
}

/** Whether it ever had one that began. */
export async function hadProduct(db: Db, organizationId: string, productId: string): Promise<boolean> {
  const found = await db.orderItem.findFirst({
    where: { organizationId, productId, status: { notIn: ['cancelled', 'released', 'failed'] } },
    select: { id: true },
  });
  return found !== null;
}

/** One order after the other for an organization, where a rule counts what it has. */
export async function lockOrdering(db: Db, organizationId: string): Promise<void> {
  await db.$queryRaw`SELECT 1 FROM (SELECT pg_advisory_xact_lock(hashtextextended(${`ordering/${organizationId}`}, 0))) AS l`;
}

/** What is done after this mark can be undone alone, with the transaction still going on. */
export async function mark(db: Db): Promise<void> {
  await db.$executeRaw`SAVEPOINT item`;
}
export async function undo(db: Db): Promise<void> {
  await db.$executeRaw`ROLLBACK TO SAVEPOINT item`;
}
