/** What Plinth writes is its owner's alone: files 0600, directories 0700. */
import { randomUUID } from 'node:crypto';
import { chmod, lstat, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** For the first line of every program: whatever this process and its children make is nobody else's. */
export function keepFilesPrivate(): void {
  process.umask(0o077);
}

/** Takes every right of others from all below `directory`, as an earlier version or another program may have left it. */
export async function makePrivate(directory: string, except: (path: string) => boolean = () => false): Promise<void> {
  for (const entry of await readdir(directory)) {
    const path = join(directory, entry);
    if (except(path)) continue;
    // What goes meanwhile is private enough.
    const found = await lstat(path).catch(() => null);
    if (!found || found.isSymbolicLink()) continue;
    if ((found.mode & 0o077) !== 0) await chmod(path, found.mode & 0o700).catch(unlessGone);
    if (found.isDirectory()) await makePrivate(path, except);
  }
}

/**
 * Writes a file that only its owner reads, whatever stood there before and with whatever mode. Renamed into place: a crash
 * or a full disk leaves the old file or the new one, never half of one.
 */
export async function writePrivate(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomUUID()}`;
  try {
    await writeFile(draft, text, { mode: 0o600, flag: 'wx' });
    await chmod(draft, 0o600);
    await rename(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
}

function unlessGone(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
