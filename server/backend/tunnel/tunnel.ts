/**
 * Server end of hand-run provider calls: an upgraded connection on which the warm provider host of one of a VPS's accounts is
 * served, each call under the guard of services/provider-door.ts. The credential stays in this process.
 */
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { databaseRefusal } from '../../kernel/postgres/refusal.ts';
import { Refusal } from '../../kernel/problem.ts';
import type { RightsWatch } from '../../kernel/events/hub.ts';
import type { ProviderDoor } from './door.ts';
import type { Principal } from '../../kernel/services.ts';

const PATH = /^\/api\/vps\/([a-z0-9]{1,64})\/providers\/([a-z0-9-]{1,64})\/tunnel$/;
const PROTOCOL = 'plinth-provider';

export interface TunnelOptions {
  /** Before anything is looked up; the answer takes the status that the caller got. @throws Refusal when it asks too often */
  readonly admit: (request: IncomingMessage) => Promise<(status: number) => void>;
  /** null when the bearer token is unknown, expired or revoked. */
  readonly authenticate: (token: string) => Promise<Principal | null>;
  /** @throws Refusal when the caller may not, or there is no such VPS or account. */
  readonly open: (caller: Principal, vpsId: string, pulumiPackage: string) => Promise<ProviderDoor>;
  /** Closes tunnels with the rights of their tokens. */
  readonly tokens: RightsWatch;
}

/** Answers upgrade requests of `server`; other upgrades are refused. Answers what cuts all tunnels. */
export function attachTunnel(server: Server, options: TunnelOptions): () => void {
  const open = new Set<Socket>();
  server.on('upgrade', (request, duplex, head) => {
    const socket = duplex as Socket;
    socket.on('error', () => socket.destroy());
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    accept(options, request, socket, head).catch((error: unknown) => refuse(socket, error));
  });
  return () => {
    for (const socket of open) socket.destroy();
  };
}

async function accept(options: TunnelOptions, request: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
  const [, vpsId, pulumiPackage] = PATH.exec(new URL(request.url ?? '/', 'http://localhost').pathname) ?? [];
  if (!vpsId || !pulumiPackage || request.headers.upgrade !== PROTOCOL)
    throw new Refusal(404, 'not_found', 'There is nothing to upgrade at this address.');
  const settle = await options.admit(request);
  const [scheme, token] = (request.headers.authorization ?? '').split(' ');
  const caller = scheme?.toLowerCase() === 'bearer' && token ? await options.authenticate(token) : null;
  if (!caller) {
    settle(401);
    throw new Refusal(401, 'unauthenticated', 'This token is unknown, expired or revoked.');
  }
  const { host, guard } = await options.open(caller, vpsId, pulumiPackage);
  if (socket.destroyed) {
    host.release();
    return;
  }
  const unwatch = options.tokens.hold(caller, () => socket.destroy());
  socket.once('close', () => {
    unwatch();
    host.release();
  });
  socket.setNoDelay(true);
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${PROTOCOL}\r\n\r\n`);
  if (head.length > 0) socket.unshift(head);
  host.serve(socket, guard);
}

const STATUS_TEXT: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  429: 'Too Many Requests',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
};

function refuse(socket: Duplex, error: unknown): void {
  const told = error instanceof Refusal && error.status in STATUS_TEXT ? error : databaseRefusal(error);
  const { status, code, message, headers } = told ?? new Refusal(502, 'tunnel_failed', 'The provider host could not be reached.');
  const body = JSON.stringify({ type: 'about:blank', title: STATUS_TEXT[status], status, detail: message, code });
  const more = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_TEXT[status]}\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n${more.join('')}\r\n${body}`,
  );
}
