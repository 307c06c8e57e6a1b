/** Puts the state service together: tables, keys, tokens, the router for people and a private door for this machine's workers. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Router } from 'express';
import { Pool } from 'pg';
import { authenticate } from '../auth/tokens.ts';
import type { SecretBox } from '../secrets.ts';
import { HandRuns } from '../services/hand-run.ts';
import type { Services } from '../services/services.ts';
import { DEFAULT_ORGANIZATION } from '../services/vps.ts';
import { organizationById } from '../store/settings.ts';
import { organizationNames, organizationOfVps } from '../store/state-organizations.ts';
import { StateStore } from '../store/state-store.ts';
import type { StatePrincipal } from './access.ts';
import { TableStateBackend } from './backend.ts';
import { StackCare } from './care.ts';
import type { KeyWrapper } from './keys.ts';
import { stateRouter } from './router.ts';
import { WorkerTokens } from './worker-tokens.ts';

/** The command line renews at half of the five minutes it assumes, so a lease is never shorter than that. */
const LEASE_MS = 300_000;
/** Above the client's idle time of 90 s, so that no request meets a closing socket. */
const KEEP_ALIVE_MS = 95_000;
const CONNECTIONS = 20;

export interface StateService {
  /** For the public application. */
  readonly router: Router;
  readonly backend: TableStateBackend;
  readonly store: StateStore;
  readonly care: StackCare;
  close(): Promise<void>;
}

/** Opens its own connections and a loopback port. `engineVersion` is what this server was tested with. */
export async function openStateService(services: Services, databaseUrl: string, engineVersion: string): Promise<StateService> {
  const pool = new Pool({ connectionString: databaseUrl, max: CONNECTIONS, application_name: 'plinth-state' });
  pool.on('error', (error) => services.log.warn({ err: error }, 'an idle state connection was lost'));
  const store = new StateStore(pool);
  const workers = new WorkerTokens();
  const keys = keyWrapper(services.secrets);
  const server = createServer();
  const organizationOf = async (stack: string): Promise<string> =>
    (await organizationOfVps(services.db, stack.replace(/^vps-/, ''))) ?? DEFAULT_ORGANIZATION;
  const backend = new TableStateBackend({
    store,
    keys,
    tokens: workers,
    origin: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    organizationOf,
  });
  const router = stateRouter({
    store,
    keys,
    engineVersion,
    leaseMs: LEASE_MS,
    log: services.log,
    authenticate: async (token) => workers.find(token, DEFAULT_ORGANIZATION) ?? (await personOf(services, token)),
    hooks: new HandRuns(services, (stack) => backend.outputs(stack)),
  });
  await listenPrivately(server, router);
  return {
    router,
    backend,
    store,
    care: new StackCare({ store, keys, checks: pool, organizationOf }),
    async close() {
      server.closeAllConnections();
      server.close();
      await pool.end();
    },
  };
}

async function listenPrivately(server: Server, router: Router): Promise<void> {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.use(router);
  server.on('request', app);
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
}

/** A person's API token; one without an organization sees them all. */
async function personOf(services: Services, token: string): Promise<StatePrincipal | null> {
  const person = await authenticate(services.db, token);
  if (!person) return null;
  const base = { name: person.name, role: person.role };
  if (person.organizationId === null)
    return { ...base, organization: DEFAULT_ORGANIZATION, organizations: await organizationNames(services.db) };
  const organization = await organizationById(services.db, person.organizationId);
  return organization ? { ...base, organization: organization.name } : null;
}

/** Wraps stacks' data keys under the master key. */
export function keyWrapper(secrets: SecretBox): KeyWrapper {
  const place = (stackId: string) => ({ table: 'state_stack', column: 'data_key', id: stackId });
  return {
    wrap: (key, stackId) => secrets.seal(place(stackId), key.toString('base64')),
    unwrap: (wrapped, stackId) => Buffer.from(secrets.open(place(stackId), wrapped), 'base64'),
  };
}
