/**
 * Compares the engine driver with the Automation API used plainly (`LocalWorkspace`, `stack.up()` …) on
 * the same provider hosts, the same simulated cloud and the same PostgreSQL backend. Prints one JSON line;
 * ratios below 1 mean that the driver needs less (throughput: above 1 means that it does more).
 *
 *   node bench/engine.ts [provider id] [rounds] [stacks at once]
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { LocalWorkspace, type Stack } from '@pulumi/pulumi/automation/index.js';
import { attachProviders } from '../automation/attachment.ts';
import { postgresBackend } from '../automation/backend.ts';
import { createEngine } from '../automation/engine.ts';
import { ProviderHostPool } from '../automation/provider-host/pool.ts';
import { ensureToolchain } from '../automation/toolchain.ts';
import type { AttachedAccount, EngineOperation } from '../automation/types.ts';
import { baseEnvironment, prepareWorkspace } from '../automation/workspace.ts';
import { findProvider, providers } from '../providers/list.ts';
import type { Provider } from '../providers/provider.ts';
import { RateBudget } from '../providers/rate-budget.ts';
import { startEmbeddedPostgres } from '../server/embedded-postgres.ts';
import { startSimulator } from '../simulator/server.ts';
import { PROJECT, VpsSpec } from '../stacks/spec.ts';
import { program } from '../stacks/vps.ts';

const MEASURED = ['up', 'noop', 'refresh', 'refresh-preview', 'preview', 'destroy'] as const;
type Measured = (typeof MEASURED)[number];
type Lap = Record<Measured, number>;

/** A way to run operations on a stack. */
interface Contender {
  run(vpsId: string, operation: EngineOperation): Promise<void>;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** CPU seconds of this process and of its children that have ended. */
async function cpuSeconds(): Promise<number> {
  const own = process.resourceUsage();
  const stat = await readFile('/proc/self/stat', 'utf8').catch(() => '');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // cutime and cstime, in clock ticks of 10 ms.
  const children = (Number(fields[13] ?? 0) + Number(fields[14] ?? 0)) / 100;
  return (own.userCPUTime + own.systemCPUTime) / 1e6 + children;
}

/** CPU seconds of living processes (the warm runners), which are not yet counted as ended children. */
async function livingCpuSeconds(pids: readonly number[]): Promise<number> {
  let ticks = 0;
  for (const pid of pids) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    ticks += Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
  }
  return ticks / 100;
}

async function childPids(): Promise<number[]> {
  const list = await readFile(`/proc/self/task/${process.pid}/children`, 'utf8').catch(() => '');
  return list.trim().split(' ').filter(Boolean).map(Number);
}

async function lap(contender: Contender, vpsId: string): Promise<Lap> {
  const times = {} as Lap;
  for (const measured of MEASURED) {
    const started = performance.now();
    await contender.run(vpsId, measured === 'noop' ? 'up' : measured);
    times[measured] = performance.now() - started;
  }
  return times;
}

interface Figures {
  readonly alone: Lap;
  readonly cpuPerOperation: number;
  readonly operationsPerSecond: number;
}

async function allCpuSeconds(): Promise<number> {
  return (await cpuSeconds()) + (await livingCpuSeconds(await childPids()));
}

/** Laps alternate between the contenders, so that a busy machine is unfair to neither. */
async function measure(contenders: Record<string, Contender>, rounds: number, atOnce: number): Promise<Record<string, Figures>> {
  const laps: Record<string, { times: Lap[]; cpu: number }> = {};
  for (const [name, contender] of Object.entries(contenders)) {
    await lap(contender, `${name}warm`);
    laps[name] = { times: [], cpu: 0 };
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, contender] of Object.entries(contenders)) {
      const before = await allCpuSeconds();
      laps[name]?.times.push(await lap(contender, `${name}one${round}`));
      laps[name]!.cpu += (await allCpuSeconds()) - before;
    }
  }
  const figures: Record<string, Figures> = {};
  for (const [name, contender] of Object.entries(contenders)) {
    const { times, cpu } = laps[name]!;
    const started = performance.now();
    await Promise.all(Array.from({ length: atOnce }, (_, index) => lap(contender, `${name}many${index}`)));
    const seconds = (performance.now() - started) / 1000;
    figures[name] = {
      alone: Object.fromEntries(MEASURED.map((measured) => [measured, round(median(times.map((lapTimes) => lapTimes[measured])))])) as Lap,
      cpuPerOperation: round(cpu / (rounds * MEASURED.length)),
      operationsPerSecond: round((atOnce * MEASURED.length) / seconds),
    };
  }
  return figures;
}

/** `stack.destroy()` has no way past a protected resource, so the baseline's are not protected. */
function unprotected<T>(inner: () => Promise<T>): () => Promise<T> {
  return () => {
    pulumi.runtime.registerStackTransformation(({ props, opts }) => ({ props, opts: { ...opts, protect: false } }));
    return inner();
  };
}

/** The plain way: select or create, then the stack's own methods with their result processes. */
function plainContender(options: { specOf: (vpsId: string) => VpsSpec; env: Record<string, string>; workDir: string }): Contender {
  const stacks = new Map<string, Promise<Stack>>();
  const stackOf = (vpsId: string): Promise<Stack> => {
    let stack = stacks.get(vpsId);
    if (!stack) {
      stack = LocalWorkspace.createOrSelectStack(
        { stackName: `vps-${vpsId}`, projectName: PROJECT, program: unprotected(program(options.specOf(vpsId))) },
        { envVars: options.env, workDir: options.workDir },
      );
      stacks.set(vpsId, stack);
    }
    return stack;
  };
  return {
    async run(vpsId, operation) {
      const stack = await stackOf(vpsId);
      if (operation === 'up') await stack.up({ parallel: 8 });
      else if (operation === 'preview') await stack.preview({ parallel: 8 });
      else if (operation === 'refresh') await stack.refresh({ parallel: 8 });
      else if (operation === 'refresh-preview') await stack.previewRefresh({ parallel: 8 });
      else await stack.destroy({ parallel: 8 });
    },
  };
}

/** A spec for what the provider's catalog offers first. */
async function specMaker(provider: Provider, account: AttachedAccount): Promise<(vpsId: string) => VpsSpec> {
  const client = provider.compute?.({ ...account, budget: new RateBudget(1_000, 1_000) });
  const plan = (await client?.plans())?.find((candidate) => candidate.available && candidate.regions.length > 0);
  const image = (await client?.images())?.find((candidate) => candidate.family === 'linux' && !candidate.deprecated);
  if (!plan || !image) throw new Error(`the simulator of ${provider.descriptor.name} offers no plan or image`);
  return (vpsId) =>
    VpsSpec.parse({
      version: 1,
      vpsId,
      generation: 1,
      label: `bench-${vpsId}`,
      hostname: `${vpsId}.example.com`,
      compute: {
        provider: provider.descriptor.id,
        accountId: 'bench',
        region: plan.regions[0],
        plan: plan.id,
        image: image.id,
        windows: false,
        ipv6: false,
        backups: false,
        options: {},
      },
      dns: null,
      tags: [],
      sshPublicKeys: [],
      firewall: null,
      cloudInit: {},
    });
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function report(ours: Figures, plain: Figures, conditions: object): object {
  const ratio = (name: Measured): number => round(ours.alone[name] / plain.alone[name]);
  return {
    bench: 'engine',
    up_ratio: ratio('up'),
    noop_up_ratio: ratio('noop'),
    refresh_ratio: ratio('refresh'),
    refresh_preview_ratio: ratio('refresh-preview'),
    preview_ratio: ratio('preview'),
    destroy_ratio: ratio('destroy'),
    cpu_ratio: round(ours.cpuPerOperation / plain.cpuPerOperation),
    throughput_ratio: round(ours.operationsPerSecond / plain.operationsPerSecond),
    driver: ours,
    plain,
    ...conditions,
    cores: availableParallelism(),
  };
}

async function main(): Promise<void> {
  const rounds = Number(process.argv[3] ?? 3);
  const atOnce = Number(process.argv[4] ?? 8);
  const wanted = process.argv[2];
  const provider = wanted ? findProvider(wanted) : providers.find((candidate) => candidate.compute && candidate.instance);
  if (!provider?.compute) throw new Error('usage: node bench/engine.ts [compute provider id] [rounds] [stacks at once]');
  const directory = await mkdtemp(join(tmpdir(), 'plinth-bench-'));
  const postgres = await startEmbeddedPostgres({ dataDir: join(directory, 'postgres') });
  const simulator = await startSimulator({ speed: 1_000 });
  const { pulumi: binary } = await ensureToolchain({ need: 'engine', onProgress: () => undefined });
  const hosts = new ProviderHostPool({ find: findProvider, log: () => undefined });
  const credential = Object.fromEntries(provider.descriptor.credentialFields.map((field) => [field.name, 'sim-'.padEnd(64, '0')]));
  const endpoint = { kind: 'simulator', baseUrl: simulator.baseUrl(provider.descriptor.id) } as const;
  const account: AttachedAccount = { providerId: provider.descriptor.id, accountId: 'bench', credential, endpoint };
  const specOf = await specMaker(provider, account);
  const workDir = join(directory, 'work');
  const backend = await postgresBackend({ url: postgres.url, passphrase: 'bench', pulumi: binary, workDir });
  const engine = await createEngine({ pulumi: binary, workDir, backend, hosts, log: { warn: console.error } });
  const attachment = await attachProviders(hosts, [account]);
  try {
    const workspace = await prepareWorkspace(join(directory, 'plain'));
    const state = await backend.open('vps-bench', 'up');
    const env = {
      ...state.env,
      ...baseEnvironment(workspace),
      PATH: `${join(binary, '..')}:/usr/bin:/bin`,
      PULUMI_DEBUG_PROVIDERS: attachment.debugProviders,
    };
    process.env['PATH'] = `${join(binary, '..')}:${process.env['PATH']}`;
    const driver: Contender = {
      async run(vpsId, operation) {
        const result = await engine.run({
          operation,
          stack: `vps-${vpsId}`,
          spec: specOf(vpsId),
          accounts: [account],
          message: 'bench',
          allowInstanceReplacement: operation === 'destroy',
          onEvent: () => undefined,
          onProcess: () => undefined,
        });
        if (!result.ok) throw new Error(`${operation}: ${result.fault?.kind}: ${result.fault?.message}`);
      },
    };
    const contenders = { driver, plain: plainContender({ specOf, env, workDir: workspace.dir }) };
    const figures = await measure(contenders, rounds, atOnce);
    console.log(
      JSON.stringify(report(figures['driver']!, figures['plain']!, { provider: provider.descriptor.id, rounds, at_once: atOnce })),
    );
  } finally {
    attachment.release();
    await engine.close();
    await hosts.close(1_000);
    await simulator.close();
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

await main();
