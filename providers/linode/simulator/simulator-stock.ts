/** Which plan can be had where: by the region's capabilities, and by the stock the operator of the simulator set. */
import type { SimWorld } from '../../simulation.ts';
import { SIM_REGIONS, type SimRegion } from './simulator-places.ts';
import { TYPES, type SimType } from './simulator-types.ts';

interface SoldOut {
  id: string;
}

const NEEDS: Readonly<Record<string, string>> = { gpu: 'GPU Linodes', premium: 'Premium Plans', accelerated: 'NETINT Quadra T1U' };

export function isSoldOut(world: SimWorld, type: SimType, region: SimRegion): boolean {
  const needed = region.site_type === 'distributed' ? 'Distributed Plans only' : (NEEDS[type.class] ?? 'Linodes');
  return !region.capabilities.includes(needed) || stock(world).get(`${type.id}@${region.id}`) !== undefined;
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
