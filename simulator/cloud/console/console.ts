/**
 * A server's serial line over a websocket: it echoes what is typed, asks for a login and knows a few words. A token opens it once and
 * for a minute, as the providers' consoles do.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { sha512Crypt } from '../../lib/sha512-crypt.ts';
import type { SimWorld } from '../../providers/simulation.ts';
import type { SimServer } from './model.ts';

const OPEN_MS = 60_000;
/** Of `passwd` and `chpasswd` in user data; the salt alone too. */
const HASH = /\$6\$([./0-9A-Za-z]{1,16})\$[./0-9A-Za-z]{86}/;

interface ConsoleToken {
  id: string;
  serverId: string;
  password: string;
  untilMs: number;
}

/** A token that opens the line of a server, and the password that the provider gives with it. */
export function consoleToken(world: SimWorld, server: SimServer): { token: string; password: string } {
  const tokens = world.collection<ConsoleToken>('consoles');
  for (const old of tokens.filter(({ untilMs }) => untilMs < world.now())) tokens.delete(old.id);
  const { id, password } = tokens.put({
    id: world.hex(32),
    serverId: server.id,
    password: world.hex(16),
    untilMs: world.now() + OPEN_MS,
  });
  return { token: id, password };
}

/** Takes the connection when the token opens a line; answers 404 or 410 otherwise. */
export function connectConsole(world: SimWorld, token: string, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const tokens = world.collection<ConsoleToken>('consoles');
  const known = tokens.get(token);
  const server = known === undefined ? undefined : world.collection<SimServer>('instances').get(known.serverId);
  if (!known || !server || known.untilMs < world.now()) {
    socket.end(`HTTP/1.1 ${known ? '410 Gone' : '404 Not Found'}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
    return;
  }
  tokens.delete(token);
  const line = new WebSocketServer({ noServer: true });
  line.handleUpgrade(request, socket, head, (client) => serialLine(client, server));
}

/** Binary or text in, text out; what is typed comes back as a terminal shows it. */
function serialLine(client: WebSocket, server: SimServer): void {
  const host = server.name;
  const prompt = `${host} login: `;
  let typed = '';
  let state: 'login' | 'password' | 'shell' = 'login';
  client.send(`\r\nSerial console of ${host}\r\n\r\n${prompt}`);
  client.on('message', (data: RawData) => {
    for (const letter of textOf(data)) {
      if (letter === '\n') continue;
      if (letter !== '\r') {
        typed += letter;
        if (state !== 'password') client.send(letter);
        continue;
      }
      const said = typed.trim();
      typed = '';
      if (state === 'login') {
        client.send('\r\nPassword: ');
        state = 'password';
      } else if (state === 'password') {
        const good = isPasswordOf(server, said);
        state = good ? 'shell' : 'login';
        client.send(good ? `\r\nroot@${host}:~# ` : `\r\nLogin incorrect\r\n${prompt}`);
      } else if (said === 'exit') {
        state = 'login';
        client.send(`\r\nlogout\r\n${prompt}`);
      } else client.send(`\r\n${outputOf(said, server)}root@${host}:~# `);
    }
  });
}

/** The first boot sets the one of its user data, where there is one, by its hash. */
function isPasswordOf({ password, userData }: SimServer, said: string): boolean {
  const text = userData.startsWith('#') ? userData : Buffer.from(userData, 'base64').toString('utf8');
  const [hash, salt] = HASH.exec(text) ?? [];
  return salt === undefined ? said === password : sha512Crypt(said, salt) === hash;
}

function outputOf(said: string, { name, ipv4 }: SimServer): string {
  const [word, ...rest] = said.split(' ');
  if (said === '') return '';
  if (word === 'echo') return `${rest.join(' ')}\r\n`;
  if (word === 'hostname') return `${name}\r\n`;
  if (word === 'ip') return `inet ${ipv4}/32 scope global eth0\r\n`;
  return `${word}: command not found\r\n`;
}

function textOf(data: RawData): string {
  const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer);
  return bytes.toString('utf8');
}
