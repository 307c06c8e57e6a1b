import { KEEP_SETUP } from '../../features/vps/setup-form.ts';
import { expect, it } from 'vitest';
import { areKeys, freeLabel, pricesOf, quoteBody } from './order-form.ts';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMm2o1b5vYb3gYc2m0aFf3Xh6cJ9yZ8m1x0uQ5w7n2Kd ada@laptop';
const chosen = {
  productId: 'p',
  interval: 'month' as const,
  region: '',
  image: '',
  snapshot: '',
  setup: KEEP_SETUP,
  label: ' web-1 ',
  key: '',
  keyIds: [],
  coupon: '',
};
const price = (interval: 'month' | 'year', currency: string, from: string) =>
  ({ interval, currency, amount: '1.00', valid_from: from }) as Parameters<typeof pricesOf>[0]['prices'][number];

it('proposes a name that is free', () => {
  expect(freeLabel(new Set())).toBe('server-1');
  expect(freeLabel(new Set(['server-1', 'server-2']))).toBe('server-3');
});

it('knows a public key, and a private one as none', () => {
  expect(areKeys('')).toBe(true);
  expect(areKeys(`${KEY}\n\n${KEY}`)).toBe(true);
  expect(areKeys('-----BEGIN OPENSSH PRIVATE KEY-----')).toBe(false);
});

it('asks for a quote only with what it needs, and leaves out what is chosen for the customer', () => {
  expect(quoteBody({ ...chosen, label: ' ' })).toBeNull();
  expect(quoteBody({ ...chosen, productId: '' })).toBeNull();
  expect(quoteBody({ ...chosen, key: 'mine' })).toBeNull();
  expect(quoteBody(chosen)).toEqual({ items: [{ product_id: 'p', interval: 'month', label: 'web-1', ssh_keys: [] }] });
  expect(quoteBody({ ...chosen, coupon: ' spring-25 ' })).toMatchObject({ coupon: 'spring-25' });
  expect(quoteBody({ ...chosen, keyIds: ['k'] })?.items[0]).toMatchObject({ ssh_keys: [], ssh_key_ids: ['k'] });
  expect(quoteBody({ ...chosen, image: 'i', snapshot: 's' })?.items[0]).toMatchObject({ from_snapshot: 's' });
  expect(quoteBody({ ...chosen, image: 'i', snapshot: 's' })?.items[0]).not.toHaveProperty('image');
  expect(quoteBody({ ...chosen, region: 'r', key: KEY })?.items[0]).toMatchObject({ region: 'r', ssh_keys: [KEY] });
});

it('shows prices that hold, in one currency, the shortest interval first', () => {
  const prices = [
    price('year', 'EUR', '2026-01-01'),
    price('month', 'USD', '2026-01-01'),
    price('month', 'EUR', '2026-01-01'),
    price('month', 'EUR', '2030-01-01'),
  ];
  expect(pricesOf({ prices }, 'EUR', new Date('2027-01-01')).map((each) => each.interval)).toEqual(['month', 'year']);
});
