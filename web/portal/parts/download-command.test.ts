import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { archiveOf, copyCommand, downloadCommand } from './download-command.ts';

it('downloads as whoever administers the server', () => {
  expect(downloadCommand('web-1', '203.0.113.7', 'root')).toBe('ssh root@203.0.113.7 "tar -C / --one-file-system -czf - ." > web-1.tar.gz');
  expect(downloadCommand('web-1', '2001:db8::7', 'ubuntu')).toContain('ssh ubuntu@2001:db8::7 "sudo tar ');
  expect(copyCommand('web-1')).toContain('\\\\tsclient\\C\\web-1 ');
});

it('is harmless in a shell, whatever the label is', () => {
  const label = 'a b; echo $(id) > "x" \\ `y`';
  expect(archiveOf(label)).toBe('a-b-echo-id-x-y-.tar.gz');
  expect(archiveOf('../..')).toBe('server.tar.gz');
  // What a shell makes of it, with a program that only says what it was given.
  const told = spawnSync('sh', ['-c', downloadCommand(label, '203.0.113.7', 'root').replace('ssh', 'printf "%s|"').replace(/>.*/, '')]);
  expect(told.stdout.toString()).toBe('root@203.0.113.7|tar -C / --one-file-system -czf - .|');
});
