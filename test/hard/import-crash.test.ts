/** Deaths in the middle of an import: the next worker goes on, and the server is never another one, nor touched twice. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Cluster, openCluster, type Service } from '../support/service.ts';
import { withDatabase } from '../support/database.ts';
import { testEngine } from '../support/engine.ts';
import { Shop } from '../support/shop.ts';
import { until } from '../support/until.ts';
import { Vendor } from '../support/vendors.ts';
import { LONG } from '../support/long.ts';

const database = withDatabase();
let cluster: Cluster;
let service: Service;
let shop: Shop;

const start = async (): Promise<void> => {
  service = await cluster.service('all', { PLINTH_CONCURRENCY: '2', PLINTH_DRIFT_SECONDS: '0' });
};

beforeAll(async () => {
  await testEngine();
  cluster = await openCluster(database.url, 200);
  await start();
  shop = new Shop(() => service.origin, cluster.token, cluster.simulator.origin);
}, 120_000);
afterAll(() => cluster?.close());

/** The call that puts the tag on, and when the service dies: before the vendor gets it, or after, without its answer. */
const deaths = [
  ['digitalocean', 'POST', '/v2/tags/.*/resources', 'after'],
  ['hetzner', 'PUT', '/v1/servers/\\d+$', 'before'],
  ['linode', 'PUT', '/linode/instances/\\d+$', 'before'],
  ['vultr', 'PATCH', '/v2/instances/[^/]+$', 'after'],
] as const;

it.each(LONG ? deaths : deaths.slice(1))('on %s, at the %s of the tag', { timeout: 180_000 }, async (provider, method, path, when) => {
  const { type, region, image } = (await shop.template(provider)) as Record<string, string>;
  const [known] = await shop.control('GET', `/accounts?provider=${provider}`);
  const vendor = new Vendor(provider, `${cluster.simulator.origin}/${provider}`, { token: known.id });
  const label = `crash-${provider}`;
  const made = await vendor.make({
    label,
    region: region!,
    plan: type!,
    image: image!,
    tags: ['web'],
    backups: false,
    password: 'Known-Secret-4711',
  });
  await shop.call('POST', '/api/admin/sweeps/drift/run', {});
  const item = await until(
    async () => (await shop.call('GET', '/api/admin/inventory')).items.find((each: any) => each.object_id === made.id),
    { timeoutMs: 60_000, everyMs: 200, what: 'the inventory' },
  );
  const hold = await shop.fault({ provider, kind: 'hold', when, method, path });
  const { instance, operation } = await shop.call('POST', `/api/admin/inventory/${item.id}/import`, { label });
  const hit = async () => (await shop.control('GET', '/faults')).some(({ id, hits }: any) => id === hold.id && hits > 0);
  await until(hit, { timeoutMs: 60_000, everyMs: 50, what: 'the tag to be on its way' });
  await service.end('SIGKILL');
  await shop.control('DELETE', `/faults/${hold.id}`);
  await start();
  expect(await shop.ended(operation.id, 120_000), service.output()).toMatchObject({ status: 'succeeded', fault: null });
  expect(await shop.vps(instance.id)).toMatchObject({ status: 'active', instance_id: made.id });
  const servers = (await shop.servers()).filter((server) => server.provider === provider);
  expect(servers.map(({ id }) => id)).toEqual([made.id]);
  const after = (await vendor.find(made.id))!;
  expect([...after.tags].sort()).toEqual([`plinth-vps-${instance.id}-g1`, 'web']);
  expect(await shop.destroy(instance.id)).toMatchObject({ status: 'succeeded', fault: null });
  expect(await vendor.find(made.id)).toBeNull();
});
