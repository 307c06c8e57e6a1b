/** What is Google's own: signed statements, operations that fail after they were accepted, addresses, rules of a network, grown disks. */
import { createPublicKey, verify } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../../simulator/server.ts';
import { simulatedCredentialOf } from '../credential.ts';
import { isProviderError } from '../errors.ts';
import type { AccountConnection } from '../provider.ts';
import { RateBudget } from '../rate-budget.ts';
import type { Properties, ResourceContext } from '../resource.ts';
import { isDocumented, recordTraffic } from '../testing/traffic.ts';
import { compute } from './compute.ts';
import { descriptor, keyFileOf } from './descriptor.ts';
import { Gce } from './gce.ts';
import { addresses, firewalls } from './helpers.ts';
import { servers } from './server.ts';
import { simulation } from './simulator/simulator.ts';

const definition = servers.resource();
const documented = await isDocumented('gcp');
let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ speed: 1_000, simulations: [simulation] });
});
const traffic = recordTraffic(() => simulator);
afterAll(async () => {
  traffic.stop();
  await simulator.close();
});
afterEach(() => void simulator.world.faults.clear());

const world = () => simulator.world.worlds.get('gcp')!;
function account(token: string, key?: string): AccountConnection {
  return {
    accountId: token,
    credential: key === undefined ? simulatedCredentialOf(descriptor, token) : { key },
    endpoint: { kind: 'simulator', baseUrl: simulator.baseUrl('gcp') },
    budget: new RateBudget(10_000, 1_000),
  };
}
function context(name: string, at: AccountConnection): ResourceContext<never> {
  const urn = `urn:pulumi:${name}::plinth::gcp:compute/instance:Instance::${name}`;
  const signal = new AbortController().signal;
  return { client: new Gce(at) as never, urn, signal, log: () => undefined, progress: () => undefined };
}
const inputs = (name: string, more: Properties = {}): Properties => ({
  name,
  zone: 'europe-west3-a',
  machineType: 'e2-small',
  labels: { [`plinth-vps-${name}-g1`]: '' },
  bootDisk: { initializeParams: { image: 'ubuntu-os-cloud/ubuntu-2404-lts-amd64' } },
  networkInterfaces: [{ network: 'default', accessConfigs: [{}] }],
  ...more,
});
const failure = (call: Promise<unknown>): Promise<[string, string]> =>
  call.then(
    () => ['done', ''],
    (error: unknown) => (isProviderError(error) ? [error.kind, error.message] : ['?', String(error)]),
  );

test('a statement is signed by the key of the file, once an hour, and a key that opens nothing is told', async () => {
  const at = account('sim-statement');
  const assertions: string[] = [];
  const before = globalThis.fetch;
  globalThis.fetch = (input, init) => {
    const text = String(input).endsWith('/token') && typeof init?.body === 'string' ? init.body : '';
    if (text !== '') assertions.push(new URLSearchParams(text).get('assertion')!);
    return before(input, init);
  };
  try {
    expect((await compute(at).account()).status).toBe('active');
    await compute(at).regions();
  } finally {
    globalThis.fetch = before;
  }
  expect(assertions).toHaveLength(1);
  const [head, claims, signature] = assertions[0]!.split('.');
  const file = keyFileOf(at.credential['key']!)!;
  const key = createPublicKey(file.private_key);
  expect(verify('RSA-SHA256', Buffer.from(`${head}.${claims}`), key, Buffer.from(signature!, 'base64url'))).toBe(true);
  expect(JSON.parse(Buffer.from(claims!, 'base64url').toString())).toMatchObject({ iss: 'sim-statement', scope: expect.any(String) });
  const spoiled = JSON.stringify({ ...file, private_key: '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n' });
  const told = await failure(compute(account('sim-spoiled', spoiled)).account());
  expect(told).toEqual(['credentials', expect.stringContaining('private key')]);
  expect(told[1]).not.toContain('AAAA');
  expect((await failure(compute(account('sim-none', JSON.stringify({ ...file, client_email: 'nobody' }))).account()))[0]).toBe(
    'credentials',
  );
});

test('no room is told by an operation that was accepted, and leaves nothing', async () => {
  const at = account('sim-room');
  expect((await failure(definition.create(context('away', at), inputs('away', { machineType: 'e2-of-old' }))))[0]).toBe('out_of_stock');
  simulation.setStock!(world(), 'e2-small', 'europe-west3-a', false);
  expect(await failure(definition.create(context('full', at), inputs('full')))).toEqual([
    'out_of_stock',
    expect.stringContaining('does not have enough resources'),
  ]);
  simulation.setStock!(world(), 'e2-small', 'europe-west3-a', true);
  expect(simulation.instances!(world()).filter(({ label }) => label === 'full')).toEqual([]);
  const image = { bootDisk: { initializeParams: { image: 'ubuntu-os-cloud/plan-9' } } };
  expect((await failure(definition.create(context('image', at), inputs('image', image))))[0]).toBe('invalid');
  // A name is its project's own in a zone; another's server of that name is never taken.
  await definition.create(context('own', at), inputs('own'));
  expect((await failure(definition.create(context('two', at), inputs('own', { labels: { 'plinth-vps-two-g1': '' } }))))[0]).toBe(
    'conflict',
  );
});

test('keeps its address at each stop, grows its disk with its type, and goes back to a snapshot on another disk', async () => {
  const at = account('sim-life');
  const ctx = context('life', at);
  const cloud = compute(at);
  const address = await addresses.resource().create(ctx, { name: 'plinth-ip-life000000000001', region: 'europe-west3' });
  expect((await addresses.resource().create(ctx, { name: 'plinth-ip-life000000000001', region: 'europe-west3' })).id).toBe(address.id);
  const ip = String(address.outputs['address']);
  const nic = { networkInterfaces: [{ network: 'default', accessConfigs: [{ natIp: ip }] }] };
  const made = await definition.create(ctx, inputs('life', nic));
  await cloud.power(made.id, 'off');
  await cloud.power(made.id, 'on');
  expect((await cloud.getInstance(made.id))?.ipv4).toBe(ip);
  const view = () => simulation.instances!(world()).find(({ id }) => id === made.id)!;
  const larger = inputs('life', { ...nic, machineType: 'e2-standard-2' });
  const outputs = await definition.update!(ctx, made.id, { oldInputs: inputs('life', nic), oldOutputs: made.outputs, inputs: larger });
  expect([(await cloud.getInstance(made.id))?.plan, view().status]).toEqual(['e2-standard-2', 'running']);

  const snapshot = await cloud.snapshots!.create(made.id, 'plinth-vps-life000000000001-one');
  expect(snapshot).toMatchObject({ status: 'available', minDiskGb: 80 });
  expect((await cloud.snapshots!.create(made.id, snapshot.name)).id).toBe(snapshot.id);
  await cloud.snapshots!.restore(made.id, snapshot, {});
  expect((await cloud.getInstance(made.id))?.status).toBe('running');
  expect((await failure(definition.delete(ctx, made.id, outputs!)))[0]).toBe('done');
  expect(await cloud.listOwned()).toMatchObject([{ kind: 'address', vpsId: 'life000000000001' }, { kind: 'snapshot' }]);
  await cloud.snapshots!.delete(snapshot.id);
  await addresses.resource().delete(ctx, address.id, address.outputs);
  expect(simulation.leftovers!(world()).filter(({ name }) => String(name).includes('life'))).toEqual([]);
});

test('rules of a network are made once, changed in place, and removed', async () => {
  const at = account('sim-wall');
  const ctx = context('wall', at);
  const rules = {
    name: 'plinth-fw-wall000000000001-1',
    network: 'default',
    targetTags: ['plinth-wall'],
    sourceRanges: ['0.0.0.0/0'],
    priority: 1_000,
  };
  const first = { ...rules, allows: [{ protocol: 'tcp', ports: ['22'] }] };
  const made = await firewalls.resource().create(ctx, first);
  expect((await firewalls.resource().create(ctx, first)).id).toBe(made.id);
  expect(await compute(at).listOwned()).toMatchObject([{ kind: 'firewall', id: made.id, vpsId: 'wall000000000001' }]);
  const wanted = { ...rules, allows: [{ protocol: 'tcp', ports: ['443'] }] };
  await firewalls.resource().update!(ctx, made.id, { oldInputs: first, oldOutputs: made.outputs, inputs: wanted });
  expect((await firewalls.resource().read(ctx, made.id, { inputs: wanted, outputs: made.outputs }))?.inputs).toMatchObject(wanted);
  await firewalls.resource().delete(ctx, made.id, made.outputs);
  expect(await firewalls.resource().read(ctx, made.id)).toBeNull();
});

test('has prices by processor, memory, disk and address, and measures', async () => {
  const at = account('sim-figures');
  const cloud = compute(at);
  const [plans, made] = [await cloud.plans(), await definition.create(context('figures', at), inputs('figures'))];
  const plan = plans.find(({ id }) => id === 'e2-small')!;
  expect([plan.currency, plan.memoryMb, Number(plan.priceMonthly) > 5]).toEqual(['USD', 2048, true]);
  expect(plan.regions).toContain('europe-west3-a');
  simulator.world.advance(3 * 3_600_000);
  const now = world().now();
  const series = await cloud.metrics!(made.id, now - 3_600_000, now);
  expect(series.map(({ metric, points }) => [metric, points.length > 5])).toEqual([
    ['cpu', true],
    ['network-in', true],
    ['network-out', true],
  ]);
  // Too many calls come as a 403, which is no lack of rights: they are waited for.
  world()
    .accounts()
    .put({ ...world().account('sim-figures')!, rateLimit: { requests: 2, perMs: 500_000 } });
  await Promise.all([cloud.account(), cloud.account(), cloud.account()]);
});

test.skipIf(!documented)('all of it fits the published API', async () => {
  const { checked, complaints } = (await traffic.complaints('gcp'))!;
  expect(checked).toBeGreaterThan(50);
  expect(complaints).toEqual([]);
});
