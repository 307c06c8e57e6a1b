/** Hostinger's catalogue in Plinth's words: a plan is a price, for a period that is paid in advance. */
import { z } from 'zod';
import { placeOf } from '../kit/cities.ts';
import type { Image, Plan, Region } from '../provider.ts';
import { type HostingerRest, VPS } from './rest.ts';

const Price = z.looseObject({
  id: z.string(),
  currency: z.string(),
  price: z.number(),
  first_period_price: z.number(),
  period: z.number(),
  period_unit: z.string(),
});
const Item = z.looseObject({
  id: z.string(),
  name: z.string(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
  prices: z.array(Price),
});
const DataCentre = z.looseObject({
  id: z.number(),
  name: z.string().nullish(),
  location: z.string().nullish(),
  city: z.string().nullish(),
});
const Template = z.looseObject({ id: z.number(), name: z.string() });
const HOURS_A_MONTH = 730;
/** Sizes of the plans where the catalogue's metadata leaves them out: processors, GB of memory, of disk, TB of transfer. */
const SIZES: Readonly<Record<string, readonly [number, number, number, number]>> = {
  'KVM 1': [1, 4, 50, 4],
  'KVM 2': [2, 8, 100, 8],
  'KVM 4': [4, 16, 200, 16],
  'KVM 8': [8, 32, 400, 32],
};

export async function regions(rest: HostingerRest, signal?: AbortSignal): Promise<Region[]> {
  const all = await rest.call({ path: `${VPS}/data-centers`, signal }, z.array(DataCentre));
  return all.map(({ id, name, location, city }) => {
    const country = location?.toUpperCase() ?? null;
    return { id: String(id), name: city ?? name ?? String(id), country, ...placeOf(city ?? '', country), available: true };
  });
}

/** Stock is not told: every data centre is taken for one that sells. */
export async function plans(rest: HostingerRest, signal?: AbortSignal): Promise<Plan[]> {
  const ask = { path: '/api/billing/v1/catalog', query: { category: 'VPS' }, signal };
  const [items, places] = await Promise.all([rest.call(ask, z.array(Item)), regions(rest, signal)]);
  const everywhere = places.map(({ id }) => id);
  return items.flatMap((item) => item.prices.flatMap((price) => toPlan(item, price, everywhere)));
}

function toPlan({ name, metadata }: z.infer<typeof Item>, price: z.infer<typeof Price>, everywhere: string[]): Plan[] {
  const months = price.period_unit === 'year' ? price.period * 12 : price.period_unit === 'month' ? price.period : 0;
  const known = SIZES[name];
  const told = (key: string): number | undefined => {
    const value = Number(metadata?.[key]);
    return Number.isFinite(value) && value > 0 ? value : undefined;
  };
  const vcpus = told('cpus') ?? known?.[0];
  const memoryMb = told('memory') ?? (known && known[1] * 1024);
  const diskMb = told('disk_space') ?? (known && known[2] * 1024);
  const transferMb = told('bandwidth') ?? (known && known[3] * 1024 * 1024);
  if (months === 0 || vcpus === undefined || memoryMb === undefined || diskMb === undefined) return [];
  const monthly = price.price / 100 / months;
  return [
    {
      id: price.id,
      name: months === 1 ? name : `${name}, paid for ${months} months`,
      vcpus,
      memoryMb,
      diskGb: Math.round(diskMb / 1024),
      transferGb: transferMb === undefined ? null : Math.round(transferMb / 1024),
      priceMonthly: monthly.toFixed(2),
      priceHourly: (monthly / HOURS_A_MONTH).toFixed(5),
      currency: price.currency,
      regions: everywhere,
      available: true,
      periods: [{ id: price.id, months, first: (price.first_period_price / 100).toFixed(2), renewal: (price.price / 100).toFixed(2) }],
    },
  ];
}

export async function images(rest: HostingerRest, signal?: AbortSignal): Promise<Image[]> {
  const all = await rest.call({ path: `${VPS}/templates`, signal }, z.array(Template));
  return all.map(({ id, name }) => ({
    id: String(id),
    name,
    family: 'linux',
    distribution: name.split(' ')[0]!.toLowerCase(),
    deprecated: false,
    minDiskGb: 0,
    regions: null,
  }));
}
