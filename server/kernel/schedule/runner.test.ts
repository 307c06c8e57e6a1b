import { afterAll, beforeAll, expect, it } from 'vitest';
import { withDatabase } from '../../../test/support/database.ts';
import { until } from '../../../test/support/until.ts';
import type { Services } from '../services.ts';
import { dropSetting, writeSetting } from '../kill-switches/store.ts';
import { type Database, openDatabase } from '../database.ts';
import { claimSweep, ensureSweep, listSweeps, renewSweep, requestSweep } from './store.ts';
import { type SweepDefinition, startSweeps } from './runner.ts';

const database = withDatabase();
let db: Database;
let services: Services;

beforeAll(() => {
  db = openDatabase(database.url, 5);
  services = { db, log: { warn: () => undefined } } as unknown as Services;
});
afterAll(() => db?.$disconnect());

const named = async (name: string) => (await listSweeps(db)).find((sweep) => sweep.name === name)!;
const ran = (name: string, runs: number) =>
  until(async () => ((await named(name)).runs >= runs ? await named(name) : undefined), { timeoutMs: 15_000, what: `${name} to run` });

it('runs a sweep in one of two runners at a time, as often as it is asked for', async () => {
  let atOnce = 0;
  let most = 0;
  const definition: SweepDefinition = {
    name: 'counted',
    everyMs: 0,
    run: async () => {
      most = Math.max(most, ++atOnce);
      await new Promise((resolve) => setTimeout(resolve, 100));
      atOnce--;
      return { outcome: 'ok', message: 'done', result: { n: 1 } };
    },
  };
  const runners = await Promise.all([startSweeps(services, [definition]), startSweeps(services, [definition])]);
  for (let run = 1; run <= 3; run++) {
    await requestSweep(db, 'counted', 'someone');
    await ran('counted', run);
  }
  await Promise.all(runners.map((runner) => runner.stop()));
  expect(most).toBe(1);
  expect(await named('counted')).toMatchObject({ runs: 3, lastOutcome: 'ok', lastMessage: 'done', lastResult: { n: 1 }, leaseOwner: null });
});

it('records a failure, and runs on request while what Plinth does by itself is stopped', async () => {
  let fails = true;
  const definition: SweepDefinition = {
    name: 'moody',
    everyMs: 50,
    run: async () => {
      if (fails) throw new Error('no luck');
      return { outcome: 'ok', message: 'done', result: {} };
    },
  };
  const runner = await startSweeps(services, [definition]);
  expect(await ran('moody', 1)).toMatchObject({ lastOutcome: 'failed', lastMessage: 'no luck' });
  await writeSetting(db, 'automation.stopped', { reason: 'an outage', by: 'me', at: new Date().toISOString() });
  fails = false;
  await until(async () => (await named('moody')).lastOutcome === 'stopped', { timeoutMs: 10_000, what: 'the stop' });
  await requestSweep(db, 'moody', 'me');
  await until(async () => (await named('moody')).lastOutcome === 'ok', { timeoutMs: 10_000, what: 'the asked-for run' });
  await dropSetting(db, 'automation.stopped');
  await runner.stop();
});

it('hands a sweep over when its runner is silent, and the former one then writes nothing', async () => {
  await ensureSweep(db, 'lost', 1, 0);
  await requestSweep(db, 'lost', 'me');
  expect(await claimSweep(db, 'lost', 'first', 100)).toEqual({ requestedBy: 'me' });
  expect(await claimSweep(db, 'lost', 'second', 100)).toBeNull();
  await until(() => claimSweep(db, 'lost', 'second', 10_000), { what: 'the lease to run out' });
  expect(await renewSweep(db, 'lost', 'first', 100)).toBe(false);
  expect(await renewSweep(db, 'lost', 'second', 100)).toBe(true);
});
