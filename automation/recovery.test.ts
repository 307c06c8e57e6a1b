import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { until } from '../test/support/until.ts';
import { ensureGone, processFate, readStartTime, thisHost } from './recovery.ts';
import type { EngineProcess } from './types.ts';

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, 'SIGKILL');
});

function start(script: string): ChildProcess {
  const child = spawn('/bin/sh', ['-c', script], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  children.push(child);
  return child;
}

function identify(child: ChildProcess): EngineProcess {
  return { host: thisHost(), pid: child.pid!, startTime: readStartTime(child.pid!) };
}

it('kills a process group, children included, and proves it gone', async () => {
  const child = start('sleep 60 & echo $!; wait');
  const [line] = (await once(child.stdout!, 'data')) as [Buffer];
  const grandchild = Number(String(line).trim());
  const engine = identify(child);
  expect(processFate(engine)).toBe('alive');
  expect(await ensureGone(engine)).toBe('gone');
  expect(processFate(engine)).toBe('gone');
  await until(() => readStartTime(grandchild) === null, { what: 'the grandchild to be gone' });
});

it('kills one that ignores other signals', async () => {
  const child = start('trap "" INT TERM; echo ready; while :; do sleep 1; done');
  await once(child.stdout!, 'data');
  expect(await ensureGone(identify(child))).toBe('gone');
});

it.skipIf(!existsSync('/proc'))('does not take a reused process id for the same process, nor kill it', async () => {
  const child = start('echo ready; sleep 60');
  await once(child.stdout!, 'data');
  const former = { ...identify(child), startTime: '1' };
  expect(processFate(former)).toBe('gone');
  expect(await ensureGone(former)).toBe('gone');
  expect(processFate(identify(child))).toBe('alive');
});

it('proves nothing about another host', async () => {
  const child = start('echo ready; sleep 60');
  await once(child.stdout!, 'data');
  expect(await ensureGone({ ...identify(child), host: 'another-host' })).toBe('other_host');
  expect(processFate(identify(child))).toBe('alive');
});

it('takes an ended process for gone', async () => {
  const child = start('exit 0');
  const engine = identify(child);
  await once(child, 'exit');
  expect(processFate(engine)).toBe('gone');
  expect(readStartTime(child.pid!)).toBeNull();
});
