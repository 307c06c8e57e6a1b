/** Fifty orders at once, of every simulated cloud (fourteen in the usual run): all served, none mixed up with another, all gone again. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withDatabase } from '../support/database.ts';
import { testEngine } from '../support/engine.ts';
import { expectPassword } from '../support/invariants.ts';
import { type Cluster, openCluster, type Service } from '../support/service.ts';
import { Shop, ZONE } from '../support/shop.ts';
import { until } from '../support/until.ts';

const COUNT = process.env['PLINTH_LONG_TESTS'] === '1' ? 50 : 14;
const ACCOUNT_LIMIT = 6;

const database = withDatabase();
let cluster: Cluster;
let service: Service;
let shop: Shop;
let clouds: string[];

beforeAll(async () => {
  await testEngine();
  cluster = await openCluster(database.url, 500);
  service = await cluster.service('all', { PLINTH_ACCOUNT_CONCURRENCY: String(ACCOUNT_LIMIT), PLINTH_HEARTBEAT_SECONDS: '2' });
  shop = new Shop(() => service.origin, cluster.token, cluster.simulator.origin);
  clouds = await shop.clouds();
});
afterAll(() => cluster?.close());

const perSecond = (since: number): string => (COUNT / ((performance.now() - since) / 1000)).toFixed(1);

it(`serves ${COUNT} at once`, { timeout: 300_000 }, async () => {
  const labels = Array.from({ length: COUNT }, (_, index) => `fifty-${String(index).padStart(2, '0')}`);
  let started = performance.now();
  const orders = await Promise.all(labels.map((label, index) => shop.order(clouds[index % clouds.length]!, label)));
  const cloudOf = new Map(orders.map(({ instance }, index) => [instance.id, clouds[index % clouds.length]!]));
  let most = 0;
  const operations = await allEnded('provision', (running) => {
    const counts = Map.groupBy(running, ({ vps_id }) => cloudOf.get(vps_id)!);
    most = Math.max(most, ...[...counts.values()].map((each) => each.length));
  });
  const provisioned = perSecond(started);
  expect(operations.filter(({ status }) => status !== 'succeeded').map(({ fault }) => fault)).toEqual([]);
  expect(most).toBeLessThanOrEqual(ACCOUNT_LIMIT);
  await expectDistinct(
    labels,
    orders.map(({ instance }) => instance.id),
  );

  started = performance.now();
  await Promise.all(orders.map(({ instance }) => shop.call('DELETE', `/api/vps/${instance.id}`)));
  const gone = await allEnded('destroy');
  expect(gone.filter(({ status }) => status !== 'succeeded').map(({ fault }) => fault)).toEqual([]);
  expect(await shop.servers()).toEqual([]);
  expect(await shop.records()).toEqual([]);
  console.log(`${COUNT} at once: ${provisioned} provisioned/s, ${perSecond(started)} destroyed/s; at most ${most} at once on one account`);
});

/** Waits for all operations of a kind; `see` is told the running ones at each look. One list, not fifty questions at a time. */
async function allEnded(kind: string, see: (running: any[]) => void = () => undefined): Promise<any[]> {
  const look = async () => {
    const { operations } = await shop.call('GET', `/api/operations?kind=${kind}&limit=100`);
    see(operations.filter(({ status }: any) => status === 'running'));
    const open = operations.some(({ status }: any) => ['queued', 'running'].includes(status));
    return operations.length === COUNT && !open ? (operations as any[]) : undefined;
  };
  return await until(look, { timeoutMs: 140_000, everyMs: 200, what: `fifty operations of kind ${kind} to end` });
}

/** Each VPS tells its own server's address, names and password, and no two tell the same. */
async function expectDistinct(labels: readonly string[], ids: readonly string[]): Promise<void> {
  const [servers, records] = await Promise.all([shop.servers(), shop.records()]);
  expect(servers).toHaveLength(COUNT);
  const passwords = new Set<string>();
  let names = 0;
  await Promise.all(
    ids.map(async (id, index) => {
      const label = labels[index]!;
      const vps = await shop.vps(id);
      const [server, ...others] = servers.filter((each) => each.tags.some((tag) => tag.includes(id)));
      expect(others).toEqual([]);
      expect(server).toMatchObject({ provider: clouds[index % clouds.length], ipv4: vps.ipv4 });
      expect(vps).toMatchObject({ status: 'active', label, dns_name: `${label}.${ZONE}` });
      const own = records.filter((record) => record.name === `${label}.${ZONE}`);
      expect(own.map(({ content }) => content).sort()).toEqual([vps.ipv4, ...(vps.ipv6 ? [vps.ipv6] : [])].sort());
      names += own.length;
      const password = await shop.password(id);
      expectPassword(server!, password);
      passwords.add(password);
    }),
  );
  expect(names).toBe(records.length);
  expect(passwords.size).toBe(COUNT);
  expect(new Set(servers.map((server) => server.ipv4)).size).toBe(COUNT);
}
