/** A name that is somebody else's: one owner per DNS name, asked before anything is bought, and nothing bought that shows nowhere. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withDatabase } from '../support/database.ts';
import { type Plinth, startPlinth } from '../support/plinth.ts';
import { Shop, ZONE } from '../support/shop.ts';
import { until } from '../support/until.ts';

const database = withDatabase();
let plinth: Plinth;
let shop: Shop;
let cloud: string;
const tenants: Record<string, Tenant> = {};

interface Tenant {
  readonly id: string;
  readonly secret: string;
}

beforeAll(async () => {
  plinth = await startPlinth(database.url, { PLINTH_DRIFT_SECONDS: '0' });
  const origin = plinth.runtime.simulatorOrigin!;
  shop = new Shop(
    () => plinth.origin,
    async () => plinth.adminToken,
    origin,
  );
  [cloud = ''] = await shop.clouds();
  for (const name of ['first', 'second']) {
    const { organization } = await plinth.json('organization', 'create', name);
    await plinth.json('organization', 'zones', name, ZONE);
    const { secret } = await plinth.json('token', 'create', name, '--role', 'operator', '--organization', organization.id);
    tenants[name] = { id: organization.id, secret };
  }
}, 120_000);
afterAll(() => plinth?.stop());

async function as(tenant: Tenant | null, method: string, path: string, body?: unknown): Promise<{ status: number; body: any }> {
  const headers = { authorization: `Bearer ${tenant?.secret ?? plinth.adminToken}`, 'content-type': 'application/json' };
  const response = await fetch(plinth.origin + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  return { status: response.status, body: await response.json() };
}

async function order(tenant: Tenant | null, label: string, more: object = {}) {
  const { provider_id: _account, ...body } = await shop.template(cloud);
  return await as(tenant, 'POST', '/api/vps', {
    ...body,
    ...(tenant ? {} : { provider_id: _account }),
    label,
    dns: { zone: ZONE },
    ...more,
  });
}

/** Ordered, and made before anything else is: what is bought is counted. */
async function accepted(tenant: Tenant | null, label: string, more: object): Promise<void> {
  const { status, body } = await order(tenant, label, more);
  expect(status).toBe(202);
  await shop.ended(body.operation.id);
}

const act = (tenant: Tenant | null, id: string, action: object) => as(tenant, 'POST', `/api/vps/${id}/actions`, action);
const namesIn = async () => (await plinth.runtime.services.db.dnsName.findMany()).map(({ name }) => name).toSorted();
const bought = async () => (await shop.servers()).length;
/** The zone's records as a person sees and changes them at the provider. */
async function inZone(method: string, path = '', body?: unknown): Promise<any> {
  const { providers } = await shop.call('GET', '/api/admin/providers');
  const account = providers.find((each: any) => each.type === 'cloudflare');
  const { items } = await shop.call('GET', `/api/admin/upstream/zones?providerId=${account.id}`);
  const zone = items.find((each: any) => each.name === ZONE);
  const url = `${plinth.runtime.simulatorOrigin}/cloudflare/client/v4/zones/${zone.id}/dns_records${path}`;
  const headers = { authorization: `Bearer sim-plinth-${'0'.repeat(30)}`, 'content-type': 'application/json' };
  const answer = await fetch(url, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  if (!answer.ok) throw new Error(await answer.text());
  return ((await answer.json()) as any).result;
}

/** A record that is nobody's VPS's. */
const foreign = (name: string, type: string, content: string): Promise<any> =>
  inZone('POST', '', { name, type, content, ttl: 300, proxied: false });

/** Runs `meanwhile` while the provider has the order of the next server: before it makes it, or before it tells of it. */
async function whileBuying(when: 'before' | 'after', meanwhile: () => Promise<void>): Promise<void> {
  const { id } = await shop.fault({ provider: cloud, kind: 'hold', when, method: 'POST' });
  const held = async () => ((await shop.control('GET', '/faults')) as any[]).some((fault) => fault.id === id && fault.held > 0);
  await until(held, { timeoutMs: 60_000, what: 'the order at the provider' });
  await meanwhile();
  await shop.control('DELETE', `/faults/${id}`);
}

it('gives a name to one VPS, whoever asks, by order and by rename', { timeout: 180_000 }, async () => {
  const { first, second } = tenants as { first: Tenant; second: Tenant };
  const one = (await order(first, 'shared')).body;
  await shop.ended(one.operation.id);
  const two = (await order(second, 'other')).body;
  await shop.ended(two.operation.id);
  const before = await bought();
  for (const refused of [
    await order(second, 'mine', { dns: { zone: ZONE, name: `shared.${ZONE}` } }),
    await order(second, 'mine', { dns: { name: `SHARED.${ZONE}.` } }),
    await act(second, two.instance.id, { action: 'rename', hostname: `shared.${ZONE}` }),
    await as(second, 'POST', `/api/vps/${two.instance.id}/preview`, { change: { action: 'rename', hostname: `shared.${ZONE}` } }),
  ]) {
    expect([refused.status, refused.body.code], JSON.stringify(refused.body)).toEqual([409, 'dns_name_taken']);
    // Whose it is, and where it leads, is not told.
    const said = JSON.stringify(refused.body);
    expect(said).not.toContain(one.instance.id);
    expect(said).not.toMatch(/\d+\.\d+\.\d+\.\d+|[Dd]elete/);
  }
  expect(await bought()).toBe(before);
  expect((await shop.records('shared')).length).toBe((await shop.records('other')).length);
});

it('lets two orders at once have one owner', { timeout: 120_000 }, async () => {
  const { first, second } = tenants as { first: Tenant; second: Tenant };
  const dns = { zone: ZONE, name: `race.${ZONE}` };
  const answers = await Promise.all([1, 2, 3, 4, 5, 6].map((index) => order(index % 2 === 0 ? first : second, `race-${index}`, { dns })));
  expect(answers.map(({ status }) => status).toSorted()).toEqual([202, 409, 409, 409, 409, 409]);
  const won = answers.find(({ status }) => status === 202)!.body;
  await shop.ended(won.operation.id);
  expect((await shop.destroy(won.instance.id)).status).toBe('succeeded');
  // Its proven end gives the name up.
  expect(await namesIn()).not.toContain(`race.${ZONE}`);
  await accepted(first, 'race-7', { dns });
});

it('refuses names above and below another organization’s', { timeout: 120_000 }, async () => {
  const { first, second } = tenants as { first: Tenant; second: Tenant };
  const dns = (name: string) => ({ dns: { name: `${name}.${ZONE}` } });
  await accepted(first, 'tree', dns('b.tree'));
  for (const name of ['tree', 'a.b.tree', 'x.a.b.tree'])
    expect([name, (await order(second, 'twig', dns(name))).body.code]).toEqual([name, 'dns_name_taken']);
  await accepted(second, 'twig', dns('c.tree'));
  await accepted(first, 'tree-2', dns('a.b.tree'));
});

it('asks the zone before anything is bought, and for a rename', { timeout: 120_000 }, async () => {
  await foreign(`taken.${ZONE}`, 'CNAME', 'elsewhere.example');
  const before = await bought();
  for (const tenant of [tenants.first!, null]) {
    const refused = await order(tenant, 'hopeful', { dns: { zone: ZONE, name: 'taken' } });
    expect([refused.status, refused.body.code, refused.body.errors[0].field]).toEqual([409, 'dns_name_taken', 'dns.name']);
    expect(JSON.stringify(refused.body)).not.toContain('elsewhere');
  }
  expect((await order(tenants.first!, 'hopeful', { dns: { name: `below.taken.${ZONE}` } })).body.code).toBe('dns_name_taken');
  expect(await bought()).toBe(before);
  const { body } = await order(tenants.first!, 'mover');
  await shop.ended(body.operation.id);
  expect((await act(tenants.first!, body.instance.id, { action: 'rename', hostname: 'taken' })).body.code).toBe('dns_name_taken');
});

it('shows what a set-up that failed over its name has bought, and takes another name', { timeout: 180_000 }, async () => {
  const tenant = tenants.first!;
  const { body } = await order(tenant, 'late');
  const { id } = body.instance;
  // A name that is taken between the request and the write.
  await whileBuying('before', () => foreign(`late.${ZONE}`, 'A', '192.0.2.77'));
  const ended = await shop.ended(body.operation.id, 120_000);
  expect([ended.status, ended.fault.kind]).toEqual(['failed', 'conflict']);
  expect(ended.fault.message).not.toMatch(/192\.0\.2\.77|[Dd]elete/);
  const [server] = await shop.servers(id);
  expect(await shop.vps(id)).toMatchObject({ status: 'error', instance_id: server!.id, ipv4: server!.ipv4 });
  const again = await as(tenant, 'POST', `/api/vps/${id}/retry`, {});
  expect(again.body.code).toBe('dns_name_taken');
  const renamed = await as(tenant, 'POST', `/api/vps/${id}/retry`, { hostname: 'later' });
  expect(renamed.status, JSON.stringify(renamed.body)).toBe(202);
  expect((await shop.ended(renamed.body.operation.id)).fault).toBe(null);
  expect(await shop.vps(id)).toMatchObject({ status: 'active', dns_name: `later.${ZONE}`, instance_id: server!.id });
  expect(await shop.servers(id)).toHaveLength(1);
  expect(await namesIn()).not.toContain(`late.${ZONE}`);
});

it('shows the server of a set-up that was cancelled, and of one without a DNS name after a retry', { timeout: 180_000 }, async () => {
  const { body } = await order(null, 'halted');
  const { id } = body.instance;
  await whileBuying('after', async () => {
    await shop.call('POST', `/api/operations/${body.operation.id}/cancel`);
    // The worker sees the wish at a heartbeat: the first one may have begun before it.
    const { operation } = plinth.runtime.services.db;
    const beat = async () => (await operation.findUniqueOrThrow({ where: { id: body.operation.id } })).heartbeatAt?.getTime();
    for (let last = await beat(), seen = 0; seen < 2; seen++)
      last = await until(async () => ((await beat()) === last ? undefined : beat()), { timeoutMs: 60_000, what: 'a heartbeat' });
  });
  const ended = await shop.ended(body.operation.id, 120_000);
  expect(ended.status).toBe('cancelled');
  const servers = await shop.servers(id);
  const vps = await shop.vps(id);
  expect(servers).toHaveLength(1);
  expect([vps.status, vps.instance_id]).toEqual(['error', servers[0]!.id]);
  const { code, err } = await plinth.cli(['vps', 'retry', 'halted', '--no-dns', '--wait']);
  expect([code, err]).toEqual([0, expect.any(String)]);
  expect(await shop.vps(id)).toMatchObject({ status: 'active', dns_name: null, instance_id: (await shop.servers(id))[0]!.id });
  expect(await namesIn()).not.toContain(`halted.${ZONE}`);
});

it('calls a second record of somebody else and a switched proxy drift, and repairs only its own', { timeout: 180_000 }, async () => {
  const name = `shared-later.${ZONE}`;
  const { body } = await order(null, 'shared-later');
  expect((await shop.ended(body.operation.id)).fault).toBe(null);
  const stranger = await foreign(name, 'A', '198.51.100.9');
  const own = (await inZone('GET', `?name=${name}&type=A`)).find((each: any) => each.id !== stranger.id);
  await inZone('PATCH', `/${own.id}`, { proxied: true, ttl: 1 });
  const drift = (ready: (found: any) => boolean) =>
    until(
      async () => {
        // One that looks while the VPS is still busy judges nothing.
        await shop.call('POST', '/api/admin/sweeps/drift/run');
        const { drifts } = await shop.call('GET', '/api/admin/drift');
        return drifts.find((each: any) => each.vps_id === body.instance.id && ready(each));
      },
      { timeoutMs: 90_000, everyMs: 500, what: 'the drift' },
    );
  const found: any = await drift(({ state }) => state === 'confirmed');
  expect(found.differences.map(({ text }: any) => text)).toEqual([
    `record ${name} A proxied: off → on`,
    `record ${name} A of somebody else: 198.51.100.9`,
  ]);
  const { drift: repairing } = await shop.call('POST', `/api/admin/drift/${found.id}/repair`, {});
  expect((await shop.ended(repairing.action_operation_id)).fault).toBe(null);
  expect((await inZone('GET', `/${own.id}`)).proxied).toBe(false);
  expect((await inZone('GET', `/${stranger.id}`)).content).toBe('198.51.100.9');
  const left: any = await drift(({ state, differences }) => state === 'confirmed' && differences.length === 1);
  const refused = await shop.call('POST', `/api/admin/drift/${left.id}/repair`, {});
  expect([refused.httpStatus, refused.code]).toEqual([409, 'foreign_record']);
});
