/** The measurements of droplets: smooth waves that differ by droplet, sampled finer for shorter spans. */
import type { Request, Response, Router } from 'express';
import { ownDroplet } from './droplets.ts';
import { ApiFailure, findSize, type Cloud, type SimDroplet } from './state.ts';

/** Realistic; at least a second, for timestamps are whole seconds. */
const FINEST_STEP_MS = 120_000;
const MOST_SAMPLES = 720;
/** What a busy processor is busy with. */
const BUSY_SHARES = { user: 0.6, system: 0.25, iowait: 0.05, nice: 0.02, irq: 0.01, softirq: 0.04, steal: 0.03 } as const;
const BUSY_PERIOD_S = 5_000;

type Sample = [at: number, value: string];

export function metricRoutes(router: Router, cloud: Cloud): void {
  const answer = (response: Response, result: { metric: Record<string, string>; values: Sample[] }[]): void => {
    const shown = cloud.world.hasFlag('no-metrics') ? [] : result;
    response.json({ status: 'success', data: { resultType: 'matrix', result: shown } });
  };
  router.get('/v2/monitoring/metrics/droplet/bandwidth', (request, response) => {
    const { interface: net, direction } = request.query;
    const { droplet, times } = spanOf(cloud, request, response);
    const mbps = (at: number): number => (1 + Math.sin(at / 13_750 + Number(droplet.id))) * (direction === 'inbound' ? 0.4 : 1.7);
    const metric = { direction: String(direction), host_id: droplet.id, interface: String(net) };
    answer(response, [{ metric, values: times.map((at): Sample => [at, String(mbps(at))]) }]);
  });
  router.get('/v2/monitoring/metrics/droplet/cpu', (request, response) => {
    const { droplet, times } = spanOf(cloud, request, response);
    const modes = ['idle', ...Object.keys(BUSY_SHARES)];
    answer(
      response,
      modes.map((mode) => ({
        metric: { host_id: droplet.id, mode },
        values: times.map((at): Sample => [at, cpuSeconds(droplet, mode, at).toFixed(2)]),
      })),
    );
  });
}

function spanOf(cloud: Cloud, request: Request, response: Response): { droplet: SimDroplet; times: number[] } {
  const { host_id: host, start, end } = request.query;
  const droplet = ownDroplet(cloud, response, String(host));
  const [from, to] = [Number(start), Number(end)];
  if (!Number.isFinite(from) || !Number.isFinite(to)) throw new ApiFailure(400, 'bad_request', 'start and end are required');
  const finest = Math.max(1, Math.round(cloud.world.scale(FINEST_STEP_MS) / 1000));
  const step = Math.max(finest, Math.ceil((to - from) / MOST_SAMPLES));
  const first = Math.max(from, madeAt(droplet));
  const last = Math.min(to, cloud.world.now() / 1000);
  const times: number[] = [];
  for (let at = Math.ceil(first / step) * step; at <= last; at += step) times.push(at);
  return { droplet, times };
}

/** Seconds that all processors together spent in a mode since the droplet was made. */
function cpuSeconds(droplet: SimDroplet, mode: string, at: number): number {
  const phase = Number(droplet.id);
  // The integral of a load that goes up and down between 5 and 45 %.
  const load = (time: number): number => 0.25 * time - 0.2 * BUSY_PERIOD_S * Math.cos(time / BUSY_PERIOD_S + phase);
  const start = madeAt(droplet);
  const { vcpus } = findSize(droplet.size)!;
  const busy = vcpus * (load(at) - load(start));
  return mode === 'idle' ? vcpus * (at - start) - busy : busy * BUSY_SHARES[mode as keyof typeof BUSY_SHARES];
}

function madeAt(droplet: SimDroplet): number {
  return Math.floor(Date.parse(droplet.createdAt) / 1000);
}
