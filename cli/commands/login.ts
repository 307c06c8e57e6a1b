/** `plinth login` and `plinth logout` */
import { hostname, userInfo } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { z } from 'zod';
import type { DeviceLoginBegun, DeviceLoginState } from '../../contract/device-login.ts';
import { Api } from '../api.ts';
import { type Command, command, type Context } from '../command.ts';
import { findConnection, forgetToken, isLoopback, serviceUrl, storeToken } from '../connection.ts';
import { CliError, EXIT, usage } from '../errors.ts';
import { ask } from '../io.ts';
import { remark } from '../output.ts';

const login = command({
  path: ['login'],
  summary: 'Be let in by a person in the browser, or keep a token',
  details:
    'At a terminal it shows an address and a code: open the one, compare the other, and it acts as you, for 90 days. With --with-token, or with standard input that is no terminal, a token is asked for without echo or read. Either is kept in ~/.config/plinth/credentials.json, readable for you only.',
  positionals: [{ name: 'address', help: 'of the service; default PLINTH_URL, then this machine', optional: true }],
  options: {
    browser: { type: 'boolean', help: 'be let in from the browser; the default at a terminal' },
    'with-token': { type: 'boolean', help: 'ask for a token instead' },
  },
  json: false,
  examples: ['login https://vps.example.com', 'login https://vps.example.com < token.txt'],
  run: async (context, [address = ''], { browser, 'with-token': withToken }) => {
    const { io } = context;
    const url = address === '' ? (await context.connection()).url : serviceUrl(address);
    if (url.startsWith('http://') && !isLoopback(url))
      remark(context, `${url} is not encrypted: anyone on the way can read the token. Use https.`);
    const byBrowser = browser ?? (io.stdin.isTTY === true && !withToken);
    const token = byBrowser ? await letIn(context, url) : (await ask(io, `Token for ${url}: `, { secret: true })).trim();
    if (!/^[\x21-\x7e]+$/.test(token))
      throw usage('That is not a token. Make one with: plinth token create, or use the first admin token (.plinth/admin-token).');
    await new Api({ url, token, tokenFrom: 'what you typed' }, io.signal).get('/api/vps', { limit: 1 });
    const file = await storeToken(io.env, url, token);
    remark(context, `Logged in to ${url}. The token is in ${file}.`);
    if (io.env['PLINTH_TOKEN']) remark(context, 'PLINTH_TOKEN is set and goes before it. Unset it to use this login.');
    return EXIT.ok;
  },
});

/** Waits until a person has answered in the browser. @throws CliError when they refuse, or do not answer in time */
async function letIn(context: Context, url: string): Promise<string> {
  const { signal } = context.io;
  const api = new Api({ url, token: null, tokenFrom: 'nobody yet' }, signal);
  const client = `plinth on ${hostname()} (${userInfo().username})`.slice(0, 100);
  const begun = await api.change<z.infer<typeof DeviceLoginBegun>>('POST', '/api/device-login', { body: { client } });
  remark(context, `Open ${begun.url}`);
  remark(context, `and let in the code ${begun.user_code}. Waiting for up to ${begun.expires_in_seconds / 60} minutes …`);
  for (;;) {
    await delay(begun.interval_seconds * 1000, undefined, { signal });
    const { state, token } = await api.change<z.infer<typeof DeviceLoginState>>('POST', '/api/device-login/poll', {
      body: { device_secret: begun.device_secret },
    });
    if (state === 'denied') throw new CliError(EXIT.forbidden, 'It was refused in the browser.');
    if (token !== null) return token;
  }
}

const logout = command({
  path: ['logout'],
  summary: 'Forget the kept token of a service',
  details: 'The token itself stays valid; plinth token revoke ends it.',
  positionals: [{ name: 'address', help: 'of the service; default: the one in use', optional: true }],
  json: false,
  examples: ['logout', 'logout https://vps.example.com'],
  run: async (context, [address = '']) => {
    const { url } = await findConnection(context.io, address === '' ? undefined : address);
    const forgotten = await forgetToken(context.io.env, url);
    remark(context, forgotten ? `Logged out of ${url}.` : `There was no login at ${url}.`);
    return EXIT.ok;
  },
});

export const loginCommands: readonly Command[] = [login, logout];
