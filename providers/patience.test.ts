import { afterEach, expect, it } from 'vitest';
import { callPatienceMs, DEFAULT_CALL_MS, setPatience, waitPatienceMs } from './patience.ts';

afterEach(() => setPatience({ callMs: DEFAULT_CALL_MS, longestWaitMs: Number.POSITIVE_INFINITY }));

it('is each call’s and wait’s own until the operator sets it', () => {
  expect([callPatienceMs(), callPatienceMs(60_000), waitPatienceMs(600_000)]).toEqual([30_000, 60_000, 600_000]);
});

it('leaves a purchase longer than other calls, and no wait longer than told', () => {
  setPatience({ callMs: 2_000, longestWaitMs: 10_000 });
  expect([callPatienceMs(), callPatienceMs(60_000), waitPatienceMs(600_000), waitPatienceMs(3_000)]).toEqual([2_000, 4_000, 10_000, 3_000]);
});
