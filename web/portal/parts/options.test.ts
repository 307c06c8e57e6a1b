import { expect, it } from 'vitest';
import type { Product, Subscription } from '../queries.ts';
import { changedCounts, isOffered, offeredOptions } from './options.ts';

const option = { key: 'ips', kind: 'ips' as const, name: 'IP address', min: 0, max: 8, step: 2, images: [] };
const price = { interval: 'month' as const, currency: 'EUR', amount: '2.00' };
const standing = { interval: 'month', currency: 'EUR', options: [{ key: 'ips', name: 'IP address', quantity: 2, unit_amount: '2.00' }] };
const subscription = standing as Subscription;

it('offers what has a price at the same interval and currency, but for what comes with an image', () => {
  const options: Product['options'] = [
    { ...option, prices: [price, { ...price, interval: 'year', amount: '20.00' }] },
    { ...option, key: 'disk', prices: [{ ...price, currency: 'USD' }] },
    { ...option, key: 'licence', kind: 'image', prices: [price] },
  ];
  expect(offeredOptions({ options }, subscription).map(({ key, amount }) => [key, amount])).toEqual([['ips', '2.00']]);
  expect(offeredOptions(undefined, subscription)).toEqual([]);
});

it('asks only for numbers that are offered and new', () => {
  const offered = { ...option, amount: '2.00' };
  expect([0, 2, 8].every((count) => isOffered(offered, count))).toBe(true);
  expect([-2, 1, 10, 2.5, Number.NaN].some((count) => isOffered(offered, count))).toBe(false);
  expect(changedCounts(subscription, { ips: 2 })).toEqual({});
  expect(changedCounts(subscription, { ips: 0, disk: 1 })).toEqual({ ips: 0, disk: 1 });
});
