/** DigitalOcean's regions, sizes and images in Plinth's words. */
import { placeOf } from '../kit/cities.ts';
import type { Image, Plan, Region } from '../provider.ts';
import type { Image as DoImage, Region as DoRegion, Size as DoSize } from './schemas.ts';

/** Region slugs are a city and a number. The API does not tell the country. */
const COUNTRIES: Readonly<Record<string, string>> = {
  ams: 'NL',
  atl: 'US',
  blr: 'IN',
  fra: 'DE',
  lon: 'GB',
  nyc: 'US',
  ric: 'US',
  sfo: 'US',
  sgp: 'SG',
  syd: 'AU',
  tor: 'CA',
};
/**
 * Backups are ordered without a policy, and so are daily: 30 % of the droplet's price (weekly ones 20 %).
 * https://docs.digitalocean.com/products/backups/details/pricing
 */
const DAILY_BACKUPS = 0.3;
const NOT_LINUX = new Set(['FreeBSD']);

export function toRegion({ slug, name, available }: DoRegion): Region {
  const country = COUNTRIES[slug.slice(0, 3)] ?? null;
  return { id: slug, name, country, ...placeOf(name, country), available };
}

export function toPlan(size: DoSize): Plan {
  const memory = size.memory >= 1024 ? `${size.memory / 1024} GB` : `${size.memory} MB`;
  return {
    id: size.slug,
    name: `${size.description ?? 'Droplet'} ${size.vcpus} vCPU, ${memory}, ${size.disk} GB`,
    vcpus: size.vcpus,
    memoryMb: size.memory,
    diskGb: size.disk,
    transferGb: size.transfer === null ? null : Math.round(size.transfer * 1000),
    priceMonthly: size.price_monthly.toFixed(2),
    priceHourly: size.price_hourly.toFixed(5),
    currency: 'USD',
    backupMonthly: (size.price_monthly * DAILY_BACKUPS).toFixed(2),
    regions: size.regions,
    available: size.available && size.regions.length > 0,
  };
}

export function toImage(image: DoImage): Image {
  const distribution = image.distribution ?? 'Unknown';
  return {
    id: image.slug ?? String(image.id),
    name: `${distribution} ${image.name ?? image.slug ?? image.id}`,
    family: NOT_LINUX.has(distribution) ? 'other' : 'linux',
    distribution,
    deprecated: image.status !== 'available',
    minDiskGb: image.min_disk_size ?? 0,
    regions: image.regions,
  };
}
