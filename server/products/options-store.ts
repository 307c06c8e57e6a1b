/** What can be added to a product. */
import { randomUUID } from 'node:crypto';
import type { OptionPrice, ProductOption } from '../../prisma/generated/client.ts';
import type { Db } from '../kernel/database.ts';

type NewOption = Omit<ProductOption, 'id' | 'productId'> & { readonly prices: readonly Omit<OptionPrice, 'optionId'>[] };

export async function replaceOptions(db: Db, productId: string, options: readonly NewOption[]): Promise<void> {
  await db.productOption.deleteMany({ where: { productId } });
  for (const { prices, ...option } of options)
    await db.productOption.create({ data: { id: randomUUID(), productId, ...option, prices: { create: [...prices] } } });
  await db.product.update({ where: { id: productId }, data: { version: { increment: 1 } } });
}
