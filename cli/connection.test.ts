import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { credentialsFile, findConnection, forgetToken, isLoopback, serviceUrl, storeToken } from './connection.ts';
import { clockCheck } from './doctor/service.ts';
import { dataDirCheck, nodeCheck } from './doctor/machine.ts';

let home: string;
let env: Record<string, string>;
let count = 0;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'plinth-cli-'));
});
afterAll(() => rm(home, { recursive: true, force: true }));
beforeEach(async () => {
  const cwd = join(home, String(count++));
  await mkdir(join(cwd, 'data'), { recursive: true });
  env = { XDG_CONFIG_HOME: join(cwd, 'config'), PLINTH_DATA_DIR: join(cwd, 'data') };
});
const find = (url?: string) => findConnection({ env, cwd: home }, url);

describe('the connection', () => {
  it('is this machine without a token at first', async () => {
    expect(await find()).toEqual({ url: 'http://127.0.0.1:4000', token: null, tokenFrom: null });
  });

  it('prefers the option, then the environment, then the last login', async () => {
    await storeToken(env, 'https://a.example', 'token-a');
    await storeToken(env, 'https://b.example', 'token-b');
    expect(await find()).toMatchObject({ url: 'https://b.example', token: 'token-b' });
    expect(await find('https://a.example/')).toMatchObject({ url: 'https://a.example', token: 'token-a' });
    env['PLINTH_URL'] = 'https://c.example';
    expect(await find()).toMatchObject({ url: 'https://c.example', token: null });
    env['PLINTH_TOKEN'] = 'token-env';
    expect(await find()).toMatchObject({ token: 'token-env', tokenFrom: 'PLINTH_TOKEN' });
  });

  it('sends the admin token of this machine to this machine only', async () => {
    await writeFile(join(env['PLINTH_DATA_DIR']!, 'admin-token'), 'plinth_first\n');
    expect(await find()).toMatchObject({ token: 'plinth_first' });
    expect(await find('https://elsewhere.example')).toMatchObject({ token: null });
    expect(isLoopback('http://127.0.0.1.evil.example')).toBe(false);
  });

  it('keeps tokens readable for their owner only, and forgets them', async () => {
    await storeToken(env, 'https://a.example', 'token-a');
    expect((await stat(credentialsFile(env))).mode & 0o777).toBe(0o600);
    expect(await forgetToken(env, 'https://a.example')).toBe(true);
    expect(await forgetToken(env, 'https://a.example')).toBe(false);
    expect(await readFile(credentialsFile(env), 'utf8')).not.toContain('token-a');
  });

  it('refuses addresses that are none, or hold a password', () => {
    expect(() => serviceUrl('vps.example.com')).toThrow('is not an address');
    expect(() => serviceUrl('https://me:secret@vps.example.com')).toThrow(/^The address holds a name or password/);
    expect(serviceUrl('https://vps.example.com/plinth/')).toBe('https://vps.example.com/plinth');
  });
});

describe('doctor', () => {
  it('judges Node, clocks and permissions', async () => {
    expect(nodeCheck('v24.1.0').status).toBe('ok');
    expect(nodeCheck('v20.1.0').status).toBe('fail');
    const now = Date.parse('2026-01-01T00:00:00Z');
    expect(clockCheck('Thu, 01 Jan 2026 00:00:01 GMT', now).status).toBe('ok');
    expect(clockCheck('Thu, 01 Jan 2026 00:00:20 GMT', now).status).toBe('warn');
    expect(clockCheck('Thu, 01 Jan 2026 00:10:00 GMT', now).status).toBe('fail');
    const dir = env['PLINTH_DATA_DIR']!;
    await writeFile(join(dir, 'master-key'), 'x', { mode: 0o644 });
    expect(await dataDirCheck(dir)).toMatchObject({ status: 'fail', remedy: expect.stringContaining('chmod 600') });
    expect((await dataDirCheck(join(dir, 'none'))).status).toBe('warn');
  });
});
