/** What a service writes is its owner's alone, its log tells no token, and started as root it becomes a user without rights. */
import { spawn } from 'node:child_process';
import { chmod, copyFile, lstat, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ROOT } from './architecture/repository.ts';
import { testEngine } from './support/engine.ts';
import { until } from './support/until.ts';

const ROOT_USER = process.getuid?.() === 0;
let parent: string;
let ends: (() => Promise<void>)[];

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'plinth-private-'));
  // The way to the data directory is open to all: what protects it is its own.
  await chmod(parent, 0o755);
  ends = [];
});
afterEach(async () => {
  for (const end of ends) await end();
  await rm(parent, { recursive: true, force: true, maxRetries: 5 });
});

interface Started {
  readonly pid: number;
  readonly output: () => string;
  readonly token: string;
  readonly origin: string;
}

/** A whole service with the embedded database and the simulator, as after `npm start` by somebody whose umask hides nothing. */
async function start(dataDir: string, env: Record<string, string>): Promise<Started> {
  const settings = { PLINTH_DATA_DIR: dataDir, PORT: '0', SIMULATOR_PORT: '0', SIMULATOR_SPEED: '1000', PLINTH_CONCURRENCY: '1', ...env };
  const child = spawn('/bin/sh', ['-c', 'umask 000; exec "$0" "$1"', process.execPath, join(ROOT, 'server', 'main.ts')], {
    cwd: parent,
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  ends.push(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  const origin = await until(() => /running at (\S+)/.exec(text)?.[1] ?? (child.exitCode === null ? undefined : 'ended'), {
    timeoutMs: 120_000,
    what: 'the start',
  });
  if (origin === 'ended') throw new Error(text);
  const token = (await readFile(join(dataDir, 'admin-token'), 'utf8')).trim();
  return { pid: child.pid!, output: () => text, token, origin };
}

/** Buys a server, so that engines have run and the simulator holds a password. */
async function provision({ origin, token }: Started): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ label: 'web-1', type: 's-1vcpu-1gb', region: 'nyc3', image: 'ubuntu-24-04-x64' });
  const { operation } = (await (await fetch(`${origin}/api/vps`, { method: 'POST', headers, body })).json()) as any;
  const status = async (): Promise<string> =>
    ((await (await fetch(`${origin}/api/operations/${operation.id}`, { headers })).json()) as any).operation.status;
  await until(async () => (await status()) === 'succeeded', { timeoutMs: 60_000, everyMs: 200, what: 'the server' });
}

/** Paths on which others than the owner have a right, as `mode path`; a group may pass through a directory. */
async function open(directory: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(directory)) {
    const path = join(directory, entry);
    const at = await lstat(path).catch(() => null);
    if (!at || at.isSymbolicLink()) continue;
    if ((at.mode & (at.isDirectory() ? 0o067 : 0o077)) !== 0) found.push(`${(at.mode & 0o777).toString(8)} ${path}`);
    if (at.isDirectory()) found.push(...(await open(path)));
  }
  return found;
}

test('nothing below the data directory of a running service is readable by others', async () => {
  const dataDir = join(parent, 'data');
  // As an earlier version left them.
  await mkdir(dataDir, { mode: 0o755 });
  for (const name of ['simulator.sqlite', 'left-behind']) await writeFile(join(dataDir, name), '', { mode: 0o644 });
  const service = await start(dataDir, { PLINTH_PULUMI_BIN: (await testEngine()).pulumi });
  await provision(service);
  expect((await lstat(dataDir)).mode & 0o067).toBe(0);
  expect(await open(dataDir)).toEqual([]);
  expect(await readdir(dataDir)).toEqual(expect.arrayContaining(['postgres', 'engine', 'simulator.sqlite-wal', 'master-key']));
  expect(service.output()).not.toContain(service.token);
  expect(service.output()).toContain(join(dataDir, 'admin-token'));
  const hasOwnUser = /^plinth:/m.test(await readFile('/etc/passwd', 'utf8'));
  if (ROOT_USER && !hasOwnUser) expect(service.output()).toMatch(/WARNING: Plinth runs as root[^]*useradd --system --create-home plinth/);
}, 240_000);

test.skipIf(!ROOT_USER)(
  'started as root, the service, its runners and its database become the user that was named',
  async () => {
    // Not everybody may enter the place where the tests' engine is.
    const { pulumi } = await testEngine();
    await mkdir(join(parent, 'engine'), { mode: 0o755 });
    const engine = join(parent, 'engine', 'pulumi');
    await copyFile(pulumi, engine);
    await chmod(engine, 0o755);
    const dataDir = join(parent, 'data');
    await mkdir(join(dataDir, 'engine', 'project'), { recursive: true });
    const service = await start(dataDir, { PLINTH_PULUMI_BIN: engine, PLINTH_USER: 'nobody' });
    await provision(service);
    const nobody = (await lstat(dataDir)).uid;
    expect(nobody).not.toBe(0);
    const family = await processTree(service.pid);
    expect(family.size).toBeGreaterThan(3);
    for (const [command, uids] of family.values()) expect([command, uids]).toEqual([command, Array(4).fill(nobody)]);
    expect(service.output()).not.toContain('WARNING');
    expect(await open(dataDir)).toEqual([]);
  },
  240_000,
);
if (!ROOT_USER) console.warn('not root: that a service started as root leaves its rights was not tried');

test.skipIf(!ROOT_USER)(
  'a user that cannot work there is refused in one line, before anything is made',
  async () => {
    const closed = join(parent, 'closed');
    await mkdir(closed, { mode: 0o700 });
    await expect(start(join(closed, 'data'), { PLINTH_USER: 'nobody' })).rejects.toThrow(
      /^plinth: Plinth cannot work as nobody: the user nobody cannot reach .*PLINTH_DATA_DIR\.\n$/,
    );
    await expect(start(join(parent, 'data'), { PLINTH_USER: 'no-such-user' })).rejects.toThrow(/this machine has no such user/);
    expect([await readdir(closed), await readdir(parent)]).toEqual([[], ['closed']]);
  },
  60_000,
);

/** Process id to command and uids (real, effective, saved, file system) of a process and all below it. */
async function processTree(root: number): Promise<Map<number, [string, number[]]>> {
  const all = new Map<number, { parent: number; command: string; uids: number[] }>();
  for (const entry of await readdir('/proc')) {
    const status = /^\d+$/.test(entry) ? await readFile(`/proc/${entry}/status`, 'utf8').catch(() => '') : '';
    const field = (name: string): string => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1] ?? '';
    if (status !== '')
      all.set(Number(entry), { parent: Number(field('PPid')), command: field('Name'), uids: field('Uid').split('\t').map(Number) });
  }
  const below = (pid: number): boolean => pid === root || (all.has(pid) && below(all.get(pid)!.parent));
  return new Map([...all].filter(([pid]) => below(pid)).map(([pid, { command, uids }]) => [pid, [command, uids]]));
}
