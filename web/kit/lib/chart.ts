/** The arithmetic of the graphs: round scales, lines that break where nothing was measured, and units as people read them. */
import type { Bandwidth, Metrics } from '../api/client.ts';

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
const DAY_MS = 86_400_000;
/** A gap this many times the usual distance of two points is one where nothing was measured. */
const GAP = 3;

/** 1.2 GB, in powers of 1000, as providers bill. */
export function bytes(n: number): string {
  const power = n < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(n) / 3));
  const value = n / 1000 ** power;
  return `${value >= 100 || power === 0 ? Math.round(value) : Number(value.toFixed(1))} ${UNITS[power]}`;
}

export function valueIn(unit: Metrics['series'][number]['unit'], value: number): string {
  return unit === 'percent' ? `${value >= 10 ? Math.round(value) : Number(value.toFixed(1))} %` : `${bytes(value)}/s`;
}

/** Round values from 0 to at least `highest`, two to six of them; `whole`: of what there are no parts. */
export function ticks(highest: number, whole = false): number[] {
  if (!(highest > 0)) return [0, 1];
  const rough = highest / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const steps = [1, 2, 2.5, 5, 10].map((factor) => factor * power);
  const step = steps.find((each) => each >= rough && (!whole || Number.isInteger(each))) ?? 1;
  const count = Math.ceil(highest / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, n) => Number((n * step).toPrecision(12)));
}

export interface Point {
  /** Milliseconds. */
  readonly at: number;
  readonly value: number;
}

/** Runs of points without a gap between them. */
export function runs(points: readonly Point[]): Point[][] {
  const steps = points.slice(1).map((point, n) => point.at - points[n]!.at);
  const usual = steps.toSorted((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 0;
  const found: Point[][] = [];
  for (const [n, point] of points.entries()) {
    if (n === 0 || point.at - points[n - 1]!.at > usual * GAP) found.push([]);
    found.at(-1)!.push(point);
  }
  return found;
}

/** Times for the axis: at most `most`, on round ones. */
export function timeTicks(from: number, to: number, most: number): number[] {
  const hour = DAY_MS / 24;
  const days = [1, 2, 7, 14, 28, 56, 112].map((n) => n * DAY_MS);
  const steps = [hour / 12, hour / 6, hour / 4, hour / 2, hour, 2 * hour, 3 * hour, 6 * hour, 12 * hour, ...days];
  const step = steps.find((each) => (to - from) / each <= most) ?? days.at(-1)!;
  // Whole days of the reader, not of UTC.
  const shift = step >= DAY_MS / 2 ? new Date(from).getTimezoneOffset() * 60_000 : 0;
  const first = Math.ceil((from - shift) / step) * step + shift;
  return Array.from({ length: Math.max(0, Math.floor((to - first) / step) + 1) }, (_, n) => first + n * step);
}

/** The point nearest to a time, or null. */
export function nearest(points: readonly Point[], at: number): Point | null {
  return points.reduce<Point | null>((best, point) => (best && Math.abs(best.at - at) <= Math.abs(point.at - at) ? best : point), null);
}

/** The transfer of a month against the plan's, in one sentence. */
export function monthSentence({ month }: Pick<Bandwidth, 'month'>): string {
  const out = bytes(month.outgoing_bytes);
  const so = `${out} went out this month and ${bytes(month.incoming_bytes)} came in.`;
  if (month.included_bytes === null) return `${so} The plan’s transfer is not metered, or not known.`;
  const share = month.used_share === null ? '' : `; what went out is ${sharePercent(month.used_share)} of it`;
  return `${so} The plan includes ${bytes(month.included_bytes)}${share}.`;
}

export function sharePercent(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) return 'less than 0.1 %';
  return `${percent >= 10 ? Math.round(percent) : Number(percent.toFixed(1))} %`;
}

/** Lowest, middle and highest of a line, as a reader without the picture needs them. */
export function seriesSentence(name: string, unit: Metrics['series'][number]['unit'], points: readonly Point[]): string {
  if (points.length === 0) return `${name}: nothing was measured in this time.`;
  const sorted = points.map(({ value }) => value).toSorted((a, b) => a - b);
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  return `${name}: ${valueIn(unit, mean)} on average, ${valueIn(unit, sorted.at(-1)!)} at most, now ${valueIn(unit, points.at(-1)!.value)}.`;
}

/** At most `most` points, each the mean of its neighbours, for the table beside the picture. */
export function thinned(points: readonly Point[], most: number): Point[] {
  const size = Math.ceil(points.length / most);
  if (size <= 1) return [...points];
  return Array.from({ length: Math.ceil(points.length / size) }, (_, n) => {
    const part = points.slice(n * size, (n + 1) * size);
    return { at: part[0]!.at, value: part.reduce((sum, { value }) => sum + value, 0) / part.length };
  });
}
