/** Connections that are taken over by another protocol: one dispatcher for the process, to whose doors they lead by their path. */
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { databaseRefusal } from '../postgres/refusal.ts';
import { Refusal } from '../problem.ts';

/** One that asks to be taken over. Its `error` events are handled already. */
export interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Socket;
  /** What came with the request already. */
  readonly head: Buffer;
  /** What the groups of the door's path matched. */
  readonly names: readonly string[];
}

export interface UpgradeDoor {
  readonly path: RegExp;
  /** The word of the `Upgrade` header, in lower case. */
  readonly protocol: string;
  /** What the caller is told when it fails without saying why. */
  readonly failure: Refusal;
  /** Speaks first. What it throws is answered as HTTP, so nothing may have been written by then. */
  readonly accept: (upgrade: Upgrade) => Promise<void>;
  /** Says goodbye where its protocol has a word for it: all are cut right after. */
  readonly cut?: () => void;
}

/** Answers the upgrade requests of `server`; those that no door wants are refused. Answers what cuts all that are open. */
export function attachUpgrades(server: Server, doors: readonly UpgradeDoor[]): () => void {
  const open = new Set<Socket>();
  server.on('upgrade', (request, duplex, head) => {
    const socket = duplex as Socket;
    socket.on('error', () => socket.destroy());
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    const found = doorOf(doors, request);
    if (!found) return refuse(socket, new Refusal(404, 'not_found', 'There is nothing to upgrade at this address.'));
    const [door, names] = found;
    door.accept({ request, socket, head, names }).catch((error: unknown) => refuse(socket, toldOf(error) ?? door.failure));
  });
  return () => {
    for (const { cut } of doors) cut?.();
    for (const socket of open) socket.destroy();
  };
}

function doorOf(doors: readonly UpgradeDoor[], { url, headers }: IncomingMessage): [UpgradeDoor, string[]] | null {
  const path = URL.parse(url ?? '/', 'http://localhost')?.pathname ?? '';
  for (const door of doors) {
    const names = door.protocol === headers.upgrade?.toLowerCase() ? door.path.exec(path) : null;
    if (names) return [door, names.slice(1)];
  }
  return null;
}

const STATUS_TEXT: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  429: 'Too Many Requests',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
};

function toldOf(error: unknown): Refusal | null {
  return error instanceof Refusal && error.status in STATUS_TEXT ? error : databaseRefusal(error);
}

function refuse(socket: Socket, { status, code, message, headers }: Refusal): void {
  const body = JSON.stringify({ type: 'about:blank', title: STATUS_TEXT[status], status, detail: message, code });
  const more = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_TEXT[status]}\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n${more.join('')}\r\n${body}`,
  );
}
