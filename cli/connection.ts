/** Which service, and as whom: the environment, the last login, or on the same machine the first-start admin token. */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { writePrivate } from '../lib/private-files.ts';
import { CliError, EXIT, usage } from './errors.ts';
import type { Io } from './io.ts';

export interface Connection {
  /** Without a slash at the end. */
  readonly url: string;
  readonly token: string | null;
  /** Where the token came from, for `doctor` and messages. */
  readonly tokenFrom: string | null;
}

const Credentials = z.object({ current: z.string().optional(), tokens: z.record(z.string(), z.string()).default({}) });
type Credentials = z.infer<typeof Credentials>;

const repositoryRoot = dirname(import.meta.dirname);

export function credentialsFile(env: Io['env']): string {
  return join(env['XDG_CONFIG_HOME'] || join(env['HOME'] || homedir(), '.config'), 'plinth', 'credentials.json');
}

/** @throws CliError when the address is not one, or the credentials file is broken. */
export async function findConnection(io: Pick<Io, 'env' | 'cwd'>, chosenUrl: string | undefined): Promise<Connection> {
  const { env } = io;
  const stored = await readCredentials(env);
  const given = chosenUrl ?? (env['PLINTH_URL'] || stored.current);
  const url = serviceUrl(given ?? `http://127.0.0.1:${env['PORT'] || '4000'}`);
  if (env['PLINTH_TOKEN']) return { url, token: env['PLINTH_TOKEN'].trim(), tokenFrom: 'PLINTH_TOKEN' };
  const token = stored.tokens[url];
  if (token !== undefined) return { url, token, tokenFrom: credentialsFile(env) };
  // This machine's own admin token goes to this machine only.
  const local = isLoopback(url) ? await readAdminToken(io) : null;
  return { url, token: local?.token ?? null, tokenFrom: local?.path ?? null };
}

/** Origin and path of an http(s) address, without a slash at the end. @throws CliError (usage) */
export function serviceUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol))
    throw usage(`"${text}" is not an address of a service. Use one like https://vps.example.com.`);
  if (url.username !== '' || url.password !== '')
    throw usage('The address holds a name or password. Leave them out; tokens go in through plinth login.');
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** Keeps a token for this address and makes it the default one. */
export async function storeToken(env: Io['env'], url: string, token: string): Promise<string> {
  const { tokens } = await readCredentials(env);
  return await writeCredentials(env, { current: url, tokens: { ...tokens, [url]: token } });
}

/** Forgets the token of this address. False when there was none. */
export async function forgetToken(env: Io['env'], url: string): Promise<boolean> {
  const stored = await readCredentials(env);
  if (stored.tokens[url] === undefined) return false;
  const { [url]: _gone, ...tokens } = stored.tokens;
  await writeCredentials(env, { ...(stored.current === url ? {} : { current: stored.current }), tokens });
  return true;
}

async function readCredentials(env: Io['env']): Promise<Credentials> {
  const file = credentialsFile(env);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw new CliError(EXIT.forbidden, `Cannot read ${file} (${error.code}). Make it readable for you, or remove it and log in again.`);
  });
  if (text === null) return { tokens: {} };
  try {
    return Credentials.parse(JSON.parse(text));
  } catch {
    throw new CliError(EXIT.forbidden, `${file} is not a credentials file of plinth. Remove it and log in again.`);
  }
}

async function writeCredentials(env: Io['env'], credentials: Credentials): Promise<string> {
  const file = credentialsFile(env);
  await writePrivate(file, `${JSON.stringify(credentials, null, 2)}\n`);
  return file;
}

async function readAdminToken({ env, cwd }: Pick<Io, 'env' | 'cwd'>): Promise<{ token: string; path: string } | null> {
  const given = env['PLINTH_DATA_DIR'];
  const folders = given ? [resolve(cwd, given)] : [join(cwd, '.plinth'), join(repositoryRoot, '.plinth')];
  for (const folder of new Set(folders)) {
    const path = join(folder, 'admin-token');
    const token = await readFile(path, 'utf8').catch(() => '');
    if (token.trim() !== '') return { token: token.trim(), path };
  }
  return null;
}
