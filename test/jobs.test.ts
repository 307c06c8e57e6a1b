/** The queue as people see it, what waits for a person, and what is done about it; with the real queue and database. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Readable } from 'node:stream';
import { run } from '../cli/run.ts';
import { createToken } from '../server/identity/tokens/authenticate.ts';
import { readConfig } from '../server/kernel/config.ts';
import { type Runtime, startRuntime } from '../server/runtime.ts';
import { ensureOrganization } from '../server/kernel/settings.ts';
import { ensureSweep } from '../server/kernel/schedule/store.ts';
import { withDatabase } from './support/database.ts';
import { Shop } from './support/shop.ts';

const database = withDatabase();
let dataDir: string;
let runtime: Runtime;
let shop: Shop;
let cloud: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'plinth-jobs-'));
  const env = { DATABASE_URL: database.url, PLINTH_DATA_DIR: dataDir, PLINTH_ROLE: 'http', PLINTH_LOG_LEVEL: 'silent' };
  runtime = await startRuntime(readConfig({ ...env, PORT: '0', SIMULATOR_PORT: '0', SIMULATOR_SPEED: '1000' }), () => undefined);
  shop = new Shop(
    () => runtime.origin!,
    async () => runtime.seeded.adminToken!,
    runtime.simulatorOrigin!,
  );
  cloud = (await shop.clouds())[0]!;
}, 60_000);
afterAll(async () => {
  await runtime?.stop();
  if (dataDir) await rm(dataDir, { recursive: true, force: true });
});

const letters = async (query = ''): Promise<any[]> => (await shop.call('GET', `/api/admin/dead-letters${query}`)).letters;
const act = (id: string, verb: string, body: object = {}) =>
  shop.call('POST', `/api/admin/dead-letters/${encodeURIComponent(id)}/${verb}`, body);

/** An order whose operation stalled, as the worker would have left it. */
async function stalled(label: string, kind: string): Promise<{ vps: string; operation: string }> {
  const { instance, operation } = await shop.order(cloud, label);
  const fault = { kind, message: `It broke at ${label}.`, retryable: true };
  await runtime.services.db.operation.update({
    where: { id: operation.id },
    data: { status: 'stalled', attempt: 5, fault, finishedAt: new Date() },
  });
  await runtime.services.db.vps.update({ where: { id: instance.id }, data: { status: 'error' } });
  return { vps: instance.id, operation: operation.id };
}

it('counts what waits, what is tried again later, and since when', async () => {
  const first = await shop.order(cloud, 'waits-1');
  const second = await shop.order(cloud, 'waits-2');
  const due = new Date(Date.now() + 60_000);
  await runtime.services.db.operation.update({ where: { id: second.operation.id }, data: { notBefore: due } });
  const queue = await shop.call('GET', '/api/admin/jobs');
  expect(queue).toMatchObject({ waiting: 1, active: 0, scheduled: 1, next_retry_at: due.toISOString(), dead_letters: 0 });
  expect(queue.oldest_at).toBe(first.operation.created_at);
  expect(queue.kinds).toMatchObject([{ kind: 'provision', waiting: 1, scheduled: 1 }]);
  expect(queue.queues).toMatchObject([
    { name: 'operation', waiting: 2 },
    { name: 'operation-dead', waiting: 0 },
  ]);
  expect(first.operation.vps_label).toBe('waits-1');
  const { operations } = await shop.call('GET', '/api/operations?limit=1');
  expect(operations[0].vps_label).toBe('waits-2');
});

it('tells what stalled with a remedy, and runs it again', async () => {
  const { vps, operation } = await stalled('stalls-1', 'timeout');
  const [letter] = await letters();
  expect(letter).toMatchObject({
    id: `operation:${operation}`,
    what: 'provision',
    fault: 'timeout',
    vps_label: 'stalls-1',
    attempts: 5,
    dismissed: null,
  });
  expect(letter.remedy).toContain('console');
  const again = await act(letter.id, 'retry');
  expect(again).toMatchObject({ httpStatus: 202, operation: { kind: 'provision', vps_id: vps, status: 'queued' } });
  expect(await letters()).toEqual([]);
  expect((await act(letter.id, 'retry')).httpStatus).toBe(404);
  const { events } = await shop.call('GET', `/api/audit?target=${encodeURIComponent(letter.id)}`);
  expect(events).toMatchObject([
    { action: 'dead-letter.retried', actor: 'first admin', data: { fault: 'timeout', operation: again.operation.id } },
  ]);
});

it('runs a whole class again, and says what refused', async () => {
  const one = await stalled('class-1', 'engine_crashed');
  await stalled('class-2', 'engine_crashed');
  const gone = await stalled('class-3', 'engine_crashed');
  await stalled('class-4', 'locked');
  await runtime.services.db.vps.update({ where: { id: gone.vps }, data: { status: 'terminating' } });
  const { classes } = await shop.call('GET', '/api/admin/dead-letters');
  expect(classes).toEqual([
    { source: 'operation', fault: 'engine_crashed', count: 3 },
    { source: 'operation', fault: 'locked', count: 1 },
  ]);
  const answer = await shop.call('POST', '/api/admin/dead-letters/retry', { fault: 'engine_crashed' });
  expect(answer.retried).toHaveLength(2);
  expect(answer.retried.map(({ id }: any) => id)).toContain(`operation:${one.operation}`);
  expect(answer.refused).toMatchObject([{ id: `operation:${gone.operation}`, code: 'vps_terminating' }]);
  expect((await letters('?fault=engine_crashed')).map(({ vps_id }) => vps_id)).toEqual([gone.vps]);
});

it('dismisses with a reason until it happens again', async () => {
  const { db } = runtime.services;
  await ensureSweep(db, 'drift', 60_000, 60_000);
  const fail = (at: Date) =>
    db.sweep.update({
      where: { name: 'drift' },
      data: { lastOutcome: 'failed', lastMessage: 'No answer.', lastFinishedAt: at, runs: { increment: 1 } },
    });
  await fail(new Date('2026-01-01T10:00:00Z'));
  expect((await letters('?source=sweep'))[0]).toMatchObject({ id: 'sweep:drift', message: 'No answer.', fault: 'sweep_failed' });
  expect((await act('sweep:drift', 'dismiss', { reason: 'x' })).httpStatus).toBe(422);
  expect(await act('sweep:drift', 'dismiss', { reason: 'known outage' })).toMatchObject({
    httpStatus: 200,
    letter: { dismissed: { reason: 'known outage' } },
  });
  expect(await letters('?source=sweep')).toEqual([]);
  expect((await letters('?source=sweep&dismissed=true'))[0].dismissed).toMatchObject({ by: 'first admin', reason: 'known outage' });
  await fail(new Date('2026-01-01T11:00:00Z'));
  expect(await letters('?source=sweep')).toHaveLength(1);
  expect(await act('sweep:drift', 'retry')).toMatchObject({ httpStatus: 202, operation: null });
  expect((await db.sweep.findUniqueOrThrow({ where: { name: 'drift' } })).requestedBy).toBe('first admin');
});

it('gives a lost wake-up back to its operation', async () => {
  const { db } = runtime.services;
  const { operation } = await shop.order(cloud, 'lost-wake');
  await db.$executeRaw`DELETE FROM pgboss.job WHERE name = 'operation' AND data->>'operationId' = ${operation.id}`;
  await db.$executeRaw`INSERT INTO pgboss.job (name, data) VALUES ('operation-dead', ${JSON.stringify({ operationId: operation.id })}::jsonb)`;
  const [letter] = await letters('?source=job');
  expect(letter).toMatchObject({ fault: 'wake_up_lost', vps_label: 'lost-wake', operation_id: operation.id });
  expect(await act(letter.id, 'retry')).toMatchObject({ httpStatus: 202, operation: { id: operation.id } });
  const [row] = await db.$queryRaw<
    { count: number }[]
  >`SELECT count(*)::int AS count FROM pgboss.job WHERE name = 'operation' AND data->>'operationId' = ${operation.id}`;
  expect(row?.count).toBe(1);
  expect(await letters('?source=job')).toEqual([]);
});

it('belongs to the operator of Plinth', async () => {
  const organization = await ensureOrganization(runtime.services.db, 'default');
  const { secret } = await createToken(runtime.services.db, {
    name: 'customer',
    role: 'admin',
    organizationId: organization.id,
    expiresAt: null,
  });
  const headers = { authorization: `Bearer ${secret}` };
  for (const path of ['/api/admin/jobs', '/api/admin/dead-letters'])
    expect((await fetch(runtime.origin + path, { headers })).status).toBe(403);
});

it('tells how much of an account is used', async () => {
  const { providers } = await shop.call('GET', '/api/admin/providers');
  const usage = async (type: string) =>
    await shop.call('GET', `/api/admin/providers/${providers.find((each: any) => each.type === type).id}/usage`);
  const compute = await usage(cloud);
  expect(compute.instances.limit).toBeGreaterThan(0);
  expect(compute.instances).toMatchObject({ used: 0 });
  expect(compute.instances.ours).toBeGreaterThan(5);
  expect(compute.rate.left).toBeGreaterThan(0);
  expect(compute.rate.left).toBeLessThanOrEqual(compute.rate.requests);
  for (const { type } of providers) expect((await usage(type)).httpStatus).toBe(200);
  await shop.fault({ provider: cloud, kind: 'status', status: 401 });
  expect((await usage(cloud)).httpStatus).not.toBe(200);
});

/** Runs `plinth <words>` as the first admin, until it ends or prints `enough` lines. */
async function cli(words: readonly string[], enough = Infinity): Promise<{ code: number; out: string; err: string }> {
  const stop = new AbortController();
  const said = { out: '', err: '' };
  const code = await run(words, {
    out: (text) => {
      said.out += text;
      if (said.out.split('\n').length > enough) stop.abort();
    },
    err: (text) => void (said.err += text),
    outIsTty: false,
    errIsTty: false,
    columns: 80,
    env: { PLINTH_URL: runtime.origin!, PLINTH_TOKEN: runtime.seeded.adminToken!, XDG_CONFIG_HOME: dataDir },
    cwd: dataDir,
    stdin: Readable.from([]),
    signal: stop.signal,
  });
  return { code, ...said };
}

it('does the same from a terminal', async () => {
  const { operation, vps } = await stalled('cli-1', 'locked');
  const id = `operation:${operation}`;
  expect(await cli(['queue', 'show'])).toMatchObject({ code: 1, out: expect.stringContaining('dead letters') });
  const listed = await cli(['queue', 'letters', '--fault', 'locked']);
  expect(listed).toMatchObject({
    code: 0,
    out: expect.stringContaining('cli-1'),
    err: expect.stringContaining('Another update holds the stack'),
  });
  expect(await cli(['queue', 'retry'])).toMatchObject({ err: expect.stringContaining('name one letter') });
  expect(await cli(['queue', 'dismiss', id, '--reason', 'for the test'])).toMatchObject({ code: 0 });
  expect((await cli(['queue', 'letters', '--fault', 'locked'])).out).not.toContain('cli-1');
  const { last } = await shop.call('GET', '/api/events');
  const again = await cli(['queue', 'retry', id, '--json']);
  expect(JSON.parse(again.out)).toMatchObject({ operation: { vps_id: vps, status: 'queued' } });
  const events = await cli(['events', '--after', last, '--json'], 2);
  const changes = events.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(changes.map(({ vps_id }) => vps_id)).toContain(vps);
  const usage = await cli(['account', 'usage', (await shop.call('GET', '/api/admin/providers')).providers[0].name]);
  expect(usage).toMatchObject({ code: 0, out: expect.stringContaining('calls left') });
}, 30_000);
