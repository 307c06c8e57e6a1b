/** The state service alone, on a test database, for tests that drive it by HTTP or by the real command line. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';
import pg from 'pg';
import { pino } from 'pino';
import type { StatePrincipal } from '../../server/state/access.ts';
import { TableStateBackend } from '../../server/state/backend.ts';
import type { StateHooks } from '../../server/state/context.ts';
import { stateRouter } from '../../server/state/router.ts';
import { WorkerTokens } from '../../server/state/worker-tokens.ts';
import { StateStore } from '../../server/store/state-store.ts';

export const ORGANIZATION = 'acme';

export interface StateService {
  readonly origin: string;
  readonly store: StateStore;
  readonly backend: TableStateBackend;
  readonly pool: pg.Pool;
  readonly audits: { action: string; by: string }[];
  close(): Promise<void>;
}

export interface StateServiceOptions {
  readonly leaseMs?: number;
  readonly hooks?: Partial<StateHooks>;
}

const people: Record<string, StatePrincipal> = {
  'token-viewer': { name: 'vera', role: 'viewer', organization: ORGANIZATION },
  'token-operator': { name: 'otto', role: 'operator', organization: ORGANIZATION },
  'token-admin': { name: 'anna', role: 'admin', organization: ORGANIZATION },
  'token-stranger': { name: 'sam', role: 'admin', organization: 'other' },
};

export async function startStateService(databaseUrl: string, options: StateServiceOptions = {}): Promise<StateService> {
  const pool = new pg.Pool({ connectionString: databaseUrl });
  // Databases of tests are dropped under idle connections.
  pool.on('error', () => undefined);
  const store = new StateStore(pool);
  const workers = new WorkerTokens();
  // The service's own envelope is tested with the service; here any reversible wrapping will do.
  const keys = { wrap: (key: Buffer) => key.toString('base64'), unwrap: (text: string) => Buffer.from(text, 'base64') };
  const audits: { action: string; by: string }[] = [];
  const hooks: StateHooks = {
    beforeStart: async () => null,
    started: async () => undefined,
    renewed: async () => undefined,
    beforeSteps: async () => null,
    events: async () => undefined,
    completed: async () => undefined,
    audit: async (principal, action) => void audits.push({ action, by: principal.name }),
    ...options.hooks,
  };
  const app = express();
  app.use(
    stateRouter({
      store,
      keys,
      hooks,
      log: pino({ level: 'silent' }),
      engineVersion: 'v3.259.0',
      leaseMs: options.leaseMs ?? 300_000,
      authenticate: async (token) => workers.find(token, ORGANIZATION) ?? people[token] ?? null,
    }),
  );
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const backend = new TableStateBackend({ store, keys, tokens: workers, origin: () => origin, organizationOf: async () => ORGANIZATION });
  return {
    origin,
    store,
    backend,
    pool,
    audits,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      await pool.end();
    },
  };
}
