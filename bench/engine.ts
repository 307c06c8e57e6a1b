/**
 * Compares the engine driver, on our own state service over HTTP, with the KillSwitches API used plainly
 * (`LocalWorkspace`, `stack.up()` …) on `postgres://` with a passphrase. Both run the same program for five
 * resources on the same provider hosts, the same simulated clouds and the same PostgreSQL, lap by lap in turn.
 * Prints one JSON line; ratios below 1 mean that the driver needs less (throughput: above 1 means that it does more).
 *
 * A lap makes a stack and runs `up`, `up` again, `refresh`, `refresh --preview-only`, `preview` and `destroy`. CPU is that
 * of the whole process tree: this process (for both: provider hosts and simulator; for the driver also the state
 * service; for the plain one the programs), the engine's processes and the driver's runners. PostgreSQL stands apart.
 *
 *   node bench/engine.ts [provider id] [rounds] [stacks at once]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { attachProviders } from '../automation/attachment.ts';
import { createEngine } from '../automation/engine.ts';
import { ensureToolchain } from '../automation/toolchain.ts';
import type { Engine, EngineOperation } from '../automation/types.ts';
import { migrate } from '../prisma/migrate.ts';
import { findProvider, providers } from '../providers/list.ts';
import { startEmbeddedPostgres } from '../server/kernel/postgres/embedded.ts';
import { startSimulator } from '../simulator/server.ts';
import { startStateService } from '../test/support/state-service.ts';
import { median, progress, quantile, round } from './support/figures.ts';
import { plainDriver } from './support/plain.ts';
import { treeCpuSeconds } from './support/processes.ts';
import { benchStack, unlimitedHosts, type BenchStack } from './support/stack.ts';

const LAP = ['up', 'noop', 'refresh', 'refresh-preview', 'preview', 'destroy'] as const;
type Step = (typeof LAP)[number];
type Times = Record<Step, number>;
type Run = (vpsId: string, operation: EngineOperation) => Promise<void>;
interface Cpu {
  readonly program: number;
  readonly postgres: number;
}

class Contender {
  readonly name: string;
  readonly #run: Run;
  readonly alone: Times[] = [];
  readonly crowded: Times[] = [];
  readonly perSecond: number[] = [];
  readonly cpuAlone: Cpu[] = [];
  readonly cpuCrowded: Cpu[] = [];

  constructor(name: string, run: Run) {
    this.name = name;
    this.#run = run;
  }

  async lap(vpsId: string): Promise<Times> {
    const times = {} as Times;
    for (const step of LAP) {
      const started = performance.now();
      await this.#run(`${this.name}${vpsId}`, step === 'noop' ? 'up' : step);
      times[step] = performance.now() - started;
    }
    return times;
  }

  async lapAlone(round: number, cpu: () => Promise<Cpu>): Promise<void> {
    const before = await cpu();
    this.alone.push(await this.lap(`one${round}`));
    this.cpuAlone.push(perOperation(before, await cpu(), LAP.length));
  }

  async lapAtOnce(round: number, atOnce: number, cpu: () => Promise<Cpu>): Promise<void> {
    const before = await cpu();
    const started = performance.now();
    const laps = await Promise.all(Array.from({ length: atOnce }, (_, index) => this.lap(`many${round}x${index}`)));
    this.perSecond.push((atOnce * LAP.length) / ((performance.now() - started) / 1_000));
    this.crowded.push(...laps);
    this.cpuCrowded.push(perOperation(before, await cpu(), atOnce * LAP.length));
  }

  figures(): object {
    const each = (laps: readonly Times[], share: number): object =>
      Object.fromEntries(
        LAP.map((step) => [
          step,
          Math.round(
            quantile(
              laps.map((times) => times[step]),
              share,
            ),
          ),
        ]),
      );
    return {
      alone_ms: each(this.alone, 0.5),
      at_once_p50_ms: each(this.crowded, 0.5),
      at_once_p95_ms: each(this.crowded, 0.95),
      operations_per_second: round(median(this.perSecond)),
      cpu_s_per_operation: round(median(this.cpuAlone.map((cpu) => cpu.program))),
      cpu_s_per_operation_at_once: round(median(this.cpuCrowded.map((cpu) => cpu.program))),
      postgres_cpu_s_per_operation: round(median(this.cpuCrowded.map((cpu) => cpu.postgres))),
    };
  }
}

function perOperation(before: Cpu, after: Cpu, operations: number): Cpu {
  return { program: (after.program - before.program) / operations, postgres: (after.postgres - before.postgres) / operations };
}

function engineRun(engine: Engine, { accounts, specOf }: BenchStack): Run {
  return async (vpsId, operation) => {
    const result = await engine.run({
      operation,
      stack: `vps-${vpsId}`,
      spec: specOf(vpsId),
      accounts,
      message: 'bench',
      allowInstanceReplacement: operation === 'destroy',
      onEvent: () => undefined,
      onProcess: () => undefined,
    });
    if (!result.ok) throw new Error(`${operation}: ${result.fault?.kind}: ${result.fault?.message}`);
  };
}

function report(driver: Contender, plain: Contender, conditions: object): object {
  const ratio = (step: Step): number => round(median(driver.alone.map((t) => t[step])) / median(plain.alone.map((t) => t[step])));
  const cpu = (pick: 'cpuAlone' | 'cpuCrowded'): number =>
    round(median(driver[pick].map((each) => each.program)) / median(plain[pick].map((each) => each.program)));
  return {
    bench: 'engine',
    up_ratio: ratio('up'),
    noop_up_ratio: ratio('noop'),
    refresh_ratio: ratio('refresh'),
    refresh_preview_ratio: ratio('refresh-preview'),
    preview_ratio: ratio('preview'),
    destroy_ratio: ratio('destroy'),
    cpu_ratio: cpu('cpuAlone'),
    cpu_at_once_ratio: cpu('cpuCrowded'),
    throughput_ratio: round(median(driver.perSecond) / median(plain.perSecond)),
    driver: driver.figures(),
    plain: plain.figures(),
    ...conditions,
  };
}

async function compare(directory: string, stops: (() => Promise<void>)[]): Promise<object> {
  const [wanted, rounds = 5, atOnce = 8] = [process.argv[2], ...process.argv.slice(3).map(Number)];
  const provider = wanted ? findProvider(wanted) : providers.find((candidate) => candidate.compute && candidate.instance);
  if (!provider) throw new Error('usage: node bench/engine.ts [compute provider id] [rounds] [stacks at once]');
  const postgres = await startEmbeddedPostgres({ dataDir: join(directory, 'postgres') });
  stops.push(() => postgres.stop());
  await migrate(postgres.url);
  const simulator = await startSimulator({ speed: 1_000 });
  stops.push(() => simulator.close());
  const { pulumi } = await ensureToolchain({ need: 'engine', onProgress: progress });
  const hosts = unlimitedHosts();
  stops.push(() => hosts.close(1_000));
  const stack = await benchStack(simulator, provider);
  const state = await startStateService(postgres.url);
  stops.push(() => state.close());
  const engine = await createEngine({
    pulumi,
    workDir: join(directory, 'work'),
    backend: state.backend,
    hosts,
    log: { warn: console.error },
  });
  stops.push(() => engine.close());
  const { debugProviders, release } = await attachProviders(hosts, stack.accounts);
  stops.push(async () => release());
  const plainRun = await plainDriver({
    databaseUrl: postgres.url,
    engineDir: dirname(pulumi),
    debugProviders,
    dir: join(directory, 'plain'),
    specOf: stack.specOf,
  });
  const driver = new Contender('driver', engineRun(engine, stack));
  const plain = new Contender('plain', plainRun);
  const cpu = async (): Promise<Cpu> => ({
    program: await treeCpuSeconds(process.pid, [postgres.pid]),
    postgres: await treeCpuSeconds(postgres.pid),
  });
  for (const contender of [driver, plain]) await contender.lap('warm');
  const loads = [loadavg()[0] ?? 0];
  for (let turn = 0; turn < rounds; turn += 1) {
    progress(`round ${turn + 1} of ${rounds}, load ${loadavg()[0]?.toFixed(1)}`);
    for (const contender of turn % 2 === 0 ? [driver, plain] : [plain, driver]) await contender.lapAlone(turn, cpu);
    loads.push(loadavg()[0] ?? 0);
  }
  for (let turn = 0; turn < Math.ceil(rounds / 2); turn += 1) {
    progress(`round ${turn + 1} with ${atOnce} at once, load ${loadavg()[0]?.toFixed(1)}`);
    for (const contender of turn % 2 === 0 ? [driver, plain] : [plain, driver]) await contender.lapAtOnce(turn, atOnce, cpu);
  }
  return report(driver, plain, {
    provider: provider.descriptor.id,
    rounds,
    at_once: atOnce,
    cores: availableParallelism(),
    load_while_alone: round(median(loads)),
  });
}

const directory = await mkdtemp(join(tmpdir(), 'plinth-bench-'));
const stops: (() => Promise<void>)[] = [() => rm(directory, { recursive: true, force: true })];
try {
  const line = await compare(directory, stops);
  console.log(JSON.stringify(line));
} finally {
  for (const stop of stops.toReversed()) await stop();
}
