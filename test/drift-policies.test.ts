/** What is done about drift without asking, and what never is: real service, real engine, a simulated cloud. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openAccount } from '../server/accounts/accounts.ts';
import { namedVpses } from '../server/drift/store.ts';
import { withDatabase } from './support/database.ts';
import { type Plinth, startPlinth } from './support/plinth.ts';
import { type Shop, shopOf } from './support/shop.ts';
import { until } from './support/until.ts';

const database = withDatabase();
const SMALL = ['a1', 'a2', 'a3', 'a4'];
const LARGE = ['b1', 'b2', 'b3'];
let plinth: Plinth;
let shop: Shop;
let account: any;
let small: any;
let large: any;
let largest: any;
const servers = new Map<string, any>();

beforeAll(async () => {
  plinth = await startPlinth(database.url, { PLINTH_DRIFT_SECONDS: '0', PLINTH_CONCURRENCY: '4' });
  shop = shopOf(plinth);
  // One whose reinstall makes a new server, and so a new generation.
  const { providers } = plinth.runtime.services;
  const type = providers.find(({ descriptor }) => descriptor.rebuildKeepsPassword)!.descriptor.id;
  account = (await shop.call('GET', '/api/admin/providers')).providers.find((each: any) => each.type === type);
  const { items: plans } = await shop.call('GET', `/api/admin/upstream/plans?providerId=${account.id}`);
  const { items: images } = await shop.call('GET', `/api/admin/upstream/images?providerId=${account.id}`);
  small = plans.find((plan: any) => plan.available && plan.memoryMb === 2048);
  const [region] = small.regions;
  const isBigger = (plan: any) => plan.memoryMb > small.memoryMb && plan.diskGb > small.diskGb && plan.regions.includes(region);
  large = plans.find(isBigger);
  largest = plans.find((plan: any) => isBigger(plan) && plan.diskGb > large.diskGb);
  const image = images.find((each: any) => each.family === 'linux' && !each.deprecated && each.minDiskGb <= small.diskGb).id;
  const order = async (label: string, plan: any) => {
    const body = { label, type: plan.id, region, image, provider_id: account.id };
    const { instance, operation } = await shop.call('POST', '/api/vps', body);
    expect(await ended(operation.id)).toMatchObject({ status: 'succeeded' });
    servers.set(label, (await shop.call('GET', `/api/vps/${instance.id}`)).instance);
  };
  await Promise.all([...SMALL.map((label) => order(label, small)), ...LARGE.map((label) => order(label, large))]);
}, 300_000);
afterAll(() => plinth?.stop());

const ended = (id: string): Promise<any> =>
  until(
    async () => {
      const { operation } = await shop.call('GET', `/api/operations/${id}`);
      return ['queued', 'running'].includes(operation.status) ? undefined : operation;
    },
    { timeoutMs: 200_000, everyMs: 100, what: `operation ${id} to end` },
  );

const sweepNow = async (name: string): Promise<any> =>
  (await shop.call('GET', '/api/admin/sweeps')).sweeps.find((each: any) => each.name === name);

/** The runs that began before are not counted: the next whole one is. */
async function sweep(name = 'drift'): Promise<any> {
  const before = (await sweepNow(name)).runs;
  await shop.call('POST', `/api/admin/sweeps/${name}/run`);
  const ran = async () => ((await sweepNow(name)).runs > before ? (await sweepNow(name)).last : undefined);
  return await until(ran, { timeoutMs: 120_000, everyMs: 100, what: `the sweep ${name}` });
}

const behindBack = (label: string, what: string, body: unknown) =>
  shop.control('POST', `/instances/${servers.get(label).provider}/${servers.get(label).instance_id}/${what}`, body);
const atProvider = async (label: string) => (await shop.servers()).find(({ id }) => id === servers.get(label).instance_id)!;
const driftsOf = async (label: string, query = ''): Promise<any[]> =>
  (await shop.call('GET', `/api/admin/drift?vps_id=${servers.get(label).id}${query}`)).drifts;
const resolved = (label: string) => driftsOf(label, '&state=resolved');
const rule = (body: object) => shop.call('PUT', '/api/admin/drift-policies', { account_id: account.id, ...body });
const accountPolicy = (drift_policy: string) => shop.call('PUT', '/api/admin/kill-switches', { account_id: account.id, drift_policy });

const settled = (label: string, count = 1): Promise<any> =>
  until(
    async () => {
      const all = await resolved(label);
      return all.length === count ? all[0] : undefined;
    },
    { timeoutMs: 200_000, everyMs: 200, what: `the ${count}. drift of ${label} to be settled` },
  );
const left = (label: string, test: (drift: any) => boolean): Promise<any> =>
  until(async () => (await driftsOf(label)).find((drift) => drift.state === 'confirmed' && test(drift)), {
    timeoutMs: 200_000,
    everyMs: 200,
    what: `the drift of ${label} to be left`,
  });

it('sets rules by account, plan and field, and refuses those that could never fit', async () => {
  expect(await rule({ policy: 'accept' })).toMatchObject({ httpStatus: 422 });
  expect(await rule({ plan: 'no-such-plan', policy: 'accept' })).toMatchObject({ httpStatus: 422, code: 'unknown_plan' });
  expect(await rule({ fields: ['colour'], policy: 'accept' })).toMatchObject({ httpStatus: 422 });
  expect(await rule({ plan: 'a\0b', policy: 'accept' })).toMatchObject({ httpStatus: 422, code: 'invalid_request' });
  await rule({ plan: small.id, fields: ['label'], policy: 'accept' });
  await rule({ plan: large.id, policy: 'repair' });
  const set = await plinth.json('drift-policy', 'set', account.name, 'repair', '--field', 'power');
  expect(set.rules.map(({ plan, field, policy }: any) => [plan, field, policy])).toEqual(
    [
      [null, 'power', 'repair'],
      [small.id, 'label', 'accept'],
      [large.id, null, 'repair'],
    ].sort((a, b) => ((a[0] ?? '') < (b[0] ?? '') ? -1 : 1)),
  );
  expect((await plinth.cli(['drift-policy', 'set', account.name, 'repair', '--field', 'colour'])).err).toContain('Use one of: power');
  await rule({ fields: ['records', 'region'], policy: 'accept' });
  const taken = await plinth.json('drift-policy', 'set', account.name, 'inherit', '--field', 'records', '--field', 'region');
  expect(taken.rules).toEqual(set.rules);
  expect((await plinth.cli(['drift-policy', 'list'])).out).toMatch(/every plan +power +repair/);
  const { events } = await shop.call('GET', '/api/audit');
  expect(events[0]).toMatchObject({ action: 'automation.rule-changed', target: account.id });
});

it('accepts, repairs and leaves drift by the most specific rule', async () => {
  await behindBack('a1', 'rename', { label: 'theirs' });
  await behindBack('a2', 'power', { power: 'off' });
  await behindBack('a3', 'rename', { label: 'theirs-too' });
  await behindBack('a3', 'power', { power: 'off' });
  await behindBack('a4', 'resize', { plan: large.id });
  await behindBack('b1', 'rename', { label: 'theirs-three' });
  expect(await sweep()).toMatchObject({ outcome: 'ok', result: { drifted: 5 } });

  expect(await settled('a1')).toMatchObject({ resolution: 'accepted', decided_by: 'plinth' });
  expect((await atProvider('a1')).label).toBe('theirs');
  expect(await settled('a2')).toMatchObject({ resolution: 'repaired', decided_by: 'plinth' });
  expect((await atProvider('a2')).status).toBe((await atProvider('b2')).status);
  expect(await settled('b1')).toMatchObject({ resolution: 'repaired', decided_by: 'plinth' });
  expect((await atProvider('b1')).label).toContain('b1');
  // A refresh would take both at once, and the rules want different things.
  const mixed = await left('a3', ({ message }) => message !== null);
  expect(mixed.message).toMatch(/different policies \(.*label: accept.*\)/);
  expect(mixed.message).toContain('power: repair');
  expect(await left('a4', () => true)).toMatchObject({ decided_by: null, message: null });
  expect(await sweep()).toMatchObject({ outcome: 'ok', result: { drifted: 2 } });
  expect((await atProvider('a3')).label).toBe('theirs-too');
  expect((await shop.call('GET', `/api/vps/${servers.get('a4').id}`)).instance.plan).toBe(small.id);
}, 400_000);

it('accepts a changed plan for good where a person sets that policy', async () => {
  await rule({ plan: small.id, fields: ['plan'], policy: 'accept' });
  expect(await settled('a4')).toMatchObject({ resolution: 'accepted', decided_by: 'plinth' });
  expect((await shop.call('GET', `/api/vps/${servers.get('a4').id}`)).instance).toMatchObject({ plan: large.id, status: 'active' });
}, 240_000);

it('leaves a drift that keeps coming back to a person', async () => {
  await behindBack('b1', 'rename', { label: 'theirs-three' });
  await sweep();
  await settled('b1', 2);
  await behindBack('b1', 'rename', { label: 'theirs-three' });
  await sweep();
  expect((await left('b1', ({ message }) => message !== null)).message).toContain('came back 2 times in a day');
  await sweep('drift-settle');
  expect((await atProvider('b1')).label).toBe('theirs-three');
}, 400_000);

it('acts on nothing where Plinth does nothing by itself, and goes on when it is started', async () => {
  await rule({ plan: large.id, policy: 'none' });
  await behindBack('b2', 'rename', { label: 'theirs-four' });
  await sweep();
  await left('b2', () => true);
  await shop.call('PUT', '/api/admin/kill-switches', { account_id: account.id, stopped: true, reason: 'an outage at the provider' });
  await rule({ plan: large.id, policy: 'repair' });
  for (let round = 0; round < 2; round++) await sweep('drift-settle');
  expect(await left('b2', () => true)).toMatchObject({ decided_by: null });
  expect(await sweep()).toMatchObject({ message: expect.stringContaining('stopped on 1 account.') });
  await shop.call('PUT', '/api/admin/kill-switches', { account_id: account.id, stopped: false });
  expect(await settled('b2')).toMatchObject({ resolution: 'repaired' });
}, 400_000);

it('leaves a repair that the provider cannot do to a person, and does not try it again and again', async () => {
  // No disk can be made smaller.
  await behindBack('b3', 'resize', { plan: largest.id });
  await sweep();
  const { message, decided_by } = await left('b3', (drift) => drift.message !== null);
  expect([message, decided_by]).toEqual([expect.stringContaining('It did not succeed'), 'plinth']);
  for (let round = 0; round < 2; round++) await sweep('drift-settle');
  const { operations } = await shop.call('GET', `/api/operations?vps_id=${servers.get('b3').id}&kind=drift-repair`);
  expect(operations).toHaveLength(1);
  await shop.call('POST', `/api/admin/drift/${(await driftsOf('b3'))[0].id}/accept`, {});
  expect(await settled('b3')).toMatchObject({ resolution: 'accepted', decided_by: 'first admin' });
}, 400_000);

it('changes nothing when most of an account’s servers are missing at once, whatever the policy', async () => {
  await accountPolicy('repair');
  const accounts = await shop.control('GET', `/accounts?provider=${account.type}`);
  const old = accounts.find((each: any) => each.id.startsWith('sim-plinth'));
  const before = (await shop.call('GET', '/api/vps')).instances;
  const open = (await shop.call('GET', '/api/admin/drift')).drifts.map(({ id }: any) => id);
  // As if the key were exchanged for another account's.
  await shop.control('PUT', `/accounts/${account.type}/${old.id}`, { keyOf: old.id.replace('development', 'another-key') });
  const last = await sweep();
  expect(last.outcome).toBe('partial');
  expect(last.result.reports.find((each: any) => each.account === account.name).failure).toContain('nothing was changed');
  const { alerts } = await shop.call('GET', '/api/admin/kill-switches');
  expect(alerts).toMatchObject([{ kind: 'servers-missing', target: account.id }]);
  await sweep('drift-settle');
  expect((await shop.call('GET', '/api/vps')).instances).toEqual(before);
  expect((await shop.call('GET', '/api/admin/drift')).drifts.map(({ id }: any) => id)).toEqual(open);
  await shop.control('PUT', `/accounts/${account.type}/${old.id}`, { keyOf: old.id });
  expect((await sweep()).outcome).toBe('ok');
  expect((await shop.call('GET', '/api/admin/kill-switches')).alerts).toEqual([]);
}, 240_000);

it('holds destructive work while the provider has a newer generation than the database', async () => {
  const [kept, ending] = [servers.get('b3'), servers.get('a1')];
  const reinstall = async () => (await shop.call('POST', `/api/vps/${kept.id}/actions`, { action: 'reinstall' })).operation;
  await serverOf(kept, 2);
  await sweep();
  const held = await shop.call('GET', '/api/admin/kill-switches');
  expect(held.destructive_hold.reason).toContain(`generation 2 of the server of VPS ${kept.id}`);
  // A restored database is asked about the money as well, at its own time.
  expect(held.alerts.filter(({ kind }: any) => kind !== 'billing-restored')).toMatchObject([{ kind: 'database-restored' }]);
  const { operation } = await shop.call('DELETE', `/api/vps/${ending.id}`);
  const waiting = await reinstall();
  const types = async ({ id }: any) => (await shop.call('GET', `/api/operations/${id}/events`)).events.map((each: any) => each.type);
  for (const each of [operation, waiting])
    await until(async () => (await types(each)).includes('held'), { timeoutMs: 60_000, what: `${each.kind} to be held` });
  expect(await atProvider('a1')).toBeDefined();

  // What a reinstall decided counts from its order on, not from its end.
  const [known] = await namedVpses(plinth.runtime.services.db, [kept.id], new Date());
  expect(known).toMatchObject({ generation: 2 });
  expect((await shop.call('GET', `/api/vps/${kept.id}`)).instance.generation).toBe(1);
  await shop.call('POST', `/api/operations/${waiting.id}/cancel`);
  expect(await ended(waiting.id)).toMatchObject({ status: 'cancelled' });

  await serverOf(kept, 3);
  await shop.call('PUT', '/api/admin/kill-switches', { destructive_hold: false });
  expect(await ended(operation.id)).toMatchObject({ status: 'succeeded' });
  // The person who lifted it knows of the servers that were there.
  await sweep();
  expect((await shop.call('GET', '/api/admin/kill-switches')).destructive_hold).toBeNull();
}, 400_000);

/** A server at the provider that carries the tag of a generation of this VPS, as only another database knows. */
async function serverOf(vps: any, generation: number): Promise<void> {
  const { services } = plinth.runtime;
  const provider = services.providers.find(({ descriptor }) => descriptor.id === account.type)!;
  const row = (await services.db.account.findUnique({ where: { id: account.id } }))!;
  const client = provider.connect({ ...openAccount(services, row), budget: services.budgetFor(openAccount(services, row), provider) });
  const definition = provider.resources.find(({ token }) => token === provider.recordedAs?.instance?.token)!;
  const names = provider.recordedAs!.instance!;
  const tags = [`plinth-vps-${vps.id}-g${generation}`];
  const inputs = { [names.label]: `newer-${generation}`, [names.plan]: vps.plan, [names.region]: vps.region, image: vps.image, tags };
  const signal = new AbortController().signal;
  const context = { client, urn: `urn:newer-${generation}`, signal, log: () => undefined, progress: () => undefined };
  await definition.create(context as never, inputs);
}
