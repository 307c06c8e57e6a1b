/** What godo and the vendor's other clients call beside what Plinth does. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startSimulator, type Simulator } from '../../simulator/server.ts';
import { until } from '../../test/support/until.ts';
import { openApiCheck } from '../testing/openapi-check.ts';
import { simulation } from './simulator/simulator.ts';

const spec = openApiCheck('digitalocean');
let simulator: Simulator;
let droplet: number;
const problems: string[] = [];

async function call(method: string, path: string, body?: unknown): Promise<{ status: number; body: any }> {
  const response = await fetch(simulator.baseUrl('digitalocean') + path, {
    method,
    headers: { authorization: 'Bearer sim-godo', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const answer = { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  const found = spec?.answer(method, path.split('?')[0]!, answer.status, answer.body) ?? [];
  // The document is told of in part: of what it lacks, only the form of a refusal is known.
  problems.push(
    ...found
      .filter((problem) => !problem.endsWith('is not in the document'))
      .map((problem) => `${method} ${path} ${answer.status}: ${problem}`),
  );
  return answer;
}
const get = async (path: string): Promise<any> => (await call('GET', path)).body;
const shown = async (): Promise<any> => (await get(`/v2/droplets/${droplet}`)).droplet;
const idle = (): Promise<unknown> => until(async () => !(await shown()).locked, { timeoutMs: 15_000, what: 'the droplet to be idle' });
const order = { region: 'fra1', size: 's-1vcpu-1gb', image: 'debian-12-x64', tags: ['shop'] };

beforeAll(async () => {
  simulator = await startSimulator({ speed: 2_000, simulations: [simulation] });
  droplet = (await call('POST', '/v2/droplets', { ...order, name: 'first', backups: true })).body.droplet.id;
  await idle();
});
afterAll(() => simulator.close());

it('a snapshot is as old as its order, and an image: listed, named, made from, deleted', async () => {
  const { action } = (await call('POST', `/v2/droplets/${droplet}/actions`, { type: 'snapshot', name: 'golden' })).body;
  await idle();
  const [snapshot] = await until(
    async () => {
      const { snapshots } = await get('/v2/snapshots?resource_type=droplet');
      return snapshots.length > 0 && snapshots;
    },
    { timeoutMs: 15_000, what: 'the snapshot to be listed' },
  );
  expect(snapshot.created_at).toBe(action.started_at);
  const own = (await get('/v2/images?private=true')).images.filter(({ type }: { type: string }) => type === 'snapshot');
  expect(own).toMatchObject([{ id: Number(snapshot.id), name: 'golden', public: false, slug: null, created_at: action.started_at }]);
  expect((await call('PUT', `/v2/images/${snapshot.id}`, { name: 'golden-2' })).body.image).toMatchObject({ name: 'golden-2' });
  expect((await get(`/v2/images/${snapshot.id}`)).image).toMatchObject({ name: 'golden-2', regions: ['fra1'], status: 'available' });
  const made = await call('POST', '/v2/droplets', { ...order, name: 'copy', image: Number(snapshot.id) });
  expect(made).toMatchObject({ status: 202, body: { droplet: { image: { id: Number(snapshot.id), name: 'golden-2', public: false } } } });
  expect(await call('POST', '/v2/droplets', { ...order, region: 'nyc3', name: 'far', image: Number(snapshot.id) })).toMatchObject({
    status: 422,
  });
  expect((await call('PUT', '/v2/images/debian-12-x64', { name: 'mine' })).status).not.toBe(200);
  expect((await call('DELETE', `/v2/images/${snapshot.id}`)).status).toBe(204);
  expect((await call('GET', `/v2/images/${snapshot.id}`)).status).toBe(404);
  expect((await call('GET', `/v2/snapshots/${snapshot.id}`)).status).toBe(404);
});

it('a tag has a page, orders actions, and goes from what carried it', async () => {
  await call('POST', '/v2/tags', { name: 'passing' });
  const resources = [{ resource_id: String(droplet), resource_type: 'droplet' }];
  await call('POST', '/v2/tags/passing/resources', { resources });
  expect((await get('/v2/tags/passing')).tag).toMatchObject({ name: 'passing', resources: { count: 1, droplets: { count: 1 } } });
  const begun = await call('POST', '/v2/droplets/actions?tag_name=passing', { type: 'power_off' });
  expect(begun).toMatchObject({ status: 201, body: { actions: [{ type: 'power_off', resource_id: droplet, status: 'in-progress' }] } });
  await idle();
  expect((await shown()).status).toBe('off');
  expect((await call('DELETE', '/v2/tags/passing')).status).toBe(204);
  expect((await call('GET', '/v2/tags/passing')).status).toBe(404);
  expect((await shown()).tags).toEqual(['shop']);
});

it('a firewall changes by its parts, and is found from its droplet', async () => {
  const ssh = { protocol: 'tcp', ports: '22', sources: { addresses: ['0.0.0.0/0'] } };
  const made = await call('POST', '/v2/firewalls', { name: 'parts', inbound_rules: [ssh] });
  const path = `/v2/firewalls/${made.body.firewall.id}`;
  expect((await call('POST', `${path}/droplets`, { droplet_ids: [droplet] })).status).toBe(204);
  expect((await get(`/v2/droplets/${droplet}/firewalls`)).firewalls).toMatchObject([{ name: 'parts' }]);
  const web = { protocol: 'tcp', ports: '443', sources: { addresses: ['0.0.0.0/0'] } };
  expect((await call('POST', `${path}/rules`, { inbound_rules: [web] })).status).toBe(204);
  expect((await get(path)).firewall.inbound_rules.map(({ ports }: { ports: string }) => ports)).toEqual(['22', '443']);
  expect((await call('DELETE', `${path}/rules`, { inbound_rules: [ssh] })).status).toBe(204);
  expect((await get(path)).firewall).toMatchObject({ inbound_rules: [{ ports: '443' }], droplet_ids: [droplet] });
  expect((await call('DELETE', `${path}/droplets`, { droplet_ids: [droplet] })).status).toBe(204);
  expect((await get(`/v2/droplets/${droplet}/firewalls`)).firewalls).toEqual([]);
});

it('backup policies, surroundings and bills are told, the rest is not found in the provider’s words', async () => {
  expect((await get(`/v2/droplets/${droplet}/backups/policy`)).policy).toMatchObject({ droplet_id: droplet, backup_enabled: true });
  expect(Object.keys((await get('/v2/droplets/backups/policies')).policies)).toContain(String(droplet));
  expect((await get('/v2/droplets/backups/supported_policies')).supported_policies).toHaveLength(2);
  expect(await get(`/v2/droplets/${droplet}/neighbors`)).toEqual({ droplets: [] });
  expect((await get(`/v2/droplets/${droplet}/kernels`)).kernels).toEqual([]);
  expect((await get('/v2/customers/my/billing_history')).billing_history).toEqual([]);
  for (const path of ['/v2/reserved_ips', '/v2/volumes', '/v2/vpcs', '/v2/domains', '/v2/load_balancers'])
    expect(await call('GET', path), path).toMatchObject({ status: 404, body: { id: 'not_found' } });
});

it.skipIf(!spec)('every answer above fits the published API', () => {
  expect(problems).toEqual([]);
});
