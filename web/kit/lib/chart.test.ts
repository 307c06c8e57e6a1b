import { describe, expect, it } from 'vitest';
import { bytes, monthSentence, nearest, runs, seriesSentence, thinned, ticks, timeTicks, valueIn } from './chart.ts';

const HOUR = 3_600_000;
const points = (...values: number[]) => values.map((value, n) => ({ at: n * 60_000, value }));

it('says sizes as providers bill them', () => {
  expect([0, 999, 1500, 123_456_789, 2e12].map(bytes)).toEqual(['0 B', '999 B', '1.5 kB', '123 MB', '2 TB']);
  expect([valueIn('percent', 3.14), valueIn('percent', 87.6), valueIn('bytes_per_second', 1500)]).toEqual(['3.1 %', '88 %', '1.5 kB/s']);
});

describe('scales', () => {
  it.each([0, -1, Number.NaN])('has a scale for %j', (highest) => expect(ticks(highest)).toEqual([0, 1]));
  it.each([
    [100, [0, 25, 50, 75, 100]],
    [7, [0, 2, 4, 6, 8]],
    [0.3, [0, 0.1, 0.2, 0.3]],
    [9_999_999_999, [0, 2.5e9, 5e9, 7.5e9, 1e10]],
  ])('is round up to %j', (highest, expected) => expect(ticks(highest)).toEqual(expected));
  it.each([
    [1, [0, 1]],
    [3, [0, 1, 2, 3]],
    [9, [0, 5, 10]],
    [90, [0, 25, 50, 75, 100]],
  ])('has whole values up to %j', (highest, expected) => expect(ticks(highest, true)).toEqual(expected));
  it('always reaches the highest, with few lines', () => {
    for (let n = 0.001; n < 1e15; n *= 1.7) {
      const found = ticks(n);
      expect(found.at(-1)!).toBeGreaterThanOrEqual(n * (1 - 1e-9));
      expect(found.length).toBeLessThanOrEqual(6);
    }
  });
  it('puts few round times on the axis', () => {
    expect(timeTicks(0, HOUR, 6)).toEqual([0, 1, 2, 3, 4, 5, 6].map((n) => (n * HOUR) / 6));
    for (const hours of [1, 6, 24, 7 * 24, 31 * 24, 364 * 24]) {
      const found = timeTicks(1e12, 1e12 + hours * HOUR, 6);
      expect(found.length).toBeGreaterThan(1);
      expect(found.length).toBeLessThanOrEqual(7);
    }
  });
});

it('breaks a line where nothing was measured', () => {
  expect(runs([])).toEqual([]);
  expect(runs(points(1, 2, 3)).map((run) => run.length)).toEqual([3]);
  const late = points(4, 5).map(({ at, value }) => ({ at: at + HOUR, value }));
  expect(runs([...points(1, 2, 3), ...late]).map((run) => run.length)).toEqual([3, 2]);
});

it('finds what a pointer is at, and says the whole in a sentence', () => {
  expect(nearest(points(1, 2, 3), 61_000)).toEqual({ at: 60_000, value: 2 });
  expect(nearest([], 0)).toBeNull();
  expect(seriesSentence('Processor', 'percent', points(1, 2, 6))).toBe('Processor: 3 % on average, 6 % at most, now 6 %.');
  expect(seriesSentence('Processor', 'percent', [])).toBe('Processor: nothing was measured in this time.');
  expect(thinned(points(1, 3, 5, 7, 9), 2)).toEqual([
    { at: 0, value: 3 },
    { at: 180_000, value: 8 },
  ]);
});

it('holds the transfer against the plan’s', () => {
  const month = { from: '2026-01-01', incoming_bytes: 5e8, outgoing_bytes: 25e10, included_bytes: 1e12, used_share: 0.25 };
  expect(monthSentence({ month })).toBe(
    '250 GB went out this month and 500 MB came in. The plan includes 1 TB; what went out is 25 % of it.',
  );
  expect(monthSentence({ month: { ...month, included_bytes: null, used_share: null } })).toContain('not metered, or not known');
});
