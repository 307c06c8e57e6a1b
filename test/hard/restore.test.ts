/** A database restored from the past on a new machine: the providers testify, nothing is lost, and a person says how it goes on. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readConfig } from '../../server/kernel/config.ts';
import { type Runtime, startRuntime } from '../../server/runtime.ts';
import { createToken } from '../../server/identity/tokens/authenticate.ts';
import { type Simulator, startSimulator } from '../../simulator/server.ts';
import { type DumpedDatabase, openDumpedDatabase } from '../support/dumps.ts';
import { testEngine } from '../support/engine.ts';
import { Shop } from '../support/shop.ts';
import { until } from '../support/until.ts';

let database: DumpedDatabase;
let simulator: Simulator;
let restore: () => Promise<string>;
let before: any;
let after: any;
const masterKey = randomBytes(32).toString('base64');
const folders: string[] = [];
const running: Runtime[] = [];

interface Machine {
  readonly runtime: Runtime;
  readonly shop: Shop;
  sweep(): Promise<any>;
  stop(): Promise<void>;
}

/** A service in a data directory that no other had: what a new machine is. */
async function newMachine(url: string): Promise<Machine> {
  const dataDir = await mkdtemp(join(tmpdir(), 'plinth-restore-'));
  folders.push(dataDir);
  const settings = {
    DATABASE_URL: url,
    PLINTH_DATA_DIR: dataDir,
    PLINTH_MASTER_KEY: masterKey,
    PORT: '0',
    SIMULATOR_URL: simulator.origin,
    PLINTH_LOG_LEVEL: 'silent',
    PLINTH_DRIFT_SECONDS: '0',
    PLINTH_CONCURRENCY: '1',
  };
  const runtime = await startRuntime(readConfig(settings), () => undefined);
  running.push(runtime);
  const { secret } = await createToken(runtime.services.db, {
    name: `tests ${folders.length}`,
    role: 'admin',
    organizationId: null,
    expiresAt: null,
  });
  const shop = new Shop(
    () => runtime.origin!,
    async () => secret,
    simulator.origin,
  );
  return {
    runtime,
    shop,
    stop: () => runtime.stop(),
    async sweep() {
      const runsBefore = (await drift(shop)).runs;
      await shop.call('POST', '/api/admin/sweeps/drift/run');
      return await until(async () => ((await drift(shop)).runs > runsBefore ? drift(shop) : null), {
        timeoutMs: 60_000,
        everyMs: 100,
        what: 'the sweep',
      });
    },
  };
}

const drift = async (shop: Shop): Promise<any> =>
  (await shop.call('GET', '/api/admin/sweeps')).sweeps.find(({ name }: { name: string }) => name === 'drift');
const holdOf = async (shop: Shop): Promise<any> => (await shop.call('GET', '/api/admin/kill-switches')).destructive_hold;
const eventsOf = async (shop: Shop, operation: string): Promise<any[]> =>
  (await shop.call('GET', `/api/operations/${operation}/events`)).events;
const heldWhy = async (shop: Shop, operation: string): Promise<string> =>
  await until(async () => (await eventsOf(shop, operation)).findLast(({ type }) => type === 'held')?.data.reason, {
    timeoutMs: 30_000,
    everyMs: 100,
    what: 'the operation to be held',
  });

beforeAll(async () => {
  await testEngine();
  database = await openDumpedDatabase();
  if (database.by !== 'pg_dump') console.warn('no pg_dump with a server of its version: the backup was a copy within the server');
  simulator = await startSimulator({ speed: 1000 });
  const machine = await newMachine(database.url);
  ({ instance: before } = await provision(machine.shop, 'before'));
  await machine.stop();
  restore = await database.backUp();
  const later = await newMachine(database.url);
  ({ instance: after } = await provision(later.shop, 'after'));
  after = await later.shop.vps(after.id);
  await later.stop();
}, 300_000);

afterAll(async () => {
  for (const runtime of running) await runtime.stop();
  await simulator?.close();
  await database?.close();
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

async function provision(shop: Shop, label: string): Promise<any> {
  const [cloud] = await shop.clouds();
  const ordered = await shop.order(cloud!, label);
  expect(await shop.ended(ordered.operation.id)).toMatchObject({ status: 'succeeded' });
  return ordered;
}

it('nothing is destroyed on a machine that restored a backup, until a person compared', { timeout: 180_000 }, async () => {
  const { shop, sweep, stop } = await newMachine(await restore());
  // Without any sweep: the provider's own tag says that the database is not the newest.
  const { operation } = await shop.call('DELETE', `/api/vps/${before.id}?grace_hours=0`);
  expect(await heldWhy(shop, operation.id)).toContain('held');
  const hold = await until(async () => holdOf(shop), { timeoutMs: 30_000, everyMs: 100, what: 'the hold' });
  expect(hold.reason).toContain(after.id);
  expect(hold.reason).toMatch(/restored from the past.*Compare the inventory.*lift the hold/);
  expect((await shop.call('GET', '/api/admin/kill-switches')).alerts).toMatchObject([{ kind: 'database-restored' }]);

  for (let times = 0; times < 2; times++) await sweep();
  const items = async (): Promise<any[]> => (await shop.call('GET', '/api/admin/inventory?kind=orphan')).items;
  const [orphan] = await items();
  expect(orphan).toMatchObject({ object_id: after.instance_id, reason: 'unknown_vps', seen_count: 2, deletable: false });
  const remove = { object_id: orphan.object_id, reason: 'looks like nobody’s' };
  const refused = await shop.call('POST', `/api/admin/inventory/${orphan.id}/delete`, remove);
  expect(refused).toMatchObject({ httpStatus: 409, code: 'destructive_hold' });
  expect((await shop.servers()).map(({ id }) => id).sort()).toEqual(
    [before.instance_id ?? (await shop.vps(before.id)).instance_id, after.instance_id].sort(),
  );

  await shop.call('PUT', '/api/admin/kill-switches', { destructive_hold: false });
  expect(await shop.ended(operation.id)).toMatchObject({ status: 'succeeded' });
  await sweep();
  expect(await holdOf(shop)).toBeNull();
  expect((await items())[0]).toMatchObject({ deletable: true });
  expect(await shop.call('POST', `/api/admin/inventory/${orphan.id}/delete`, remove)).toMatchObject({ httpStatus: 200 });
  expect(await shop.servers()).toEqual([]);
  await stop();
});

it('one more machine on the newest database destroys when it has compared, and asks nobody', { timeout: 180_000 }, async () => {
  // Its accounts cannot be read as it starts.
  const fault = await shopless('POST', '/faults', { provider: after.provider, kind: 'status', status: 503, method: 'GET', times: null });
  const { shop, stop } = await newMachine(database.url);
  const { operation } = await shop.call('DELETE', `/api/vps/${after.id}?grace_hours=0`);
  expect(await heldWhy(shop, operation.id)).toContain('has not yet compared the account');
  await shopless('DELETE', `/faults/${fault.id}`);
  expect(await shop.ended(operation.id, 90_000)).toMatchObject({ status: 'succeeded' });
  expect(await holdOf(shop)).toBeNull();
  await stop();
});

async function shopless(method: string, path: string, body?: unknown): Promise<any> {
  const init = { method, headers: { 'content-type': 'application/json' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const response = await fetch(`${simulator.origin}/_simulator${path}`, init);
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return response.status === 204 ? undefined : await response.json();
}
