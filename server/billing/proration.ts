/**
 * What a change in the middle of a period costs. Both prices are taken by the days that are left of the period, the day of
 * the change included, each rounded once from the exact fraction; never from a rounded price of a day.
 */
import { type Money, money, ratio, subtract, times } from '../../contract/money.ts';
import { daysBetween, type Period } from './calendar.ts';

type Days = Pick<Period, 'start' | 'end'>;

/** Days of the period, and those left of it from that date on. */
export function daysLeft({ start, end }: Days, date: string): { readonly left: number; readonly of: number } {
  const of = daysBetween(start, end);
  return { left: Math.min(of, Math.max(0, daysBetween(date, end))), of };
}

/** The part of a period's price that falls on its days from that date on. */
export function shareFrom(price: Money, period: Days, date: string): Money {
  const { left, of } = daysLeft(period, date);
  return times(price, ratio(left, of));
}

export interface Proration {
  /** Of the price that ran until now; positive. */
  readonly credit: Money;
  /** Of the new price; positive. */
  readonly debit: Money;
  /** What the customer owes for the change: negative becomes credit. */
  readonly due: Money;
}

/** Another price from that date on in the running period. `from` is the price of the segment that runs, not of the first. */
export function prorate(period: Days, date: string, from: Money, to: Money): Proration {
  const [credit, debit] = [shareFrom(from, period, date), shareFrom(to, period, date)];
  return { credit, debit, due: subtract(debit, credit) };
}

/** Another interval: the running period ends on that date with a credit, and a whole one begins at its own price. */
export function changeInterval(period: Days, date: string, from: Money, to: Money): Proration {
  const credit = shareFrom(from, period, date);
  return { credit, debit: to, due: subtract(to, credit) };
}

/** A part of a period at one price: [from, to). */
export interface Segment {
  readonly from: string;
  readonly to: string;
  readonly price: Money;
}

/** The segments after a change: they go on covering the period without a gap; one that would have no day is left out. */
export function withChange(segments: readonly Segment[], period: Days, date: string, price: Money): Segment[] {
  const kept = segments.filter(({ from }) => from < date).map((each) => (each.to > date ? { ...each, to: date } : each));
  return [...kept, { from: date, to: period.end, price }];
}

/** What a period's segments come to, each rounded once. */
export function segmentsTotal(segments: readonly Segment[], period: Days): Money {
  const of = daysBetween(period.start, period.end);
  return segments
    .map(({ from, to, price }) => times(price, ratio(daysBetween(from, to), of)))
    .reduce((sum, each) => money(sum.amount + each.amount, each.currency));
}
