/** The packages as the older system's stock, and what an order of one asks for. */
import type { z } from 'zod';
import type { PackageList } from '../../../contract/compat/exact-packages.ts';
import { formatAmount, money } from '../../../contract/money.ts';
import { sellerOf } from '../../billing/profile/profile.ts';
import { timeNow } from '../../kernel/clock.ts';
import type { StockItem } from '../../kernel/database.ts';
import { refuseField } from '../../kernel/problem.ts';
import type { Services } from '../../kernel/services.ts';
import { holdsAt } from '../../products/present.ts';
import { productById, type ProductRow, productsById } from '../../products/store.ts';
import { memoryProducts, packageById, packageRows } from './store.ts';
import { packageAccount, PROVIDER } from './sync.ts';

type Wire = z.input<typeof PackageList>;

export async function listPackages(services: Services, available: boolean | undefined): Promise<Wire> {
  const account = await packageAccount(services);
  if (!account) return [];
  const { db } = services;
  const sizes = await memoryProducts(db, account.id);
  const products = new Map(
    (
      await productsById(
        db,
        sizes.map(({ id }) => id),
      )
    ).map((row) => [row.id, row]),
  );
  const { currency } = await sellerOf(db);
  const rows = (await packageRows(db, account.id)).filter((row) => available === undefined || row.available === available);
  return rows.map((row) => ({
    _id: row.id,
    name: row.externalName!,
    provider: PROVIDER,
    available: row.available,
    defaultConfigurations: {
      [PROVIDER]: {
        provider: PROVIDER,
        packagePid: row.externalPid!,
        packageName: row.externalName!,
        availableQty: Math.max(0, (row.total ?? 0) - row.sold - row.reserved),
        byMemory: Object.fromEntries(
          sizes.map(({ id, memory }) => [
            memory,
            { price: priceOf(row, products.get(id)!, memory, currency), currency, product_id: id as never },
          ]),
        ),
      },
    },
    lastSeen: row.lastSeenAt?.toISOString() ?? null,
  }));
}

/** A month: the package's own price, else its product's. */
function priceOf({ prices }: StockItem, product: ProductRow, memory: string, currency: string): number | null {
  const own = (prices as Record<string, string> | null)?.[memory];
  if (own !== undefined) return Number(own);
  const now = timeNow();
  const price = product.prices.find((each) => each.interval === 'month' && each.currency === currency && holdsAt(each, now));
  return price ? Number(formatAmount(money(price.amount, currency))) : null;
}

export interface PackageOrder {
  readonly product: ProductRow;
  readonly region: string;
}

/** Of an order's item: the product of that memory, at exactly that package. @throws Refusal naming the field */
export async function packageOrder(
  { db }: Services,
  { id, name, memory }: { readonly id: string; readonly name: string | undefined; readonly memory: string | undefined },
): Promise<PackageOrder> {
  const row = await packageById(db, id);
  if (!row)
    throw refuseField('ip_stock_id', 'there is no such package', 'Take an _id from GET /api/smartvps/stock.', 422, 'unknown_package');
  if (name !== undefined && name !== row.externalName)
    throw refuseField(
      'product_name',
      `that package is called "${row.externalName}"`,
      'Send its exact name, or leave it out.',
      422,
      'package_differs',
    );
  const sizes = await memoryProducts(db, row.accountId!);
  const size = sizes.find((each) => each.memory === memory);
  if (!size)
    throw refuseField(
      'memory',
      'is no size of this package',
      `Send one of: ${sizes.map((each) => each.memory).join(', ')}.`,
      422,
      'unknown_memory',
    );
  return { product: (await productById(db, size.id))!, region: row.externalKey! };
}
