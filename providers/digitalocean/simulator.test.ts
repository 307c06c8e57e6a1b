import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSimulator, type Simulator } from '../../simulator/server.ts';
import { openApiCheck } from '../testing/openapi-check.ts';
import { descriptor } from './descriptor.ts';

const spec = openApiCheck('digitalocean');
let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ speed: 500 });
});
afterAll(() => simulator.close());

interface Answer {
  status: number;
  body: any;
  headers: Headers;
}
async function call(method: string, path: string, body?: unknown, token = 'sim-one'): Promise<Answer> {
  const response = await fetch(simulator.baseUrl('digitalocean') + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text), headers: response.headers };
}
const create = { name: 'one.example.com', region: 'nyc3', size: 's-1vcpu-1gb', image: 'ubuntu-24-04-x64', ipv6: true, tags: ['a'] };
const made = async (): Promise<string> => {
  const id = String((await call('POST', '/v2/droplets', create)).body.droplet.id);
  await expect.poll(async () => (await call('GET', `/v2/droplets/${id}`)).body.droplet.locked).toBe(false);
  return id;
};

describe('the simulated DigitalOcean', () => {
  it('is mounted where the descriptor says', () => {
    expect(simulator.baseUrl('digitalocean')).toBe(simulator.origin + descriptor.simulatorPath);
  });

  it('builds in time: new and locked, then active with addresses, then listed by tag', async () => {
    const answer = await call('POST', '/v2/droplets', create);
    expect(answer.status).toBe(202);
    expect(answer.body.droplet).toMatchObject({ status: 'new', locked: true, networks: { v4: [], v6: [] } });
    expect(answer.body.links.actions[0]).toMatchObject({ rel: 'create' });
    const { id } = answer.body.droplet;
    await expect.poll(async () => (await call('GET', `/v2/droplets/${id}`)).body.droplet.status).toBe('active');
    expect((await call('GET', '/v2/droplets?tag_name=a')).body.droplets.map((one: { id: number }) => one.id)).toContain(id);
  });

  it.each([
    [{ name: 'a_b' }, 'valid hostname'],
    [{ size: 'huge' }, 'invalid size'],
    [{ region: 'ams2' }, 'Region is not available'],
    [{ region: 'nyc1', size: 's-1vcpu-1gb-intel' }, 'Size is not available in this region.'],
    [{ image: 'ubuntu-20-04-x64' }, 'invalid image'],
    [{ ssh_keys: ['aa:bb'] }, 'invalid key identifiers'],
    [{ user_data: 'x'.repeat(65_537) }, '64KiB'],
  ])('refuses %o', async (change, message) => {
    const { status, body } = await call('POST', '/v2/droplets', { ...create, ...change });
    expect([status, body.id]).toEqual([422, 'unprocessable_entity']);
    expect(body.message).toContain(message);
  });

  it('keeps accounts apart and sends rate headers', async () => {
    const id = await made();
    expect((await call('GET', `/v2/droplets/${id}`, undefined, 'sim-two')).status).toBe(404);
    const { status, headers, body } = await call('GET', '/v2/droplets', undefined, 'sim-three');
    expect([status, body.droplets]).toEqual([200, []]);
    expect(headers.get('ratelimit-limit')).toBe('5000');
    expect(headers.get('ratelimit-remaining')).toBe('4999');
    expect((await call('GET', '/v2/account', undefined, 'dop_v1_wrong')).body).toEqual({
      id: 'Unauthorized',
      message: 'Unable to authenticate you',
    });
  });

  it('answers 429 past the limit, with a time to come back', async () => {
    const world = simulator.world.worlds.get('digitalocean')!;
    world.accounts().put({ ...world.ensureAccount('sim-slow'), rateLimit: { requests: 20, perMs: 3_600_000 } });
    await call('GET', '/v2/account', undefined, 'sim-slow');
    const { status, headers } = await call('GET', '/v2/account', undefined, 'sim-slow');
    expect(status).toBe(429);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('locks while an action runs and refuses the next', async () => {
    const id = await made();
    // At once, for a busy machine is slower than the action.
    const off = () => call('POST', `/v2/droplets/${id}/actions`, { type: 'power_off' });
    const answers = (await Promise.all([off(), off()])).toSorted((a, b) => a.status - b.status);
    expect(answers.map(({ status }) => status)).toEqual([201, 422]);
    expect(answers[1]!.body.message).toBe('Droplet already has a pending event.');
    await expect.poll(async () => (await call('GET', `/v2/droplets/${id}`)).body.droplet.status).toBe('off');
    expect((await call('DELETE', `/v2/droplets/${id}`)).status).toBe(204);
    await expect.poll(async () => (await call('GET', `/v2/droplets/${id}`)).status).toBe(404);
  });

  it('keeps by the schedule as many backups as the policy says, and drops them with the droplet', async () => {
    const fast = await startSimulator({ speed: 1_000_000 });
    try {
      const ask = async (method: string, path: string, body?: unknown): Promise<any> => {
        const headers = { authorization: 'Bearer sim-fast', 'content-type': 'application/json' };
        const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
        const text = await (await fetch(`${fast.baseUrl('digitalocean')}/v2/droplets${path}`, init)).text();
        return text === '' ? undefined : JSON.parse(text);
      };
      const { id } = (await ask('POST', '', { ...create, backups: true, backup_policy: { plan: 'daily', hour: 8 } })).droplet;
      const backups = async (): Promise<{ id: number; type: string }[]> => (await ask('GET', `/${id}/backups`)).backups;
      await expect.poll(async () => (await backups()).length, { timeout: 10_000 }).toBe(7);
      const before = await backups();
      await expect.poll(async () => (await backups())[0]!.id).toBeGreaterThan(before[0]!.id);
      expect(await backups()).toHaveLength(7);
      const { droplet } = await ask('GET', `/${id}`);
      expect(droplet).toMatchObject({ backup_ids: expect.arrayContaining([expect.any(Number)]), snapshot_ids: [] });
      expect(Date.parse(droplet.next_backup_window.end)).toBeGreaterThanOrEqual(Date.parse(droplet.next_backup_window.start));
      await ask('DELETE', `/${id}`);
      const world = fast.world.worlds.get('digitalocean')!;
      await expect.poll(() => world.simulation.leftovers!(world)).toEqual([]);
    } finally {
      await fast.close();
    }
  }, 20_000);
});

describe.skipIf(!spec)('the simulated DigitalOcean against the published API', () => {
  const checked = async (method: string, path: string, body?: unknown, token?: string): Promise<Answer> => {
    const answer = await call(method, path, body, token);
    expect(spec!.answer(method, path, answer.status, answer.body), `${method} ${path} ${answer.status}`).toEqual([]);
    return answer;
  };
  it('answers in its shapes', async () => {
    expect(spec!.request('POST', '/v2/droplets', create)).toEqual([]);
    const { body } = await checked('POST', '/v2/droplets', create);
    const { id } = body.droplet;
    await checked('GET', `/v2/actions/${body.links.actions[0].id}`);
    await expect.poll(async () => (await call('GET', `/v2/droplets/${id}`)).body.droplet.status).toBe('active');
    for (const path of ['', '/actions', '/snapshots']) await checked('GET', `/v2/droplets/${id}${path}`);
    const KEY = { name: 'k', public_key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJl3dIeudNqd0DPMRD6OIh65tjkxFNOtwGcWB2gCgPhk me' };
    const key = (await checked('POST', '/v2/account/keys', KEY)).body.ssh_key;
    for (const one of [key.id, key.fingerprint]) await checked('GET', `/v2/account/keys/${one}`);
    await checked('PUT', `/v2/account/keys/${key.id}`, { name: 'l' });
    const wall = {
      name: 'wall',
      droplet_ids: [id],
      inbound_rules: [{ protocol: 'tcp', ports: '22', sources: { addresses: ['0.0.0.0/0'] } }],
      outbound_rules: [{ protocol: 'icmp', destinations: { addresses: ['::/0'] } }],
    };
    const firewall = (await checked('POST', '/v2/firewalls', wall)).body.firewall;
    await checked('GET', `/v2/firewalls/${firewall.id}`);
    await checked('PUT', `/v2/firewalls/${firewall.id}`, wall);
    await checked('POST', '/v2/tags', { name: 'gold' });
    await checked('POST', '/v2/tags/gold/resources', { resources: [{ resource_id: String(id), resource_type: 'droplet' }] });
    await checked('POST', `/v2/droplets/${id}/actions`, { type: 'snapshot', name: 's' });
    await expect.poll(async () => (await call('GET', `/v2/droplets/${id}/snapshots`)).body.snapshots.length).toBe(1);
    const [snapshot] = (await call('GET', `/v2/droplets/${id}/snapshots`)).body.snapshots;
    await checked('GET', `/v2/snapshots/${snapshot.id}`);
    expect(spec!.request('POST', `/v2/droplets/${id}/actions`, { type: 'restore', image: snapshot.id })).toEqual([]);
    await checked('POST', `/v2/droplets/${id}/actions`, { type: 'restore', image: snapshot.id });
    await expect.poll(async () => (await call('GET', `/v2/droplets/${id}`)).body.droplet.locked).toBe(false);
    await checked('GET', `/v2/droplets/${id}`);
    await checked('GET', `/v2/droplets/${id}/backups`);
    const lists = ['account', 'customers/my/balance', 'regions', 'sizes', 'images?type=distribution', 'account/keys', 'firewalls', 'tags'];
    for (const path of [...lists, 'snapshots', 'actions', 'droplets', `droplets/${id}/snapshots`]) await checked('GET', `/v2/${path}`);
    await checked(
      'GET',
      `/v2/monitoring/metrics/droplet/bandwidth?host_id=${id}&interface=public&direction=inbound&start=1&end=4102444800`.replace(
        '4102444800',
        String(Math.floor(Date.now() / 1000)),
      ),
    );
    await checked('GET', '/v2/account', undefined, 'wrong');
    await checked('GET', '/v2/droplets/1');
    await checked('DELETE', `/v2/firewalls/${firewall.id}`);
    await checked('DELETE', `/v2/account/keys/${key.id}`);
    await checked('DELETE', `/v2/snapshots/${snapshot.id}`);
    await checked('GET', `/v2/snapshots/${snapshot.id}`);
    await checked('DELETE', `/v2/droplets/${id}`);
  });
});
