/** Puts the state service together: tables, keys, tokens, the router for people and a private door for this machine's workers. */
import { sealed } from '../kernel/sealed.ts';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Router } from 'express';
import { authenticate, principalOfToken } from '../identity/tokens/authenticate.ts';
import type { SecretBox } from '../kernel/secrets.ts';
import { HandRuns } from './hand-run/hand-run.ts';
import type { Principal, Services } from '../kernel/services.ts';
import { DEFAULT_ORGANIZATION } from '../vps/vps.ts';
import { openPool } from '../kernel/postgres/connections.ts';
import { organizationById } from '../kernel/settings.ts';
import { organizationNames, organizationOfVps } from './organizations-store.ts';
import { StateStore } from './store.ts';
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

export interface StateService {
  /** For the public application. */
  readonly router: Router;
  readonly backend: TableStateBackend;
  readonly store: StateStore;
  readonly care: StackCare;
  close(): Promise<void>;
}

/** Opens its own connections and a loopback port. `engineVersion` is what this server was tested with. */
export async function openStateService(
  services: Services,
  databaseUrl: string,
  engineVersion: string,
  connections: number,
): Promise<StateService> {
  const pool = openPool(databaseUrl, 'state', connections, (error) =>
    services.log.warn({ err: error }, 'an idle state connection was lost'),
  );
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
    authenticate: async (token) =>
      workers.find(token, DEFAULT_ORGANIZATION) ?? (await personOf(services, await authenticate(services.db, token))),
    holder: async (tokenId) => personOf(services, await principalOfToken(services.db, tokenId)),
    hooks: new HandRuns({ services, tables: pool, keys }, (stack) => backend.outputs(stack)),
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
async function personOf(services: Services, person: Principal | null): Promise<StatePrincipal | null> {
  if (!person) return null;
  const base = { person, name: person.name, ...(person.tokenId === null ? {} : { tokenId: person.tokenId }) };
  const { organizationId } = person;
  if (organizationId === null) return { ...base, organization: DEFAULT_ORGANIZATION, organizations: await organizationNames(services.db) };
  const organization = await organizationById(services.db, organizationId);
  return organization ? { ...base, organization: organization.name } : null;
}

const DATA_KEY = sealed('state_stack', 'data_key');

/** Wraps stacks' data keys under the master key. */
export function keyWrapper(secrets: SecretBox): KeyWrapper {
  return {
    wrap: (key, stackId) => DATA_KEY.seal(secrets, stackId, key.toString('base64')),
    unwrap: (wrapped, stackId) => Buffer.from(DATA_KEY.open(secrets, stackId, wrapped), 'base64'),
  };
}
