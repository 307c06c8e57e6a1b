/** Builds everything one Plinth process needs, in order, and takes it down in reverse. */
import { chmod, chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { createEngine, ProviderHostPool } from '../automation/engine.ts';
import { ensureToolchain } from '../automation/toolchain.ts';
import { ENGINE } from '../automation/toolchain/pins.ts';
import { keepFilesPrivate, makePrivate } from '../lib/private-files.ts';
import { migrate } from '../prisma/migrate.ts';
import { findProvider, providers } from '../providers/list.ts';
import { setPatience } from '../providers/patience.ts';
import { mountPath, type Simulator, startSimulator } from '../simulator/server.ts';
import { followDatabaseClock } from './kernel/clock.ts';
import type { Config } from './kernel/config.ts';
import type { Domain, WorkParts } from './kernel/domain.ts';
import { domainsOver } from './domains.ts';
import { watchDisk } from './kernel/disk-watch.ts';
import { startPlacing } from './kernel/events/placing.ts';
import { startProcessing } from './kernel/events/processing.ts';
import { Signals } from './kernel/events/signals.ts';
import { Hooks } from './kernel/hooks.ts';
import { startEmbeddedPostgres } from './kernel/postgres/embedded.ts';
import { unprivilegedUser } from './kernel/postgres/binaries.ts';
import { simulatedMachines } from './kernel/http/simulated-machines.ts';
import { Metrics } from './kernel/http/metrics.ts';
import { Wall } from './kernel/http/safe-fetch.ts';
import { serveHttp } from './serve.ts';
import { connectionConfig, openPool } from './kernel/postgres/connections.ts';
import { openLog } from './kernel/log.ts';
import { openReader } from './kernel/reader.ts';
import { installWall } from './kernel/wall/install.ts';
import { ScopedPool } from './kernel/wall/scoped-pool.ts';
import { readingClient, whoeverReads } from './kernel/wall/wall.ts';
import { Recent } from './kernel/recent.ts';
import { enqueueOperation, openQueue } from './kernel/queue.ts';
import { Pulse } from './kernel/pulse.ts';
import { Refusal } from './kernel/problem.ts';
import { loadMasterKey, SecretBox } from './kernel/secrets.ts';
import { seed, type Seeded } from './seed.ts';
import { assertKeysLoaded } from './operating/master-key.ts';
import type { Services } from './kernel/services.ts';
import { type Database, openDatabase } from './kernel/database.ts';
import type { StackCare } from './backend/care.ts';
import { openStateService, type StateService } from './backend/service.ts';
import { databaseHasSecrets } from './kernel/settings.ts';
import { knownServers } from './vps/store.ts';
import { leaveSetupLink } from './identity/sign-in/setup.ts';
import { putIntoOutbox } from './notifications/mail/outbox.ts';
import { startSweeps } from './kernel/schedule/runner.ts';

export interface Runtime {
  /** Where HTTP listens; null for a worker alone. */
  readonly origin: string | null;
  readonly simulatorOrigin: string | null;
  readonly services: Services;
  /** The stacks' states over time. */
  readonly care: StackCare;
  readonly seeded: Seeded;
  /** Holds the link that makes the first superadmin; null once there is one, and in a worker. */
  readonly setupFile: string | null;
  /** Drains and closes everything. Safe to call twice. */
  stop(): Promise<void>;
}

type Stop = () => Promise<unknown> | void;

/** Connections at most, `reader` twice, besides eight of the queue and of streams. Two processes of any role fit into PostgreSQL's usual hundred. */
const CONNECTIONS = {
  all: { web: 6, reader: 3, worker: 10, sweep: 5, state: 12 },
  http: { web: 12, reader: 4, worker: 0, sweep: 0, state: 20 },
  worker: { web: 4, reader: 1, worker: 14, sweep: 6, state: 14 },
} as const;

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

/** Whoever runs Plinth is better served late than never; whoever works on it is told at once. */
const tellSecond =
  ({ mode }: Config, log: Services['log']) =>
  (error: Error): void => {
    if (mode === 'development') throw error;
    log.error({ err: error }, 'a transaction waits for a second connection: with many of them at once nobody is answered');
  };

async function build(config: Config, progress: (line: string) => void, stops: Stop[], stop: () => Promise<void>): Promise<Runtime> {
  const log = openLog(config.logLevel);
  setPatience(config.patience);
  await openDataDir(config);
  const disk = await watchDisk(config.dataDir, { withReserve: config.databaseUrl === undefined, log });
  stops.push(() => disk.stop());
  const url = await databaseUrl(config, progress, stops);
  await migrate(url, { onProgress: progress });
  const open = (kind: 'web' | 'worker' | 'sweep'): Database => {
    const opened = openDatabase(url, CONNECTIONS[config.role][kind], kind, tellSecond(config, log));
    stops.push(() => opened.$disconnect());
    return opened;
  };
  const db = open('web');
  const { reader, readingDb } = await openReading(config, url, db, log, stops);
  const clock = await followDatabaseClock(db, log);
  stops.push(() => clock.stop());
  const secrets = await openSecrets(config, db);
  const simulator = await openSimulator(config, log, stops);
  const pulse = new Pulse(config.heartbeatMs);
  const hosts = new ProviderHostPool({
    find: findProvider,
    log: (severity, message, urn) => log[severity === 'info' ? 'info' : 'debug']({ severity, urn }, message),
    forbidden: () => pulse.forbidden(),
    simulatorSpeed: config.simulator.speed,
  });
  const boss = await openQueue(url, log);
  stops.push(() => boss.stop({ graceful: true, timeout: 5_000 }));
  const services: Services = {
    config,
    db: readingDb,
    reader,
    recent: new Recent(),
    secrets,
    log,
    providers,
    budgetFor: (connection, provider) => hosts.budgetFor(connection, provider.descriptor),
    endpointOf: ({ descriptor }, kind) => {
      // What has no API is nowhere; such an account is only called simulated where others are.
      if (descriptor.apiBaseUrl === null) return { kind, baseUrl: '' };
      if (kind === 'real') return { kind, baseUrl: descriptor.apiBaseUrl };
      if (!simulator)
        throw new Refusal(
          409,
          'simulator_off',
          'The simulator is off here, so accounts at it cannot be used. Set SIMULATOR=on in development mode.',
        );
      return { kind, baseUrl: simulator.baseUrl(descriptor.id) };
    },
    knownServers: (accountId) => knownServers(db, accountId),
    stacks: {
      prepare: (stack, texts) => state.backend.prepare(stack, texts),
    },
    ...(simulator ? { machines: simulatedMachines(simulator.origin, config.simulator.token) } : {}),
    planNames: {},
    uncompared: new Set(),
    disk,
    hooks: new Hooks(),
    wall: new Wall({ connectMap: config.connectMap }),
    mail: (tx, order) => putIntoOutbox({ config, secrets }, tx, order),
    enqueue: (tx, operation) => enqueueOperation(boss, tx, operation),
  };
  const signals = await openSignals(url, services, stops);
  const state = await openStateService(services, url, `v${ENGINE.version}`, CONNECTIONS[config.role].state);
  stops.push(() => state.close());
  const domains = domainsOver(state);
  for (const { follow } of domains) follow?.(services);
  const seeded = await seed(services);
  for (const { upgrade } of domains) await upgrade?.(services);
  const metrics = new Metrics(domains.flatMap(({ gauges }) => gauges?.(db) ?? []));
  const origin = config.role === 'worker' ? null : await serveHttp({ services, signals, metrics, domains, hosts }, stops);
  for (const { opened } of domains) await opened?.(services, { http: origin, simulator: simulator?.origin ?? null });
  const setupFile = origin === null ? null : await leaveSetupLink(services, origin);
  if (config.role !== 'http') {
    const engine = await openEngine(config, state, hosts, log, progress, stops);
    await startWork({ services, engine, pulse, metrics, boss, open, signals, domains }, stops);
  }
  return { origin, simulatorOrigin: simulator?.origin ?? null, services, care: state.care, seeded, setupFile, stop };
}

/** For what pages wait for, and behind the second wall where it stands: `readingDb` reads for the request that is served. */
async function openReading({ role }: Config, url: string, db: Database, log: Logger, stops: Stop[]) {
  const lost = (error: Error): void => log.warn({ err: error }, 'an idle connection of the reader was lost');
  const max = CONNECTIONS[role].reader;
  const stands = role !== 'worker' && (await installWall(db));
  if (role !== 'worker' && !stands)
    log.warn('the database user may make no role, so the second wall between organizations is missing: see docs/operating.md');
  const scoped = stands ? new ScopedPool({ ...connectionConfig(url, 'web'), max }) : null;
  scoped?.on('error', lost);
  const reader = openReader(openPool(url, 'web', max, lost), scoped);
  const walled = scoped && readingClient(scoped, db);
  stops.push(
    () => reader.close(),
    () => walled?.$disconnect(),
  );
  return { reader, readingDb: walled ? whoeverReads(db, walled) : db };
}

/** What wakes the readers of events, and gives events their positions. */
async function openSignals(url: string, { db, log, recent }: Services, stops: Stop[]): Promise<Signals> {
  const signals = new Signals(url, log);
  signals.on('plinth_caller', () => recent.forget());
  const placing = startPlacing(db, signals, log);
  await signals.start();
  stops.push(
    () => signals.close(),
    () => placing.stop(),
  );
  return signals;
}

interface Workshop extends Omit<WorkParts, 'operating'> {
  readonly open: (kind: 'worker' | 'sweep') => Database;
  readonly signals: Signals;
  readonly domains: readonly Domain[];
}

/** What works by itself, on connections of its own. What must be known before anything does comes first, sweeps last. */
async function startWork({ services: shared, open, signals, domains, ...parts }: Workshop, stops: Stop[]): Promise<void> {
  // They fall through to the same services, so what is exchanged there holds for all.
  const operating: Services = Object.create(shared, { db: { value: open('worker'), enumerable: true } });
  const services: Services = Object.create(shared, { db: { value: open('sweep'), enumerable: true } });
  for (const { watch } of domains) {
    const watching = await watch?.(services);
    if (watching) stops.push(() => watching.stop());
  }
  for (const { work } of domains) for (const each of (await work?.({ ...parts, services, operating })) ?? []) stops.push(() => each.stop());
  const processors = domains.flatMap((domain) => domain.processors?.(services) ?? []);
  const processing = await startProcessing(services.db, services.log, signals, processors);
  stops.push(() => processing.stop());
  const sweeps = await startSweeps(
    services,
    domains.flatMap((domain) => domain.sweeps?.(services) ?? []),
  );
  stops.push(() => sweeps.stop());
}

async function openSimulator(config: Config, log: Logger, stops: Stop[]) {
  const { enabled, url, ...options } = config.simulator;
  if (!enabled) return null;
  if (url !== undefined) return remoteSimulator(url);
  const dataFile = join(config.dataDir, 'simulator.sqlite');
  const simulator = await startSimulator({ ...options, dataFile, log: (message) => log.debug(message) });
  stops.push(() => simulator.close());
  return simulator;
}

/** A simulator that another process runs: its address is all that is needed. */
function remoteSimulator(origin: string): Pick<Simulator, 'origin' | 'baseUrl' | 'close'> {
  return { origin, baseUrl: (provider) => origin + mountPath(provider), close: async () => undefined };
}

/** Nobody else's. Only the embedded database's own user, which root needs, passes through to what is its own, and sees nothing. */
async function openDataDir({ dataDir: path, databaseUrl: ownDatabase }: Config): Promise<void> {
  const database = join(path, 'postgres');
  keepFilesPrivate();
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    const guest = process.getuid?.() === 0 && ownDatabase === undefined ? await unprivilegedUser() : undefined;
    if (guest) await chown(path, 0, guest.gid);
    await chmod(path, guest ? 0o710 : 0o700);
    await makePrivate(path, (each) => each === database);
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
