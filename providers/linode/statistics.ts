/** Linode's statistics of a server: samples of processor and network use, for graphs and for the days' shares of the traffic. */
import { z } from 'zod';
import { isProviderError } from '../errors.ts';
import type { MetricSeries } from '../instance-extras.ts';
import type { CallOptions } from '../provider.ts';
import type { LinodeClient } from './client.ts';
import { ApiInstance } from './types.ts';

const DAY_MS = 24 * 60 * 60_000;

/** ms since the epoch, and the reading. */
const Series = z.array(z.tuple([z.number(), z.number()]));
const Network = z.looseObject({ in: Series, out: Series });
const ApiStats = z.looseObject({ cpu: Series, netv4: Network, netv6: Network });
export type ApiStats = z.infer<typeof ApiStats>;
type Point = MetricSeries['points'][number];

/** `year/month` of a time, as the statistics' path has it. */
export function monthOf(at: number): string {
  const date = new Date(at);
  return `${date.getUTCFullYear()}/${date.getUTCMonth() + 1}`;
}

/**
 * Of one month, or of the last 24 hours. Rates are bits per second; `cpu` is percent of one core, all cores added.
 * undefined while there is none: a new server answers 400 "Stats are unavailable at this time." until the first sample.
 */
export async function statistics(client: LinodeClient, id: number, month: string | null, o: CallOptions): Promise<ApiStats | undefined> {
  const path = `/linode/instances/${id}/stats${month === null ? '' : `/${month}`}`;
  try {
    return await client.get(path, ApiStats, { signal: o.signal });
  } catch (error) {
    if (isProviderError(error, 'invalid', 'not_found')) return undefined;
    throw error;
  }
}

/** The last 24 hours in samples of minutes; what lies before them comes from the months' coarser ones. */
export async function metrics(client: LinodeClient, id: number, from: number, to: number, o: CallOptions): Promise<MetricSeries[]> {
  const { specs, created } = await client.get(`/linode/instances/${id}`, ApiInstance, { signal: o.signal });
  const dayAgo = Date.now() - DAY_MS;
  const fine = to > dayAgo ? await statistics(client, id, null, o) : undefined;
  const coarse: ApiStats[] = [];
  const start = Math.max(from, Date.parse(`${created}Z`));
  if (start < dayAgo) {
    for (const month of monthsBetween(start, Math.min(to, Date.now()))) {
      const found = await statistics(client, id, month, o);
      if (found) coarse.push(found);
    }
  }
  const read = (pick: (stats: ApiStats) => Point[]): Point[] =>
    joined(coarse.map(pick), fine ? pick(fine) : []).filter(({ at }) => at >= from && at <= to);
  const cores = Math.max(1, specs.vcpus);
  const cpu = read(({ cpu: samples }) => samples.map(([at, percent]) => ({ at, value: Math.round((percent / cores) * 100) / 100 })));
  const network = (way: 'in' | 'out'): Point[] => read(({ netv4, netv6 }) => bytesPerSecond([...netv4[way], ...netv6[way]]));
  return [
    { metric: 'cpu', unit: 'percent', points: cpu },
    { metric: 'network-in', unit: 'bytes_per_second', points: network('in') },
    { metric: 'network-out', unit: 'bytes_per_second', points: network('out') },
  ];
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
