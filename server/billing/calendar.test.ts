import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, type Anchor, dateAt, daysBetween, instantOf, isZone, periodOf, startOfPeriod } from './calendar.ts';

const ZONES = ['UTC', 'Pacific/Kiritimati', 'America/St_Johns', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'];
const starts = (date: string, interval: Anchor['interval'], count: number) =>
  Array.from({ length: count }, (_, index) => startOfPeriod({ date, index: 0, interval }, index));
/** Counted by hand, without the library: the day of the anchor, or the last one that the month has. */
function byHand(date: string, months: number): string {
  const [year, month, day] = date.split('-').map(Number) as [number, number, number];
  const all = year * 12 + (month - 1) + months;
  const [y, m] = [Math.floor(all / 12), (all % 12) + 1];
  const leap = (y % 4 === 0 && y % 100 !== 0) || y % 400 === 0;
  const last = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][m - 1]!;
  return `${y}-${String(m).padStart(2, '0')}-${String(Math.min(day, last)).padStart(2, '0')}`;
}

describe('periods', () => {
  it('begin on the anchor’s day, or the last one that a month has', () => {
    expect(starts('2027-01-31', 'month', 6)).toEqual(['2027-01-31', '2027-02-28', '2027-03-31', '2027-04-30', '2027-05-31', '2027-06-30']);
  });
  it('come back to a leap day', () => {
    expect(starts('2028-02-29', 'year', 5)).toEqual(['2028-02-29', '2029-02-28', '2030-02-28', '2031-02-28', '2032-02-29']);
    expect(starts('2027-12-31', 'month', 4)).toEqual(['2027-12-31', '2028-01-31', '2028-02-29', '2028-03-31']);
  });
  it('count from the anchor’s own number', () => {
    expect(periodOf({ date: '2027-03-25', index: 4, interval: 'year' }, 5)).toEqual({ index: 5, start: '2028-03-25', end: '2029-03-25' });
  });
  it.each(['2027-01-29', '2027-01-30', '2027-01-31', '2028-02-29'])('never drift over 60 periods from %s', (date) => {
    for (const [interval, months] of [
      ['month', 1],
      ['quarter', 3],
      ['year', 12],
    ] as const)
      expect(starts(date, interval, 61)).toEqual(Array.from({ length: 61 }, (_, index) => byHand(date, index * months)));
  });
  it('follow each other without a gap, from any day', () => {
    const day = fc.date({ min: new Date('2024-01-01'), max: new Date('2060-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(day, fc.constantFrom('month' as const, 'quarter' as const, 'year' as const), fc.nat(60), (at, interval, index) => {
        const anchor = { date: at.toISOString().slice(0, 10), index: 0, interval };
        const [period, next] = [periodOf(anchor, index), periodOf(anchor, index + 1)];
        expect(period.end).toBe(next.start);
        expect(daysBetween(period.start, period.end)).toBeGreaterThanOrEqual(28);
      }),
    );
  });
});

describe('days in a zone', () => {
  it('begin where the customer is', () => {
    const ready = new Date('2027-03-31T22:30:00Z');
    const life = (zone: string) => {
      const anchor = { date: dateAt(ready, zone), index: 0, interval: 'month' } as const;
      return [anchor.date, startOfPeriod(anchor, 1), startOfPeriod(anchor, 2), instantOf(startOfPeriod(anchor, 1), zone).toISOString()];
    };
    expect(life('UTC')).toEqual(['2027-03-31', '2027-04-30', '2027-05-31', '2027-04-30T00:00:00.000Z']);
    expect(life('Europe/Berlin')).toEqual(['2027-04-01', '2027-05-01', '2027-06-01', '2027-04-30T22:00:00.000Z']);
    expect(life('America/New_York')).toEqual(['2027-03-31', '2027-04-30', '2027-05-31', '2027-04-30T04:00:00.000Z']);
  });
  it('follow summer time', () => {
    const due = (date: string) => instantOf(date, 'Europe/Berlin').toISOString();
    expect([due('2027-02-28'), due('2027-03-03'), due('2027-03-31')]).toEqual([
      '2027-02-27T23:00:00.000Z',
      '2027-03-02T23:00:00.000Z',
      '2027-03-30T22:00:00.000Z',
    ]);
    expect(addDays('2027-02-28', 17)).toBe('2027-03-17');
    expect(addDays('2027-02-28', -14)).toBe('2027-02-14');
    expect(instantOf('2027-03-28', 'Europe/Berlin', 6).toISOString()).toBe('2027-03-28T04:00:00.000Z');
  });
  it('an instant of a day is on that day, in every zone', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20_000 }), fc.constantFrom(...ZONES), (days, zone) => {
        const date = addDays('2020-01-01', days);
        expect(dateAt(instantOf(date, zone), zone)).toBe(date);
        expect(dateAt(new Date(instantOf(date, zone).getTime() - 1), zone)).toBe(addDays(date, -1));
      }),
    );
  });
  it('knows a zone from a word', () => {
    expect(ZONES.every(isZone)).toBe(true);
    expect(['', 'Europe/Nowhere', '+02:00', '../etc'].some(isZone)).toBe(false);
  });
});
