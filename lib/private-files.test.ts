import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makePrivate, writePrivate } from './private-files.ts';

let dir: string;
beforeEach(async () => void (dir = await mkdtemp(join(tmpdir(), 'plinth-lib-'))));
afterEach(() => rm(dir, { recursive: true, force: true }));
const mode = async (path: string): Promise<number> => (await stat(join(dir, path))).mode & 0o777;

test('a file that others could read is private once it was written over', async () => {
  await writeFile(join(dir, 'config.yaml'), 'old');
  await chmod(join(dir, 'config.yaml'), 0o666);
  await writePrivate(join(dir, 'config.yaml'), 'new');
  expect([await readFile(join(dir, 'config.yaml'), 'utf8'), await mode('config.yaml')]).toEqual(['new', 0o600]);
  expect(await readdir(dir)).toEqual(['config.yaml']);
});

test('what an earlier version left open is closed, whatever links out of it is left alone', async () => {
  const data = join(dir, 'data');
  await mkdir(join(data, 'engine', 'bin'), { recursive: true });
  await writeFile(join(dir, 'somebody'), '');
  await symlink(join(dir, 'somebody'), join(data, 'link'));
  await writeFile(join(data, 'engine', 'bin', 'pulumi'), '');
  for (const [path, open] of [
    ['data/engine/bin/pulumi', 0o755],
    ['data/engine', 0o777],
    ['somebody', 0o644],
  ] as const)
    await chmod(join(dir, path), open);
  await makePrivate(data);
  expect([await mode('data/engine'), await mode('data/engine/bin/pulumi'), await mode('somebody')]).toEqual([0o700, 0o700, 0o644]);
});
