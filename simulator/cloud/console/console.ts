/**
 * A server's console over a websocket: its serial line as text, or its screen as VNC. A token opens it once and for a minute, as the
 * providers' consoles do.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { SimWorld } from '../../../providers/simulation.ts';
import type { SimServer } from '../model.ts';
import { openScreen } from './rfb.ts';
import { Shell } from './shell.ts';

const OPEN_MS = 60_000;
export type ConsoleFace = 'serial' | 'vnc';

interface ConsoleToken {
  id: string;
  serverId: string;
  password: string;
  face: ConsoleFace;
  untilMs: number;
}

/** A token that opens the console of a server, and the password that the provider gives with it; only a screen asks for that. */
export function consoleToken(world: SimWorld, server: SimServer, face: ConsoleFace): { token: string; password: string } {
  const tokens = world.collection<ConsoleToken>('consoles');
  for (const old of tokens.filter(({ untilMs }) => untilMs < world.now())) tokens.delete(old.id);
  const { id, password } = tokens.put({
    id: world.hex(32),
    serverId: server.id,
    password: world.hex(16),
    face,
    untilMs: world.now() + OPEN_MS,
  });
  return { token: id, password };
}

/** Takes the connection when the token opens a console; answers 404 or 410 otherwise. */
export function connectConsole(world: SimWorld, token: string, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const tokens = world.collection<ConsoleToken>('consoles');
  const known = tokens.get(token);
  const server = known === undefined ? undefined : world.collection<SimServer>('instances').get(known.serverId);
  if (!known || !server || known.untilMs < world.now()) {
    socket.end(`HTTP/1.1 ${known ? '410 Gone' : '404 Not Found'}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
    return;
  }
  tokens.delete(token);
  const line = new WebSocketServer({ noServer: true, maxPayload: 1024 * 1024 });
  line.handleUpgrade(request, socket, head, (client) => {
    client.on('error', () => client.terminate());
    if (known.face === 'vnc') screen(client, server, known.password);
    else serialLine(client, server);
  });
}

/** Binary or text in, text out. */
function serialLine(client: WebSocket, server: SimServer): void {
  const shell = new Shell(server, `Serial console of ${server.name}`, (text) => client.send(text));
  client.on('message', (data: RawData) => shell.type(bytesOf(data).toString('utf8')));
}

function screen(client: WebSocket, server: SimServer, password: string): void {
  const take = openScreen({ server, password, send: (bytes) => client.send(bytes), end: () => client.close() });
  client.on('message', (data: RawData) => take(bytesOf(data)));
}

function bytesOf(data: RawData): Buffer {
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer);
}
