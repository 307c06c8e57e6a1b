/** A process that stops in the middle of what it holds: paused, or cut off from its database. The others go on. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../architecture/repository.ts';
import { withDatabase } from '../support/database.ts';
import { testEngine } from '../support/engine.ts';
import { expectWhole, query } from '../support/invariants.ts';
import { type Cluster, openCluster, type Service } from '../support/service.ts';
import { Shop } from '../support/shop.ts';
import { until } from '../support/until.ts';
import { LONG } from '../support/long.ts';

const PAUSE_MS = LONG ? 120_000 : 30_000;
/** Nobody waits longer for somebody who does nothing. */
const LONGEST_WAIT_MS = 15_000;
const PROVIDER = 'digitalocean';

const database = withDatabase();
let cluster: Cluster;
let http: Service;
let shop: Shop;

beforeAll(async () => {
  await testEngine();
  cluster = await openCluster(database.url, 20);
  http = await cluster.service('http', { PLINTH_ROLE: 'http' });
  shop = new Shop(() => http.origin, cluster.token, cluster.simulator.origin);
});
afterAll(() => cluster?.close());

const startWorker = (name: string): Promise<Service> => cluster.service(name, { PLINTH_ROLE: 'worker', PLINTH_CONCURRENCY: '2' });

/** The longest time that a session of Plinth has been waiting for a lock, in ms, and what of. */
async function longestWait(): Promise<{ ms: number; query: string }> {
  const [row] = await query(
    database.url,
    `SELECT extract(epoch FROM clock_timestamp() - query_start)::float * 1000 AS "ms", "query" FROM pg_stat_activity
     WHERE datname = current_database() AND wait_event_type = 'Lock' AND application_name LIKE 'plinth%' ORDER BY query_start LIMIT 1`,
    [],
  );
  return row ?? { ms: 0, query: '' };
}

/** Watches waits, and how long the API takes to answer, until `stop`. */
function watch(): { stop(): Promise<{ lock: { ms: number; query: string }; answerMs: number }> } {
  const over = new AbortController();
  const worst = { lock: { ms: 0, query: '' }, answerMs: 0 };
  const watching = (async () => {
    while (!over.signal.aborted) {
      const started = performance.now();
      const { httpStatus } = await shop.call('GET', '/api/vps');
      worst.answerMs = Math.max(worst.answerMs, httpStatus === 200 ? performance.now() - started : Infinity);
      const wait = await longestWait();
      if (wait.ms > worst.lock.ms) worst.lock = wait;
      await delay(100);
    }
  })();
  return {
    stop: async () => {
      over.abort();
      await watching;
      return worst;
    },
  };
}

/** A process that begins a transaction with our own client, does `work` in it, says so, and never comes to an end. */
async function holder(work: string): Promise<{ pid: number; end(): Promise<void> }> {
  const module = (path: string): string => JSON.stringify(pathToFileURL(join(ROOT, path)).href);
  const script = `import { inTransaction, openDatabase } from ${module('server/kernel/database.ts')};
    import { appendAudit } from ${module('server/kernel/audit.ts')};
    import { lockVps } from ${module('server/vps/store.ts')};
    const db = openDatabase(${JSON.stringify(database.url)}, 2, 'worker');
    await inTransaction(db, async (tx) => { ${work}; console.log('held'); await new Promise((end) => setTimeout(end, 600_000)); });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  child.kill('SIGSTOP');
  return {
    pid: child.pid!,
    end: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

describe('a process that stops while it holds a lock', { timeout: 180_000 }, () => {
  it('holds up orders of the account, audited acts and acts on its VPS for seconds only', async () => {
    const worker = await startWorker('beside');
    const first = await shop.order(PROVIDER, 'first');
    expect(await shop.ended(first.operation.id), worker.output()).toMatchObject({ status: 'succeeded' });
    const account = first.instance.provider_id as string;
    const stopped = await holder(`
      await tx.$executeRaw\`SELECT pg_advisory_xact_lock(hashtextextended(\${${JSON.stringify(account)}}, 7))\`;
      await lockVps(tx, null, ${JSON.stringify(first.instance.id)});
      await appendAudit(tx, { actor: 'nobody', action: 'test.held', target: 'x', organizationId: null, data: {} })`);
    const watching = watch();
    const timed = async (act: () => Promise<unknown>): Promise<number> => {
      const started = performance.now();
      await act();
      return performance.now() - started;
    };
    const took = await Promise.all([
      timed(async () => {
        const { operation } = await shop.order(PROVIDER, 'second');
        await until(async () => (await shop.operation(operation.id)).attempt > 0, { timeoutMs: 60_000, what: 'a claim' });
      }),
      timed(async () => expect((await shop.call('POST', '/api/tokens', { name: 'audited', role: 'viewer' })).httpStatus).toBe(201)),
      timed(async () => expect((await shop.call('PATCH', `/api/vps/${first.instance.id}`, { notes: 'mine' })).httpStatus).toBe(200)),
    ]);
    const { lock, answerMs } = await watching.stop();
    expect(Math.max(...took), String(took)).toBeLessThan(LONGEST_WAIT_MS);
    expect(lock.ms, lock.query).toBeLessThan(LONGEST_WAIT_MS);
    expect(answerMs).toBeLessThan(LONGEST_WAIT_MS);
    await stopped.end();
    await worker.end('SIGTERM');
  });

  it('as a worker among workers delays nothing but its own, and nothing is there twice', { timeout: 400_000 }, async () => {
    const workers = await Promise.all([startWorker('one'), startWorker('other')]);
    const labels = Array.from({ length: 6 }, (_, index) => `crowd-${index}`);
    const orders = await Promise.all(labels.map((label) => shop.order(PROVIDER, label)));
    const held = async () =>
      (await query(database.url, `SELECT "leasePid" FROM "operation" WHERE "status" = 'running'`, [])).some(
        ({ leasePid }) => leasePid === workers[0]!.pid,
      );
    await until(held, { timeoutMs: 60_000, what: 'the first worker to have something' });
    workers[0]!.signal('SIGSTOP');
    const watching = watch();
    const paused = delay(PAUSE_MS);
    // Meanwhile others order on the same account.
    for (let index = 0; index < 3; index++) {
      const started = performance.now();
      const { operation } = await shop.order(PROVIDER, `meanwhile-${index}`);
      await until(async () => (await shop.operation(operation.id)).attempt > 0, { timeoutMs: 60_000, what: 'a claim' });
      expect(performance.now() - started).toBeLessThan(LONGEST_WAIT_MS);
      expect(await shop.ended(operation.id, 120_000), workers[1]!.output()).toMatchObject({ status: 'succeeded' });
    }
    await paused;
    const { lock, answerMs } = await watching.stop();
    expect(lock.ms, lock.query).toBeLessThan(LONGEST_WAIT_MS);
    expect(answerMs).toBeLessThan(LONGEST_WAIT_MS);
    workers[0]!.signal('SIGCONT');
    for (const [index, { instance, operation }] of orders.entries()) {
      const ended = await shop.ended(operation.id, 180_000);
      const told = `${JSON.stringify([ended, await shop.events(operation.id)])}\n${workers.map((worker) => worker.output()).join('\n')}`;
      expect(ended, told).toMatchObject({ status: 'succeeded' });
      await expectWhole(shop, database.url, PROVIDER, labels[index]!, instance.id, operation.id);
    }
    const ends = await Promise.all(workers.map((worker) => worker.end('SIGTERM')));
    expect(ends, workers.map((worker) => worker.output()).join('\n')).toEqual([0, 0]);
  });
});
