/** Names by one rule, whatever way they come in; which zones and names an organization's tokens may have. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../server/kernel/config.ts';
import { createToken } from '../server/identity/tokens/authenticate.ts';
import { type Runtime, startRuntime } from '../server/runtime.ts';
import { withDatabase } from './support/database.ts';

const ZONE = 'plinth.test';
const OTHER = 'example-hosting.test';
const database = withDatabase();
let dataDir: string;
let runtime: Runtime;
let dnsAccount: string;
let tenant: { id: string; secret: string };

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'plinth-names-'));
  const env = { DATABASE_URL: database.url, PLINTH_ROLE: 'http', PLINTH_DATA_DIR: dataDir, PORT: '0', SIMULATOR_PORT: '0' };
  const reserved = { PLINTH_RESERVED_NAMES: 'www*,mail,ns*,autodiscover,_dmarc' };
  runtime = await startRuntime(readConfig({ ...env, ...reserved, SIMULATOR_SPEED: '10000', PLINTH_LOG_LEVEL: 'silent' }), () => undefined);
  dnsAccount = (await call('GET', '/api/admin/providers')).body.providers.find((each: any) => each.type === 'cloudflare').id;
  const { id } = (await call('POST', '/api/admin/organizations', { name: 'tenant' })).body.organization;
  const token = await createToken(runtime.services.db, { name: 't', role: 'operator', organizationId: id, expiresAt: null });
  tenant = { id, secret: token.secret };
}, 60_000);
afterAll(async () => {
  await runtime?.stop();
  if (dataDir) await rm(dataDir, { recursive: true, force: true });
});

async function call(
  method: string,
  path: string,
  body?: unknown,
  token = runtime.seeded.adminToken!,
): Promise<{ status: number; body: any }> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await fetch(runtime.origin + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  return { status: response.status, body: await response.json() };
}

const droplet = { type: 's-1vcpu-1gb', region: 'fra1', image: 'ubuntu-24-04-x64' };
let count = 0;
const label = () => `vps-${++count}`;
const order = (dns: object, token?: string) => call('POST', '/api/vps', { ...droplet, label: label(), dns }, token);
const zones = (list: string[] | null) => call('PATCH', `/api/admin/organizations/${tenant.id}`, { zones: list });
const configure = (configuration: object) => call('PATCH', `/api/admin/providers/${dnsAccount}`, { configuration });
const refusal = ({ status, body }: { status: number; body: any }) => [status, body.code, body.errors?.[0]?.field];

/** A VPS that is there, as a worker would have made it. */
async function living(dns: object | undefined): Promise<string> {
  const { body } = await call('POST', '/api/vps', { ...droplet, label: label(), ...(dns ? { dns } : {}) });
  const { db } = runtime.services;
  await db.operation.updateMany({ where: { vpsId: body.instance.id }, data: { status: 'succeeded' } });
  await db.vps.update({ where: { id: body.instance.id }, data: { status: 'active', instanceId: `i-${body.instance.id}` } });
  return body.instance.id;
}
const rename = (id: string, hostname: string, token?: string) =>
  call('POST', `/api/vps/${id}/actions`, { action: 'rename', hostname }, token);

const WRONG: [string, string][] = [
  ['an address', '10.0.0.1'],
  ['an IPv6 address', '2001:db8::1'],
  ['a number at the end', 'web.7'],
  ['a name outside the zone', 'web.other.example'],
  ['two labels that are no zone', 'a.b'],
  ['the zone itself', ZONE],
  ['the apex sign', '@'],
  ['a wildcard', `*.${ZONE}`],
  ['an underscore', `_sip.${ZONE}`],
  ['punycode that means nothing', 'xn--a'],
  ['letters of two scripts', 'аdmin'],
  ['letters that only look Latin', 'аррӏе'],
  ['the punycode of such', 'xn--80ak6aa92e'],
  ['hyphens that are set aside', 'ab--cd'],
  ['a name of the machine itself', `localhost.${ZONE}`],
  ['an empty part', `a..${ZONE}`],
  ['a part of 64', 'x'.repeat(64)],
  ['six levels', `a.b.c.d.e.f.${ZONE}`],
];

describe('a name by order, rename and retry', () => {
  it.each(WRONG)('refuses %s', async (_what, name) => {
    expect(refusal(await order({ zone: ZONE, name }))).toEqual([422, expect.any(String), 'dns.name']);
    const id = await living({ zone: ZONE });
    expect(refusal(await rename(id, name))).toEqual([422, expect.any(String), 'hostname']);
    const { db } = runtime.services;
    await db.operation.updateMany({ where: { vpsId: id }, data: { status: 'failed' } });
    expect(refusal(await call('POST', `/api/vps/${id}/retry`, { hostname: name }))).toEqual([422, expect.any(String), 'hostname']);
    expect(refusal(await call('POST', `/api/vps/${id}/retry`, { dns: { zone: ZONE, name } }))).toEqual([
      422,
      expect.any(String),
      'dns.name',
    ]);
  });

  it.each([
    ['Web.Plinth.Test.', `web.${ZONE}`],
    ['müller', `xn--mller-kva.${ZONE}`],
    ['xn--mller-2', null],
    [`faß.${ZONE}`, `xn--fa-hia.${ZONE}`],
    [`a.b.${ZONE}`, `a.b.${ZONE}`],
    ['日本語', `xn--wgv71a119e.${ZONE}`],
  ])('takes %s as %s', async (given, name) => {
    const { status, body } = await order({ zone: ZONE, name: given });
    if (name === null) return void expect(status).toBe(422);
    expect([status, body.instance?.dns_name], JSON.stringify(body)).toEqual([202, name]);
    // The same name in another spelling is the same name.
    expect((await order({ zone: ZONE, name: name.toUpperCase() })).body.code).toBe('dns_name_taken');
  });

  it('has the same rule for host names without DNS', async () => {
    const host = (hostname: string) => call('POST', '/api/vps', { ...droplet, label: label(), hostname });
    for (const name of ['10.0.0.1', '*.example.com', 'аррӏе.example.com', 'localhost', 'a_b'])
      expect([name, ...refusal(await host(name))]).toEqual([name, 422, 'invalid_request', 'hostname']);
    expect((await host('Bücher.example')).body.instance.hostname).toBe('xn--bcher-kva.example');
    const id = await living(undefined);
    expect(refusal(await rename(id, '10.0.0.1'))).toEqual([422, 'invalid_request', 'hostname']);
  });
});

describe('a zone', () => {
  it('is the one that a whole name ends in, or the one that is named, and nothing else', async () => {
    expect((await order({ name: `found.${OTHER}` })).body.instance.dns_name).toBe(`found.${OTHER}`);
    expect(refusal(await order({ zone: ZONE, name: `web.${OTHER}` }))).toEqual([422, 'invalid_request', 'dns.name']);
    expect(refusal(await order({ name: 'web.nowhere.example' }))).toEqual([422, 'unknown_zone', 'dns.name']);
    expect((await order({ zone: 'PLINTH.test.', name: 'loud' })).body.instance.dns_name).toBe(`loud.${ZONE}`);
    expect(refusal(await order({ zone: '10.0.0.1' }))).toEqual([422, 'invalid_request', 'dns.zone']);
  });

  it('of two accounts needs the account, or a default', async () => {
    const second = { name: 'second dns', type: 'cloudflare', api_key: `sim-second_${'d'.repeat(30)}`, endpoint: 'simulator' };
    const made = await call('POST', '/api/admin/providers', second);
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    const { id } = made.body.provider;
    const unclear = await order({ zone: ZONE, name: 'twice' });
    expect(refusal(unclear)).toEqual([422, 'ambiguous_zone', 'dns.zone']);
    expect(unclear.body.errors[0].remedy).toContain(id);
    const chosen = await order({ zone: ZONE, name: 'twice', provider_id: id });
    expect((await runtime.services.db.vps.findUniqueOrThrow({ where: { id: chosen.body.instance.id } })).dnsAccountId).toBe(id);
    // A name has one owner, whichever account's zone it is in.
    expect((await order({ zone: ZONE, name: 'twice', provider_id: dnsAccount })).body.code).toBe('dns_name_taken');
    await zones([ZONE]);
    const asTenant = await order({ zone: ZONE, name: 'twice-2' }, tenant.secret);
    expect(refusal(asTenant)).toEqual([422, 'ambiguous_zone', 'dns.zone']);
    expect(JSON.stringify(asTenant.body.errors)).not.toMatch(/second dns|[0-9a-f]{8}-[0-9a-f]{4}/);
    expect(refusal(await order({ zone: ZONE, provider_id: id }, tenant.secret))).toEqual([403, 'forbidden', 'dns.provider_id']);
    await configure({ default_zone: ZONE });
    expect((await order({ name: 'once' })).body.instance.dns_name).toBe(`once.${ZONE}`);
  });
});

describe('an organization’s names', () => {
  it('are in its own zones, or without a list in the default one', async () => {
    await zones(null);
    await configure({});
    expect(refusal(await order({ zone: ZONE }, tenant.secret))).toEqual([422, 'unknown_zone', 'dns.zone']);
    await configure({ default_zone: ZONE });
    expect((await order({}, tenant.secret)).status).toBe(202);
    const refused = await order({ zone: OTHER }, tenant.secret);
    expect(refusal(refused)).toEqual([422, 'unknown_zone', 'dns.zone']);
    expect(refused.body.errors[0].remedy).not.toContain(OTHER);
    await zones([OTHER]);
    expect(refusal(await order({ zone: ZONE }, tenant.secret))).toEqual([422, 'unknown_zone', 'dns.zone']);
    expect((await order({ name: `there.${OTHER}`, zone: OTHER }, tenant.secret)).body.code).toBe('ambiguous_zone');
    await zones([]);
    expect(refusal(await order({}, tenant.secret))).toEqual([422, 'unknown_zone', 'dns.zone']);
    await zones([ZONE]);
    expect(refusal(await call('PATCH', `/api/admin/organizations/${tenant.id}`, { zones: ['*.example'] }))).toEqual([
      422,
      'invalid_request',
      'zones.0',
    ]);
    expect((await call('PATCH', `/api/admin/organizations/${tenant.id}`, { zones: null }, tenant.secret)).status).toBe(403);
  });

  it('are none that are reserved directly below a zone, nor below those', async () => {
    for (const name of ['www', 'www2', 'mail', 'ns1', 'ns-2', 'autodiscover', 'ｗｗｗ', `shop.www.${ZONE}`])
      expect([name, ...refusal(await order({ zone: ZONE, name }, tenant.secret))]).toEqual([name, 422, 'name_reserved', 'dns.name']);
    expect((await order({ zone: ZONE, name: `www.shop.${ZONE}` }, tenant.secret)).status).toBe(202);
    const id = (await order({ zone: ZONE }, tenant.secret)).body.instance.id;
    const { db } = runtime.services;
    await db.operation.updateMany({ where: { vpsId: id }, data: { status: 'failed' } });
    expect(refusal(await call('POST', `/api/vps/${id}/retry`, { hostname: 'www' }, tenant.secret))).toEqual([
      422,
      'name_reserved',
      'hostname',
    ]);
    await db.operation.updateMany({ where: { vpsId: id }, data: { status: 'succeeded' } });
    await db.vps.update({ where: { id }, data: { status: 'active', instanceId: `i-${id}` } });
    expect(refusal(await rename(id, 'mail', tenant.secret))).toEqual([422, 'name_reserved', 'hostname']);
    // The zones are the seller's.
    expect((await order({ zone: ZONE, name: 'www', provider_id: dnsAccount })).status).toBe(202);
  });
});
