/** What DigitalOcean measures of a droplet: processor and network graphs, and traffic by day. */
import type { MetricSeries } from '../instance-extras.ts';
import { daysOf, seriesOf } from '../kit/compute.ts';
import type { Call } from '../kit/server-sheet.ts';
import type { BandwidthDay } from '../provider.ts';
import { metricsSchema, type Measurement } from './schemas.ts';

const BANDWIDTH_DAYS = 30;
const BYTES_PER_MBIT = 1_000_000 / 8;
/** Time a processor spends so is not work. */
const IDLE = 'idle';

type Point = MetricSeries['points'][number];
type Direction = 'inbound' | 'outbound';

/**
 * Samples between two times in ms, as fine as the API gives them for that span. Without samples (no metrics agent, or a
 * droplet that just began) a series has no points. Rejects with ProviderError.
 */
export async function metrics(call: Call, id: string, from: number, to: number): Promise<MetricSeries[]> {
  const span = { start: Math.floor(from / 1000), end: Math.ceil(to / 1000) };
  const [cpu, incoming, outgoing] = await Promise.all([
    measure(call, 'cpu', { host_id: id, ...span }),
    bandwidthSamples(call, id, 'inbound', span),
    bandwidthSamples(call, id, 'outbound', span),
  ]);
  const within = (points: Point[]): Point[] => points.filter(({ at }) => at >= from && at <= to);
  return seriesOf(within(cpuPercent(cpu)), within(incoming), within(outgoing));
}

/** Incoming and outgoing bytes of the last thirty days. The metric is Mbit/s, averaged between samples; a day's bytes are its sum. */
export async function bandwidth(call: Call, id: string): Promise<BandwidthDay[]> {
  const end = Math.floor(Date.now() / 1000);
  const span = { start: end - BANDWIDTH_DAYS * 86_400, end };
  const [incoming, outgoing] = await Promise.all(
    (['inbound', 'outbound'] as const).map((direction) => bandwidthSamples(call, id, direction, span)),
  );
  return daysOf(incoming!, outgoing!);
}

/**
 * The API counts seconds per mode over all processors since the start. The load of a span is the part of its seconds that
 * was not idle. Counters that went back (a restart) make no point.
 */
function cpuPercent(modes: readonly Measurement[]): Point[] {
  const totals = new Map<number, { all: number; idle: number; modes: number }>();
  for (const { metric, values } of modes) {
    for (const [at, seconds] of values) {
      const total = totals.get(at) ?? { all: 0, idle: 0, modes: 0 };
      total.all += Number(seconds);
      total.modes += 1;
      if (metric['mode'] === IDLE) total.idle += Number(seconds);
      totals.set(at, total);
    }
  }
  // A sample that lacks a mode would look like a counter that went back.
  const samples = [...totals].filter(([, total]) => total.modes === modes.length).sort(([a], [b]) => a - b);
  return samples.slice(1).flatMap(([at, now], i) => {
    const before = samples[i]![1];
    const [all, idle] = [now.all - before.all, now.idle - before.idle];
    if (!(all > 0) || idle < 0) return [];
    return [{ at: at * 1000, value: Math.min(100, Math.max(0, 100 * (1 - idle / all))) }];
  });
}

async function bandwidthSamples(call: Call, id: string, direction: Direction, span: { start: number; end: number }): Promise<Point[]> {
  const found = await measure(call, 'bandwidth', { host_id: id, interface: 'public', direction, ...span });
  return (found[0]?.values ?? []).map(([at, mbps]) => ({ at: at * 1000, value: Number(mbps) * BYTES_PER_MBIT }));
}

async function measure(
  { client, signal }: Call,
  what: 'cpu' | 'bandwidth',
  query: Record<string, string | number>,
): Promise<Measurement[]> {
  return (await client.call({ path: `/v2/monitoring/metrics/droplet/${what}`, query, signal }, metricsSchema)).data.result;
}
