/** What is rendered with hostile values gives exactly those values, through the real shells and parsers. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SetupTemplate } from '../../contract/setup-profile.ts';
import { application } from './application.ts';
import { literal } from './escape.ts';
import { checkedValues, render, secretMark, templateProblems, WrongValues } from './render.ts';

const HOSTILE = [
  `'; touch /tmp/owned; '`,
  '"; rm -rf /; "',
  '$(touch /tmp/owned)',
  '`id`',
  '\\',
  '\\n',
  '${HOME}',
  '{{OTHER}}',
  '# not a comment',
  'a: b, c: [d]',
  '!!python/object',
  '@PLINTH-PASSWORD-HASH@x',
  '%s%n',
  "it's",
  '  spaces  ',
  '\u2028\u2029\u0085\ufeff\u007f',
  '🦆 ‘’‚‛',
  '-rf',
  '',
  'no',
  '0644',
  '=~',
];
const text = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: 'grapheme', maxLength: 60 }).filter((value) => value.isWellFormed() && !value.includes('\0')),
);

function python(program: string, values: readonly string[]): string[] {
  return JSON.parse(execFileSync('python3', ['-c', program], { input: values.join('\u0001'), encoding: 'utf8' })) as string[];
}

it('is one word to bash, and nothing else', () => {
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 20 }), (values) => {
      const script = values.map((value, index) => `V${index}=${literal('shell', value)}; printf '%s\\0' "$V${index}"`).join('\n');
      expect(execFileSync('bash', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1)).toEqual(values);
    }),
    { numRuns: 40 },
  );
});

it.each([
  ['toml', 'import sys,json,tomllib; print(json.dumps([tomllib.loads("v = "+v)["v"] for v in sys.stdin.read().split("\\x01")]))'],
  ['json', 'import sys,json; print(json.dumps([json.loads(v) for v in sys.stdin.read().split("\\x01")]))'],
  [
    'yaml',
    'import sys,json,yaml; print(json.dumps([yaml.load("v: "+v, Loader=yaml.SafeLoader)["v"] for v in sys.stdin.read().split("\\x01")]))',
  ],
] as const)('is exactly itself to a parser of %s', (format, program) => {
  const usable = ((): boolean => {
    try {
      execFileSync('python3', ['-c', program.split(';')[0]!], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  })();
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 20 }), (values) => {
      const literals = values.map((value) => literal(format, value));
      // Without that parser here: one line of printable characters that JSON reads is what all three take.
      if (!usable) expect(literals.map((each) => JSON.parse(each) as string)).toEqual(values);
      else expect(python(program, literals)).toEqual(values);
    }),
    { numRuns: 15 },
  );
});

it('doubles every quote that PowerShell knows, and lets only words stand unquoted', () => {
  expect(literal('powershell', `a'b‘c’d`)).toBe(`'a''b‘‘c’’d'`);
  expect(literal('plain', 'web-1.example')).toBe('web-1.example');
  for (const value of ['a b', 'a\nb', 'a;b', '', '-a', '$a']) expect(() => literal('plain', value)).toThrow(RangeError);
  expect(() => literal('shell', 'a\0b')).toThrow(RangeError);
});

const template = (more: object): SetupTemplate =>
  SetupTemplate.parse({ variables: [{ name: 'NAME', type: 'text' }], script: 'true', ...more });

it('writes files whose content is the value, whatever the value is', () => {
  const dir = mkdtempSync(join(tmpdir(), 'plinth-render-'));
  try {
    fc.assert(
      fc.property(
        text.filter((value) => !/[\r\n]/.test(value)),
        (value) => {
          const asked = template({
            files: [{ name: 'one', path: '/one', format: 'json', content: '{"name": {{NAME}}}' }],
            script: 'put one\nprintf %s "$NAME" >"$OUT/name"',
          });
          const { script } = render('test', asked, { NAME: value }, { setupUrl: null, secrets: {} });
          const run = script.replace('exec >>/post_install.log 2>&1', ':').replaceAll("'/one'", `"$OUT/one"`);
          execFileSync('bash', ['-c', run], { env: { PATH: process.env['PATH'], OUT: dir } });
          expect(JSON.parse(readFileSync(join(dir, 'one'), 'utf8'))).toEqual({ name: value });
          expect(readFileSync(join(dir, 'name'), 'utf8')).toBe(value);
        },
      ),
      { numRuns: 25 },
    );
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

it('holds no secret in clear but where the profile says so, and names what is wrong', () => {
  const values = {
    OWNER_ID: 'o-1',
    HOSTNAME: 'ada.example.com',
    CONDUCTOR_URL: 'https://example.com/app',
    CLI_URL: 'https://example.com/cli',
    APP_USER: 'ada',
  };
  const carried = { setupUrl: 'https://plinth.example/api/setup/T', secrets: { JWT_SECRET: 'very-secret' } };
  const { script, files } = render('application', application, values, carried);
  expect(script).not.toContain('very-secret');
  expect(files.find(({ name }) => name === 'config')).toMatchObject({ path: '/etc/conductor/config.toml' });
  expect(files.find(({ name }) => name === 'config')!.content).toContain(`jwt_secret = "${secretMark('JWT_SECRET')}"`);
  expect(JSON.parse(files.find(({ name }) => name === 'marker')!.content)).toEqual({
    vps: true,
    conductor: 'http://localhost:8080',
    version: '1.0',
  });
  execFileSync('bash', ['-n'], { input: script });
  expect(Buffer.byteLength(script)).toBeLessThan(16_384);
  const inline = render('x', { ...application, secrets: 'inline', checks: [] }, values, { ...carried, setupUrl: null });
  expect(inline.script).toContain(`JWT_SECRET='very-secret'`);
  expect(templateProblems(application)).toEqual([]);

  expect(() => checkedValues(application, { ...values, HOSTNAME: 'a b', CLI_URL: 'http://x', NOBODY: 'x', JWT_SECRET: 'mine' })).toThrow(
    WrongValues,
  );
  const wrong = (more: object): string[] => templateProblems(template(more)).map(({ field }) => field);
  expect(wrong({ files: [{ name: 'a', path: '/a', format: 'plain', content: '{{NAME}}' }] })).toEqual(['files.0.content']);
  expect(wrong({ files: [{ name: 'a', path: '/{{NAME}}', format: 'json', content: '' }] })).toEqual(['files.0.path']);
  expect(wrong({ files: [{ name: 'a', path: '/a', format: 'json', content: '{{NOBODY}}' }] })).toEqual(['files.0.content']);
  expect(wrong({ script: 'echo {{NAME}}' })).toEqual(['script']);
  expect(wrong({ secrets: 'inline', checks: [{ type: 'finished' }] })).toEqual(['checks']);
});
