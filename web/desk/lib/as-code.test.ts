import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { VpsCreate } from '../../../contract/vps.ts';
import { asCommand, asCurl, asProgram } from './as-code.ts';
import { bodyOf, EMPTY_FORM } from './vps-form.ts';

const HOSTILE = `it's "$HOME" $(date) \`date\` \\ END`;
const form = {
  ...EMPTY_FORM,
  account: '0f7c2f0e-3f55-4f3e-9d0b-0a6b9a3f1c11',
  region: 'fra1',
  plan: 's-1vcpu-1gb',
  image: 'ubuntu-24-04-x64',
  label: 'web-1',
  zone: 'example.org',
  firewall: true,
  packages: 'nginx git',
  reference: HOSTILE,
};
const body = bodyOf(form, false);

/** What a program of that name would get from the shell on its standard input. */
function readBy(program: string, text: string): unknown {
  const { stdout, stderr } = spawnSync('sh', ['-c', `${program}() { cat; }\n${text}\n`], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

describe('a form as code', () => {
  it('sends by curl what the form would send, whatever stands in it', () => {
    const text = asCurl(body, 'https://plinth.example');
    expect(readBy('curl', text)).toEqual(body);
    expect(text).toContain(`-X POST 'https://plinth.example/api/vps'`);
  });

  it('sends by the command line what the form would send', () => expect(readBy('plinth', asCommand(body))).toEqual(body));

  it('is a program that makes and ends just that VPS', () => {
    const made: unknown[] = [];
    function Command(...given: unknown[]): void {
      made.push(given);
    }
    new Function('local', asProgram({ ...body, label: form.label }).replace(/^import .*$/m, ''))({ Command });
    const [[name, { stdin, delete: end }]] = made as [[string, { stdin: string; delete: string }]];
    expect([name, JSON.parse(stdin)]).toEqual(['web-1', body]);
    expect(end).toContain('plinth vps destroy web-1 ');
  });

  it('is taken by the contract', () => expect(VpsCreate.safeParse(body).success).toBe(true));
});
