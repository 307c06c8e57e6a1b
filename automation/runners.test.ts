import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { until } from '../test/support/until.ts';
import { Runners } from './runners.ts';
import { specOf } from './testing/fake-spec.ts';

let home: string;
let runners: Runners;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'plinth-runners-'));
  runners = new Runners({
    program: new URL('./testing/fake-program.ts', import.meta.url).href,
    exportName: 'program',
    warm: 3,
    env: { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, HOME: home },
    restAfterMs: 500,
  });
});
afterEach(async () => {
  await runners.close();
  await rm(home, { recursive: true, force: true });
});

it('keeps one runner warm while nothing happens, and as many as it should while something does', { timeout: 60_000 }, async () => {
  await runners.start();
  const [first, ...others] = runners.pids();
  expect(others).toEqual([]);
  const work = await Promise.all(['aaaa', 'bbbb', 'cccc'].map((id) => runners.lease({ spec: specOf(id), replaceInstance: false })));
  expect(work.map(({ pid }) => pid)).toContain(first);
  expect(new Set(work.map(({ pid }) => pid)).size).toBe(3);
  for (const lease of work) lease.release(true);
  expect(runners.pids()).toHaveLength(3);
  await until(() => runners.pids().length === 1, { timeoutMs: 20_000, what: 'two runners to end' });
});
