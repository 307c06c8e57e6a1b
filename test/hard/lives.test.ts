/**
 * Whole lives in a bad world: VPSes of every cloud and several accounts go from their order to their end while one provider
 * call in ten goes wrong. What ends without success is retried as an operator would; at the end nothing is left anywhere.
 * PLINTH_LONG_TESTS=1 lives 200 of them. PLINTH_TEST_SEED repeats a run's dice.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cloudsOf } from '../support/clouds.ts';
import { withDatabase } from '../support/database.ts';
import { testEngine } from '../support/engine.ts';
import { query } from '../support/invariants.ts';
import { dnsProvider, type Lane, openLane, sweepNow } from '../support/lanes.ts';
import { expectHonest, TROUBLES } from '../support/matrix.ts';
import { type Cluster, openCluster, type Service } from '../support/service.ts';
import { Shop } from '../support/shop.ts';
import { LONG } from '../support/long.ts';
import { HASTY } from '../support/hasty.ts';

const CLOUDS = cloudsOf('lives');
const LIVES = LONG ? 200 : 5;
const AT_ONCE = 16;
const ACCOUNTS_PER_CLOUD = 2;
const SHARE = 0.1;
const SEED = Number(process.env['PLINTH_TEST_SEED'] ?? (LONG ? Math.floor(Math.random() * 1_000_000) : 20_270_131));
const RETRIES = 8;
const OPERATION_MS = 420_000;
/** Many wait at once: none may ask too often. */
const POLL_MS = 250;

const database = withDatabase();
let cluster: Cluster;
let service: Service;
let shop: Shop;
let lanes: Lane[];

beforeAll(async () => {
  await testEngine();
  cluster = await openCluster(database.url, 2_000);
  const settings = {
    PLINTH_PROVIDER_TIMEOUT_SECONDS: '1.5',
    ...HASTY,
    PLINTH_PROVIDER_WAIT_SECONDS: '20',
    PLINTH_DRIFT_SECONDS: '0',
    PLINTH_HEARTBEAT_SECONDS: '2',
  };
  service = await cluster.service('all', { ...settings, PLINTH_OPERATIONS: String(AT_ONCE) });
  shop = new Shop(() => service.origin, cluster.token, cluster.simulator.origin);
  // Every second account's servers have a key and a firewall.
  const accounts = CLOUDS.flatMap((cloud) =>
    Array.from({ length: ACCOUNTS_PER_CLOUD }, (_, index) => ({ cloud, extras: index % 2 === 0 })),
  );
  lanes = await Promise.all(accounts.map(({ cloud, extras }, index) => openLane(shop, cloud, `land${index}`, extras)));
});
afterAll(() => cluster?.close());

const counted = { operations: 0, attempts: 0, retries: new Map<string, number>() };

/** Waits for the end; what failed or stalled is retried through the API. */
async function served(vpsId: string, operationId: string, what: string): Promise<void> {
  let id = operationId;
  for (let round = 0; ; round++) {
    const operation = await shop.ended(id, OPERATION_MS, POLL_MS);
    counted.operations++;
    counted.attempts += operation.attempt;
    if (operation.status === 'succeeded') return;
    expectHonest(operation, what);
    const kind = `${operation.kind} ${operation.status}: ${operation.fault.kind}`;
    counted.retries.set(kind, (counted.retries.get(kind) ?? 0) + 1);
    if (round === RETRIES) expect.fail(`${what}: not served by ${RETRIES} retries, at last: ${JSON.stringify(operation.fault)}`);
    id = (await shop.call('POST', `/api/vps/${vpsId}/retry`)).operation.id;
  }
}

async function live(index: number): Promise<string> {
  const lane = lanes[index % lanes.length]!;
  const label = `life-${String(index).padStart(3, '0')}`;
  const { instance, operation } = await shop.call('POST', '/api/vps', lane.order(label));
  await served(instance.id, operation.id, `${lane.provider} provision of ${label}`);
  const actions = [
    { action: 'resize', plan: lane.larger },
    { action: 'suspend', reason: 'unpaid' },
    { action: 'unsuspend' },
    { action: 'reinstall' },
  ];
  for (const body of actions) {
    const what = `${lane.provider} ${body.action} of ${label}`;
    const answer = await shop.call('POST', `/api/vps/${instance.id}/actions`, body);
    expect(answer, what).toHaveProperty('operation.id');
    await served(instance.id, answer.operation.id, what);
  }
  const vps = await shop.vps(instance.id);
  expect(vps, label).toMatchObject({ status: 'active', power_state: 'running', plan: lane.larger, dns_name: `${label}.${lane.zone}` });
  const servers = await shop.servers(instance.id);
  expect(servers, label).toMatchObject([{ id: vps.instance_id, ipv4: vps.ipv4 }]);
  const end = await shop.call('DELETE', `/api/vps/${instance.id}`);
  await served(instance.id, end.operation.id, `${lane.provider} termination of ${label}`);
  expect(await shop.vps(instance.id), label).toMatchObject({ status: 'terminated', evidence: { clean: true } });
  return instance.id;
}

/** One call in ten of every provider, all kinds alike, from now on. */
async function badWorld(): Promise<void> {
  const kinds = Object.values(TROUBLES);
  const chance = 1 - (1 - SHARE) ** (1 / kinds.length);
  const providers = [...CLOUDS, await dnsProvider(shop)];
  for (const [place, provider] of providers.entries())
    for (const [number, trouble] of kinds.entries())
      await shop.fault({ provider, times: null, chance, seed: SEED * 100 + place * 10 + number, ...trouble });
}

it(`lives ${LIVES} lives in a world where one call in ten goes wrong`, { timeout: 40 * 60_000 }, async () => {
  await badWorld();
  const started = performance.now();
  const failures: unknown[] = [];
  let next = 0;
  const lived: string[] = [];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let index = next++; index < LIVES; index = next++)
        await live(index).then(
          (id) => lived.push(id),
          (error) => failures.push(error),
        );
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  const faults: { hits: number }[] = await shop.control('GET', '/faults');
  await shop.clearFaults();
  const hits = faults.reduce((sum, fault) => sum + fault.hits, 0);
  const retries = [...counted.retries].map(([kind, count]) => `${count} × ${kind}`).join(', ') || 'none';
  console.log(
    `${lived.length} lives in ${seconds.toFixed(0)} s (seed ${SEED}): ${counted.operations} operations in ${counted.attempts} attempts, ` +
      `${(counted.operations / seconds).toFixed(1)}/s; ${hits} faults; retries by a person: ${retries}`,
  );
  expect(failures.map((error) => String((error as Error).message))).toEqual([]);
  await expectNothingLeft(lived);
});

async function expectNothingLeft(lived: readonly string[]): Promise<void> {
  expect([await shop.servers(), await shop.records(), await shop.control('GET', '/leftovers')]).toEqual([[], [], []]);
  expect(await sweepNow(shop)).toMatchObject({ outcome: 'ok' });
  expect((await shop.call('GET', '/api/admin/inventory')).items).toEqual([]);
  const vpses = await query(database.url, `SELECT "id", "status" FROM "vps"`, []);
  expect(vpses.map(({ status }) => status)).toEqual(vpses.map(() => 'terminated'));
  expect(new Set(vpses.map(({ id }) => id))).toEqual(new Set(lived));
  const held = `SELECT "id" FROM "operation" WHERE "status" IN ('queued', 'running') OR "leaseOwner" IS NOT NULL`;
  expect(await query(database.url, held, [])).toEqual([]);
  expect(await query(database.url, `SELECT "name" FROM "state_stack" WHERE "active_update" IS NOT NULL`, [])).toEqual([]);
}
