/** The HTTP side of a process: the application, its streams, and what else speaks through its port. */
import { createServer, type Server } from 'node:http';
import type { ProviderHostPool } from '../automation/engine.ts';
import { TokenWatch } from './identity/tokens/watch.ts';
import type { Config } from './kernel/config.ts';
import type { Services } from './kernel/services.ts';
import { buildApp } from './app.ts';
import type { Domain } from './kernel/domain.ts';
import { EventHub } from './kernel/events/hub.ts';
import type { Signals } from './kernel/events/signals.ts';
import { Limits } from './kernel/http/limits.ts';
import type { Metrics } from './kernel/http/metrics.ts';
import { StreamLeases } from './kernel/http/stream-leases.ts';
import { Streams } from './kernel/http/streams.ts';
import { attachUpgrades } from './kernel/http/upgrades.ts';

/** Above the idle time of the engine's client, so that no request meets a closing socket. */
const KEEP_ALIVE_MS = 95_000;

export interface HttpParts {
  readonly services: Services;
  readonly signals: Signals;
  readonly metrics: Metrics;
  readonly domains: readonly Domain[];
  readonly hosts: ProviderHostPool;
}

/** Listens and answers the origin. @throws Error in one line when the port is taken. */
export async function serveHttp(parts: HttpParts, stops: (() => Promise<unknown> | void)[]): Promise<string> {
  const { services, metrics, domains, hosts } = parts;
  const { config } = services;
  const { perToken, perProcess } = config.streams;
  const rights = new TokenWatch(services.db, services.log);
  const leases = new StreamLeases(services.db, services.log);
  const hub = new EventHub(parts.signals, services.db, rights, services.log, new Streams(perToken, perProcess, leases));
  const limits = new Limits(services.db, services.log, config);
  stops.push(() => leases.close());
  stops.push(() => hub.close());
  let ready = true;
  const server = createServer(
    { requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: KEEP_ALIVE_MS },
    buildApp(services, hub, metrics, domains, limits, () => ready),
  );
  const cut = attachUpgrades(
    server,
    domains.flatMap(({ upgrades }) => upgrades?.({ services, hub, limits, hosts }) ?? []),
  );
  await listen(server, config);
  stops.push(async () => {
    ready = false;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeIdleConnections();
    cut();
    // Streams stay open for as long as their operation; they reconnect elsewhere.
    setTimeout(() => server.closeAllConnections(), 1_000).unref();
    await closed;
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : config.port;
  return `http://${config.host === '0.0.0.0' ? '127.0.0.1' : config.host}:${port}`;
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
