/** A provider's offer on the wire. */
import type { CatalogImage, CatalogPlan, CatalogRegion, CatalogZone } from '../../contract/catalog.ts';
import type { CatalogKind } from '../../contract/provider.ts';
import { type Release, releaseOf } from '../../contract/release.ts';
import type { Image, Plan, Region, Zone } from '../../providers/provider.ts';

/** Decimal texts as numbers: shown, never calculated with. */
const numbers = (prices: Readonly<Record<string, string>>): Record<string, number> =>
  Object.fromEntries(Object.entries(prices).map(([region, price]) => [region, Number(price)]));

function plan(each: Plan): CatalogPlan {
  return {
    id: each.id,
    label: each.name,
    vcpus: each.vcpus,
    memory: each.memoryMb,
    disk: each.diskGb,
    transfer: each.transferGb,
    price: { monthly: Number(each.priceMonthly), hourly: Number(each.priceHourly) },
    ...(each.regionPrices ? { region_prices: numbers(each.regionPrices) } : {}),
    currency: each.currency,
    regions: [...each.regions],
    available: each.available,
    ...(each.backupMonthly === undefined ? {} : { backup_price: Number(each.backupMonthly) }),
    ...(each.regionBackups ? { region_backup_prices: numbers(each.regionBackups) } : {}),
    ...(each.windows === undefined ? {} : { windows: each.windows }),
    ...(each.architecture === undefined ? {} : { architecture: each.architecture }),
  };
}

function image(each: Image): CatalogImage {
  return {
    id: each.id,
    label: each.name,
    family: each.family,
    distribution: each.distribution,
    deprecated: each.deprecated,
    min_disk: each.minDiskGb,
    regions: each.regions === null ? null : [...each.regions],
    ...(each.architectures ? { architectures: [...each.architectures] } : {}),
    release: presentRelease(releaseOf(each)),
  };
}

const presentRelease = (release: Release | null): CatalogImage['release'] =>
  release && { family: release.family, version: release.version, long_term: release.longTerm, support_ends: release.supportEnds };

const region = ({ id, name, country, location, available }: Region): CatalogRegion => {
  return { id, label: name, country, ...(location ? { location } : {}), available };
};
const zone = ({ id, name, status }: Zone): CatalogZone => ({ id, label: name, status });

const PRESENT: { readonly [K in CatalogKind]: (items: readonly never[]) => Record<string, unknown> } = {
  plans: (items: readonly Plan[]) => ({ plans: items.map(plan) }),
  regions: (items: readonly Region[]) => ({ regions: items.map(region) }),
  images: (items: readonly Image[]) => ({ images: items.map(image) }),
  zones: (items: readonly Zone[]) => ({ zones: items.map(zone) }),
};

/** `{plans: […]}` or what else was asked for. */
export function presentCatalog(kind: CatalogKind, items: readonly unknown[]): Record<string, unknown> {
  return PRESENT[kind](items as readonly never[]);
}
