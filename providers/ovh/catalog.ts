/** OVH's regions, flavours and images in Plinth's words, with net prices in the account's currency. */
import { z } from 'zod';
import { part } from '../kit/rest.ts';
import type { Image, Plan, Region } from '../provider.ts';
import { meOf, priceOf } from '../kit/ovhcloud/api.ts';
import { slugOf } from '../kit/ovhcloud/names.ts';
import { centreAt } from '../kit/ovhcloud/places.ts';
import type { Flavor, Project } from './rest.ts';

const HOURS_A_MONTH = 730;
const Place = z.looseObject({
  name: z.string(),
  status: z.string(),
  datacenterLocation: z.string().nullish(),
  countryCode: z.string().nullish(),
});
const Pricing = z.looseObject({ price: z.number(), capacities: z.array(z.string()).nullish(), intervalUnit: z.string().nullish() });
const Catalogue = z.looseObject({
  locale: z.looseObject({ currencyCode: z.string() }),
  addons: z.array(z.looseObject({ planCode: z.string(), pricings: z.array(Pricing) })),
});

export async function regions(project: Project, signal?: AbortSignal): Promise<Region[]> {
  const names = await project.call({ path: '/region', signal }, z.array(z.string()));
  const places = await Promise.all(names.map((name) => project.call({ path: `/region/${part(name)}`, signal }, Place)));
  return places.map(({ name, status, datacenterLocation, countryCode }) => {
    return { id: name, name, ...centreAt(datacenterLocation ?? name, countryCode), available: status === 'UP' };
  });
}

/** By name: a flavour has another id in every region, and Windows has flavours of its own. */
export async function plans(project: Project, signal?: AbortSignal): Promise<Plan[]> {
  const [flavors, { ovhSubsidiary }] = await Promise.all([project.flavors(undefined, signal), meOf(project.root, signal)]);
  const ask = { path: '/order/catalog/public/cloud', query: { ovhSubsidiary }, signal };
  const { addons, locale } = await project.root.call(ask, Catalogue);
  const hourly = new Map(addons.map(({ planCode, pricings }) => [planCode, pricings[0]?.price]));
  const linux = flavors.filter(({ osType, planCodes }) => osType === 'linux' && hourly.get(planCodes?.hourly ?? '') !== undefined);
  const priceIn = ({ planCodes }: Flavor): number => priceOf(hourly.get(planCodes!.hourly!)!);
  return [...Map.groupBy(linux, ({ name }) => name)].map(([name, found]) => toPlan(name, found, priceIn, locale.currencyCode));
}

function toPlan(name: string, found: readonly Flavor[], priceIn: (flavor: Flavor) => number, currency: string): Plan {
  const sold = found.filter(({ available }) => available);
  const [first] = found.toSorted((a, b) => priceIn(a) - priceIn(b));
  const month = (flavor: Flavor): string => (priceIn(flavor) * HOURS_A_MONTH).toFixed(2);
  const others = found.filter((each) => month(each) !== month(first!));
  return {
    id: name,
    name,
    vcpus: first!.vcpus,
    // Megabytes of a thousand kilobytes in name only: 8000 is sold as 8 GB.
    memoryMb: Math.round((first!.ram * 1024) / 1000),
    diskGb: first!.disk,
    transferGb: null,
    priceMonthly: month(first!),
    priceHourly: priceIn(first!).toFixed(6),
    currency,
    regions: sold.map(({ region }) => region),
    ...(others.length === 0 ? {} : { regionPrices: Object.fromEntries(others.map((each) => [each.region, month(each)])) }),
    available: sold.length > 0,
    windows: false,
  };
}

/** By name too; those of applications and bare machines are no systems. */
export async function images(project: Project, signal?: AbortSignal): Promise<Image[]> {
  const all = (await project.images(undefined, signal)).filter(({ type, visibility, status }) => {
    return type === 'linux' && visibility === 'public' && status === 'active';
  });
  return [...Map.groupBy(all, ({ name }) => name)].map(([name, found]) => ({
    id: slugOf(name),
    name,
    family: 'linux' as const,
    distribution: name.split(' ')[0]!.toLowerCase(),
    deprecated: false,
    minDiskGb: Math.max(...found.map(({ minDisk }) => minDisk)),
    regions: found.map(({ region }) => region),
  }));
}
