/** The worked examples of money, to the cent. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAmount, money, type Money, parseMoney, ratio, rateOf, addRates, multiply, type Rate } from '../../contract/money.ts';
import { daysBetween, periodOf, startOfPeriod } from './calendar.ts';
import { discountOf } from './discount.ts';
import { changeInterval, daysLeft, type Proration, prorate, segmentsTotal, shareFrom, withChange } from './proration.ts';

const eur = (text: string): Money => parseMoney(text, 'EUR');
const said = ({ credit, debit, due }: Proration) => [credit, debit, due].map(formatAmount);
const MARCH = { start: '2027-03-10', end: '2027-04-10' };

describe('a change in the middle of a period', () => {
  it('upgrades by the days that are left', () => {
    expect(daysLeft(MARCH, '2027-03-25')).toEqual({ left: 16, of: 31 });
    expect(said(prorate(MARCH, '2027-03-25', eur('10'), eur('20')))).toEqual(['5.16', '10.32', '5.16']);
  });
  it('downgrades to credit', () => {
    expect(said(prorate(MARCH, '2027-03-25', eur('20'), eur('10')))).toEqual(['10.32', '5.16', '-5.16']);
  });
  it('takes a quarter by its own days', () => {
    const anchor = { date: '2026-11-30', index: 0, interval: 'quarter' } as const;
    const quarter = periodOf(anchor, 0);
    expect(quarter).toEqual({ index: 0, start: '2026-11-30', end: '2027-02-28' });
    expect(daysLeft(quarter, '2027-01-15')).toEqual({ left: 44, of: 90 });
    expect(said(prorate(quarter, '2027-01-15', eur('54'), eur('81')))).toEqual(['26.40', '39.60', '13.20']);
    expect([1, 2, 3, 4].map((index) => startOfPeriod(anchor, index))).toEqual(['2027-02-28', '2027-05-30', '2027-08-30', '2027-11-30']);
  });
  it('gives back what is left of a year', () => {
    const year = { start: '2027-06-15', end: '2028-06-15' };
    expect(daysLeft(year, '2028-03-01')).toEqual({ left: 106, of: 366 });
    expect(formatAmount(shareFrom(eur('199'), year, '2028-03-01'))).toBe('57.63');
  });
  it('counts currencies without and with three digits', () => {
    const yen = { start: '2027-02-10', end: '2027-03-10' };
    expect(said(prorate(yen, '2027-02-17', money(1500n, 'JPY'), money(2300n, 'JPY')))).toEqual(['1125', '1725', '600']);
    expect(said(prorate(yen, '2027-02-17', parseMoney('4.750', 'KWD'), parseMoney('6.125', 'KWD')))).toEqual(['3.563', '4.594', '1.031']);
  });
  it('credits the price of the segment that runs', () => {
    const april = { start: '2027-04-01', end: '2027-05-01' };
    const first = prorate(april, '2027-04-11', eur('10'), eur('20'));
    const second = prorate(april, '2027-04-21', eur('20'), eur('40'));
    expect([said(first), said(second)]).toEqual([
      ['6.67', '13.33', '6.66'],
      ['6.67', '13.33', '6.66'],
    ]);
    // Exactly 3⅓ + 6⅔ + 13⅓ = 23.33 in all, of which 10.00 was paid before.
    const whole = withChange(
      withChange([{ from: april.start, to: april.end, price: eur('10') }], april, '2027-04-11', eur('20')),
      april,
      '2027-04-21',
      eur('40'),
    );
    expect(formatAmount(segmentsTotal(whole, april))).toBe('23.33');
    expect(formatAmount(money(1000n + first.due.amount + second.due.amount, 'EUR'))).toBe('23.32');
  });
  it('begins and ends at the edges', () => {
    expect(said(prorate(MARCH, '2027-03-10', eur('10'), eur('20')))).toEqual(['10.00', '20.00', '10.00']);
    expect(said(prorate(MARCH, '2027-04-09', eur('10'), eur('20')))).toEqual(['0.32', '0.65', '0.33']);
    expect(daysLeft(MARCH, '2027-04-10').left).toBe(0);
    expect(said(prorate(MARCH, '2027-04-10', eur('10'), eur('20')))).toEqual(['0.00', '0.00', '0.00']);
  });
  it('changes from months to years', () => {
    expect(said(changeInterval(MARCH, '2027-03-25', eur('10'), eur('199')))).toEqual(['5.16', '199.00', '193.84']);
    expect(startOfPeriod({ date: '2027-03-25', index: 1, interval: 'year' }, 2)).toBe('2028-03-25');
  });
});

describe('segments', () => {
  const dates = fc.integer({ min: 0, max: 30 });
  const changes = fc.array(fc.record({ day: dates, price: fc.bigInt({ min: 0n, max: 10n ** 12n }) }), { maxLength: 8 });
  it('go on covering the period, and add up to within half a cent each', () => {
    fc.assert(
      fc.property(changes, fc.bigInt({ min: 0n, max: 10n ** 12n }), (list, first) => {
        const period = { start: '2027-03-01', end: '2027-04-01' };
        let segments = withChange([], period, period.start, money(first, 'EUR'));
        for (const { day, price } of list.toSorted((a, b) => a.day - b.day))
          segments = withChange(segments, period, `2027-03-${String(day + 1).padStart(2, '0')}`, money(price, 'EUR'));
        expect(segments[0]!.from).toBe(period.start);
        expect(segments.at(-1)!.to).toBe(period.end);
        for (const [index, each] of segments.entries()) {
          expect(each.from < each.to).toBe(true);
          if (index > 0) expect(each.from).toBe(segments[index - 1]!.to);
        }
        let exact: Rate = ratio(0, 1);
        for (const { from, to, price } of segments) exact = addRates(exact, multiply(rateOf(price), ratio(daysBetween(from, to), 31)));
        const off = addRates(rateOf(segmentsTotal(segments, period)), { numerator: -exact.numerator, denominator: exact.denominator });
        const cents = off.numerator < 0n ? -off.numerator : off.numerator;
        expect(cents * 200n <= BigInt(segments.length) * off.denominator).toBe(true);
      }),
    );
  });
  it('never take money for a downgrade, nor give it for an upgrade', () => {
    const price = fc.bigInt({ min: 0n, max: 10n ** 9n });
    fc.assert(
      fc.property(price, price, dates, (one, other, day) => {
        const date = `2027-03-${String(Math.min(31, day + 1)).padStart(2, '0')}`;
        const { due } = prorate({ start: '2027-03-01', end: '2027-04-01' }, date, money(one, 'EUR'), money(other, 'EUR'));
        expect(other >= one ? due.amount >= 0n : due.amount <= 0n).toBe(true);
      }),
    );
  });
});

describe('discounts', () => {
  it('spread an amount by the largest remainder', () => {
    expect(discountOf([eur('8'), eur('5')], { amount: eur('10') }).map(formatAmount)).toEqual(['6.15', '3.85']);
    expect(discountOf([eur('8'), eur('5')], { amount: eur('50') }).map(formatAmount)).toEqual(['8.00', '5.00']);
  });
  it('round a percentage once per line, and leave a negative line alone', () => {
    expect(discountOf([eur('29.99'), eur('-5.16')], { percent: '25' }).map(formatAmount)).toEqual(['7.50', '0.00']);
    expect(discountOf([eur('-1')], { amount: eur('3') }).map(formatAmount)).toEqual(['0.00']);
  });
});
