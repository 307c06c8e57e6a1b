/** A worker whose network is cut: what it had open at the database is freed, others go on, and afterwards it goes on too. */
import { appendFile, chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../server/kernel/postgres/embedded.ts';
import { testEngine } from '../support/engine.ts';
import { expectWhole, query } from '../support/invariants.ts';
import { type Network, openNetwork } from '../support/network.ts';
import { type Cluster, openCluster, type Service } from '../support/service.ts';
import { Shop } from '../support/shop.ts';
import { until } from '../support/until.ts';
import { LONG } from '../support/long.ts';

const CUT_MS = LONG ? 120_000 : 30_000;
const LONGEST_WAIT_MS = 15_000;
const PROVIDER = 'digitalocean';

const network: Network | null = openNetwork();
let dir: string;
let postgres: EmbeddedPostgres;
let cluster: Cluster;
let shop: Shop;
let cut: Service;
let other: Service;

beforeAll(async () => {
  if (!network) return;
  await testEngine();
  dir = await mkdtemp(join(tmpdir(), 'plinth-cut-'));
  // The database's own user must be able to walk in.
  await chmod(dir, 0o755);
  const settings = { fsync: 'off', listen_addresses: `127.0.0.1,${network.host}` };
  postgres = await startEmbeddedPostgres({ dataDir: join(dir, 'postgres'), settings });
  await appendFile(join(dir, 'postgres/cluster/pg_hba.conf'), `host all all ${network.range} scram-sha-256\n`);
  await query(postgres.url, 'SELECT pg_reload_conf()', []);
  cluster = await openCluster(postgres.url, 20);
  const http = await cluster.service('http', { PLINTH_ROLE: 'http' });
  shop = new Shop(() => http.origin, cluster.token, cluster.simulator.origin);
  const worker = { PLINTH_ROLE: 'worker', PLINTH_CONCURRENCY: '2' };
  const simulator = await network.expose(Number(new URL(cluster.simulator.origin).port));
  const away = { DATABASE_URL: postgres.url.replace('127.0.0.1', network.host), SIMULATOR_URL: `http://${network.host}:${simulator}` };
  cut = await cluster.service('cut', { ...worker, ...away }, network.wrap);
  other = await cluster.service('other', worker);
});
afterAll(async () => {
  network?.mend();
  await cluster?.close();
  await postgres?.stop();
  network?.close();
  if (dir) await rm(dir, { recursive: true, force: true });
});

/** Those cut off while they were signing in hold nothing; PostgreSQL ends them after a minute of its own. */
const sessionsOfCut = (): Promise<any[]> =>
  query(
    postgres.url,
    `SELECT "state", "application_name", "wait_event", "query" FROM pg_stat_activity WHERE client_addr <<= $1::inet AND "state" <> 'starting'`,
    [network!.range],
  );

describe.skipIf(network === null)('a worker whose network is cut', { timeout: 500_000 }, () => {
  it('holds nothing for long, doubles nothing, and goes on when the network is back', async () => {
    const labels = Array.from({ length: 6 }, (_, index) => `cut-${index}`);
    const orders = await Promise.all(labels.map((label) => shop.order(PROVIDER, label)));
    const held = async () =>
      (await query(postgres.url, `SELECT "leasePid" FROM "operation" WHERE "status" = 'running'`, [])).some(
        ({ leasePid }) => leasePid === cut.pid,
      );
    await until(held, { timeoutMs: 60_000, what: 'the worker to have something' });
    expect((await sessionsOfCut()).length).toBeGreaterThan(0);
    network!.cut();
    const paused = delay(CUT_MS);
    await until(async () => (await sessionsOfCut()).length === 0, { timeoutMs: 25_000, what: 'its sessions to be ended' }).catch(
      async (error: unknown) => {
        throw new Error(`Its sessions are there still: ${JSON.stringify(await sessionsOfCut())}`, { cause: error });
      },
    );
    for (let index = 0; index < 2; index++) {
      const started = performance.now();
      const { operation } = await shop.order(PROVIDER, `meanwhile-${index}`);
      await until(async () => (await shop.operation(operation.id)).attempt > 0, { timeoutMs: 60_000, what: 'a claim' });
      expect(performance.now() - started).toBeLessThan(LONGEST_WAIT_MS);
      expect(await shop.ended(operation.id, 180_000), other.output()).toMatchObject({ status: 'succeeded' });
    }
    await paused;
    network!.mend();
    for (const [index, { instance, operation }] of orders.entries()) {
      expect(await shop.ended(operation.id, 180_000), other.output()).toMatchObject({ status: 'succeeded' });
      await expectWhole(shop, postgres.url, PROVIDER, labels[index]!, instance.id, operation.id);
    }
    // By itself: it opens connections again and takes its share.
    await until(async () => (await sessionsOfCut()).length > 0, { timeoutMs: 120_000, what: 'it to come back' });
    expect(await other.end('SIGTERM')).toBe(0);
    const { operation } = await shop.order(PROVIDER, 'afterwards');
    expect(await shop.ended(operation.id, 180_000), cut.output()).toMatchObject({ status: 'succeeded' });
    expect(await cut.end('SIGTERM'), cut.output()).toBe(0);
  });
});
