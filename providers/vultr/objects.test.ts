import { expect, test } from 'vitest';
import type { Properties, ResourceDefinition } from '../resource.ts';
import {
  createOf,
  instanceInputs,
  urn,
  withBench,
  instanceResource,
  sshKeyResource,
  firewallGroupResource,
  startupScriptResource,
  firewallRuleResource,
  reverseIpv4Resource,
  reverseIpv6Resource,
} from './testing.ts';
import { expandIpv6 } from './ipv6.ts';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJexample0000000000000000000000000000000 ops@example.com';

const cases: [string, ResourceDefinition, Properties, Properties][] = [
  ['SSH key', sshKeyResource, { name: 'ops', sshKey: KEY }, { name: 'ops-2', sshKey: KEY }],
  ['firewall group', firewallGroupResource, { description: 'web' }, { description: 'shop' }],
  [
    'start-up script',
    startupScriptResource,
    { name: 'first', script: Buffer.from('echo 1').toString('base64'), type: 'boot' },
    { name: 'first', script: Buffer.from('echo 2').toString('base64'), type: 'boot' },
  ],
];

test.each(cases)('%s: found or made, changed in place, removed', (_name, definition, inputs, changed) =>
  withBench(async (bench) => {
    await bench.fault({ kind: 'lost-answer', method: 'POST', path: '/v2/' });
    const first = await createOf(bench, definition, 'thing', inputs);
    const again = await createOf(bench, definition, 'thing', inputs);
    const other = await createOf(bench, definition, 'other', inputs);
    expect(again.id).toBe(first.id);
    expect(other.id).not.toBe(first.id);
    expect(first.outputs).toMatchObject(inputs);

    const ctx = bench.context(urn('thing', definition.token));
    const after = await definition.update!(ctx, first.id, { oldInputs: inputs, oldOutputs: first.outputs, inputs: changed });
    expect(after).toMatchObject(changed);
    expect((await definition.read(ctx, first.id))?.inputs).toEqual(changed);
    await definition.delete(ctx, first.id, after);
    await definition.delete(ctx, first.id, after);
    expect(await definition.read(ctx, first.id)).toBeNull();
  }),
);

test('a firewall rule is its own identity', () =>
  withBench(async (bench) => {
    const group = await createOf(bench, firewallGroupResource, 'group', { description: 'plinth-vps-abc1' });
    const inputs = { firewallGroupId: group.id, ipType: 'v4', protocol: 'tcp', subnet: '0.0.0.0', subnetSize: 0, port: '22' };
    await bench.fault({ kind: 'lost-answer', method: 'POST', path: 'rules$' });
    const rule = await createOf(bench, firewallRuleResource, 'ssh', inputs);
    expect((await createOf(bench, firewallRuleResource, 'ssh', inputs)).id).toBe(rule.id);
    const ctx = bench.context(urn('ssh', firewallRuleResource.token));
    expect((await firewallRuleResource.read(ctx, rule.id, { inputs, outputs: rule.outputs }))?.inputs).toMatchObject(inputs);
    expect((await firewallRuleResource.read(ctx, `${group.id},${rule.id}`))?.id).toBe(rule.id);
    await firewallRuleResource.delete(ctx, rule.id, rule.outputs);
    expect(await firewallRuleResource.read(ctx, rule.id, { inputs, outputs: rule.outputs })).toBeNull();
  }));

const names: [string, ResourceDefinition, string][] = [
  ['IPv4', reverseIpv4Resource, 'mainIp'],
  ['IPv6', reverseIpv6Resource, 'v6MainIp'],
];

test.each(names)('a reverse name of %s is set, read, and given back', (_version, definition, address) =>
  withBench(async (bench) => {
    const instance = await createOf(bench, instanceResource, 'web', instanceInputs({ enableIpv6: true }));
    const ip = String(instance.outputs[address]);
    const inputs = { instanceId: instance.id, ip, reverse: 'web.example.com' };
    const made = await createOf(bench, definition, 'ptr', inputs);
    expect(made.id).toBe(expandIpv6(ip));
    const ctx = bench.context(urn('ptr', definition.token));
    const read = async () => definition.read(ctx, made.id, { inputs, outputs: made.outputs });
    expect((await read())?.inputs).toEqual(inputs);
    expect((await definition.read(ctx, `${instance.id},${ip}`))?.inputs).toEqual({ ...inputs, ip: made.id });
    // A name that someone else set since is not ours to take away.
    await definition.delete(ctx, made.id, { ...made.outputs, reverse: 'before.example.com' });
    expect((await read())?.inputs).toEqual(inputs);
    await definition.delete(ctx, made.id, { ...made.outputs, reverse: 'WEB.example.com.' });
    await definition.delete(ctx, made.id, made.outputs);
    expect((await read())?.inputs['reverse']).not.toBe('web.example.com');
    await instanceResource.delete(bench.context(urn('web')), instance.id, instance.outputs);
    await definition.delete(ctx, made.id, made.outputs);
    expect(await read()).toBeNull();
  }),
);

test('addresses are one, however they are written', () => {
  const full = '2001:0db8:0000:0001:0000:0000:0000:0001';
  for (const way of ['2001:db8:0:1::1', '2001:DB8:0:1:0:0:0:1', full]) expect(expandIpv6(way)).toBe(full);
  expect(expandIpv6('::ffff:192.0.2.1')).toBe('0000:0000:0000:0000:0000:ffff:c000:0201');
  expect(expandIpv6('::')).toBe('0000:0000:0000:0000:0000:0000:0000:0000');
  expect(expandIpv6('')).toBe('');
  const { same } = reverseIpv6Resource.inputs['ip']!;
  expect(same!('2001:db8::1', '2001:0DB8:0::1')).toBe(true);
  expect(same!('2001:db8::1', '2001:db8::2')).toBe(false);
});

test('without IPv6 there is no reverse name to set', () =>
  withBench(async (bench) => {
    const inputs = { instanceId: 'x', ip: '', reverse: 'web.example.com' };
    await expect(createOf(bench, reverseIpv6Resource, 'ptr', inputs)).rejects.toThrow(/Is IPv6 on for instance x/);
  }));
