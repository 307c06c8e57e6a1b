/** The HTTP side of a process: the application, its streams, and the tunnel for hand-run provider calls. */
import { createServer, type Server } from 'node:http';
import type { ProviderHostPool } from '../../automation/engine.ts';
import { authenticate } from '../auth/tokens.ts';
import type { Config } from '../config.ts';
import { openAccount } from '../services/accounts.ts';
import type { Services } from '../services/services.ts';
import type { StateService } from '../state/service.ts';
import { accountById } from '../store/accounts.ts';
import { appendAudit } from '../store/audit.ts';
import { inTransaction } from '../store/database.ts';
import { buildApp } from './app.ts';
import { EventHub } from './event-hub.ts';
import type { Metrics } from './metrics.ts';
import { attachTunnel } from './tunnel.ts';

/** Above the idle time of the engine's client, so that no request meets a closing socket. */
const KEEP_ALIVE_MS = 95_000;

export interface HttpParts {
  readonly services: Services;
  readonly databaseUrl: string;
  readonly metrics: Metrics;
  readonly state: StateService;
  readonly hosts: ProviderHostPool;
}

/** Listens and answers the origin. @throws Error in one line when the port is taken. */
export async function serveHttp(parts: HttpParts, stops: (() => Promise<unknown> | void)[]): Promise<string> {
  const { services, metrics, state } = parts;
  const { config } = services;
  const hub = new EventHub(parts.databaseUrl, services.log);
  await hub.start();
  stops.push(() => hub.close());
  let ready = true;
  const server = createServer(
    { requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: KEEP_ALIVE_MS },
    buildApp(services, hub, metrics, state.router, () => ready),
  );
  openTunnel(server, parts);
  await listen(server, config);
  stops.push(async () => {
    ready = false;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeIdleConnections();
    // Streams stay open for as long as their operation; they reconnect elsewhere.
    setTimeout(() => server.closeAllConnections(), 1_000).unref();
    await closed;
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : config.port;
  return `http://${config.host === '0.0.0.0' ? '127.0.0.1' : config.host}:${port}`;
}

/** A token without an organization belongs to the operators; others never reach a provider. */
function openTunnel(server: Server, { services, hosts }: HttpParts): void {
  attachTunnel(server, {
    authenticate: async (token) => {
      const principal = await authenticate(services.db, token);
      return principal?.organizationId === null ? principal : null;
    },
    openHost: async (accountId) => {
      const account = await accountById(services.db, accountId);
      if (!account) return null;
      const { providerId, ...connection } = openAccount(services, account);
      return hosts.acquire(providerId, connection);
    },
    audit: async (caller, accountId) => {
      const entry = { actor: caller.name, action: 'account.reached-by-hand', target: accountId, organizationId: null, data: {} };
      await inTransaction(services.db, (tx) => appendAudit(tx, entry));
    },
  });
}

async function listen(server: Server, config: Config): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', (error: NodeJS.ErrnoException) => {
    const reason = error.code === 'EADDRINUSE' ? 'another program uses it' : (error.code ?? error.message);
    reject(new Error(`Cannot listen on ${config.host}:${config.port}: ${reason}. Choose another port with PORT.`));
  });
  server.listen(config.port, config.host, resolve);
  await promise;
}
