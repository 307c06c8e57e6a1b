/**
 * Warm runners: child processes with the stack program loaded. Each serves one operation at a time;
 * one that dies fails only its operation and is replaced.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { PrepareMessage, RunnerMessage } from './runner-protocol.ts';

/** Runs after which a runner is replaced, so that nothing an SDK keeps can pile up. */
const RUNS_PER_RUNNER = 200;
/** Loading the SDKs takes about a second; this is for a machine under load. */
const START_TIMEOUT_MS = 60_000;
const ERROR_TAIL = 4_000;
/** Without an operation for this long, one runner is enough: each of the others keeps some 130 MB from the machine. */
const REST_AFTER_MS = 300_000;

export interface RunnersOptions {
  /** URL of the module with the stack program. */
  readonly program: string;
  readonly exportName: string;
  /** Idle runners kept. More are started when operations need them and end when idle again. */
  readonly warm: number;
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds without an operation until all idle runners but one end; they come back with the work. */
  readonly restAfterMs?: number;
}

/** One program run on a leased runner. */
export interface RunnerLease {
  /** Loopback port of the language server. */
  readonly port: number;
  readonly pid: number;
  /** Resolves with the outputs, or null when the program ended without all of them known. */
  outputs(waitMs: number): Promise<Record<string, unknown> | null>;
  /** What the program threw, when it did. */
  readonly programError: () => string | undefined;
  /** Why the runner is gone, when it is. */
  readonly death: () => string | undefined;
  /** `healthy: false` ends the runner instead of using it again. */
  release(healthy: boolean): void;
}

interface Runner {
  readonly child: ChildProcess;
  readonly ready: Promise<number>;
  isReady: boolean;
  runs: number;
  death: string | undefined;
  onMessage: ((message: RunnerMessage) => void) | undefined;
  onDeath: (() => void) | undefined;
}

function startRunner(options: RunnersOptions): Runner {
  const child = fork(fileURLToPath(new URL('./runner.ts', import.meta.url)), [options.program, options.exportName], {
    env: { ...options.env },
    execArgv: [],
    serialization: 'json',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-ERROR_TAIL)));
  const { promise: ready, resolve, reject } = Promise.withResolvers<number>();
  ready.catch(() => undefined);
  const runner: Runner = { child, ready, isReady: false, runs: 0, death: undefined, onMessage: undefined, onDeath: undefined };
  const timer = setTimeout(() => {
    reject(new Error(`the stack program did not load within ${START_TIMEOUT_MS / 1000} s`));
    child.kill('SIGKILL');
  }, START_TIMEOUT_MS);
  child.on('message', (message: RunnerMessage) => {
    if (message.type === 'ready') {
      clearTimeout(timer);
      runner.isReady = true;
      resolve(message.port);
    } else if (message.type === 'broken') reject(new Error(`the stack program cannot be loaded: ${message.message}`));
    else runner.onMessage?.(message);
  });
  child.on('error', (error) => reject(error));
  child.on('exit', (code, signal) => {
    clearTimeout(timer);
    const lastLine = stderr.trim().split('\n').slice(-1)[0] ?? '';
    runner.death = `the runner process ended (${signal ?? `exit code ${code}`})${lastLine && `: ${lastLine}`}`;
    reject(new Error(runner.death));
    runner.onDeath?.();
  });
  return runner;
}

export class Runners {
  readonly #options: RunnersOptions;
  readonly #idle: Runner[] = [];
  readonly #all = new Set<Runner>();
  #run = 0;
  #closed = false;
  #rest: NodeJS.Timeout | undefined;

  constructor(options: RunnersOptions) {
    this.#options = options;
  }

  /** Starts one runner; resolves when it is ready. The others come with the work. Throws when the program cannot be loaded. */
  async start(): Promise<void> {
    const first = this.#add();
    this.#idle.push(first);
    await first.ready;
  }

  #restLater(): void {
    clearTimeout(this.#rest);
    const rest = (): void => {
      for (const runner of this.#idle.splice(1)) runner.child.kill('SIGKILL');
    };
    this.#rest = setTimeout(rest, this.#options.restAfterMs ?? REST_AFTER_MS).unref();
  }

  #add(): Runner {
    const runner = startRunner(this.#options);
    this.#all.add(runner);
    runner.child.once('exit', () => {
      this.#all.delete(runner);
      const at = this.#idle.indexOf(runner);
      if (at >= 0) this.#idle.splice(at, 1);
    });
    return runner;
  }

  /** Process ids of living runners, for supervision. */
  pids(): number[] {
    return [...this.#all].flatMap((runner) => (runner.child.pid === undefined ? [] : [runner.child.pid]));
  }

  /** Takes a runner and hands it the program's arguments. Throws when no runner can be started. */
  async lease(request: Omit<PrepareMessage, 'type' | 'run'>): Promise<RunnerLease> {
    if (this.#closed) throw new Error('the engine is closed');
    const runner = this.#takeIdle() ?? this.#add();
    const port = await runner.ready;
    const id = ++this.#run;
    let programError: string | undefined;
    const outputs = Promise.withResolvers<Record<string, unknown> | null>();
    const prepared = Promise.withResolvers<void>();
    prepared.promise.catch(() => undefined);
    runner.onMessage = (message) => {
      if (!('run' in message) || message.run !== id) return;
      if (message.type === 'prepared') prepared.resolve();
      if (message.type === 'outputs') outputs.resolve(message.outputs);
      if (message.type === 'program-failed') {
        programError = message.message;
        outputs.resolve(null);
      }
    };
    runner.onDeath = () => {
      prepared.reject(new Error(runner.death));
      outputs.resolve(null);
    };
    const prepare: PrepareMessage = { type: 'prepare', run: id, ...request };
    runner.child.send(prepare, (error) => error && prepared.reject(error));
    await prepared.promise;
    runner.runs += 1;
    return {
      port,
      pid: runner.child.pid ?? 0,
      programError: () => programError,
      death: () => runner.death,
      outputs: async (waitMs) => {
        const timer = setTimeout(() => outputs.resolve(null), waitMs);
        return await outputs.promise.finally(() => clearTimeout(timer));
      },
      release: (healthy) => this.#release(runner, healthy),
    };
  }

  /** One that is ready before one that still loads. */
  #takeIdle(): Runner | undefined {
    const at = this.#idle.findLastIndex(({ isReady }) => isReady);
    return at < 0 ? this.#idle.pop() : this.#idle.splice(at, 1)[0];
  }

  #release(runner: Runner, healthy: boolean): void {
    if (!this.#closed) this.#restLater();
    runner.onMessage = undefined;
    runner.onDeath = undefined;
    const reusable = healthy && runner.death === undefined && runner.runs < RUNS_PER_RUNNER;
    if (reusable && !this.#closed && this.#idle.length < this.#options.warm) {
      this.#idle.push(runner);
      return;
    }
    if (runner.death === undefined) runner.child.kill('SIGKILL');
    if (!this.#closed && this.#idle.length < this.#options.warm) this.#idle.unshift(this.#add());
  }

  /** Ends every runner and waits until they are gone. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#rest);
    await Promise.all(
      [...this.#all].map(async (runner) => {
        if (runner.child.exitCode !== null || runner.child.signalCode !== null) return;
        const gone = new Promise((resolve) => runner.child.once('exit', resolve));
        runner.child.kill('SIGKILL');
        await gone;
      }),
    );
  }
}
