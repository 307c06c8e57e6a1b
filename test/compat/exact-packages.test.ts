/** Exact packages: taken over, ordered by exact id and name, refused in three sentences; by their routes alone. */
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { writeSetting } from '../../server/kernel/kill-switches/store.ts';
import { until } from '../support/until.ts';
import { compatService } from './support.ts';

const SYNC_TOKEN = 'sync-token-of-the-test';
// Nothing looks by itself here: each look is asked for.
const { call, servers, runtime } = compatService({ SVPS_SYNC_TOKEN: SYNC_TOKEN, SVPS_SYNC_SECONDS: '0' });
const sync = async () => call('POST', '/api/smartvps/sync');
const stock = async (): Promise<any[]> => (await call('GET', '/api/smartvps/stock')).body;
const itemOf = async (pid: string) => (await stock()).find((each) => each.defaultConfigurations.smartvps.packagePid === pid);

async function fault(body: Record<string, unknown>): Promise<() => Promise<void>> {
  const base = `${runtime().simulatorOrigin}/_simulator/faults`;
  const made = await fetch(base, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ provider: 'smartvps', times: null, ...body }),
  });
  const { id } = (await made.json()) as { id: string };
  return async () => void (await fetch(`${base}/${id}`, { method: 'DELETE' }));
}
const flag = async (name: string, objectId: string) => fault({ kind: 'flag', flag: name, objectId });
async function purchases(): Promise<number> {
  const answer = await fetch(`${runtime().simulatorOrigin}/_simulator/requests?limit=2000&provider=smartvps`);
  return ((await answer.json()) as { path: string }[]).filter(({ path }) => path.endsWith('/buyvps')).length;
}

beforeAll(async () => {
  const first = await sync();
  expect(first.status, JSON.stringify(first.body)).toBe(200);
  expect(first.body.summary).toMatchObject({
    created: 18,
    updated: 0,
    disabled: 0,
    reEnabled: 0,
    totalPackagesInAPI: 18,
    totalIPStockEntries: 18,
    tookMs: expect.any(Number),
  });
  const made = { action: 'created', id: expect.any(String), pid: '101', name: '198.19.201.x', qty: 20, available: true, status: 'active' };
  expect(first.body.results[0]).toEqual(made);
}, 120_000);

describe('a look at the packages', () => {
  it('lists each once with exact id and name, memory and prices', async () => {
    const { body } = await sync();
    expect(body.summary).toMatchObject({ created: 0, updated: 18, reEnabled: 0, totalPackagesInAPI: 18 });
    expect(body.results[0]).toEqual({
      action: 'updated',
      id: expect.any(String),
      pid: '101',
      name: '198.19.201.x',
      qty: 20,
      available: true,
      status: 'active',
    });
    const item = await itemOf('101');
    expect(item).toMatchObject({ name: '198.19.201.x', provider: 'smartvps', available: true, lastSeen: expect.any(String) });
    expect(item.defaultConfigurations.smartvps).toMatchObject({
      provider: 'smartvps',
      packagePid: '101',
      packageName: '198.19.201.x',
      availableQty: 20,
    });
    // 14.00 at the provider, and thirty per cent.
    expect(item.defaultConfigurations.smartvps.byMemory['8GB']).toMatchObject({ price: 18.2 });
    expect(await itemOf('117')).toMatchObject({ available: false });
    const { body: available } = await call('GET', '/api/smartvps/stock?available=true');
    expect(available.every((each: any) => each.available)).toBe(true);
    expect(available.length).toBeLessThan(18);
  });

  it('disables what is gone, once, and enables what came back', async () => {
    const back = await flag('package-missing', '102');
    const gone = await sync();
    expect(gone.body.summary).toMatchObject({ disabled: 1, totalPackagesInAPI: 17, totalIPStockEntries: 18 });
    expect(gone.body.results.filter((each: any) => each.action === 'disabled')).toEqual([
      { action: 'disabled', id: expect.any(String), pid: '102', name: '198.19.202.x', reason: 'missing_from_api', available: false },
    ]);
    expect((await itemOf('102')).defaultConfigurations.smartvps.availableQty).toBe(0);
    expect((await sync()).body.summary).toMatchObject({ disabled: 0, updated: 17 });
    await back();
    const { summary, results } = (await sync()).body;
    expect(summary).toMatchObject({ reEnabled: 1, updated: 17, totalPackagesInAPI: 18 });
    expect(summary.created + summary.updated + summary.reEnabled).toBe(summary.totalPackagesInAPI);
    expect(results.filter((each: any) => each.action === 're-enabled')).toEqual([
      { action: 're-enabled', id: expect.any(String), pid: '102', name: '198.19.202.x', wasAvailable: false, nowAvailable: true },
    ]);
  });

  it('is logged in the words that are looked for', async () => {
    const info = vi.spyOn(runtime().services.log, 'info');
    const lines = (): string[] => info.mock.calls.map(([line]) => line as unknown as string).filter((line) => typeof line === 'string');
    const back = await flag('package-missing', '103');
    await sync();
    expect(lines()).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^\[SVPS-SYNC\] packages fetched: \d+, deduped: 17$/),
        '[SVPS-SYNC] existing SmartVPS IPStock entries: 18',
        '[SVPS-SYNC] Package missing from API, marking unavailable: 103::198.19.203.x',
        expect.stringMatching(/^\[SVPS-SYNC\] done \{"created":0,"updated":17,"disabled":1,/),
      ]),
    );
    await back();
    await sync();
    expect(lines()).toContain('[SVPS-SYNC] Package re-enabled (was disabled, now available): 103::198.19.203.x');
    info.mockRestore();
  });

  it('is asked for with the token of the environment, or by staff, and by nobody else', async () => {
    const asked = async (headers: Record<string, string>) =>
      (await fetch(`${runtime().origin}/api/smartvps/sync`, { method: 'POST', headers })).status;
    expect(await asked({ 'x-sync-token': SYNC_TOKEN })).toBe(200);
    expect(await asked({ 'x-sync-token': `${SYNC_TOKEN}x` })).toBe(401);
    expect(await asked({})).toBe(401);
    const elsewhere = await fetch(`${runtime().origin}/api/vps`, { headers: { 'x-sync-token': SYNC_TOKEN } });
    expect(elsewhere.status).toBe(401);
  });

  it('is shared by whoever asks at once', async () => {
    const fast = await fault({ kind: 'delay', ms: 1_000, path: 'ipstock' });
    const all = await Promise.all(Array.from({ length: 5 }, sync));
    await fast();
    expect(new Set(all.map(({ body }) => body.summary.tookMs)).size).toBe(1);
  });

  it('changes nothing when the provider fails, and alerts when that goes on', async () => {
    const works = await fault({ kind: 'status', status: 503, path: 'ipstock' });
    const failed = await sync();
    expect(failed.status).toBe(502);
    expect(failed.body).toMatchObject({ success: false, error: expect.any(String) });
    expect((await stock()).filter((each) => each.available).length).toBeGreaterThan(10);
    const { db } = runtime().services;
    const history = (await db.setting.findUniqueOrThrow({ where: { key: 'exact-packages.sync' } })).value as object;
    await writeSetting(db, 'exact-packages.sync', { ...history, lastSuccessAt: new Date(Date.now() - 6 * 60_000).toISOString() });
    await sync();
    const open = async () => (await call('GET', '/api/admin/kill-switches')).body.alerts.map((each: any) => each.kind);
    expect(await open()).toContain('package-sync-failing');
    await works();
    await sync();
    expect(await open()).not.toContain('package-sync-failing');

    const back = await Promise.all(Array.from({ length: 10 }, (_, n) => flag('package-suspended', String(101 + n))));
    await sync();
    expect(await open()).toContain('packages-unavailable');
    for (const each of back) await each();
    await sync();
    expect(await open()).not.toContain('packages-unavailable');
  });

  it('is counted in the metrics', async () => {
    const text = await (await fetch(`${runtime().origin}/metrics`)).text();
    expect(text).toMatch(/plinth_package_syncs\{outcome="succeeded"\} \d/);
    expect(text).toMatch(/plinth_package_syncs\{outcome="failed"\} [1-9]/);
    expect(text).toMatch(/plinth_package_changes\{change="re-enabled"\} [1-9]/);
    expect(text).toMatch(/plinth_packages\{available="true"\} \d/);
  });
});

async function ordered(pid: string, more: object = {}): Promise<any> {
  const item = await itemOf(pid);
  const wanted = { ipStockId: item._id, productName: item.name, memory: '8GB', ...more };
  const made = await call('POST', '/api/v1/orders', { customer_id: `customer-of-${pid}`, items: [wanted] });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  expect(made.body.items[0]).toMatchObject({ ip_stock_id: item._id, memory: '8GB' });
  return made.body;
}
async function paid(order: any): Promise<any> {
  const { total: amount, currency } = order;
  const answer = await call('POST', `/api/v1/orders/${order.id}/pay`, { amount, currency, reference: `order ${order.id}` });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body;
}
const orderUntil = async (id: number, status: string): Promise<any> =>
  until(
    async () => {
      const { body } = await call('GET', `/api/v1/orders/${id}`);
      return body.status === status ? body : undefined;
    },
    { timeoutMs: 90_000, what: `order ${id} to be ${status}` },
  );

describe('an order of a package', () => {
  it('is held from the stock, becomes a machine of exactly that package, and ends', async () => {
    const order = await ordered('123');
    // There was one, and it is held.
    expect(await itemOf('123')).toMatchObject({ defaultConfigurations: { smartvps: { availableQty: 0 } } });
    const item = await itemOf('123');
    const second = { customer_id: 'late', items: [{ ip_stock_id: item._id, memory: '8GB' }] };
    expect((await call('POST', '/api/v1/orders', second)).status).toBe(409);
    const { items } = await paid(order);
    await orderUntil(order.id, 'active');
    const { body: instance } = await call('GET', `/api/v1/dedicated-servers/instances/${items[0].instance_id}`);
    expect(instance).toMatchObject({ status: 'active', ip_address: '198.19.218.2', provider: 'smartvps' });
    expect((await servers()).some((each) => each.ipv4 === '198.19.218.2')).toBe(true);
    const { body: operations } = await call('GET', `/api/operations?vps_id=${instance.vps_id}`);
    const { body: told } = await call('GET', `/api/operations/${operations.operations[0].id}/events`);
    const said = JSON.stringify(told.events);
    expect(said).toContain('[SMARTVPS] Using EXACT package from IPStock config: ');
    expect(said).toMatch(/\[SMARTVPS\] Exact package verified and available \{[^}]*id[^}]*name[^}]*status[^}]*[Ii][Pp][Vv]4/);
    // Its end is ordered by the same routes: it comes with the paid month, and nobody renews that.
    const ended = await call('POST', `/api/v1/dedicated-servers/instances/${instance.id}/terminate`);
    expect(ended.status, JSON.stringify(ended.body)).toBe(200);
    const { body: own } = await until(
      async () => {
        const answer = await call('GET', `/api/vps/${instance.vps_id}`);
        return answer.body.instance.status === 'ending' ? answer : undefined;
      },
      { timeoutMs: 60_000, what: 'the end of the package’s machine to be ordered' },
    );
    expect(Date.parse(own.instance.ends_at)).toBeGreaterThan(Date.now());
    const now = async () => (await call('GET', `/api/v1/dedicated-servers/instances/${instance.id}`)).body;
    expect(await now()).toMatchObject({ status: 'cancelled', cancelled_at: expect.any(String), terminated_at: null });
    // The month passes, at the provider and here.
    const date = Date.now.bind(Date);
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => date() + 33 * 86_400_000);
    await fetch(`${runtime().simulatorOrigin}/_simulator/clock`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ advanceMs: 1 }),
    });
    const hourAgo = new Date(date() - 3_600_000);
    await runtime().services.db.vps.update({ where: { id: instance.vps_id }, data: { endsAt: hourAgo, updatedAt: hourAgo } });
    const none = async () => ((await now()).status === 'terminated' ? await now() : undefined);
    const gone = await until(none, { timeoutMs: 60_000, what: 'the package’s machine to be gone' });
    clock.mockRestore();
    expect(gone.terminated_at).toEqual(expect.any(String));
    expect(await servers()).toEqual([]);
    expect((await sync()).status).toBe(200);
  });

  it('names a package, its name and a memory that there are', async () => {
    const item = await itemOf('103');
    const asked = async (wanted: object) =>
      call('POST', '/api/v1/orders', { customer_id: 'wrong', items: [{ ip_stock_id: item._id, ...wanted }] });
    expect(await asked({ memory: '7GB' })).toMatchObject({ status: 422, body: { code: 'unknown_memory' } });
    expect(await asked({ memory: '8GB', productName: 'another' })).toMatchObject({ status: 422, body: { code: 'package_differs' } });
    const nobody = { ip_stock_id: '00000000-0000-4000-8000-000000000000', memory: '8GB' };
    expect((await asked(nobody)).body.code).toBe('unknown_package');
  });

  it('is refused in the exact words when the package is not what was ordered any more; nothing is bought, money is given back', async () => {
    const orders = [await ordered('104'), await ordered('105'), await ordered('106')];
    const before = await purchases();
    await flag('package-renamed', '104');
    await flag('package-suspended', '105');
    const sell = await fetch(`${runtime().simulatorOrigin}/_simulator/stock`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ provider: 'smartvps', plan: '8GB', region: '106::198.19.206.x', available: false }),
    });
    expect(sell.ok).toBe(true);
    for (const order of orders) await paid(order);
    const sentences = [
      'Package (PID: 104, Name: 198.19.204.x) no longer available in SmartVPS API. Customer ordered product that is now unavailable.',
      'Package "198.19.205.x" (PID: 105) is not active. Status: suspended',
      'Package "198.19.206.x" (PID: 106) has no available IPs. IPv4 count: 0',
    ];
    for (const [index, order] of orders.entries()) {
      const failed = await orderUntil(order.id, 'cancelled');
      expect(failed.items[0]).toMatchObject({ status: 'cancelled', failure: sentences[index] });
    }
    expect(await purchases()).toBe(before);
    const { body } = await call('GET', '/api/orders?status=cancelled');
    expect(body.orders.map((each: any) => each.refund_due)).toEqual([false, false, false]);
    const text = await (await fetch(`${runtime().origin}/metrics`)).text();
    expect(text).toContain('plinth_package_refusals{reason="no_longer_available"} 1');
  });

  it('is a person’s concern when over a tenth of an hour’s set-ups fail, of five at least, and until they are an hour past', async () => {
    const { db } = runtime().services;
    const alert = async (): Promise<any> => {
      await sync();
      return (await call('GET', '/api/admin/kill-switches')).body.alerts.find((each: any) => each.kind === 'package-set-ups-failing');
    };
    expect(await db.operation.count({ where: { kind: 'provision', status: { in: ['succeeded', 'failed'] } } })).toBe(4);
    expect(await alert()).toBeUndefined();
    const fifth = await ordered('107');
    const back = await flag('package-suspended', '107');
    await paid(fifth);
    await orderUntil(fifth.id, 'cancelled');
    await back();
    expect((await alert()).message).toMatch(/^4 of the 5 servers that were set up at ".+" in the last hour failed\.$/);
    await db.operation.updateMany({ where: { status: 'failed' }, data: { finishedAt: new Date(Date.now() - 61 * 60_000) } });
    expect(await alert()).toBeUndefined();
  });
});
