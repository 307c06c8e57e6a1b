/** Regions, plans, kernels, and which plan can be had where: by the region's capabilities, and by the stock. */
import type { Cloud } from '../../../simulator/cloud/cloud.ts';
import { Refusal } from '../../../simulator/cloud/model.ts';
import { type LinodeRegion, NEEDS, PLANS, REGIONS, TYPES } from './data.ts';
import type { Linodes } from './linodes.ts';
import { no, notFound, paged, type Routes } from './wire.ts';

const KERNELS = [
  { id: 'linode/grub2', label: 'GRUB 2', version: '2.06' },
  { id: 'linode/direct-disk', label: 'Direct Disk', version: '' },
  { id: 'linode/latest-64bit', label: 'Latest 64 bit (6.14.3-x86_64-linode168)', version: '6.14.3' },
].map((kernel) => ({ ...kernel, architecture: 'x86_64', kvm: true, pvops: true, deprecated: false, built: '2018-01-02T03:04:05' }));

export function mountCatalogue(on: Routes, { cloud }: Linodes): void {
  const one = <T extends { id: string }>(items: readonly T[], id: string): T => {
    const found = items.find((item) => item.id === id);
    if (!found) throw notFound();
    return found;
  };
  on('get /linode/types', (call) => paged(call, TYPES));
  on('get /linode/types/:id', (call) => one(TYPES, call.param('id')));
  on('get /regions', (call) => paged(call, REGIONS));
  on('get /regions/availability', (call) =>
    paged(
      call,
      REGIONS.flatMap((region) => availability(cloud, region)),
    ),
  );
  on('get /regions/:id', (call) => one(REGIONS, call.param('id')));
  on('get /regions/:id/availability', (call) => availability(cloud, one(REGIONS, call.param('id'))));
  on('get /linode/kernels', (call) => paged(call, KERNELS));
  // The id has a slash, which clients send as it is or encoded.
  on('get /linode/kernels/:id', (call) => one(KERNELS, call.param('id')));
  on('get /linode/kernels/:vendor/:name', (call) => one(KERNELS, `${call.param('vendor')}/${call.param('name')}`));
}

/** Linode's list names the plans whose availability differs by region: everything but the shared ones, and those sold out. */
function availability(cloud: Cloud, { id }: LinodeRegion): { plan: string; region: string; available: boolean }[] {
  return TYPES.flatMap((type, place) => {
    const available = cloud.inStock(PLANS[place]!, id);
    return NEEDS[type.class] !== undefined || !available ? [{ region: id, plan: type.id, available }] : [];
  });
}

export function regionOf(value: unknown): LinodeRegion {
  const region = REGIONS.find(({ id }) => id === value);
  if (!region) throw no('region is not valid', 'region');
  return region;
}

/**
 * Linode's refusal of a plan that cannot be had in a region. A plan that the region never had is refused by the check of the
 * field; one whose stock is gone, by the host's own, at an order with 403, at a change of a living server with 400.
 */
export function refuseSoldOut(
  cloud: Cloud,
  type: string,
  region: string,
  asked: { readonly field: string; readonly isOrder: boolean },
): void {
  const plan = cloud.planOf(type)!;
  if (cloud.inStock(plan, region)) return;
  if (!plan.regions.includes(region)) throw no('This plan is not available in the selected region', asked.field);
  if (asked.isOrder) throw new Refusal('sold_out', 'out of stock');
  throw no('there is no availability for the selected plan in the selected region', asked.field);
}
