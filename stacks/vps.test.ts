import * as pulumi from '@pulumi/pulumi';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { containsSecret } from '../components/cloud-init.ts';
import { providers } from '../providers/list.ts';
import { VpsSpec } from './spec.ts';
import { program, type ProgramOutputs, type VpsSecrets } from './vps.ts';

const PASSWORD = 'Gener4ted-pass_word.+=A1';
const BROUGHT = 'Brought-by.caller_1234';
const compute = providers.filter(({ instance, descriptor }) => instance && descriptor.limits.userDataBytes > 0);
const dnsId = providers.find((provider) => provider.dnsRecord)!.descriptor.id;

interface Registered {
  type: string;
  name: string;
  inputs: any;
}
let registered: Registered[] = [];

beforeEach(async () => {
  registered = [];
  await pulumi.runtime.setMocks(
    {
      newResource(args) {
        registered.push({ type: args.type, name: args.name, inputs: args.inputs });
        if (args.type === 'plinth:index:CustomerVps') return { id: '', state: {} };
        if (args.type === 'random:index/randomPassword:RandomPassword') return { id: 'none', state: { ...args.inputs, result: PASSWORD } };
        const addresses = {
          address: '192.0.2.1',
          ipAddress: '192.0.2.1',
          ipv4: '192.0.2.1',
          ipv4Address: '192.0.2.1',
          mainIp: '192.0.2.1',
          publicIp: '192.0.2.1',
          ipv6: '2001:db8::1/128',
          ipv6Address: '2001:db8::1',
          v6MainIp: '2001:db8::1',
        };
        return { id: `id-${args.name}`, state: { ...args.inputs, ...addresses } };
      },
      call(args) {
        throw new Error(`Unexpected call of ${args.token}.`);
      },
    },
    'plinth',
    'vps-abcd1234efgh5678',
    false,
  );
});
afterEach(() => pulumi.runtime.disconnect());

function specFor(provider: string, over: Record<string, unknown> = {}): VpsSpec {
  const ipv6 = providers.find((candidate) => candidate.descriptor.id === provider)?.descriptor.capabilities.ipv6.can ?? false;
  return VpsSpec.parse({
    version: 1,
    vpsId: 'abcd1234efgh5678',
    generation: 1,
    label: 'Web',
    hostname: 'web.plinth.test',
    compute: { provider, accountId: 'a', region: 'r', plan: 'p', image: '1', windows: false, ipv6, backups: false, options: {} },
    dns: { provider: dnsId, accountId: 'd', zone: 'plinth.test', zoneId: 'z1', name: 'web.plinth.test', ttl: 300, proxied: false },
    tags: [],
    sshPublicKeys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0Z a@b'],
    firewall: null,
    cloudInit: { packages: ['nginx'] },
    ...over,
  });
}

async function run(spec: VpsSpec, secrets: VpsSecrets = {}): Promise<Record<string, { value: unknown; secret: boolean }>> {
  const outputs: ProgramOutputs = await program(spec, secrets)();
  const entries = Object.entries(outputs).map(async ([name, value]) => {
    const output = pulumi.output<any>(value);
    return [name, { value: await (output as any).promise(true), secret: await pulumi.isSecret(output) }] as const;
  });
  const resolved = Object.fromEntries(await Promise.all(entries));
  // Records follow the instance's addresses and are no part of the outputs.
  const records = spec.dns === null ? 0 : spec.compute.ipv6 ? 2 : 1;
  await vi.waitFor(() => expect(registered.filter(({ name }) => name.includes('-dns-'))).toHaveLength(records));
  return resolved;
}

const unwrapped = (value: unknown): string => JSON.stringify(value);

describe.each(compute.map((provider) => [provider.descriptor.id, provider.descriptor] as const))('on %s', (id, descriptor) => {
  test('declares password, instance and records under fixed names', async () => {
    const outputs = await run(specFor(id));
    const names = registered.map(({ type, name }) => `${type.split(':').at(-1)} ${name}`);
    expect(names).toContain('CustomerVps vps');
    expect(names).toContain('RandomPassword vps-password');
    expect(registered.filter(({ name }) => name === 'vps-instance')).toHaveLength(1);
    expect(names.filter((name) => name.startsWith('DnsRecord')).toSorted()).toEqual(
      descriptor.capabilities.ipv6.can ? ['DnsRecord vps-dns-a', 'DnsRecord vps-dns-aaaa'] : ['DnsRecord vps-dns-a'],
    );
    expect(outputs['rootPassword']).toEqual({ value: PASSWORD, secret: true });
    expect(outputs).toMatchObject({
      instanceId: { value: 'id-vps-instance', secret: false },
      ipv4: { value: '192.0.2.1' },
      hostname: { value: 'web.plinth.test' },
      dnsName: { value: 'web.plinth.test' },
      rootUser: { value: 'root' },
    });
    const record = registered.find(({ name }) => name === 'vps-dns-a')!;
    expect(record.inputs).toMatchObject({
      zoneId: 'z1',
      name: 'web.plinth.test',
      type: 'A',
      content: '192.0.2.1',
      ttl: 300,
      comment: 'plinth vps-abcd1234efgh5678',
    });
  });

  test('the instance carries its identity, and user data the hash only', async () => {
    await run(specFor(id));
    const { inputs } = registered.find(({ name }) => name === 'vps-instance')!;
    // In its tags or labels, or first in its name.
    const carried = [inputs.tags, inputs.labels].flatMap((each) => Object.entries(each ?? {}).flat());
    expect([...carried, String(inputs.name).split('.')[0]]).toContain('plinth-vps-abcd1234efgh5678-g1');
    const userData = findUserData(inputs);
    expect(parse(userData)).toMatchObject({ hostname: 'web', packages: ['nginx'] });
    expect(userData).toContain('$6$');
    expect(containsSecret(userData, PASSWORD)).toBe(false);
  });

  test('a password that the caller brings makes no resource', async () => {
    const outputs = await run(specFor(id), { rootPassword: BROUGHT });
    expect(registered.some(({ type }) => type.includes('RandomPassword'))).toBe(false);
    expect(outputs['rootPassword']).toEqual({ value: BROUGHT, secret: true });
  });

  test('without DNS there is no record', async () => {
    const outputs = await run(specFor(id, { dns: null }));
    expect(registered.some(({ name }) => name.includes('dns'))).toBe(false);
    expect(outputs['dnsName']!.value).toBeNull();
  });
});

test('a spec that cannot be built is refused with every problem, before anything is declared', async () => {
  const id = compute[0]!.descriptor.id;
  await expect(program(specFor(id, { hostname: 'localhost', tags: ['plinth'] }))()).rejects.toThrow(/hostname[^]*tags\.0/);
  await expect(program(specFor('nonesuch'))()).rejects.toThrow('no provider "nonesuch"');
  await expect(program(specFor(dnsId))()).rejects.toThrow();
  expect(registered).toEqual([]);
});

/** Wherever the provider has it, plain or in base64. */
function findUserData(inputs: unknown): string {
  for (const text of unwrapped(inputs).match(/"(?:[^"\\]|\\.)*"/g) ?? []) {
    const value = JSON.parse(text) as string;
    for (const candidate of [value, Buffer.from(value, 'base64').toString('utf8')]) {
      if (candidate.startsWith('#cloud-config\n')) return candidate;
    }
  }
  throw new Error(`No user data in ${unwrapped(inputs)}.`);
}
