/** The state service alone, on a test database, for tests that drive it by HTTP or by the real command line. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';
import pg from 'pg';
import { pino } from 'pino';
import type { TokenRole } from '../../contract/permissions.ts';
import { granted } from '../../server/identity/policy/grants.ts';
import type { StatePrincipal } from '../../server/backend/access.ts';
import { TableStateBackend } from '../../server/backend/backend.ts';
import type { StateHooks } from '../../server/backend/context.ts';
import { stateRouter } from '../../server/backend/router.ts';
import { WorkerTokens } from '../../server/backend/worker-tokens.ts';
import { StateStore } from '../../server/backend/store.ts';

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

function person(name: string, role: TokenRole, organizationId: string, organization: string): StatePrincipal {
  const actor = { kind: 'token', id: name, name } as const;
  const permissions = granted({ of: 'token', role }, organizationId);
  return { person: { actor, name, role, organizationId, permissions, tokenId: name }, tokenId: name, name, organization };
}

const people: Record<string, StatePrincipal> = {
  'token-viewer': person('vera', 'viewer', 'o-1', ORGANIZATION),
  'token-operator': person('otto', 'operator', 'o-1', ORGANIZATION),
  'token-admin': person('anna', 'admin', 'o-1', ORGANIZATION),
  'token-stranger': person('sam', 'admin', 'o-2', 'other'),
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
    isOwned: async () => true,
    guard: async () => null,
    started: async () => null,
    renewed: async () => undefined,
    events: async () => undefined,
    completed: async () => undefined,
    decrypted: async (principal) => void audits.push({ action: 'state.secrets.decrypted', by: principal.name }),
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
      holder: async (tokenId) => Object.values(people).find((person) => person.tokenId === tokenId) ?? null,
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
