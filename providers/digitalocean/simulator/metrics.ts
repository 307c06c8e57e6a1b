/** The measurements of droplets. Processors are told by seconds counted since the droplet was made, traffic in Mbit/s. */
import type { Cloud } from '../../../simulator/cloud/cloud.ts';
import { Refusal, type SimServer } from '../../../simulator/cloud/model.ts';
import type { Call, Wire } from '../../../simulator/cloud/wire.ts';
import { findSize } from './catalog.ts';

/** Realistic; at least a second, for timestamps are whole seconds. */
const FINEST_STEP_MS = 120_000;
const MOST_SAMPLES = 720;
/** What a busy processor is busy with. */
const BUSY_SHARES = { user: 0.6, system: 0.25, iowait: 0.05, nice: 0.02, irq: 0.01, softirq: 0.04, steal: 0.03 } as const;
const BUSY_PERIOD_S = 5_000;

export function mountMetrics(wire: Wire, cloud: Cloud): void {
  type Series = { metric: Record<string, string>; value: (at: number) => string };
  const on = (name: string, series: (server: SimServer, call: Call) => Series[]): void =>
    wire.on(`get /v2/monitoring/metrics/droplet/${name}`, (call) => {
      const server = cloud.server(call.account.id, String(call.query('host_id')));
      const times = timesOf(cloud, call, server);
      const result = series(server, call).map(({ metric, value }) => ({ metric, values: times.map((at) => [at, value(at)]) }));
      return { status: 'success', data: { resultType: 'matrix', result: cloud.world.hasFlag('no-metrics') ? [] : result } };
    });
  on('bandwidth', ({ id }, call) => {
    const direction = String(call.query('direction'));
    const mbps = (at: number): number => (1 + Math.sin(at / 13_750 + Number(id))) * (direction === 'inbound' ? 0.4 : 1.7);
    return [{ metric: { direction, host_id: id, interface: String(call.query('interface')) }, value: (at) => String(mbps(at)) }];
  });
  on('cpu', (server) =>
    ['idle', ...Object.keys(BUSY_SHARES)].map((mode) => ({
      metric: { host_id: server.id, mode },
      value: (at) => cpuSeconds(server, mode, at).toFixed(2),
    })),
  );
}

/** The seconds at which a span is sampled: finer for shorter spans. */
function timesOf(cloud: Cloud, call: Call, server: SimServer): number[] {
  const [from, to] = [Number(call.query('start')), Number(call.query('end'))];
  if (!Number.isFinite(from) || !Number.isFinite(to)) throw new Refusal('invalid', 'start and end are required', 'bad_request');
  const finest = Math.max(1, Math.round(cloud.world.scale(FINEST_STEP_MS) / 1000));
  const step = Math.max(finest, Math.ceil((to - from) / MOST_SAMPLES));
  const last = Math.min(to, cloud.world.now() / 1000);
  const times: number[] = [];
  for (let at = Math.ceil(Math.max(from, madeAt(server)) / step) * step; at <= last; at += step) times.push(at);
  return times;
}

/** Seconds that all processors together spent in a mode since the droplet was made. */
function cpuSeconds(server: SimServer, mode: string, at: number): number {
  // The integral of a load that goes up and down between 5 and 45 %.
  const load = (time: number): number => 0.25 * time - 0.2 * BUSY_PERIOD_S * Math.cos(time / BUSY_PERIOD_S + Number(server.id));
  const made = madeAt(server);
  const { vcpus } = findSize(server.plan)!;
  const busy = vcpus * (load(at) - load(made));
  return mode === 'idle' ? vcpus * (at - made) - busy : busy * BUSY_SHARES[mode as keyof typeof BUSY_SHARES];
}

const madeAt = ({ createdMs }: SimServer): number => Math.floor(createdMs / 1000);
