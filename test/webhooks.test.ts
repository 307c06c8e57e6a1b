/** Webhooks: each message at least once under one id, or failed with its attempts; with the real database, service and receivers. */
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createToken } from '../server/identity/tokens/authenticate.ts';
import { readConfig } from '../server/kernel/config.ts';
import { openDatabase } from '../server/kernel/database.ts';
import { emit } from '../server/kernel/events/emit.ts';
import { startProcessing } from '../server/kernel/events/processing.ts';
import { Signals } from '../server/kernel/events/signals.ts';
import { ensureOrganization } from '../server/kernel/settings.ts';
import { startWebhooks, webhookProcessor } from '../server/notifications/webhooks/delivery.ts';
import { claimMessages } from '../server/notifications/webhooks/store.ts';
import { type Runtime, startRuntime } from '../server/runtime.ts';
import { updateVps } from '../server/vps/store.ts';
import { withDatabase } from './support/database.ts';
import { seedVpses } from './support/seed-vpses.ts';
import { until } from './support/until.ts';

const database = withDatabase();
const TIMES = { scheduleMs: [0, 100, 200, 200], answerMs: 1_000, patienceMs: 3_600_000 };
const HOST = 'http://hooks.example.com:8080';
const PATIENCE = { timeoutMs: 30_000 };

interface Heard {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}
const heard: Heard[] = [];
/** Messages that a test has looked at. */
const shown = new Set<string>();
/** What the receiver answers to a path. */
const answers = new Map<string, number | 'silence' | 'endless'>();
let receiver: Server;
let dataDir: string;
let runtime: Runtime;
const stops: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  receiver = createServer(async (request, response) => {
    const path = request.url ?? '';
    heard.push({ path, headers: request.headers, body: (await request.toArray()).join('') });
    const answer = answers.get(path) ?? 200;
    if (answer === 'silence') return;
    response.on('error', () => undefined);
    response.writeHead(answer === 'endless' ? 200 : answer, { location: `${HOST}/elsewhere` });
    if (answer !== 'endless') return void response.end('x'.repeat(5_000));
    const flood = setInterval(() => response.write('y'.repeat(10_000)), 5);
    response.on('close', () => clearInterval(flood));
  }).listen(0, '127.0.0.1');
  await new Promise((done) => receiver.once('listening', done));
  dataDir = await mkdtemp(join(tmpdir(), 'plinth-webhooks-'));
  const { port } = receiver.address() as AddressInfo;
  const env = {
    DATABASE_URL: database.url,
    PLINTH_DATA_DIR: dataDir,
    PLINTH_ROLE: 'http',
    PLINTH_LOG_LEVEL: 'silent',
    PLINTH_CONNECT_MAP: `hooks.example.com:8080=127.0.0.1:${port},down.example.com:8080=127.0.0.1:${await closedPort()}`,
  };
  runtime = await startRuntime(readConfig({ ...env, PORT: '0', SIMULATOR_PORT: '0', SIMULATOR_SPEED: '1000' }), () => undefined);
  await seedVpses(runtime, 3);
  // Two processes' worth of what makes and sends messages.
  for (let n = 0; n < 2; n += 1) await startSending();
}, 120_000);
afterAll(async () => {
  for (const stop of stops) await stop();
  await runtime?.stop();
  receiver?.closeAllConnections();
  receiver?.close();
  if (dataDir) await rm(dataDir, { recursive: true, force: true });
});

/** Nobody listens there any more. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

async function startSending() {
  const db = openDatabase(database.url, 6);
  const services = Object.create(runtime.services, { db: { value: db, enumerable: true } });
  const signals = new Signals(database.url, services.log);
  await signals.start();
  const processing = await startProcessing(db, services.log, signals, [webhookProcessor()]);
  const sending = startWebhooks(services, TIMES);
  stops.push(async () => {
    await Promise.all([processing.stop(), sending.stop()]);
    await signals.close();
    await db.$disconnect();
  });
}

async function call(method: string, path: string, body?: unknown, token = runtime.seeded.adminToken!): Promise<any> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await fetch(`${runtime.origin}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}
const add = async (path: string, more: object = {}, token?: string) =>
  (await call('POST', '/api/webhooks', { url: path.startsWith('http') ? path : HOST + path, ...more }, token)).body;
const to = (path: string) => heard.filter((each) => each.path === path);
const idOf = (n: number) => n.toString(36).padStart(16, '0');
const change = (n: number, notes: string) => updateVps(runtime.services.db, idOf(n), { notes });
const messages = async (endpoint: string) => (await call('GET', `/api/webhooks/${endpoint}/messages`)).body.messages;
const settled = async (endpoint: string, count: number) =>
  await until(async () => {
    const all = await messages(endpoint);
    return all.length === count && all.every(({ status }: any) => status !== 'waiting') ? all : null;
  }, PATIENCE);

it('tells an event once, signed, and with both secrets while one takes the other’s place', async () => {
  const { endpoint, secret } = await add('/ok', { kinds: ['vps.changed'] });
  await change(1, 'first');
  const [first] = await settled(endpoint.id, 1);
  expect(to('/ok')).toHaveLength(1);
  const { headers, body } = to('/ok')[0]!;
  expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toMatchObject({
    type: 'vps.changed',
    data: { vps_id: idOf(1) },
  });
  expect(headers['webhook-id']).toBe(first.id);
  const rotated = (await call('POST', `/api/webhooks/${endpoint.id}/rotate-secret`)).body;
  expect([rotated.secret === secret, rotated.endpoint.rotating_until === null]).toEqual([false, false]);
  await change(1, 'second');
  await settled(endpoint.id, 2);
  const second = to('/ok')[1]!;
  expect(String(second.headers['webhook-signature']).split(' ')).toHaveLength(2);
  for (const each of [secret, rotated.secret]) new Webhook(each).verify(second.body, second.headers as Record<string, string>);
  expect(() =>
    new Webhook(`whsec_${Buffer.alloc(32).toString('base64')}`).verify(second.body, second.headers as Record<string, string>),
  ).toThrow();
  expect(JSON.stringify(await runtime.services.db.webhookEndpoint.findMany())).not.toContain(secret.slice(6));
  await call('DELETE', `/api/webhooks/${endpoint.id}`);
});

it('tries again under the same id, shows every attempt, and ends in failure that can be sent again', async () => {
  answers.set('/flaky', 500);
  const { endpoint } = await add('/flaky', { kinds: ['vps.changed'] });
  const down = (await add('http://down.example.com:8080/', { kinds: ['vps.changed'] })).endpoint;
  await change(1, 'while down');
  const [failed] = await settled(endpoint.id, 1);
  expect(failed).toMatchObject({ status: 'failed', attempts: 4, next_attempt_at: null });
  const { log } = (await call('GET', `/api/webhooks/${endpoint.id}/messages/${failed.id}`)).body;
  expect(log.map(({ number, status_code }: any) => [number, status_code])).toEqual([1, 2, 3, 4].map((number) => [number, 500]));
  expect(log[0].response).toBe('x'.repeat(1_024));
  const [unreached] = await settled(down.id, 1);
  const attempts = (await call('GET', `/api/webhooks/${down.id}/messages/${unreached.id}`)).body.log;
  expect(attempts[0]).toMatchObject({ status_code: null, error: expect.stringContaining('ECONNREFUSED') });
  answers.set('/flaky', 204);
  expect((await call('POST', `/api/webhooks/${endpoint.id}/messages/${failed.id}/redeliver`)).status).toBe(202);
  await until(async () => (await messages(endpoint.id))[0].status === 'delivered', PATIENCE);
  expect(new Set(to('/flaky').map(({ headers }) => headers['webhook-id']))).toEqual(new Set([failed.id]));
  expect(to('/flaky')).toHaveLength(5);
  for (const { id } of [endpoint, down]) await call('DELETE', `/api/webhooks/${id}`);
});

it('waits for no slow one, follows no redirect, reads no endless answer, and pauses one that is gone', async () => {
  for (const [path, answer] of [
    ['/silent', 'silence'],
    ['/away', 302],
    ['/endless', 'endless'],
    ['/gone', 410],
  ] as const)
    answers.set(path, answer);
  const made: any[] = [];
  for (const path of ['/silent', '/away', '/endless', '/gone', '/quick']) made.push((await add(path, { kinds: ['vps.changed'] })).endpoint);
  const [silent, away, endless, gone, quick] = made;
  await change(2, 'to all');
  expect(await settled(quick.id, 1)).toMatchObject([{ status: 'delivered', attempts: 1 }]);
  expect(await settled(endless.id, 1)).toMatchObject([{ status: 'delivered', attempts: 1 }]);
  const logOf = async (endpoint: any) => {
    const [one] = await messages(endpoint.id);
    return (await call('GET', `/api/webhooks/${endpoint.id}/messages/${one.id}`)).body.log;
  };
  await settled(away.id, 1);
  expect((await logOf(away))[0]).toMatchObject({ status_code: 302, error: expect.stringContaining('redirect') });
  expect(to('/elsewhere')).toEqual([]);
  await settled(silent.id, 1);
  expect((await logOf(silent))[0]).toMatchObject({ status_code: null, error: 'No answer within 1 s.' });
  await until(async () => (await call('GET', `/api/webhooks/${gone.id}`)).body.endpoint.pause_reason === 'gone', PATIENCE);
  await change(2, 'after the end');
  await settled(quick.id, 2);
  expect(await messages(gone.id)).toHaveLength(1);
  expect(to('/gone')).toHaveLength(1);
  for (const { id } of made) await call('DELETE', `/api/webhooks/${id}`);
});

it('tells an organization its own only, and shows it no other’s', async () => {
  const { db } = runtime.services;
  const other = await ensureOrganization(db, 'hooked');
  const { secret: token } = await createToken(db, { name: 'hooked', role: 'admin', organizationId: other.id, expiresAt: null });
  const seller = (await add('/seller', { kinds: ['vps.changed', 'vps.received'] })).endpoint;
  const { endpoint } = await add('/theirs', {}, token);
  expect(endpoint.organization_id).toBe(other.id);
  expect((await call('POST', '/api/webhooks', { url: `${HOST}/x`, kinds: ['alert.raised'] }, token)).body).toMatchObject({
    errors: [{ field: 'kinds.0' }],
  });
  expect((await call('GET', `/api/webhooks/${seller.id}`, undefined, token)).status).toBe(404);
  await db.$transaction((tx) => emit(tx, { kind: 'sweep.ended', organizationId: other.id, data: { sweep: 'not theirs', outcome: 'ok' } }));
  await change(1, 'not theirs');
  await updateVps(db, idOf(0), { organizationId: other.id });
  await settled(seller.id, 2);
  expect((await settled(endpoint.id, 1)).map(({ kind }: any) => kind)).toEqual(['vps.received']);
  for (const { id } of [seller, endpoint]) await call('DELETE', `/api/webhooks/${id}`);
});

it('sends what a process died with, under the same id', async () => {
  const { db } = runtime.services;
  const endpoint = (await add('/orphaned', { kinds: ['vps.created'] })).endpoint;
  const eventId = '00000000-0000-4000-8000-000000000001';
  const row = { id: 'msg_00000000-0000-4000-8000-000000000001', endpointId: endpoint.id, eventId, kind: 'vps.created', payload: {} };
  await db.webhookMessage.create({ data: { ...row, nextAt: new Date(Date.now() + 3_600_000) } });
  // Due for whoever takes it in this transaction, and taken: the others see it only as held.
  const taken = await db.$transaction(async (tx) => {
    await tx.webhookMessage.update({ where: { id: row.id }, data: { nextAt: new Date(0) } });
    return await claimMessages(tx, [], 10, 1_500);
  });
  expect(taken.map(({ id }) => id)).toEqual([row.id]);
  await settled(endpoint.id, 1);
  expect(to('/orphaned').map(({ headers }) => headers['webhook-id'])).toEqual([row.id]);
  await call('DELETE', `/api/webhooks/${endpoint.id}`);
});

it('refuses addresses that are not public, by field', async () => {
  for (const url of [
    'https://127.0.0.1/',
    'https://[::ffff:10.0.0.1]/',
    'http://example.com/',
    'https://example.com:25/',
    'https://a:b@example.com/',
  ]) {
    const answer = await call('POST', '/api/webhooks', { url });
    expect([answer.status, answer.body.errors?.[0]?.field], url).toEqual([422, 'url']);
  }
});

it('never connects to a private address, whatever a name, a redirect or a later answer says, and shows each attempt', async () => {
  const { db } = runtime.services;
  const { endpoint } = await add('/kept', { kinds: ['vps.changed'] });
  const { port } = receiver.address() as AddressInfo;
  // As the names turned out after they were registered: literals, other notations, and a name that leads here.
  const addresses = [
    `https://127.0.0.1:${port}/private`,
    'https://[::ffff:127.0.0.1]:8443/private',
    'https://0x7f.1/private',
    'https://localhost:8443/private',
    `http://hooks.example.com:${port}/private`,
  ];
  const before = heard.length;
  for (const [index, url] of addresses.entries()) {
    await db.webhookEndpoint.update({ where: { id: endpoint.id }, data: { url } });
    await change(1, `for ${url}`);
    const all = await settled(endpoint.id, index + 1);
    const failed = all.find(({ id }: any) => !shown.has(id));
    shown.add(failed.id);
    expect(failed, url).toMatchObject({ status: 'failed', attempts: TIMES.scheduleMs.length });
    const { log } = (await call('GET', `/api/webhooks/${endpoint.id}/messages/${failed.id}`)).body;
    expect(
      log.map(({ status_code }: any) => status_code),
      url,
    ).toEqual(TIMES.scheduleMs.map(() => null));
    for (const { error } of log) expect(error, url).toMatch(/public|https|port/);
  }
  expect(heard.length).toBe(before);
  await db.webhookEndpoint.update({ where: { id: endpoint.id }, data: { url: `${HOST}/kept` } });
  await change(1, 'as it was');
  await settled(endpoint.id, addresses.length + 1);
  expect(to('/kept')).toHaveLength(1);
  await call('DELETE', `/api/webhooks/${endpoint.id}`);
});
