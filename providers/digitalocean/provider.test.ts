import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FaultRequest } from '../../simulator/faults.ts';
import { startSimulator, type Simulator } from '../../simulator/server.ts';
import { isProviderError, ProviderError } from '../errors.ts';
import { identityTag } from '../identity.ts';
import type { AccountConnection } from '../provider.ts';
import { RateBudget } from '../rate-budget.ts';
import { InitializationError, type Properties, type ResourceContext } from '../resource.ts';
import { DigitalOceanClient } from './testing.ts';
import { compute } from './compute.ts';
import { droplet } from './droplet.ts';
import { firewall } from './firewall.ts';
import { sshKey } from './ssh-key.ts';

let simulator: Simulator;
let connection: AccountConnection;
let account = 0;
const logged: string[] = [];

beforeAll(async () => {
  simulator = await startSimulator({ speed: 500 });
});
afterAll(() => simulator.close());
beforeEach(() => {
  simulator.world.faults.clear();
  logged.length = 0;
  connection = {
    accountId: 'a',
    credential: { token: `sim-${++account}` },
    endpoint: { kind: 'simulator', baseUrl: simulator.baseUrl('digitalocean') },
    budget: new RateBudget(100_000, 1_000),
  };
  const world = simulator.world.worlds.get('digitalocean')!;
  world.accounts().put({ ...world.ensureAccount(`sim-${account}`), rateLimit: { requests: 1_000_000, perMs: 3_600_000 } });
});

const context = (signal = new AbortController().signal): ResourceContext<DigitalOceanClient> => ({
  client: new DigitalOceanClient(connection),
  urn: 'urn:pulumi:vps-a::plinth::digitalocean:index/droplet:Droplet::server',
  signal,
  log: (_severity, message) => void logged.push(message),
  progress: () => undefined,
});
const fault = (request: Omit<FaultRequest, 'provider'>): void => void simulator.world.faults.add({ provider: 'digitalocean', ...request });
const mine = async (): Promise<number> => (await compute(connection).listInstances()).items.length;
const tag = identityTag('abc', 1);
const inputs = (more: Properties = {}): Properties => ({
  name: 'web-1.example.com',
  region: 'fra1',
  size: 's-1vcpu-1gb',
  image: 'ubuntu-24-04-x64',
  backups: false,
  ipv6: true,
  monitoring: false,
  publicNetworking: true,
  resizeDisk: true,
  gracefulShutdown: false,
  tags: [tag, 'plinth'],
  ...more,
});

describe('a droplet', () => {
  it('is made with every output the vendor has, read back, and deleted', async () => {
    const { id, outputs } = await droplet.create(context(), inputs());
    expect(outputs).toMatchObject({
      ipv4Address: expect.stringMatching(/^\d+\.\d+\.\d+\.\d+$/),
      ipv6Address: expect.stringMatching(/^2001:db8:/),
      dropletUrn: `do:droplet:${id}`,
      status: 'active',
      locked: false,
      priceMonthly: 6,
      vcpus: 1,
      memory: 1024,
      disk: 25,
      tags: [tag, 'plinth'],
    });
    for (const name of Object.keys(droplet.outputs)) expect(outputs, name).toHaveProperty(name);
    const read = await droplet.read(context(), id, { inputs: inputs(), outputs });
    expect(read).toEqual({ id, inputs: inputs(), outputs });
    await droplet.delete(context(), id, outputs);
    expect(await droplet.read(context(), id, { inputs: inputs(), outputs: { ...outputs, createdAt: '2020-01-01T00:00:00Z' } })).toBeNull();
    await droplet.delete(context(), id, outputs);
  });

  it('is adopted by a create that runs again, also while it is being built', async () => {
    const first = await droplet.create(context(), inputs());
    const second = await droplet.create(context(), inputs());
    expect(second.id).toBe(first.id);
    expect(await mine()).toBe(1);
  });

  it.each(['lost-answer', 'cut', 'malformed'] as const)('is bought once when the answer to the POST is a %s', async (kind) => {
    fault({ kind, method: 'POST', path: '^/v2/droplets$' });
    const { outputs } = await droplet.create(context(), inputs());
    expect(outputs['status']).toBe('active');
    expect(await mine()).toBe(1);
  });

  it('is bought once when the answer is lost and listings lag', async () => {
    fault({ kind: 'flag', flag: 'consistency-lag' });
    fault({ kind: 'lost-answer', method: 'POST', path: '^/v2/droplets$' });
    await droplet.create(context(), inputs());
    expect(await mine()).toBe(1);
  });

  it('yields to an older twin that a former run bought unseen', async () => {
    fault({ kind: 'flag', flag: 'consistency-lag' });
    const client = context().client;
    const body = { name: 'old', region: 'fra1', size: 's-1vcpu-1gb', image: 'ubuntu-24-04-x64', tags: [tag] };
    const { droplet: older } = await client.createDroplet(body);
    const { id } = await droplet.create(context(), inputs());
    expect(id).toBe(String(older.id));
    await expect.poll(mine).toBe(1);
  });

  it('keeps the oldest of two and names the other', async () => {
    const client = context().client;
    const body = { name: 'x', region: 'fra1', size: 's-1vcpu-1gb', image: 'ubuntu-24-04-x64', tags: [tag] };
    const { droplet: older } = await client.createDroplet(body);
    const { droplet: younger } = await client.createDroplet(body);
    await expect.poll(async () => (await client.dropletsByTag(tag)).length).toBe(2);
    const { id } = await droplet.create(context(), inputs());
    expect(id).toBe(String(older.id));
    expect(logged.join()).toContain(String(younger.id));
  });

  it('does not adopt one that is being destroyed', async () => {
    const first = await droplet.create(context(), inputs());
    fault({ kind: 'flag', flag: 'action-stuck', objectId: first.id });
    await context().client.run({ method: 'DELETE', path: `/v2/droplets/${first.id}` });
    const second = await droplet.create(context(), inputs());
    expect(second.id).not.toBe(first.id);
  });

  it('that failed to build stays in state with its id', async () => {
    fault({ kind: 'flag', flag: 'action-fails' });
    const error = await droplet.create(context(), inputs()).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(InitializationError);
    expect((error as InitializationError).id).toMatch(/^\d+$/);
    expect((error as InitializationError).outputs['dropletUrn']).toContain('do:droplet:');
  });

  it('stays in state when the create is cancelled while it is built', async () => {
    fault({ kind: 'flag', flag: 'action-stuck' });
    const abort = new AbortController();
    const making = droplet.create(context(abort.signal), inputs()).catch((error: unknown) => error);
    await expect.poll(mine).toBe(1);
    abort.abort();
    expect(await making).toBeInstanceOf(InitializationError);
    simulator.world.faults.clear();
    const { outputs } = await droplet.create(context(), inputs());
    expect(outputs['status']).toBe('active');
    expect(await mine()).toBe(1);
  });

  const refusals: [kind: string, prepare: () => void, more: Properties][] = [
    ['quota', () => setAccount({ instanceLimit: 0 }), {}],
    ['invalid', () => undefined, { image: 'windows-95' }],
    ['out_of_stock', () => undefined, { region: 'sfo1' }],
    ['credentials', () => setAccount({ revoked: true }), {}],
    ['forbidden', () => setAccount({ readOnly: true }), {}],
  ];
  it.each(refusals)('is refused as %s', async (kind, prepare, more) => {
    prepare();
    const error = await droplet.create(context(), inputs(more)).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(ProviderError);
    expect((error as ProviderError).kind).toBe(kind);
  });

  it('is changed in place: size, name, backups, tags', async () => {
    const { id, outputs } = await droplet.create(context(), inputs({ ipv6: false }));
    const wanted = inputs({ size: 's-2vcpu-4gb', name: 'web-2', backups: true, tags: [tag, 'gold'], ipv6: true });
    const changed = await droplet.update!(context(), id, { oldInputs: inputs({ ipv6: false }), oldOutputs: outputs, inputs: wanted });
    expect(changed).toMatchObject({
      size: 's-2vcpu-4gb',
      name: 'web-2',
      backups: true,
      ipv6: true,
      status: 'active',
      disk: 80,
      tags: [tag, 'gold'],
    });
    expect(changed['ipv6Address']).toMatch(/^2001:/);
  });

  it('runs again when a resize is refused', async () => {
    const { id, outputs } = await droplet.create(context(), inputs());
    const update = droplet.update!(context(), id, {
      oldInputs: inputs(),
      oldOutputs: outputs,
      inputs: inputs({ size: 's-1vcpu-512mb-10gb' }),
    });
    await expect(update).rejects.toThrow('smaller disk');
    expect((await compute(connection).getInstance(id))?.status).toBe('running');
  });

  it('runs again when a resize was cut off before the start', async () => {
    const { id, outputs } = await droplet.create(context(), inputs());
    const world = simulator.world.worlds.get('digitalocean')!;
    const cut = { provider: 'digitalocean', kind: 'status', status: 422, method: 'POST', path: '/actions$', times: null } as const;
    // Off and resized, and then no start.
    simulator.world.faults.add({ ...cut, skip: 2 });
    const change = { oldInputs: inputs(), oldOutputs: outputs, inputs: inputs({ size: 's-2vcpu-4gb' }) };
    await expect(droplet.update!(context(), id, change)).rejects.toThrow();
    simulator.world.faults.clear('digitalocean');
    expect(await droplet.update!(context(), id, change)).toMatchObject({ size: 's-2vcpu-4gb', status: 'active', tags: outputs['tags'] });
    // A server that was switched off is not started by a change of its name.
    world.simulation.changeBehindBack!(world, id, { power: 'off' });
    const rename = { oldInputs: change.inputs, oldOutputs: outputs, inputs: inputs({ size: 's-2vcpu-4gb', name: 'web-3' }) };
    expect(await droplet.update!(context(), id, rename)).toMatchObject({ name: 'web-3', status: 'off' });
  });

  it('is not forgotten on a 5xx, a cut, or a 404 that the listing denies', async () => {
    const { id, outputs } = await droplet.create(context(), inputs());
    const state = { inputs: inputs(), outputs: { ...outputs, createdAt: '2020-01-01T00:00:00Z' } };
    fault({ kind: 'status', status: 404, path: `^/v2/droplets/${id}` });
    expect(await droplet.read(context(), id, state)).toMatchObject({ id });
    fault({ kind: 'status', status: 404, path: `^/v2/droplets/${id}`, times: null });
    await expect(droplet.read(context(), id, state)).rejects.toThrow('listing still has it');
    simulator.world.faults.clear('digitalocean');
    fault({ kind: 'status', status: 404, path: `^/v2/droplets/${id}`, times: null });
    fault({ kind: 'status', status: 401, path: 'tag_name' });
    await expect(droplet.read(context(), id, state)).rejects.toThrow('credentials');
    expect((await droplet.read(context(), id, state).catch((error: unknown) => error)) !== null).toBe(true);
  });

  it('is reported as changed by someone else, and as gone', async () => {
    const { id, outputs } = await droplet.create(context(), inputs());
    const { simulation } = simulator.world.worlds.get('digitalocean')!;
    const world = simulator.world.worlds.get('digitalocean')!;
    simulation.changeBehindBack!(world, id, { label: 'renamed', plan: 's-2vcpu-2gb', power: 'off' });
    const state = { inputs: inputs(), outputs: { ...outputs, createdAt: '2020-01-01T00:00:00Z' } };
    const read = await droplet.read(context(), id, state);
    expect(read!.inputs).toMatchObject({ name: 'renamed', size: 's-2vcpu-2gb' });
    expect(read!.outputs['status']).toBe('off');
    simulation.removeBehindBack!(world, id);
    expect(await droplet.read(context(), id, state)).toBeNull();
  });

  it('is deleted although the answers are lost or it is locked', async () => {
    const { id, outputs } = await droplet.create(context(), inputs());
    await context().client.startAction(id, { type: 'reboot' });
    fault({ kind: 'lost-answer', method: 'DELETE' });
    await droplet.delete(context(), id, outputs);
    expect(await mine()).toBe(0);
  });

  it('refuses what the API would refuse, before any call', () => {
    expect(droplet.check!(inputs({ userData: 'x'.repeat(65_537) }))[0]?.reason).toContain('65536');
    expect(droplet.check!(inputs({ name: 'a b' }))[0]?.property).toBe('name');
    expect(droplet.check!(inputs())).toEqual([]);
  });
});

describe('compute', () => {
  it('tells account, catalogue and traffic, follows pages, and drives power', async () => {
    const client = compute(connection);
    const nothing = { amount: '0.00', currency: 'USD' };
    expect(await client.account()).toMatchObject({ status: 'active', instanceLimit: 500, balance: nothing, pendingCharges: nothing });
    expect((await client.regions()).find(({ id }) => id === 'fra1')).toEqual({
      id: 'fra1',
      name: 'Frankfurt 1',
      country: 'DE',
      location: { latitude: 50.11, longitude: 8.68 },
      available: true,
    });
    expect((await client.plans()).length).toBeGreaterThan(90);
    // Daily, as they are without a policy.
    expect((await client.plans()).find(({ id }) => id === 's-1vcpu-1gb')).toMatchObject({ priceMonthly: '6.00', backupMonthly: '1.80' });
    expect((await client.images()).find(({ id }) => id === 'ubuntu-20-04-x64')?.deprecated).toBe(true);
    const { id } = await droplet.create(context(), inputs());
    await client.power(id, 'off');
    expect((await client.getInstance(id))?.status).toBe('stopped');
    await client.power(id, 'off');
    await client.power(id, 'reboot');
    await client.rebuild(id, { image: 'debian-12-x64' });
    expect(await client.getInstance(id)).toMatchObject({ status: 'running', image: 'debian-12-x64' });
    expect(Array.isArray(await client.bandwidth(id))).toBe(true);
    expect(await client.getInstance('1')).toBeNull();
  });
  it('pages through more than one page', async () => {
    const names = [...Array(10).keys()].map((i) => `n-${i}`);
    for (let i = 0; i < 21; i++)
      await context().client.run({
        method: 'POST',
        path: '/v2/droplets',
        body: { names, region: 'fra1', size: 's-1vcpu-1gb', image: 'debian-12-x64' },
      });
    const client = compute(connection);
    const first = await client.listInstances();
    expect(first.items).toHaveLength(200);
    expect((await client.listInstances(first.next)).items).toHaveLength(10);
  });
  it('names a wrong token', async () => {
    setAccount({ revoked: true });
    const error = await compute(connection)
      .account()
      .catch((error: unknown) => error);
    expect(isProviderError(error, 'credentials')).toBe(true);
    expect(String(error)).not.toContain(connection.credential['token']);
  });
});

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJl3dIeudNqd0DPMRD6OIh65tjkxFNOtwGcWB2gCgPhk somebody@example';

describe('an SSH key', () => {
  it('is shared by servers and outlives the one that brought it', async () => {
    const one = await sshKey.create(context(), { name: 'plinth-key-a-1', publicKey: KEY });
    expect((await sshKey.create(context(), { name: 'plinth-key-a-1', publicKey: KEY })).id).toBe(one.id);
    const two = await sshKey.create(context(), { name: 'plinth-key-b-1', publicKey: KEY });
    expect(two.id).toBe(one.id);
    await sshKey.delete(context(), one.id, one.outputs);
    expect(
      await sshKey.read(context(), two.id, { inputs: { name: 'plinth-key-b-1', publicKey: KEY }, outputs: two.outputs }),
    ).not.toBeNull();
  });
  it('of its own is deleted; one that was there before is left and not renamed', async () => {
    const one = await sshKey.create(context(), { name: 'plinth-key-a-1', publicKey: KEY });
    await sshKey.delete(context(), one.id, one.outputs);
    expect(await sshKey.read(context(), one.id)).toBeNull();
    await context().client.run({ method: 'POST', path: '/v2/account/keys', body: { name: 'my laptop', public_key: KEY } });
    const adopted = await sshKey.create(context(), { name: 'plinth-key-a-1', publicKey: KEY });
    await sshKey.delete(context(), adopted.id, adopted.outputs);
    expect((await sshKey.read(context(), adopted.id))?.inputs['name']).toBe('my laptop');
  });
});

describe('a firewall', () => {
  it('is made once, changed and deleted', async () => {
    const { id: dropletId } = await droplet.create(context(), inputs());
    const wanted: Properties = {
      name: 'plinth-abc',
      dropletIds: [Number(dropletId)],
      inboundRules: [{ protocol: 'tcp', portRange: '22', sourceAddresses: ['0.0.0.0/0'] }],
      outboundRules: [{ protocol: 'tcp', portRange: 'all', destinationAddresses: ['0.0.0.0/0'] }],
    };
    fault({ kind: 'lost-answer', method: 'POST', path: '^/v2/firewalls$' });
    const { id, outputs } = await firewall.create(context(), wanted);
    expect(outputs).toMatchObject({ ...wanted, status: 'succeeded' });
    const read = await firewall.read(context(), id, { inputs: wanted, outputs });
    expect(read!.inputs).toEqual(wanted);
    const changed = await firewall.update!(context(), id, {
      oldInputs: wanted,
      oldOutputs: outputs,
      inputs: { ...wanted, outboundRules: [] },
    });
    expect(changed['outboundRules']).toEqual([]);
    await firewall.delete(context(), id, outputs);
    expect(await firewall.read(context(), id)).toBeNull();
    await firewall.delete(context(), id, outputs);
  });
});

function setAccount(change: Record<string, unknown>): void {
  const world = simulator.world.worlds.get('digitalocean')!;
  const token = connection.credential['token']!;
  world.accounts().put({ ...world.ensureAccount(token), ...change });
}
