import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { processStart } from '../../../lib/process-lock.ts';
import { until } from '../../../test/support/until.ts';
import { type EmbeddedPostgres, findEmbeddedPostgres, startEmbeddedPostgres } from './embedded.ts';

let parent: string;
let dataDir: string;
let running: EmbeddedPostgres | undefined;
const settings = { fsync: 'off' };

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'plinth-pg-'));
  // Runs as root too: the server's own user must be able to walk in.
  const { chmod } = await import('node:fs/promises');
  await chmod(parent, 0o755);
  dataDir = join(parent, 'postgres');
});
afterEach(async () => {
  await running?.stop();
  running = undefined;
  await rm(parent, { recursive: true, force: true });
});

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows as Record<string, unknown>[];
  } finally {
    await client.end();
  }
}

test('starts, keeps its data over a restart, hides its password, and is durable by default', async () => {
  running = await startEmbeddedPostgres({ dataDir });
  await query(running.url, 'CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)');
  expect(await query(running.url, 'SHOW fsync')).toEqual([{ fsync: 'on' }]);
  expect(await query(running.url, 'SHOW listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
  expect((await stat(join(dataDir, 'password'))).mode & 0o777).toBe(0o600);
  await expect(query(running.url.replace(/:[^:@]+@/, ':wrong@'), 'SELECT 1')).rejects.toThrow(/password authentication failed/);
  expect(await findEmbeddedPostgres(dataDir)).toBe(running.url);
  const { pid } = running;
  await running.stop();
  await running.stop();
  expect(await processStart(pid)).toBeUndefined();
  expect(await findEmbeddedPostgres(dataDir)).toBeUndefined();
  running = await startEmbeddedPostgres({ dataDir, settings });
  expect(await query(running.url, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
});

test('a directory in use by a live process is refused in one line', async () => {
  running = await startEmbeddedPostgres({ dataDir, settings });
  await expect(startEmbeddedPostgres({ dataDir, settings })).rejects.toThrow(
    new RegExp(`in use by another Plinth \\(process ${process.pid}`),
  );
});

test('a taken port is named', async () => {
  running = await startEmbeddedPostgres({ dataDir, settings });
  const port = Number(new URL(running.url).port);
  await expect(startEmbeddedPostgres({ dataDir: join(parent, 'second'), port, settings })).rejects.toThrow(
    `Port ${port} on 127.0.0.1 is taken`,
  );
});

async function startInChild(): Promise<{ child: ReturnType<typeof spawn>; pid: number }> {
  const module = new URL('./embedded.ts', import.meta.url).href;
  const script = `import { startEmbeddedPostgres } from ${JSON.stringify(module)};
    const pg = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)}, settings: { fsync: 'off' } });
    console.log(pg.pid); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, pid: Number(line.toString()) };
}

test('a killed parent takes its server along, and the next start has the data', async () => {
  const { child, pid } = await startInChild();
  child.kill('SIGKILL');
  await once(child, 'exit');
  // At once, while the old server may still be shutting down.
  running = await startEmbeddedPostgres({ dataDir, settings });
  expect(await processStart(pid)).toBeUndefined();
  expect(await query(running.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('with nobody starting again, the server of a killed parent still ends', async () => {
  const { child, pid } = await startInChild();
  child.kill('SIGKILL');
  await until(async () => (await processStart(pid)) === undefined, { timeoutMs: 10_000, what: 'the server to end' });
});

test("a stale postmaster.pid that names somebody else's live process is cleared", async () => {
  running = await startEmbeddedPostgres({ dataDir, settings });
  const pidFile = join(dataDir, 'cluster', 'postmaster.pid');
  const content = await readFile(pidFile, 'utf8');
  await running.stop();
  await writeFile(pidFile, content.replace(/^\d+/, String(process.ppid)), { mode: 0o644 });
  running = await startEmbeddedPostgres({ dataDir, settings });
  expect(await query(running.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});
