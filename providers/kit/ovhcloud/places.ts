/** OVH's data centres, which its APIs call by a code alone. */
import type { Region } from '../../provider.ts';
import { placeOf } from '../cities.ts';

/** Cities by what OVH announced when it opened them. */
const CENTRES: Readonly<Record<string, readonly [city: string, country: string]>> = {
  GRA: ['Gravelines', 'FR'],
  SBG: ['Strasbourg', 'FR'],
  RBX: ['Roubaix', 'FR'],
  PAR: ['Paris', 'FR'],
  BHS: ['Beauharnois', 'CA'],
  TOR: ['Toronto', 'CA'],
  WAW: ['Warsaw', 'PL'],
  DE: ['Limburg', 'DE'],
  UK: ['Erith', 'GB'],
  LON: ['London', 'GB'],
  SGP: ['Singapore', 'SG'],
  SYD: ['Sydney', 'AU'],
  MUM: ['Mumbai', 'IN'],
  MIL: ['Milan', 'IT'],
  VIN: ['Vint Hill', 'US'],
  HIL: ['Hillsboro', 'US'],
};

/** Country and place by the code, whatever number follows it; `told` is the country that the API tells, where it does. */
export function centreAt(code: string, told?: string | null): Pick<Region, 'country' | 'location'> {
  const [city = '', own = null] = CENTRES[code.replace(/\d+.*$/, '')] ?? [];
  return { country: told?.toUpperCase() ?? own, ...placeOf(city, own) };
}
