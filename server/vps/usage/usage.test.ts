import { expect, it } from 'vitest';
import { monthOf, rangeOf } from './usage.ts';

const NOW = Date.parse('2026-03-10T12:00:00Z');
const day = (date: string, incomingBytes: number, outgoingBytes: number) => ({ date, incomingBytes, outgoingBytes });

it('sums the month under way and sets what goes out against the plan', () => {
  const days = [day('2026-02-28', 900, 900), day('2026-03-01', 10, 1e9), day('2026-03-10', 5, 1e9)];
  expect(monthOf(days, 1000, new Date(NOW))).toEqual({
    from: '2026-03-01',
    incoming_bytes: 15,
    outgoing_bytes: 2e9,
    included_bytes: 1e12,
    used_share: 0.002,
  });
});

it.each([
  [null, null],
  [0, 0],
])('tells no share of a plan with %s GB', (includedGb, included_bytes) => {
  expect(monthOf([day('2026-03-01', 1, 1)], includedGb, new Date(NOW))).toMatchObject({ included_bytes, used_share: null });
});

it('takes the last day when nothing is said', () => {
  expect(rangeOf({}, NOW)).toEqual({ from: NOW - 86_400_000, to: NOW });
  expect(rangeOf({ to: '2026-03-02T00:00:00+01:00' }, NOW)).toEqual({
    from: Date.parse('2026-02-28T23:00:00Z'),
    to: Date.parse('2026-03-01T23:00:00Z'),
  });
});

it.each([
  ['to', { to: '2026-03-10T12:06:00Z' }],
  ['from', { from: '2026-03-10T12:00:00Z', to: '2026-03-10T12:00:00Z' }],
  ['from', { from: '2026-03-11T00:00:00Z' }],
  ['from', { from: '2026-02-01T00:00:00Z' }],
])('refuses a wrong `%s`', (field, wanted) => {
  expect(() => rangeOf(wanted, NOW)).toThrow(expect.objectContaining({ status: 422, errors: [expect.objectContaining({ field })] }));
});
