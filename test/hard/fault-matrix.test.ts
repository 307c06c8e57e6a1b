/**
 * Every way a call can go wrong, at every call of every operation, at every cloud; of calls that only wait, at some. A dry life
 * records the calls; then each call meets each trouble, and each operation ends in success or in an honest failure that a retry
 * serves: no second server or name, nothing forgotten. PLINTH_LONG_TESTS=1 runs all of it, otherwise an even spread.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findProvider } from '../../providers/list.ts';
import { cloudsOf } from '../support/clouds.ts';
import { tellingCalls } from '../support/calls.ts';
import { withDatabase } from '../support/database.ts';
import { testEngine } from '../support/engine.ts';
import { dnsProvider, type Lane, openLane, sweepNow } from '../support/lanes.ts';
import { type Case, DELETIONS, Life, type Result, type Step, STEPS, stepsAt, TROUBLES } from '../support/matrix.ts';
import { type Cluster, openCluster, type Service } from '../support/service.ts';
import { Shop } from '../support/shop.ts';
import { until } from '../support/until.ts';
import { LONG } from '../support/long.ts';
import { HASTY } from '../support/hasty.ts';

const CLOUDS = cloudsOf('fault-matrix');
const LANES = Number(process.env['PLINTH_TEST_LANES'] ?? 4);
/** Failures as they come, and more cases per cloud than the usual run has, for work on one of them. */
const VERBOSE = process.env['PLINTH_TEST_VERBOSE'] !== undefined;
const CASES = Number(process.env['PLINTH_TEST_CASES'] ?? 8);
const SAMPLE = { troubles: CASES, deletions: Math.ceil(CASES / 3) };
const ALL_MS = (LONG ? 240 : 30) * 60_000;

const database = withDatabase();
let cluster: Cluster;
let service: Service;
let shop: Shop;
let dns: string;
let lanes: Map<string, Lane[]>;
const results: Result[] = [];

beforeAll(async () => {
  await testEngine();
  cluster = await openCluster(database.url, 2_000);
  const settings = {
    PLINTH_PROVIDER_TIMEOUT_SECONDS: '1.5',
    ...HASTY,
    PLINTH_PROVIDER_WAIT_SECONDS: '6',
    PLINTH_DRIFT_SECONDS: '0',
    PLINTH_HEARTBEAT_SECONDS: '2',
  };
  service = await cluster.service('all', settings);
  shop = new Shop(() => service.origin, cluster.token, cluster.simulator.origin);
  dns = await dnsProvider(shop);
  const open = (cloud: string, index: number): Promise<Lane[]> =>
    Promise.all(Array.from({ length: LANES }, (_, lane) => openLane(shop, cloud, `lane${index * LANES + lane}`, true)));
  lanes = new Map(await Promise.all(CLOUDS.map(async (cloud, index) => [cloud, await open(cloud, index)] as const)));
});
afterAll(() => cluster?.close());

let lives = 0;
const newLife = (lane: Lane): Life => new Life(shop, lane, dns, `case-${String(++lives).padStart(4, '0')}-x`);

/** The calls of each step when nothing goes wrong. */
async function dryLife(lane: Lane): Promise<Map<Step, { compute: string[]; dns: string[] }>> {
  const life = newLife(lane);
  const calls = new Map<Step, { compute: string[]; dns: string[] }>();
  let before = await life.counts();
  for (const step of stepsAt(lane.provider)) {
    expect(await life.undergo(step)).toBe('succeeded');
    const now = await life.counts();
    calls.set(step, { compute: now.compute.slice(before.compute.length), dns: now.dns.slice(before.dns.length) });
    before = now;
  }
  return calls;
}

function casesOf(calls: Awaited<ReturnType<typeof dryLife>>, troublesOf: (side: Case['side']) => readonly string[]): Case[] {
  return [...calls].flatMap(([step, sides]) =>
    (['compute', 'dns'] as const).flatMap((side) =>
      tellingCalls(sides[side]).flatMap((at) => troublesOf(side).map((trouble) => ({ step, side, at, call: sides[side][at]!, trouble }))),
    ),
  );
}

/** `count` of them, evenly over the calls; the `kinds` of one call stand together and come in turn. */
function spread<T>(all: readonly T[], count: number, kinds: number): T[] {
  if (LONG || all.length <= count) return [...all];
  return Array.from({ length: count }, (_, index) => {
    const near = Math.floor(((index + 0.5) * all.length) / count);
    return all[near - (near % kinds) + (index % kinds)]!;
  });
}

/** One life after another in each lane, until the list is empty. The first failure of a lane is told when all lanes are done. */
async function inLanes<T>(cloud: string, list: readonly T[], live: (life: Life, item: T) => Promise<void>): Promise<void> {
  const waiting = [...list];
  const failures: unknown[] = [];
  await Promise.all(
    lanes.get(cloud)!.map(async (lane) => {
      for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
        try {
          await live(newLife(lane), item);
        } catch (error) {
          failures.push(error);
          if (VERBOSE) console.log(`${waiting.length} lives left at ${cloud}: ${String((error as Error).message)}`);
        }
      }
    }),
  );
  if (failures.length > 0) throw new AggregateError(failures, failures.map((error) => String((error as Error).message)).join('\n---\n'));
}

/** Lives with at most one case in each step. */
function livesOf(cases: readonly Case[]): Map<Step, Case>[] {
  const made: Map<Step, Case>[] = [];
  for (const group of Map.groupBy(cases, ({ step }) => step).values())
    for (const [index, each] of group.entries()) (made[index] ??= new Map()).set(each.step, each);
  return made;
}

async function liveThrough(life: Life, cases: ReadonlyMap<Step, Case>): Promise<void> {
  for (const step of STEPS) {
    // What was stopped is started again.
    const power = ['stop', 'start'].includes(step) && (cases.has('stop') || cases.has('start'));
    const needed = step === 'provision' || step === 'terminate' || power;
    const fault = cases.get(step);
    if (!fault && !needed) continue;
    const outcome = await life.undergo(step, fault);
    if (fault) results.push({ ...fault, provider: life.lane.provider, outcome });
  }
}

async function loseIn(life: Life, fault: Case): Promise<void> {
  for (const step of STEPS.slice(0, STEPS.indexOf(fault.step))) {
    if (step === 'provision' || (step === 'stop' && fault.step === 'start')) await life.undergo(step);
  }
  results.push({ ...fault, provider: life.lane.provider, outcome: await life.lose(fault) });
}

function table(): string {
  const outcomes = [...new Set(results.map(({ outcome }) => outcome))].sort();
  const rows = [...Object.keys(TROUBLES), ...DELETIONS].map((trouble) => {
    const own = results.filter((result) => result.trouble === trouble);
    return [trouble, ...outcomes.map((outcome) => String(own.filter((result) => result.outcome === outcome).length || ''))];
  });
  const all = [['', ...outcomes], ...rows];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  return all.map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')).join('\n');
}

describe('any trouble at any call', () => {
  it('ends in success, or in an honest failure that a retry serves', { timeout: ALL_MS }, async () => {
    const ended = await Promise.allSettled(
      CLOUDS.map(async (cloud) => {
        const calls = await dryLife(lanes.get(cloud)![0]!);
        const troubles = spread(
          casesOf(calls, () => Object.keys(TROUBLES)),
          SAMPLE.troubles,
          Object.keys(TROUBLES).length,
        );
        const deletions = spread(
          casesOf(calls, (side) => [side === 'compute' ? DELETIONS[0] : DELETIONS[1]]),
          SAMPLE.deletions,
          1,
        );
        const tries = [inLanes(cloud, livesOf(troubles), liveThrough)];
        await Promise.all(tries).finally(() => inLanes(cloud, deletions, loseIn));
      }),
    );
    console.log(`${results.length} faults in ${lives} lives\n${table()}`);
    expect(ended.filter(({ status }) => status === 'rejected').map((each) => String((each as any).reason.message))).toEqual([]);
    expect(await sweepNow(shop)).toMatchObject({ outcome: 'ok' });
    expect((await shop.call('GET', '/api/admin/inventory')).items).toEqual([]);
    expect([await shop.servers(), await shop.records()]).toEqual([[], []]);
    expect(await shop.control('GET', '/leftovers')).toEqual([]);
  });
});

describe('names that are deleted while they follow a new server', () => {
  it('are made anew, and the old server goes', { timeout: ALL_MS }, async () => {
    const outcomes = await Promise.all(
      CLOUDS.map(async (cloud) => {
        const life = newLife(lanes.get(cloud)![0]!);
        await life.undergo('provision');
        return await life.lose({ step: 'reinstall', side: 'dns', at: 0, call: 'the first', trouble: 'names deleted' });
      }),
    );
    // Where a reinstall keeps the server, its names stay as they are.
    const replaced = (cloud: string): boolean => findProvider(cloud)!.descriptor.rebuildKeepsPassword === true;
    expect(outcomes).toEqual(CLOUDS.map((cloud) => (replaced(cloud) ? 'succeeded' : 'not reached')));
  });
});

describe('what a cloud never finishes', () => {
  it('is told after the operator’s patience, and ends well when the cloud goes on', { timeout: ALL_MS }, async () => {
    await Promise.all(CLOUDS.map(stuck));
  });
});

async function stuck(cloud: string): Promise<void> {
  const steps: Step[] = ['provision', 'stop', 'resize', 'reinstall', 'terminate'];
  const own = steps.map((step, index) => ({ step, life: newLife(lanes.get(cloud)![index % LANES]!) }));
  await Promise.all(own.map(({ step, life }) => (step === 'provision' ? undefined : life.undergo('provision'))));
  const { id: flag } = await shop.fault({ provider: cloud, kind: 'flag', flag: 'action-stuck' });
  const begun = await Promise.all(own.map(async ({ step, life }) => ({ step, life, id: await life.begin(step) })));
  await Promise.all(
    begun.map(async ({ step, id }) => {
      const told = async (): Promise<boolean> => {
        const events = await shop.events(id);
        return events.some(({ type }) => ['retry-later', 'succeeded', 'failed', 'stalled'].includes(type));
      };
      await until(told, { timeoutMs: 300_000, everyMs: 200, what: `${cloud} ${step} to tell that it is stuck` });
    }),
  );
  await shop.control('DELETE', `/faults/${flag}`);
  for (const { step, life, id } of begun) {
    expect(await shop.ended(id, 420_000), `${cloud} ${step}`).toMatchObject({ status: 'succeeded', fault: null });
    await life.expectRight(step, `${cloud} ${step}, stuck for a while`);
    if (step !== 'terminate') await life.end(`${cloud} ${step}`);
  }
}
