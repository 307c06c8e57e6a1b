/** Hosts whose clocks are ten minutes off, one slow, one fast: nobody's lease, token or turn is judged by them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withDatabase } from '../support/database.ts';
import { testEngine } from '../support/engine.ts';
import { query } from '../support/invariants.ts';
import { type Cluster, openCluster, type Service } from '../support/service.ts';
import { Shop } from '../support/shop.ts';
import { until } from '../support/until.ts';

const SHIFT_MS = 600_000;
const PROVIDER = 'digitalocean';
/** Replaces the clock of a process, and of all that it starts. */
const PRELOAD = `const shift = Number(process.env.PLINTH_TEST_CLOCK_SHIFT_MS), real = Date, now = () => real.now() + shift;
globalThis.Date = new Proxy(real, {
  construct: (target, args, as) => Reflect.construct(target, args.length === 0 ? [now()] : args, as),
  get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
});`;

const database = withDatabase();
let dir: string;
let cluster: Cluster;
let slow: Service;
let fast: Service;
const shops: Record<'slow' | 'fast', Shop> = {} as Record<'slow' | 'fast', Shop>;

beforeAll(async () => {
  await testEngine();
  dir = await mkdtemp(join(tmpdir(), 'plinth-clocks-'));
  await writeFile(join(dir, 'clock.mjs'), PRELOAD);
  cluster = await openCluster(database.url, 20);
  const start = (name: string, shiftMs: number): Promise<Service> =>
    cluster.service(name, {
      PLINTH_CONCURRENCY: '2',
      PLINTH_OPERATIONS: '2',
      NODE_OPTIONS: `--import ${pathToFileURL(join(dir, 'clock.mjs')).href}`,
      PLINTH_TEST_CLOCK_SHIFT_MS: String(shiftMs),
    });
  slow = await start('slow', -SHIFT_MS);
  fast = await start('fast', SHIFT_MS);
  shops.slow = new Shop(() => slow.origin, cluster.token, cluster.simulator.origin);
  shops.fast = new Shop(() => fast.origin, cluster.token, cluster.simulator.origin);
});
afterAll(async () => {
  await cluster?.close();
  if (dir) await rm(dir, { recursive: true, force: true });
});

const rowsOf = (ids: readonly string[]): Promise<any[]> =>
  query(
    database.url,
    'SELECT *, abs(extract(epoch FROM clock_timestamp() - "createdAt"))::float AS "offBy" FROM "operation" WHERE "id" = ANY($1)',
    [ids],
  );

async function status(service: Service, token: string): Promise<number> {
  const response = await fetch(`${service.origin}/api/vps`, { headers: { authorization: `Bearer ${token}` } });
  await response.arrayBuffer();
  return response.status;
}

describe('two hosts twenty minutes apart', { timeout: 300_000 }, () => {
  it('take nothing over from each other that is alive', async () => {
    const labels = Array.from({ length: 4 }, (_, index) => `clock-${index}`);
    const orders = await Promise.all(labels.map((label, index) => (index % 2 ? shops.slow : shops.fast).order(PROVIDER, label)));
    const ids = orders.map(({ operation }) => operation.id as string);
    for (const id of ids) expect(await shops.slow.ended(id, 150_000), fast.output()).toMatchObject({ status: 'succeeded' });
    const rows = await rowsOf(ids);
    expect(rows.map(({ attempt, fence }) => [attempt, fence])).toEqual(rows.map(() => [1, 1]));
    // Both took part, or this would show nothing.
    expect(
      new Set(
        (await query(database.url, `SELECT "data"->>'worker' AS w FROM "operation_event" WHERE "type" = 'attempt-started'`, [])).map(
          ({ w }) => w,
        ),
      ).size,
    ).toBe(2);
    expect(
      rows.every(({ offBy }) => offBy < 300),
      JSON.stringify(rows.map(({ offBy }) => offBy)),
    ).toBe(true);
  });

  it('wait with a retry as long as they say', async () => {
    const orders = await Promise.all(
      Array.from({ length: 4 }, (_, index) => (index % 2 ? shops.slow : shops.fast).order(PROVIDER, `retry-${index}`)),
    );
    for (const { operation } of orders) {
      const engine = async () => (await rowsOf([operation.id]))[0].enginePid as number | null;
      process.kill(await until(engine, { timeoutMs: 60_000, what: 'an engine to run' }), 'SIGKILL');
    }
    for (const { operation } of orders) {
      expect(await shops.slow.ended(operation.id, 90_000), fast.output()).toMatchObject({ status: 'succeeded' });
      const later = (await shops.slow.events(operation.id)).filter(({ type }) => type === 'retry-later');
      expect(later).toHaveLength(1);
    }
  });

  it('end a token when it ends, neither earlier nor later', async () => {
    for (const [service, shop] of [
      [slow, shops.slow],
      [fast, shops.fast],
    ] as const) {
      const made = await shop.call('POST', '/api/tokens', {
        name: 'brief',
        role: 'viewer',
        expires_at: new Date(Date.now() + 4_000).toISOString(),
      });
      expect(made.httpStatus, JSON.stringify(made)).toBe(201);
      const all = [slow, fast];
      expect(await Promise.all(all.map((each) => status(each, made.secret)))).toEqual([200, 200]);
      const over = async () => (await Promise.all(all.map((each) => status(each, made.secret)))).every((code) => code === 401);
      await until(over, { timeoutMs: 15_000, what: `the token of ${service.origin} to end` });
    }
  });

  it('sign by the provider’s clock, not by their own', async () => {
    const { providers } = await shops.fast.call('GET', '/api/admin/providers');
    const signing = providers.filter(({ type }: any) => ['aws', 'route53', 'ovh', 'ovhvps', 'gcp'].includes(type));
    expect(signing).toHaveLength(5);
    for (const shop of Object.values(shops))
      for (const { id, type } of signing) {
        const answer = await shop.call('POST', `/api/admin/providers/${id}/check`);
        expect(answer, type).toMatchObject({ httpStatus: 200 });
      }
  });

  it('run a repeated request once', async () => {
    const headers = {
      authorization: `Bearer ${await cluster.token()}`,
      'content-type': 'application/json',
      'idempotency-key': 'one-of-many',
    };
    const token = JSON.stringify({ name: 'made once', role: 'viewer' });
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const response = await fetch(`${(index % 2 ? slow : fast).origin}/api/tokens`, { method: 'POST', headers, body: token });
        return { status: response.status, id: ((await response.json()) as any).token?.id };
      }),
    );
    expect(new Set(answers.map(({ status: code }) => code))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
  });
});
