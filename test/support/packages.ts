/** Debian's packages for tests against real servers: those on the path, else unpacked below the temporary directory. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Wanted {
  /** Of the directory that they are unpacked into, below the temporary one. */
  readonly name: string;
  readonly packages: readonly string[];
  /** The program that is looked for on the path. */
  readonly program: string;
  /** A file that tells that all is there, below the root. */
  readonly file: string;
}

/** Where the packages' files are, `/` for those of the machine, or why there are none. */
export async function findPackages({ name, packages, program, file }: Wanted): Promise<{ root: string } | { missing: string }> {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).some((directory) => existsSync(join(directory, program)));
  if (onPath && existsSync(join('/', file))) return { root: '/' };
  const unpacked = join(tmpdir(), `plinth-${name}`);
  if (existsSync(join(unpacked, file))) return { root: unpacked };
  const work = await mkdtemp(join(tmpdir(), `plinth-${name}-`));
  const fresh = join(work, 'root');
  try {
    await mkdir(fresh);
    await run('apt-get', ['download', ...packages], { cwd: work, timeout: 60_000 });
    for (const each of await readdir(work)) if (each.endsWith('.deb')) await run('dpkg', ['-x', join(work, each), fresh]);
    // All at once, as another test file may be at it; the first one's is as good.
    await rename(fresh, unpacked).catch((error: NodeJS.ErrnoException) => {
      if (!existsSync(join(unpacked, file))) throw error;
    });
    return { root: unpacked };
  } catch (error) {
    return { missing: error instanceof Error ? error.message.split('\n')[0]! : String(error) };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
