/** Plans, regions, images and zones of an account, kept in the database for a while; concurrent askers share one call. */
import type { CatalogKind } from '../../contract/provider.ts';
import type { Image, Plan, Region, Zone } from '../../providers/provider.ts';
import { timeNow } from '../kernel/clock.ts';
import { besideWall } from '../kernel/wall/standing.ts';
import { Refusal } from '../kernel/problem.ts';
import { cachedCatalog, catalogVersion, saveCatalog } from './store.ts';
import type { Account, Db, Json } from '../kernel/database.ts';
import { clientOf } from './accounts.ts';
import type { Services } from '../kernel/services.ts';

const TIMEOUT_MS = 30_000;
interface Items {
  plans: Plan[];
  regions: Region[];
  images: Image[];
  zones: Zone[];
}
export interface Catalog<K extends CatalogKind> {
  readonly items: Items[K];
  readonly fetchedAt: Date;
}

const inFlight = new WeakMap<object, Map<string, Promise<Catalog<CatalogKind>>>>();

export async function readCatalog<K extends CatalogKind>(
  services: Services,
  account: Account,
  kind: K,
  refresh = false,
): Promise<Catalog<K>> {
  if (!refresh) {
    const cached = await cachedCatalog(services.db, account.id, kind);
    if (cached && timeNow().getTime() - cached.fetchedAt.getTime() < services.config.catalogTtlMs) return cached as Catalog<K>;
  }
  const running = inFlight.get(services.db) ?? new Map<string, Promise<Catalog<CatalogKind>>>();
  inFlight.set(services.db, running);
  const key = `${account.id}/${account.secretVersion}/${kind}`;
  const asked = running.get(key) ?? besideWall(() => fetchCatalog(services, account, kind)).finally(() => running.delete(key));
  running.set(key, asked);
  return (await asked) as Catalog<K>;
}

/** Catalogues at most that a process keeps in memory for the pages. */
const MOST_REMEMBERED = 200;
/** For so long it is not asked whether the database has a newer one. */
const REMEMBERED_MS = 5_000;

/** What was read last of an account's catalogue, by id. */
export interface Remembered {
  readonly plans: ReadonlyMap<string, Plan>;
  readonly regions: ReadonlyMap<string, Region>;
  readonly images: ReadonlyMap<string, Image>;
}
interface Held {
  until: number;
  readonly version: string;
  readonly catalog: Remembered;
}
const held = new WeakMap<object, Map<string, Held>>();

/** However long ago it was read; the provider is not asked. At most some seconds behind the database. */
export async function rememberedCatalog({ db, reader }: Pick<Services, 'db' | 'reader'>, accountId: string): Promise<Remembered> {
  const all = held.get(reader) ?? new Map<string, Held>();
  held.set(reader, all);
  const known = all.get(accountId);
  if (known && known.until > performance.now()) return known.catalog;
  const version = await catalogVersion(db, accountId);
  const catalog = known?.version === version ? known.catalog : await readAll(db, accountId);
  if (all.size >= MOST_REMEMBERED) all.clear();
  all.set(accountId, { until: performance.now() + REMEMBERED_MS, version, catalog });
  return catalog;
}

async function readAll(db: Db, accountId: string): Promise<Remembered> {
  const read = async <T extends { readonly id: string }>(kind: CatalogKind): Promise<ReadonlyMap<string, T>> =>
    new Map((((await cachedCatalog(db, accountId, kind))?.items ?? []) as T[]).map((item) => [item.id, item]));
  return { plans: await read<Plan>('plans'), regions: await read<Region>('regions'), images: await read<Image>('images') };
}

async function fetchCatalog(services: Services, account: Account, kind: CatalogKind): Promise<Catalog<CatalogKind>> {
  const { compute, dns } = clientOf(services, account);
  const client: Partial<Record<CatalogKind, (o: { signal: AbortSignal }) => Promise<unknown>>> = {
    ...(compute ? { plans: (o) => compute.plans(o), regions: (o) => compute.regions(o), images: (o) => compute.images(o) } : {}),
    ...(dns ? { zones: (o) => dns.zones(o) } : {}),
  };
  const ask = client[kind];
  if (!ask) throw new Refusal(422, 'no_such_catalog', `The account is at ${account.provider}, which has no ${kind}. Choose another.`);
  const items = (await ask({ signal: AbortSignal.timeout(TIMEOUT_MS) })) as Items[CatalogKind];
  const fetchedAt = timeNow();
  await saveCatalog(services.db, account.id, kind, items as unknown as Json, fetchedAt);
  return { items, fetchedAt };
}
