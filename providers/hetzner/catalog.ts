/** Hetzner's locations, types and images in Plinth's words, with net prices in the project's currency. */
import { z } from 'zod';
import { placeOf } from '../kit/cities.ts';
import type { Rest } from '../kit/rest.ts';
import type { Image, Plan, Region } from '../provider.ts';

const GB = 1_000_000_000;
const rounded = (degrees: number): number => Math.round(degrees * 100) / 100;
const price = z.object({ net: z.string() });
const Location = z.object({
  name: z.string(),
  city: z.string(),
  country: z.string(),
  latitude: z.number().nullish(),
  longitude: z.number().nullish(),
});
const Deprecation = z.object({ unavailable_after: z.string() }).nullish();
const Type = z.object({
  name: z.string(),
  description: z.string(),
  cores: z.number(),
  memory: z.number(),
  disk: z.number(),
  cpu_type: z.string(),
  architecture: z.string(),
  prices: z.array(z.object({ location: z.string(), price_hourly: price, price_monthly: price, included_traffic: z.number().nullish() })),
  locations: z.array(z.object({ name: z.string(), available: z.boolean().nullish(), deprecation: Deprecation })),
});
type Type = z.infer<typeof Type>;
const System = z.object({
  id: z.number(),
  name: z.string(),
  description: z.string(),
  os_flavor: z.string(),
  architecture: z.string(),
  disk_size: z.number(),
  deprecated: z.string().nullable(),
});
const Pricing = z.object({
  currency: z.string(),
  server_backup: z.object({ percentage: z.string() }),
  primary_ips: z.array(
    z.object({ type: z.string(), prices: z.array(z.object({ location: z.string(), price_hourly: price, price_monthly: price })) }),
  ),
  image: z.object({ price_per_gb_month: price }),
});
export type Pricing = z.infer<typeof Pricing>;

/** Also the live check of a token: every token of a project may read it. */
export function pricing(rest: Rest, signal?: AbortSignal): Promise<Pricing> {
  return rest.one({ path: '/pricing', signal }, 'pricing', Pricing);
}

export async function regions(rest: Rest, signal?: AbortSignal): Promise<Region[]> {
  const all = await rest.all({ path: '/locations', signal }, 'locations', Location);
  return all.map(({ name, city, country, latitude, longitude }) => {
    const told = typeof latitude === 'number' && typeof longitude === 'number';
    const location = told ? { location: { latitude: rounded(latitude), longitude: rounded(longitude) } } : placeOf(city, country);
    return { id: name, name: city, country, ...location, available: true };
  });
}

export async function plans(rest: Rest, signal?: AbortSignal): Promise<Plan[]> {
  const [types, told] = await Promise.all([rest.all({ path: '/server_types', signal }, 'server_types', Type), pricing(rest, signal)]);
  return types.filter(({ prices }) => prices.length > 0).map((type) => toPlan(type, told));
}

/** A server has an IPv4 address, which Hetzner bills beside the type: the price of a plan is both. */
function toPlan(type: Type, { currency, server_backup: backup, primary_ips: addresses }: Pricing): Plan {
  const sold = type.locations
    .filter(({ available, deprecation }) => available !== false && !isPast(deprecation?.unavailable_after))
    .map(({ name }) => name);
  const ipv4 = addresses.find((each) => each.type === 'ipv4')?.prices ?? [];
  const costs = type.prices.map(({ location, price_monthly: monthly, price_hourly: hourly }) => {
    const address = ipv4.find((each) => each.location === location) ?? ipv4[0];
    return {
      location,
      monthly: Number(monthly.net) + Number(address?.price_monthly.net ?? 0),
      hourly: Number(hourly.net) + Number(address?.price_hourly.net ?? 0),
      backup: (Number(monthly.net) * Number(backup.percentage)) / 100,
    };
  });
  const [first] = costs.toSorted((a, b) => a.monthly - b.monthly);
  const traffic = type.prices.find(({ location }) => location === first!.location)?.included_traffic;
  const others = costs.filter(({ monthly }) => monthly !== first!.monthly);
  return {
    id: type.name,
    name: `${type.description} (${type.cpu_type === 'dedicated' ? 'dedicated' : 'shared'} ${type.architecture})`,
    vcpus: type.cores,
    memoryMb: Math.round(type.memory * 1024),
    diskGb: type.disk,
    transferGb: traffic ? Math.round(traffic / GB) : null,
    priceMonthly: first!.monthly.toFixed(2),
    priceHourly: first!.hourly.toFixed(6),
    currency,
    regions: sold,
    ...(others.length === 0
      ? {}
      : { regionPrices: Object.fromEntries(others.map(({ location, monthly }) => [location, monthly.toFixed(2)])) }),
    backupMonthly: first!.backup.toFixed(2),
    ...(others.length === 0 ? {} : { regionBackups: Object.fromEntries(others.map((each) => [each.location, each.backup.toFixed(2)])) }),
    available: sold.length > 0,
    windows: false,
    architecture: type.architecture,
  };
}

/** By name, which means the same system on either architecture; Hetzner takes the one that fits the type. */
export async function images(rest: Rest, signal?: AbortSignal): Promise<Image[]> {
  const ask = (type: string) =>
    rest.all({ path: '/images', query: { type, status: 'available', include_deprecated: true }, signal }, 'images', System);
  const all = (await Promise.all([ask('system'), ask('app')])).flat();
  return [...Map.groupBy(all, ({ name }) => name)].map(([name, [image, ...twins]]) => ({
    id: name,
    name: image!.description,
    family: 'linux' as const,
    distribution: image!.os_flavor === 'unknown' ? name : image!.os_flavor,
    deprecated: image!.deprecated !== null,
    minDiskGb: image!.disk_size,
    regions: null,
    architectures: [image!, ...twins].map(({ architecture }) => architecture),
  }));
}

function isPast(time: string | undefined): boolean {
  return time !== undefined && Date.parse(time) <= Date.now();
}
