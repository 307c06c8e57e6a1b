import { describe, expect, it } from 'vitest';
import { BulkPace } from '../../contract/bulk.ts';
import type { BulkCounts } from './store.ts';
import { decide, type Standing } from './decide.ts';

const NOW = new Date('2026-01-01T12:00:00Z');
const NONE: BulkCounts = { pending: 0, ordered: 0, succeeded: 0, failed: 0, refused: 0, skipped: 0 };
const standing = (pace: unknown, counts: Partial<BulkCounts>, more: Partial<Standing> = {}): Standing => ({
  pace: BulkPace.parse(pace),
  counts: { ...NONE, ...counts },
  canary: { succeeded: 0, ordered: 0 },
  canaryPassedAt: null,
  forgivenFailed: 0,
  forgivenFinished: 0,
  requestedLastMinute: 0,
  now: NOW,
  ...more,
});

describe('canaries', () => {
  const pace = { canary: { count: 3 }, max_parallel: 10 };
  it('go one after the other', () => {
    expect(decide(standing(pace, { pending: 20 }))).toEqual({ do: 'request', count: 1, canary: true });
    expect(decide(standing(pace, { pending: 19, ordered: 1 }, { canary: { succeeded: 0, ordered: 1 } }))).toEqual({
      do: 'wait',
      waiting: null,
    });
    expect(decide(standing(pace, { pending: 19, succeeded: 1 }, { canary: { succeeded: 1, ordered: 0 } }))).toMatchObject({
      do: 'request',
      count: 1,
    });
  });
  it('or all at once', () =>
    expect(decide(standing({ canary: { count: 3, at_once: true } }, { pending: 20 }))).toEqual({ do: 'request', count: 3, canary: true }));
  it('pause the run when one fails, whatever else is allowed', () =>
    expect(decide(standing({ ...pace, max_failures: '100%' }, { pending: 18, failed: 1, succeeded: 1 }))).toMatchObject({ do: 'pause' }));
  it('are replaced by the next when one is refused', () =>
    expect(decide(standing(pace, { pending: 17, refused: 1, succeeded: 2 }, { canary: { succeeded: 2, ordered: 0 } }))).toEqual({
      do: 'request',
      count: 1,
      canary: true,
    }));
  it('pass, then soak, then all others follow', () => {
    const soak = { canary: { count: 1, soak_seconds: 60 }, max_parallel: 4 };
    const passed = { canary: { succeeded: 1, ordered: 0 } };
    expect(decide(standing(soak, { pending: 9, succeeded: 1 }, passed))).toEqual({ do: 'pass-canary' });
    const since = (seconds: number) => ({ ...passed, canaryPassedAt: new Date(NOW.getTime() - seconds * 1000) });
    expect(decide(standing(soak, { pending: 9, succeeded: 1 }, since(59)))).toMatchObject({
      do: 'wait',
      waiting: expect.stringContaining('2026-01-01T12:00:01'),
    });
    expect(decide(standing(soak, { pending: 9, succeeded: 1 }, since(61)))).toEqual({ do: 'request', count: 4, canary: false });
  });
});

describe('the pace', () => {
  it('leaves room for what is under way, and for this minute', () => {
    expect(decide(standing({ max_parallel: 5 }, { pending: 20, ordered: 3 }))).toMatchObject({ do: 'request', count: 2 });
    const slow = { max_parallel: 50, max_per_minute: 10 };
    expect(decide(standing(slow, { pending: 20 }, { requestedLastMinute: 8 }))).toMatchObject({ count: 2 });
    expect(decide(standing(slow, { pending: 20 }, { requestedLastMinute: 10 }))).toMatchObject({
      do: 'wait',
      waiting: expect.stringContaining('10 a minute'),
    });
  });
  it('waits for the last ones, then finishes', () => {
    expect(decide(standing({}, { ordered: 1, succeeded: 3 }))).toEqual({ do: 'wait', waiting: null });
    expect(decide(standing({}, { succeeded: 3, failed: 1, refused: 2 }))).toEqual({ do: 'finish' });
  });
});

describe('errors', () => {
  const paused = (pace: unknown, counts: Partial<BulkCounts>, more: Partial<Standing> = {}): boolean =>
    decide(standing(pace, counts, more)).do === 'pause';
  it('pause above a number', () => {
    expect(paused({ max_failures: 2 }, { pending: 5, failed: 2 })).toBe(false);
    expect(paused({ max_failures: 2 }, { pending: 5, failed: 3 })).toBe(true);
    expect(paused({}, { pending: 5, failed: 1, succeeded: 90 })).toBe(true);
  });
  it('pause above a share of those that ended, judged over enough of them', () => {
    expect(paused({ max_failures: '10%' }, { pending: 50, failed: 1 })).toBe(false);
    expect(paused({ max_failures: '10%' }, { pending: 50, failed: 2 })).toBe(true);
    expect(paused({ max_failures: '10%' }, { pending: 50, failed: 5, succeeded: 45 })).toBe(false);
    expect(paused({ max_failures: '10%' }, { pending: 50, failed: 6, succeeded: 44 })).toBe(true);
    expect(paused({ max_failures: '10%' }, { pending: 3, failed: 1 })).toBe(true);
    expect(paused({ max_failures: '0%' }, { pending: 50, failed: 1, succeeded: 20 })).toBe(true);
    expect(paused({ max_failures: '100%' }, { pending: 1, failed: 50 })).toBe(false);
  });
  it('count anew after a resume', () => {
    expect(paused({ max_failures: 1 }, { pending: 5, failed: 2 }, { forgivenFailed: 2, forgivenFinished: 4 })).toBe(false);
    expect(paused({ max_failures: 1 }, { pending: 5, failed: 4 }, { forgivenFailed: 2, forgivenFinished: 4 })).toBe(true);
  });
});
