/**
 * The engine driver: each operation is one CLI process, its program runs in a warm runner, and its
 * providers are served by this process. Everything else in Plinth reaches Pulumi through here.
 */
import { availableParallelism } from 'node:os';
import { getCompileCacheDir } from 'node:module';
import { dirname, join } from 'node:path';
import { attachProviders } from './attachment.ts';
import { CredentialFiles } from './credentials.ts';
import { EventServers } from './event-servers.ts';
import { CpuGate } from './gate.ts';
import { runOperation } from './operation.ts';
import type { ProviderHostPool } from './provider-host/pool.ts';
import { Runners } from './runners.ts';
import type { Engine, EngineRequest, EngineResult, StateBackend } from './types.ts';
import { baseEnvironment, prepareWorkspace, type EngineWorkspace } from './workspace.ts';

export interface EngineLog {
  warn(detail: object, message: string): void;
}

export interface EngineOptions {
  /** Path of the pulumi binary. */
  readonly pulumi: string;
  /** Directory for the CLI's project and home; may be shared by operations, not by users. */
  readonly workDir: string;
  readonly backend: StateBackend;
  readonly hosts: Pick<ProviderHostPool, 'acquire'>;
  /** Operations in their CPU phase at once. Default 2 × cores. */
  readonly concurrency?: number;
  /** Milliseconds between a cancel's SIGINT and SIGKILL. Default 15 minutes: longer than the slowest create. */
  readonly cancelGraceMs?: number;
  /** Milliseconds `close()` lets running operations finish before it cancels and kills them. Default 30 000. */
  readonly closeGraceMs?: number;
  readonly log: EngineLog;
  /** Module and export of the stack program. Default `stacks/vps.ts`, `program`. */
  readonly program?: { readonly url: URL; readonly exportName: string };
}

const DEFAULT_CANCEL_GRACE_MS = 15 * 60_000;
const DEFAULT_CLOSE_GRACE_MS = 30_000;
/** After the close grace a cancelled operation gets this long before it is killed. */
const LAST_GRACE_MS = 2_000;

interface Running {
  readonly done: Promise<unknown>;
  cancel(graceMs: number): void;
}

/** Starts runners. Throws when the stack program cannot be loaded. */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const workspace = await prepareWorkspace(options.workDir);
  const concurrency = options.concurrency ?? 2 * availableParallelism();
  const program = options.program ?? { url: new URL('../stacks/vps.ts', import.meta.url), exportName: 'program' };
  const runners = new Runners({
    program: program.url.href,
    exportName: program.exportName,
    warm: concurrency,
    // The program reads nothing from its environment; the SDK wants a PATH and a home. Compiled modules are kept, because
    // compiling them is half of a runner's start.
    env: {
      PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
      HOME: workspace.home,
      NODE_ENV: 'production',
      NODE_COMPILE_CACHE: compiledModules() ?? join(workspace.home, 'compiled'),
    },
  });
  const credentials = new CredentialFiles(join(options.workDir, 'credentials'));
  await credentials.prepare();
  const engine = new Driver(options, workspace, credentials, concurrency, runners);
  try {
    await runners.start();
  } catch (error) {
    await runners.close();
    throw error;
  }
  return engine;
}

/** Where this process keeps what it compiled, if it does: above the directory of this very Node. */
function compiledModules(): string | null {
  const own = getCompileCacheDir();
  return own === undefined ? null : dirname(own);
}

class Driver implements Engine {
  readonly #options: EngineOptions;
  readonly #workspace: EngineWorkspace;
  readonly #credentials: CredentialFiles;
  readonly #gate: CpuGate;
  readonly #runners: Runners;
  readonly #events = new EventServers();
  readonly #running = new Set<Running>();
  #closed = false;

  constructor(options: EngineOptions, workspace: EngineWorkspace, credentials: CredentialFiles, concurrency: number, runners: Runners) {
    this.#options = options;
    this.#workspace = workspace;
    this.#credentials = credentials;
    this.#gate = new CpuGate(concurrency);
    this.#runners = runners;
  }

  async run(request: EngineRequest): Promise<EngineResult> {
    if (this.#closed) throw new Error('the engine is closed; start another one before running operations');
    const closing = new AbortController();
    let graceMs = this.#options.cancelGraceMs ?? DEFAULT_CANCEL_GRACE_MS;
    const signal = request.signal ? AbortSignal.any([request.signal, closing.signal]) : closing.signal;
    const { hosts, pulumi, log } = this.#options;
    const guarded: EngineRequest = {
      ...request,
      signal,
      onEvent: (event) => {
        try {
          request.onEvent(event);
        } catch (error) {
          log.warn({ err: error, stack: request.stack }, 'an event listener failed; the operation goes on');
        }
      },
    };
    const done = runOperation(guarded, {
      pulumi,
      projectDir: this.#workspace.dir,
      environment: baseEnvironment(this.#workspace),
      cancelGraceMs: () => graceMs,
      runners: this.#runners,
      events: this.#events,
      acquireSlot: () => this.#gate.acquire(),
      openState: () => this.#openState(request),
      attach: () => attachProviders(hosts, request.accounts),
    });
    const running: Running = {
      done: done.catch(() => undefined),
      cancel: (ms) => {
        graceMs = Math.min(graceMs, ms);
        closing.abort();
      },
    };
    this.#running.add(running);
    try {
      return await done;
    } finally {
      this.#running.delete(running);
    }
  }

  async #openState(request: EngineRequest): ReturnType<StateBackend['open']> {
    const state = await this.#options.backend.open(request.stack, request.operation);
    try {
      const credentials = await this.#credentials.open(state.env);
      const release = async (): Promise<void> => {
        await credentials.release();
        await state.release();
      };
      return { env: credentials.env, release };
    } catch (error) {
      await state.release();
      throw error;
    }
  }

  async export(stack: string): Promise<unknown | null> {
    return await this.#options.backend.export(stack);
  }

  async import(stack: string, deployment: unknown): Promise<void> {
    await this.#options.backend.import(stack, deployment);
  }

  async history(stack: string, limit: number): ReturnType<Engine['history']> {
    return await this.#options.backend.history(stack, limit);
  }

  async recover(stack: string): ReturnType<Engine['recover']> {
    return await this.#options.backend.recover(stack);
  }

  async remove(stack: string): Promise<void> {
    await this.#options.backend.remove(stack);
  }

  async outputs(stack: string): ReturnType<Engine['outputs']> {
    return await this.#options.backend.outputs(stack);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const all = Promise.all([...this.#running].map((running) => running.done));
    let timer: NodeJS.Timeout | undefined;
    const grace = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), this.#options.closeGraceMs ?? DEFAULT_CLOSE_GRACE_MS);
    });
    if ((await Promise.race([all, grace])) === 'late') {
      for (const running of this.#running) running.cancel(LAST_GRACE_MS);
      await all;
    }
    clearTimeout(timer);
    await this.#runners.close();
    this.#events.close();
  }
}

/** The service makes the pool, because its own look-ups share the accounts' rate budgets. */
export { ProviderHostPool, type HostLease } from './provider-host/pool.ts';
export type { AskedCall, CallGuard } from './provider-host/guarded.ts';
