/**
 * Old clients, in which nothing is of Plinth, against a service that was just started for the first time, with the embedded database
 * and the simulator: base URL and token are all that is changed.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ROOT } from '../architecture/repository.ts';
import { testEngine } from '../support/engine.ts';
import { freePort } from '../support/free-port.ts';
import { until } from '../support/until.ts';

let service: ChildProcess;
let dataDir: string;
let origin: string;
let token: string;

beforeAll(async () => {
  await testEngine();
  dataDir = await mkdtemp(join(tmpdir(), 'plinth-clients-'));
  // New servers phone home, so the port is known before.
  const settings = { PLINTH_DATA_DIR: dataDir, PORT: String(await freePort()), SIMULATOR_PORT: '0', SIMULATOR_SPEED: '200' };
  const { DATABASE_URL: _, ...environment } = process.env;
  service = spawn(process.execPath, [join(ROOT, 'server', 'main.ts')], {
    env: { ...environment, ...settings, PLINTH_CONCURRENCY: '2' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [service.stdout!, service.stderr!]) stream.setEncoding('utf8').on('data', (chunk: string) => (said += chunk));
  const started = () => /running at (\S+)/.exec(said)?.[1] ?? (service.exitCode === null ? undefined : 'ended');
  origin = await until(started, { timeoutMs: 120_000, what: 'the start' });
  if (origin === 'ended') throw new Error(said);
  token = (await readFile(join(dataDir, 'admin-token'), 'utf8')).trim();
}, 180_000);
afterAll(async () => {
  if (service?.exitCode === null) {
    const ended = new Promise((done) => service.once('exit', done));
    service.kill('SIGTERM');
    await ended;
  }
  if (dataDir) await rm(dataDir, { recursive: true, force: true });
}, 60_000);

/** @returns what it said on its way out, empty where it was content. */
async function run(client: string, shown: string): Promise<string> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'clients', `${client}.mjs`)], {
    env: { BASE_URL: origin, TOKEN: shown },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const code = await new Promise<number | null>((done) => child.once('exit', done));
  return code === 0 ? '' : said || `exit ${code}`;
}

it.each(['trading-desk', 'multi-provider', 'server-shop', 'exact-packages'])(
  '%s goes on as it was',
  { timeout: 180_000 },
  async (client) => {
    expect(await run(client, token)).toBe('');
  },
);

it('personal-server goes on as it was, with a user’s token', { timeout: 180_000 }, async () => {
  const asked = async (path: string, body: object): Promise<any> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    return await (await fetch(origin + path, { method: 'POST', headers, body: JSON.stringify(body) })).json();
  };
  const { organization } = await asked('/api/admin/organizations', { name: 'old-user' });
  const { secret } = await asked('/api/tokens', { name: 'front end', role: 'operator', organization_id: organization.id });
  expect(await run('personal-server', secret)).toBe('');
});
