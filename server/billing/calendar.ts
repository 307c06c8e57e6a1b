/**
 * Dates of subscriptions. A period is counted from its anchor, never from the period before it, so that the 31st stays the
 * 31st after a February. Dates are ISO texts (`2027-01-31`) in the zone that the subscription was made with; what happens
 * at a date happens at the first moment of that day there.
 */
import { Temporal } from 'temporal-polyfill';
import type { Interval } from '../../contract/product.ts';

export const MONTHS: Readonly<Record<Interval, number>> = { month: 1, quarter: 3, year: 12 };

/** [start, end): the end is the first day of the next one. */
export interface Period {
  readonly index: number;
  readonly start: string;
  readonly end: string;
}

/** From where periods are counted: `index` is the number of the period that begins on `date`. */
export interface Anchor {
  readonly date: string;
  readonly index: number;
  readonly interval: Interval;
}

/** The period of that number. A day that a month does not have becomes its last one. */
export function periodOf(anchor: Anchor, index: number): Period {
  return { index, start: startOfPeriod(anchor, index), end: startOfPeriod(anchor, index + 1) };
}

/** The date on which the period of that number begins. */
export function startOfPeriod({ date, index: first, interval }: Anchor, index: number): string {
  const months = (index - first) * MONTHS[interval];
  return Temporal.PlainDate.from(date).add({ months }, { overflow: 'constrain' }).toString();
}

/** Whole days from one date to another; negative when it lies before. */
export function daysBetween(from: string, to: string): number {
  return Temporal.PlainDate.from(from).until(to, { largestUnit: 'day' }).days;
}

export function addDays(date: string, days: number): string {
  return Temporal.PlainDate.from(date).add({ days }).toString();
}

/** Which day it is there at that instant. */
export function dateAt(instant: Date, zone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(zone).toPlainDate().toString();
}

/** The instant of that hour of a day there; without one, the day's first moment, which need not be midnight. */
export function instantOf(date: string, zone: string, hour = 0): Date {
  const day = Temporal.PlainDate.from(date);
  const at = hour === 0 ? day.toZonedDateTime(zone) : day.toZonedDateTime({ timeZone: zone, plainTime: { hour } });
  return new Date(at.epochMilliseconds);
}

/** Whether the IANA database that runs here knows the zone. */
export function isZone(zone: string): boolean {
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions();
    return /^[A-Za-z]/.test(zone) && timeZone !== '';
  } catch {
    return false;
  }
}
