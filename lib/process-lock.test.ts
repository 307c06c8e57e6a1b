import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isLock, liveHolder, lock, processStart, tryLock } from './process-lock.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'plinth-lock-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

test('a held lock names its holder, and a released one leaves no file', async () => {
  const path = join(dir, 'a.lock');
  const mine = await tryLock(path);
  if (!isLock(mine)) throw new Error('expected the lock');
  const other = await tryLock(path);
  expect(isLock(other)).toBe(false);
  expect(other).toMatchObject({ pid: process.pid });
  await mine.release();
  await mine.release();
  expect(await readdir(dir)).toEqual([]);
});

test('a lock of a process killed without warning is taken over', async () => {
  const path = join(dir, 'b.lock');
  const script = `import { lock } from ${JSON.stringify(new URL('./process-lock.ts', import.meta.url).href)};
    await lock(${JSON.stringify(path)}); console.log('held'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  expect((await liveHolder(path))?.pid).toBe(child.pid);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await liveHolder(path)).toBeUndefined();
  const mine = await tryLock(path);
  expect(isLock(mine)).toBe(true);
  if (isLock(mine)) await mine.release();
});

test('a recycled pid is no proof of life', async () => {
  const path = join(dir, 'c.lock');
  await writeFile(path, JSON.stringify({ pid: process.pid, startedAt: 'another time', host: hostname(), nonce: 'x' }));
  const mine = await tryLock(path);
  expect(isLock(mine)).toBe(true);
});

test('of many takers of one dead lock, one at a time gets it', async () => {
  const path = join(dir, 'd.lock');
  await writeFile(path, 'not even json');
  let inside = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 12 }, async () => {
      const mine = await lock(path);
      inside += 1;
      most = Math.max(most, inside);
      await readFile(path, 'utf8');
      inside -= 1;
      await mine.release();
    }),
  );
  expect(most).toBe(1);
});

test('a dead process has no start time', async () => {
  const child = spawn(process.execPath, ['-e', '']);
  const pid = child.pid!;
  expect(await processStart(process.pid)).toBeTruthy();
  await once(child, 'exit');
  expect(await processStart(pid)).toBeUndefined();
});
