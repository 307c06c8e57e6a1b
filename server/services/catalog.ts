/** Plans, regions, images and zones of an account, kept in the database for a while; concurrent askers share one call. */
import type { CatalogKind } from '../../contract/provider.ts';
import type { Image, Plan, Region, Zone } from '../../providers/provider.ts';
import { Refusal } from '../problem.ts';
import { cachedCatalog, saveCatalog } from '../store/accounts.ts';
import type { Account, Json } from '../store/database.ts';
import { clientOf } from './accounts.ts';
import type { Services } from './services.ts';

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
    if (cached && Date.now() - cached.fetchedAt.getTime() < services.config.catalogTtlMs) return cached as Catalog<K>;
  }
  const running = inFlight.get(services.db) ?? new Map<string, Promise<Catalog<CatalogKind>>>();
  inFlight.set(services.db, running);
  const key = `${account.id}/${account.secretVersion}/${kind}`;
  const asked = running.get(key) ?? fetchCatalog(services, account, kind).finally(() => running.delete(key));
  running.set(key, asked);
  return (await asked) as Catalog<K>;
}

async function fetchCatalog(services: Services, account: Account, kind: CatalogKind): Promise<Catalog<CatalogKind>> {
  const { compute, dns } = clientOf(services, account);
  const client: Partial<Record<CatalogKind, (o: { signal: AbortSignal }) => Promise<unknown>>> = {
    ...(compute ? { plans: (o) => compute.plans(o), regions: (o) => compute.regions(o), images: (o) => compute.images(o) } : {}),
    ...(dns ? { zones: (o) => dns.zones(o) } : {}),
  };
  const ask = client[kind];
  if (!ask)
    throw new Refusal(
      422,
      'no_such_catalog',
      `The account "${account.name}" (${account.provider}) has no ${kind}. Choose another account.`,
    );
  const items = (await ask({ signal: AbortSignal.timeout(TIMEOUT_MS) })) as Items[CatalogKind];
  const fetchedAt = new Date();
  await saveCatalog(services.db, account.id, kind, items as unknown as Json, fetchedAt);
  return { items, fetchedAt };
}
