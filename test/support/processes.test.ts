import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { killLeaked, leakedProcesses, MARK } from './processes.ts';
import { until } from './until.ts';

test.skipIf(process.platform !== 'linux')('a process left behind is found by its mark, ended, and then not found', async () => {
  const mark = `leak-${process.pid}`;
  const child = spawn('sleep', ['60'], { env: { ...process.env, [MARK]: mark }, stdio: 'ignore' });
  const found = await until(async () => {
    const leaked = await leakedProcesses(mark);
    return leaked.some((each) => each.command === 'sleep 60') && leaked;
  });
  expect(found).toEqual([{ pid: child.pid, command: 'sleep 60' }]);
  killLeaked(found);
  await once(child, 'exit');
  expect(await leakedProcesses(mark)).toEqual([]);
});

test('until gives the last failure as the cause', async () => {
  const failure = await until(() => Promise.reject(new Error('not yet')), { timeoutMs: 30, what: 'the impossible' }).catch(
    (error: Error) => error,
  );
  expect(failure).toMatchObject({ message: 'Waited 30 ms for the impossible in vain.', cause: { message: 'not yet' } });
});
