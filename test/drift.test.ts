/** Drift, inventory, switches and key rotation on the real service, engine and simulated clouds. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withDatabase } from './support/database.ts';
import { type Plinth, startPlinth } from './support/plinth.ts';
import { until } from './support/until.ts';

const WITHOUT_LIST = new Set(['manual', 'smartvps']);
const database = withDatabase();
let plinth: Plinth;
let servers: any[];
let simulator: string;

beforeAll(async () => {
  plinth = await startPlinth(database.url, { PLINTH_DRIFT_SECONDS: '0', PLINTH_CONCURRENCY: '4' });
  simulator = plinth.runtime.simulatorOrigin!;
  const { providers } = await api('GET', '/api/admin/providers');
  const orders: any[] = [];
  for (const account of providers) {
    const { items: plans } = await api('GET', `/api/admin/upstream/plans?providerId=${account.id}`);
    const plan = plans?.find((item: any) => item.available && item.regions.length > 0 && item.memoryMb === 2048);
    if (!plan || orders.length === 4) continue;
    const { items: images } = await api('GET', `/api/admin/upstream/images?providerId=${account.id}`);
    const fits = (item: any) =>
      item.family === 'linux' && !item.deprecated && item.minDiskGb <= plan.diskGb && (item.regions?.includes(plan.regions[0]) ?? true);
    const bigger = plans.find(
      (item: any) => item.memoryMb > plan.memoryMb && item.regions.includes(plan.regions[0]) && item.diskGb > plan.diskGb,
    );
    // Two on the first account, so that it still has one when the other is lost.
    for (const label of orders.length === 0 ? ['one', 'two'] : [`of-${account.type}`]) {
      const body = {
        label,
        type: plan.id,
        region: plan.regions[0],
        image: images.find(fits).id,
        provider_id: account.id,
        dns: { zone: 'plinth.test' },
      };
      orders.push({ ...(await api('POST', '/api/vps', body)), account, bigger: bigger.id });
    }
  }
  servers = await Promise.all(
    orders.map(async ({ instance, operation, account, bigger }) => {
      expect(await ended(operation.id)).toMatchObject({ status: 'succeeded' });
      return { ...(await api('GET', `/api/vps/${instance.id}`)).instance, account, bigger };
    }),
  );
}, 300_000);
afterAll(() => plinth?.stop());

async function send(url: string, method: string, body?: unknown): Promise<{ status: number; body: any }> {
  const headers = { authorization: `Bearer ${plinth.adminToken}`, 'content-type': 'application/json' };
  const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : JSON.parse(text) };
}
const api = async (method: string, path: string, body?: unknown): Promise<any> => (await send(plinth.origin + path, method, body)).body;
const control = async (method: string, path: string, body?: unknown): Promise<any> =>
  (await send(`${simulator}/_simulator${path}`, method, body)).body;

const ended = (id: string): Promise<any> =>
  until(
    async () => {
      const { operation } = await api('GET', `/api/operations/${id}`);
      return ['queued', 'running'].includes(operation.status) ? undefined : operation;
    },
    { timeoutMs: 150_000, everyMs: 50, what: `operation ${id} to end` },
  );

async function sweep(): Promise<any> {
  const before = (await api('GET', '/api/admin/sweeps')).sweeps.find((each: any) => each.name === 'drift').runs;
  await api('POST', '/api/admin/sweeps/drift/run');
  return await until(
    async () => {
      const found = (await api('GET', '/api/admin/sweeps')).sweeps.find((each: any) => each.name === 'drift');
      return found.runs > before ? found.last : undefined;
    },
    { timeoutMs: 60_000, what: 'the drift sweep' },
  );
}

const drifts = async (query = ''): Promise<any[]> => (await api('GET', `/api/admin/drift${query}`)).drifts;
const settled = (state: string, count: number): Promise<any[]> =>
  until(
    async () => {
      const all = await drifts(`?state=${state}`);
      return all.length === count ? all : undefined;
    },
    { timeoutMs: 60_000, everyMs: 100, what: `${count} drifts to be ${state}` },
  );
const behindBack = (vps: any, what: string, body: unknown = {}) =>
  control('POST', `/instances/${vps.provider}/${vps.instance_id}/${what}`, body);

it('sees nothing in a quiet world, and changes nothing when no read succeeds', async () => {
  expect(await sweep()).toMatchObject({ outcome: 'ok', result: { compared: servers.length, drifted: 0 } });
  const stacks = () => plinth.runtime.services.db.$queryRaw`SELECT "name", "checkpoint"::text FROM "state_stack" ORDER BY "name"`;
  const before = [(await api('GET', '/api/vps')).instances, await stacks()];
  const types = new Set<string>((await api('GET', '/api/admin/providers')).providers.map(({ type }: any) => type));
  await behindBack(servers[1], 'rename', { label: 'elsewhere' });
  for (const trouble of [{ kind: 'status', status: 401 }, { kind: 'status', status: 503 }, { kind: 'cut' }, { kind: 'malformed' }]) {
    for (const provider of types) await control('POST', '/faults', { provider, times: null, ...trouble });
    const last = await sweep();
    expect(last.outcome).toBe('partial');
    // Where the provider has no list, the record is what there is; an account without a zone in use is asked nothing: no call can fail.
    const asked = last.result.reports.filter(({ provider, pages }: any) => pages > 0 && !WITHOUT_LIST.has(provider));
    const read = asked.filter(({ failure }: any) => !failure);
    expect(asked.length).toBeGreaterThan(3);
    expect(read).toEqual([]);
    expect(last.message).toContain('stay as they were');
    expect(await drifts()).toEqual([]);
    expect([(await api('GET', '/api/vps')).instances, await stacks()]).toEqual(before);
    await control('DELETE', '/faults');
  }
}, 300_000);

it('finds what changed behind our back, and only asks the engine about that', async () => {
  const [, second, third, fourth = third] = servers;
  await behindBack(third, 'resize', { plan: third.bigger });
  if (fourth !== third) await behindBack(fourth, 'power', { power: 'off' });
  await sweep();
  const count = fourth === third ? 2 : 3;
  const found = await settled('confirmed', count);
  const texts = new Map(found.map((drift) => [drift.vps_id, drift.differences.map((each: any) => each.text)]));
  expect(texts.get(second.id)).toEqual([expect.stringContaining('label: ')]);
  expect(texts.get(third.id)).toContain(`plan: ${third.plan} → ${third.bigger}`);
  if (fourth !== third) expect(texts.get(fourth.id)).toEqual(['power: running → stopped']);
  expect(found.find((drift) => drift.vps_id === second.id).engine).not.toEqual([]);
  const { operations } = await api('GET', '/api/operations?kind=drift-check');
  expect(new Set(operations.map((each: any) => each.vps_id))).toEqual(new Set([second.id, third.id]));
  await sweep();
  expect((await drifts(`?vps_id=${second.id}`))[0].seen_count).toBe(2);
  expect((await api('GET', '/api/operations?kind=drift-check')).operations).toHaveLength(operations.length);
});

it('repairs, accepts and dismisses', async () => {
  const [, second, third] = servers;
  const [renamed] = await drifts(`?vps_id=${second.id}`);
  const [resized] = await drifts(`?vps_id=${third.id}`);
  const rest = (await drifts()).filter((drift) => ![renamed.id, resized.id].includes(drift.id));
  for (const { id } of rest)
    expect((await api('POST', `/api/admin/drift/${id}/dismiss`, { reason: 'switched off by its owner' })).drift.state).toBe('dismissed');
  const repair = await api('POST', `/api/admin/drift/${renamed.id}/repair`, {});
  const accept = await api('POST', `/api/admin/drift/${resized.id}/accept`, {});
  expect(await ended(repair.drift.action_operation_id)).toMatchObject({ status: 'succeeded' });
  expect(await ended(accept.drift.action_operation_id)).toMatchObject({ status: 'succeeded' });
  await settled('resolved', 2);
  expect((await api('GET', `/api/vps/${third.id}`)).instance).toMatchObject({ plan: third.bigger, status: 'active' });
  const instances = await control('GET', '/instances');
  expect(instances.find((each: any) => each.id === second.instance_id && each.provider === second.provider).label).toContain('two');
  expect(await sweep()).toMatchObject({ outcome: 'ok', result: { drifted: rest.length } });
  expect((await drifts()).map((drift) => drift.state)).toEqual(rest.map(() => 'dismissed'));
  expect((await api('POST', `/api/admin/drift/${renamed.id}/repair`, {})).code).toBe('drift_not_open');
}, 180_000);

it('brings back a name that someone deleted', async () => {
  const [, second] = servers;
  const recordsOf = async () => (await control('GET', '/records')).filter(({ comment }: any) => comment?.includes(second.id));
  const before = await recordsOf();
  expect(before.length).toBeGreaterThan(0);
  await control('POST', `/instances/${before[0].provider}/${before[0].id}/remove`, {});
  await sweep();
  const lost = await until(async () => (await drifts(`?vps_id=${second.id}&state=confirmed`))[0], {
    timeoutMs: 60_000,
    everyMs: 100,
    what: 'the verdict about the name',
  });
  expect(lost.differences.map((each: any) => each.text)).toEqual([expect.stringContaining('is gone at the provider')]);
  const { drift } = await api('POST', `/api/admin/drift/${lost.id}/repair`, {});
  expect(await ended(drift.action_operation_id)).toMatchObject({ status: 'succeeded' });
  const facts = (records: any[]) => records.map(({ name, type, content }) => [type, name, content]).sort();
  expect(facts(await recordsOf())).toEqual(facts(before));
}, 180_000);

it('alerts of a vanished server, and neither forgets nor recreates it unasked', async () => {
  const [first] = servers;
  await api('PUT', '/api/admin/kill-switches', { account_id: first.account.id, drift_policy: 'repair' });
  await behindBack(first, 'remove');
  await sweep();
  const lost = await until(async () => (await drifts('?kind=vanished&state=confirmed'))[0], {
    timeoutMs: 60_000,
    everyMs: 100,
    what: 'the verdict',
  });
  expect(lost).toMatchObject({ vps_id: first.id, kind: 'vanished' });
  expect((await api('GET', `/api/vps/${first.id}`)).instance).toMatchObject({ status: 'active', instance_id: first.instance_id });
  expect((await api('GET', '/api/admin/kill-switches')).alerts).toMatchObject([{ kind: 'server-vanished', target: first.id }]);
  expect((await api('GET', '/api/admin/inventory')).missing.map((each: any) => each.vps_id)).toEqual([first.id]);
  expect(await api('POST', `/api/admin/drift/${lost.id}/repair`, {})).toMatchObject({ code: 'needs_confirmation' });
  const { drift } = await api('POST', `/api/admin/drift/${lost.id}/repair`, { confirm: first.label });
  expect(await ended(drift.action_operation_id)).toMatchObject({ status: 'succeeded' });
  const { instance } = await api('GET', `/api/vps/${first.id}`);
  expect(instance).toMatchObject({ status: 'active', instance_id: expect.not.stringMatching(`^${first.instance_id}$`) });
  await until(async () => (await api('GET', '/api/admin/kill-switches')).alerts.length === 0, { what: 'the alert to end' });
  await api('PUT', '/api/admin/kill-switches', { account_id: first.account.id, drift_policy: 'none' });
}, 180_000);

it('gives the same choice for a server whose reinstall failed because it was gone', async () => {
  const { providers } = plinth.runtime.services;
  // Where a reinstall makes a new server, it would not have failed.
  const inPlace = new Set(providers.filter(({ descriptor }) => !descriptor.rebuildKeepsPassword).map(({ descriptor }) => descriptor.id));
  const lost = (await api('GET', `/api/vps/${servers.findLast(({ provider }) => inPlace.has(provider)).id}`)).instance;
  await behindBack(lost, 'remove');
  const refresh = await api('POST', `/api/vps/${lost.id}/refresh`);
  expect(await ended(refresh.operation.id)).toMatchObject({ status: 'failed', fault: { kind: 'not_found' } });
  const reinstall = await api('POST', `/api/vps/${lost.id}/actions`, { action: 'reinstall' });
  expect(await ended(reinstall.operation.id)).toMatchObject({ status: 'failed', fault: { kind: 'not_found' } });
  const now = async () => (await api('GET', `/api/vps/${lost.id}`)).instance;
  expect(await now()).toMatchObject({ status: 'error', instance_id: lost.instance_id });
  await sweep();
  const drift = await until(async () => (await drifts(`?vps_id=${lost.id}&state=confirmed`))[0], {
    timeoutMs: 60_000,
    everyMs: 100,
    what: 'the verdict',
  });
  expect(drift.kind).toBe('vanished');
  expect((await api('GET', '/api/admin/kill-switches')).alerts).toMatchObject([{ kind: 'server-vanished', target: lost.id }]);
  expect(await now()).toMatchObject({ status: 'error', instance_id: lost.instance_id });
  expect((await api('POST', `/api/admin/drift/${drift.id}/repair`, {})).code).toBe('needs_confirmation');
  const repair = await api('POST', `/api/admin/drift/${drift.id}/repair`, { confirm: lost.label });
  expect(await ended(repair.drift.action_operation_id)).toMatchObject({ status: 'succeeded' });
  const found = await now();
  expect(found).toMatchObject({ status: 'active', power_state: 'running', image: lost.image });
  expect(found.instance_id).not.toBe(lost.instance_id);
  await until(async () => (await api('GET', '/api/admin/kill-switches')).alerts.length === 0, { what: 'the alert to end' });
}, 180_000);

it('lists orphans with their cost, strangers and dangling records; deletes an orphan seen twice by its id', async () => {
  const [first] = servers;
  const { plan, region } = first;
  const world = plinth.runtime.services.providers.find(({ descriptor }) => descriptor.id === first.provider)!;
  const account = (await plinth.runtime.services.db.account.findUnique({ where: { id: first.account.id } }))!;
  const { openAccount } = await import('../server/accounts/accounts.ts');
  const { providerId: _, ...connection } = openAccount(plinth.runtime.services, account);
  const client = world.connect({ ...connection, budget: plinth.runtime.services.budgetFor(connection, world) });
  const definition = world.resources.find(({ token }) => token === world.recordedAs?.instance?.token)!;
  const { plan: planName, region: regionName, label: labelName } = world.recordedAs!.instance!;
  const make = async (label: string, tags: string[]) => {
    const inputs = { [labelName]: label, [planName]: plan, [regionName]: region, image: first.image, tags };
    const context = { client, urn: `urn:${label}`, signal: new AbortController().signal, log: () => undefined, progress: () => undefined };
    return (await definition.create(context as never, inputs)).id;
  };
  const orphan = await make('lost-one', ['plinth-vps-zzzzzzzzzzzzzzzz-g1']);
  const stranger = await make('of-someone', ['web']);
  const dns = plinth.runtime.services.providers.find((each) => each.recordedAs?.record)!;
  const vps = (await plinth.runtime.services.db.vps.findUnique({ where: { id: first.id } }))!;
  const dnsAccount = (await plinth.runtime.services.db.account.findUnique({ where: { id: vps.dnsAccountId! } }))!;
  const opened = openAccount(plinth.runtime.services, dnsAccount);
  const record = dns.resources.find(({ token }) => token === dns.recordedAs!.record!.token)!;
  const context = {
    client: dns.connect({ ...opened, budget: plinth.runtime.services.budgetFor(opened, dns) }),
    urn: 'urn:record',
    signal: new AbortController().signal,
    log: () => undefined,
    progress: () => undefined,
  };
  const { zoneId } = (vps.spec as any).dns;
  const inputs = {
    zoneId,
    name: 'old.plinth.test',
    type: 'A',
    content: '192.0.2.99',
    ttl: 300,
    proxied: false,
    comment: 'plinth vps-zzzzzzzzzzzzzzzz',
  };
  await record.create(context as never, inputs);

  await sweep();
  const inventory = await api('GET', '/api/admin/inventory');
  const item = inventory.items.find((each: any) => each.object_id === orphan);
  expect(item).toMatchObject({
    kind: 'orphan',
    reason: 'unknown_vps',
    seen_count: 1,
    deletable: false,
    monthly_cost: expect.stringMatching(/^\d/),
  });
  expect(inventory.orphan_cost).toEqual([{ currency: 'USD', monthly: Number(item.monthly_cost).toFixed(2) }]);
  expect(inventory.items.find((each: any) => each.object_id === stranger)).toMatchObject({ kind: 'unmanaged', deletable: false });
  expect(inventory.items.filter((each: any) => each.kind === 'record')).toMatchObject([
    { label: 'old.plinth.test', reason: 'unknown_vps' },
  ]);

  const remove = (id: string, object: string) =>
    api('POST', `/api/admin/inventory/${id}/delete`, { object_id: object, reason: 'nobody needs it' });
  expect((await remove(item.id, orphan)).code).toBe('not_deletable');
  await sweep();
  // What is ours and unknown may be a customer's, of a database newer than this one.
  expect((await api('GET', '/api/admin/kill-switches')).destructive_hold.reason).toContain('which the database does not know');
  expect((await remove(item.id, orphan)).code).toBe('destructive_hold');
  await api('PUT', '/api/admin/kill-switches', { destructive_hold: false });
  expect((await remove(item.id, 'something')).errors[0].field).toBe('object_id');
  expect((await remove(inventory.items.find((each: any) => each.object_id === stranger).id, stranger)).code).toBe('not_deletable');
  expect((await remove(item.id, orphan)).item).toMatchObject({ object_id: orphan });
  const left = await control('GET', '/instances');
  expect(left.some((each: any) => each.id === orphan)).toBe(false);
  expect(left.some((each: any) => each.id === stranger)).toBe(true);
  const { events } = await api('GET', '/api/audit');
  expect(events.map((each: any) => each.action)).toContain('inventory.orphan-deleted');
  const dangling = inventory.items.find((each: any) => each.kind === 'record');
  expect((await remove(dangling.id, dangling.object_id)).item).toMatchObject({ kind: 'record', label: 'old.plinth.test' });
  expect((await control('GET', '/records')).some((each: any) => each.name === 'old.plinth.test')).toBe(false);
}, 180_000);

it('refreshes and destroys with the rotated key, and never asks for the old', async () => {
  const [, second] = servers;
  const accounts = await control('GET', `/accounts?provider=${second.provider}`);
  const old = accounts.find((each: any) => each.id.startsWith('sim-plinth'));
  const fresh = old.id.replace('development', 'rotated-key');
  const before = (await control('GET', '/instances')).length;
  const rotate = (key: string) => api('POST', `/api/admin/providers/${second.account.id}/rotate-key`, { api_key: key });
  expect((await rotate(fresh.replace('rotated', 'foreign'))).code).toBe('other_account');
  await control('PUT', `/accounts/${second.provider}/${fresh}`, { keyOf: old.id });
  expect((await rotate(fresh)).provider.key_version).toBe(2);
  await control('PUT', `/accounts/${second.provider}/${old.id}`, { revoked: true });
  const refused = async (): Promise<number> => (await control('GET', '/stats'))[second.provider].requests['401'] ?? 0;
  const refusedBefore = await refused();
  const refresh = await api('POST', `/api/vps/${second.id}/refresh`);
  expect(await ended(refresh.operation.id)).toMatchObject({ status: 'succeeded', result: { changes: { same: expect.any(Number) } } });
  const destroy = await api('DELETE', `/api/vps/${second.id}`);
  expect(await ended(destroy.operation.id)).toMatchObject({ status: 'succeeded' });
  expect((await api('GET', `/api/vps/${second.id}`)).instance.status).toBe('terminated');
  expect(await refused()).toBe(refusedBefore);
  expect((await control('GET', '/instances')).length).toBe(before - 1);
}, 180_000);

it('holds destructive work while the database looks restored, until a person lifts it', async () => {
  const { lookForRestore } = await import('../server/operating/restore-watch.ts');
  const { services } = plinth.runtime;
  expect(await lookForRestore(services)).toBe(true);
  const { readFile, writeFile } = await import('node:fs/promises');
  const file = `${plinth.dataDir}/high-water.json`;
  // As if this process had seen rows that the database lost.
  const mark = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, JSON.stringify({ ...mark, seq: String(Number(mark.seq) + 1000), hash: 'f'.repeat(64) }));
  expect(await lookForRestore(services)).toBe(false);
  expect((await api('GET', '/api/admin/kill-switches')).destructive_hold.reason).toContain('restored');
  const third = servers.at(-1);
  const { operation } = await api('DELETE', `/api/vps/${third.id}`);
  const events = async () => (await api('GET', `/api/operations/${operation.id}/events`)).events.map((each: any) => each.type);
  await until(async () => (await events()).includes('held'), { timeoutMs: 10_000, what: 'the hold' });
  expect((await api('GET', `/api/operations/${operation.id}`)).operation.status).toBe('queued');
  const after = await api('PUT', '/api/admin/kill-switches', { destructive_hold: false });
  expect(after).toMatchObject({ destructive_hold: null });
  expect(after.alerts).toEqual([]);
  expect(await lookForRestore(services)).toBe(true);
  expect(await ended(operation.id)).toMatchObject({ status: 'succeeded' });
}, 180_000);

it('makes no server in the place of one that the record forgot', async () => {
  const { db } = plinth.runtime.services;
  const lost = (await api('GET', `/api/vps/${servers[0].id}`)).instance;
  await behindBack(lost, 'remove');
  // As a refresh at the command line does.
  const forgets = { kind: 'refresh', status: 'queued', actor: 'somebody', request: { lossDecided: true } };
  const refresh = { id: randomUUID(), organizationId: lost.organization_id, vpsId: lost.id, ...forgets };
  await db.operation.create({ data: refresh });
  expect(await ended(refresh.id)).toMatchObject({ status: 'succeeded' });
  const before = (await control('GET', '/instances')).length;
  const change = await api('POST', `/api/vps/${lost.id}/actions`, { action: 'configure', tags: ['web'] });
  expect(await ended(change.operation.id)).toMatchObject({ status: 'failed', fault: { kind: 'invalid' } });
  expect((await control('GET', '/instances')).length).toBe(before);
  await sweep();
  const drift = await until(async () => (await drifts(`?vps_id=${lost.id}&state=confirmed`))[0], {
    timeoutMs: 60_000,
    everyMs: 100,
    what: 'the verdict',
  });
  expect(drift).toMatchObject({ kind: 'vanished', differences: [{ field: 'existence', recorded: null }] });
  const { alerts } = await api('GET', '/api/admin/kill-switches');
  expect(alerts.filter(({ kind }: any) => kind !== 'billing-restored')).toMatchObject([{ kind: 'server-vanished', target: lost.id }]);
  const { items } = await api('GET', '/api/admin/inventory');
  expect(items.filter(({ vps_id: id }: any) => id === lost.id)).toEqual([]);
  const repair = await api('POST', `/api/admin/drift/${drift.id}/repair`, { confirm: lost.label });
  expect(await ended(repair.drift.action_operation_id)).toMatchObject({ status: 'succeeded' });
  const found = (await api('GET', `/api/vps/${lost.id}`)).instance;
  expect(found).toMatchObject({ status: 'active', power_state: 'running' });
  expect(found.instance_id).not.toBe(lost.instance_id);
}, 180_000);

it('stops what Plinth does by itself', async () => {
  expect((await send(`${plinth.origin}/api/admin/kill-switches`, 'PUT', { stopped: true })).status).toBe(422);
  await api('PUT', '/api/admin/kill-switches', { stopped: true, reason: 'maintenance at the provider' });
  const { sweeps } = await api('GET', '/api/admin/sweeps');
  expect(sweeps.map((each: any) => each.name)).toEqual(expect.arrayContaining(['drift', 'drift-settle']));
  const { mayAct } = await import('../server/kernel/kill-switches/kill-switches.ts');
  expect(await mayAct(plinth.runtime.services.db, servers[0].account.id)).toBe(false);
  await api('PUT', '/api/admin/kill-switches', { stopped: false });
  expect(await mayAct(plinth.runtime.services.db, servers[0].account.id)).toBe(true);
  const shown = await plinth.cli(['kill-switch', 'stop', '--reason', 'an outage', '--account', servers[0].account.name]);
  expect([shown.code, shown.out]).toEqual([0, expect.stringMatching(/stopped +none +an outage/)]);
  expect(await mayAct(plinth.runtime.services.db, servers[0].account.id)).toBe(false);
  expect((await plinth.cli(['kill-switch', 'start', '--account', servers[0].account.name])).code).toBe(0);
  expect((await plinth.json('sweep', 'list')).sweeps).toHaveLength(sweeps.length);
  expect((await plinth.cli(['drift', 'list'])).out).toContain('DIFFERENCES');
  expect((await plinth.cli(['inventory', 'list', '--kind', 'unmanaged'])).out).toContain('of-someone');
});
