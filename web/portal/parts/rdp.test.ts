import { expect, it } from 'vitest';
import { isWindows, rdpFile } from './rdp.ts';

it('names the server and who signs in, a line each as Windows ends them, and asks for the password', () => {
  expect(rdpFile('203.0.113.7', 'Administrator').split('\r\n')).toEqual([
    'full address:s:203.0.113.7',
    'username:s:Administrator',
    'prompt for credentials:i:1',
    'authentication level:i:2',
    '',
  ]);
});

it('is for Windows only', () => {
  expect(['Administrator', 'administrator', 'root', 'ubuntu'].map(isWindows)).toEqual([true, true, false, false]);
});
