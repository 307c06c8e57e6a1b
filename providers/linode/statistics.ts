/** Linode's statistics of a server: samples of processor and network use, for graphs and for the days' shares of the traffic. */
import { z } from 'zod';
import { isProviderError } from '../errors.ts';
import type { MetricSeries } from '../instance-extras.ts';
import { daysOf, seriesOf } from '../kit/compute.ts';
import type { Call } from '../kit/server-sheet.ts';
import type { BandwidthDay } from '../provider.ts';
import { servers } from './server.ts';

const DAY_MS = 24 * 60 * 60_000;

/** ms since the epoch, and the reading. */
const Series = z.array(z.tuple([z.number(), z.number()]));
const Network = z.looseObject({ in: Series, out: Series });
const ApiStats = z.looseObject({ cpu: Series, netv4: Network, netv6: Network });
type ApiStats = z.infer<typeof ApiStats>;
const MonthTransfer = z.looseObject({ bytes_in: z.number(), bytes_out: z.number() });
type Point = MetricSeries['points'][number];

/** `year/month` of a time, as the statistics' path has it. */
function monthOf(at: number): string {
  const date = new Date(at);
  return `${date.getUTCFullYear()}/${date.getUTCMonth() + 1}`;
}

/**
 * Of one month, or of the last 24 hours. Rates are bits per second; `cpu` is percent of one core, all cores added.
 * undefined while there is none: a new server answers 400 "Stats are unavailable at this time." until the first sample.
 */
async function statistics({ client, signal }: Call, id: string, month: string | null): Promise<ApiStats | undefined> {
  try {
    return await client.call({ path: `${servers.path(id)}/stats${month === null ? '' : `/${month}`}`, signal }, ApiStats);
  } catch (error) {
    if (isProviderError(error, 'invalid', 'not_found')) return undefined;
    throw error;
  }
}

const networkOf = (stats: ApiStats | undefined, way: 'in' | 'out'): Point[] =>
  stats ? bytesPerSecond([...stats.netv4[way], ...stats.netv6[way]]) : [];

/**
 * Linode keeps no traffic per day. Its month statistics are samples of a rate, which give each day its share; the month's exact
 * byte totals scale them, so the sum is the billed figure.
 */
export async function bandwidth(call: Call, id: string): Promise<BandwidthDay[]> {
  const today = new Date().toISOString().slice(0, 10);
  const month = monthOf(Date.now());
  const ask = { path: `${servers.path(id)}/transfer/${month}`, signal: call.signal };
  const [total, stats] = await Promise.all([call.client.call(ask, MonthTransfer), statistics(call, id, month)]);
  const days = daysOf(networkOf(stats, 'in'), networkOf(stats, 'out')).filter(({ date }) => date.startsWith(today.slice(0, 7)));
  // A server without samples yet: its whole traffic belongs to today.
  if (days.length === 0) return [{ date: today, incomingBytes: total.bytes_in, outgoingBytes: total.bytes_out }];
  const scaled = (key: 'incomingBytes' | 'outgoingBytes', bytes: number): number[] => {
    const sum = days.reduce((all, day) => all + day[key], 0);
    return days.map((day) => Math.round(bytes * (sum > 0 ? day[key] / sum : 1 / days.length)));
  };
  const [incoming, outgoing] = [scaled('incomingBytes', total.bytes_in), scaled('outgoingBytes', total.bytes_out)];
  return days.map(({ date }, i) => ({ date, incomingBytes: incoming[i]!, outgoingBytes: outgoing[i]! }));
}

/** The last 24 hours in samples of minutes; what lies before them comes from the months' coarser ones. */
export async function metrics(call: Call, id: string, from: number, to: number): Promise<MetricSeries[]> {
  const { specs, created } = await servers.must(call, id);
  const dayAgo = Date.now() - DAY_MS;
  const fine = to > dayAgo ? await statistics(call, id, null) : undefined;
  const coarse: ApiStats[] = [];
  const start = Math.max(from, Date.parse(`${created}Z`));
  const months = start < dayAgo ? monthsBetween(start, Math.min(to, Date.now())) : [];
  for (const month of months) {
    const found = await statistics(call, id, month);
    if (found) coarse.push(found);
  }
  const read = (pick: (stats: ApiStats) => Point[]): Point[] =>
    joined(coarse.map(pick), fine ? pick(fine) : []).filter(({ at }) => at >= from && at <= to);
  const cores = Math.max(1, specs.vcpus);
  const cpu = read(({ cpu: samples }) => samples.map(([at, percent]) => ({ at, value: Math.round((percent / cores) * 100) / 100 })));
  const network = (way: 'in' | 'out'): Point[] => read((stats) => networkOf(stats, way));
  return seriesOf(cpu, network('in'), network('out'));
}

function monthsBetween(from: number, to: number): string[] {
  const months: string[] = [];
  const first = new Date(from);
  for (let at = Date.UTC(first.getUTCFullYear(), first.getUTCMonth()); at <= to;) {
    months.push(monthOf(at));
    const date = new Date(at);
    at = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
  }
  return months;
}

/** IPv4 and IPv6 are sampled at the same times. */
function bytesPerSecond(samples: readonly (readonly [number, number])[]): Point[] {
  const sums = new Map<number, number>();
  for (const [at, bits] of samples) sums.set(at, (sums.get(at) ?? 0) + bits);
  return [...sums].map(([at, bits]) => ({ at, value: Math.round(bits / 8) }));
}

/** Coarse points only where there is no fine one yet; months overlap by days, so each time counts once. */
function joined(coarse: readonly Point[][], fine: readonly Point[]): Point[] {
  const firstFine = fine.reduce((least, { at }) => Math.min(least, at), Number.POSITIVE_INFINITY);
  const byTime = new Map<number, Point>();
  for (const point of [...coarse.flat().filter(({ at }) => at < firstFine), ...fine]) byTime.set(point.at, point);
  return [...byTime.values()].sort((a, b) => a.at - b.at);
}
