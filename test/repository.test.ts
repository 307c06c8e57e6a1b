/** What a clone must bring by itself: every package pinned by its sum, and the files that say what may be done with it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ENGINE, ENGINE_ARCHIVES } from '../automation/toolchain/pins.ts';
import { ROOT } from './architecture/repository.ts';

const read = (path: string): Promise<string> => readFile(join(ROOT, path), 'utf8');

test('every package of the lock file is pinned by its sum, and by no registry', async () => {
  const { packages } = JSON.parse(await read('package-lock.json')) as { packages: Record<string, Record<string, unknown>> };
  const entries = Object.entries(packages).filter(([path]) => path !== '');
  expect(entries.length).toBeGreaterThan(500);
  expect(entries.filter(([, entry]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(String(entry['integrity']))).map(([path]) => path)).toEqual([]);
  expect(entries.filter(([, entry]) => 'resolved' in entry).map(([path]) => path)).toEqual([]);
});

test('the engine of every platform is pinned by its sum, in the version that is built elsewhere', async () => {
  for (const platform of ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'])
    expect(ENGINE_ARCHIVES[platform]).toMatch(/^[0-9a-f]{64}$/);
  expect(new Set(Object.values(ENGINE_ARCHIVES)).size).toBe(Object.keys(ENGINE_ARCHIVES).length);
  expect(await read(`toolchain/${ENGINE.module}/go.mod`)).toContain(`github.com/pulumi/pulumi/pkg/v3 v${ENGINE.version}`);
});

test('the licence that package.json names is there in full, and how to report a weakness', async () => {
  expect(JSON.parse(await read('package.json'))).toMatchObject({ license: 'Apache-2.0' });
  const licence = await read('LICENSE');
  expect(licence).toContain('Apache License');
  expect(licence).toContain('9. Accepting Warranty or Additional Liability.');
  expect(await read('SECURITY.md')).toContain('private vulnerability reporting');
});
