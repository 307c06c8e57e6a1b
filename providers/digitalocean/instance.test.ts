import * as pulumi from '@pulumi/pulumi';
import { beforeAll, expect, it } from 'vitest';
import { identityTag } from '../identity.ts';
import type { InstanceRequest } from '../provider.ts';
import { provider } from './index.ts';

const declared: { type: string; name: string; inputs: Record<string, unknown> }[] = [];

beforeAll(() =>
  pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs }) => {
      declared.push({ type, name, inputs: inputs as Record<string, unknown> });
      const outputs = { fingerprint: 'aa:bb', ipv4Address: '203.0.113.9', ipv6Address: '2001:db8::9' };
      return { id: '42', state: { ...(inputs as object), ...outputs } };
    },
    call: () => ({}),
  }),
);

it('declares the droplet, its keys and firewall with properties the provider knows', async () => {
  const { instanceModule } = await import('./instance.ts');
  const request: InstanceRequest = {
    label: 'web-1',
    hostname: 'web-1.example.com',
    region: 'fra1',
    plan: 's-1vcpu-1gb',
    image: 'debian-12-x64',
    windows: false,
    ipv6: true,
    backups: false,
    tags: [identityTag('abc', 1)],
    sshPublicKeys: ['ssh-ed25519 AAAA one'],
    userData: '#cloud-config\n',
    rootPassword: pulumi.secret('s3cret'),
    firewall: [{ protocol: 'tcp', ports: '22', sources: ['0.0.0.0/0'] }],
    options: {},
  };
  const handle = instanceModule.declare('server', request, {});
  const seen = await new Promise<string[]>((resolve) =>
    pulumi.all([handle.instanceId, handle.ipv4, handle.ipv6]).apply((values) => resolve(values)),
  );
  expect(seen).toEqual(['42', '203.0.113.9', '2001:db8::9']);
  await expect.poll(() => declared.map(({ name }) => name).sort()).toEqual(['server', 'server-firewall', 'server-key-1']);
  for (const { type, inputs } of declared) {
    const definition = provider.resources.find(({ token }) => token === type);
    expect(definition, type).toBeDefined();
    expect(Object.keys(definition!.inputs), type).toEqual(expect.arrayContaining(Object.keys(inputs)));
  }
  expect(declared.find(({ name }) => name === 'server')!.inputs).toMatchObject({ name: 'web-1', sshKeys: ['aa:bb'], monitoring: true });
  expect(JSON.stringify(declared)).not.toContain('s3cret');
  for (const path of instanceModule.ignoreChanges) expect(provider.resources[0]!.inputs).toHaveProperty(path);
});
