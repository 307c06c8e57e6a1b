/** What every cloud's client answers alike: lists, look-ups, power, tags, and days of traffic made from rates. */
import type { MetricSeries } from '../instance-extras.ts';
import type { BandwidthDay, CallOptions, ComputeClient, InstanceSummary } from '../provider.ts';
import { signalOf } from '../wait.ts';
import type { Rest } from './rest.ts';
import type { Servers } from './server.ts';
import type { Call } from './server-sheet.ts';

type Common = Required<Pick<ComputeClient, 'listInstances' | 'getInstance' | 'power' | 'removeTag'>>;
type Points = MetricSeries['points'];

/** @param summaryOf a server in Plinth's words */
export function commonCompute<S>(client: Rest, servers: Servers<S>, summaryOf: (server: S) => InstanceSummary): Common {
  const call = (o?: CallOptions): Call => ({ client, signal: signalOf(o) });
  return {
    async listInstances(cursor, o) {
      const { items, next } = await servers.page(call(o), cursor ?? null);
      return { items: items.map(summaryOf), next };
    },
    async getInstance(id, o) {
      const server = await servers.get(call(o), id);
      return server && summaryOf(server);
    },
    /** A server that is off is started by a reboot. */
    async power(id, action, o) {
      const { power } = servers.sheet;
      const reboots = action === 'reboot' && !power.isOff(await servers.ready(call(o), id));
      await servers.perform(call(o), id, reboots ? power.reboot : action === 'off' ? power.off : power.on);
    },
    removeTag: (id, tag, o) => servers.removeTag(call(o), id, tag),
  };
}

/** @param cpu percent of all cores together; the others are bytes a second */
export function seriesOf(cpu: Points, incoming: Points, outgoing: Points): MetricSeries[] {
  return [
    { metric: 'cpu', unit: 'percent', points: cpu },
    { metric: 'network-in', unit: 'bytes_per_second', points: incoming },
    { metric: 'network-out', unit: 'bytes_per_second', points: outgoing },
  ];
}

/** Rates (bytes a second) as bytes of each UTC day, each sample until the next. */
export function daysOf(incoming: Points, outgoing: Points): BandwidthDay[] {
  const sums = new Map<string, { in: number; out: number }>();
  const add = (points: Points, side: 'in' | 'out'): void => {
    for (const [index, { at, value }] of points.entries()) {
      const until = points[index + 1]?.at;
      if (until === undefined) continue;
      const date = new Date(at).toISOString().slice(0, 10);
      const sum = sums.get(date) ?? { in: 0, out: 0 };
      sum[side] += (value * (until - at)) / 1000;
      sums.set(date, sum);
    }
  };
  add(incoming, 'in');
  add(outgoing, 'out');
  const days = [...sums].sort(([a], [b]) => a.localeCompare(b));
  return days.map(([date, sum]) => ({ date, incomingBytes: Math.round(sum.in), outgoingBytes: Math.round(sum.out) }));
}
