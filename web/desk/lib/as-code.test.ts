import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { VpsCreate } from '../../../contract/vps.ts';
import { asCommand, asCurl, asProgram, requestOf } from './as-code.ts';
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

/** A program of that name in the shell's path that says what it got: its words, and its standard input. */
function got(program: string, text: string, env: Record<string, string> = {}): { words: string[]; input: string } {
  const bin = mkdtempSync(join(tmpdir(), 'plinth-as-code-'));
  try {
    const says = `#!/bin/sh\nfor word; do printf '%s\\0' "$word"; done\nprintf '\\0'\ncat\n`;
    for (const name of [program, 'jq'])
      writeFileSync(join(bin, name), name === 'jq' && program !== 'jq' ? '#!/bin/sh\ncat\n' : says, { mode: 0o755 });
    const path = `${bin}${delimiter}${process.env['PATH']}`;
    const { stdout, stderr } = spawnSync('sh', ['-c', text], { encoding: 'utf8', env: { ...process.env, ...env, PATH: path } });
    expect(stderr).toBe('');
    const [words = '', input = ''] = stdout.split('\0\0');
    return { words: words.split('\0'), input };
  } finally {
    rmSync(bin, { recursive: true });
  }
}

describe('a form as code', () => {
  it('sends by curl what the form would send, whatever stands in it', () => {
    const request = requestOf('createVps', body);
    const { words, input } = got('curl', asCurl(request, `https://it's.example`), { PLINTH_TOKEN: `t'o "k` });
    expect(JSON.parse(input)).toEqual(body);
    expect(words).toEqual([
      '--fail-with-body',
      '-X',
      'POST',
      `https://it's.example/api/vps`,
      '-H',
      `authorization: Bearer t'o "k`,
      '-H',
      'content-type: application/json',
      '--data',
      '@-',
    ]);
  });

  it('names the route as the client does', () => {
    expect(requestOf('updateMaintenance', { title: 'x' }, { id: 'a/b' })).toEqual({
      method: 'PATCH',
      path: '/api/admin/maintenance/a%2Fb',
      body: { title: 'x' },
    });
  });

  it('has a secret put in from the environment, and does not show it', () => {
    const request = requestOf('createAccount', { name: HOSTILE, api_key: { id: '', secret: '' } });
    const secrets = ['id', 'secret'].map((name) => ({ at: ['api_key', name], variable: `CLOUD_${name.toUpperCase()}` }));
    const text = asCurl(request, 'https://plinth.example', secrets);
    expect(JSON.parse(got('curl', text).input)).toEqual(request.body);
    const { words } = got('jq', text.replace(/ \| curl[^]*?@-/, ''));
    expect(words).toEqual(['.api_key.id = $ENV.CLOUD_ID | .api_key.secret = $ENV.CLOUD_SECRET']);
  });

  it('sends by the command line what the form would send', () => {
    const { words, input } = got('plinth', asCommand(body));
    expect([words, JSON.parse(input)]).toEqual([['vps', 'create', '--file', '/dev/stdin', '--wait'], body]);
  });

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
