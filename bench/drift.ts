/**
 * A full drift sweep over many stacks on 20 simulated accounts, of which 1 % drifted, against refreshing the same stacks
 * one by one with the engine. Prints one JSON line.
 *
 * `sweep` is the time until every account was read, compared and recorded; the engine's word on those that differ comes
 * after it and stands beside it as `confirm`. The refreshes are measured on a sample, through Plinth's own engine driver
 * (which needs less than plain `pulumi refresh`), and extrapolated to all stacks: so the ratio is a lower bound.
 * Requests are counted where they arrive, at the simulator, which runs in this process and is part of its memory and time.
 *
 *   node bench/drift.ts [stacks] [sample]
 */
import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { providers } from '../providers/list.ts';
import { keyWrapper } from '../server/state/service.ts';
import { startSimulator, type Simulator } from '../simulator/server.ts';
import { type Account, type Clone, clonePattern, type Pattern } from './support/clones.ts';
import { progress, round } from './support/figures.ts';
import { memoryOf, processTree } from './support/processes.ts';
import { type BenchService, order, startService } from './support/service.ts';

const ACCOUNTS = 20;
const DRIFTED_SHARE = 0.01;
const TOKEN_LENGTHS = [64, 40, 36, 32];
const ZONE = 'plinth.test';

const stacks = Number(process.argv[2] ?? 10_000);
const sample = Number(process.argv[3] ?? 100);

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
  const refresh = await measured(() => refreshOneByOne(service, clones, Math.min(sample, clones.length)));
  const each = refresh.seconds / refresh.value;
  const sweepSeconds = noisy.value.last.duration_ms / 1_000;
  const figures = {
    bench: 'drift',
    stacks: clones.length,
    accounts: noisy.value.last.result.accounts,
    drifted,
    cpus: availableParallelism(),
    sweep: { seconds: round(sweepSeconds), requests: noisy.requests, pages: noisy.value.last.result.pages, peak_rss_mb: noisy.peakMb },
    quiet_sweep: { seconds: round(quiet.value.last.duration_ms / 1_000), requests: quiet.requests, peak_rss_mb: quiet.peakMb },
    confirm: { seconds: round(confirm.seconds), requests: confirm.requests, stacks: drifted },
    refresh_one_by_one: {
      measured_on: refresh.value,
      seconds_each: round(each),
      requests_each: round(refresh.requests / refresh.value),
      extrapolated: true,
      seconds: round(each * clones.length),
      requests: Math.round((refresh.requests / refresh.value) * clones.length),
    },
    times_faster: round((each * clones.length) / sweepSeconds),
    times_faster_with_confirm: round((each * clones.length) / (sweepSeconds + confirm.seconds)),
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
    const fields = descriptor.credentialFields.map(({ name }) => [name, token]);
    if (!descriptor.credential.safeParse(Object.fromEntries(fields)).success) continue;
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

async function refreshOneByOne(bench: BenchService, clones: readonly Clone[], count: number): Promise<number> {
  const step = Math.floor(clones.length / count);
  for (let index = 0; index < count; index++) {
    const { vpsId } = clones[index * step + (step > 1 ? 1 : 0)]!;
    const { operation } = await bench.call<{ operation: { id: string } }>('POST', `/api/vps/${vpsId}/refresh`);
    await bench.finished(operation.id);
  }
  return count;
}

async function measured<T>(work: () => Promise<T>): Promise<{ value: T; seconds: number; requests: number; peakMb: number }> {
  let peak = 0;
  const watching = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 20);
  const before = requestsSoFar();
  const started = performance.now();
  try {
    const value = await work();
    const seconds = (performance.now() - started) / 1_000;
    return { value, seconds, requests: requestsSoFar() - before, peakMb: Math.round(peak / 1e6) };
  } finally {
    clearInterval(watching);
  }
}

function requestsSoFar(): number {
  const { worlds, requests } = simulator.world;
  return [...worlds.keys()].flatMap((id) => Object.values(requests.totals(id))).reduce((sum, count) => sum + count, 0);
}
