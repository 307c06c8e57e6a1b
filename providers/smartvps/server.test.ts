/** A machine's life at SmartVPS: the exact package, purchases that are never repeated, answers in every wrapping. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../../simulator/server.ts';
import { isProviderError } from '../errors.ts';
import type { AccountConnection } from '../provider.ts';
import { RateBudget } from '../rate-budget.ts';
import type { Properties, ResourceContext } from '../resource.ts';
import { readAnswer, SmartVps } from './client.ts';
import { compute } from './compute.ts';
import { server } from './server.ts';
import { simulation } from './simulator.ts';

let simulator: Simulator;
let connection: AccountConnection;
beforeAll(async () => {
  simulator = await startSimulator({ speed: 1_000, simulations: [simulation] });
  connection = {
    accountId: 'smart',
    credential: { username: 'sim-smart', password: 'sim-smart' },
    endpoint: { kind: 'simulator', baseUrl: simulator.baseUrl('smartvps') },
    budget: new RateBudget(10_000, 1_000),
  };
});
afterAll(() => simulator.close());
afterEach(() => void simulator.world.faults.clear());

function context(): ResourceContext<SmartVps> {
  const signal = new AbortController().signal;
  return { client: new SmartVps(connection), urn: 'urn:smart', signal, log: () => undefined, progress: () => undefined };
}
const inputs = (packageId: string, packageName: string, os = 'ubuntu'): Properties => ({ packageId, packageName, memory: '8GB', os });
const refusal = async (wanted: Properties): Promise<string> => {
  const error = await server.create(context(), wanted).catch((each: unknown) => each);
  return isProviderError(error) ? error.detail.message : String(error);
};
const purchases = (): number => simulator.world.requests.latest(2_000, 'smartvps').filter(({ path }) => path.endsWith('/buyvps')).length;
const flag = (name: string, objectId?: string): void =>
  void simulator.world.faults.add({ provider: 'smartvps', kind: 'flag', flag: name, ...(objectId === undefined ? {} : { objectId }) });

test('buys the exact package, waits for the password, and installs the system that was asked for', async () => {
  const made = await server.create(context(), inputs('103', '198.19.203.x'));
  expect(made.id).toMatch(/^198\.19\.203\.\d+$/);
  expect(made.outputs).toMatchObject({ ip: made.id, os: 'ubuntu', username: 'root', password: expect.stringMatching(/.{12}/) });
  const client = compute(connection);
  await client.power(made.id, 'reboot');
  const before = made.outputs['password'];
  const { password } = await client.rebuild(made.id, { image: '2022' });
  expect(password).not.toBe(before);
  expect(await client.getInstance(made.id)).toMatchObject({ status: 'running', image: '2022', plan: '8GB' });
  expect(Date.parse((await client.endings!.orderedEnd(made.id))!.at!)).toBeGreaterThan(Date.now() + 27 * 86_400_000);
});

test('refuses, in fixed sentences, what is gone, not active or used up, and buys nothing', async () => {
  const before = purchases();
  flag('package-missing', '104');
  expect(await refusal(inputs('104', '198.19.204.x'))).toBe(
    'Package (PID: 104, Name: 198.19.204.x) no longer available in SmartVPS API. Customer ordered product that is now unavailable.',
  );
  // The same id under another name, and a neighbour, are other products.
  expect(await refusal(inputs('105', '198.19.204.x'))).toContain('no longer available');
  flag('package-suspended', '105');
  expect(await refusal(inputs('105', '198.19.205.x'))).toBe('Package "198.19.205.x" (PID: 105) is not active. Status: suspended');
  expect(await refusal(inputs('116', '198.19.216'))).toBe('Package "198.19.216" (PID: 116) has no available IPs. IPv4 count: 0');
  expect(purchases()).toBe(before);
});

test('never repeats a purchase whose answer was lost, and tells a person what the stock showed', async () => {
  const before = purchases();
  simulator.world.faults.add({ provider: 'smartvps', kind: 'lost-answer', path: 'buyvps' });
  expect(await refusal(inputs('106', '198.19.206.x'))).toMatch(/is not bought again.*/);
  simulator.world.faults.add({ provider: 'smartvps', kind: 'lost-answer', path: 'buyvps' });
  expect(await refusal(inputs('107', '198.19.207.x'))).toContain('It had 26 free addresses before and has 25 now.');
  flag('buy-refused', 'sim-smart');
  expect(await refusal(inputs('108', '198.19.208.x'))).toContain('Insufficient balance');
  expect(purchases()).toBe(before + 3);
});

test('reads answers in every wrapping, and takes silence for no absence while a machine is paid for', async () => {
  expect(readAnswer('"{\\"status\\":1}"')).toEqual({ status: 1 });
  expect(readAnswer('{"status":1}')).toEqual({ status: 1 });
  expect(readAnswer('error')).toBe('error');
  expect(() => readAnswer('<html>')).toThrow();
  flag('plain-json');
  const { id, outputs } = await server.create(context(), inputs('109', '198.19.209.x', '2022'));
  const state = { inputs: inputs('109', '198.19.209.x', '2022'), outputs };
  expect(await server.read(context(), id, state)).toMatchObject({ id });
  const world = simulator.world.worlds.get('smartvps')!;
  simulation.removeBehindBack!(world, id);
  await expect(server.read(context(), id, state)).rejects.toThrow('says nothing');
  const over = { ...outputs, expires: '2025-01-01' };
  expect(await server.read(context(), id, { ...state, outputs: over })).toBeNull();
  await server.delete(context(), id, over);
  // The same in the list, which is of our rows.
  const listed = async (endsAt: string) => {
    const row = { id, label: id, region: '', plan: '', image: null, ipv4: id, ipv6: null, tags: [], createdAt: endsAt };
    return (await compute({ ...connection, known: async () => [{ ...row, status: 'running', endsAt }] }).listInstances(null)).items;
  };
  expect(await listed('2999-01-01T00:00:00Z')).toMatchObject([{ id, status: 'unknown' }]);
  expect(await listed('2025-01-01T00:00:00Z')).toEqual([]);
});

test('the stock is what can be ordered, and wrong words are told as such', async () => {
  const client = compute(connection);
  const regions = await client.regions();
  expect(regions).toHaveLength(18);
  expect(regions.find(({ id }) => id === '117::198.19.217.x')).toMatchObject({ available: false });
  expect((await client.plans()).find(({ id }) => id === '8GB')).toMatchObject({ memoryMb: 8_192, currency: 'USD' });
  const wrong = compute({ ...connection, credential: { username: 'nobody', password: 'wrong' } });
  const error = await wrong.account().catch((each: unknown) => each);
  expect(isProviderError(error, 'credentials')).toBe(true);
});
