/**
 * Started as root, Plinth becomes a user without rights before it opens anything: its own processes, the runners and the
 * engines inherit that. Where no such user is there, it says so loudly and goes on: a machine of one's own for a try has none.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { lchown, lstat, mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { liveHolder } from '../lib/process-lock.ts';

export interface SystemUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

export interface RightsOptions {
  readonly dataDir: string;
  /** PLINTH_USER; undefined: the user `plinth`, where there is one. */
  readonly user?: string;
  readonly say: (line: string) => void;
}

const OWN_USER = 'plinth';
const run = promisify(execFile);

/**
 * @returns where this process's own files may go (HOME) and its user, or null when it stays who it is.
 * @throws Error in one line when the user that was asked for is not there or cannot work here.
 */
export async function leaveRoot(options: RightsOptions): Promise<{ user: SystemUser; home: string } | null> {
  const { dataDir, say } = options;
  const name = options.user ?? OWN_USER;
  const user = await systemUser(name);
  if (process.getuid?.() !== 0) {
    if (options.user !== undefined && user?.uid !== process.getuid?.())
      throw new Error(`PLINTH_USER is ${name}, but only root can become another user. Start Plinth as ${name} or as root, or unset it.`);
    return null;
  }
  if (user?.uid === 0) return null;
  if (!user && options.user !== undefined)
    throw new Error(
      `PLINTH_USER is ${name}, and this machine has no such user. Make it (useradd --system --create-home ${name}), or unset it.`,
    );
  const obstacle = user ? await whyNot(user, dataDir) : `there is no user ${OWN_USER}`;
  if (!user || obstacle !== null) {
    if (options.user !== undefined) throw new Error(`Plinth cannot work as ${name}: ${obstacle}.`);
    for (const line of warning(obstacle)) say(line);
    return null;
  }
  await handOver(dataDir, user);
  process.setgroups!([user.gid]);
  process.setgid!(user.gid);
  process.setuid!(user.uid);
  const own = await lstat(user.home).catch(() => null);
  return { user, home: own?.isDirectory() && own.uid === user.uid ? user.home : dataDir };
}

function warning(obstacle: string | null): string[] {
  return [
    `WARNING: Plinth runs as root, and so do its engines and programs: ${obstacle}.`,
    `WARNING: Whoever breaks into one of them has the machine. Give it a user: useradd --system --create-home ${OWN_USER}`,
    'WARNING: Started as root again, Plinth becomes that user by itself; PLINTH_USER names another (PLINTH_USER=root: stay root).',
  ];
}

/** Why a user cannot run Plinth from here; null when it can. */
async function whyNot({ name, uid, gid }: SystemUser, dataDir: string): Promise<string | null> {
  const attempt = async (command: string, ...args: string[]): Promise<boolean> =>
    await run(command, args, { uid, gid, cwd: '/', env: { PATH: '/usr/bin:/bin' } }).then(
      () => true,
      () => false,
    );
  const remedy = 'move Plinth to where others may enter (such as /opt or /srv)';
  if (!(await attempt(process.execPath, '--version'))) return `the user ${name} cannot run ${process.execPath}: ${remedy}`;
  const code = join(import.meta.dirname, 'main.ts');
  if (!(await attempt('/bin/sh', '-c', 'test -r "$1"', 'sh', code))) return `the user ${name} cannot read ${code}: ${remedy}`;
  let there = dirname(dataDir);
  while (!existsSync(there)) there = dirname(there);
  if (!(await attempt('/bin/sh', '-c', 'test -x "$1"', 'sh', there)))
    return `the user ${name} cannot reach ${dataDir}: choose another with PLINTH_DATA_DIR`;
  return null;
}

/** What root made there earlier becomes the user's. Not under a server that runs on it: its own start will refuse that. */
async function handOver(dataDir: string, user: SystemUser): Promise<void> {
  if (await liveHolder(join(dataDir, 'postgres', 'lock'))) return;
  const made = await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await own(made ?? dataDir, user);
}

async function own(path: string, user: SystemUser): Promise<void> {
  const found = await lstat(path).catch(() => null);
  if (!found) return;
  if (found.uid !== user.uid || found.gid !== user.gid) await lchown(path, user.uid, user.gid);
  if (found.isDirectory()) for (const entry of await readdir(path)) await own(join(path, entry), user);
}

/** From /etc/passwd, where a service's user stands. */
export async function systemUser(name: string): Promise<SystemUser | undefined> {
  const lines = (await readFile('/etc/passwd', 'utf8').catch(() => '')).split('\n').map((line) => line.split(':'));
  const row = lines.find((fields) => fields[0] === name && fields.length >= 6);
  return row && { name, uid: Number(row[2]), gid: Number(row[3]), home: row[5]! };
}
