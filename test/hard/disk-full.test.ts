/** The disk of the data directory is full to the last byte: writes are refused with a sentence, nothing ends, all goes on. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statfsSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ROOT } from '../architecture/repository.ts';
import { testEngine } from '../support/engine.ts';
import { Shop } from '../support/shop.ts';
import { until } from '../support/until.ts';

const MB = 1024 * 1024;
const disk = mkdtempSync(join(tmpdir(), 'plinth-disk-'));
const dataDir = join(disk, 'data');
const filler = join(disk, 'filler');
const mounted = mount();
if (!mounted) console.warn('no file system can be mounted here: a full disk was not tried');

let child: ChildProcess;
let output = '';
let died: string | undefined;
let shop: Shop;
let cloud: string;

function mount(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=400m,mode=755', 'tmpfs', disk], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/**
 * To the last byte, again and again: what is given back meanwhile is taken too. It lets the event loop turn, so that a
 * connection which the service ends meanwhile is not used for the next request.
 */
async function fill(): Promise<void> {
  const file = await open(filler, 'a');
  try {
    for (const size of [MB, 4096, 1]) {
      const block = Buffer.alloc(size, 1);
      try {
        while ((await file.write(block)).bytesWritten === size);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    }
  } finally {
    await file.close();
  }
}

beforeAll(async () => {
  if (!mounted) return;
  const { pulumi } = await testEngine();
  const log = openSync(join(disk, 'log'), 'a');
  const settings = { PLINTH_DATA_DIR: dataDir, PORT: '0', SIMULATOR_PORT: '0', SIMULATOR_SPEED: '100', PLINTH_PULUMI_BIN: pulumi };
  // Its log lies on the same disk, as it often does.
  child = spawn(process.execPath, [join(ROOT, 'server', 'main.ts')], {
    cwd: disk,
    env: { ...process.env, ...settings, PLINTH_CONCURRENCY: '1', PLINTH_LOG_LEVEL: 'info', PLINTH_DRIFT_SECONDS: '0' },
    stdio: ['ignore', log, 'pipe'],
  });
  closeSync(log);
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.once('exit', (code) => (died = `the service ended with ${code}: ${output.slice(-2_000)}`));
  const told = (pattern: RegExp) => () => pattern.exec(output)?.[1];
  const origin = await until(told(/running at (\S+)/), { timeoutMs: 120_000, what: 'the start' });
  const token = (await readFile(join(dataDir, 'admin-token'), 'utf8')).trim();
  shop = new Shop(
    () => origin,
    async () => token,
    told(/simulated at (\S+?):? /)()?.replace(/:$/, '') ?? '',
  );
  cloud = (await shop.clouds())[0]!;
}, 180_000);

afterAll(async () => {
  if (!mounted) return;
  rmSync(filler, { force: true });
  if (child && child.exitCode === null) {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  }
  execFileSync('umount', [disk]);
  rmSync(disk, { recursive: true, force: true });
});

it.skipIf(!mounted)('refuses writes with a sentence, ends nothing, and goes on when there is room', { timeout: 240_000 }, async () => {
  const running = await shop.order(cloud, 'under-way');
  for (let times = 0; times < 3; times++) {
    await fill();
    const refused = await until(
      async () => {
        await fill();
        if (died !== undefined) throw new Error(died);
        const answer = await shop.call('POST', '/api/vps', { ...(await shop.template(cloud)), label: 'too-late' });
        return answer.code === 'disk_full' ? answer : null;
      },
      { timeoutMs: 60_000, everyMs: 200, what: 'the refusal' },
    );
    expect(refused).toMatchObject({ httpStatus: 503, detail: expect.stringMatching(/disk .* full.*Make room there/) });
  }
  expect(statfsSync(disk).bavail).toBe(0);
  expect(child.exitCode).toBeNull();
  // The clouds answer still, and so does whoever asks how it is.
  expect(await shop.servers()).toEqual(expect.any(Array));
  const simulator = await shop
    .control('POST', '/faults', { provider: cloud, kind: 'status', status: 500 })
    .catch((error: Error) => error.message);
  expect(String(simulator)).toMatch(/503|500|full/);

  rmSync(filler);
  const accepted = await until(
    async () => {
      const answer = await shop.call('POST', '/api/vps', { ...(await shop.template(cloud)), label: 'in-time' });
      return answer.httpStatus === 202 ? answer : null;
    },
    { timeoutMs: 90_000, everyMs: 500, what: 'the service to go on' },
  );
  await shop.clearFaults();
  for (const { operation } of [running, accepted])
    expect(await shop.ended(operation.id, 90_000), output.slice(-2_000)).toMatchObject({ status: 'succeeded', fault: null });
  expect((await shop.servers('under-way')).length).toBe(1);
  expect((await shop.servers('in-time')).length).toBe(1);
  expect(child.exitCode).toBeNull();
});
