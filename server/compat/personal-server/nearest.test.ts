import { expect, it } from 'vitest';
import { DATA_CENTRES } from '../../../providers/hostinger/simulator/data.ts';
import { placeOf } from '../../../providers/kit/cities.ts';
import { nearestTo, placeOfAddress } from './nearest.ts';

const regions = DATA_CENTRES.map(({ id, city, country: code }) => {
  const country = code.toUpperCase();
  return { id, name: city, country, ...placeOf(city, country), available: true };
});

it.each([
  ['5.9.0.1', '19', 'Germany: Frankfurt'],
  ['81.2.69.142', '18', 'the United Kingdom: Manchester'],
  ['200.147.3.157', '14', 'Brazil: São Paulo'],
  ['103.21.58.1', '13', 'India: Mumbai'],
  ['::ffff:5.9.0.1', '19', 'an IPv4 address in IPv6 form'],
])('%s is served from %s (%s)', (address, id) => {
  expect(nearestTo([address], regions)).toBe(id);
});

it('takes the first address that says anything, and says so when none does', () => {
  expect(nearestTo([null, '127.0.0.1', '10.0.0.1', '2001:db8::1', '200.147.3.157', '5.9.0.1'], regions)).toBe('14');
  expect(nearestTo(['127.0.0.1', null, 'nonsense', '2001:db8::1'], regions)).toBeNull();
  expect(placeOfAddress('192.168.1.1')).toBeNull();
});

it('passes over a data centre that does not sell', () => {
  const without = regions.map((region) => ({ ...region, available: region.id !== '19' }));
  expect(nearestTo(['5.9.0.1'], without)).not.toBe('19');
});
