/**
 * Clouds that refuse for long, and clouds that cannot be read: an order ends with an honest reason and nothing forgotten, so
 * that a retry serves it once the cause is gone. Passing faults have their matrix. Each cloud goes beside the others.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloudsOf } from '../support/clouds.ts';
import { withDatabase } from '../support/database.ts';
import { testEngine } from '../support/engine.ts';
import { expectDestroyed, expectWhole, query } from '../support/invariants.ts';
import { type Cluster, openCluster, type Service } from '../support/service.ts';
import { Shop } from '../support/shop.ts';
import { until } from '../support/until.ts';

const database = withDatabase();
let cluster: Cluster;
let service: Service;
let shop: Shop;

beforeAll(async () => {
  await testEngine();
  cluster = await openCluster(database.url, 300);
  service = await cluster.service('all', { PLINTH_CONCURRENCY: '4' });
  shop = new Shop(() => service.origin, cluster.token, cluster.simulator.origin);
});
afterAll(() => cluster?.close());

async function succeeds(label: string, operationId: string): Promise<void> {
  expect(await shop.ended(operationId, 150_000), `${label}\n${service.output()}`).toMatchObject({ status: 'succeeded', fault: null });
}

async function serve(provider: string, label: string): Promise<string> {
  const { instance, operation } = await shop.order(provider, label);
  await succeeds(label, operation.id);
  await expectWhole(shop, database.url, provider, label, instance.id, operation.id);
  return instance.id;
}

/** A lasting refusal: how it comes about, and how it goes. */
const REFUSALS: Readonly<Record<string, (provider: string, body: any, holds: boolean) => Promise<unknown>>> = {
  credentials: (provider, _body, holds) => changeAccount(provider, { revoked: holds }),
  quota: (provider, _body, holds) => changeAccount(provider, { instanceLimit: holds ? 0 : 100 }),
  out_of_stock: (provider, { type, region }, holds) => shop.control('POST', '/stock', { provider, plan: type, region, available: !holds }),
};

async function changeAccount(provider: string, change: object): Promise<void> {
  const accounts = await shop.control('GET', `/accounts?provider=${provider}`);
  await Promise.all(accounts.map(({ id }: any) => shop.control('PUT', `/accounts/${provider}/${id}`, change)));
}

/** A refusal after the order was accepted is told by its kind; a retry serves the order when it is over. */
async function refusals(provider: string): Promise<void> {
  const body = await shop.template(provider);
  for (const [kind, set] of Object.entries(REFUSALS)) {
    const label = `${kind.replaceAll('_', '-')}-${provider}`;
    await set(provider, body, true);
    const { instance, operation } = await shop.order(provider, label);
    const failed = await shop.ended(operation.id);
    expect(failed, label).toMatchObject({ status: 'failed', fault: { kind, provider } });
    expect(failed.fault.message.length).toBeGreaterThan(20);
    expect(await shop.servers(label)).toEqual([]);
    expect((await shop.vps(instance.id)).status).toBe('error');
    await set(provider, body, false);
    const retried = await shop.call('POST', `/api/vps/${instance.id}/retry`);
    await succeeds(label, retried.operation.id);
    await expectWhole(shop, database.url, provider, label, instance.id, retried.operation.id);
    await expectDestroyed(shop, label, instance.id);
  }
}

/** A refresh that can read nothing forgets nothing. */
async function unreadable(provider: string): Promise<void> {
  const label = `unreadable-${provider}`;
  const id = await serve(provider, label);
  const before = await shop.vps(id);
  const state = () => query(database.url, 'SELECT "resource_count" FROM "state_stack" WHERE "name" = $1', [`vps-${id}`]);
  const recorded = await state();
  for (const [index, trouble] of [{ kind: 'status', status: 500 }, { kind: 'malformed' }, { kind: 'cut' }].entries()) {
    const fault = await shop.fault({ provider, method: 'GET', times: null, ...trouble });
    const { operation } = await shop.call('POST', `/api/vps/${id}/refresh`);
    const later = async () => (await shop.events(operation.id)).find(({ type }) => type === 'retry-later');
    const event = await until(later, { timeoutMs: 50_000, everyMs: 100, what: `refresh ${index} of ${label} to be put off` });
    expect(['provider_down', 'malformed']).toContain(event.data.fault.kind);
    await shop.call('POST', `/api/operations/${operation.id}/cancel`);
    await shop.ended(operation.id);
    await shop.control('DELETE', `/faults/${fault.id}`);
  }
  expect(await state()).toEqual(recorded);
  expect(await shop.vps(id)).toMatchObject({ status: 'active', ipv4: before.ipv4, dns_name: before.dns_name });
  const { operation } = await shop.call('POST', `/api/vps/${id}/refresh`);
  await succeeds(label, operation.id);
  expect(await shop.servers(label)).toHaveLength(1);
  await expectDestroyed(shop, label, id);
}

describe.concurrent('each cloud', () => {
  it.each([...cloudsOf('refusals')])(
    '%s refuses and is silent, and keeps what it was asked for',
    { timeout: 300_000 },
    async (provider) => {
      await unreadable(provider);
      // The catalogue is known by now, so that an order gets as far as the worker.
      await refusals(provider);
    },
  );
});
