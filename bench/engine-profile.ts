/**
 * Where the time of one operation goes: the first `up` of a stack of five resources, again and again, one after the other and then
 * several at once. Told are the moments of one operation, the requests that its engine makes, and the processor time of each
 * kind of process. Prints one JSON line; docs/engine-profile.md explains it.
 *
 *   node bench/engine-profile.ts [operations] [at once]
 */
import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine } from '../automation/engine.ts';
import { ensureToolchain } from '../automation/toolchain.ts';
import { migrate } from '../prisma/migrate.ts';
import { providers } from '../providers/list.ts';
import { startEmbeddedPostgres } from '../server/kernel/postgres/embedded.ts';
import { startSimulator } from '../simulator/server.ts';
import { startStateService } from '../test/support/state-service.ts';
import { median, progress, round } from './support/figures.ts';
import { childrenCpuSeconds, treeCpuSeconds } from './support/processes.ts';
import { benchStack, unlimitedHosts } from './support/stack.ts';

const [operations = 10, atOnce = 8] = process.argv.slice(2).map(Number);

/** Answers of servers in this process. */
interface Served {
  readonly port: number;
  readonly what: string;
  readonly begun: number;
  readonly ms: number;
}

const served: Served[] = [];
const begun = new WeakMap<IncomingMessage, number>();
subscribe('http.server.request.start', (message) => {
  const { request } = message as { request: IncomingMessage };
  begun.set(request, performance.now());
});
subscribe('http.server.response.finish', (message) => {
  const { request } = message as { request: IncomingMessage };
  const at = begun.get(request) ?? performance.now();
  const what = `${request.method} ${(request.url ?? '')
    .split('?')[0]!
    .replace(/^\/api\/stacks\/[^/]+\/[^/]+\/[^/]+/, '')
    .replaceAll(/[0-9a-f-]{20,}/g, ':id')}`;
  served.push({ port: request.socket.localPort ?? 0, what, begun: at, ms: performance.now() - at });
});

const directory = await mkdtemp(join(tmpdir(), 'plinth-bench-'));
const stops: (() => Promise<unknown> | void)[] = [() => rm(directory, { recursive: true, force: true })];
try {
  const provider = providers.find((candidate) => candidate.compute && candidate.instance);
  if (!provider) throw new Error('no provider has servers');
  const postgres = await startEmbeddedPostgres({ dataDir: join(directory, 'postgres') });
  stops.push(() => postgres.stop());
  await migrate(postgres.url);
  const simulator = await startSimulator({ speed: 1_000 });
  stops.push(() => simulator.close());
  const { pulumi } = await ensureToolchain({ need: 'engine', onProgress: progress });
  const hosts = unlimitedHosts();
  stops.push(() => hosts.close(1_000));
  const { accounts, specOf } = await benchStack(simulator, provider);
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
  const statePort = Number(new URL(state.origin).port);

  /** Milliseconds from the call: when the engine's process ran, when it first spoke, when events came, and the end. */
  const run = async (id: string): Promise<Record<string, number>> => {
    const start = performance.now();
    const at: Record<string, number> = {};
    const note = (name: string): void => void (at[name] ??= performance.now() - start);
    const result = await engine.run({
      operation: 'up',
      stack: `vps-${id}`,
      spec: specOf(id),
      accounts,
      message: 'profile',
      allowInstanceReplacement: false,
      onEvent: ({ type }) => {
        note('first event');
        at[`last ${type}`] = performance.now() - start;
      },
      onProcess: () => note('engine started'),
    });
    if (!result.ok) throw new Error(`${result.fault?.kind}: ${result.fault?.message}`);
    note('end');
    const mine = served.filter(({ begun: when }) => when >= start);
    const states = mine.filter(({ port }) => port === statePort);
    const clouds = mine.filter(({ port }) => port !== statePort);
    const between = (list: readonly Served[]): void => {
      const name = list === states ? 'state' : 'provider';
      if (list.length === 0) return;
      at[`first ${name} request`] = Math.min(...list.map((each) => each.begun)) - start;
      at[`last ${name} answer`] = Math.max(...list.map((each) => each.begun + each.ms)) - start;
    };
    between(states);
    between(clouds);
    return at;
  };

  for (let index = 0; index < 3; index += 1) await run(`warm${index}`);
  const cpu = async (): Promise<Record<string, number>> => {
    const { user, system } = process.cpuUsage();
    const { ended, living } = await childrenCpuSeconds(process.pid, [postgres.pid]);
    return { engines: ended, runners: living, here: (user + system) / 1_000_000, postgres: await treeCpuSeconds(postgres.pid) };
  };
  const spent = (before: Record<string, number>, after: Record<string, number>, count: number): object =>
    Object.fromEntries(Object.keys(before).map((name) => [name, round((after[name]! - before[name]!) / count)]));

  served.length = 0;
  const [before, moments] = [await cpu(), [] as Record<string, number>[]];
  for (let index = 0; index < operations; index += 1) moments.push(await run(`one${index}`));
  const alone = spent(before, await cpu(), operations);
  const requests = Map.groupBy(
    served.filter(({ port }) => port === statePort),
    ({ what }) => what,
  );
  const crowdedBefore = await cpu();
  const started = performance.now();
  const waiting = Array.from({ length: operations * 2 }, (_, index) => `many${index}`);
  const lane = async (): Promise<void> => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) await run(id);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  const seconds = (performance.now() - started) / 1_000;
  const names = [...new Set(moments.flatMap((each) => Object.keys(each)))];
  const timeline = names.map((name) => [name, Math.round(median(moments.flatMap((each) => each[name] ?? [])))] as const);
  console.log(
    JSON.stringify({
      bench: 'engine-profile',
      operations,
      ms_since_call: Object.fromEntries(timeline.toSorted((a, b) => a[1] - b[1])),
      cpu_s_per_operation: alone,
      state_requests_per_operation: Object.fromEntries(
        [...requests].map(([what, list]) => [
          what,
          { count: round(list.length / operations), p50_ms: round(median(list.map(({ ms }) => ms))) },
        ]),
      ),
      at_once: {
        lanes: atOnce,
        operations_per_second: round((operations * 2) / seconds),
        cpu_s_per_operation: spent(crowdedBefore, await cpu(), operations * 2),
      },
    }),
  );
} finally {
  for (const stop of stops.toReversed()) await stop();
}
