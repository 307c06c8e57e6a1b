/** From one worker to the next: paused, drained, cut off, cancelled. Never two servers, never one that nobody knows. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withDatabase } from '../support/database.ts';
import { testEngine } from '../support/engine.ts';
import { expectDestroyed, expectWhole, query } from '../support/invariants.ts';
import { LONG } from '../support/long.ts';
import { type Cluster, openCluster, type Service } from '../support/service.ts';
import { Shop } from '../support/shop.ts';
import { until } from '../support/until.ts';

const database = withDatabase();
/** Its look-up by tag, which precedes a purchase, is a call that can be slowed. */
const PROVIDER = 'digitalocean';
const LOOK_UP = { provider: PROVIDER, method: 'GET', path: 'droplets.*tag_name' };
const PURCHASE = { provider: PROVIDER, method: 'POST', path: 'droplets$' };

let cluster: Cluster;
let shop: Shop;
const workers: Service[] = [];

const startWorker = async (env: Record<string, string> = {}): Promise<Service> => {
  const settings = { PLINTH_ROLE: 'worker', PLINTH_CONCURRENCY: '1', PLINTH_DRAIN_SECONDS: '30', ...env };
  const worker = await cluster.service(`worker-${workers.length}`, settings);
  workers.push(worker);
  return worker;
};

beforeAll(async () => {
  await testEngine();
  cluster = await openCluster(database.url, 30);
  const http = await cluster.service('http', { PLINTH_ROLE: 'http' });
  shop = new Shop(() => http.origin, cluster.token, cluster.simulator.origin);
});
afterAll(() => cluster?.close());

const rowOf = async (operationId: string): Promise<{ fence: number; attempt: number; leasePid: number; enginePid: number | null }> =>
  (await query(database.url, 'SELECT * FROM "operation" WHERE "id" = $1', [operationId]))[0];

/** Resolves when the fault has met a call. */
const faultHit = async (id: string): Promise<void> => {
  const used = async () => {
    const fault = (await shop.control('GET', '/faults')).find((each: any) => each.id === id);
    return fault === undefined || fault.hits > 0;
  };
  await until(used, { timeoutMs: 30_000, what: 'the fault to hit a call' });
};

describe('a worker', { timeout: 180_000 }, () => {
  it('that was paused before its purchase, beyond its lease, buys nothing and writes nothing afterwards', async () => {
    const paused = await startWorker();
    const slow = await shop.fault({ ...LOOK_UP, kind: 'delay', ms: 1_000 });
    const { instance, operation } = await shop.order(PROVIDER, 'paused');
    await faultHit(slow.id);
    paused.signal('SIGSTOP');
    const successor = await startWorker();
    expect(await shop.ended(operation.id), successor.output()).toMatchObject({ status: 'succeeded' });
    const before = await rowOf(operation.id);
    expect(before.leasePid).toBe(successor.pid);
    const events = await shop.events(operation.id);
    paused.signal('SIGCONT');
    await until(() => paused.output().includes('is held by another worker now'), {
      timeoutMs: 15_000,
      what: 'the paused worker to notice',
    });
    expect(await rowOf(operation.id)).toEqual(before);
    expect(await shop.events(operation.id)).toEqual(events);
    const purchases = (await shop.control('GET', `/requests?limit=2000&provider=${PROVIDER}`)).filter(
      (request: any) => request.method === 'POST' && new RegExp(PURCHASE.path).test(request.path),
    );
    expect(purchases).toHaveLength(1);
    await expectWhole(shop, database.url, PROVIDER, 'paused', instance.id, operation.id);
    expect(await paused.end('SIGTERM')).toBe(0);
    await expectDestroyed(shop, 'paused', instance.id);
    expect(await successor.end('SIGTERM')).toBe(0);
  });

  it('that is asked to stop finishes the create it has in flight', async () => {
    const worker = await startWorker();
    const { instance, operation } = await shop.order(PROVIDER, 'drained');
    await until(async () => (await shop.servers('drained'))[0], { timeoutMs: 30_000, what: 'the server to be bought' });
    expect(await worker.end('SIGTERM')).toBe(0);
    expect(await shop.operation(operation.id)).toMatchObject({ status: 'succeeded' });
    expect((await rowOf(operation.id)).attempt).toBe(1);
    await expectWhole(shop, database.url, PROVIDER, 'drained', instance.id, operation.id);
  });

  it('that cannot wait any longer kills its engine and leaves the operation to the next one', async () => {
    const hasty = await startWorker({ PLINTH_DRAIN_SECONDS: '1' });
    const slow = await shop.fault({ ...PURCHASE, kind: 'delay', ms: 11_000 });
    const { instance, operation } = await shop.order(PROVIDER, 'hasty');
    await faultHit(slow.id);
    expect(await hasty.end('SIGTERM'), hasty.output()).toBe(0);
    expect(await shop.operation(operation.id)).toMatchObject({ status: 'queued' });
    const next = await startWorker();
    expect(await shop.ended(operation.id), next.output()).toMatchObject({ status: 'succeeded' });
    await expectWhole(shop, database.url, PROVIDER, 'hasty', instance.id, operation.id);
    await expectDestroyed(shop, 'hasty', instance.id);
  });
});

describe('a cancel', { timeout: 180_000 }, () => {
  const moments: Record<string, (label: string) => Promise<{ order: any; go: () => Promise<unknown> }>> = {
    'while it waits in the queue': async (label) => {
      // The one place of the worker is taken.
      await shop.fault({ provider: PROVIDER, kind: 'flag', flag: 'action-stuck' });
      const first = await shop.order(PROVIDER, 'in-the-way');
      await until(async () => (await shop.servers('in-the-way'))[0], { timeoutMs: 30_000 });
      return { order: await shop.order(PROVIDER, label), go: () => shop.call('POST', `/api/operations/${first.operation.id}/cancel`) };
    },
    'before the purchase': async (label) => {
      const slow = await shop.fault({ ...LOOK_UP, kind: 'delay', ms: 2_500 });
      const order = await shop.order(PROVIDER, label);
      await faultHit(slow.id);
      return { order, go: async () => undefined };
    },
    'during the purchase': async (label) => {
      const slow = await shop.fault({ ...PURCHASE, kind: 'delay', ms: 2_500 });
      const order = await shop.order(PROVIDER, label);
      await faultHit(slow.id);
      return { order, go: async () => undefined };
    },
    'while the server is built': async (label) => {
      await shop.fault({ provider: PROVIDER, kind: 'flag', flag: 'action-stuck' });
      const order = await shop.order(PROVIDER, label);
      await until(async () => (await shop.servers(label))[0], { timeoutMs: 30_000 });
      return { order, go: async () => undefined };
    },
  };

  const usual = ['before the purchase', 'while the server is built'];
  const some = Object.keys(moments).filter((moment) => LONG || usual.includes(moment));
  it.each(some.map((moment, index) => [moment, index] as const))('%s leaves a server that is recorded, or none', async (moment, index) => {
    const label = `cancelled-${index}`;
    const { order, go } = await moments[moment]!(label);
    const { instance, operation } = order;
    expect((await shop.call('POST', `/api/operations/${operation.id}/cancel`)).httpStatus).toBeLessThan(300);
    await go();
    expect(await shop.ended(operation.id), workers.at(-1)!.output()).toMatchObject({ status: 'cancelled' });
    await shop.clearFaults();
    expect((await shop.vps(instance.id)).status).toBe('error');
    const own = await shop.servers(label);
    expect(own.length).toBeLessThanOrEqual(1);
    const stack = await query(database.url, 'SELECT "checkpoint" FROM "state_stack" WHERE "name" = $1', [`vps-${instance.id}`]);
    for (const server of own) expect(stack[0].checkpoint).toContain(`"${server.id}"`);
    const retried = await shop.call('POST', `/api/vps/${instance.id}/retry`);
    expect(await shop.ended(retried.operation.id)).toMatchObject({ status: 'succeeded' });
    await expectWhole(shop, database.url, PROVIDER, label, instance.id, retried.operation.id);
    await expectDestroyed(shop, label, instance.id);
  });
});
