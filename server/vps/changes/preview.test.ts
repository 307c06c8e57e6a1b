import { expect, it } from 'vitest';
import { VpsSpec } from '../../../stacks/spec.ts';
import { effectsOf } from './effects.ts';
import { makePassword } from '../password/password.ts';
import { priceOf } from './preview.ts';

const spec = VpsSpec.parse({
  version: 1,
  vpsId: 'abcd1234',
  generation: 1,
  label: 'web',
  hostname: 'web.example.test',
  compute: {
    provider: 'any',
    accountId: 'a',
    region: 'r',
    plan: 'p1',
    image: 'i',
    windows: false,
    ipv6: true,
    backups: false,
    options: {},
  },
  dns: { provider: 'd', accountId: 'b', zone: 'example.test', zoneId: 'z', name: 'web.example.test', ttl: 300, proxied: false },
  tags: [],
  sshPublicKeys: ['ssh-ed25519 AAAA x'],
  firewall: null,
  cloudInit: {},
});
const renamed = { ...spec, label: 'shop', dns: { ...spec.dns!, name: 'shop.example.test' } };
const rule = { protocol: 'tcp' as const, ports: '22', sources: ['0.0.0.0/0'] };
const RECORDS = ['dns record A', 'dns record AAAA'];
const updates = (names: string[]) => names.map((name) => ({ name, effect: 'update' }));

it.each([
  [
    'resize',
    { ...spec, compute: { ...spec.compute, plan: 'p2' } },
    'update',
    updates(['instance']),
    { interruption: true, data_loss: false },
  ],
  ['rename', renamed, 'update', updates(['instance', ...RECORDS]), { interruption: false, data_loss: false }],
  ['firewall', { ...spec, firewall: [rule] }, 'update', [{ name: 'firewall', effect: 'create' }], { interruption: false }],
  [
    'rebuild',
    spec,
    'rebuild',
    [
      { name: 'instance', effect: 'reinstall' },
      { name: 'password', effect: 'replace' },
    ],
    { data_loss: true, replaces_instance: false, new_address: false },
  ],
  [
    'restore',
    spec,
    'restore',
    [{ name: 'instance', effect: 'restore' }],
    { data_loss: true, replaces_instance: false, new_address: false, interruption: true },
  ],
  [
    'replacement',
    { ...spec, generation: 2 },
    'replacement',
    [{ name: 'instance', effect: 'replace' }, ...updates(RECORDS), { name: 'password', effect: 'replace' }],
    { data_loss: true, replaces_instance: true, new_address: true },
  ],
  [
    'password',
    spec,
    'set-password',
    [...updates(['instance']), { name: 'password', effect: 'replace' }],
    { data_loss: false, interruption: true },
  ],
  ['destroy', spec, 'destroy', ['instance', ...RECORDS, 'ssh key 1'].map((name) => ({ name, effect: 'delete' })), { data_loss: true }],
] as const)('tells what a %s touches', (_, after, way, resources, facts) => {
  expect(effectsOf(spec, after as VpsSpec, way)).toMatchObject({ resources, ...facts });
});

it('tells what becomes of the reverse names', () => {
  const reversed = { ...spec, dns: { ...spec.dns!, reverse: true } };
  const names = ['reverse name A', 'reverse name AAAA'];
  const touched = (before: VpsSpec, after: VpsSpec, way: Parameters<typeof effectsOf>[2]) =>
    effectsOf(before, after, way).resources.filter(({ name }) => names.includes(name));
  const each = (effect: string) => names.map((name) => ({ name, effect }));
  expect(touched(spec, reversed, 'update')).toEqual(each('create'));
  expect(touched(reversed, spec, 'update')).toEqual(each('delete'));
  expect(touched(reversed, { ...reversed, dns: { ...reversed.dns, name: 'shop.example.test' } }, 'update')).toEqual(each('update'));
  expect(touched(reversed, { ...reversed, generation: 2 }, 'replacement')).toEqual(each('replace'));
  expect(touched(reversed, reversed, 'destroy')).toEqual(each('delete'));
  expect(touched(spec, spec, 'destroy')).toEqual([]);
});

it('takes the price of the region where it differs', () => {
  const plan = { id: 'p1', priceMonthly: '5.00', currency: 'USD' } as never;
  expect(priceOf([plan], spec)).toEqual({ monthly: '5.00', currency: 'USD' });
  expect(priceOf([{ ...(plan as object), regionPrices: { r: '6.50' } } as never], spec)).toEqual({ monthly: '6.50', currency: 'USD' });
  expect(priceOf([], spec)).toBeNull();
});

it('counts the backups that a spec asks for, at the price of its region', () => {
  const plan = { id: 'p1', priceMonthly: '5.00', backupMonthly: '2.10', currency: 'USD' };
  const dear = { ...plan, regionPrices: { r: '6.50' }, regionBackups: { r: '2.40' } };
  const kept = { ...spec, compute: { ...spec.compute, backups: true } };
  const monthly = (offered: object, of: VpsSpec) => priceOf([offered as never], of)?.monthly;
  expect([monthly(plan, spec), monthly(plan, kept)]).toEqual(['5.00', '7.10']);
  expect([monthly(dear, spec), monthly(dear, kept)]).toEqual(['6.50', '8.90']);
  expect(monthly({ ...plan, backupMonthly: undefined }, kept)).toBe('5.00');
});

it('makes passwords by the rules, never twice the same', () => {
  const policy = {
    length: 20,
    minLower: 3,
    minUpper: 3,
    minNumeric: 3,
    minSpecial: 2,
    overrideSpecial: '-_',
    minLength: 12,
    maxLength: 64,
  };
  const made = Array.from({ length: 200 }, () => makePassword(policy));
  expect(new Set(made).size).toBe(200);
  for (const password of made) {
    expect(password).toMatch(/^[A-Za-z0-9_-]{20}$/);
    for (const [from, least] of [
      [/[a-z]/g, 3],
      [/[A-Z]/g, 3],
      [/\d/g, 3],
      [/[-_]/g, 2],
    ] as const)
      expect(password.match(from)!.length).toBeGreaterThanOrEqual(least);
  }
});
