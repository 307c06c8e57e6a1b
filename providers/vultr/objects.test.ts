import { expect, test } from 'vitest';
import type { Properties, ResourceDefinition } from '../resource.ts';
import { firewallRuleResource } from './firewall-rule.ts';
import { instanceResource } from './instance-resource.ts';
import { firewallGroupResource, sshKeyResource, startupScriptResource } from './named-resources.ts';
import { reverseIpv4Resource } from './reverse-ipv4.ts';
import { createOf, instanceInputs, urn, withBench } from './testing.ts';

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

test('a reverse name is set, read, and given back', () =>
  withBench(async (bench) => {
    const instance = await createOf(bench, instanceResource, 'web', instanceInputs());
    const inputs = { instanceId: instance.id, ip: String(instance.outputs['mainIp']), reverse: 'web.example.com' };
    const made = await createOf(bench, reverseIpv4Resource, 'ptr', inputs);
    const ctx = bench.context(urn('ptr', reverseIpv4Resource.token));
    expect((await reverseIpv4Resource.read(ctx, made.id, { inputs, outputs: made.outputs }))?.inputs).toEqual(inputs);
    await reverseIpv4Resource.delete(ctx, made.id, made.outputs);
    const after = await reverseIpv4Resource.read(ctx, made.id, { inputs, outputs: made.outputs });
    expect(after?.inputs['reverse']).not.toBe('web.example.com');
  }));
