import * as pulumi from '@pulumi/pulumi';
import { beforeAll, describe, expect, it } from 'vitest';
import type { InstanceModule, InstanceRequest } from '../provider.ts';
import { checkInstance } from './instance-specs.ts';
import { provider } from './index.ts';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDOqeLYVbIoKUiG4G8qSTIW1zVxLqrrSO7fkEAlkKQLi';
const declared = new Map<string, { type: string; inputs: any }>();
let module: InstanceModule;

beforeAll(async () => {
  await pulumi.runtime.setMocks({
    newResource({ name, type, inputs }) {
      declared.set(name, { type, inputs });
      return { id: type.includes('nstance') ? '123' : '7', state: { ...inputs, ipAddress: '203.0.113.5', ipv6: '2001:db8::5/128' } };
    },
    call: () => ({}),
  });
  module = await provider.instance!();
});

const request = (extra: Partial<InstanceRequest> = {}): InstanceRequest => ({
  label: 'shop-1',
  hostname: 'shop.example.com',
  region: 'eu-central',
  plan: 'g6-standard-1',
  image: 'linode/debian12',
  windows: false,
  ipv6: true,
  backups: true,
  tags: ['plinth-vps-abcd1234abcd1234-g1', 'shop'],
  sshPublicKeys: [`${KEY} me\n`],
  userData: '#cloud-config\nhostname: shop\n',
  rootPassword: pulumi.secret('Correct-Horse-9-Battery'),
  firewall: [{ protocol: 'tcp', ports: '80-443', sources: ['0.0.0.0/0', '::/0'] }],
  options: {},
  ...extra,
});
const value = <T>(output: pulumi.Output<T>): Promise<T> => new Promise((resolve) => output.apply(resolve));

describe('the instance module', () => {
  it('declares server, key and firewall with the vendor’s names', async () => {
    const handle = module.declare('web', request(), {});
    expect(await value(handle.instanceId)).toBe('123');
    expect(await value(handle.ipv4)).toBe('203.0.113.5');
    expect(await value(handle.ipv6)).toBe('2001:db8::5');
    await expect.poll(() => declared.has('web-firewall')).toBe(true);
    const server = declared.get('web')!;
    expect(server.type).toBe('linode:index/instance:Instance');
    expect(server.inputs).toMatchObject({
      label: 'shop-1',
      type: 'g6-standard-1',
      backupsEnabled: true,
      tags: request().tags,
      authorizedKeys: [`${KEY} me`],
    });
    expect(server.inputs.metadatas).toEqual([{ userData: Buffer.from('#cloud-config\nhostname: shop\n').toString('base64') }]);
    expect(declared.get('web-key-1')!.inputs).toEqual({ label: 'plinth-vps-abcd1234abcd1234-key-1', sshKey: `${KEY} me` });
    expect(declared.get('web-firewall')!.inputs).toMatchObject({
      label: 'plinth-fw-abcd1234abcd1234',
      linodes: [123],
      inbounds: [{ action: 'ACCEPT', protocol: 'TCP', ports: '80-443', ipv4s: ['0.0.0.0/0'], ipv6s: ['::/0'] }],
    });
  });

  it('declares the reverse name of either address', async () => {
    const handle = module.declare('named', request({ firewall: null }), {});
    for (const ipVersion of [4, 6] as const)
      module.declareReverseName!(`named-${ipVersion}`, { instance: handle, name: 'shop.example.com', ipVersion }, {});
    await expect.poll(() => declared.has('named-4') && declared.has('named-6')).toBe(true);
    expect(declared.get('named-4')).toEqual({
      type: 'linode:index/rdns:Rdns',
      inputs: { address: '203.0.113.5', rdns: 'shop.example.com', waitForAvailable: true },
    });
    expect(declared.get('named-6')!.inputs).toMatchObject({ address: '2001:db8::5' });
  });

  it('declares inputs that the resource knows and accepts', () => {
    for (const [name, { type, inputs }] of declared) {
      const definition = provider.resources.find(({ token }) => token === type)!;
      const unknown = Object.keys(inputs).filter((key) => !(key in definition.inputs) && !(key in definition.outputs));
      expect([name, unknown]).toEqual([name, []]);
    }
    const { rootPass: _secret, ...plain } = declared.get('web')!.inputs;
    expect(checkInstance(plain)).toEqual([]);
  });

  it('shows no IPv6 address that was not ordered, and refuses unknown options', async () => {
    expect(await value(module.declare('plain', request({ ipv6: false, firewall: null, userData: null, sshPublicKeys: [] }), {}).ipv6)).toBe(
      '',
    );
    expect(() => module.declare('bad', request({ options: { nonsense: 1 } }), {})).toThrow(/nonsense/);
  });
});
