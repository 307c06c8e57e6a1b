/** A VPS at OVH: ordered once whatever is lost, its mandatory parts paid for, ended with what is paid, and the end taken back. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../../simulator/server.ts';
import { simulatedCredentialOf } from '../credential.ts';
import { isProviderError } from '../errors.ts';
import type { AccountConnection } from '../provider.ts';
import { RateBudget } from '../rate-budget.ts';
import type { Properties, ResourceContext } from '../resource.ts';
import { isDocumented, recordTraffic } from '../testing/traffic.ts';
import { compute } from './compute.ts';
import { descriptor } from './descriptor.ts';
import { machines } from './machine.ts';
import { OvhVps } from './rest.ts';
import { reverse } from './reverse.ts';
import { simulation } from './simulator/simulator.ts';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8x5y0mU2n1Vb8R2m3F4l5q6w7e8r9t0y1u2i3o4p5a one@example.com';
const definition = machines.resource();
const documented = await isDocumented('ovhvps');
let simulator: Simulator;
let connection: AccountConnection;
let accounts = 0;
beforeAll(async () => {
  simulator = await startSimulator({ speed: 1_000, simulations: [simulation] });
});
const traffic = recordTraffic(() => simulator);
afterAll(async () => {
  traffic.stop();
  await simulator.close();
});
afterEach(() => void simulator.world.faults.clear());

function account(): string {
  const token = `sim-ovhvps-${++accounts}`;
  connection = {
    accountId: token,
    credential: simulatedCredentialOf(descriptor, token),
    endpoint: { kind: 'simulator', baseUrl: simulator.baseUrl('ovhvps') },
    budget: new RateBudget(10_000, 1_000),
  };
  return token;
}
function context(name: string): ResourceContext<never> {
  const urn = `urn:pulumi:${name}::plinth::ovhvps:index/vps:Vps::${name}`;
  const signal = new AbortController().signal;
  return { client: new OvhVps(connection) as never, urn, signal, log: () => undefined, progress: () => undefined };
}
const inputs = (name: string, more: Properties = {}): Properties => ({
  displayName: `plinth-vps-${name}-g1.${name}`,
  plan: 'vps-2027-model1',
  datacenter: 'GRA',
  image: 'debian-13',
  ...more,
});
const fault = (more: object): void => void simulator.world.faults.add({ provider: 'ovhvps', ...more } as never);
const orders = (): { account: string; planCode: string; mode: string; price: number }[] =>
  simulator.world.worlds
    .get('ovhvps')!
    .collection<never>('orders')
    .all()
    .filter((each: { account: string }) => each.account === connection.accountId);
const create = (name: string, more?: Properties) => definition.create(context(name), inputs(name, more));
const failure = (call: Promise<unknown>): Promise<[string, string]> =>
  call.then(
    () => ['done', ''],
    (error: unknown) => (isProviderError(error) ? [error.kind, error.message] : ['?', String(error)]),
  );

test('is sold with its mandatory parts, for a month or a year, at its first and its renewal price', async () => {
  account();
  const plans = await compute(connection).plans();
  const find = (id: string) => plans.find((plan) => plan.id === id);
  expect(find('vps-2027-model1')?.periods).toEqual([{ id: 'default', months: 1, first: '4.49', renewal: '4.49' }]);
  // With the backup that must be ordered, and the set-up once.
  expect(find('vps-2027-model3')).toMatchObject({ priceMonthly: '11.99', periods: [{ months: 1, first: '13.99', renewal: '11.99' }] });
  expect(find('vps-2027-model3+upfront12')?.periods).toEqual([{ id: 'upfront12', months: 12, first: '119.90', renewal: '119.90' }]);
  expect(plans.map(({ id }) => id).join(' ')).not.toContain('degressivity');
  await create('year', { plan: 'vps-2027-model3+upfront12' });
  expect(orders()).toMatchObject([{ planCode: 'vps-2027-model3', mode: 'upfront12', price: 119.9 }]);
});

test('is named, has its key, and lives: power, reinstall, name, password by mail, reverse name', async () => {
  account();
  const cloud = compute(connection);
  const made = await create('life', { publicKey: KEY });
  const view = () => simulation.instances!(simulator.world.worlds.get('ovhvps')!).find(({ id }) => id === made.id)!;
  expect(view().label).toBe('plinth-vps-life-g1.life');
  for (const [action, status] of [
    ['off', 'stopped'],
    ['on', 'running'],
    ['reboot', 'running'],
  ] as const) {
    await cloud.power(made.id, action);
    expect((await cloud.getInstance(made.id))?.status).toBe(status);
  }
  await cloud.rebuild(made.id, { image: 'ubuntu-24.04', sshPublicKeys: [KEY] });
  expect(view().image).toBe('Ubuntu 24.04');
  expect(await cloud.resetPassword!(made.id, '')).toEqual({ how: 'mailed', to: expect.stringContaining('@') });
  const renamed = inputs('life', { publicKey: KEY, displayName: 'plinth-vps-life-g1.other' });
  const installed = view().password;
  await definition.update!(context('life'), made.id, {
    oldInputs: inputs('life', { publicKey: KEY }),
    oldOutputs: made.outputs,
    inputs: renamed,
  });
  // A change of its name wipes nothing.
  expect([(await cloud.getInstance(made.id))?.label, view().password]).toEqual(['plinth-vps-life-g1.other', installed]);
  const [address] = [String(made.outputs['ipv4'])];
  const pointer = await reverse.create(context('life'), { service: made.id, address, domain: 'web.example.com' });
  expect((await reverse.read(context('life'), pointer.id))?.outputs).toMatchObject({ domain: 'web.example.com' });
  await reverse.delete(context('life'), pointer.id, pointer.outputs);
  expect(await reverse.read(context('life'), pointer.id)).toBeNull();
});

test('finds its order although the answer to the checkout was lost, and never checks out twice', async () => {
  account();
  fault({ kind: 'lost-answer', method: 'POST', path: 'checkout' });
  const made = await create('lost');
  expect([(await create('lost')).id, orders().length]).toEqual([made.id, 1]);
});

test('buys nothing again while an order may be that of a cart that looks open', async () => {
  const token = account();
  fault({ kind: 'lost-answer', method: 'POST', path: 'checkout' });
  fault({ kind: 'flag', flag: 'cart-looks-open', objectId: token });
  expect(await failure(create('late'))).toEqual(['needs_person', expect.stringMatching(/answer to the checkout of cart .* was lost/)]);
  const again = await failure(create('late'));
  expect(again).toEqual(['needs_person', expect.stringMatching(/may have been checked out, and the order \d+ may be its/)]);
  expect(orders()).toHaveLength(1);
  // Once the cart tells, the retry takes what was bought.
  simulator.world.faults.clear();
  await create('late');
  expect(orders()).toHaveLength(1);
});

test('leaves to a person what nothing tells, with the cart and the mark', async () => {
  account();
  // Bought, but two orders could be it.
  fault({ kind: 'status', status: 503, method: 'GET', path: 'serviceInfos', times: null });
  expect((await failure(create('first')))[0]).not.toBe('done');
  simulator.world.faults.clear();
  const world = simulator.world.worlds.get('ovhvps')!;
  const first = simulation.instances!(world).find(({ label }) => label.includes('first'))!;
  simulation.changeBehindBack!(world, first.id, { label: 'somebody' });
  fault({ kind: 'lost-answer', method: 'POST', path: 'checkout' });
  const [kind, message] = await failure(create('second'));
  expect([kind, message]).toEqual(['needs_person', expect.stringMatching(/checked out.*orders \d+, \d+ may be its.*plinth-vps-second-g1/)]);
  expect(orders()).toHaveLength(2);
  // Asked again, nothing is bought.
  expect((await failure(create('second')))[0]).toBe('needs_person');
  expect(orders()).toHaveLength(2);
});

test('refuses before anything is bought what OVH would refuse, and tells of an order that waits', async () => {
  const token = account();
  expect((await failure(create('gone', { plan: 'vps-2019-model9' })))[0]).toBe('out_of_stock');
  expect((await failure(create('gone', { datacenter: 'MARS' })))[0]).toBe('out_of_stock');
  expect((await failure(create('gone', { image: 'plan-9' })))[0]).toBe('invalid');
  fault({ kind: 'flag', flag: 'no-payment-method', objectId: token });
  expect((await failure(create('gone')))[0]).toBe('quota');
  expect((await compute(connection).account()).status).toBe('warning');
  expect(orders()).toEqual([]);
  simulator.world.faults.clear();
  fault({ kind: 'flag', flag: 'order-unpaid', objectId: token });
  expect(await failure(create('unpaid'))).toEqual(['needs_person', expect.stringMatching(/order \d+ waits at OVH \(notPaid\)/)]);
  expect((await failure(create('unpaid')))[0]).toBe('needs_person');
  expect(orders()).toHaveLength(1);
});

test('ends with what is paid, and its end can be taken back until then', async () => {
  account();
  const cloud = compute(connection);
  const made = await create('end');
  expect(await failure(definition.delete(context('end'), made.id, made.outputs))).toEqual([
    'conflict',
    expect.stringContaining('will end at'),
  ]);
  expect((await cloud.getInstance(made.id))?.endsAt).toBe(made.outputs['expires']);
  await cloud.endings!.undoEnd!(made.id);
  expect(await cloud.endings!.orderedEnd(made.id)).toBeNull();
  simulator.world.advance(40 * 86_400_000);
  await expect.poll(async () => (await cloud.getInstance(made.id))?.status).toBe('running');
  expect(await cloud.endings!.setEnd(made.id)).toEqual({ at: expect.stringMatching(/^20/) });
  simulator.world.advance(40 * 86_400_000);
  await expect.poll(() => failure(definition.delete(context('end'), made.id, made.outputs)), { timeout: 20_000 }).toEqual(['done', '']);
  expect(await definition.read(context('end'), made.id, { inputs: inputs('end'), outputs: made.outputs })).toBeNull();
});

test.skipIf(!documented)('all of it fits the published API', async () => {
  const { checked, complaints } = (await traffic.complaints('ovhvps'))!;
  expect(checked).toBeGreaterThan(100);
  expect(complaints).toEqual([]);
});
