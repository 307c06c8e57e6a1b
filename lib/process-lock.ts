/**
 * Locks between processes of one machine, held by a file. A lock names its holder by process id AND start time, so a
 * recycled pid never passes for a live holder and a crashed holder never blocks the next one.
 */
import { randomUUID } from 'node:crypto';
import { execFile } from 'node:child_process';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

export interface LockHolder {
  readonly pid: number;
  /** An opaque mark of when the process started; two processes with one pid never share it. */
  readonly startedAt: string;
  readonly host: string;
  readonly nonce: string;
}

export interface ProcessLock {
  readonly path: string;
  /** Give the lock back. Safe to call twice. */
  release(): Promise<void>;
}

const run = promisify(execFile);

/** When the process started, as an opaque mark, or undefined when no such process lives. */
export async function processStart(pid: number): Promise<string | undefined> {
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  if (process.platform === 'linux') {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
    if (stat === undefined) return undefined;
    // The command name is in parentheses and may hold anything, so fields are counted after the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
    return `${boot.trim()}:${fields[19]}`;
  }
  const listed = await run('ps', ['-o', 'lstart=,stat=', '-p', String(pid)]).catch(() => undefined);
  const text = listed?.stdout.trim();
  return text && !/\sZ\S*$/.test(text) ? text.replace(/\s+\S+$/, '') : undefined;
}

/** The holder of a lock file that is alive now, or undefined when the file is absent, malformed or left by a dead process. */
export async function liveHolder(path: string): Promise<LockHolder | undefined> {
  const holder = parse(await readFile(path, 'utf8').catch(() => ''));
  return holder && (await isAlive(holder)) ? holder : undefined;
}

/** Take the lock at `path`, or answer who holds it. A lock left behind by a dead process is taken over. */
export async function tryLock(path: string): Promise<ProcessLock | LockHolder> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const own: LockHolder = { pid: process.pid, startedAt: (await processStart(process.pid)) ?? '', host: hostname(), nonce: randomUUID() };
  const draft = `${path}.${own.nonce}`;
  await writeFile(draft, JSON.stringify(own), { mode: 0o600 });
  try {
    for (;;) {
      // A hard link appears with its content at once, so nobody ever reads a half-written lock.
      const placed = await link(draft, path).then(
        () => true,
        (error: NodeJS.ErrnoException) => {
          if (error.code === 'EEXIST') return false;
          throw error;
        },
      );
      if (placed) return held(path, own);
      const found = await readFile(path, 'utf8').catch(() => undefined);
      if (found === undefined) continue;
      const holder = parse(found);
      if (holder && (await isAlive(holder))) return holder;
      // Only who holds the guard may replace a dead holder's file: without it, two takers could each remove the other's.
      const guard = await tryLock(`${path}.takeover`);
      if (!isLock(guard)) {
        await delay(5);
        continue;
      }
      try {
        if ((await readFile(path, 'utf8').catch(() => undefined)) !== found) continue;
        await rename(draft, path);
        return held(path, own);
      } finally {
        await guard.release();
      }
    }
  } finally {
    await rm(draft, { force: true });
  }
}

/** Wait for the lock. `onWait` is called once, with the holder, when somebody else has it. Rejects when `signal` aborts. */
export async function lock(
  path: string,
  options: { onWait?: (holder: LockHolder) => void; signal?: AbortSignal } = {},
): Promise<ProcessLock> {
  let told = false;
  for (;;) {
    options.signal?.throwIfAborted();
    const got = await tryLock(path);
    if (isLock(got)) return got;
    if (!told) options.onWait?.(got);
    told = true;
    await delay(100, undefined, { signal: options.signal });
  }
}

export function isLock(value: ProcessLock | LockHolder): value is ProcessLock {
  return 'release' in value;
}

function held(path: string, own: LockHolder): ProcessLock {
  return {
    path,
    async release() {
      const now = parse(await readFile(path, 'utf8').catch(() => ''));
      if (now?.nonce === own.nonce) await rm(path, { force: true });
    },
  };
}

async function isAlive(holder: LockHolder): Promise<boolean> {
  // Another machine's process cannot be looked up from here (a shared home directory): believe its lock.
  if (holder.host !== hostname()) return true;
  const start = await processStart(holder.pid);
  return start !== undefined && start === holder.startedAt;
}

function parse(text: string): LockHolder | undefined {
  try {
    const value = JSON.parse(text) as Partial<LockHolder>;
    if (typeof value.pid !== 'number' || typeof value.startedAt !== 'string' || typeof value.nonce !== 'string') return undefined;
    return { pid: value.pid, startedAt: value.startedAt, host: value.host ?? hostname(), nonce: value.nonce };
  } catch {
    return undefined;
  }
}
