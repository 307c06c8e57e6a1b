/** The simulated clouds through the service: what may be seen, what can be broken, and for whom. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createToken } from '../server/identity/tokens/authenticate.ts';
import { readConfig } from '../server/kernel/config.ts';
import { startRuntime } from '../server/runtime.ts';
import { ensureOrganization } from '../server/kernel/settings.ts';
import { withDatabase } from './support/database.ts';
import { type Plinth, startPlinth } from './support/plinth.ts';
import { type Shop, shopOf } from './support/shop.ts';

const database = withDatabase();
let plinth: Plinth;
let shop: Shop;
let provider: string;

beforeAll(async () => {
  plinth = await startPlinth(database.url);
  shop = shopOf(plinth);
  provider = (await shop.clouds())[0]!;
}, 60_000);
afterAll(async () => await plinth?.stop());

it('shows servers and records without their passwords, and changes them behind Plinth’s back', async () => {
  const { instance, operation } = await shop.order(provider, 'shown-1');
  expect((await shop.ended(operation.id)).status).toBe('succeeded');
  const [server] = await shop.servers('shown-1');
  const { instances, ...rest } = await shop.call('GET', '/api/simulator/instances');
  expect(rest).toEqual({ httpStatus: 200 });
  expect(instances).toMatchObject([{ provider, id: server!.id, label: expect.stringMatching(/^shown-1/) }]);
  expect(JSON.stringify(instances)).not.toMatch(/password|userData/);
  const { records } = await shop.call('GET', '/api/simulator/records');
  expect(records.map(({ name, type }: any) => `${type} ${name}`).toSorted()).toEqual(['A shown-1.plinth.test', 'AAAA shown-1.plinth.test']);
  expect(await plinth.cli(['simulator', 'change', provider, server!.id, 'off'])).toMatchObject({ code: 0 });
  expect((await shop.servers('shown-1'))[0]!.status).not.toBe(server!.status);
  expect(await plinth.cli(['simulator', 'change', provider, server!.id, 'rename', 'stranger'])).toMatchObject({ code: 0 });
  expect(await shop.servers('stranger')).toHaveLength(1);
  const { requests } = await shop.call('GET', `/api/simulator/requests?limit=500&provider=${provider}`);
  expect(requests.some(({ method, status }: any) => method === 'POST' && status < 300)).toBe(true);
  expect(JSON.stringify(requests)).not.toContain('sim-');
  const { resources } = await plinth.json('stack', 'resources', 'shown-1');
  expect(resources.find(({ name }: any) => name === 'vps-instance')).toMatchObject({ provider_id: server!.id, protect: true });
  expect(JSON.stringify(resources)).not.toContain(await shop.password(instance.id));
  expect(await plinth.cli(['simulator', 'change', provider, server!.id, 'remove'])).toMatchObject({ code: 0 });
  expect(await shop.servers()).toEqual([]);
}, 60_000);

it('switches faults on and off, and plans out of stock', async () => {
  const added = await plinth.json('simulator', 'fault', 'add', provider, 'status', '--status', '503', '--times', '0', '--method', 'DELETE');
  expect(added).toMatchObject({ provider, kind: 'status', detail: '503', times: null, method: 'DELETE' });
  expect((await plinth.json('simulator', 'show')).faults).toMatchObject([{ id: added.id }]);
  expect(await plinth.cli(['simulator', 'fault', 'remove', added.id])).toMatchObject({ code: 0 });
  expect((await shop.call('GET', '/api/simulator')).faults).toEqual([]);
  expect(await shop.call('POST', '/api/simulator/faults', { provider, kind: 'delay' })).toMatchObject({
    httpStatus: 422,
    code: 'simulator_refused',
  });
  expect(await shop.call('POST', '/api/simulator/faults', { provider: 'nobody', kind: 'cut' })).toMatchObject({ httpStatus: 422 });
  const template = await shop.template(provider);
  const [plan, region] = [String(template['type']), String(template['region'])];
  expect(await plinth.cli(['simulator', 'stock', provider, plan, region])).toMatchObject({ code: 0 });
  const refused = await shop.call('POST', '/api/vps', { ...template, label: 'sold-out', dns: { enabled: false } });
  expect([202, 409, 422]).toContain(refused.httpStatus);
  expect(await plinth.cli(['simulator', 'stock', provider, plan, region, '--back'])).toMatchObject({ code: 0 });
  expect(await plinth.cli(['simulator', 'stock', provider, 'no-such-plan', region])).toMatchObject({
    code: expect.any(Number),
    err: expect.stringContaining('no plan'),
  });
}, 60_000);

it('is for the operator of Plinth, and nothing leads outside the control API', async () => {
  const { db } = plinth.runtime.services;
  const organization = await ensureOrganization(db, 'default');
  const { secret } = await createToken(db, { name: 'customer', role: 'admin', organizationId: organization.id, expiresAt: null });
  const ask = (path: string, token: string, init: RequestInit = {}) =>
    fetch(plinth.origin + path, { ...init, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' } });
  expect((await ask('/api/simulator', secret)).status).toBe(403);
  expect((await ask('/api/simulator/faults/..%2F..%2Freset', plinth.adminToken, { method: 'DELETE' })).status).toBe(404);
  expect(
    (await ask('/api/simulator/instances/x/..%2F..%2Freset', plinth.adminToken, { method: 'POST', body: '{"change":"remove"}' })).status,
  ).toBe(404);
  expect((await ask('/api/simulator/leftovers', plinth.adminToken)).status).toBe(404);
});

it('is not there without a simulator', async () => {
  const env = {
    DATABASE_URL: database.url,
    PLINTH_DATA_DIR: plinth.dataDir,
    PLINTH_ROLE: 'http',
    PLINTH_LOG_LEVEL: 'silent',
    PORT: '0',
    SIMULATOR: 'off',
  };
  const runtime = await startRuntime(readConfig(env), () => undefined);
  try {
    const answer = await fetch(`${runtime.origin}/api/simulator`, { headers: { authorization: `Bearer ${plinth.adminToken}` } });
    expect([answer.status, ((await answer.json()) as any).code]).toEqual([404, 'simulator_off']);
  } finally {
    await runtime.stop();
  }
});
