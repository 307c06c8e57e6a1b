/** The server shop's products: Plinth's own, with the older system's fields kept beside them. */
import type { z } from 'zod';
import type { ShopProduct, ShopProductCreate } from '../../../contract/compat/server-shop.ts';
import { formatAmount, money } from '../../../contract/money.ts';
import type { Interval, ProductPatch } from '../../../contract/product.ts';
import type { Plan } from '../../../providers/provider.ts';
import { allAccounts, defaultOf } from '../../accounts/accounts.ts';
import { readCatalog } from '../../accounts/catalog.ts';
import { sellerOf } from '../../billing/profile/profile.ts';
import { timeNow } from '../../kernel/clock.ts';
import { type Account, type Commit, type Json, inTransaction } from '../../kernel/database.ts';
import { notFound, refuseField } from '../../kernel/problem.ts';
import { findProvider, type Principal, type Services, within } from '../../kernel/services.ts';
import { holdsAt } from '../../products/present.ts';
import {
  addPrice,
  createProduct,
  dropPrice,
  patchProduct,
  putCandidates,
  removeProduct,
  seekCandidates,
  setStock,
} from '../../products/products.ts';
import { productById, type ProductRow, productsById } from '../../products/store.ts';
import { productIdOf, productIds, setCompat, setModule } from './store.ts';

type Wire = z.input<typeof ShopProduct>;
type Fields = Partial<ShopProductCreate>;
const CYCLES: readonly (readonly [Interval, 'price_monthly' | 'price_quarterly' | 'price_yearly'])[] = [
  ['month', 'price_monthly'],
  ['quarter', 'price_quarterly'],
  ['year', 'price_yearly'],
];
/** The provider whose servers a person makes. */
const BY_HAND = 'manual';

export async function mustShopProduct(services: Services, number: number): Promise<ProductRow> {
  const id = await productIdOf(services.db, number);
  const product = id === null ? null : await productById(services.db, id);
  if (!product) throw notFound('product', String(number));
  return product;
}

/** Looks for the place where its servers are made; what it answers adds the product. */
export async function prepareShopProduct(services: Services, principal: Principal, body: ShopProductCreate): Promise<Commit<Wire>> {
  const place = await placeOf(services, body);
  const candidates = await candidatesAt(services, place);
  const { name, description, server_type: kind, is_active } = body;
  const visibility = is_active ? 'public' : 'hidden';
  const fields = { name, description: description ?? '', kind, visibility, features: linesOf(body.features) } as const;
  return async (tx) => {
    const inside = within(services, tx);
    const product = await createProduct(inside, principal, {
      ...fields,
      sort: 0,
      module: place ? 'automatic' : 'manual',
      max_per_organization: null,
      once_per_reference: false,
      recommended: false,
      trial_days: null,
      term_months: null,
      setup_profiles: [],
    });
    await setCompat(tx, product.id, keptOf({}, body), kind);
    return await complete(inside, principal, product.id, body, candidates);
  };
}

/** The whole of it, for who has no transaction of its own. */
export async function createShopProduct(services: Services, principal: Principal, body: ShopProductCreate): Promise<Wire> {
  return await inTransaction(services.db, await prepareShopProduct(services, principal, body));
}

export async function prepareShopPatch(services: Services, principal: Principal, number: number, body: Fields): Promise<Commit<Wire>> {
  const product = await mustShopProduct(services, number);
  const before = product.compat as Fields | null;
  const whole = { ...shown(product, 'USD'), ...before, ...body } as unknown as ShopProductCreate;
  const moved = ['provisioning_type', 'provisioning_module', 'provider', 'module_config', 'region'].some((field) => field in body);
  const place = moved ? await placeOf(services, whole) : undefined;
  const candidates = place === undefined ? undefined : await candidatesAt(services, place);
  const patch: ProductPatch = {
    ...(body.name === undefined ? {} : { name: body.name }),
    ...(body.description === undefined ? {} : { description: body.description ?? '' }),
    ...(body.is_active === undefined ? {} : { visibility: body.is_active ? 'public' : 'hidden' }),
    ...(body.features === undefined ? {} : { features: linesOf(body.features) }),
  };
  return async (tx) => {
    const inside = within(services, tx);
    await patchProduct(inside, principal, product.id, patch);
    await setCompat(tx, product.id, keptOf(before ?? {}, body), body.server_type ?? product.kind);
    if (place !== undefined) await setModule(tx, product.id, place ? 'automatic' : 'manual');
    return await complete(inside, principal, product.id, body, candidates);
  };
}

type Candidates = Awaited<ReturnType<typeof seekCandidates>>;
async function candidatesAt(services: Services, place: Place | null): Promise<Candidates> {
  if (place === null) return [];
  const one = { account_id: place.account.id as never, plan: place.plan, regions: place.regions, images: place.images };
  return await seekCandidates(services, { candidates: [one] }, timeNow());
}

/** Prices, places and stock, as far as they are said. */
async function complete(
  services: Services,
  principal: Principal,
  id: string,
  body: Fields,
  candidates: Candidates | undefined,
): Promise<Wire> {
  const { currency } = await sellerOf(services.db);
  const now = timeNow();
  const before = (await productById(services.db, id))!;
  const written = (amount: bigint): string => formatAmount(money(amount, currency));
  for (const [interval, field] of CYCLES) {
    const current = before.prices.find((each) => each.interval === interval && each.currency === currency && holdsAt(each, now));
    const price = body[field];
    if (price === null) {
      if (current) await dropPrice(services, principal, id, current.id, now);
      continue;
    }
    // Nothing of this cycle is said.
    if (price === undefined && (body.setup_fee === undefined || !current)) continue;
    const amount = price === undefined ? written(current!.amount) : priceText(price);
    const setup_fee = body.setup_fee === undefined ? written(current?.setupFee ?? 0n) : priceText(body.setup_fee);
    await addPrice(services, principal, id, { interval, currency, amount, setup_fee, tax_behavior: 'exclusive' }, now);
  }
  if (candidates !== undefined) await putCandidates(services, principal, id, candidates);
  if (body.stock_count !== undefined) {
    const { sold } = stockOf(before);
    await setStock(services, principal, id, body.stock_count === null ? null : body.stock_count + sold);
  }
  return await present(services, (await productById(services.db, id))!);
}

/** `19.9` as an amount is written: the older system's prices are numbers of at most two places. */
export function priceText(price: number): string {
  return price.toFixed(2).replace(/\.?0+$/, '') || '0';
}

interface Place {
  readonly account: Account;
  readonly plan: string;
  readonly regions: string[];
  readonly images: string[];
}

/** Where its servers are made; null: a person makes them and there is no account for that. @throws Refusal */
async function placeOf(services: Services, body: ShopProductCreate): Promise<Place | null> {
  const config = body.module_config ?? {};
  const manual = body.provisioning_type === 'manual';
  const type = manual ? BY_HAND : (body.provisioning_module ?? body.provider ?? '');
  const remedy = 'Send the provider’s id, for example in provisioning_module; GET /api/admin/providers lists them.';
  if (!manual && !findProvider(services, type)?.compute)
    throw refuseField('provisioning_module', `"${type}" makes no servers here`, remedy);
  const accounts = (await allAccounts(services)).filter((each) => each.provider === type && each.active);
  const named = accounts.find(({ id }) => id === config['account_id']);
  const account = named ?? defaultOf(accounts);
  if (!account && manual) return null;
  if (!account)
    throw refuseField(
      'provisioning_module',
      `there is no account at "${type}"`,
      'Add one with POST /api/admin/providers.',
      409,
      'no_accounts',
    );
  const { items } = await readCatalog(services, account, 'plans');
  const plan = planOf(items, body, config, manual);
  const wanted = config['region'] ?? body.region;
  const image = config['image'];
  return {
    account,
    plan: plan.id,
    regions: typeof wanted === 'string' && wanted !== '' ? [wanted] : [],
    images: typeof image === 'string' ? [image] : [],
  };
}

/** The one that the configuration names, else the cheapest that is at least as large. */
function planOf(plans: readonly Plan[], body: ShopProductCreate, config: Readonly<Record<string, unknown>>, manual: boolean): Plan {
  const name = ['plan', 'size', 'size_slug', 'server_type', 'type_id', 'type']
    .map((key) => config[key])
    .find((each) => typeof each === 'string');
  const found = name === undefined ? undefined : plans.find(({ id }) => id === name);
  if (name !== undefined && !found)
    throw refuseField('module_config.plan', `"${String(name)}" is no plan of the account`, 'Take one from GET /api/admin/upstream/plans.');
  if (found) return found;
  const large = plans.filter(
    (each) =>
      each.available &&
      each.regions.length > 0 &&
      each.vcpus >= body.cpu_cores &&
      each.memoryMb >= body.ram_gb * 1_000 &&
      each.diskGb >= body.storage_gb,
  );
  const cheapest = large.toSorted((a, b) => Number(a.priceMonthly) - Number(b.priceMonthly))[0];
  if (cheapest) return cheapest;
  // A person makes it as large as it was sold, whatever it is called.
  const largest = manual ? plans.toSorted((a, b) => b.memoryMb - a.memoryMb)[0] : undefined;
  if (largest) return largest;
  throw refuseField(
    'module_config.plan',
    'is missing, and no plan of the account is as large as the product',
    'Name one, from GET /api/admin/upstream/plans.',
  );
}

const OWN = new Set(['name', 'description', 'is_active', 'stock_count', 'setup_fee', 'price_monthly', 'price_quarterly', 'price_yearly']);
/** What Plinth's product has no place for. */
function keptOf(before: Fields, body: Fields): Json {
  const given = Object.fromEntries(Object.entries(body).filter(([name, value]) => !OWN.has(name) && value !== undefined));
  return { ...before, ...given } as unknown as Json;
}

function linesOf(features: unknown): string[] {
  const lines = Array.isArray(features) ? features : typeof features === 'object' && features !== null ? Object.values(features) : [];
  return lines
    .filter((line): line is string => typeof line === 'string' && line.trim() !== '')
    .map((line) => line.trim().slice(0, 200))
    .slice(0, 50);
}

function stockOf(row: ProductRow): { total: number | null; sold: number } {
  const stock = row.stock.find(({ externalPid }) => externalPid === null);
  return { total: stock?.total ?? null, sold: stock?.sold ?? 0 };
}

export async function present(services: Services, row: ProductRow): Promise<Wire> {
  return shown(row, (await sellerOf(services.db)).currency);
}

function shown(row: ProductRow, currency: string): Wire {
  const kept = (row.compat ?? {}) as Partial<Record<keyof Wire, never>> & Fields;
  const now = timeNow();
  const price = (interval: string) =>
    row.prices.find((each) => each.interval === interval && each.currency === currency && holdsAt(each, now));
  const number = (amount: bigint | undefined): number | null =>
    amount === undefined ? null : Number(formatAmount(money(amount, currency)));
  const { total, sold } = stockOf(row);
  const [place] = row.candidates;
  return {
    id: row.number,
    name: row.name,
    description: row.description === '' ? null : row.description,
    server_type: row.kind === 'dedicated' ? 'dedicated' : 'vps',
    cpu_cores: kept.cpu_cores ?? 0,
    cpu_model: kept.cpu_model ?? null,
    ram_gb: kept.ram_gb ?? 0,
    storage_gb: kept.storage_gb ?? 0,
    storage_type: kept.storage_type ?? null,
    bandwidth_tb: kept.bandwidth_tb ?? 1,
    ip_addresses: kept.ip_addresses ?? 1,
    datacenter_location: kept.datacenter_location ?? null,
    region: kept.region ?? place?.regions[0] ?? null,
    available_locations: (kept.available_locations as never) ?? null,
    price_monthly: number(price('month')?.amount),
    price_quarterly: number(price('quarter')?.amount),
    price_yearly: number(price('year')?.amount),
    setup_fee: number((price('month') ?? price('quarter') ?? price('year'))?.setupFee) ?? 0,
    currency,
    provisioning_type: kept.provisioning_type ?? (row.module === 'manual' ? 'manual' : 'automated'),
    provisioning_module: kept.provisioning_module ?? place?.account?.provider ?? null,
    provider: kept.provider ?? place?.account?.provider ?? null,
    module_config: (kept.module_config as never) ?? null,
    features: (kept.features as never) ?? (row.features as never),
    available_os: (kept.available_os as never) ?? null,
    is_active: row.visibility === 'public',
    stock_count: total === null ? null : total - sold,
    current_orders: sold,
    meta_data: (kept.meta_data as never) ?? null,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
}

export async function listShopProducts(
  services: Services,
  filter: {
    readonly server_type?: string | undefined;
    readonly is_active?: boolean | undefined;
    readonly provider?: string | undefined;
    readonly skip: number;
    readonly limit: number;
  },
): Promise<Wire[]> {
  const ids = await productIds(services.db, filter.server_type);
  const rows = new Map((await productsById(services.db, ids)).map((row) => [row.id, row]));
  const { currency } = await sellerOf(services.db);
  return ids
    .map((id) => shown(rows.get(id)!, currency))
    .filter((each) => filter.is_active === undefined || each.is_active === filter.is_active)
    .filter((each) => filter.provider === undefined || each.provider === filter.provider)
    .slice(filter.skip, filter.skip + filter.limit);
}

export async function removeShopProduct(services: Services, principal: Principal, number: number): Promise<void> {
  await removeProduct(services, principal, (await mustShopProduct(services, number)).id);
}
