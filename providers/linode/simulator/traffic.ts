/** What a server's processor and network did. Samples and sums follow simulated time, so a fast world has as many as a slow one. */
import type { Call } from '../../../simulator/cloud/wire.ts';
import { type Linode, type Linodes, typeOf } from './linodes.ts';
import { no, type Routes } from './wire.ts';

const DAY_MS = 86_400_000;
/** Most samples an answer has: one in five minutes of a day, one in two hours of a month. */
const DAY_SAMPLES = 288;
const MONTH_SAMPLES = 360;
/** Linode has no statistics for the first minutes of a server. */
const FIRST_SAMPLE_MS = 300_000;

export function mountTraffic(on: Routes, linodes: Linodes): void {
  const { world } = linodes;
  const base = '/linode/instances/:id';
  on(`get ${base}/transfer`, (call) => {
    const linode = linodes.one(call);
    const { incoming, outgoing } = traffic(linodes, linode);
    return { used: incoming + outgoing, quota: typeOf(linode.plan).transfer, billable: 0, region_transfers: [] };
  });
  on(`get ${base}/transfer/:year/:month`, (call) => {
    const linode = linodes.one(call);
    const { incoming, outgoing } = isThisMonth(linodes, call) ? traffic(linodes, linode) : { incoming: 0, outgoing: 0 };
    return { bytes_in: incoming, bytes_out: outgoing, bytes_total: incoming + outgoing };
  });
  on(`get ${base}/stats`, (call) =>
    statistics(linodes, linodes.one(call), { from: world.now() - DAY_MS, to: world.now(), samples: DAY_SAMPLES }),
  );
  on(`get ${base}/stats/:year/:month`, (call) => statistics(linodes, linodes.one(call), monthOf(linodes, call)));
}

function isThisMonth({ world }: Linodes, call: Call): boolean {
  const now = new Date(world.now());
  return Number(call.param('year')) === now.getUTCFullYear() && Number(call.param('month')) === now.getUTCMonth() + 1;
}

/** A steady rate per server, larger out than in; grows with simulated time. */
function traffic({ world }: Linodes, { id, createdMs }: Linode): { incoming: number; outgoing: number } {
  const seconds = (world.now() - createdMs) / world.scale(1) / 1_000;
  const rate = 20_000 + (Number(id) % 97) * 1_000;
  return { incoming: Math.round(seconds * rate), outgoing: Math.round(seconds * rate * 3) };
}

interface Span {
  readonly from: number;
  readonly to: number;
  readonly samples: number;
}

const unavailable = () => no('Stats are unavailable at this time.');

/** Of the month under way: the last 30 days. */
function monthOf(linodes: Linodes, call: Call): Span {
  const now = linodes.world.now();
  if (isThisMonth(linodes, call)) return { from: now - 30 * DAY_MS, to: now, samples: MONTH_SAMPLES };
  const [year, month] = [Number(call.param('year')), Number(call.param('month'))];
  const from = Date.UTC(year, month - 1);
  if (!Number.isInteger(year) || !(month >= 1 && month <= 12) || from > now) throw unavailable();
  return { from, to: Date.UTC(year, month), samples: MONTH_SAMPLES };
}

/** Five minutes of the simulated clock apart, or as many as the answer may have; the processors are busy in proportion to their number. */
function statistics({ world }: Linodes, linode: Linode, { from, to, samples }: Span): unknown {
  const age = (world.now() - linode.createdMs) / world.scale(1);
  const start = Math.max(linode.createdMs, from);
  if (age < FIRST_SAMPLE_MS || start > to || world.hasFlag('no-metrics', linode.id)) throw unavailable();
  const step = Math.max(world.scale(FIRST_SAMPLE_MS), (to - start) / samples, 1);
  const times: number[] = [];
  for (let time = start; time <= to; time += step) times.push(Math.floor(time));
  const rate = 160_000 + (Number(linode.id) % 97) * 8_000;
  const wave = (i: number): number => 1 + (i % 5) / 10;
  const series = (factor: number): [number, number][] => times.map((time, i) => [time, Math.round(rate * factor * wave(i))]);
  const net = (factor: number) => ({ in: series(factor), out: series(factor * 3), private_in: series(0), private_out: series(0) });
  const { vcpus } = typeOf(linode.plan);
  const busy = 10 + (Number(linode.id) % 50);
  return {
    title: `linode.com - ${linode.name} (linode${linode.id}) - ${samples === DAY_SAMPLES ? 'day' : 'month'} (5 min avg)`,
    cpu: times.map((time, i): [number, number] => [time, Math.round(busy * vcpus * wave(i) * 100) / 100]),
    io: { io: series(0), swap: series(0) },
    netv4: net(0.8),
    netv6: net(0.2),
  };
}
