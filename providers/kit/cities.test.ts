import { afterAll, beforeAll, expect, it } from 'vitest';
import { distanceKm, placeOfCountry } from '../../server/compat/personal-server/places.ts';
import { type Simulator, startSimulator } from '../../simulator/server.ts';
import { providers } from '../list.ts';
import { connect } from '../testing/contract.ts';
import { placeOf } from './cities.ts';

/** From the middle of a country to its farthest city: Honolulu. */
const FARTHEST_KM = 7_000;
let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({ speed: 1_000 });
});
afterAll(() => simulator?.close());

it('knows a city by its name and country, however an API writes it', () => {
  const frankfurt = { location: { latitude: 50.11, longitude: 8.68 } };
  for (const name of ['Frankfurt', 'Frankfurt 1', 'Frankfurt 2, DE', 'FRANKFURT']) expect(placeOf(name, 'DE')).toEqual(frankfurt);
  expect(placeOf('São Paulo', 'BR')).toEqual(placeOf('Sao Paulo, BR', 'BR'));
  expect(placeOf('São Paulo', 'BR')).toEqual({ location: { latitude: -23.55, longitude: -46.63 } });
  expect([placeOf('Frankfurt', 'US'), placeOf('Frankfurt', null), placeOf('', 'DE')]).toEqual([{}, {}, {}]);
});

const clouds = providers.filter(({ compute, descriptor }) => compute && descriptor.apiBaseUrl !== null);
it.each(clouds.map((provider) => [provider.descriptor.id, provider] as const))(
  '%s has its regions in their countries',
  async (_, provider) => {
    const regions = await provider.compute!(connect(provider, simulator)).regions();
    for (const { id, country, location } of regions.filter((region) => region.country !== null)) {
      expect(location, `the city of ${id} is not in providers/kit/cities.ts`).toBeDefined();
      const { latitude, longitude } = location!;
      expect([latitude, longitude].map((degrees) => Number(degrees.toFixed(2)))).toEqual([latitude, longitude]);
      expect(distanceKm(placeOfCountry(country!)!, [latitude, longitude]), id).toBeLessThan(FARTHEST_KM);
    }
  },
);
