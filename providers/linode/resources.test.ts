import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Simulator } from '../../simulator/server.ts';
import type { Properties, ResourceDefinition } from '../resource.ts';
import { context, firewallResource, instanceResource, rdnsResource, sshKeyResource, serverInputs, startLinode } from './testing.ts';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startLinode();
});
afterAll(() => simulator.close());

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDOqeLYVbIoKUiG4G8qSTIW1zVxLqrrSO7fkEAlkKQLi someone@example';
const rule = (ports: string): Properties => ({
  label: 'rule-1',
  action: 'ACCEPT',
  protocol: 'TCP',
  ports,
  ipv4s: ['0.0.0.0/0'],
  ipv6s: ['::/0'],
});
const firewallInputs = (extra: Properties = {}): Properties => ({
  label: 'plinth-fw-test',
  inboundPolicy: 'DROP',
  outboundPolicy: 'ACCEPT',
  inbounds: [rule('22')],
  disabled: false,
  tags: ['plinth-vps-fw1-g1'],
  ...extra,
});
async function server(token: string, label: string): Promise<{ id: string; address: string }> {
  const { id, outputs } = await instanceResource.create(context(simulator, token), serverInputs(label));
  return { id, address: String(outputs.ipAddress) };
}

describe.each<[string, ResourceDefinition, Properties, Properties]>([
  ['SSH key', sshKeyResource, { label: 'key-1', sshKey: KEY }, { label: 'key-2', sshKey: KEY }],
  ['firewall', firewallResource, firewallInputs(), firewallInputs({ inbounds: [rule('80-443')], disabled: true })],
])('%s', (kind, resource, inputs, changed) => {
  const ctx = () => context(simulator, `sim-${kind.replace(' ', '-')}`, kind);
  const path = { 'SSH key': 'profile/sshkeys', firewall: 'networking/firewalls' }[kind]!;

  it('is made once when the answer is lost, read back, changed and deleted', async () => {
    simulator.world.faults.add({ provider: 'linode', kind: 'lost-answer', method: 'POST', path: `^/v4/${path}$` });
    const made = await resource.create(ctx(), inputs);
    const read = await resource.read(ctx(), made.id, { inputs, outputs: made.outputs });
    expect(read?.inputs).toMatchObject(inputs);
    expect(read?.outputs).toEqual(made.outputs);
    const outputs = await resource.update!(ctx(), made.id, { oldInputs: inputs, oldOutputs: made.outputs, inputs: changed });
    expect(outputs).toMatchObject(changed);
    expect(await listed(ctx().client, path)).toHaveLength(1);
    await resource.delete(ctx(), made.id, outputs);
    await resource.delete(ctx(), made.id, outputs);
    expect(await resource.read(ctx(), made.id, { inputs, outputs })).toBeNull();
  });
});

async function listed(client: ReturnType<typeof context>['client'], path: string): Promise<unknown[]> {
  const { z } = await import('zod');
  return client.all({ path: `/${path}` }, 'data', z.unknown());
}

describe('firewall', () => {
  it('adopts its own, attaches and detaches servers, and forgets deleted ones', async () => {
    const ctx = context(simulator, 'sim-attach', 'fw');
    const one = await server('sim-attach', 'attach-1');
    const two = await server('sim-attach', 'attach-2');
    const inputs = firewallInputs({ linodes: [Number(one.id)] });
    const made = await firewallResource.create(ctx, inputs);
    expect(made.outputs.linodes).toEqual([Number(one.id)]);
    expect((await firewallResource.create(ctx, inputs)).id).toBe(made.id);
    const moved = { ...inputs, linodes: [Number(two.id)] };
    const outputs = await firewallResource.update!(ctx, made.id, { oldInputs: inputs, oldOutputs: made.outputs, inputs: moved });
    expect(outputs.linodes).toEqual([Number(two.id)]);
    await instanceResource.delete(context(simulator, 'sim-attach'), two.id, {});
    expect((await firewallResource.read(ctx, made.id, { inputs: moved, outputs }))?.inputs.linodes).toEqual([]);
  });

  it('names a label that another firewall has', async () => {
    const ctx = context(simulator, 'sim-fw-taken', 'fw');
    await firewallResource.create(ctx, firewallInputs({ tags: ['plinth-vps-other-g1'] }));
    await expect(firewallResource.create(ctx, firewallInputs())).rejects.toMatchObject({ detail: { kind: 'conflict', field: 'label' } });
  });
});

describe('reverse name', () => {
  it('is set, read, changed and taken off', async () => {
    const ctx = context(simulator, 'sim-rdns', 'rdns');
    const { address } = await server('sim-rdns', 'rdns-1');
    const inputs = { address, rdns: 'one.example.com', waitForAvailable: false };
    const { id, outputs } = await rdnsResource.create(ctx, inputs);
    expect(await rdnsResource.read(ctx, id, { inputs, outputs })).toEqual({ id: address, inputs, outputs: inputs });
    await rdnsResource.update!(ctx, id, { oldInputs: inputs, oldOutputs: outputs, inputs: { ...inputs, rdns: 'two.example.com' } });
    expect((await rdnsResource.read(ctx, id))?.outputs.rdns).toBe('two.example.com');
    await rdnsResource.delete(ctx, id, outputs);
    expect((await rdnsResource.read(ctx, id))?.outputs.rdns).toMatch(/linodeusercontent\.com$/);
  });

  it('waits until the name resolves when told to, and refuses otherwise', async () => {
    const ctx = context(simulator, 'sim-rdns-wait', 'rdns');
    const { address } = await server('sim-rdns-wait', 'rdns-2');
    const inputs = { address, rdns: 'late.example.com', waitForAvailable: false };
    const unresolved = { provider: 'linode', kind: 'flag', flag: 'rdns-unresolved', objectId: address, times: 1 } as const;
    simulator.world.faults.add(unresolved);
    await expect(rdnsResource.create(ctx, inputs)).rejects.toMatchObject({ detail: { kind: 'invalid', field: 'rdns' } });
    simulator.world.faults.add(unresolved);
    expect((await rdnsResource.create(ctx, { ...inputs, waitForAvailable: true })).outputs.rdns).toBe('late.example.com');
  });
});
