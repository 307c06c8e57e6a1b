/** Regions, plans and images of Linode in Plinth's words. */
import { placeOf } from '../kit/cities.ts';
import type { Call } from '../kit/server-sheet.ts';
import type { Image, Plan, Region } from '../provider.ts';
import { isOwnSnapshot } from './snapshots.ts';
import { ApiAvailability, ApiImage, ApiRegion, ApiType } from './types.ts';

/** Which capability a region needs for a class of plans; every other class needs `Linodes`. */
const CLASS_CAPABILITY: Readonly<Record<string, string>> = {
  gpu: 'GPU Linodes',
  premium: 'Premium Plans',
  accelerated: 'NETINT Quadra T1U',
};

export async function listRegions({ client, signal }: Call): Promise<Region[]> {
  const regions = await client.all({ path: '/regions', signal }, 'data', ApiRegion);
  return regions.filter(sellable).map(({ id, label: name, country: code, status }) => {
    const country = /^[a-z]{2}$/i.test(code) ? code.toUpperCase() : null;
    return { id, name, country, ...placeOf(name, country), available: status === 'ok' };
  });
}

export async function listPlans({ client, signal }: Call): Promise<Plan[]> {
  const [types, regions, availability] = await Promise.all([
    client.all({ path: '/linode/types', signal }, 'data', ApiType),
    client.all({ path: '/regions', signal }, 'data', ApiRegion),
    client.all({ path: '/regions/availability', signal }, 'data', ApiAvailability),
  ]);
  const soldOut = new Set(availability.filter(({ available }) => !available).map(({ plan, region }) => `${plan}@${region}`));
  const open = regions.filter((region) => sellable(region) && region.status === 'ok');
  return types.flatMap((type) => {
    // Plans of distributed sites have no general price.
    if (type.price.monthly === null || type.price.hourly === null) return [];
    const capability = CLASS_CAPABILITY[type.class] ?? 'Linodes';
    const where = open.filter(({ id, capabilities }) => capabilities.includes(capability) && !soldOut.has(`${type.id}@${id}`));
    return [
      toPlan(
        type,
        type.price.monthly,
        type.price.hourly,
        where.map(({ id }) => id),
      ),
    ];
  });
}

export async function listImages({ client, signal }: Call): Promise<Image[]> {
  const images = await client.all({ path: '/images', signal }, 'data', ApiImage);
  const now = Date.now();
  // A customer's snapshot is nobody's system to install.
  const offered = images.filter((image) => image.status === 'available' && !/-kube(-|$)/.test(image.id) && !isOwnSnapshot(image));
  return offered.map((image) => toImage(image, now));
}

function sellable({ site_type: siteType, capabilities }: ApiRegion): boolean {
  return (siteType ?? 'core') === 'core' && capabilities.includes('Linodes');
}

function toPlan(type: ApiType, monthly: number, hourly: number, regions: string[]): Plan {
  const regionPrices = differing(type.region_prices, monthly);
  // The service has a price of its own on every plan: `addons.backups`.
  const backups = type.addons?.backups;
  const backup = backups?.price.monthly ?? null;
  const regionBackups = backup === null ? undefined : differing(backups?.region_prices, backup);
  return {
    id: type.id,
    name: type.label,
    vcpus: type.vcpus,
    memoryMb: type.memory,
    diskGb: Math.floor(type.disk / 1024),
    // 0 stands for "not included" on plans whose traffic is pooled or billed apart.
    transferGb: type.transfer > 0 ? type.transfer : null,
    priceMonthly: monthly.toFixed(2),
    priceHourly: String(hourly),
    currency: 'USD',
    regions,
    ...(regionPrices ? { regionPrices } : {}),
    ...(backup === null ? {} : { backupMonthly: backup.toFixed(2) }),
    ...(regionBackups ? { regionBackups } : {}),
    available: regions.length > 0 && !type.successor,
  };
}

/** Undefined when every region has the general price. */
function differing(prices: ApiType['region_prices'], general: number): Record<string, string> | undefined {
  const found = (prices ?? []).flatMap(({ id, monthly }) =>
    monthly === null || monthly === general ? [] : [[id, monthly.toFixed(2)] as const],
  );
  return found.length > 0 ? Object.fromEntries(found) : undefined;
}

function toImage(image: ApiImage, now: number): Image {
  const slug = image.id.replace(/^[^/]+\//, '');
  const eol = image.eol ? Date.parse(`${image.eol}Z`) : Number.NaN;
  const replicas = (image.regions ?? []).filter(({ status }) => status === 'available').map(({ region }) => region);
  return {
    id: image.id,
    name: image.label,
    family: 'linux',
    distribution: (image.vendor ?? /^[a-z]+/.exec(slug)?.[0] ?? 'custom').toLowerCase(),
    deprecated: image.deprecated || eol < now,
    minDiskGb: Math.ceil(image.size / 1024),
    // A private image can be deployed everywhere, from its replicas; Linode lists regions only to tell where copies are.
    regions: image.is_public || replicas.length === 0 ? null : replicas,
  };
}
