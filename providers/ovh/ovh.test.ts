/** What is OVH's own: signed calls with its clock, one project, names that carry marks, flavours that are called alike everywhere. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type Simulator, startSimulator } from '../../simulator/server.ts';
import { simulatedCredentialOf } from '../credential.ts';
import { isProviderError } from '../errors.ts';
import type { AccountConnection } from '../provider.ts';
import { RateBudget } from '../rate-budget.ts';
import type { Properties, ResourceContext } from '../resource.ts';
import { isDocumented, recordTraffic } from '../testing/traffic.ts';
import { compute } from './compute.ts';
import { descriptor } from './descriptor.ts';
import { keys, reverse } from './helpers.ts';
import { named, shownName } from '../kit/ovhcloud/names.ts';
import { Project } from './rest.ts';
import { servers } from './server.ts';
import { simulation } from './simulator/simulator.ts';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8x5y0mU2n1Vb8R2m3F4l5q6w7e8r9t0y1u2i3o4p5a one@example.com';
const definition = servers.resource();
const documented = await isDocumented('ovh');
let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ speed: 1_000, simulations: [simulation] });
});
const traffic = recordTraffic(() => simulator);
afterAll(async () => {
  traffic.stop();
  await simulator.close();
});

function account(token: string, more: Record<string, string> = {}): AccountConnection {
  return {
    accountId: token,
    credential: { ...simulatedCredentialOf(descriptor, token), ...more },
    endpoint: { kind: 'simulator', baseUrl: simulator.baseUrl('ovh') },
    budget: new RateBudget(10_000, 1_000),
  };
}
function context(name: string, at: AccountConnection): ResourceContext<never> {
  const urn = `urn:pulumi:${name}::plinth::ovh:index/cloudInstance:CloudInstance::${name}`;
  const signal = new AbortController().signal;
  return { client: new Project(at) as never, urn, signal, log: () => undefined, progress: () => undefined };
}
const inputs = (name: string, more: Properties = {}): Properties => ({
  name: `plinth-vps-${name}-g1.${name}`,
  region: 'GRA11',
  flavorId: 'd2-2',
  imageId: 'debian-12',
  ...more,
});
const kindOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'done',
    (error: unknown) => (isProviderError(error) ? error.kind : String(error)),
  );

describe('the gate', () => {
  test('takes calls that are signed by its own clock, also after that has jumped', async () => {
    const cloud = compute(account('sim-gate-1'));
    expect(await cloud.account()).toMatchObject({ status: 'active', name: expect.stringContaining('project Simulated') });
    simulator.world.advance(86_400_000);
    expect((await cloud.account()).status).toBe('active');
  });

  test.each([
    ['credentials', { application_secret: 'secret-of-sim-another' }],
    ['credentials', { consumer_key: 'sim-another' }],
    ['credentials', { application_key: 'unknown' }],
    ['not_found', { project: 'f'.repeat(32) }],
  ])('answers %s to %o, and buys nothing', async (kind, wrong) => {
    const at = account('sim-gate-2', wrong);
    expect(await kindOf(compute(at).account())).toBe(kind);
    expect(await kindOf(definition.create(context('gate', at), inputs('gate')))).toBe(kind);
    expect(simulation.instances!(simulator.world.worlds.get('ovh')!)).toEqual([]);
  });
});

test('a name keeps what is shown in it, whatever marks come and go', () => {
  const mark = 'plinth-vps-abc-g1';
  expect(named(`${mark}.web.example.com`, [mark, 'plinth-restart', 'gold'])).toBe(`${mark}.plinth-restart.web.example.com`);
  expect(shownName(`${mark}.plinth-restart.plinth-urn-${'a'.repeat(24)}.web`)).toBe(`${mark}.web`);
  expect(named(`${mark}.plinth-web`, [mark])).toBe(`${mark}.plinth-web`);
  expect(named('plinth-vps-abc-g1.web', [])).toBe('web');
});

test('what a region does not have is refused before anything is bought', async () => {
  const at = account('sim-places');
  const ask = (more: Properties) => kindOf(definition.create(context('place', at), inputs('place', more)));
  expect(await ask({ flavorId: 'b3-8', region: 'SGP1' })).toBe('out_of_stock');
  expect(await ask({ imageId: 'plan-9' })).toBe('invalid');
  simulation.setStock!(simulator.world.worlds.get('ovh')!, 'd2-2', 'SBG5', false);
  expect(await ask({ region: 'SBG5' })).toBe('out_of_stock');
  const plans = await compute(at).plans();
  expect(plans.find(({ id }) => id === 'd2-2')).toMatchObject({ priceMonthly: '7.23', currency: 'EUR', memoryMb: 2048 });
  expect(plans.find(({ id }) => id === 'd2-2')!.regions).not.toContain('SBG5');
  const simulated = simulator.world.worlds.get('ovh')!;
  expect(simulation.instances!(simulated).filter(({ label }) => label.includes('place'))).toEqual([]);
});

test('rescue, snapshots, measurements, reverse names and a key of its project', async () => {
  const at = account('sim-extras');
  const cloud = compute(at);
  const ctx = context('extras', at);
  const key = await keys.resource().create(ctx, { name: 'plinth-key-shared-1', publicKey: KEY });
  expect((await keys.resource().create(ctx, { name: 'another', publicKey: KEY })).id).toBe(key.id);
  expect(await cloud.sharedKeys!.list()).toMatchObject([{ id: key.id, publicKey: KEY }]);
  const made = await definition.create(ctx, inputs('extras', { sshKeyName: 'plinth-key-shared-1' }));
  const address = String(made.outputs['ipv4']);

  await cloud.rescue!(made.id, 'enter');
  const view = () => simulation.instances!(simulator.world.worlds.get('ovh')!).find(({ id }) => id === made.id)!;
  expect([view().status, (await cloud.getInstance(made.id))?.status]).toEqual(['rescue', 'running']);
  await cloud.rescue!(made.id, 'enter');
  await cloud.rescue!(made.id, 'leave');
  expect(view().status).toBe('running');

  const snapshot = await cloud.snapshots!.create(made.id, 'plinth-vps-extras0000000001-one');
  expect(snapshot).toMatchObject({ status: 'available', minDiskGb: 25 });
  expect((await cloud.snapshots!.create(made.id, snapshot.name)).id).toBe(snapshot.id);
  await cloud.rebuild(made.id, { image: 'ubuntu-24.04' });
  expect((await cloud.getInstance(made.id))?.image).toBe('ubuntu-24.04');
  await cloud.snapshots!.restore(made.id, snapshot, {});
  expect(view().image).toBe(snapshot.id);
  expect(await cloud.listOwned()).toMatchObject([{ kind: 'snapshot', vpsId: 'extras0000000001' }]);
  await cloud.snapshots!.delete(snapshot.id);
  expect(await cloud.snapshots!.list(made.id, 'plinth-')).toEqual([]);

  simulator.world.advance(3 * 3_600_000);
  const now = simulator.world.worlds.get('ovh')!.now();
  const series = await cloud.metrics!(made.id, now - 3_600_000, now);
  expect(series.map(({ metric, points }) => [metric, points.length > 5])).toEqual([
    ['cpu', true],
    ['network-in', true],
    ['network-out', true],
  ]);
  expect((await cloud.bandwidth(made.id)).every(({ outgoingBytes }) => outgoingBytes >= 0)).toBe(true);

  const pointer = await reverse.create(ctx, { ip: address, ReverseIp: address, ReverseValue: 'web.example.com' });
  expect((await reverse.read(ctx, pointer.id, { inputs: pointer.outputs, outputs: pointer.outputs }))?.inputs).toEqual(pointer.outputs);
  await reverse.delete(ctx, pointer.id, { ...pointer.outputs, ReverseValue: 'somebody.example.com' });
  expect(await reverse.read(ctx, pointer.id)).not.toBeNull();
  await reverse.delete(ctx, pointer.id, pointer.outputs);
  expect(await reverse.read(ctx, pointer.id)).toBeNull();
});

test('its console is a line that answers what is typed', async () => {
  const at = account('sim-console');
  const made = await definition.create(context('console', at), inputs('console'));
  const { url, kind } = await compute(at).console!(made.id);
  expect(kind).toBe('serial');
  let screen = '';
  const client = new WebSocket(url);
  client.on('message', (data) => (screen += String(data)));
  await expect.poll(() => screen).toContain('login: ');
  client.send('root\r');
  await expect.poll(() => screen).toContain('Password: ');
  client.close();
});

test.skipIf(!documented)('all of it fits the published API', async () => {
  const { checked, complaints } = (await traffic.complaints('ovh'))!;
  expect(checked).toBeGreaterThan(50);
  expect(complaints).toEqual([]);
});
