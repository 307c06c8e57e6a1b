/** What stands beside a server at Hetzner: keys that stacks share, firewalls brought to what a program says, reverse names. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../../simulator/server.ts';
import { Rest } from '../kit/rest.ts';
import type { AccountConnection } from '../provider.ts';
import { RateBudget } from '../rate-budget.ts';
import type { Created, Properties, ResourceContext, ResourceDefinition } from '../resource.ts';
import { quietContext } from '../testing/context.ts';
import { disguise } from '../testing/disguise.ts';
import { compute } from './compute.ts';
import { firewalls, keys, rdns } from './helpers.ts';
import { dialect } from './rest.ts';
import { servers } from './server.ts';
import { simulation } from './simulator/simulator.ts';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8x5y0mU2n1Vb8R2m3F4l5q6w7e8r9t0y1u2i3o4p5a one@example.com';
let simulator: Simulator;
let at: AccountConnection;
let ctx: ResourceContext<Rest>;
let server: Created;
beforeAll(async () => {
  simulator = await startSimulator({ speed: 1_000, simulations: [simulation] });
  const token = 'sim-helpers';
  const endpoint = { kind: 'simulator', baseUrl: simulator.baseUrl('hetzner') } as const;
  at = { accountId: token, credential: { token }, endpoint, budget: new RateBudget(10_000, 1_000) };
  const urn = 'urn:pulumi:helpers::plinth::hcloud:index/server:Server::helpers';
  ctx = quietContext(new Rest(dialect, at), urn);
  const order = { name: 'helped', serverType: 'cx23', image: 'debian-13', location: 'nbg1', backups: false, labels: {} };
  server = await servers.resource().create(ctx, order);
});
afterAll(() => simulator.close());

/** What a refresh tells of it. */
const told = async (definition: ResourceDefinition<Rest>, id: string, inputs: Properties) =>
  (await definition.read!(ctx, id, { inputs, outputs: inputs }))?.inputs ?? null;

test('a key is made once, and left to others by a stack that ends', async () => {
  const definition = keys.resource();
  const first = await definition.create(ctx, { name: 'plinth-key-shared-1', publicKey: KEY });
  const second = await definition.create(ctx, { name: 'another', publicKey: `${KEY.split(' ').slice(0, 2).join(' ')} two@example.com\n` });
  expect(second).toMatchObject({ id: first.id, outputs: { name: 'another' } });
  await definition.delete(ctx, first.id, first.outputs);
  expect(await compute(at).sharedKeys!.list()).toEqual([{ id: first.id, name: 'plinth-key-shared-1', publicKey: KEY }]);
  await compute(at).sharedKeys!.remove(first.id);
  expect(await compute(at).sharedKeys!.list()).toEqual([]);
  expect(definition.check!({ publicKey: 'none' })).toHaveLength(1);
});

test('a firewall has the rules and servers of its program, whatever order it names them in', async () => {
  const applyTos = [{ server: Number(server.id) }];
  const open = { direction: 'in', protocol: 'tcp', port: '22', sourceIps: ['::/0', '0.0.0.0/0'] };
  const ping = { direction: 'in', protocol: 'icmp', sourceIps: ['0.0.0.0/0'], destinationIps: [] };
  const definition = firewalls.resource();
  const inputs: Properties = { name: 'wall', rules: [open, ping], applyTos };
  const made = await definition.create(ctx, inputs);
  const reordered: Properties = { ...inputs, rules: [ping, { ...open, sourceIps: open.sourceIps.toReversed() }] };
  expect(await told(definition, made.id, reordered)).toEqual(reordered);
  const wanted: Properties = { name: 'wall', rules: [ping], applyTos: [] };
  await definition.update!(ctx, made.id, { inputs: wanted, oldInputs: inputs, outputs: made.outputs } as never);
  expect(await told(definition, made.id, wanted)).toEqual(wanted);
  // What somebody changed is told, not what the program says.
  expect(await told(definition, made.id, inputs)).toMatchObject({ rules: [{ protocol: 'icmp' }], applyTos: [] });
  await definition.update!(ctx, made.id, { inputs, oldInputs: wanted, outputs: made.outputs } as never);
  await definition.delete(ctx, made.id, made.outputs);
  expect(await definition.read!(ctx, made.id)).toBeNull();
});

test('a firewall whose answer told nothing is one, though lists show it late', async () => {
  const cover = disguise('hetzner', simulator);
  const world = simulator.world.worlds.get('hetzner')!;
  const all = (): string[] =>
    world
      .collection('firewalls')
      .all()
      .map(({ id }) => id);
  const answers = cover.emptyNextAnswer();
  cover.onPost(() => {
    cover.hide(all().at(-1)!, 'lists');
    setTimeout(() => cover.show(), 600);
  });
  const made = await firewalls.resource().create(ctx, { name: 'late', rules: [], applyTos: [] });
  cover.hide(made.id, 'everywhere');
  setTimeout(() => cover.show(), 600);
  expect(await firewalls.resource().read!(ctx, made.id)).toMatchObject({ id: made.id });
  cover.stop();
  expect(answers.emptied).toBe(1);
  expect(all()).toEqual([made.id]);
  await firewalls.resource().delete(ctx, made.id, made.outputs);
});

test('a reverse name is set, told and taken away, but not one that somebody set since', async () => {
  const inputs: Properties = { serverId: Number(server.id), ipAddress: server.outputs['ipv6Address']!, dnsPtr: 'web.example.com' };
  const made = await rdns.create(ctx, inputs);
  expect(made).toEqual({ id: `s-${server.id}-${String(inputs['ipAddress'])}`, outputs: inputs });
  expect(await told(rdns, made.id, inputs)).toEqual(inputs);
  const renamed = { ...inputs, dnsPtr: 'mail.example.com' };
  await rdns.update!(ctx, made.id, { inputs: renamed, oldInputs: inputs, outputs: inputs } as never);
  await rdns.delete(ctx, made.id, inputs);
  expect(await told(rdns, made.id, inputs)).toEqual(renamed);
  await rdns.delete(ctx, made.id, renamed);
  expect(await told(rdns, made.id, inputs)).toBeNull();
  expect(rdns.replaceOn!({ ...inputs, serverId: server.id }, inputs)).toEqual([]);
  // With its server the name is gone as well.
  await servers.resource().delete(ctx, server.id, server.outputs);
  await rdns.delete(ctx, made.id, renamed);
});
