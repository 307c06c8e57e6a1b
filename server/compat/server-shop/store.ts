/** Products, orders and instances as the server shop's clients ask for them: by number, in windows. */
import type { OrderRow } from '../../orders/store.ts';
import type { CompatInstance, Db, Json, Order, OrderItem, Product } from '../../kernel/database.ts';

export async function productIdOf(db: Db, number: number): Promise<string | null> {
  return (await db.product.findUnique({ where: { number }, select: { id: true } }))?.id ?? null;
}

export async function productIds(db: Db, kind: string | undefined): Promise<string[]> {
  const rows = await db.product.findMany({ where: kind === undefined ? {} : { kind }, select: { id: true }, orderBy: { number: 'asc' } });
  return rows.map(({ id }) => id);
}

export async function setCompat(db: Db, id: string, compat: Json, kind: string): Promise<void> {
  await db.product.update({ where: { id }, data: { compat, kind } });
}

export async function setModule(db: Db, id: string, module: 'automatic' | 'manual'): Promise<void> {
  await db.product.update({ where: { id }, data: { module } });
}

export async function orderIdOf(db: Db, number: number): Promise<string | null> {
  return (await db.order.findUnique({ where: { number }, select: { id: true } }))?.id ?? null;
}

/** The oldest first. */
export async function ordersIn(db: Db, organizationId: string | undefined, skip: number, take: number): Promise<OrderRow[]> {
  const where = organizationId === undefined ? {} : { organizationId };
  const include = { items: { orderBy: { position: 'asc' } } } as const;
  return await db.order.findMany({ where, include, orderBy: { number: 'asc' }, skip, take });
}

/** An item with what stands about it elsewhere. */
export type InstanceRow = OrderItem & {
  readonly order: Order;
  readonly product: Pick<Product, 'id' | 'number' | 'kind' | 'compat'>;
  readonly filled: CompatInstance | null;
};

/** Items of orders that were paid, the oldest first; all of them, or a window. */
export async function instanceRows(
  db: Db,
  filter: { readonly id?: string; readonly organizationId?: string; readonly productId?: string; readonly orderId?: string },
  window: { readonly skip?: number; readonly take?: number } = {},
): Promise<InstanceRow[]> {
  const items = await db.orderItem.findMany({
    where: { ...filter, order: { paidAt: { not: null } } },
    include: { order: true },
    orderBy: [{ createdAt: 'asc' }, { orderId: 'asc' }, { position: 'asc' }],
    ...window,
  });
  const products = await db.product.findMany({
    where: { id: { in: [...new Set(items.map(({ productId }) => productId))] } },
    select: { id: true, number: true, kind: true, compat: true },
  });
  const filled = await db.compatInstance.findMany({ where: { orderItemId: { in: items.map(({ id }) => id) } } });
  const byId = new Map(products.map((each) => [each.id, each]));
  const byItem = new Map(filled.map((each) => [each.orderItemId, each]));
  return items.map((item) => ({ ...item, product: byId.get(item.productId)!, filled: byItem.get(item.id) ?? null }));
}

export async function fillIn(
  db: Db,
  orderItemId: string,
  data: { readonly fields: Json; readonly rootPassword?: string; readonly panelPassword?: string; readonly readyAt?: Date },
): Promise<void> {
  await db.compatInstance.upsert({ where: { orderItemId }, create: { orderItemId, ...data }, update: data });
}
