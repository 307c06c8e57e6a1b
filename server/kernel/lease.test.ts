import { expect, it } from 'vitest';
import { until } from '../../test/support/until.ts';
import { keepLease, LeaseLost } from './lease.ts';

const soon = (what: string, seen: () => boolean) => until(async () => (seen() ? true : undefined), { timeoutMs: 5_000, everyMs: 2, what });

it.each([
  ['is told', async () => false],
  ['finds it out by writing', () => Promise.reject(new LeaseLost('taken'))],
])('who %s that another holds it ends its work', async (_, renew) => {
  let renewals = 0;
  const kept = keepLease(
    2,
    () => (renewals++, renew()),
    () => undefined,
  );
  await soon('the loss', () => kept.signal.aborted);
  expect(kept.signal.reason).toBeInstanceOf(LeaseLost);
  const then = renewals;
  await soon('time to pass', () => performance.now() > 0);
  expect(renewals).toBe(then);
});

it('goes on through failures that say nothing of the lease, and says how long it has been silent', async () => {
  const silent: number[] = [];
  let works = false;
  const kept = keepLease(
    2,
    async () => {
      if (!works) throw new Error('no database');
    },
    (_, ms) => {
      silent.push(ms);
      works = silent.length === 3;
    },
  );
  await soon('three failures', () => works);
  expect([kept.signal.aborted, silent.toSorted((a, b) => a - b)]).toEqual([false, silent]);
  kept.stop();
});

it('does not begin a renewal while one is under way', async () => {
  let running = 0;
  let most = 0;
  let done = 0;
  const kept = keepLease(
    1,
    async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running--;
      done++;
    },
    () => undefined,
  );
  await soon('several renewals', () => done > 3);
  kept.stop();
  expect(most).toBe(1);
});
