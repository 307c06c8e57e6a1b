/**
 * Deaths in the middle of work, with the real engine: whatever dies, each order ends with exactly one server, whose name,
 * address and password are the recorded ones, and nothing needs a person.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCluster, type Cluster, type Service } from '../support/service.ts';
import { withDatabase } from '../support/database.ts';
import { testEngine } from '../support/engine.ts';
import { expectDestroyed, expectGone, expectWhole, query } from '../support/invariants.ts';
import { Shop, type SimServer } from '../support/shop.ts';
import { until } from '../support/until.ts';
import { LONG } from '../support/long.ts';

/** A build takes about two seconds: long enough to die in, short enough to wait for. */
const SPEED = 20;

const database = withDatabase();
let cluster: Cluster;
let service: Service;
let shop: Shop;
/** A long run dies at each cloud. */
const PATIENCE_MS = LONG ? 600_000 : 60_000;
let clouds: string[];

beforeAll(async () => {
  await testEngine();
  cluster = await openCluster(database.url, SPEED);
  service = await cluster.service('all', { PLINTH_CONCURRENCY: '2' });
  shop = new Shop(() => service.origin, cluster.token, cluster.simulator.origin);
  clouds = await shop.clouds();
});
afterAll(async () => {
  await cluster?.close();
});

const restart = async (): Promise<void> => {
  service = await cluster.service('all', { PLINTH_CONCURRENCY: '2' });
};

/** Resolves with the server as soon as the provider has it. */
const bought = (label: string): Promise<SimServer> =>
  until(async () => (await shop.servers(label))[0], { timeoutMs: 30_000, what: `a server for ${label}` });

async function engineOf(operationId: string): Promise<number> {
  const [found] = await query(database.url, 'SELECT "enginePid" FROM "operation" WHERE "id" = $1', [operationId]);
  return found.enginePid as number;
}

/** The child processes of the service that run stack programs. */
function runners(): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => {
      if (!(pid > 0)) return false;
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
        return parent === service.pid && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('automation/runner.ts');
      } catch {
        return false;
      }
    });
}

async function expectRecovered(provider: string, label: string, vpsId: string, operationId: string): Promise<void> {
  expect(await shop.ended(operationId), service.output()).toMatchObject({ status: 'succeeded', fault: null });
  await expectWhole(shop, database.url, provider, label, vpsId, operationId);
}

/** Seconds to the next attempt, from each death or, when the service itself died, from its next start. */
const recoveries: number[] = [];

const deaths: Record<string, (operationId: string) => Promise<void>> = {
  'the whole service': async () => {
    await service.end('SIGKILL');
    await restart();
  },
  'the engine': async (operationId) => {
    process.kill(await engineOf(operationId), 'SIGKILL');
  },
  'the program runner': async () => {
    for (const pid of runners()) process.kill(pid, 'SIGKILL');
  },
};

describe('kill -9 in the middle of a create', { timeout: PATIENCE_MS }, () => {
  it.each(Object.keys(deaths).map((what, index) => [what, index] as const))('%s', async (what, index) => {
    for (const provider of LONG ? clouds : [clouds[index % clouds.length]!]) {
      const label = `crash-${index}-${provider}`;
      const { instance, operation } = await shop.order(provider, label);
      await bought(label);
      await deaths[what]!(operation.id);
      const since = Date.now();
      await expectRecovered(provider, label, instance.id, operation.id);
      const again = (await shop.events(operation.id)).filter(({ type }) => type === 'attempt-started')[1];
      recoveries.push(Math.max(0, Date.parse(again.at) - since) / 1000);
      await expectDestroyed(shop, label, instance.id);
    }
  });

  it('the whole service, while its order is still on the way to the provider', async () => {
    // At AWS every call is a POST to one path: its order is held by the matrix of deaths.
    const held = clouds.filter((cloud) => cloud !== 'aws');
    for (const provider of LONG ? held : [held.at(-1)!]) {
      const label = `late-${provider}`;
      await shop.fault({ provider, kind: 'delay', ms: 4_000, method: 'POST', path: '/(droplets|instances?|servers)$' });
      const { instance, operation } = await shop.order(provider, label);
      const hit = async () => (await shop.control('GET', '/faults')).every((fault: any) => fault.hits > 0 || fault.kind !== 'delay');
      await until(hit, { timeoutMs: 30_000, what: 'the order to leave' });
      await until(async () => (await engineOf(operation.id)) ?? undefined);
      await service.end('SIGKILL');
      expect(await shop.servers(label)).toEqual([]);
      await restart();
      await expectRecovered(provider, label, instance.id, operation.id);
      await expectDestroyed(shop, label, instance.id);
    }
  });

  it('recovers in less than ten seconds', () => {
    console.log(`recovery after a death, in s: ${recoveries.map((seconds) => seconds.toFixed(1)).join(', ')}`);
    expect(Math.max(...recoveries)).toBeLessThan(10);
  });
});

describe('kill -9 in the middle of a destroy', { timeout: PATIENCE_MS }, () => {
  it.each(['the whole service', 'the engine'])('%s', async (what) => {
    for (const provider of LONG ? clouds : [clouds[what === 'the engine' ? 1 : 2]!]) {
      const label = `doomed-${what.length}-${provider}`;
      const { instance, operation: provision } = await shop.order(provider, label);
      expect(await shop.ended(provision.id)).toMatchObject({ status: 'succeeded' });
      await shop.fault({ provider, kind: 'delay', ms: 1_500, method: 'DELETE', path: '/(droplets|instances|servers)/' });
      const { operation } = await shop.call('DELETE', `/api/vps/${instance.id}`);
      await until(async () => (await shop.records(label)).length === 0, { timeoutMs: 30_000, what: 'the names to go' });
      await deaths[what]!(operation.id);
      expect(await shop.ended(operation.id), service.output()).toMatchObject({ status: 'succeeded' });
      await expectGone(shop, label, instance.id);
    }
  });
});
