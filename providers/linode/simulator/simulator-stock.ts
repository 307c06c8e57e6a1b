/** Which plan can be had where: by the region's capabilities, and by the stock the operator of the simulator set. */
import type { SimWorld } from '../../simulation.ts';
import { Refusal } from './simulator-http.ts';
import { SIM_REGIONS, type SimRegion } from './simulator-places.ts';
import { TYPES, type SimType } from './simulator-types.ts';

interface SoldOut {
  id: string;
}

const OUT_OF_STOCK_AT_ORDER =
  'The Linode plan you chose is not currently available in the selected region. Please choose a different plan or region.';
const NEEDS: Readonly<Record<string, string>> = { gpu: 'GPU Linodes', premium: 'Premium Plans', accelerated: 'NETINT Quadra T1U' };

/**
 * Linode's refusal of a plan that cannot be had in a region. A plan that the region never had is refused by the check of the
 * field; one whose stock is gone, by the host's own, at an order with 403, at a change of a living server with 400.
 */
export function refuseSoldOut(
  world: SimWorld,
  type: SimType,
  region: SimRegion,
  asked: { readonly field: string; readonly isOrder: boolean },
): void {
  if (!isSoldOut(world, type, region)) return;
  if (!isOffered(type, region)) throw new Refusal(400, 'This plan is not available in the selected region', asked.field);
  if (asked.isOrder) throw new Refusal(403, OUT_OF_STOCK_AT_ORDER);
  throw new Refusal(400, 'there is no availability for the selected plan in the selected region', asked.field);
}

export function isSoldOut(world: SimWorld, type: SimType, region: SimRegion): boolean {
  return !isOffered(type, region) || stock(world).get(`${type.id}@${region.id}`) !== undefined;
}

function isOffered(type: SimType, region: SimRegion): boolean {
  const needed = region.site_type === 'distributed' ? 'Distributed Plans only' : (NEEDS[type.class] ?? 'Linodes');
  return region.capabilities.includes(needed);
}

export function setStock(world: SimWorld, plan: string, region: string, available: boolean): boolean {
  if (!TYPES.some(({ id }) => id === plan) || !SIM_REGIONS.some(({ id }) => id === region)) return false;
  const id = `${plan}@${region}`;
  if (available) stock(world).delete(id);
  else stock(world).put({ id });
  return true;
}

/** Linode's list names the plans whose availability differs by region: everything but the shared ones, and those sold out. */
export function availability(world: SimWorld, regionId?: string): { plan: string; region: string; available: boolean }[] {
  const regions = SIM_REGIONS.filter(({ id }) => regionId === undefined || id === regionId);
  return regions.flatMap((region) =>
    TYPES.flatMap((type) => {
      const available = !isSoldOut(world, type, region);
      const special = NEEDS[type.class] !== undefined;
      return special || !available ? [{ region: region.id, plan: type.id, available }] : [];
    }),
  );
}

function stock(world: SimWorld) {
  return world.collection<SoldOut>('stock');
}
