/** What every page waits for: who asks is known without a question each time and forgotten in time, and lists find what they say. */
import { randomBytes } from 'node:crypto';
import { get } from 'node:http';
import { brotliDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createToken } from '../server/identity/tokens/authenticate.ts';
import type { Database } from '../server/kernel/database.ts';
import { ensureOrganization } from '../server/kernel/settings.ts';
import { withDatabase } from './support/database.ts';
import { type Plinth, startPlinth } from './support/plinth.ts';
import { seedRow } from './support/seed-row.ts';
import { until } from './support/until.ts';

const WITHIN_MS = 5_000;
const database = withDatabase();
/** Two processes of one installation. */
let here: Plinth;
let elsewhere: Plinth;
let db: Database;

beforeAll(async () => {
  const settings = { PLINTH_ROLE: 'http', PLINTH_MASTER_KEY: randomBytes(32).toString('base64') };
  here = await startPlinth(database.url, settings);
  elsewhere = await startPlinth(database.url, settings);
  ({ db } = here.runtime.services);
}, 180_000);
afterAll(async () => {
  await elsewhere?.stop();
  await here?.stop();
});

async function call(plinth: Plinth, path: string, token: string, init: RequestInit = {}) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...(init.headers as object) };
  const response = await fetch(plinth.origin + path, { ...init, headers });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text.startsWith('{') ? JSON.parse(text) : null };
}

const status = async (token: string): Promise<number> => (await call(here, '/api/vps', token)).status;

async function scansOf(table: string): Promise<number> {
  const [row] = await db.$queryRaw<{ scans: bigint }[]>`
    SELECT COALESCE(seq_scan, 0) + COALESCE(idx_scan, 0) AS scans FROM pg_stat_user_tables WHERE relname = ${table}`;
  return Number(row!.scans);
}

it('asks the database for a token once in a while, not with every request', { timeout: 60_000 }, async () => {
  const { secret } = await createToken(db, { name: 'often', role: 'viewer', organizationId: null, expiresAt: null });
  const [tokens, rows] = [await scansOf('api_token'), await scansOf('vps')];
  for (let request = 0; request < 300; request += 1) expect(await status(secret)).toBe(200);
  await until(async () => (await scansOf('vps')) - rows >= 300, { timeoutMs: 30_000, what: 'the database to have counted the reads' });
  expect((await scansOf('api_token')) - tokens).toBeLessThan(60);
});

it('forgets a token at once in the process that revokes it', async () => {
  const { row, secret } = await createToken(db, { name: 'gone', role: 'viewer', organizationId: null, expiresAt: null });
  expect(await status(secret)).toBe(200);
  expect((await call(here, `/api/tokens/${row.id}`, here.adminToken, { method: 'DELETE' })).status).toBe(200);
  expect(await status(secret)).toBe(401);
});

const account = { id: 'machine', organizationId: null, name: 'machine', role: 'readonly', createdBy: 'test' };
/** Ways in which another process takes what a token could do. */
const ENDS: Readonly<Record<string, (id: string) => Promise<unknown>>> = {
  'is revoked': (id) => call(elsewhere, `/api/tokens/${id}`, here.adminToken, { method: 'DELETE' }),
  'has run out': (id) => db.apiToken.update({ where: { id }, data: { expiresAt: new Date(Date.now() - 1) } }),
  'is gone': (id) => db.apiToken.delete({ where: { id } }),
  'has an owner who is disabled': async (id) => {
    await db.serviceAccount.create({ data: account });
    await db.apiToken.update({ where: { id }, data: { role: null, serviceAccountId: account.id } });
    await until(async () => (await status(secrets.get(id)!)) === 200, { timeoutMs: WITHIN_MS, what: 'the service account to count' });
    await db.serviceAccount.update({ where: { id: account.id }, data: { disabledAt: new Date() } });
  },
};
const secrets = new Map<string, string>();

it.each(Object.keys(ENDS))('forgets within five seconds a token that %s elsewhere', async (how) => {
  const { row, secret } = await createToken(db, { name: how, role: 'viewer', organizationId: null, expiresAt: null });
  secrets.set(row.id, secret);
  expect(await status(secret)).toBe(200);
  await ENDS[how]!(row.id);
  await until(async () => (await status(secret)) === 401, { timeoutMs: WITHIN_MS, what: 'the token to count no more' });
});

it('forgets by age alone what no notification told', { timeout: 30_000 }, async () => {
  const { row, secret } = await createToken(db, { name: 'unheard', role: 'viewer', organizationId: null, expiresAt: null });
  expect(await status(secret)).toBe(200);
  await db.$transaction([
    db.$executeRaw`ALTER TABLE "api_token" DISABLE TRIGGER "api_token_changed"`,
    db.$executeRaw`UPDATE "api_token" SET "revokedAt" = now() WHERE "id" = ${row.id}`,
    db.$executeRaw`ALTER TABLE "api_token" ENABLE TRIGGER "api_token_changed"`,
  ]);
  await until(async () => (await status(secret)) === 401, { timeoutMs: WITHIN_MS, what: 'the token to count no more' });
});

it('serves its documents from memory, compressed, and not again to who has them', async () => {
  for (const path of ['/api/openapi.json', '/api/docs/swagger-ui.css']) {
    const plain = await fetch(here.origin + path, { headers: { 'accept-encoding': 'identity' } });
    const text = await plain.text();
    const tag = plain.headers.get('etag')!;
    expect([plain.status, plain.headers.get('content-encoding'), tag]).toEqual([200, null, expect.stringMatching(/^"/)]);
    const again = await fetch(here.origin + path, { headers: { 'if-none-match': tag } });
    expect([again.status, await again.text()]).toEqual([304, '']);
    const zipped = await new Promise<{ encoding: unknown; body: Buffer }>((resolve, reject) => {
      get(here.origin + path, { headers: { 'accept-encoding': 'br' } }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () => resolve({ encoding: response.headers['content-encoding'], body: Buffer.concat(parts) }));
      }).on('error', reject);
    });
    expect(zipped.encoding).toBe('br');
    expect(brotliDecompressSync(zipped.body).toString()).toBe(text);
    expect(zipped.body.length * 4).toBeLessThan(text.length);
  }
});

it('finds in lists what is asked for, and nothing else', async () => {
  const ids = ['listed0000000001', 'listed0000000002', 'listed0000000003', 'listed0000000004'];
  for (const id of ids) await seedRow(db, id);
  const [running, stopped, unknown, busy] = ids as [string, string, string, string];
  await db.vps.update({ where: { id: running }, data: { powerState: 'running', label: '100%_of\\it', ipv4: '192.0.2.9' } });
  // Recorded as running, seen stopped.
  await db.vps.update({ where: { id: stopped }, data: { powerState: 'running', region: 'there' } });
  const differences = [{ object: 'instance', field: 'power', expected: 'running', actual: 'stopped' }];
  const at = { firstSeenAt: new Date(), lastSeenAt: new Date() };
  const seen = { kind: 'changed', state: 'open', fingerprint: 'power', differences, ...at };
  await db.drift.create({ data: { id: 'drift-1', vpsId: stopped, accountId: `account-${stopped}`, ...seen } });
  const { organizationId } = await db.vps.update({ where: { id: busy }, data: { powerState: 'running' } });
  await db.operation.create({
    data: { id: 'busy', kind: 'refresh', status: 'running', organizationId, vpsId: busy, request: {}, actor: 'test' },
  });
  const found = async (query: string): Promise<string[]> => {
    const { status: code, body } = await call(here, `/api/vps?${query}`, here.adminToken);
    expect(code).toBe(200);
    return body.instances.map((each: { id: string }) => each.id).toSorted();
  };
  expect(await found('power=running')).toEqual([running, busy]);
  expect(await found('power=stopped')).toEqual([stopped]);
  expect(await found('power=unknown')).toEqual([unknown]);
  expect(await found('busy=true')).toEqual([busy]);
  expect(await found('busy=false')).toEqual([running, stopped, unknown]);
  expect(await found('region=there')).toEqual([stopped]);
  const tag = async (id: string, tags: string[]) => {
    const { spec } = await db.vps.findUniqueOrThrow({ where: { id } });
    await db.vps.update({ where: { id }, data: { spec: { ...(spec as object), tags } } });
  };
  await tag(running, ['web', 'prod']);
  await tag(busy, ['web']);
  expect(await found('tags=web')).toEqual([running, busy]);
  expect(await found('tags=prod,web')).toEqual([running]);
  expect(await found('tags=pro')).toEqual([]);
  expect((await call(here, '/api/vps?tags=web,', here.adminToken)).body.errors).toEqual([expect.objectContaining({ field: 'tags' })]);
  const tags = await call(here, '/api/vps-tags', here.adminToken);
  expect(tags.body).toEqual({
    tags: [
      { tag: 'prod', count: 1 },
      { tag: 'web', count: 2 },
    ],
  });
  expect(await found(`q=${encodeURIComponent('%_OF\\')}`)).toEqual([running]);
  expect(await found('q=%25_no')).toEqual([]);
  expect(await found('q=192.0.2')).toEqual([running]);
  expect(await found(`ids=${running},${busy}`)).toEqual([running, busy]);
  // Page by page in both directions, by both orders: each once.
  for (const sort of ['created_at', '-created_at', 'label', '-label']) {
    const pages: string[] = [];
    for (let next: string | null = ''; next !== null;) {
      const { body } = await call(here, `/api/vps?limit=1&count=true&sort=${sort}${next && `&cursor=${next}`}`, here.adminToken);
      pages.push(...body.instances.map((each: { id: string }) => each.id));
      expect(body.matching).toBe(4);
      ({ next } = body);
    }
    expect(pages.toSorted()).toEqual(ids);
  }
});

it('tells an organization the days of its own VPSes only', async () => {
  await seedRow(db, 'counted000000001');
  const { id: organizationId } = await ensureOrganization(db, 'without a VPS');
  const { secret } = await createToken(db, { name: 'theirs', role: 'viewer', organizationId, expiresAt: null });
  const living = async (token: string, query: string): Promise<number[]> =>
    (await call(here, `/api/overview/history${query}`, token)).body.days.map((day: { living: number }) => day.living);
  const [all, theirs] = [await living(here.adminToken, ''), await living(secret, '?days=365')];
  expect([all.length, all.at(-1)]).toEqual([30, await db.vps.count({ where: { deletedAt: null } })]);
  expect(theirs).toEqual(Array(365).fill(0));
  for (const days of ['6', '366', 'all']) expect((await call(here, `/api/overview/history?days=${days}`, secret)).status).toBe(422);
});
