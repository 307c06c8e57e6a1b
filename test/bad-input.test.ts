/** Mistakes that people make: each is refused with field, rule and remedy, and leaves nothing behind, here or there. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../server/kernel/config.ts';
import { type Runtime, startRuntime } from '../server/runtime.ts';
import { withDatabase } from './support/database.ts';

const database = withDatabase();
let dataDir: string;
let runtime: Runtime;

interface Cloud {
  readonly id: string;
  readonly plans: any[];
  readonly regions: any[];
  readonly images: any[];
  readonly body: { type: string; region: string; image: string; provider_id: string };
}
const clouds = new Map<string, Cloud>();

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'plinth-bad-input-'));
  const env = { DATABASE_URL: database.url, PLINTH_ROLE: 'http', PLINTH_DATA_DIR: dataDir, PORT: '0', SIMULATOR_PORT: '0' };
  // No catalogue is kept, so that the simulator's switches show at once.
  runtime = await startRuntime(
    readConfig({ ...env, SIMULATOR_SPEED: '10000', PLINTH_LOG_LEVEL: 'silent', PLINTH_CATALOG_TTL_SECONDS: '0' }),
    () => undefined,
  );
  for (const account of (await call('GET', '/api/admin/providers')).body.providers) {
    const catalog = async (kind: string) => (await call('GET', `/api/admin/upstream/${kind}?providerId=${account.id}`)).body.items;
    const plans = await catalog('plans');
    if (!plans) continue;
    const [regions, images] = [await catalog('regions'), await catalog('images')];
    const plan = plans.find((item: any) => item.available && item.regions.length > 0 && item.diskGb >= 25);
    const fits = (item: any) => item.regions?.includes(plan.regions[0]) ?? true;
    const image = images.find((item: any) => item.family === 'linux' && !item.deprecated && item.minDiskGb <= 25 && fits(item));
    const body = { type: plan.id, region: plan.regions[0], image: image.id, provider_id: account.id };
    clouds.set(account.type, { id: account.id, plans, regions, images, body });
  }
}, 60_000);
afterAll(async () => {
  await runtime?.stop();
  if (dataDir) await rm(dataDir, { recursive: true, force: true });
});

async function call(method: string, path: string, body?: unknown, raw?: string): Promise<{ status: number; body: any }> {
  const content = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const headers = { authorization: `Bearer ${runtime.seeded.adminToken}`, 'content-type': 'application/json' };
  const response = await fetch(runtime.origin + path, { method, headers, ...(content === undefined ? {} : { body: content }) });
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : JSON.parse(text) };
}

async function switchSimulator(method: string, path: string, body: unknown): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${runtime.simulatorOrigin}/_simulator${path}`, { method, headers, body: JSON.stringify(body) });
  expect(response.ok, await response.clone().text()).toBe(true);
}

/** What exists: rows of ours, and servers, records and changing calls at the simulated clouds. */
async function everything() {
  const { db } = runtime.services;
  const [vpses, operations, accounts] = await Promise.all([db.vps.count(), db.operation.count(), db.account.count()]);
  const seen = await Promise.all(
    ['instances', 'records'].map(async (what) => (await fetch(`${runtime.simulatorOrigin}/_simulator/${what}`)).json()),
  );
  const requests = (await (await fetch(`${runtime.simulatorOrigin}/_simulator/requests?limit=2000`)).json()) as { method: string }[];
  return {
    vpses,
    operations,
    accounts,
    there: seen.map((list: any) => list.length),
    changing: requests.filter(({ method }) => method !== 'GET').length,
  };
}

async function refused(answer: Promise<{ status: number; body: any }>, status: number, field: string | null, code?: string): Promise<any> {
  const { status: got, body } = await answer;
  expect([got, body?.errors?.[0]?.field ?? null], JSON.stringify(body)).toEqual([status, field]);
  if (code !== undefined) expect(body.code).toBe(code);
  for (const error of body.errors) for (const part of [error.rule, error.remedy]) expect(part).toMatch(/\w+/);
  expect(body.detail).toMatch(/\w+ \w+/);
  return body;
}

const some = (cloud = 'linode'): Cloud => clouds.get(cloud)!;
const order = (change: object, cloud = 'linode') => call('POST', '/api/vps', { label: 'wrong', ...some(cloud).body, ...change });

describe('an order', () => {
  const punycode = 'xn--pple-43d';
  const cases: [string, object, string][] = [
    ['unknown field', { lable: 'x' }, 'lable'],
    ['unknown field inside', { dns: { zon: 'x' } }, 'dns.zon'],
    ['number for a text', { label: 7 }, 'label'],
    ['text for a list', { ssh_keys: 'ssh-ed25519 AAAA' }, 'ssh_keys'],
    ['null for a text', { region: null }, 'region'],
    ['list for an object', { dns: [] }, 'dns'],
    ['text for yes or no', { backups: 'yes' }, 'backups'],
    ['empty name', { label: '' }, 'label'],
    ['name of 64', { label: 'a'.repeat(64) }, 'label'],
    ['name with umlaut', { label: 'bücher' }, 'label'],
    ['name in another script', { label: 'аpple' }, 'label'],
    ['name with zero-width space', { label: 'web\u200b1' }, 'label'],
    ['name with upper case', { label: 'Web-1' }, 'label'],
    ['name with a dot', { label: 'web.1' }, 'label'],
    ['name with hyphen at the end', { label: 'web-' }, 'label'],
    ['name with a line break', { label: 'web\n1' }, 'label'],
    ['reserved name', { label: 'localhost' }, 'label'],
    ['punycode name', { label: punycode }, 'label'],
    ['punycode host name', { hostname: `${punycode}.example.com` }, 'hostname'],
    ['punycode DNS name', { dns: { name: punycode } }, 'dns.name'],
    ['host name of numbers only', { hostname: '10.0.0.1' }, 'hostname'],
    ['unknown plan', { type: 'huge-9000' }, 'type'],
    ['unknown region', { region: 'atlantis' }, 'region'],
    ['unknown image', { image: 'linode/templeos' }, 'image'],
    ['unknown account', { provider_id: '00000000-0000-4000-8000-000000000000' }, 'provider_id'],
    ['unknown organization', { organization_id: '00000000-0000-4000-8000-000000000000' }, 'organization_id'],
    ['zone of somebody else', { dns: { zone: 'google.com' } }, 'dns.zone'],
    ['zone that is not active yet', { dns: { zone: 'unfinished.test' } }, 'dns.zone'],
    ['DNS name that is the zone', { dns: { zone: 'plinth.test', name: 'plinth.test' } }, 'dns.name'],
    ['private key', { ssh_keys: ['-----BEGIN OPENSSH PRIVATE KEY-----'] }, 'ssh_keys.0'],
    ['cut key', { ssh_keys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5'] }, 'ssh_keys.0'],
    ['key with a command', { ssh_keys: ['command="id" ssh-ed25519 AAAA'] }, 'ssh_keys.0'],
    ['two keys in one', { ssh_keys: ['ssh-rsa AAAA\nssh-rsa BBBB'] }, 'ssh_keys.0'],
    ['short password', { root_pass: 'Ab1' }, 'root_pass'],
    ['plain password', { root_pass: 'aaaaaaaaaaaaaaaa' }, 'root_pass'],
    ['password with a space', { root_pass: 'Correct Horse 1' }, 'root_pass'],
    ['password with an emoji', { root_pass: 'Correct💥Horse1' }, 'root_pass'],
    ['tag with a space', { tags: ['a b'] }, 'tags.0'],
    ['firewall port', { firewall: [{ protocol: 'tcp', ports: 'http', sources: ['0.0.0.0/0'] }] }, 'firewall.0.ports'],
    ['firewall port too high', { firewall: [{ protocol: 'tcp', ports: '70000', sources: ['0.0.0.0/0'] }] }, 'firewall.0.ports'],
    ['firewall ports reversed', { firewall: [{ protocol: 'tcp', ports: '90-80', sources: ['0.0.0.0/0'] }] }, 'firewall.0.ports'],
    ['firewall source', { firewall: [{ protocol: 'tcp', ports: '80', sources: ['everywhere'] }] }, 'firewall.0.sources.0'],
    ['package with a flag', { cloud_init: { packages: ['--force'] } }, 'cloud_init.packages.0'],
    ['relative file', { cloud_init: { files: [{ path: 'etc/motd', content: '' }] } }, 'cloud_init.files.0.path'],
    ['user with a colon', { cloud_init: { users: [{ name: 'a:b' }] } }, 'cloud_init.users.0.name'],
    ['service with a semicolon', { cloud_init: { services: ['a;reboot'] } }, 'cloud_init.services.0'],
    ['NUL in a text', { external_reference: 'a\0b' }, 'external_reference'],
    ['half a character', { external_reference: '\ud800' }, 'external_reference'],
  ];
  it.each(cases)('%s', async (_, change, field) => {
    const before = await everything();
    await refused(order(change), 422, field);
    expect(await everything()).toEqual(before);
  });

  it.each(['digitalocean', 'linode', 'vultr'])('a password longer than %s takes', async (cloud) => {
    const { maxLength } = runtime.services.providers.find(({ descriptor }) => descriptor.id === cloud)!.descriptor.password;
    if (maxLength >= 256) return;
    await refused(order({ root_pass: 'Ab1'.padEnd(maxLength + 1, 'x') }, cloud), 422, 'root_pass', 'weak_password');
  });

  it('a plan that its region does not have', async () => {
    const { plans, regions, body } = some();
    const region = regions.find((item) => item.available);
    const plan = plans.find((item) => item.available && item.regions.length > 0 && !item.regions.includes(region.id));
    if (plan) await refused(order({ type: plan.id, region: region.id }), 409, 'region', 'out_of_stock');
    else await refused(order({ type: body.type, region: regions.find((item) => !item.available).id }), 409, 'region', 'out_of_stock');
  });

  it('a plan that is out of stock', async () => {
    const { type, region } = some('vultr').body;
    await switchSimulator('POST', '/stock', { provider: 'vultr', plan: type, region, available: false });
    const before = await everything();
    const refusal = await refused(order({}, 'vultr'), 409, 'region', 'out_of_stock');
    expect(refusal.errors[0].rule).toContain(type);
    expect(await everything()).toEqual(before);
    await switchSimulator('POST', '/stock', { provider: 'vultr', plan: type, region, available: true });
  });

  it('an image that the provider no longer offers', async () => {
    const old = [...clouds.values()].flatMap(({ images, id }) =>
      images.filter((image) => image.deprecated).map((image) => ({ image, id })),
    );
    expect(old.length).toBeGreaterThan(0);
    const { image, id } = old[0]!;
    const { body } = [...clouds.values()].find((cloud) => cloud.id === id)!;
    await refused(call('POST', '/api/vps', { label: 'wrong', ...body, image: image.id }), 422, 'image');
  });

  it('a Windows image on a provider without Windows', async () => {
    for (const cloud of ['linode', 'digitalocean']) await refused(order({ image: 'windows-2022' }, cloud), 422, 'image', 'unknown_image');
  });

  it('an image that is larger than the plan’s disk', async () => {
    const pairs = [...clouds.values()].flatMap(({ plans, images, body }) =>
      images.flatMap((image) => {
        const plan = plans.find((item) => item.available && item.regions.length > 0 && item.diskGb < image.minDiskGb);
        const free = !image.deprecated && (image.regions?.includes(plan?.regions[0]) ?? true);
        return plan && free ? [{ ...body, image: image.id, type: plan.id, region: plan.regions[0] }] : [];
      }),
    );
    expect(pairs.length).toBeGreaterThan(0);
    await refused(call('POST', '/api/vps', { label: 'wrong', ...pairs[0] }), 422, 'image', 'image_too_large');
  });

  it('keys or cloud-init for a Windows server', async () => {
    const { images, plans } = some('vultr');
    const windows = images.find((image) => image.family === 'windows' && !image.deprecated)!;
    const plan = plans.find((item) => item.available && item.regions.length > 0 && item.diskGb >= windows.minDiskGb)!;
    const change = { image: windows.id, type: plan.id, region: plan.regions[0], cloud_init: { packages: ['nginx'] } };
    await refused(order(change, 'vultr'), 422, 'cloud_init', 'not_supported');
  });

  it('a name or reference that a living VPS has', async () => {
    expect((await order({ label: 'taken', external_reference: 'order-1' })).status).toBe(202);
    const before = await everything();
    await refused(order({ label: 'taken' }), 409, 'label', 'label_taken');
    await refused(order({ label: 'other', external_reference: 'order-1' }), 409, 'external_reference', 'reference_taken');
    expect(await everything()).toEqual(before);
  });

  it('a body that is no JSON, is no object, or is too large', async () => {
    const before = await everything();
    await refused(call('POST', '/api/vps', undefined, '{"label":'), 400, 'body', 'malformed_json');
    await refused(call('POST', '/api/vps', undefined, '[]'), 422, 'body');
    await refused(call('POST', '/api/vps', undefined, `{"label":"${'x'.repeat(1_100_000)}"}`), 413, 'body', 'body_too_large');
    expect(await everything()).toEqual(before);
  });
});

describe('an account', () => {
  const account = { name: 'new', type: 'linode', api_key: `sim-${'a'.repeat(60)}`, endpoint: 'simulator' };
  const cases: [string, object, string][] = [
    ['unknown provider', { type: 'nimbus' }, 'type'],
    ['provider that is no company', { type: 'random' }, 'type'],
    ['key of another form', { api_key: 'not a key' }, 'api_key'],
    ['wrong key', { api_key: 'f'.repeat(64) }, 'api_key'],
    ['key with unknown fields', { api_key: { user: 'a', secret: 'b' } }, 'api_key'],
    ['unknown option', { configuration: { colour: 'red' } }, 'configuration.colour'],
    ['option of the wrong type', { configuration: { allowed_regions: 'eu-central' } }, 'configuration.allowed_regions'],
    ['option in another style', { configuration: { allowedRegions: [] } }, 'configuration.allowedRegions'],
    ['option of another provider', { configuration: { vpc_enabled: true } }, 'configuration.vpc_enabled'],
    ['unknown field', { region: 'eu' }, 'region'],
    ['unknown endpoint', { endpoint: 'staging' }, 'endpoint'],
  ];
  it.each(cases)('%s', async (_, change, field) => {
    const before = await everything();
    await refused(call('POST', '/api/admin/providers', { ...account, ...change }), 422, field);
    expect(await everything()).toEqual(before);
  });

  it('a revoked key, also as a replacement', async () => {
    const key = `sim-${'r'.repeat(60)}`;
    await switchSimulator('PUT', `/accounts/linode/${key}`, { revoked: true });
    const before = await everything();
    await refused(call('POST', '/api/admin/providers', { ...account, api_key: key }), 422, 'api_key');
    await refused(call('POST', `/api/admin/providers/${some().id}/rotate-key`, { api_key: key }), 422, 'api_key');
    expect(await everything()).toEqual(before);
    expect((await order({ label: 'old-key-works' })).status).toBe(202);
  });

  it('a name that another account has', async () => {
    const [{ name }] = (await call('GET', '/api/admin/providers')).body.providers;
    await refused(call('POST', '/api/admin/providers', { ...account, name }), 409, 'name', 'name_taken');
  });
});

describe('production', () => {
  const key = Buffer.alloc(32).toString('base64');
  const production = { PLINTH_MODE: 'production', PLINTH_MASTER_KEY: key, PLINTH_PUBLIC_URL: 'https://vps.example.com' };

  it('does not start with the simulator', () => {
    expect(() => readConfig({ ...production, DATABASE_URL: database.url, SIMULATOR: 'on' })).toThrow(ConfigError);
  });

  it('refuses accounts at the simulator, new ones and old ones', async () => {
    const config = {
      // The other service of this database takes its tokens' share in large portions.
      ...readConfig({ ...production, DATABASE_URL: database.url, PLINTH_LIMIT_ADDRESS: '0', PLINTH_LIMIT_TOKEN: '0' }),
      host: '127.0.0.1',
      port: 0,
      role: 'http' as const,
      dataDir,
    };
    const live = await startRuntime({ ...config, logLevel: 'silent', masterKey: await keyOf(dataDir) }, () => undefined);
    try {
      const ask = async (path: string, body: unknown) => {
        const headers = { authorization: `Bearer ${runtime.seeded.adminToken}`, 'content-type': 'application/json' };
        const response = await fetch(live.origin + path, { method: 'POST', headers, body: JSON.stringify(body) });
        return { status: response.status, body: await response.json() };
      };
      const before = await everything();
      const account = { name: 'new', type: 'linode', api_key: `sim-${'a'.repeat(60)}`, endpoint: 'simulator' };
      await refused(ask('/api/admin/providers', account), 409, 'endpoint', 'simulator_off');
      await refused(ask('/api/vps', { label: 'not-real', ...some().body }), 409, 'provider_id', 'simulator_off');
      expect(await everything()).toEqual(before);
    } finally {
      await live.stop();
    }
  });
});

async function keyOf(directory: string): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  return (await readFile(join(directory, 'master-key'), 'utf8')).trim();
}
