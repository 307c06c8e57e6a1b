/** Builds a pinned tool from Go modules, for machines that reach a Go module proxy and not Pulumi's downloads. */
import { spawn } from 'node:child_process';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Pin } from './pins.ts';

export interface GoBuildOptions {
  readonly env: NodeJS.ProcessEnv;
  /** The folder that holds one Go module per tool. */
  readonly modulesDir: string;
  readonly signal?: AbortSignal;
}

const REPORT_MS = 5_000;

/**
 * Build `pin` into `folder`: about three minutes on two cores the first time.
 * @throws Error with one line: Go missing, Go too old, modules not reachable, a compile error.
 */
export async function buildWithGo(pin: Pin, folder: string, options: GoBuildOptions, onProgress: (line: string) => void): Promise<void> {
  const cwd = join(options.modulesDir, pin.module);
  const started = Date.now();
  const elapsed = () => `${Math.round((Date.now() - started) / 1000)} s`;
  let downloads = 0;
  onProgress(`building Pulumi's ${pin.name} ${pin.version} from Go modules; minutes the first time`);
  const report = reporter(onProgress);
  const packages = await go(['list', '-deps', pin.package], cwd, options, (line) => {
    if (!line.startsWith('go: downloading')) return;
    downloads += 1;
    report(() => `fetching Go modules: ${downloads} so far, ${elapsed()}`);
  });
  const total = packages.length;
  let compiled = 0;
  const output = join(folder, pin.binary);
  await go(['build', '-v', '-trimpath', '-ldflags', pin.ldflags, '-o', `${output}.part`, pin.package], cwd, options, (line) => {
    if (/^[\w.]+(\/|$)/.test(line)) compiled += 1;
    report(() => `compiling ${pin.name}: ${compiled} of at most ${total} packages, ${elapsed()}`);
  });
  await rename(`${output}.part`, output);
  onProgress(`built Pulumi's ${pin.name} ${pin.version} in ${elapsed()}`);
}

function reporter(onProgress: (line: string) => void): (line: () => string) => void {
  let last = Date.now();
  return (line) => {
    if (Date.now() - last < REPORT_MS) return;
    last = Date.now();
    onProgress(line());
  };
}

async function go(args: string[], cwd: string, options: GoBuildOptions, onLine: (line: string) => void): Promise<string[]> {
  const child = spawn('go', args, {
    cwd,
    // A user's GOFLAGS could ask for a vendor folder or other tags; the modules here are complete by themselves.
    env: { ...options.env, GOFLAGS: '-mod=readonly -buildvcs=false', GOWORK: 'off', CGO_ENABLED: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.signal && { signal: options.signal }),
  });
  const output: string[] = [];
  const errors: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => output.push(line));
  createInterface({ input: child.stderr }).on('line', (line) => {
    errors.push(line);
    onLine(line);
  });
  const code = await new Promise<number | null>((done, fail) => {
    child.once('error', fail);
    child.once('close', done);
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') {
      throw new Error('Go is not installed. Install Go 1.26 or newer (go.dev/dl), or Pulumi 3.259.0 or newer, and start again.');
    }
    throw error;
  });
  if (code !== 0) throw new Error(`go ${args[0]} failed: ${reasonOf(errors) ?? `it ended with ${code}`}`);
  return output;
}

function reasonOf(lines: readonly string[]): string | undefined {
  const old = lines.find((line) => /requires go >=|go\.mod requires go/.test(line));
  if (old) return `${old.trim()}. Install the newer Go (go.dev/dl) and start again.`;
  const full = lines.find((line) => /no space left on device/.test(line));
  if (full) return `the disk is full (${full.trim()})`;
  const telling = lines.filter((line) => line.trim() && !/^(go: downloading|go: finding|#|[\w.-]+\/[\w./-]+$)/.test(line));
  return telling.at(0)?.trim();
}
