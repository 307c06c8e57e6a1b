/** Pulumi's official release, held against the sums in pins.ts, resumed where an earlier attempt stopped. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { sha256 } from './cache.ts';
import { ENGINE, ENGINE_ARCHIVES, platform } from './pins.ts';

export interface DownloadOptions {
  /** Where archives are. */
  readonly baseUrl: string;
  /** SHA-256 of each platform's archive, from the repository. */
  readonly sums: Readonly<Record<string, string>>;
  /** How long to wait for a first answer, in ms: a closed network must fail over quickly. */
  readonly connectTimeoutMs: number;
  /** How long a running download may stand still, in ms. */
  readonly stallTimeoutMs: number;
}

export const OFFICIAL: DownloadOptions = {
  baseUrl: 'https://get.pulumi.com/releases/sdk',
  sums: ENGINE_ARCHIVES,
  connectTimeoutMs: 5_000,
  stallTimeoutMs: 30_000,
};

/**
 * Fetch, verify and unpack the release's binaries into `folder`.
 * @throws Error with one line: not reachable, no checksum of this platform's, a wrong checksum, a failed unpacking.
 */
export async function downloadEngine(
  folder: string,
  partDir: string,
  options: DownloadOptions,
  onProgress: (line: string) => void,
): Promise<void> {
  const name = `pulumi-v${ENGINE.version}-${platform()}.tar.gz`;
  const sum = options.sums[platform()];
  if (sum === undefined) throw new Error(`the repository knows no checksum of ${name}`);
  await mkdir(partDir, { recursive: true });
  const part = join(partDir, `${name}.part`);
  await fetchResumed(`${options.baseUrl}/${name}`, part, options, onProgress);
  if ((await sha256(part)) !== sum) {
    // A part that cannot be completed to the right file is of no use to the next attempt either.
    await rm(part, { force: true });
    throw new Error(`${name} is not the archive that this version of Plinth knows (its SHA-256 differs)`);
  }
  await unpack(part, folder);
  await rm(part, { force: true });
}

async function fetchResumed(url: string, part: string, options: DownloadOptions, onProgress: (line: string) => void): Promise<void> {
  const have = await stat(part).then(
    (found) => found.size,
    () => 0,
  );
  const response = await request(url, have > 0 ? { range: `bytes=${have}-` } : {}, options.connectTimeoutMs);
  // 416: the part is already whole (or longer than the file); the checksum decides.
  if (response.status === 416) return void (await response.body?.cancel());
  if (!response.ok || !response.body) throw new Error(`${url} answers ${response.status}`);
  // A server that ignores Range answers 200 with the whole file: begin anew.
  const resumed = response.status === 206;
  const start = resumed ? have : 0;
  const total = start + Number(response.headers.get('content-length') ?? Number.NaN);
  let received = start;
  let told = 0;
  const stall = new AbortController();
  let timer = setTimeout(() => stall.abort(), options.stallTimeoutMs);
  const counted = async function* (chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      clearTimeout(timer);
      timer = setTimeout(() => stall.abort(), options.stallTimeoutMs);
      received += chunk.length;
      if (Date.now() - told > 1_000) {
        told = Date.now();
        const percent = Number.isFinite(total) ? ` of ${megabytes(total)} MB (${Math.floor((100 * received) / total)} %)` : '';
        onProgress(`downloading Pulumi ${ENGINE.version}: ${megabytes(received)}${percent}`);
      }
      yield chunk;
    }
  };
  try {
    const body = Readable.fromWeb(response.body as ReadableStream);
    await pipeline(body, counted, createWriteStream(part, { flags: resumed ? 'a' : 'w' }), { signal: stall.signal });
  } catch (error) {
    if (stall.signal.aborted) throw new Error(`${url} sent nothing for ${options.stallTimeoutMs / 1000} s`, { cause: error });
    throw new Error(describe(error, url), { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** The timeout covers the wait for the answer's head only. */
async function request(url: string, headers: Record<string, string>, timeoutMs: number): Promise<Response> {
  const control = new AbortController();
  const timer = setTimeout(() => control.abort(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
  try {
    return await fetch(url, { headers, signal: control.signal });
  } catch (error) {
    throw new Error(describe(control.signal.aborted ? control.signal.reason : error, url), { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

async function unpack(archive: string, folder: string): Promise<void> {
  const scratch = await mkdtemp(join(dirname(folder), 'unpack-'));
  try {
    const child = spawn('tar', ['-xzf', archive, '-C', scratch], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Error(`${basename(archive)} could not be unpacked: ${said.trim().split('\n')[0] ?? code}`);
    // The archive holds one folder `pulumi/` with the CLI and the language hosts; Plinth runs two of them.
    for (const file of await readdir(join(scratch, 'pulumi'))) {
      if (/^(pulumi|pulumi-language-nodejs)(\.exe)?$/.test(file)) await rename(join(scratch, 'pulumi', file), join(folder, file));
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function describe(error: unknown, url: string): string {
  const root = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const said = root instanceof Error ? root.message || (root as NodeJS.ErrnoException).code || root.name : String(root);
  return said.includes(url) ? said : `${url} is not reachable (${said})`;
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(0);
}
