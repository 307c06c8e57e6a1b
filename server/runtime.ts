/** Builds everything one Plinth process needs, in order, and takes it down in reverse. */
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pino, type Logger } from 'pino';
import { createEngine, ProviderHostPool } from '../automation/engine.ts';
import { readStartTime } from '../automation/recovery.ts';
import { ensureToolchain } from '../automation/toolchain.ts';
import { ENGINE } from '../automation/toolchain/pins.ts';
import { migrate } from '../prisma/migrate.ts';
import { findProvider, providers } from '../providers/list.ts';
import { setPatience } from '../providers/patience.ts';
import { mountPath, type Simulator, startSimulator } from '../simulator/server.ts';
import type { Config } from './config.ts';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import { Metrics } from './http/metrics.ts';
import { serveHttp } from './http/serve.ts';
import { enqueueOperation, openQueue } from './jobs/queue.ts';
import { Pulse } from './jobs/pulse.ts';
import { thisWorker } from './jobs/run-operation.ts';
import { startWorker } from './jobs/worker.ts';
import { Refusal } from './problem.ts';
import { loadMasterKey, SecretBox } from './secrets.ts';
import { seed, type Seeded } from './seed.ts';
import { assertKeysLoaded } from './services/master-key.ts';
import type { Services } from './services/services.ts';
import { startBulkRuns } from './sweeps/bulk.ts';
import { startTerminations } from './sweeps/terminations.ts';
import { type Database, openDatabase } from './store/database.ts';
import { openStateService, type StateService } from './state/service.ts';
import { databaseHasSecrets } from './store/settings.ts';
import { allSweeps } from './sweeps/all.ts';
import { startRestoreWatch } from './sweeps/restore-watch.ts';
import { startSweeps } from './sweeps/runner.ts';

export interface Runtime {
  /** Where HTTP listens; null for a worker alone. */
  readonly origin: string | null;
  readonly simulatorOrigin: string | null;
  readonly services: Services;
  readonly seeded: Seeded;
  /** Drains and closes everything. Safe to call twice. */
  stop(): Promise<void>;
}

type Stop = () => Promise<unknown> | void;

/** @throws Error with one line that says what to do. */
export async function startRuntime(config: Config, progress: (line: string) => void): Promise<Runtime> {
  const stops: Stop[] = [];
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= stopAll(stops));
  try {
    return await build(config, progress, stops, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function build(config: Config, progress: (line: string) => void, stops: Stop[], stop: () => Promise<void>): Promise<Runtime> {
  const log = pino({
    level: config.logLevel,
    redact: ['*.authorization', '*.api_key', '*.root_pass', '*.password', '*.credential', '*.secret'],
  });
  setPatience(config.patience);
  await openDataDir(config.dataDir);
  const url = await databaseUrl(config, progress, stops);
  await migrate(url, { onProgress: progress });
  const db = openDatabase(url);
  stops.push(() => db.$disconnect());
  const secrets = await openSecrets(config, db);
  const simulator = !config.simulator.enabled
    ? null
    : config.simulator.url !== undefined
      ? remoteSimulator(config.simulator.url)
      : await startSimulator({
          port: config.simulator.port,
          speed: config.simulator.speed,
          dataFile: join(config.dataDir, 'simulator.sqlite'),
          log: (message) => log.debug(message),
        });
  if (simulator) stops.push(() => simulator.close());
  const pulse = new Pulse(config.heartbeatMs);
  const hosts = new ProviderHostPool({
    find: findProvider,
    log: (severity, message, urn) => log.debug({ severity, urn }, message),
    forbidden: () => pulse.forbidden(),
  });
  const boss = await openQueue(url, log);
  stops.push(() => boss.stop({ graceful: true, timeout: 5_000 }));
  const services: Services = {
    config,
    db,
    secrets,
    log,
    providers,
    budgetFor: (accountId, provider) => hosts.budgetFor(accountId, provider.descriptor),
    endpointOf: ({ descriptor }, kind) => {
      if (kind === 'real') return { kind, baseUrl: descriptor.apiBaseUrl };
      if (!simulator)
        throw new Refusal(
          409,
          'simulator_off',
          'The simulator is off here, so accounts at it cannot be used. Set SIMULATOR=on in development mode.',
        );
      return { kind, baseUrl: simulator.baseUrl(descriptor.id) };
    },
    stacks: {
      prepare: (stack, texts) => state.backend.prepare(stack, texts),
      get care() {
        return state.care;
      },
    },
    enqueue: (tx, operation) => enqueueOperation(boss, tx, operation),
  };
  const seeded = await seed(services);
  const metrics = new Metrics(db);
  const state = await openStateService(services, url, `v${ENGINE.version}`);
  stops.push(() => state.close());
  const origin = config.role === 'worker' ? null : await serveHttp({ services, databaseUrl: url, metrics, state, hosts }, stops);
  if (config.role !== 'http') {
    const engine = await openEngine(config, state, hosts, log, progress, stops);
    const context = {
      services,
      engine,
      pulse,
      lease: thisWorker(readStartTime(process.pid)),
      attempted: (kind: string, outcome: string) => metrics.attempt(kind, outcome),
    };
    const watch = await startRestoreWatch(services);
    stops.push(() => watch.stop());
    const worker = await startWorker(context, boss);
    stops.push(() => worker.stop(config.drainMs));
    for (const each of [startTerminations(services), startBulkRuns(services)]) stops.push(() => each.stop());
    const sweeps = await startSweeps(services, allSweeps(services));
    stops.push(() => sweeps.stop());
  }
  return { origin, simulatorOrigin: simulator?.origin ?? null, services, seeded, stop };
}

/** A simulator that another process runs: its address is all that is needed. */
function remoteSimulator(origin: string): Pick<Simulator, 'origin' | 'baseUrl' | 'close'> {
  return { origin, baseUrl: (provider) => origin + mountPath(provider), close: async () => undefined };
}

/** Others may pass through to what is theirs (the database's own user) but see nothing. */
async function openDataDir(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
    await chmod(path, 0o711);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(
      `Cannot use the data directory ${path} (${code}). Make it writable for this user, or choose another with PLINTH_DATA_DIR.`,
      { cause: error },
    );
  }
}

async function databaseUrl(config: Config, progress: (line: string) => void, stops: Stop[]): Promise<string> {
  if (config.databaseUrl !== undefined) return config.databaseUrl;
  const postgres = await startEmbeddedPostgres({ dataDir: join(config.dataDir, 'postgres'), onProgress: progress });
  stops.push(() => postgres.stop());
  return postgres.url;
}

async function openSecrets(config: Config, db: Database): Promise<SecretBox> {
  const key = await loadMasterKey(config.dataDir, config.masterKey, !(await databaseHasSecrets(db)));
  const secrets = new SecretBox(key, config.previousMasterKey === undefined ? [] : [Buffer.from(config.previousMasterKey, 'base64')]);
  await assertKeysLoaded(db, secrets);
  return secrets;
}

async function openEngine(
  config: Config,
  state: StateService,
  hosts: ProviderHostPool,
  log: Logger,
  progress: (line: string) => void,
  stops: Stop[],
) {
  const { pulumi } = await ensureToolchain({ need: 'engine', onProgress: progress });
  const workDir = join(config.dataDir, 'engine');
  const engine = await createEngine({
    pulumi,
    workDir,
    backend: state.backend,
    hosts,
    concurrency: config.concurrency,
    closeGraceMs: 5_000,
    log,
  });
  stops.push(
    () => hosts.close(),
    () => engine.close(),
  );
  return engine;
}

async function stopAll(stops: Stop[]): Promise<void> {
  for (const stop of stops.toReversed()) {
    try {
      await stop();
    } catch (error) {
      // One part that cannot stop must not keep the others up.
      process.stderr.write(`plinth: while stopping: ${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
}
