/** The multi-provider desk's clients: the documented requests as they are, and a walk from nothing to a server and to none. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { until } from '../support/until.ts';
import { compatService } from './support.ts';

const { call, servers } = compatService();

async function accountOf(type: string): Promise<any> {
  const { body } = await call('GET', '/api/admin/providers');
  return body.providers.find((each: any) => each.type === type);
}

function newKey(): string {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-key-'));
  try {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'user@laptop', '-f', join(folder, 'key')]);
    return readFileSync(join(folder, 'key.pub'), 'utf8').trim();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('what providers offer', () => {
  it('is named by one casing, with numbers, and by the account that is the default', async () => {
    const { status, body } = await call('GET', '/api/admin/upstream/plans?provider=digitalocean');
    expect(status).toBe(200);
    const plan = body.plans.find((each: any) => each.id === 's-1vcpu-1gb');
    expect(plan).toMatchObject({
      label: expect.any(String),
      vcpus: 1,
      memory: 1024,
      disk: 25,
      transfer: expect.any(Number),
      price: { monthly: 6, hourly: expect.any(Number) },
      currency: 'USD',
      available: true,
    });
    expect(JSON.stringify(body.plans)).not.toMatch(/"[a-z]+[A-Z]/);
    const regions = await call('GET', '/api/admin/upstream/regions?provider=linode');
    expect(regions.body.regions[0]).toMatchObject({ id: expect.any(String), label: expect.any(String), available: true });
    const images = await call('GET', '/api/admin/upstream/images?provider=vultr');
    expect(images.body.images[0]).toMatchObject({ id: expect.any(String), label: expect.any(String), min_disk: expect.any(Number) });
  });

  it('comes from the oldest account where none is the default, and from the default one', async () => {
    const first = await accountOf('vultr');
    const second = { name: 'second', type: 'vultr', api_key: 'sim-second-account'.padEnd(36, 'A'), endpoint: 'simulator' };
    const made = await call('POST', '/api/admin/providers', second);
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    const asked = async (): Promise<string> => (await call('GET', '/api/admin/upstream/plans?provider=vultr')).body.provider_id;
    await call('PATCH', `/api/admin/providers/${first.id}`, { configuration: { default: false } });
    expect(await asked()).toBe(first.id);
    await call('PATCH', `/api/admin/providers/${made.body.provider.id}`, { configuration: { default: true } });
    expect(await asked()).toBe(made.body.provider.id);
    expect((await call('DELETE', `/api/admin/providers/${made.body.provider.id}`)).status).toBe(204);
  });

  it('shows an organization no price', async () => {
    const { body: made } = await call('POST', '/api/admin/organizations', { name: 'reader' });
    const organization_id = made.organization.id;
    const { body } = await call('POST', '/api/tokens', { name: 'reader', role: 'viewer', organization_id });
    const plans = await call('GET', '/api/admin/upstream/plans?provider=digitalocean', undefined, body.secret);
    expect(plans.body.plans.length).toBeGreaterThan(0);
    expect(plans.body.plans.every((each: any) => each.price === null)).toBe(true);
    expect(JSON.stringify(plans.body)).not.toMatch(/"(?:price|priceMonthly|region_prices|backup_price)":(?!null)/);
  });
});

it('takes the documented configurations as they are', async () => {
  for (const [type, configuration] of [
    ['linode', { default: true, allowed_regions: ['us-east', 'us-west', 'eu-west'], backup_enabled: true, private_ip_enabled: false }],
    [
      'digitalocean',
      { default: false, allowed_regions: ['nyc1', 'nyc3', 'sfo3', 'ams3'], backup_enabled: true, ipv6_enabled: true, vpc_enabled: false },
    ],
  ] as const) {
    const { status, body } = await call('PATCH', `/api/admin/providers/${(await accountOf(type)).id}`, { configuration });
    expect(status, JSON.stringify(body)).toBe(200);
    expect(body.provider.configuration).toMatchObject(configuration);
  }
});

it('takes the documented order from nothing to a working server and to none', async () => {
  const order = {
    label: 'production-web-1',
    type: 's-1vcpu-1gb',
    region: 'nyc1',
    image: 'ubuntu-22-04-x64',
    root_pass: 'secure_password123',
    ssh_keys: [newKey()],
  };
  const { status, body } = await call('POST', '/api/vps', order);
  expect(status, JSON.stringify(body)).toBe(202);
  expect(body.operation.kind).toBe('provision');
  const wanted = ['organization_id', 'user_id', 'plan_id', 'provider', 'provider_instance_id', 'ip_address', 'configuration'];
  for (const field of ['id', 'label', 'status', 'region', 'created_at', 'updated_at', ...wanted])
    expect(body.instance).toHaveProperty(field);
  const active = await until(
    async () => {
      const { instance } = (await call('GET', `/api/vps/${body.instance.id}`)).body;
      return instance.status === 'active' ? instance : undefined;
    },
    { timeoutMs: 60_000, what: 'production-web-1 to be active' },
  );
  const server = (await servers()).find((each) => each.label === 'production-web-1' || String(each.label).startsWith('production-web-1'));
  expect(active).toMatchObject({
    provider: 'digitalocean',
    provider_instance_id: String(server.id),
    ip_address: server.ipv4,
    region: 'nyc1',
  });
  expect(active.configuration).toMatchObject({ plan: 's-1vcpu-1gb', image: 'ubuntu-22-04-x64' });
  expect((await call('DELETE', `/api/vps/${active.id}?grace_hours=0`)).status).toBe(202);
  await until(async () => !(await servers()).some((each) => each.id === server.id), { timeoutMs: 60_000, what: 'the server to be gone' });
});

it('refuses a password that is short, or tried by everybody, and no other', async () => {
  for (const [index, password] of ['short_1', 'Password123', 'aaaaaaaaaaaa', 'with a blank in it'].entries()) {
    const { status, body } = await call('POST', '/api/vps', {
      label: `weak-${index}`,
      type: 's-1vcpu-1gb',
      region: 'nyc1',
      image: 'ubuntu-22-04-x64',
      root_pass: password,
    });
    expect([status, body.code, body.errors?.[0].field]).toEqual([422, 'weak_password', 'root_pass']);
  }
});

it('sells nothing new at an account that is switched off, and leaves what is there', async () => {
  const account = await accountOf('digitalocean');
  expect(account.active).toBe(true);
  expect((await call('PATCH', `/api/admin/providers/${account.id}`, { active: false })).body.provider.active).toBe(false);
  const order = { label: 'off-1', type: 's-1vcpu-1gb', region: 'nyc1', image: 'ubuntu-22-04-x64' };
  expect(await call('POST', '/api/vps', { ...order, provider_id: account.id })).toMatchObject({
    status: 409,
    body: { code: 'account_inactive' },
  });
  expect((await call('POST', '/api/vps', order)).status).toBe(422);
  expect((await call('PATCH', `/api/admin/providers/${account.id}`, { active: true })).status).toBe(200);
});

it('makes nothing new for an organization that is switched off, and leaves what is there', async () => {
  const { body: made } = await call('POST', '/api/admin/organizations', { name: 'off-and-on' });
  const { id, active } = made.organization;
  expect(active).toBe(true);
  const path = `/api/admin/organizations/${id}`;
  expect((await call('PATCH', path, { active: false })).body.organization).toMatchObject({ active: false, status: 'blocked' });
  const order = { label: 'off-2', type: 's-1vcpu-1gb', region: 'nyc1', image: 'ubuntu-22-04-x64', organization_id: id };
  const refused = await call('POST', '/api/vps', order);
  expect([refused.status, refused.body.code]).toEqual([409, 'organization_blocked']);
  expect((await call('PATCH', path, { active: true })).body.organization).toMatchObject({ active: true, status: 'active', zones: null });
  expect((await call('PATCH', path, {})).status).toBe(422);
});

it('has every provider that was named, by its name', async () => {
  const { body } = await call('GET', '/api/admin/providers');
  const named = ['linode', 'digitalocean', 'vultr', 'hetzner', 'aws', 'gcp', 'ovh', 'hostinger', 'smartvps', 'manual', 'cloudflare'];
  expect(body.available.map((each: any) => each.type)).toEqual(expect.arrayContaining(named));
});
