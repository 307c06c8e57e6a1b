import { describe, expect, it } from 'vitest';
import type { VpsWithAccount } from '../../vps/store.ts';
import { SecretBox } from '../../kernel/secrets.ts';
import { handSpec, specChange } from './spec.ts';

const spec = {
  version: 1,
  vpsId: 'abcdefgh12345678',
  generation: 1,
  label: 'web-1',
  hostname: 'web-1',
  compute: {
    provider: 'some',
    accountId: 'a-1',
    region: 'r',
    plan: 'small',
    image: 'i',
    windows: false,
    ipv6: true,
    backups: false,
    options: {},
  },
  dns: null,
  tags: ['a'],
  sshPublicKeys: [],
  firewall: null,
  cloudInit: { packages: [], packageUpdate: false, packageUpgrade: false, users: [], files: [], services: [] },
};
const vps = { id: spec.vpsId, spec } as unknown as VpsWithAccount;
const none = (): undefined => undefined;
const secrets = new SecretBox(Buffer.alloc(32, 1));
const asSent = (value: unknown) => ({ 'plinth:spec': { string: JSON.stringify(value), object: true, secret: false } });

describe('a spec changed by hand', () => {
  it('is taken over with the columns that follow it', () => {
    const bigger = { ...spec, tags: ['b'], compute: { ...spec.compute, plan: 'large' } };
    const { spec: taken, refused } = handSpec(vps, asSent(bigger), none);
    expect(refused).toBeNull();
    expect(specChange(secrets, taken!)).toMatchObject({ plan: 'large', spec: { tags: ['b'] } });
  });

  it.each([
    ['generation', { ...spec, generation: 2 }],
    ['label', { ...spec, label: 'web-2' }],
    ['hostname', { ...spec, hostname: 'web-2' }],
    ['vpsId', { ...spec, vpsId: 'another123456789' }],
    ['compute.accountId', { ...spec, compute: { ...spec.compute, accountId: 'a-2' } }],
    ['compute.region', { ...spec, compute: { ...spec.compute, region: 's' } }],
    ['compute.snapshotId', { ...spec, compute: { ...spec.compute, snapshotId: 'another’s' } }],
    ['compute.image', { ...spec, compute: { ...spec.compute, image: 'j' } }],
    [
      'dns.accountId',
      { ...spec, dns: { provider: 'd', accountId: 'd-1', zone: 'z', zoneId: 'z1', name: 'n.z', ttl: 300, proxied: false } },
    ],
  ])('may not change %s', (name, changed) => {
    expect(handSpec(vps, asSent(changed), none)).toEqual({
      spec: null,
      refused: expect.stringContaining(`changes ${name}, which only Plinth may decide`),
    });
  });

  it('is not needed, and is refused when it is none', () => {
    expect(handSpec(vps, {}, none)).toEqual({ spec: null, refused: null });
    expect(handSpec(vps, asSent({ version: 1 }), none).refused).toContain('is not a VPS spec');
    expect(handSpec(vps, { 'plinth:spec': { string: '{' } }, none).refused).toContain('is not a VPS spec');
  });
});
