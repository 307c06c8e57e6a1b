/**
 * A full drift sweep over many stacks on 20 simulated accounts, of which 1 % drifted, against plain `pulumi refresh` of the
 * same stacks one by one. Prints one JSON line.
 *
 * `sweep` is the time until every account was read, compared and recorded; the engine's word on those that differ comes
 * after it and stands beside it as `confirm`. The refreshes are measured on a sample and extrapolated to all stacks: first
 * with the command line (support/plain-refresh.ts; one at a time or one per core, whichever is faster on a tenth of the
 * sample), then through Plinth's own engine driver, which needs less. Requests are counted where they arrive, at the
 * simulator, which runs in this process and is part of its memory and time.
 *
 *   node bench/drift.ts [stacks] [sample]      10000 and 100 when left out
 *   node bench/drift.ts --quick                to try it: 400 and 10
 */
import { availableParallelism, loadavg } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { simulatedCredentialOf } from '../providers/credential.ts';
import { providers } from '../providers/list.ts';
import { keyWrapper } from '../server/backend/service.ts';
import { startSimulator, type Simulator } from '../simulator/server.ts';
import { type Account, type Clone, clonePattern, type Pattern } from './support/clones.ts';
import { progress, round } from './support/figures.ts';
import { openPlainRefresh } from './support/plain-refresh.ts';
import { memoryOf, processTree } from './support/processes.ts';
import { type BenchService, order, startService } from './support/service.ts';

const ACCOUNTS = 20;
const DRIFTED_SHARE = 0.01;
const TOKEN_LENGTHS = [64, 40, 36, 32];
const ZONE = 'plinth.test';

const quick = process.argv.includes('--quick');
const [stacks = quick ? 400 : 10_000, sample = quick ? 10 : 100] = process.argv.slice(2).filter(Number).map(Number);

interface Sweep {
  readonly name: string;
  readonly runs: number;
  readonly last: { readonly duration_ms: number; readonly outcome: string; readonly message: string; readonly result: SweepResult | null };
}
interface SweepResult {
  readonly accounts: number;
  readonly pages: number;
  readonly compared: number;
  readonly drifted: number;
}

const simulator = await startSimulator({ speed: 1_000 });
const service = await startService({
  SIMULATOR_URL: simulator.origin,
  PLINTH_DRIFT_SECONDS: '0',
  PLINTH_ACCOUNT_CONCURRENCY: '100',
  PLINTH_LOG_LEVEL: 'error',
});
try {
  const clones = await build(service, simulator);
  const quiet = await measured(() => sweep(service));
  const drifted = Math.round(clones.length * DRIFTED_SHARE);
  driftBehindBack(simulator, clones, drifted);
  const noisy = await measured(() => sweep(service));
  if (noisy.value.last.result?.drifted !== drifted)
    throw new Error(`${drifted} stacks drifted, but the sweep says: ${noisy.value.last.message}`);
  const confirm = await measured(() => confirmed(service, drifted));
  const sampled = sampleOf(clones, Math.min(sample, clones.length));
  const plain = await refreshPlainly(service, sampled);
  const driver = await measured(() => refreshByDriver(service, sampled));
  const sweepSeconds = noisy.value.last.duration_ms / 1_000;
  const all = (seconds: number, requests: number) => ({
    measured_on: sampled.length,
    seconds_each: round(seconds / sampled.length),
    requests_each: round(requests / sampled.length),
    extrapolated: true,
    seconds: round((seconds / sampled.length) * clones.length),
    requests: Math.round((requests / sampled.length) * clones.length),
  });
  const plainly = { ...all(plain.seconds, plain.requests), at_once: plain.atOnce };
  const figures = {
    bench: 'drift',
    stacks: clones.length,
    accounts: noisy.value.last.result.accounts,
    drifted,
    cpus: availableParallelism(),
    load: round(loadavg()[0] ?? 0),
    sweep: { seconds: round(sweepSeconds), pages: noisy.value.last.result.pages, ...costs(noisy) },
    quiet_sweep: { seconds: round(quiet.value.last.duration_ms / 1_000), ...costs(quiet) },
    confirm: { seconds: round(confirm.seconds), stacks: drifted, ...costs(confirm) },
    pulumi_refresh: plainly,
    refresh_by_driver: all(driver.seconds, driver.requests),
    times_faster: round(plainly.seconds / sweepSeconds),
    times_faster_with_confirm: round(plainly.seconds / (sweepSeconds + confirm.seconds)),
    total_pss_mb: (await memoryOf(await processTree(process.pid))).pssMb,
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
} finally {
  await service.stop();
  await simulator.close();
}

/** One real VPS per compute provider, then its copies, spread over the accounts. */
async function build(bench: BenchService, world: Simulator): Promise<Clone[]> {
  const orders = await bench.orders();
  const keys = keyWrapper(bench.runtime.services.secrets);
  const clones: Clone[] = [];
  const types = [...orders.keys()];
  const patterns = new Map<string, Pattern>();
  const dnsProvider = providers.find((provider) => provider.dnsRecord)!.descriptor.id;
  for (const [type, body] of orders) {
    const label = `pattern-of-${type}`;
    const { vpsId, operationId } = await order(bench, { ...body, label, ipv6: false, dns: { zone: ZONE } });
    await bench.finished(operationId);
    const token = world.world.worlds.get(type)!.accounts().all()[0]!.id;
    patterns.set(type, { vpsId, label, provider: type, dnsProvider, token });
  }
  for (let index = 0; index < ACCOUNTS; index++) {
    const pattern = patterns.get(types[index % types.length]!)!;
    const account = await addAccount(bench, world, pattern.provider, index);
    const serials = Array.from({ length: stacks }, (_, serial) => serial + 1).filter((serial) => serial % ACCOUNTS === index);
    clones.push(...(await clonePattern({ db: bench.runtime.services.db, simulator: world, keys }, pattern, account, serials)));
    progress(`${clones.length} stacks`);
  }
  return clones;
}

async function addAccount(bench: BenchService, world: Simulator, type: string, index: number): Promise<Account> {
  const { descriptor } = providers.find((provider) => provider.descriptor.id === type)!;
  for (const length of TOKEN_LENGTHS) {
    const token = `sim-bench-${index}-`.padEnd(length, '0');
    if (!descriptor.credential.safeParse(simulatedCredentialOf(descriptor, token)).success) continue;
    const accounts = world.world.worlds.get(type)!;
    accounts.accounts().put({ ...accounts.ensureAccount(token), instanceLimit: stacks });
    const body = { name: `bench ${index}`, type, api_key: token, endpoint: 'simulator' };
    const { provider } = await bench.call<{ provider: { id: string } }>('POST', '/api/admin/providers', body);
    return { id: provider.id, token };
  }
  throw new Error(`no simulated credential fits ${type}`);
}

function driftBehindBack(world: Simulator, clones: readonly Clone[], count: number): void {
  const step = Math.max(1, Math.floor(clones.length / Math.max(1, count)));
  for (let index = 0; index < count; index++) {
    const { provider, instanceId } = clones[index * step]!;
    const cloud = world.world.worlds.get(provider)!;
    if (!cloud.simulation.changeBehindBack?.(cloud, instanceId, { label: `drifted-${index}` }))
      throw new Error(`${provider} lacks ${instanceId}`);
  }
}

async function sweep(bench: BenchService): Promise<Sweep> {
  const read = async (): Promise<Sweep> => {
    const { sweeps } = await bench.call<{ sweeps: Sweep[] }>('GET', '/api/admin/sweeps');
    return sweeps.find(({ name }) => name === 'drift')!;
  };
  const { runs } = await read();
  await bench.call('POST', '/api/admin/sweeps/drift/run');
  for (;;) {
    const now = await read();
    if (now.runs > runs) {
      if (now.last.outcome !== 'ok') throw new Error(now.last.message);
      progress(now.last.message);
      return now;
    }
    await delay(50);
  }
}

async function confirmed(bench: BenchService, count: number): Promise<void> {
  for (;;) {
    const { drifts } = await bench.call<{ drifts: unknown[] }>('GET', '/api/admin/drift?state=confirmed&limit=1000');
    if (drifts.length >= count) return;
    await delay(100);
  }
}

/** Evenly over the accounts, and beside those that drifted. */
function sampleOf(clones: readonly Clone[], count: number): Clone[] {
  const step = Math.floor(clones.length / count);
  return Array.from({ length: count }, (_, index) => clones[index * step + (step > 1 ? 1 : 0)]!);
}

async function refreshPlainly(bench: BenchService, sampled: readonly Clone[]) {
  const { services } = bench.runtime;
  const ids = sampled.map(({ vpsId }) => vpsId);
  progress(`${ids.length} stacks are copied into files`);
  const plain = await openPlainRefresh(services, keyWrapper(services.secrets), ids);
  try {
    const some = ids.slice(0, Math.max(2, Math.ceil(ids.length / 10)));
    // The first use of a stack and of a provider host counts for none.
    await plain.run(some, 1);
    const [alone, together] = [await plain.run(some, 1), await plain.run(some, availableParallelism())];
    const atOnce = together < alone ? availableParallelism() : 1;
    progress(`plain pulumi refresh, ${atOnce} at once`);
    const { seconds, requests } = await measured(() => plain.run(ids, atOnce));
    return { seconds, requests, atOnce };
  } finally {
    await plain.close();
  }
}

async function refreshByDriver(bench: BenchService, sampled: readonly Clone[]): Promise<void> {
  for (const { vpsId } of sampled) {
    const { operation } = await bench.call<{ operation: { id: string } }>('POST', `/api/vps/${vpsId}/refresh`);
    await bench.finished(operation.id);
  }
}

interface Measured<T> {
  readonly value: T;
  readonly seconds: number;
  readonly requests: number;
  readonly rssBeforeMb: number;
  readonly peakMb: number;
}

function costs({ requests, rssBeforeMb, peakMb }: Measured<unknown>) {
  return { requests, rss_before_mb: rssBeforeMb, peak_rss_mb: peakMb };
}

async function measured<T>(work: () => Promise<T>): Promise<Measured<T>> {
  const rssBefore = process.memoryUsage().rss;
  let peak = rssBefore;
  const watching = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 20);
  const before = requestsSoFar();
  const started = performance.now();
  try {
    const value = await work();
    const seconds = (performance.now() - started) / 1_000;
    return { value, seconds, requests: requestsSoFar() - before, rssBeforeMb: Math.round(rssBefore / 1e6), peakMb: Math.round(peak / 1e6) };
  } finally {
    clearInterval(watching);
  }
}

function requestsSoFar(): number {
  const { worlds, requests } = simulator.world;
  return [...worlds.keys()].flatMap((id) => Object.values(requests.totals(id))).reduce((sum, count) => sum + count, 0);
}
