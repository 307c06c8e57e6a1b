import * as pulumi from '@pulumi/pulumi';
import { beforeAll, expect, test } from 'vitest';
import type { InstanceModule, InstanceRequest } from '../provider.ts';

const registered = new Map<string, { type: string; inputs: Record<string, unknown> }>();
let module_: InstanceModule;

beforeAll(async () => {
  await pulumi.runtime.setMocks({
    newResource: (args) => {
      registered.set(args.name, { type: args.type, inputs: args.inputs });
      return { id: `${args.name}-id`, state: { ...args.inputs, mainIp: '203.0.113.9', v6MainIp: '', defaultPassword: 'made-by-vultr' } };
    },
    call: (args) => {
      throw new Error(`Unexpected call of ${args.token}.`);
    },
  });
  module_ = (await import('./instance.ts')).instanceModule;
});

function request(changes: Partial<InstanceRequest> = {}): InstanceRequest {
  return {
    label: 'web',
    hostname: 'web.example.com',
    region: 'ewr',
    plan: 'vc2-1c-2gb',
    image: '2284',
    windows: false,
    ipv6: false,
    backups: false,
    tags: ['plinth-vps-abc1-g1', 'vip'],
    sshPublicKeys: ['ssh-ed25519 AAAA a', 'ssh-ed25519 BBBB b'],
    userData: '#cloud-config\n',
    rootPassword: pulumi.secret('unused'),
    firewall: null,
    options: {},
    ...changes,
  };
}

function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => void output.apply(resolve));
}

test('Linux: keys, user data and tags, no password anywhere', async () => {
  const handle = module_.declare('linux', request(), {});
  expect(await valueOf(handle.instanceId)).toBe('linux-id');
  expect(handle.generatedPassword).toBeUndefined();
  expect(registered.get('linux-key-1')?.inputs).toEqual({ name: 'plinth-vps-abc1-key-1', sshKey: 'ssh-ed25519 BBBB b' });
  const { type, inputs } = registered.get('linux')!;
  expect(type).toBe('vultr:index/instance:Instance');
  expect(inputs).toMatchObject({
    osId: 2284,
    tags: ['plinth-vps-abc1-g1', 'vip'],
    userData: '#cloud-config\n',
    backups: 'disabled',
    sshKeyIds: ['linux-key-0-id', 'linux-key-1-id'],
  });
  expect(JSON.stringify(inputs)).not.toContain('unused');
});

test('Windows: the script goes in as a start-up script and the password comes out as a secret', async () => {
  const handle = module_.declare('win', request({ windows: true, image: '1764', userData: 'Set-TimeZone UTC' }), {});
  expect(await valueOf(handle.generatedPassword!)).toBe('made-by-vultr');
  expect(await pulumi.isSecret(handle.generatedPassword!)).toBe(true);
  expect(registered.get('win-script')?.inputs).toMatchObject({ type: 'boot', script: Buffer.from('Set-TimeZone UTC').toString('base64') });
  const { inputs } = registered.get('win')!;
  expect(inputs).toMatchObject({ osId: 1764, scriptId: 'win-script-id' });
  expect(inputs).not.toHaveProperty('userData');
  expect(inputs).not.toHaveProperty('sshKeyIds');
});

test('a rule that names no ports opens all of them, but ICMP has none', async () => {
  const { plainRules } = await import('./instance.ts');
  const rule = { ports: null, sources: ['0.0.0.0/0'] };
  const ports = (['tcp', 'udp', 'icmp'] as const).map((protocol) => plainRules([{ ...rule, protocol }])[0]!.port);
  expect(ports).toEqual(['1:65535', '1:65535', '']);
});

test('a firewall is one group and one rule per source, before the server', async () => {
  const firewall = [
    { protocol: 'tcp' as const, ports: '80-443', sources: ['0.0.0.0/0', '::/0', '0.0.0.0/0'] },
    { protocol: 'icmp' as const, ports: null, sources: ['198.51.100.7/32'] },
  ];
  await valueOf(module_.declare('walled', request({ firewall, backups: true, options: { backupHour: 5 } }), {}).instanceId);
  expect(registered.get('walled-firewall')?.inputs).toEqual({ description: 'plinth-vps-abc1' });
  const rules = [...registered].filter(([name]) => name.startsWith('walled-firewall-')).map(([, rule]) => rule.inputs);
  expect(rules).toHaveLength(3);
  expect(rules).toEqual(
    expect.arrayContaining([
      { firewallGroupId: 'walled-firewall-id', ipType: 'v4', protocol: 'tcp', subnet: '0.0.0.0', subnetSize: 0, port: '80:443' },
      { firewallGroupId: 'walled-firewall-id', ipType: 'v6', protocol: 'tcp', subnet: '::', subnetSize: 0, port: '80:443' },
      { firewallGroupId: 'walled-firewall-id', ipType: 'v4', protocol: 'icmp', subnet: '198.51.100.7', subnetSize: 32 },
    ]),
  );
  expect(registered.get('walled')?.inputs).toMatchObject({
    firewallGroupId: 'walled-firewall-id',
    backups: 'enabled',
    backupsSchedule: { type: 'daily', hour: 5 },
  });
});

test.each([
  [4, 'ReverseIpv4', '203.0.113.9'],
  [6, 'ReverseIpv6', '2001:0db8:0000:0000:0000:0000:0000:0009'],
] as const)('a reverse name of IPv%i is a %s', async (ipVersion, kind, ip) => {
  const handle = { ...module_.declare(`host${ipVersion}`, request(), {}), ipv6: pulumi.output('2001:db8::9') };
  const resource = module_.declareReverseName!(`ptr${ipVersion}`, { instance: handle, name: 'web.example.com', ipVersion }, {});
  await valueOf(resource.urn);
  const { type, inputs } = registered.get(`ptr${ipVersion}`)!;
  expect(type).toMatch(new RegExp(`:${kind}$`));
  expect(inputs).toEqual({ instanceId: `host${ipVersion}-id`, ip, reverse: 'web.example.com' });
});

test('an image that is no system id is refused with the rule', () => {
  expect(() => module_.declare('bad', request({ image: 'ubuntu' }), {})).toThrow(/whole numbers/);
});
