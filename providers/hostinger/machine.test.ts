/** A machine's life at Hostinger: bought once whatever is lost, never deleted, taken when what is paid is over. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../../simulator/server.ts';
import { isProviderError } from '../errors.ts';
import type { AccountConnection } from '../provider.ts';
import { RateBudget } from '../rate-budget.ts';
import type { Properties, ResourceContext } from '../resource.ts';
import type { Rest } from '../kit/rest.ts';
import { quietContext } from '../testing/context.ts';
import { compute } from './compute.ts';
import { firewalls, keys, ptr } from './helpers.ts';
import { machines } from './machine.ts';
import { HostingerRest } from './rest.ts';
import { simulation } from './simulator/simulator.ts';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8x5y0mU2n1Vb8R2m3F4l5q6w7e8r9t0y1u2i3o4p5a one@example.com';
const definition = machines.resource();
let simulator: Simulator;
let connection: AccountConnection;
let accounts = 0;
beforeAll(async () => {
  simulator = await startSimulator({ speed: 1_000, simulations: [simulation] });
});
afterAll(() => simulator.close());
afterEach(() => void simulator.world.faults.clear());

function account(): string {
  const token = `sim-hostinger-${++accounts}`;
  connection = {
    accountId: token,
    credential: { token },
    endpoint: { kind: 'simulator', baseUrl: simulator.baseUrl('hostinger') },
    budget: new RateBudget(10_000, 1_000),
  };
  return token;
}
function context(name: string, at = connection): ResourceContext<Rest> {
  const urn = `urn:pulumi:${name}::plinth::hostinger:index/vps:Vps::${name}`;
  return quietContext(new HostingerRest(at), urn);
}
let vpses = 0;
const inputs = (more: Properties = {}): Properties => ({
  itemId: 'hostingercom-vps-kvm1-usd-1m',
  dataCenterId: 19,
  templateId: 1007,
  hostname: `plinth-vps-t${++vpses}-g1`,
  password: 'Str0ngEnough4All',
  enableBackups: true,
  ...more,
});
const fault = (kind: 'flag' | 'lost-answer', more: object): void =>
  void simulator.world.faults.add({ provider: 'hostinger', kind, ...more });
const purchases = (): number =>
  simulator.world.requests
    .latest(2_000, 'hostinger', connection.accountId)
    .filter(({ method, path }) => method === 'POST' && path.endsWith('/virtual-machines')).length;

test('is bought once, found by its host name, and answers with its address', async () => {
  account();
  const wanted = inputs();
  const first = await definition.create(context('one'), wanted);
  const again = await definition.create(context('one'), wanted);
  expect([again.id, purchases()]).toEqual([first.id, 1]);
  expect(first.outputs).toMatchObject({ state: 'running', ipv4: expect.stringMatching(/^\d/), hostname: wanted['hostname']! });
  expect(await definition.read(context('one'), first.id, { inputs: wanted, outputs: first.outputs })).toMatchObject({ inputs: wanted });
});

test('is found after a lost answer, and not bought again', async () => {
  account();
  fault('lost-answer', { method: 'POST', path: 'virtual-machines$' });
  const made = await definition.create(context('lost'), inputs());
  expect([made.outputs['state'], purchases()]).toEqual(['running', 1]);
});

test('a lost answer with nothing to be found is for a person, with what to look at', async () => {
  account();
  simulator.world.faults.add({ provider: 'hostinger', kind: 'cut', method: 'POST', path: 'virtual-machines$' });
  const wanted = inputs();
  const error = await definition.create(context('cut'), wanted).catch((each: unknown) => each);
  expect(isProviderError(error, 'needs_person')).toBe(true);
  expect(purchases()).toBe(1);
});

describe('a payment that is looked at', () => {
  test('is waited for, and the machine it shows is set up', async () => {
    const token = account();
    fault('flag', { flag: 'payment-pending', objectId: token });
    const wanted = inputs();
    const made = await definition.create(context('later'), wanted);
    expect(made.outputs).toMatchObject({ state: 'running', hostname: wanted['hostname']! });
    expect(purchases()).toBe(1);
  });

  test('is not paid again by a retry after a crash', async () => {
    const token = account();
    fault('flag', { flag: 'payment-pending', objectId: token });
    // As one whose process died right after the answer.
    const rest = new HostingerRest(connection);
    const wanted = inputs();
    const setup = { data_center_id: 19, template_id: 1007, hostname: String(wanted['hostname']), password: 'Str0ngEnough4All' };
    const body = { item_id: wanted['itemId'], setup };
    await rest.send({ method: 'POST', path: '/api/vps/v1/virtual-machines', body });
    const made = await definition.create(context('crash'), wanted);
    expect([made.outputs['state'], purchases()]).toEqual(['running', 1]);
  });

  test('is not mixed up with the next order', async () => {
    const token = account();
    fault('flag', { flag: 'payment-pending', objectId: token });
    const both = await Promise.all([definition.create(context('a'), inputs()), definition.create(context('b'), inputs())]);
    expect(new Set(both.map(({ id }) => id)).size).toBe(2);
    expect(purchases()).toBe(2);
  });
});

test('a payment that is refused is told with its remedy, and tried once', async () => {
  const token = account();
  fault('flag', { flag: 'unpaid', objectId: token });
  const error = await definition.create(context('unpaid'), inputs()).catch((each: unknown) => each);
  expect(isProviderError(error, 'quota') && error.message).toMatch(/Nothing was bought.*hPanel/);
  expect([purchases(), (await compute(connection).listInstances(null)).items]).toEqual([1, []]);
});

test('is never deleted: its renewal is turned off, it runs until the date, then it is gone', async () => {
  account();
  const client = compute(connection);
  const wanted = inputs();
  const { id, outputs } = await definition.create(context('end'), wanted);
  const error = await definition.delete(context('end'), id, outputs).catch((each: unknown) => each);
  expect(isProviderError(error, 'conflict') && error.message).toMatch(/renewal is off/);
  const end = await client.endings!.orderedEnd(id);
  expect(Date.parse(end!.at!) - Date.now()).toBeGreaterThan(27 * 86_400_000);
  expect((await client.getInstance(id))!).toMatchObject({ status: 'running', endsAt: end!.at! });
  await client.endings!.undoEnd!(id);
  expect(await client.endings!.orderedEnd(id)).toBeNull();
  await definition.delete(context('end'), id, outputs).catch(() => undefined);
  simulator.world.advance(32 * 86_400_000);
  await expect.poll(() => client.getInstance(id), { timeout: 10_000 }).toBeNull();
  await definition.delete(context('end'), id, outputs);
  expect(await definition.read(context('end'), id, { inputs: wanted, outputs })).toBeNull();
});

test('power, recreation, a new password, keys, a firewall and a reverse name', async () => {
  account();
  const client = compute(connection);
  const key = await keys.resource().create(context('key'), { name: 'plinth-key-0123456789abcdef-1', key: KEY });
  const { id, outputs } = await definition.create(context('all'), inputs({ publicKeyIds: [Number(key.id)] }));
  await client.power(id, 'off');
  expect((await client.getInstance(id))?.status).toBe('stopped');
  await client.power(id, 'on');
  await client.rebuild(id, { image: '1031', password: 'An0therGood4One' });
  expect(await client.getInstance(id)).toMatchObject({ status: 'running', image: '1031' });
  expect(await client.resetPassword!(id, 'Th1rdGoodPassword')).toEqual({ how: 'set' });
  await expect(client.resetPassword!(id, 'Password1234')).rejects.toThrow(/leak/);
  const world = simulator.world.worlds.get('hostinger')!;
  expect(world.simulation.instances!(world).find((each) => each.id === id)?.password).toBe('Th1rdGoodPassword');

  const rules = [{ protocol: 'TCP', port: '22', source: 'any' }];
  const wall = { name: 'plinth-0123456789abcdef', virtualMachineId: Number(id), rules };
  const first = await firewalls.resource().create(context('wall'), wall);
  const second = await firewalls.resource().create(context('wall'), wall);
  expect([second.id, second.outputs['rules']]).toEqual([first.id, rules]);
  const more = { ...wall, rules: [...rules, { protocol: 'TCP', port: '80:443', source: '192.0.2.0/24' }] };
  const changed = await firewalls.resource().update!(context('wall'), first.id, { oldInputs: wall, oldOutputs: wall, inputs: more });
  expect(changed['rules']).toEqual(more.rules);

  const name = { virtualMachineId: Number(id), address: String(outputs['ipv4']), domain: 'ptr.example.com' };
  const pointed = await ptr.create(context('ptr'), name);
  expect(await ptr.read(context('ptr'), pointed.id, { inputs: name, outputs: name })).toMatchObject({ inputs: name });
  await ptr.delete(context('ptr'), pointed.id, name);
  // Hostinger's own name for the address comes back.
  expect((await ptr.read(context('ptr'), pointed.id))?.inputs['domain']).not.toBe(name.domain);
  expect((await client.listOwned()).map(({ kind }) => kind)).toEqual(['ssh-key', 'firewall']);
  const now = Date.now();
  expect((await client.metrics!(id, now - 60_000, now + 60 * 86_400_000)).map(({ metric }) => metric)).toContain('cpu');
  await firewalls.remove({ client: new HostingerRest(connection), signal: new AbortController().signal }, first.id);
  await keys.remove({ client: new HostingerRest(connection), signal: new AbortController().signal }, key.id);
  expect(await client.listOwned()).toEqual([]);
});

test('the catalogue has a plan for every price, with what the first and the next periods cost', async () => {
  account();
  const client = compute(connection);
  const plans = await client.plans();
  expect(plans).toHaveLength(12);
  expect(plans.find(({ id }) => id === 'hostingercom-vps-kvm2-usd-1m')).toMatchObject({
    vcpus: 2,
    memoryMb: 8_192,
    diskGb: 100,
    transferGb: 8_192,
    priceMonthly: '17.99',
    currency: 'USD',
    periods: [{ months: 1, first: '6.99', renewal: '17.99' }],
  });
  expect((await client.regions()).find(({ id }) => id === '9')).toMatchObject({ name: 'Phoenix', country: 'US' });
  expect(await client.account()).toMatchObject({ status: 'active' });
});
