/**
 * Plinth and the simulator as processes of their own, so that a test can kill, pause and restart one without the other.
 * All services of one cluster share a database, a master key and the simulator.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../architecture/repository.ts';
import { until } from './until.ts';

/** For a machine whose every core is taken many times over. */
const START_MS = 180_000;
const LEASH = join(ROOT, 'test', 'support', 'leash.ts');
const ENDED = '(it has ended)';

export interface Running {
  readonly pid: number;
  /** What it printed, for messages of failed tests. */
  output(): string;
  signal(signal: NodeJS.Signals): void;
  /** Signals and waits for its end; the exit code, null when the signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

export interface Service extends Running {
  readonly origin: string;
}

export interface Cluster {
  readonly simulator: Running & { readonly origin: string };
  /** Starts `node server/main.ts`; resolves when it listens (a worker: when it runs). Each `name` has its own files. `wrap`: a command that becomes the process it is given. */
  service(name: string, env?: Readonly<Record<string, string>>, wrap?: readonly string[]): Promise<Service>;
  /** The first admin's. */
  readonly token: () => Promise<string>;
  /** Ends all processes and removes their files. */
  close(): Promise<void>;
}

/** @param speed of the simulated clouds; 1 is as slow as the real ones @param root of the code that runs */
export async function openCluster(databaseUrl: string, speed: number, root = ROOT): Promise<Cluster> {
  const dataDir = await mkdtemp(join(tmpdir(), 'plinth-cluster-'));
  const masterKey = randomBytes(32).toString('base64');
  const started: Running[] = [];
  let first: string | undefined;
  const launch = (file: string, env: Readonly<Record<string, string>>, wrap: readonly string[] = []): Running => {
    const running = startProcess(root, file, env, wrap);
    started.push(running);
    return running;
  };
  const world = { SIMULATOR_PORT: '0', SIMULATOR_SPEED: String(speed), SIMULATOR_DATA: join(dataDir, 'world.sqlite') };
  const simulator = launch('simulator/main.ts', world);
  const simulatorOrigin = await printed(simulator, /Simulator at (\S+)/);
  return {
    simulator: { ...simulator, origin: simulatorOrigin },
    async service(name, env = {}, wrap = []) {
      first ??= name;
      const service = launch(
        'server/main.ts',
        {
          DATABASE_URL: databaseUrl,
          PLINTH_DATA_DIR: join(dataDir, name),
          PLINTH_MASTER_KEY: masterKey,
          PLINTH_LOG_LEVEL: 'warn',
          PLINTH_HEARTBEAT_SECONDS: '0.5',
          // What a test ends without a word of when is to go now.
          PLINTH_TERMINATION_GRACE_HOURS: '0',
          PORT: '0',
          SIMULATOR_URL: simulatorOrigin,
          ...env,
        },
        wrap,
      );
      const worker = env['PLINTH_ROLE'] === 'worker';
      return { ...service, origin: await printed(service, worker ? /(Plinth worker) is running/ : /running at (\S+)/) };
    },
    token: async () => (await readFile(join(dataDir, first ?? '', 'admin-token'), 'utf8')).trim(),
    async close() {
      await Promise.all(started.map((running) => running.end('SIGKILL')));
      await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function startProcess(root: string, file: string, env: Readonly<Record<string, string>>, wrap: readonly string[]): Running {
  const [command, ...args] = [...wrap, process.execPath, '--import', LEASH, join(root, file)];
  const child: ChildProcess = spawn(command!, args, {
    cwd: root,
    // Plinth refuses settings it does not know; this one is the tests'.
    env: { ...process.env, PLINTH_LONG_TESTS: undefined, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  const exit = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const living = (): boolean => child.exitCode === null && child.signalCode === null;
  return {
    pid: child.pid!,
    output: () => (living() ? text : `${text}\n${ENDED}: ${child.exitCode ?? child.signalCode}`),
    signal: (signal) => void child.kill(signal),
    async end(signal) {
      if (living()) child.kill(signal);
      return await exit;
    },
  };
}

async function printed(running: Running, pattern: RegExp): Promise<string> {
  const told = () => pattern.exec(running.output())?.[1] ?? (running.output().includes(ENDED) ? ENDED : undefined);
  const found = await until(told, { timeoutMs: START_MS, what: `${pattern} of a process` });
  if (found === ENDED) throw new Error(`A process did not start: ${running.output()}`);
  return found;
}
