/** What an order may leave out, and where it comes from: the account's options, the only zone, the label. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readConfig } from '../server/kernel/config.ts';
import { type Runtime, startRuntime } from '../server/runtime.ts';
import { withDatabase } from './support/database.ts';

const database = withDatabase();
let dataDir: string;
let runtime: Runtime;
const accounts = new Map<string, string>();

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'plinth-defaults-'));
  const env = { DATABASE_URL: database.url, PLINTH_ROLE: 'http', PLINTH_DATA_DIR: dataDir, PORT: '0', SIMULATOR_PORT: '0' };
  runtime = await startRuntime(readConfig({ ...env, SIMULATOR_SPEED: '10000', PLINTH_LOG_LEVEL: 'silent' }), () => undefined);
  for (const { type, id } of (await call('GET', '/api/admin/providers')).body.providers) accounts.set(type, id);
}, 60_000);
afterAll(async () => {
  await runtime?.stop();
  if (dataDir) await rm(dataDir, { recursive: true, force: true });
});

async function call(method: string, path: string, body?: unknown): Promise<{ status: number; body: any }> {
  const headers = { authorization: `Bearer ${runtime.seeded.adminToken}`, 'content-type': 'application/json' };
  const response = await fetch(runtime.origin + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  return { status: response.status, body: await response.json() };
}

const droplet = { type: 's-1vcpu-1gb', region: 'fra1', image: 'ubuntu-24-04-x64' };
const order = (label: string, change: object = {}) => call('POST', '/api/vps', { label, ...droplet, ...change });
const configure = (type: string, configuration: object) => call('PATCH', `/api/admin/providers/${accounts.get(type)}`, { configuration });
async function specOf(label: string): Promise<any> {
  return (await runtime.services.db.vps.findFirstOrThrow({ where: { label } })).spec;
}

it('takes the four fields alone, and the label as host name', async () => {
  const { status, body } = await order('plain');
  expect([status, body.instance.hostname, body.instance.dns_name]).toEqual([202, 'plain', null]);
  expect(body.instance.provider_id).toBe(accounts.get('digitalocean'));
});

it('takes dns: {} when it is clear which zone is meant, and says the name', async () => {
  const unclear = await order('unclear', { dns: {} });
  expect([unclear.status, unclear.body.errors[0].field]).toEqual([422, 'dns.zone']);
  expect(unclear.body.errors[0].remedy).toMatch(/plinth\.test.*default_zone/);
  expect((await configure('cloudflare', { default_zone: 'plinth.test' })).status).toBe(200);
  expect((await order('by-default', { dns: {} })).body.instance).toMatchObject({
    dns_name: 'by-default.plinth.test',
    hostname: 'by-default.plinth.test',
  });
  expect(
    (await configure('cloudflare', { allowed_zones: ['example-hosting.test'], default_zone: 'example-hosting.test', ttl: 120 })).status,
  ).toBe(200);
  expect((await order('by-rule', { dns: {} })).body.instance.dns_name).toBe('by-rule.example-hosting.test');
  expect((await specOf('by-rule')).dns).toMatchObject({ ttl: 120, proxied: false });
});

it('takes backups, IPv6 and regions from the account, in one style on the wire', async () => {
  const options = { backup_enabled: true, ipv6_enabled: false, allowed_regions: ['fra1'], vpc_enabled: true };
  const { body } = await configure('digitalocean', options);
  expect(body.provider.configuration).toMatchObject(options);
  await order('as-account');
  expect((await specOf('as-account')).compute).toMatchObject({ backups: true, ipv6: false });
  await order('as-order', { backups: false, ipv6: true });
  expect((await specOf('as-order')).compute).toMatchObject({ backups: false, ipv6: true });
  expect((await order('elsewhere', { region: 'nyc3' })).body.code).toBe('region_not_allowed');
});

it('takes the default one of several accounts', async () => {
  const second = { name: 'second', type: 'digitalocean', api_key: `sim-${'d'.repeat(67)}`, endpoint: 'simulator' };
  const made = await call('POST', '/api/admin/providers', second);
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  const unclear = await order('which');
  expect([unclear.status, unclear.body.code]).toEqual([422, 'ambiguous_plan']);
  await call('PATCH', `/api/admin/providers/${made.body.provider.id}`, { configuration: { default: true } });
  expect((await order('which')).body.instance.provider_id).toBe(made.body.provider.id);
});

it('refuses options that the provider does not have or cannot do', async () => {
  for (const [type, configuration, field] of [
    ['digitalocean', { private_ip_enabled: true }, 'private_ip_enabled'],
    ['linode', { vpc_enabled: true }, 'vpc_enabled'],
    ['vultr', { backup_enabled: 'yes' }, 'backup_enabled'],
    ['linode', { allowed_regions: [7] }, 'allowed_regions.0'],
  ] as const) {
    const { status, body } = await configure(type, configuration);
    expect([status, body.errors[0].field]).toEqual([422, `configuration.${field}`]);
    expect(body.errors[0].remedy).toContain('allowed_regions');
  }
  expect((await configure('linode', { private_ip_enabled: true })).body.provider.configuration.private_ip_enabled).toBe(true);
});
