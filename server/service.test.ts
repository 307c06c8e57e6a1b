import { GRANTS } from '../contract/permissions.ts';
import { withFormerPaths } from './kernel/http/former-paths.ts';
import { permissionsOf } from './kernel/http/route.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLES } from '../contract/ids.ts';
import { withDatabase } from '../test/support/database.ts';
import { createToken } from './identity/tokens/authenticate.ts';
import { readConfig } from './kernel/config.ts';
import { describedRoutes } from './domains.ts';
import { assertDeclared } from './kernel/http/router.ts';
import type { Route } from './kernel/http/route.ts';
import { type Runtime, startRuntime } from './runtime.ts';
import { appendEvents, endQueued } from './vps/operations/store.ts';
import { newestIntact } from './kernel/audit-chain.ts';
import { ensureOrganization } from './kernel/settings.ts';

const database = withDatabase();
let dataDir: string;
let runtime: Runtime;
let admin: string;
let routes: Route[];
let body: { label: string; type: string; region: string; image: string; provider_id: string };

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'plinth-service-'));
  const env = {
    DATABASE_URL: database.url,
    PLINTH_ROLE: 'http',
    PLINTH_DATA_DIR: dataDir,
    PORT: '0',
    SIMULATOR_PORT: '0',
    SIMULATOR_SPEED: '1000',
  };
  runtime = await startRuntime(readConfig({ ...env, PLINTH_LOG_LEVEL: 'silent' }), () => undefined);
  admin = runtime.seeded.adminToken!;
  routes = describedRoutes();
  const { providers } = (await call('GET', '/api/admin/providers')).body;
  for (const account of providers) {
    const plans = await call('GET', `/api/admin/upstream/plans?providerId=${account.id}`);
    const images = await call('GET', `/api/admin/upstream/images?providerId=${account.id}`);
    if (plans.status !== 200) continue;
    const plan = plans.body.items.find((item: any) => item.available && item.regions.length > 0 && item.diskGb >= 25);
    const fits = (item: any) => item.regions?.includes(plan.regions[0]) ?? true;
    const image = images.body.items.find((item: any) => item.family === 'linux' && !item.deprecated && item.minDiskGb <= 25 && fits(item));
    body = { label: 'template', type: plan.id, region: plan.regions[0], image: image.id, provider_id: account.id };
    break;
  }
}, 60_000);
afterAll(async () => {
  await runtime?.stop();
  if (dataDir) await rm(dataDir, { recursive: true, force: true });
});

const isJson = ({ headers }: Response): boolean => /^application\/(problem\+)?json/.test(headers.get('content-type') ?? '');

async function call(
  method: string,
  path: string,
  options: { body?: unknown; raw?: string; token?: string; headers?: Record<string, string> } = {},
) {
  const { token = admin } = options;
  const payload = options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
  const headers = {
    ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
    ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
    ...options.headers,
  };
  const response = await fetch(runtime.origin + path, { method, headers, ...(payload === undefined ? {} : { body: payload }) });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: isJson(response) ? JSON.parse(text) : (text as any) };
}

const tokenOf = async (role: (typeof ROLES)[number], organizationId: string | null = null) =>
  (await createToken(runtime.services.db, { name: `${role} test`, role, organizationId, expiresAt: null })).secret;

describe('who may call what', () => {
  it('refuses every route without, and every route below its role', async () => {
    const tokens = { viewer: await tokenOf('viewer'), operator: await tokenOf('operator'), admin };
    for (const route of routes.filter(({ permission }) => permission !== 'public')) {
      const path = route.path.replace(':kind', 'plans').replace(':id', '00000000-0000-4000-8000-000000000000');
      const method = route.method.toUpperCase();
      const anonymous = await call(method, path, { token: '' });
      expect([method, path, anonymous.status]).toEqual([method, path, 401]);
      for (const role of ROLES) {
        const sent = method === 'GET' ? {} : { body: { nonsense: 1 } };
        const { status, body: answer } = await call(method, path, { token: tokens[role], ...sent });
        // What only a person has is refused to every token, by a code of its own.
        const forbidden = status === 403 && answer.code === 'forbidden';
        const allowed = permissionsOf(route).some((permission) => GRANTS.platformToken[role].has(permission));
        expect([method, path, role, forbidden]).toEqual([method, path, role, !allowed]);
      }
    }
  });

  it('asks of nobody who they are only where people come in', () => {
    const open = routes.filter(({ permission }) => permission === 'public').map(({ method, path }) => `${method} ${path}`);
    expect(open.toSorted()).toEqual([
      'get /api/brand',
      'get /api/brand/app.webmanifest',
      'get /api/brand/style.css',
      'get /api/sign-in',
      'get /api/sign-in/oidc/callback',
      'post /api/device-login',
      'post /api/device-login/poll',
      'post /api/invitations/look',
      'post /api/password-reset',
      'post /api/password-reset/confirm',
      'post /api/setup',
      'post /api/setup/:key',
      'post /api/setup/:key/finished',
      'post /api/sign-in',
      'post /api/sign-in/oidc',
      'post /api/sign-in/passkey',
      'post /api/sign-in/passkey/options',
      'post /api/sign-in/second-factor',
      'post /api/sign-up',
      'post /api/sign-up/resend',
      'post /api/sign-up/verify',
    ]);
  });

  it('does not start with a route that declares no permission, or one that is not in the table', () => {
    for (const permission of [undefined, 'vps:unheard-of', { anyOf: [], of: () => [] }])
      expect(() => assertDeclared([{ ...routes[0]!, permission: permission as never }])).toThrow(/declares no permission/);
  });

  it('does not start with a change that says neither that it is one transaction nor why it is none', () => {
    const change = routes.find((each) => each.method === 'post' && 'transaction' in each)!;
    for (const wrong of [{ transaction: undefined }, { apart: 'in steps' }])
      expect(() => assertDeclared([{ ...change, ...wrong } as never])).toThrow(/says neither `transaction` nor why it is `apart`/);
  });

  it('hides one organization from another', async () => {
    const created = await call('POST', '/api/vps', { body: { ...body, label: 'scoped' } });
    expect(created.status).toBe(202);
    const stranger = await tokenOf('admin', (await ensureOrganization(runtime.services.db, 'stranger')).id);
    const { instance, operation } = created.body;
    for (const path of [
      `/api/vps/${instance.id}`,
      `/api/vps/${instance.id}/outputs`,
      `/api/operations/${operation.id}`,
      `/api/operations/${operation.id}/events`,
    ])
      expect((await call('GET', path, { token: stranger })).status).toBe(404);
    expect((await call('DELETE', `/api/vps/${instance.id}`, { token: stranger })).status).toBe(404);
    expect((await call('POST', `/api/operations/${operation.id}/cancel`, { token: stranger })).status).toBe(404);
    expect((await call('GET', '/api/vps', { token: stranger })).body.instances).toEqual([]);
    expect((await call('GET', '/api/tokens', { token: stranger })).status).toBe(403);
    expect((await call('GET', '/api/admin/providers', { token: stranger })).status).toBe(403);
  });
});

describe('repeated requests', () => {
  it('makes one VPS of 100 at once with one key', async () => {
    const request = { body: { ...body, label: 'only-one' }, headers: { 'idempotency-key': 'hundred' } };
    const answers = await Promise.all(Array.from({ length: 100 }, () => call('POST', '/api/vps', request)));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([202]));
    expect(new Set(answers.map((answer) => JSON.stringify(answer.body))).size).toBe(1);
    expect((await call('GET', '/api/vps?q=only-one')).body.instances).toHaveLength(1);
    const other = await call('POST', '/api/vps', { ...request, body: { ...body, label: 'another' } });
    expect([other.status, other.body.code]).toEqual([409, 'idempotency_key_reused']);
  }, 30_000);

  it('makes one VPS of 20 at once without a key, by the label', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => call('POST', '/api/vps', { body: { ...body, label: 'raced' } })));
    expect(answers.map((answer) => answer.status).sort()).toEqual([202, ...Array.from({ length: 19 }, () => 409)]);
    expect(answers.find((answer) => answer.status === 409)!.body.code).toBe('label_taken');
  }, 30_000);
});

describe('bad requests', () => {
  const wrong: [string, Record<string, unknown>, string][] = [
    ['unknown plan', { type: 'no-such' }, 'type'],
    ['unknown region', { region: 'atlantis' }, 'region'],
    ['unknown image', { image: 'no-such' }, 'image'],
    ['unicode label', { label: 'bücher' }, 'label'],
    ['reserved label', { label: 'localhost' }, 'label'],
    ['long label', { label: 'a'.repeat(64) }, 'label'],
    ['unknown field', { lable: 'x' }, 'lable'],
    ['private key', { ssh_keys: ['-----BEGIN OPENSSH PRIVATE KEY-----'] }, 'ssh_keys.0'],
    ['cut key', { ssh_keys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5'] }, 'ssh_keys.0'],
    ['weak password', { root_pass: 'short' }, 'root_pass'],
    ['unknown zone', { dns: { zone: 'not-ours.test' } }, 'dns.zone'],
    ['foreign account', { provider_id: '00000000-0000-4000-8000-000000000000' }, 'provider_id'],
  ];
  it.each(wrong)('names the field, the rule and the remedy: %s', async (_, change, field) => {
    const answer = await call('POST', '/api/vps', { body: { ...body, label: 'bad', ...change } });
    expect(answer.status).toBe(422);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body.errors[0]).toEqual({ field, rule: expect.any(String), remedy: expect.any(String) });
  });

  it('answers every route with 4xx, never 5xx, whatever is sent', async () => {
    const bodies = ['{', '[]', 'null', '"x"', '1e999', '{"__proto__":{"a":1}}', '{"label":"\\u0000"}', `{"a":"${'x'.repeat(2_000_000)}"}`];
    for (const route of routes) {
      for (const id of ['x', '%00', '%E0%A4%A', '../../etc', `${'a'.repeat(3000)}`]) {
        const { status } = await call(route.method.toUpperCase(), route.path.replace(/:\w+/, id));
        expect([route.path, id.slice(0, 20), status < 500]).toEqual([route.path, id.slice(0, 20), true]);
      }
      if (route.method === 'get') {
        for (const query of [
          '?limit=-1',
          '?cursor=AAAA',
          '?cursor=WyIAIiwieCJd',
          '?limit=1&limit=2',
          '?q=%00',
          '?after=99999999999',
          '?__proto__=1',
          '?provider=%00',
        ])
          expect([route.path, query, (await call('GET', route.path.replace(':kind', 'plans') + query)).status < 500]).toEqual([
            route.path,
            query,
            true,
          ]);
        continue;
      }
      for (const raw of bodies) {
        const { status } = await call(route.method.toUpperCase(), route.path.replace(':id', 'aaaaaaaaaaaaaaaa'), { raw });
        expect([route.path, raw.slice(0, 30), status >= 400 && status < 500]).toEqual([route.path, raw.slice(0, 30), true]);
      }
    }
  }, 60_000);

  it('tells 400, 404, 405, 413 and 415 apart', async () => {
    expect((await call('POST', '/api/vps', { raw: '{' })).status).toBe(400);
    expect((await call('GET', '/api/nothing')).status).toBe(404);
    expect((await call('PUT', '/api/vps')).headers.get('allow')).toBe('POST, GET');
    expect((await call('POST', '/api/vps', { raw: `{"a":"${'x'.repeat(1_100_000)}"}` })).status).toBe(413);
    expect((await call('POST', '/api/vps', { raw: 'a=1', headers: { 'content-type': 'text/plain' } })).status).toBe(415);
  });
});

describe('events', () => {
  it('streams each event once, in order, across a reconnection', async () => {
    const { operation } = (await call('POST', '/api/vps', { body: { ...body, label: 'streamed' } })).body;
    const { db } = runtime.services;
    const event = (n: number) => ({ type: 'progress', data: { n }, at: new Date() });
    const first = new AbortController();
    const seen: number[] = [];
    const read = async (signal: AbortSignal, until: number) => {
      const headers = { authorization: `Bearer ${admin}`, 'last-event-id': String(seen.at(-1) ?? 0) };
      const response = await fetch(`${runtime.origin}/api/operations/${operation.id}/stream`, { headers, signal });
      let text = '';
      for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
        text += chunk;
        for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
          const id = /^id: (\d+)/m.exec(text.slice(0, end))?.[1];
          text = text.slice(end + 2);
          if (id !== undefined) seen.push(Number(id));
        }
        if (seen.length >= until) return;
      }
    };
    const reading = read(first.signal, 6);
    await db.$transaction((tx) => appendEvents(tx, operation.id, null, [event(1), event(2), event(3), event(4), event(5)]));
    await reading;
    first.abort();
    await db.$transaction((tx) => appendEvents(tx, operation.id, null, [event(6), event(7)]));
    const second = read(new AbortController().signal, Infinity);
    // The end and its event in one transaction, as the service writes them: a stream stops at the last event of an ended one.
    await db.$transaction(async (tx) => {
      await endQueued(tx, operation.id, 'cancelled', new Date());
      await appendEvents(tx, operation.id, null, [{ type: 'cancelled', data: {}, at: new Date() }]);
    });
    await second;
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  }, 20_000);
});

describe('accounts and the trail', () => {
  it('never shows a key and refuses to delete a used account', async () => {
    const { body: list, text } = await call('GET', '/api/admin/providers');
    expect(text).not.toContain('sim-plinth');
    expect(list.available.length).toBeGreaterThan(2);
    const refused = await call('DELETE', `/api/admin/providers/${body.provider_id}`);
    expect([refused.status, refused.body.code]).toEqual([409, 'account_in_use']);
  });

  it('keeps an audit chain that nobody can edit', async () => {
    expect((await call('GET', '/api/audit')).body.chain_intact).toBe(true);
    await expect(runtime.services.db.$executeRaw`UPDATE "audit_event" SET "actor" = 'x'`).rejects.toThrow(/append-only/);
    expect(await newestIntact(runtime.services.db)).toBe(true);
  });

  it('describes every route in OpenAPI', async () => {
    const { body: document } = await call('GET', '/api/openapi.json', { token: '' });
    expect(document.openapi).toBe('3.1.0');
    const described = Object.values(document.paths).flatMap((path) => Object.keys(path as object)).length;
    expect(described).toBe(withFormerPaths(routes).length);
  });
});
