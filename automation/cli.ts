/**
 * Starts the engine's CLI as its own process group, so that it can be signalled, killed and later
 * proven dead as a whole.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import type { Writable } from 'node:stream';
import { readStartTime, thisHost } from './recovery.ts';
import type { EngineProcess } from './types.ts';

/** Output beyond this many characters is cut at the front; errors come last. */
const OUTPUT_LIMIT = 64 * 1024;

/**
 * A shell waits for one line on file descriptor 3 and then becomes the engine (same process id and
 * start time), so the process can be recorded before it can do anything. End of file means that the
 * worker died first: nothing runs.
 */
const LAUNCHER = 'IFS= read -r _ <&3 || exit 125; exec "$0" "$@" 3<&-';

export interface CliRun {
  readonly binary: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly onProcess?: (process: EngineProcess) => Promise<void> | void;
  readonly signal?: AbortSignal;
  /** Milliseconds between the abort's SIGINT and SIGKILL; asked at the abort. Default 10 000. */
  readonly cancelGraceMs?: () => number;
  /** Written to standard input and closed. */
  readonly input?: string;
  /** Keep all of standard output (exports); else only its tail. */
  readonly wholeOutput?: boolean;
}

export interface CliResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** True when the abort signal ended it, gracefully or not. */
  readonly aborted: boolean;
  /** Set when the binary could not be started. */
  readonly startError?: string;
}

/** Signals a process group; a group that is gone already is fine. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function collect(stream: NodeJS.ReadableStream | null, whole: boolean): () => string {
  let text = '';
  stream?.setEncoding('utf8');
  stream?.on('data', (chunk: string) => {
    text += chunk;
    if (!whole && text.length > OUTPUT_LIMIT) text = text.slice(-OUTPUT_LIMIT);
  });
  return () => text;
}

/** Sends SIGINT on abort and SIGKILL after the grace; returns the clean-up. */
function followAbort(child: ChildProcess, run: CliRun): () => void {
  let timer: NodeJS.Timeout | undefined;
  const abort = (): void => {
    if (child.pid === undefined) return;
    signalGroup(child.pid, 'SIGINT');
    const pid = child.pid;
    timer = setTimeout(() => signalGroup(pid, 'SIGKILL'), run.cancelGraceMs?.() ?? 10_000);
  };
  if (run.signal?.aborted) abort();
  else run.signal?.addEventListener('abort', abort, { once: true });
  return () => {
    clearTimeout(timer);
    run.signal?.removeEventListener('abort', abort);
  };
}

/** Runs one CLI process to its end. Never throws for the process's own failure; see `CliResult`. */
export async function runCli(run: CliRun): Promise<CliResult> {
  const child = spawn('/bin/sh', ['-c', LAUNCHER, run.binary, ...run.args], {
    cwd: run.cwd,
    env: { ...run.env },
    detached: true,
    stdio: [run.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe', 'pipe'],
  });
  const stdout = collect(child.stdout, run.wholeOutput ?? false);
  const stderr = collect(child.stderr, false);
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null; startError?: string }>((resolve) => {
    child.once('error', (error) => resolve({ code: null, signal: null, startError: error.message }));
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  const gate = child.stdio[3] as Writable | undefined;
  gate?.on('error', () => undefined);
  child.stdin?.on('error', () => undefined);
  if (child.pid !== undefined && run.onProcess) {
    try {
      await run.onProcess({ host: thisHost(), pid: child.pid, startTime: readStartTime(child.pid) });
    } catch (error) {
      gate?.destroy();
      await ended;
      throw error;
    }
  }
  const unfollow = followAbort(child, run);
  gate?.end('go\n');
  if (run.input !== undefined) child.stdin?.end(run.input);
  const end = await ended;
  unfollow();
  const missing = end.code === 127 || end.code === 126;
  return {
    ...end,
    ...(missing && end.startError === undefined ? { startError: `cannot run ${run.binary}` } : {}),
    stdout: stdout(),
    stderr: stderr(),
    aborted: run.signal?.aborted ?? false,
  };
}
