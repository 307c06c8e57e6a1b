import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseIdentityTag } from '../providers/identity.ts';
import { providers } from '../providers/list.ts';
import type { Descriptor } from '../providers/provider.ts';
import { asMade, asOwn, VpsSpec } from '../stacks/spec.ts';
import { planVps } from './customer-vps.plan.ts';
import { asciiHost, makeHostname, makeLabel } from './names.ts';

const compute = providers
  .filter(({ instance, descriptor }) => instance && descriptor.limits.userDataBytes > 0)
  .map((provider) => provider.descriptor);

function specFor(descriptor: Descriptor, over: Record<string, unknown> = {}): VpsSpec {
  return VpsSpec.parse({
    version: 1,
    vpsId: 'abcd1234efgh5678',
    generation: 1,
    label: 'My Web Server',
    hostname: 'web.plinth.test',
    compute: {
      provider: descriptor.id,
      accountId: 'a',
      region: 'r',
      plan: 'p',
      image: 'i',
      windows: false,
      ipv6: descriptor.capabilities.ipv6.can,
      backups: false,
      options: {},
    },
    dns: { provider: 'cloudflare', accountId: 'd', zone: 'plinth.test', zoneId: 'z', name: 'web.plinth.test', ttl: 300, proxied: false },
    tags: ['team:ops'],
    sshPublicKeys: [],
    firewall: null,
    cloudInit: {},
    ...over,
  });
}

function problems(descriptor: Descriptor, over: Record<string, unknown>, password?: string): string[] {
  const result = planVps(specFor(descriptor, over), descriptor, password);
  return result.ok ? [] : result.problems.map((problem) => problem.field);
}

describe.each(compute.map((descriptor) => [descriptor.id, descriptor] as const))('%s', (_id, descriptor) => {
  test('plans names, tags and records', () => {
    const result = planVps(specFor(descriptor), descriptor);
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    expect(parseIdentityTag(result.plan.tags[0]!)).toEqual({ vpsId: 'abcd1234efgh5678', generation: 1 });
    expect(result.plan.tags).toContain('team:ops');
    expect(result.plan.records.map((record) => record.type)).toEqual(descriptor.capabilities.ipv6.can ? ['A', 'AAAA'] : ['A']);
    expect(result.plan.rootUser).toBe('root');
    expect(planVps(specFor(descriptor), descriptor)).toEqual(result);
  });

  test('an imported server keeps its name, gets its identity, and no password or user data', () => {
    const { compute } = specFor(descriptor);
    const imported = { id: '4711', label: 'Old name!', marked: false };
    const spec = specFor(descriptor, { compute: { ...compute, image: '', imported } });
    const result = planVps(spec, descriptor, 'x');
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    expect(result.plan).toMatchObject({ importId: '4711', label: 'Old name!', password: null, cloudInit: null });
    expect(result.plan.tags).toEqual(['plinth-vps-abcd1234efgh5678-g1', 'team:ops']);
    const marked = planVps(specFor(descriptor, { compute: { ...compute, imported: { ...imported, marked: true } } }), descriptor);
    expect(marked.ok && marked.plan.tags).toContain('plinth');
    const own = planVps(asOwn(spec), descriptor);
    expect(own.ok && own.plan).toMatchObject({ importId: null, label: expect.stringContaining('my-web-server') });
    expect(problems(descriptor, { compute: { ...compute, imported }, cloudInit: { packages: ['nginx'] } })).toEqual(['cloudInit']);
  });

  test('a server of a snapshot has it until it is made, then its image', () => {
    const { compute } = specFor(descriptor);
    const spec = specFor(descriptor, { compute: { ...compute, snapshotId: 'snap-1' } });
    const result = planVps(spec, descriptor);
    if (!descriptor.capabilities.serverFromSnapshot.can)
      return expect(problems(descriptor, { compute: spec.compute })).toEqual(['compute.snapshotId']);
    expect(result.ok && result.plan.snapshotId).toBe('snap-1');
    // Nothing of it is left: stacks of before have the very same plan.
    expect(asMade(spec)).toEqual(specFor(descriptor));
    expect(planVps(asMade(spec), descriptor)).toEqual(planVps(specFor(descriptor), descriptor));
    expect(asOwn(spec)).toEqual(specFor(descriptor));
  });

  test('any customer label gives a legal, stable, unique label', () => {
    const anything = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme-ascii' }), fc.string());
    const vpsId = fc.string({ unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz0123456789'), minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(anything, vpsId, vpsId, (label, one, other) => {
        const made = makeLabel(label, one, descriptor.limits);
        expect(made).not.toBeNull();
        expect(made!.length).toBeLessThanOrEqual(descriptor.limits.labelMaxLength);
        expect(made).toMatch(descriptor.limits.labelPattern);
        expect(makeLabel(label, one, descriptor.limits)).toBe(made);
        if (one !== other) expect(makeLabel(label, other, descriptor.limits)).not.toBe(made);
      }),
    );
  });

  test('what the provider cannot do is refused with its reason', () => {
    for (const [capability, over] of [
      ['windows', { windows: true }],
      ['ipv6', { ipv6: true }],
      ['backups', { backups: true }],
    ] as const) {
      const spec = { compute: { ...specFor(descriptor).compute, ...over } };
      expect(problems(descriptor, spec).includes(`compute.${capability}`)).toBe(!descriptor.capabilities[capability].can);
    }
  });

  test.each([
    ['hostname', { hostname: 'localhost' }],
    ['hostname', { hostname: '-bad-' }],
    ['hostname', { hostname: '1.2.3.4' }],
    ['dns.name', { dns: { ...specFor(compute[0]!).dns, name: 'web.elsewhere.test' } }],
    ['tags.0', { tags: ['plinth-vps-other-g1'] }],
    ['tags.0', { tags: ['ümlaut'] }],
    ['sshPublicKeys.0', { sshPublicKeys: ['-----BEGIN OPENSSH PRIVATE KEY-----'] }],
  ])('refuses %s in %j', (field, over) => {
    expect(problems(descriptor, over)).toContain(field);
  });

  test('user data beyond the limit, unknown options and passwords out of bounds are refused', () => {
    const count = Math.min(50, Math.ceil(descriptor.limits.userDataBytes / 16_000) + 1);
    const files = Array.from({ length: count }, (_, i) => ({ path: `/f${i}`, content: 'x'.repeat(16_000) }));
    expect(problems(descriptor, { cloudInit: { files } })).toContain('cloudInit');
    expect(problems(descriptor, { compute: { ...specFor(descriptor).compute, options: { nonsense: 1 } } })).toContain('compute.options');
    expect(problems(descriptor, {}, 'x')).toContain('rootPassword');
  });
});

test('host names: unicode becomes punycode, everything else is a name or refused', () => {
  expect(asciiHost('Bücher.Example.COM.')).toBe('xn--bcher-kva.example.com');
  expect(asciiHost('a b')).toBeNull();
  expect(asciiHost('a/b')).toBeNull();
  expect(asciiHost('%61.com')).toBeNull();
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (label) => {
      const host = makeHostname(label, 'abcd1234');
      expect(asciiHost(host)).toBe(host);
      const any = asciiHost(label);
      if (any !== null) expect(asciiHost(any)).toBe(any);
    }),
  );
});
