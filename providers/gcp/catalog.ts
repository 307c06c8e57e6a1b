/** Zones, types, prices and systems in Plinth's words. Prices are on demand, net: type, disk and address together. */
import { z } from 'zod';
import { isProviderError } from '../errors.ts';
import { placeOf } from '../kit/cities.ts';
import { type Dialect, Rest } from '../kit/rest.ts';
import type { AccountConnection, Image, Plan, Region } from '../provider.ts';
import { ADDRESS_SKU, diskGbFor, DISK_SKU, FAMILIES, HOURS_A_MONTH, REGIONS, SHARED, SYSTEMS, SYSTEMS_PROJECT, TYPES } from './data.ts';
import { descriptor } from './descriptor.ts';
import { dialect, type Gce, lastOf } from './gce.ts';

const BILLING = 'https://cloudbilling.googleapis.com';
/** Compute Engine in Google's price list. */
const SERVICE = '6F81-5844-456A';
const NANO = 1_000_000_000;

const Zone = z.object({ name: z.string(), region: z.string(), status: z.string() });
const Type = z.object({
  name: z.string(),
  zone: z.string(),
  guestCpus: z.number(),
  memoryMb: z.number(),
  architecture: z.string().catch('X86_64'),
  deprecated: z.object({ state: z.string().optional() }).optional(),
});
type Type = z.infer<typeof Type>;
const Sku = z.object({
  description: z.string(),
  category: z.object({ usageType: z.string(), resourceFamily: z.string().catch('') }),
  serviceRegions: z.array(z.string()).catch([]),
  pricingInfo: z.array(
    z.object({
      pricingExpression: z.object({
        tieredRates: z.array(
          z.object({
            startUsageAmount: z.number().catch(0),
            unitPrice: z.object({ units: z.string().catch('0'), nanos: z.number().catch(0) }),
          }),
        ),
      }),
    }),
  ),
});
const System = z.object({ name: z.string(), diskSizeGb: z.string(), deprecated: z.object({ state: z.string().optional() }).optional() });

const allowed = ({ connection }: Gce): readonly string[] => (connection.options?.['allowedRegions'] as string[] | undefined) ?? [];
const regionOf = (zone: string): string => zone.replace(/-[a-z]$/, '');

export async function regions(gce: Gce, signal?: AbortSignal): Promise<Region[]> {
  const { items } = await gce.look(
    `projects/${gce.project}/zones`,
    z.object({ items: z.array(Zone).default([]) }),
    { maxResults: 500 },
    signal,
  );
  const sold = allowed(gce);
  return items
    .filter(({ name }) => sold.length === 0 || sold.includes(name))
    .map(({ name, region, status }) => {
      const [place, country, city = place] = REGIONS[lastOf(region)] ?? [lastOf(region), null];
      return { id: name, name: `${place} (${name})`, country, ...placeOf(city, country), available: status === 'UP' };
    });
}

/** What the price list is told in; its pages are counted otherwise than Compute Engine's. */
const billing: Dialect = {
  ...dialect,
  pages: {
    first: { pageSize: 5_000 },
    next: (answer, asked) => {
      const { nextPageToken } = answer as { nextPageToken?: string };
      return nextPageToken ? { ...asked, pageToken: nextPageToken } : null;
    },
  },
};

async function prices({ connection }: Gce, signal?: AbortSignal): Promise<(name: string, region: string) => number | undefined> {
  const isGoogle = connection.endpoint.baseUrl === descriptor.apiBaseUrl;
  const there: AccountConnection = isGoogle ? { ...connection, endpoint: { ...connection.endpoint, baseUrl: BILLING } } : connection;
  const skus = await new Rest(billing, there).all(
    { path: `/v1/services/${SERVICE}/skus`, query: { currencyCode: 'USD' }, signal },
    'skus',
    Sku,
  );
  const usual = skus.filter(({ category }) => category.usageType === 'OnDemand');
  const cache = new Map<string, number | undefined>();
  return (name, region) => {
    const id = `${name}/${region}`;
    if (!cache.has(id)) {
      const found = usual.find(
        ({ description, serviceRegions }) =>
          description.startsWith(name) && (serviceRegions.includes(region) || serviceRegions.includes('global')),
      );
      const rates = found?.pricingInfo[0]?.pricingExpression.tieredRates ?? [];
      const last = rates.at(-1)?.unitPrice;
      cache.set(id, last && Number(last.units) + last.nanos / NANO);
    }
    return cache.get(id);
  };
}

export async function plans(gce: Gce, signal?: AbortSignal): Promise<Plan[]> {
  const query = { filter: `name eq (${TYPES.join('|')})` };
  const [types, priceOf, open] = await Promise.all([
    gce.all({ path: '/machineTypes', query, signal }, 'items', Type),
    prices(gce, signal),
    regions(gce, signal),
  ]);
  const zones = new Set(open.filter(({ available }) => available).map(({ id }) => id));
  return [
    ...Map.groupBy(
      types.filter(({ name, deprecated }) => TYPES.includes(name) && !deprecated),
      ({ name }) => name,
    ),
  ]
    .toSorted(([a], [b]) => TYPES.indexOf(a) - TYPES.indexOf(b))
    .flatMap(([, all]) => toPlan(all, zones, priceOf) ?? []);
}

/** Null for one that has a price nowhere. */
function toPlan(
  all: readonly Type[],
  open: ReadonlySet<string>,
  priceOf: (name: string, region: string) => number | undefined,
): Plan | null {
  const [{ name, guestCpus, memoryMb, architecture }] = all as [Type];
  const { core, ram } = FAMILIES[name.split('-', 1)[0]!]!;
  const diskGb = diskGbFor(memoryMb);
  const costs = all.flatMap(({ zone }) => {
    const id = lastOf(zone);
    const [cpu, gb, disk, ip] = [core, ram, DISK_SKU, ADDRESS_SKU].map((sku) => priceOf(sku, regionOf(id)));
    if (cpu === undefined || gb === undefined || disk === undefined) return [];
    const hourly = (SHARED[name] ?? guestCpus) * cpu + (memoryMb / 1024) * gb + (ip ?? 0.005) + (diskGb * disk) / HOURS_A_MONTH;
    return [{ zone: id, hourly }];
  });
  const [cheapest] = costs.toSorted((a, b) => a.hourly - b.hourly);
  if (!cheapest) return null;
  const monthly = ({ hourly }: { hourly: number }): string => (hourly * HOURS_A_MONTH).toFixed(2);
  const others = costs.filter((each) => monthly(each) !== monthly(cheapest));
  const sold = costs.map(({ zone }) => zone).filter((zone) => open.has(zone));
  return {
    id: name,
    name: `${name}${name in SHARED ? ' (shared)' : ''}`,
    vcpus: guestCpus,
    memoryMb,
    diskGb,
    // By the GB.
    transferGb: null,
    priceMonthly: monthly(cheapest),
    priceHourly: cheapest.hourly.toFixed(6),
    currency: 'USD',
    regions: sold,
    ...(others.length === 0 ? {} : { regionPrices: Object.fromEntries(others.map((each) => [each.zone, monthly(each)])) }),
    available: sold.length > 0,
    windows: false,
    architecture,
  };
}

/** The newest of each family, by the name of the family. */
export async function images(gce: Gce, signal?: AbortSignal): Promise<Image[]> {
  const found = await Promise.all(
    SYSTEMS.map(async ({ family, name, architecture }) => {
      const path = `projects/${SYSTEMS_PROJECT}/global/images/family/${family}`;
      const system = await gce.look(path, System, {}, signal).catch((error: unknown) => {
        if (isProviderError(error, 'not_found')) return null;
        throw error;
      });
      const id = `${SYSTEMS_PROJECT}/${family}`;
      const deprecated = system?.deprecated?.state !== undefined && system.deprecated.state !== 'ACTIVE';
      return (
        system && {
          id,
          name,
          family: 'linux' as const,
          distribution: 'ubuntu',
          deprecated,
          minDiskGb: Number(system.diskSizeGb),
          regions: null,
          architectures: [architecture],
        }
      );
    }),
  );
  return found.filter((each) => each !== null);
}
