/**
 * Server end of hand-run provider calls: an upgraded connection is piped to the warm provider host of one
 * account. The credential stays in this process; the caller needs a token that may run updates.
 */
import type { IncomingMessage, Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

const PATH = /^\/api\/admin\/providers\/([a-z0-9-]{1,64})\/tunnel$/;
const PROTOCOL = 'plinth-provider';

export interface TunnelCaller {
  /** The token's name, for the audit trail. */
  readonly name: string;
  readonly role: 'viewer' | 'operator' | 'admin';
}

export interface TunnelOptions {
  /** null when the bearer token is unknown, expired or revoked. */
  readonly authenticate: (token: string) => Promise<TunnelCaller | null>;
  /** Leases the account's host on this machine; null when there is no such account. */
  readonly openHost: (accountId: string) => Promise<{ port: number; release(): void } | null>;
  readonly audit: (caller: TunnelCaller, accountId: string) => Promise<void>;
}

/** Answers upgrade requests of `server`; other upgrades are refused. */
export function attachTunnel(server: Server, options: TunnelOptions): void {
  server.on('upgrade', (request, socket, head) => {
    accept(options, request, socket as Socket, head).catch(() => refuse(socket, 502, 'The provider host could not be reached.'));
  });
}

async function accept(options: TunnelOptions, request: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
  socket.on('error', () => socket.destroy());
  const accountId = PATH.exec(new URL(request.url ?? '/', 'http://localhost').pathname)?.[1];
  if (!accountId || request.headers.upgrade !== PROTOCOL) {
    refuse(socket, 404, 'There is nothing to upgrade at this address.');
    return;
  }
  const [scheme, token] = (request.headers.authorization ?? '').split(' ');
  const caller = scheme?.toLowerCase() === 'bearer' && token ? await options.authenticate(token) : null;
  if (!caller) {
    refuse(socket, 401, 'This token is unknown, expired or revoked.');
    return;
  }
  if (caller.role === 'viewer') {
    refuse(socket, 403, 'Reaching a provider needs the role operator.');
    return;
  }
  const host = await options.openHost(accountId);
  if (!host) {
    refuse(socket, 404, `There is no provider account ${accountId}.`);
    return;
  }
  await options.audit(caller, accountId);
  const upstream = connect(host.port, '127.0.0.1');
  upstream.setNoDelay(true);
  socket.setNoDelay(true);
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${PROTOCOL}\r\n\r\n`);
  if (head.length > 0) upstream.write(head);
  socket.pipe(upstream);
  upstream.pipe(socket);
  upstream.on('error', () => socket.destroy());
  upstream.on('close', () => socket.destroy());
  socket.on('close', () => {
    upstream.destroy();
    host.release();
  });
}

const STATUS_TEXT: Readonly<Record<number, string>> = { 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 502: 'Bad Gateway' };

function refuse(socket: Duplex, status: number, detail: string): void {
  const body = JSON.stringify({ type: 'about:blank', title: STATUS_TEXT[status], status, detail, code: 'tunnel_refused' });
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_TEXT[status]}\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
