/** Snapshots, backups, graphs and what else an account holds, over the simulator's HTTP and against the published API. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FaultRequest } from '../../simulator/faults.ts';
import { startSimulator, type Simulator } from '../../simulator/server.ts';
import { identityTag } from '../identity.ts';
import type { SnapshotClient } from '../instance-extras.ts';
import type { AccountConnection, ComputeClient } from '../provider.ts';
import { RateBudget } from '../rate-budget.ts';
import type { Properties, ResourceContext } from '../resource.ts';
import { openApiCheck } from '../testing/openapi-check.ts';
import { recordTraffic } from '../testing/traffic.ts';
import { DigitalOceanClient } from './testing.ts';
import { compute } from './compute.ts';
import { droplet } from './droplet.ts';
import { firewall } from './firewall.ts';
import { sshKey } from './ssh-key.ts';

const VPS = 'abcdefghij012345';
const PREFIX = `plinth-vps-${VPS}-`;
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJl3dIeudNqd0DPMRD6OIh65tjkxFNOtwGcWB2gCgPhk somebody@example';

let simulator: Simulator;
let connection: AccountConnection;
let client: ComputeClient;
let snapshots: SnapshotClient;
let account = 0;

beforeAll(async () => {
  simulator = await startSimulator({ speed: 500 });
});
const traffic = recordTraffic(() => simulator);
afterAll(async () => {
  traffic.stop();
  await simulator.close();
});
beforeEach(() => {
  simulator.world.faults.clear();
  connection = {
    accountId: 'a',
    credential: { token: `sim-extras${++account}` },
    endpoint: { kind: 'simulator', baseUrl: simulator.baseUrl('digitalocean') },
    budget: new RateBudget(100_000, 1_000),
  };
  client = compute(connection);
  snapshots = client.snapshots!;
  const { world } = worldOf();
  world.accounts().put({ ...world.ensureAccount(`sim-extras${account}`), rateLimit: { requests: 1_000_000, perMs: 3_600_000 } });
});

function worldOf() {
  const world = simulator.world.worlds.get('digitalocean')!;
  return { world, simulation: world.simulation };
}
const fault = (request: Omit<FaultRequest, 'provider'>): void => void simulator.world.faults.add({ provider: 'digitalocean', ...request });
const context = (name = 'server'): ResourceContext<DigitalOceanClient> => ({
  client: new DigitalOceanClient(connection),
  urn: `urn:pulumi:vps-a::plinth::digitalocean:index/droplet:Droplet::${name}`,
  signal: new AbortController().signal,
  log: () => undefined,
  progress: () => undefined,
});
const inputs = (more: Properties = {}): Properties => ({
  name: 'web-1.example.com',
  region: 'fra1',
  size: 's-1vcpu-1gb',
  image: 'ubuntu-24-04-x64',
  backups: false,
  ipv6: false,
  monitoring: true,
  publicNetworking: true,
  resizeDisk: true,
  gracefulShutdown: false,
  tags: [identityTag(VPS, 1), 'plinth'],
  ...more,
});
const made = async (more: Properties = {}): Promise<string> => (await droplet.create(context(), inputs(more))).id;
const onDisk = (id: string): string => worldOf().simulation.instances!(worldOf().world).find((view) => view.id === id)!.image;
const listed = async (id: string | null): Promise<string[]> => (await snapshots.list(id, PREFIX)).map(({ name }) => name);

describe('a snapshot', () => {
  it('is taken of a running droplet, listed with its price, restored and deleted', async () => {
    const id = await made();
    const taken = await snapshots.create(id, `${PREFIX}one`);
    expect(taken).toEqual({
      id: expect.stringMatching(/^\d+$/),
      kind: 'snapshot',
      name: `${PREFIX}one`,
      status: 'available',
      sizeGb: 2.35,
      minDiskGb: 25,
      regions: ['fra1'],
      instanceId: id,
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
      monthlyCost: { amount: '0.14', currency: 'USD' },
    });
    expect((await client.getInstance(id))?.status).toBe('running');
    expect(await snapshots.list(id, PREFIX)).toEqual([taken]);
    expect(await snapshots.list(id, 'plinth-vps-zzzz')).toEqual([]);
    await client.rebuild(id, { image: 'debian-12-x64' });
    await client.power(id, 'off');
    await snapshots.restore(id, taken, {});
    expect(onDisk(id)).toBe('ubuntu-24-04-x64');
    expect(await client.getInstance(id)).toMatchObject({ status: 'running', image: taken.id });
    await snapshots.delete(taken.id);
    await snapshots.delete(taken.id);
    expect(await listed(id)).toEqual([]);
    expect((await client.getInstance(id))?.image).toBe(taken.id);
  });

  it.each(['lost-answer', 'cut', 'malformed'] as const)('is made once when the answer to the order is a %s', async (kind) => {
    const id = await made();
    fault({ kind, method: 'POST', path: '/actions$' });
    await snapshots.create(id, `${PREFIX}one`);
    expect(await listed(id)).toEqual([`${PREFIX}one`]);
  });

  it('is made once by calls at the same time, by a call again, and by one that follows a crash', async () => {
    const id = await made();
    const [one, two] = await Promise.all([snapshots.create(id, `${PREFIX}one`), snapshots.create(id, `${PREFIX}one`)]);
    expect(two.id).toBe(one.id);
    expect((await snapshots.create(id, `${PREFIX}one`)).id).toBe(one.id);
    fault({ kind: 'flag', flag: 'consistency-lag' });
    await context().client.startAction(id, { type: 'snapshot', name: `${PREFIX}two` });
    await snapshots.create(id, `${PREFIX}two`);
    expect((await listed(id)).toSorted()).toEqual([`${PREFIX}one`, `${PREFIX}two`]);
  });

  it('waits for an action that holds the droplet, and tells when its own fails', async () => {
    const id = await made();
    await context().client.startAction(id, { type: 'reboot' });
    await snapshots.create(id, `${PREFIX}one`);
    fault({ kind: 'flag', flag: 'action-fails' });
    await expect(snapshots.create(id, `${PREFIX}two`)).rejects.toThrow(/snapshot "plinth-vps-.*two" of droplet \d+ failed/);
    expect(await listed(id)).toEqual([`${PREFIX}one`]);
  });

  it('stops waiting for one that never ends when it is told to', async () => {
    const id = await made();
    fault({ kind: 'flag', flag: 'action-stuck' });
    const abort = new AbortController();
    const making = snapshots.create(id, `${PREFIX}one`, { signal: abort.signal }).catch((error: unknown) => error);
    await expect.poll(async () => (await client.getInstance(id))?.status).toBe('busy');
    abort.abort();
    expect(String(await making)).toContain('/cancelled]');
    simulator.world.faults.clear();
    await snapshots.create(id, `${PREFIX}one`);
    expect(await listed(id)).toEqual([`${PREFIX}one`]);
  });

  it('outlives its droplet and goes back on the next one', async () => {
    const first = await made();
    const taken = await snapshots.create(first, `${PREFIX}one`);
    await droplet.delete(context(), first, {});
    expect(await snapshots.list(first, PREFIX)).toEqual([taken]);
    const second = await made({ image: 'debian-12-x64' });
    fault({ kind: 'lost-answer', method: 'POST', path: '/actions$' });
    await snapshots.restore(second, taken, {});
    expect(onDisk(second)).toBe('ubuntu-24-04-x64');
  });

  it('is not restored to a disk too small for it, nor when it or the droplet is gone', async () => {
    const large = await made({ size: 's-2vcpu-4gb' });
    const taken = await snapshots.create(large, `${PREFIX}large`);
    await droplet.delete(context(), large, {});
    const small = await made();
    await expect(snapshots.restore(small, taken, {})).rejects.toThrow('needs a disk of 80 GB');
    await expect(snapshots.restore(small, { id: '1', kind: 'snapshot' }, {})).rejects.toThrow('[digitalocean/not_found]');
    await expect(snapshots.restore(small, { id: taken.id, kind: 'backup' }, {})).rejects.toThrow('[digitalocean/not_found]');
    await expect(snapshots.restore(large, taken, {})).rejects.toThrow('no longer exists');
    expect(onDisk(small)).toBe('ubuntu-24-04-x64');
  });

  it('counts as deleted when the API no longer has it, not when it says so', async () => {
    const id = await made();
    const taken = await snapshots.create(id, `${PREFIX}one`);
    fault({ kind: 'lost-answer', method: 'DELETE' });
    fault({ kind: 'flag', flag: 'keep-on-delete', objectId: taken.id });
    let done = false;
    const deleting = snapshots.delete(taken.id).then(() => (done = true));
    await expect
      .poll(() => simulator.world.requests.latest(20, 'digitalocean').filter(({ method }) => method === 'DELETE').length)
      .toBeGreaterThan(2);
    expect(done).toBe(false);
    simulator.world.faults.clear();
    await deleting;
    expect(await listed(id)).toEqual([]);
  });
});

describe('backups', () => {
  it('are switched on in place, appear with time, go back on the disk, and end with being switched off', async () => {
    const { id, outputs } = await droplet.create(context(), inputs());
    const on = inputs({ backups: true });
    const after = await droplet.update!(context(), id, { oldInputs: inputs(), oldOutputs: outputs, inputs: on });
    expect(after).toMatchObject({ backups: true, ipv4Address: outputs['ipv4Address']! });
    await expect.poll(async () => (await snapshots.list(id, PREFIX)).length, { timeout: 20_000, interval: 200 }).toBe(1);
    const [backup] = await snapshots.list(id, PREFIX);
    expect(backup).toMatchObject({ kind: 'backup', status: 'available', instanceId: id, monthlyCost: null });
    await client.rebuild(id, { image: 'debian-12-x64' });
    await snapshots.restore(id, backup!, {});
    expect(onDisk(id)).toBe('ubuntu-24-04-x64');
    // A backup is none of the snapshots that may be deleted.
    await snapshots.delete(backup!.id);
    expect(await snapshots.list(id, PREFIX)).toHaveLength(1);
    await droplet.update!(context(), id, { oldInputs: on, oldOutputs: after, inputs: inputs() });
    expect(await snapshots.list(id, PREFIX)).toEqual([]);
    expect(await snapshots.list('1', PREFIX)).toEqual([]);
  }, 40_000);
});

describe('graphs', () => {
  it('give load in percent and traffic in bytes a second, within the span', async () => {
    const id = await made({ size: 's-4vcpu-8gb' });
    const from = Date.now() - 60_000;
    await expect.poll(async () => (await client.metrics!(id, from, Date.now()))[0]!.points.length, { timeout: 10_000 }).toBeGreaterThan(1);
    const to = Date.now();
    const series = await client.metrics!(id, from, to);
    expect(series.map(({ metric, unit }) => [metric, unit])).toEqual([
      ['cpu', 'percent'],
      ['network-in', 'bytes_per_second'],
      ['network-out', 'bytes_per_second'],
    ]);
    for (const { points } of series) {
      expect(points.map(({ at }) => at)).toEqual(points.map(({ at }) => at).toSorted((a, b) => a - b));
      expect(points.every(({ at, value }) => at >= from && at <= to && value >= 0)).toBe(true);
    }
    // Four processors together, not each: the simulated load stays between 5 and 45 %.
    expect(series[0]!.points.every(({ value }) => value > 3 && value < 47)).toBe(true);
    const mbps = (series[2]!.points[0]!.value * 8) / 1_000_000;
    expect(mbps).toBeGreaterThanOrEqual(0);
    expect(mbps).toBeLessThanOrEqual(3.4);
    fault({ kind: 'flag', flag: 'no-metrics' });
    expect((await client.metrics!(id, from, to)).flatMap(({ points }) => points)).toEqual([]);
    await expect(client.metrics!('1', from, to)).rejects.toThrow('[digitalocean/not_found]');
  }, 20_000);
});

describe('what else an account holds', () => {
  it('is told with the VPS it is of, and nothing that a person named', async () => {
    const id = await made();
    const rules = { inboundRules: [{ protocol: 'tcp', portRange: '22', sourceAddresses: ['0.0.0.0/0'] }], dropletIds: [Number(id)] };
    const key = await sshKey.create(context(), { name: `plinth-key-${VPS}-1`, publicKey: KEY });
    const wall = await firewall.create(context(), { name: `plinth-${VPS}`, ...rules });
    await firewall.create(context(), { name: 'plinth-office', ...rules });
    const snapshot = await snapshots.create(id, `${PREFIX}one`);
    await snapshots.create(id, 'before the holidays');
    expect(await client.listOwned()).toEqual([
      { kind: 'ssh-key', id: key.id, name: `plinth-key-${VPS}-1`, vpsId: VPS },
      { kind: 'firewall', id: wall.id, name: `plinth-${VPS}`, vpsId: VPS },
      { kind: 'snapshot', id: snapshot.id, name: `${PREFIX}one`, vpsId: VPS },
    ]);
    const left = (await (await fetch(`${simulator.origin}/_simulator/leftovers?provider=digitalocean`)).json()) as { name: string }[];
    expect(left).toContainEqual({ provider: 'digitalocean', kind: 'snapshot', id: snapshot.id, name: `${PREFIX}one` });
    expect(left.map(({ name }) => name)).toContain('plinth-office');
    // Another server of ours with the same key: it is no single VPS's any more.
    await sshKey.create(context('other'), { name: 'plinth-key-bbbbbbbbbbbbbbbb-1', publicKey: KEY });
    expect((await client.listOwned()).map(({ kind }) => kind)).toEqual(['firewall', 'snapshot']);
  });

  it('is found on every page', async () => {
    const id = await made();
    const { world } = worldOf();
    const copies = world.collection<Record<string, unknown> & { id: string }>('images');
    const first = await snapshots.create(id, `${PREFIX}0`);
    for (let i = 1; i <= 200; i++) copies.put({ ...copies.get(first.id)!, id: String(i), name: `${PREFIX}${i}` });
    expect(await client.listOwned()).toHaveLength(201);
    expect(await snapshots.list(id, PREFIX)).toHaveLength(201);
  });
});

it.skipIf(!openApiCheck('digitalocean'))('every request and answer above fits the published API', async () => {
  const { checked, complaints } = (await traffic.complaints('digitalocean'))!;
  expect(checked).toBeGreaterThan(100);
  expect(complaints).toEqual([]);
});
