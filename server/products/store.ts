/** Products with their prices, places and stock. */
import { randomUUID } from 'node:crypto';
import { type Db, type Json, type Prisma, PrismaDecimal } from '../kernel/database.ts';
import { behind, type Place } from '../kernel/listing.ts';
import type { OptionPrice, ProductMeter, ProductOption } from '../../prisma/generated/client.ts';
import type { Product, ProductCandidate, ProductPrice, PriceRule, StockItem } from '../kernel/database.ts';

export type ProductRow = Product & {
  readonly candidates: readonly (ProductCandidate & { account: { name: string; provider: string } | null })[];
  readonly prices: readonly ProductPrice[];
  readonly rule: PriceRule | null;
  readonly stock: readonly StockItem[];
  readonly meters: readonly ProductMeter[];
  readonly options: readonly (ProductOption & { readonly prices: readonly OptionPrice[] })[];
};

const whole = {
  candidates: { orderBy: { position: 'asc' } },
  prices: { orderBy: [{ interval: 'asc' }, { currency: 'asc' }, { validFrom: 'asc' }] },
  rule: true,
  stock: true,
  meters: { orderBy: [{ meter: 'asc' }, { currency: 'asc' }] },
  options: { orderBy: { position: 'asc' }, include: { prices: { orderBy: [{ interval: 'asc' }, { currency: 'asc' }] } } },
} satisfies Prisma.ProductInclude;

type Bare = Omit<ProductRow, 'candidates'> & { readonly candidates: readonly ProductCandidate[] };

/** The accounts' names, in one question for all of them. */
async function named(db: Db, rows: readonly Bare[]): Promise<ProductRow[]> {
  const ids = [...new Set(rows.flatMap(({ candidates }) => candidates.flatMap(({ accountId }) => accountId ?? [])))];
  const accounts =
    ids.length === 0 ? [] : await db.account.findMany({ where: { id: { in: ids } }, select: { id: true, name: true, provider: true } });
  const byId = new Map(accounts.map(({ id, name, provider }) => [id, { name, provider }]));
  return rows.map((row) => ({
    ...row,
    candidates: row.candidates.map((each) => ({ ...each, account: (each.accountId && byId.get(each.accountId)) || null })),
  }));
}

export async function productById(db: Db, id: string): Promise<ProductRow | null> {
  const row = await db.product.findUnique({ where: { id }, include: whole });
  return row && (await named(db, [row]))[0]!;
}

/** What it is called; null: there is none. */
export async function productName(db: Db, id: string): Promise<string | null> {
  return (await db.product.findUnique({ where: { id }, select: { name: true } }))?.name ?? null;
}

export async function productsById(db: Db, ids: readonly string[]): Promise<ProductRow[]> {
  return await named(db, await db.product.findMany({ where: { id: { in: [...ids] } }, include: whole }));
}

/** `sold`: only what a customer may see. */
export async function listProducts(
  db: Db,
  {
    after,
    limit,
    sold,
    retired,
  }: { readonly after: Place | undefined; readonly limit: number; readonly sold: boolean; readonly retired: boolean },
): Promise<ProductRow[]> {
  const shown = sold ? { visibility: 'public' } : retired ? {} : { visibility: { not: 'retired' } };
  const rows = await db.product.findMany({
    where: { ...shown, ...behind(after) },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: limit + 1,
    include: whole,
  });
  return await named(db, rows);
}

export async function insertProduct(db: Db, data: Omit<ProductData, 'compat'> & { readonly compat?: Json }): Promise<string> {
  const { id } = await db.product.create({ data: { id: randomUUID(), ...data }, select: { id: true } });
  return id;
}
export type ProductData = Pick<
  Product,
  | 'name'
  | 'description'
  | 'kind'
  | 'visibility'
  | 'sort'
  | 'module'
  | 'maxPerOrganization'
  | 'oncePerReference'
  | 'recommended'
  | 'trialDays'
  | 'termMonths'
  | 'setupProfiles'
> & { features: Json };

export async function updateProduct(db: Db, id: string, data: Partial<ProductData>): Promise<void> {
  await db.product.update({ where: { id }, data: { ...data, version: { increment: 1 } } });
}

/** Whether an order was ever made of it: then it is retired, never deleted. */
export async function productUsed(db: Db, id: string): Promise<boolean> {
  return (await db.orderItem.findFirst({ where: { productId: id }, select: { id: true } })) !== null;
}

export async function deleteProduct(db: Db, id: string): Promise<void> {
  await db.stockItem.deleteMany({ where: { productId: id } });
  await db.product.delete({ where: { id } });
}

export type NewCandidate = Pick<
  ProductCandidate,
  'accountId' | 'plan' | 'regions' | 'images' | 'costAmount' | 'costCurrency' | 'costSeenAt' | 'available' | 'reason'
>;

/** Puts these in the place of those there were. One that stays keeps its id. */
export async function replaceCandidates(db: Db, productId: string, list: readonly NewCandidate[]): Promise<void> {
  const former = await db.productCandidate.findMany({ where: { productId } });
  await db.productCandidate.deleteMany({ where: { productId } });
  for (const [position, each] of list.entries()) {
    const same = former.find(({ accountId, plan }) => accountId === each.accountId && plan === each.plan);
    if (same) former.splice(former.indexOf(same), 1);
    await db.productCandidate.create({ data: { id: same?.id ?? randomUUID(), productId, position, ...each } });
  }
}

export async function allCandidates(db: Db): Promise<ProductCandidate[]> {
  return await db.productCandidate.findMany({ where: { accountId: { not: null }, product: { visibility: { not: 'retired' } } } });
}

export async function updateCandidate(
  db: Db,
  id: string,
  data: Partial<Pick<ProductCandidate, 'available' | 'reason' | 'costAmount' | 'costCurrency' | 'costSeenAt'>>,
): Promise<void> {
  await db.productCandidate.updateMany({ where: { id }, data });
}

/** Ends the price that holds at that time, and those that would begin later, and puts this one in their place. */
export async function putPrice(
  db: Db,
  price: Pick<ProductPrice, 'productId' | 'interval' | 'currency' | 'amount' | 'setupFee' | 'taxBehavior' | 'validFrom'>,
): Promise<void> {
  const { productId, interval, currency, validFrom } = price;
  const same = { productId, interval, currency };
  await db.productPrice.deleteMany({ where: { ...same, validFrom: { gte: validFrom } } });
  await db.productPrice.updateMany({
    where: { ...same, OR: [{ validTo: null }, { validTo: { gt: validFrom } }] },
    data: { validTo: validFrom },
  });
  await db.productPrice.create({ data: { id: randomUUID(), ...price } });
}

/** Ends a price: from then on the product cannot be had so. False when there is none. */
export async function endPrice(db: Db, productId: string, id: string, at: Date): Promise<boolean> {
  const gone = await db.productPrice.deleteMany({ where: { id, productId, validFrom: { gte: at } } });
  if (gone.count > 0) return true;
  return (await db.productPrice.updateMany({ where: { id, productId }, data: { validTo: at } })).count > 0;
}

export async function putRule(
  db: Db,
  productId: string,
  rule: { percent: string; plus: string; currency: string; rounding: string; minMarginPercent: string } | null,
): Promise<void> {
  if (rule === null) return void (await db.priceRule.deleteMany({ where: { productId } }));
  const data = {
    ...rule,
    percent: new PrismaDecimal(rule.percent),
    plus: new PrismaDecimal(rule.plus),
    minMarginPercent: new PrismaDecimal(rule.minMarginPercent),
  };
  await db.priceRule.upsert({ where: { productId }, create: { productId, ...data }, update: data });
}

/** What one unit of `base` is in `quote`, as a decimal text; null where nobody said. */
export async function exchangeRate(db: Db, base: string, quote: string): Promise<string | null> {
  if (base === quote) return '1';
  const row = await db.exchangeRate.findUnique({ where: { base_quote: { base, quote } } });
  return row ? row.rate.toFixed() : null;
}

export async function putExchangeRate(db: Db, base: string, quote: string, rate: string, at: Date, source: string): Promise<void> {
  const data = { rate: new PrismaDecimal(rate), at, source };
  await db.exchangeRate.upsert({ where: { base_quote: { base, quote } }, create: { base, quote, ...data }, update: data });
}

export async function exchangeRates(db: Db) {
  return await db.exchangeRate.findMany({ orderBy: [{ base: 'asc' }, { quote: 'asc' }] });
}

/** Where a product that is on sale is made first, of the places that can be had now. */
export async function firstPlace(db: Db, id: string): Promise<{ accountId: string; plan: string } | null> {
  const product = await productById(db, id);
  if (!product || product.visibility === 'retired') return null;
  const place = product.candidates.find(({ available, account }) => available && account !== null);
  return place?.accountId ? { accountId: place.accountId, plan: place.plan } : null;
}
