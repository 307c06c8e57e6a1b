/** The plug-ins find the login where the pulumi command put it, whichever way that was told. */
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readLogin } from './login.ts';

const ORIGIN = 'https://vps.example.com';
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'plinth-login-'));
  for (const place of ['passwd/.pulumi', 'other/.pulumi', 'pulumi-home', 'credentials', 'sealed', 'out']) {
    await mkdir(join(dir, place), { recursive: true });
    const login = { current: ORIGIN, accessTokens: { [ORIGIN]: `token of ${place}` }, accounts: {} };
    const text = place === 'sealed' ? { version: 1, ciphertext: 'AAAA' } : place === 'out' ? { current: '', accessTokens: {} } : login;
    await writeFile(join(dir, place, 'credentials.json'), JSON.stringify(text));
  }
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const read = (env: Record<string, string>) => readLogin(env, () => join(dir, 'passwd'));
const tokenBy = async (env: Record<string, string>) => (await read(env)).token;

it('looks where the command looks: its own variables, else the home of the passwd entry, never $HOME', async () => {
  const home = { HOME: join(dir, 'other') };
  expect(await tokenBy(home)).toBe('token of passwd/.pulumi');
  expect(await tokenBy({ ...home, PULUMI_HOME: '', PULUMI_CREDENTIALS_PATH: '' })).toBe('token of passwd/.pulumi');
  const pulumiHome = { ...home, PULUMI_HOME: join(dir, 'pulumi-home') };
  expect(await tokenBy(pulumiHome)).toBe('token of pulumi-home');
  expect(await tokenBy({ ...pulumiHome, PULUMI_CREDENTIALS_PATH: join(dir, 'credentials') })).toBe('token of credentials');
});

it('lets the environment’s address and token win', async () => {
  const env = { PULUMI_BACKEND_URL: 'https://other.example.com', PULUMI_ACCESS_TOKEN: 'mine' };
  expect(await read(env)).toEqual({ origin: 'https://other.example.com', token: 'mine' });
});

it('says what is missing: no login, no token, or one that is sealed', async () => {
  await expect(read({ PULUMI_HOME: join(dir, 'nowhere') })).rejects.toThrow('Not logged in to Plinth');
  await expect(read({ PULUMI_BACKEND_URL: 'https://other.example.com' })).rejects.toThrow('No access token for https://other.example.com');
  await expect(read({ PULUMI_HOME: join(dir, 'sealed') })).rejects.toThrow('sealed by this machine');
  await expect(read({ PULUMI_HOME: join(dir, 'out') })).rejects.toThrow('Not logged in to Plinth');
});
