/** The database dies under a running service: callers are told to come back, and nobody has to lift a finger. */
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findEmbeddedPostgres } from '../../server/kernel/postgres/embedded.ts';
import { testEngine } from '../support/engine.ts';
import { expectWhole } from '../support/invariants.ts';
import { type Cluster, openCluster, type Service } from '../support/service.ts';
import { Shop } from '../support/shop.ts';
import { until } from '../support/until.ts';

const PROVIDER = 'digitalocean';

let dataDir: string;
let cluster: Cluster;
let service: Service;
let shop: Shop;
let token: string;

beforeAll(async () => {
  await testEngine();
  dataDir = await mkdtemp(join(tmpdir(), 'plinth-loss-'));
  // The database's own user must be able to walk in.
  await chmod(dataDir, 0o755);
  cluster = await openCluster('', 20);
  service = await cluster.service('all', { DATABASE_URL: '', PLINTH_DATA_DIR: join(dataDir, 'all'), PLINTH_CONCURRENCY: '2' });
  token = (await readFile(join(dataDir, 'all', 'admin-token'), 'utf8')).trim();
  shop = new Shop(
    () => service.origin,
    async () => token,
    cluster.simulator.origin,
  );
});
afterAll(async () => {
  await service?.end('SIGTERM');
  await cluster?.close();
  if (dataDir) await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
});

async function postmaster(): Promise<number> {
  const [pid] = (await readFile(join(dataDir, 'all/postgres/cluster/postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  return Number(pid);
}

interface Seen {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly text: string;
}

async function get(path: string, authorization: string, headers = {}): Promise<Seen> {
  const response = await fetch(service.origin + path, { headers: { authorization, ...headers }, signal: AbortSignal.timeout(15_000) });
  const text = response.headers.get('content-type')?.startsWith('text/event-stream') ? '' : await response.text();
  if (text === '') await response.body?.cancel();
  return { status: response.status, retryAfter: response.headers.get('retry-after'), text };
}

/** What an upgrade request is answered with. */
async function knock(): Promise<Seen> {
  const { promise, resolve, reject } = Promise.withResolvers<Seen>();
  const headers = { connection: 'Upgrade', upgrade: 'plinth-provider', authorization: `Bearer ${token}` };
  const request = httpRequest(`${service.origin}/api/vps/none/providers/none/tunnel`, { headers, agent: false });
  request.once('error', reject).once('response', async (response) => {
    const text = (await response.toArray()).join('');
    resolve({ status: response.statusCode!, retryAfter: response.headers['retry-after'] ?? null, text });
  });
  request.end();
  return await promise;
}

const doors: Readonly<Record<string, () => Promise<Seen>>> = {
  api: () => get('/api/vps', `Bearer ${token}`),
  'a stream': () => get('/api/events', `Bearer ${token}`, { accept: 'text/event-stream' }),
  'the state protocol': () => get('/api/user', `token ${token}`),
  'the tunnel': knock,
  readyz: () => get('/readyz', ''),
};

describe('a database that is killed', { timeout: 240_000 }, () => {
  it('comes back by itself; until then every door answers 503 and when to come again, and the work goes on afterwards', async () => {
    const { instance, operation } = await shop.order(PROVIDER, 'outlives');
    await until(async () => (await shop.servers('outlives'))[0], { timeoutMs: 60_000, what: 'the server to be bought' });
    const seen: Record<string, Seen[]> = {};
    const over = new AbortController();
    const watching = Object.entries({ ...doors, healthz: () => get('/healthz', '') }).map(async ([name, ask]) => {
      for (; !over.signal.aborted; await delay(20)) (seen[name] ??= []).push(await ask());
    });
    const killed = new Set<number>();
    // Thrice, so that each door is met while it is away.
    for (let round = 0; round < 3; round++) {
      const next = async (): Promise<number | null> => {
        const pid = await postmaster();
        return pid > 0 && !killed.has(pid) && (await get('/readyz', '')).status === 200 ? pid : null;
      };
      const pid = await until(next, { timeoutMs: 60_000, what: `the database to run (round ${round}): ${service.output()}` });
      killed.add(pid);
      process.kill(pid, 'SIGKILL');
      await until(async () => (await get('/readyz', '')).status === 503, { timeoutMs: 10_000, what: 'readyz to tell' });
    }
    await until(async () => (await get('/readyz', '')).status === 200, { timeoutMs: 60_000, what: 'the database to come back' });
    over.abort();
    await Promise.all(watching);
    expect(new Set(seen['healthz']!.map(({ status }) => status))).toEqual(new Set([200]));
    for (const name of Object.keys(doors)) {
      const failed = seen[name]!.filter(({ status }) => status >= 500);
      expect(failed.length, `${name} during the outage`).toBeGreaterThan(0);
      for (const { status, retryAfter, text } of failed) {
        expect([status, Number(retryAfter) > 0], `${name}: ${text}`).toEqual([503, true]);
        expect(text).toMatch(/database_(unreachable|busy)/);
      }
    }
    expect(await shop.ended(operation.id, 120_000), service.output()).toMatchObject({ status: 'succeeded' });
    const url = (await findEmbeddedPostgres(join(dataDir, 'all/postgres')))!;
    await expectWhole(shop, url, PROVIDER, 'outlives', instance.id, operation.id);
  });

  it('leaves a service that takes orders, sweeps and tells of changes as before', async () => {
    const started = new Date().toISOString();
    const events = await fetch(`${service.origin}/api/events`, {
      headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' },
      signal: AbortSignal.timeout(120_000),
    });
    const { operation } = await shop.order(PROVIDER, 'afterwards');
    expect(await shop.ended(operation.id, 120_000), service.output()).toMatchObject({ status: 'succeeded' });
    let told = '';
    for await (const chunk of events.body!.pipeThrough(new TextDecoderStream())) {
      told += chunk;
      if (told.includes(operation.id) && told.includes('succeeded')) break;
    }
    await shop.call('POST', '/api/admin/sweeps/drift/run');
    const swept = async () =>
      (await shop.call('GET', '/api/admin/sweeps')).sweeps.find((sweep: any) => sweep.name === 'drift')?.last?.finished_at > started;
    await until(swept, { timeoutMs: 60_000, what: 'a sweep to run' });
  });
});
