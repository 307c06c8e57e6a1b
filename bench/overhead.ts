/**
 * What the service adds to the time the cloud needs: POST or DELETE of a VPS over HTTP until its operation has
 * succeeded, less the time in which the simulated clouds, at realistic speed, were at work on it. A cloud is at work
 * while at least one of its timers runs (building, booting, removing …); the stretches are added up without overlap, and
 * only of work begun and done within the operation. All else counts as ours: queue, engine, state, waiting longer than the cloud needs, and the
 * clouds' lags in showing what they have made. One provider after the other; the first lap knows no cloud's habits yet.
 * Prints one JSON line, in milliseconds.
 *
 *   node bench/overhead.ts [laps] [provider id …]
 */
import { setTimeout as delay } from 'node:timers/promises';
import { World } from '../simulator/world.ts';
import { median, progress } from './support/figures.ts';
import { order, startService, type BenchService } from './support/service.ts';

interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Longer timers are not work on a server (samples of graphs, expiries). */
const LONGEST_WORK_MS = 10 * 60_000;
/** Some clouds refuse changes for some seconds after a boot; nobody terminates a server that soon. */
const PAUSE_MS = 6_000;
const stretches: Stretch[] = [];

function watchClouds(): void {
  // oxlint-disable-next-line unbound-method -- called with its own receiver below
  const schedule = World.prototype.schedule;
  World.prototype.schedule = function (kind, payload, realisticMs) {
    const from = performance.now();
    if (realisticMs <= LONGEST_WORK_MS) stretches.push({ from, to: from + this.scale(realisticMs) });
    schedule.call(this, kind, payload, realisticMs);
  };
}

/** Milliseconds between `from` and `to` in which a cloud did work that began in that time. */
function cloudTime(from: number, to: number): number {
  let total = 0;
  let end = from;
  for (const stretch of stretches.filter((each) => each.from >= from).toSorted((a, b) => a.from - b.from)) {
    const begin = Math.max(stretch.from, end);
    const until = Math.min(stretch.to, to);
    if (until <= begin) continue;
    total += until - begin;
    end = until;
  }
  return total;
}

interface Measured {
  readonly wall: number;
  readonly cloud: number;
}

async function measure(work: () => Promise<void>): Promise<Measured> {
  const from = performance.now();
  await work();
  const to = performance.now();
  return { wall: to - from, cloud: cloudTime(from, to) };
}

async function lap(
  service: BenchService,
  body: Record<string, unknown>,
  label: string,
): Promise<{ provision: Measured; destroy: Measured }> {
  let vpsId = '';
  const provision = await measure(async () => {
    const ordered = await order(service, { ...body, label });
    vpsId = ordered.vpsId;
    await service.finished(ordered.operationId);
  });
  await delay(PAUSE_MS);
  const destroy = await measure(async () => {
    const { operation } = await service.call<{ operation: { id: string } }>('DELETE', `/api/vps/${vpsId}?grace_hours=0`);
    await service.finished(operation.id);
  });
  return { provision, destroy };
}

function summary(measured: readonly Measured[]): object {
  const overhead = measured.map(({ wall, cloud }) => Math.round(wall - cloud));
  return { overhead_ms: median(overhead), each_ms: overhead, cloud_ms: Math.round(median(measured.map(({ cloud }) => cloud))) };
}

watchClouds();
const laps = Number(process.argv[2] ?? 3);
const only = process.argv.slice(3);
const service = await startService({ SIMULATOR_SPEED: '1' });
try {
  const figures: Record<string, object> = {};
  for (const [provider, body] of await service.orders()) {
    if (only.length > 0 && !only.includes(provider)) continue;
    const done: { provision: Measured; destroy: Measured }[] = [];
    for (let turn = 0; turn < laps; turn += 1) {
      done.push(await lap(service, body, `bench-${provider}-${turn}`));
      const { provision, destroy } = done.at(-1)!;
      const text = ({ wall, cloud }: Measured): string => `${Math.round(wall)} ms, cloud ${Math.round(cloud)} ms`;
      progress(`${provider} ${turn + 1}: provision ${text(provision)}; destroy ${text(destroy)}`);
    }
    figures[provider] = { provision: summary(done.map((each) => each.provision)), destroy: summary(done.map((each) => each.destroy)) };
  }
  console.log(JSON.stringify({ bench: 'overhead', laps, goal_ms: 1_500, providers: figures }));
} finally {
  await service.stop();
}
