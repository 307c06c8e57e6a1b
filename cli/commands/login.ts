/** `plinth login` and `plinth logout` */
import { Api } from '../api.ts';
import { type Command, command } from '../command.ts';
import { findConnection, forgetToken, isLoopback, serviceUrl, storeToken } from '../connection.ts';
import { EXIT, usage } from '../errors.ts';
import { ask } from '../io.ts';
import { remark } from '../output.ts';

const login = command({
  path: ['login'],
  summary: 'Keep a token for a service, after trying it there',
  details:
    'The token is asked for without echo, or read from standard input. It is kept in ~/.config/plinth/credentials.json, readable for you only.',
  positionals: [{ name: 'address', help: 'of the service; default PLINTH_URL, then this machine', optional: true }],
  json: false,
  examples: ['login https://vps.example.com', 'login https://vps.example.com < token.txt'],
  run: async (context, [address = '']) => {
    const { io } = context;
    const url = address === '' ? (await context.connection()).url : serviceUrl(address);
    if (url.startsWith('http://') && !isLoopback(url))
      remark(context, `${url} is not encrypted: anyone on the way can read the token. Use https.`);
    const token = (await ask(io, `Token for ${url}: `, { secret: true })).trim();
    if (!/^[\x21-\x7e]+$/.test(token))
      throw usage('That is not a token. Make one with: plinth token create, or use the first admin token (.plinth/admin-token).');
    await new Api({ url, token, tokenFrom: 'what you typed' }, io.signal).get('/api/vps', { limit: 1 });
    const file = await storeToken(io.env, url, token);
    remark(context, `Logged in to ${url}. The token is in ${file}.`);
    if (io.env['PLINTH_TOKEN']) remark(context, 'PLINTH_TOKEN is set and goes before it. Unset it to use this login.');
    return EXIT.ok;
  },
});

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
