/** A region's types, prices and systems in Plinth's words. Prices are on demand, net, in USD: type, disk and address together. */
import { z } from 'zod';
import { placeOf } from '../kit/cities.ts';
import { Rest } from '../kit/rest.ts';
import type { Image, InstanceSummary, Plan, Region } from '../provider.ts';
import { diskGbFor, HOURS_A_MONTH, IMAGES, IPV4_HOURLY, REGIONS, TYPES } from './data.ts';
import { Ami, type Ec2, filters, listOf, numbered } from './ec2.ts';
import { at, dialectOf } from './wire.ts';

const Zones = z.object({ availabilityZoneInfo: listOf(z.object({ zoneName: z.string(), zoneState: z.string() })) });
const Offerings = z.object({
  instanceTypeSet: listOf(
    z.object({
      instanceType: z.string(),
      currentGeneration: z.string().catch('true'),
      vCpuInfo: z.object({ defaultVCpus: z.coerce.number() }),
      memoryInfo: z.object({ sizeInMiB: z.coerce.number() }),
      processorInfo: z.object({ supportedArchitectures: listOf(z.string()) }),
    }),
  ),
  nextToken: z.string().optional(),
});
const PriceList = z.object({ PriceList: z.array(z.string()), NextToken: z.string().nullish() });
const Product = z.object({
  product: z.object({ attributes: z.record(z.string(), z.string()) }),
  terms: z.object({
    OnDemand: z.record(
      z.string(),
      z.object({ priceDimensions: z.record(z.string(), z.object({ pricePerUnit: z.record(z.string(), z.string()) })) }),
    ),
  }),
});
const MOST_PAGES = 50;
/** A look at types takes this many at once. */
const TYPES_AT_ONCE = 100;

/** The one region that an account speaks to. */
export async function regions(ec2: Ec2, signal?: AbortSignal): Promise<Region[]> {
  const { availabilityZoneInfo: zones } = await ec2.look({ Action: 'DescribeAvailabilityZones' }, Zones, signal);
  const [name, country, city = name] = REGIONS[ec2.region] ?? [ec2.region, null];
  const available = zones.some(({ zoneState }) => zoneState === 'available');
  return [{ id: ec2.region, name, country, ...placeOf(city, country), available }];
}

interface Wanted {
  readonly Field: string;
  readonly Value: string;
  readonly Type?: string;
}

/** Of each product that fits, what it is and its price. */
async function priced(
  ec2: Ec2,
  wanted: readonly Wanted[],
  signal?: AbortSignal,
): Promise<{ attributes: Record<string, string>; usd: number }[]> {
  const rest = new Rest(dialectOf('pricing'), at(ec2.account, 'pricing'));
  const own = [{ Field: 'regionCode', Value: ec2.region }, ...wanted].map((each) => ({ Type: 'TERM_MATCH', ...each }));
  const headers = { 'x-amz-target': 'AWSPriceListService.GetProducts' };
  const found: { attributes: Record<string, string>; usd: number }[] = [];
  let token: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const body = {
      ServiceCode: 'AmazonEC2',
      FormatVersion: 'aws_v1',
      MaxResults: 100,
      Filters: own,
      ...(token ? { NextToken: token } : {}),
    };
    const answer = await rest.call({ method: 'POST', path: '/', headers, body, repeatable: true, signal }, PriceList);
    for (const text of answer.PriceList) {
      const { data } = Product.safeParse(JSON.parse(text));
      const [term] = Object.values(data?.terms.OnDemand ?? {});
      const [dimension] = Object.values(term?.priceDimensions ?? {});
      const usd = Number(dimension?.pricePerUnit['USD']);
      if (data && usd > 0) found.push({ attributes: data.product.attributes, usd });
    }
    token = answer.NextToken ?? undefined;
    if (!token) return found;
  }
  throw ec2.error('malformed', 'The price list does not end.');
}

export async function plans(ec2: Ec2, signal?: AbortSignal): Promise<Plan[]> {
  const forLinux = { operatingSystem: 'Linux', tenancy: 'Shared', preInstalledSw: 'NA', licenseModel: 'No License required', capacitystatus: 'Used', marketoption: 'OnDemand' }; // prettier-ignore
  const ofServers = [
    ...Object.entries(forLinux).map(([Field, Value]) => ({ Field, Value })),
    { Field: 'instanceType', Value: TYPES.join(','), Type: 'ANY_OF' },
  ];
  const [types, servers, disks] = await Promise.all([
    offered(ec2, signal),
    priced(ec2, ofServers, signal),
    priced(
      ec2,
      [
        { Field: 'productFamily', Value: 'Storage' },
        { Field: 'volumeApiName', Value: 'gp3' },
      ],
      signal,
    ),
  ]);
  const gbMonth = disks[0]?.usd;
  if (gbMonth === undefined) throw ec2.error('malformed', `The price list has no disk of ${ec2.region}.`);
  const hourly = new Map(servers.map(({ attributes, usd }) => [attributes['instanceType'], usd]));
  return types.flatMap((type) => {
    const usd = hourly.get(type.instanceType);
    // What has no price cannot be sold.
    return usd === undefined ? [] : [toPlan(type, ec2.region, usd, gbMonth)];
  });
}

type Offered = z.infer<typeof Offerings>['instanceTypeSet'][number];

const OWNERS = [...new Set(IMAGES.map(({ owner }) => owner))];

/** Those of our list that the region has. */
async function offered(ec2: Ec2, signal?: AbortSignal): Promise<Offered[]> {
  const found: Offered[] = [];
  for (let from = 0; from < TYPES.length; from += TYPES_AT_ONCE) {
    // By filter: of a name that a region does not know, the list itself would be refused.
    const which = filters({ 'instance-type': TYPES.slice(from, from + TYPES_AT_ONCE) });
    for (let token: string | undefined, page = 0; page < MOST_PAGES; page++) {
      const params = { Action: 'DescribeInstanceTypes', ...which, ...(token ? { NextToken: token } : {}) };
      const answer = await ec2.look(params, Offerings, signal);
      found.push(...answer.instanceTypeSet);
      token = answer.nextToken || undefined;
      if (!token) break;
    }
  }
  return found
    .filter(({ instanceType }) => TYPES.includes(instanceType))
    .sort((a, b) => TYPES.indexOf(a.instanceType) - TYPES.indexOf(b.instanceType));
}

function toPlan({ instanceType, vCpuInfo, memoryInfo, processorInfo }: Offered, region: string, usd: number, gbMonth: number): Plan {
  const memoryMb = memoryInfo.sizeInMiB;
  const diskGb = diskGbFor(memoryMb);
  const hourly = usd + IPV4_HOURLY + (diskGb * gbMonth) / HOURS_A_MONTH;
  const architecture = processorInfo.supportedArchitectures.find((each) => each !== 'i386') ?? 'x86_64';
  return {
    id: instanceType,
    name: `${instanceType} (${architecture})`,
    vcpus: vCpuInfo.defaultVCpus,
    memoryMb,
    diskGb,
    // By the GB.
    transferGb: null,
    priceMonthly: (hourly * HOURS_A_MONTH).toFixed(2),
    priceHourly: hourly.toFixed(6),
    currency: 'USD',
    regions: [region],
    available: true,
    windows: false,
    architecture,
  };
}

/** Those of our list that their publishers keep in this region, for whichever processors they do. */
export async function images(ec2: Ec2, signal?: AbortSignal): Promise<Image[]> {
  const patterns = IMAGES.flatMap(({ pattern }) => [pattern('x86_64'), pattern('arm64')]);
  const params = { Action: 'DescribeImages', ...numbered('Owner', OWNERS), ...filters({ name: patterns, state: ['available'] }) };
  const { imagesSet } = await ec2.look(params, z.object({ imagesSet: listOf(Ami) }), signal);
  return IMAGES.flatMap(({ id, name, distribution, pattern }) => {
    const own = imagesSet.filter((each) => fits(pattern(each.architecture), each.name));
    if (own.length === 0) return [];
    const minDiskGb = Math.max(...own.map((each) => each.blockDeviceMapping[0]?.ebs?.volumeSize ?? 8));
    const architectures = [...new Set(own.map(({ architecture }) => architecture))].toSorted();
    return [{ id, name, family: 'linux', distribution, deprecated: false, minDiskGb, regions: null, architectures }];
  });
}

/** Ids of images by what a sweep saw of them: an image's name and owner never change. */
const systems = new Map<string, string>();
/** Values that a filter takes. */
const MOST_VALUES = 200;

/** Servers with the system of our list that they were made of, where it is one; else with the image's own id. */
export async function withSystems(ec2: Ec2, found: readonly InstanceSummary[], signal?: AbortSignal): Promise<InstanceSummary[]> {
  const asked = [...new Set(found.flatMap(({ image }) => (image === null || systems.has(image) ? [] : [image])))];
  for (let at = 0; at < asked.length; at += MOST_VALUES) {
    const some = asked.slice(at, at + MOST_VALUES);
    const params = { Action: 'DescribeImages', ...numbered('Owner', OWNERS), ...filters({ 'image-id': some }) };
    const { imagesSet } = await ec2.look(params, z.object({ imagesSet: listOf(Ami) }), signal);
    for (const id of some) systems.set(id, systemOf(imagesSet.find(({ imageId }) => imageId === id)) ?? id);
  }
  return found.map((each) => ({ ...each, image: each.image === null ? null : systems.get(each.image)! }));
}
const systemOf = (image: Ami | undefined): string | undefined =>
  image && IMAGES.find(({ pattern }) => fits(pattern(image.architecture), image.name))?.id;

/** `*` stands for anything. */
export function fits(pattern: string, name: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(name);
}
