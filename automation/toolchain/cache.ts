/** The cache of finished binaries: one folder per tool, version and platform, complete or absent, each with its sums. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { lock } from '../../lib/process-lock.ts';
import { type Pin, platform } from './pins.ts';

type Progress = (line: string) => void;

const MANIFEST = 'SHA256SUMS';

export function cachePath(cacheDir: string, pin: Pin): string {
  return join(cacheDir, pin.name, `v${pin.version}-${platform()}`);
}

/**
 * The folder of a finished, unaltered tool, or undefined. Every binary in it is compared with the sum recorded when it
 * was made; a folder that does not match is set aside and made anew.
 */
export async function cached(cacheDir: string, pin: Pin, onProgress: Progress): Promise<string | undefined> {
  const path = cachePath(cacheDir, pin);
  const manifest = await readFile(join(path, MANIFEST), 'utf8').catch(() => undefined);
  if (manifest === undefined) return undefined;
  for (const line of manifest.trim().split('\n')) {
    const [sum, file = ''] = line.split('  ');
    if ((await sha256(join(path, file)).catch(() => '')) === sum) continue;
    onProgress(`${join(path, file)} is not what was put there; making it again`);
    return undefined;
  }
  return path;
}

/**
 * Make a tool once, however many processes ask: `make` fills an empty folder, which then moves into place at once.
 * @returns the finished folder, perhaps another process's.
 */
export async function makeCached(
  cacheDir: string,
  pin: Pin,
  onProgress: Progress,
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const path = cachePath(cacheDir, pin);
  const held = await lock(`${path}.lock`, {
    onWait: (holder) => onProgress(`waiting for process ${holder.pid}, which is getting Pulumi's ${pin.name} ${pin.version}`),
  });
  try {
    const done = await cached(cacheDir, pin, () => {});
    if (done) return done;
    const draft = `${path}.new`;
    await rm(draft, { recursive: true, force: true });
    await mkdir(draft, { recursive: true });
    await make(draft);
    const files = (await readdir(draft)).sort();
    const sums = await Promise.all(files.map(async (file) => `${await sha256(join(draft, file))}  ${file}`));
    await Promise.all(files.map((file) => chmod(join(draft, file), 0o755)));
    await writeFile(join(draft, MANIFEST), `${sums.join('\n')}\n`);
    await rm(path, { recursive: true, force: true });
    await rename(draft, path);
    return path;
  } finally {
    await held.release();
  }
}

export async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}
