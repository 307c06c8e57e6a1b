/** Products that are plans of one account. */
import type { Db, Json } from '../../kernel/database.ts';
import { productsById, type ProductRow } from '../../products/store.ts';

export async function vpsPlanRows(db: Db): Promise<ProductRow[]> {
  const ids = await db.$queryRaw<{ id: string }[]>`
    SELECT "id" FROM "product" WHERE "compat" ? 'vps_plan' AND "visibility" <> 'retired' ORDER BY "number"`;
  const rows = new Map(
    (
      await productsById(
        db,
        ids.map(({ id }) => id),
      )
    ).map((row) => [row.id, row]),
  );
  return ids.map(({ id }) => rows.get(id)!);
}

export async function setVpsPlan(db: Db, productId: string, specifications: Json): Promise<void> {
  await db.product.update({ where: { id: productId }, data: { compat: { vps_plan: { specifications } } } });
}

export async function anyProduct(db: Db): Promise<boolean> {
  return (await db.product.findFirst({ select: { id: true } })) !== null;
}
