/** Linode's API v4, simulated: its routes over a world of servers. Routes are those of the real API, `/v4/…`. */
import { Router, type RequestHandler } from 'express';
import type { SimInstanceView, SimLeftover, SimWorld, Simulation } from '../../simulation.ts';
import { PROVIDER_ID } from '../descriptor.ts';
import { accountRoutes, catalogRoutes, keyRoutes, type Key } from './simulator-account.ts';
import { actionRoutes } from './simulator-actions.ts';
import { backupRoutes, dropBackups } from './simulator-backups.ts';
import { stackScriptRoutes, trafficRoutes, type Script } from './simulator-extras.ts';
import { answer, errorBody } from './simulator-http.ts';
import { imageRoutes, privateImages } from './simulator-images.ts';
import { infoRoutes } from './simulator-info.ts';
import { instanceRoutes, view } from './simulator-instances.ts';
import { addressRoutes, firewallRoutes, type Firewall } from './simulator-networking.ts';
import { partRoutes } from './simulator-parts.ts';
import { State, type Linode } from './simulator-state.ts';
import { setStock } from './simulator-stock.ts';
import { TYPES } from './simulator-types.ts';

/** What the real API shows without a token. */
const PUBLIC = /^\/(linode\/types|linode\/kernels|regions|images)(\/|$)/;
const REASONS: Readonly<Record<number, string>> = {
  400: 'The request could not be understood.',
  401: 'Invalid Token',
  403: 'Unauthorized',
  404: 'Not found',
  408: 'Please try again',
  429: 'Too many requests',
  503: 'Service Unavailable',
};

export const simulation: Simulation = {
  id: PROVIDER_ID,
  // Linode's Go client compares it with what it asked for.
  contentType: 'application/json',
  accountDefaults: { rateLimit: { requests: 800, perMs: 60_000 }, createLimit: { requests: 20, perMs: 15_000 } },
  router,
  errorAnswer: (status) => ({
    body: errorBody(REASONS[status] ?? 'Internal Server Error'),
    headers: { 'Content-Type': 'application/json' },
  }),
  instances: (world) =>
    linodes(world)
      .all()
      .map((linode) => instanceView(world, linode)),
  leftovers,
  removeBehindBack(world, id) {
    dropBackups(world, id);
    return linodes(world).delete(id);
  },
  changeBehindBack,
  setStock,
};

function router(world: SimWorld): Router {
  const state = new State(world);
  const api = Router();
  api.use(authenticate(world));
  api.use(catalogRoutes(world));
  api.use(instanceRoutes(state));
  api.use(actionRoutes(state));
  api.use(backupRoutes(state));
  api.use(imageRoutes(state));
  api.use(trafficRoutes(state));
  api.use(addressRoutes(state));
  api.use(partRoutes(state));
  api.use(infoRoutes(state));
  api.use(firewallRoutes(state));
  api.use(stackScriptRoutes(state));
  api.use(accountRoutes(state));
  api.use(keyRoutes(world));
  api.use((_request, response) => answer(response, 404, errorBody('Not found')));
  const versions = Router();
  versions.use('/v4', api);
  versions.use('/v4beta', api);
  return versions;
}

function authenticate(world: SimWorld): RequestHandler {
  return (request, response, next) => {
    const header = request.header('authorization');
    if (header === undefined && request.method === 'GET' && PUBLIC.test(request.path)) return next();
    const token = /^Bearer (\S+)$/.exec(header ?? '')?.[1];
    const account = token === undefined ? undefined : world.account(token);
    if (!account) return answer(response, 401, errorBody('Invalid Token'));
    if (account.readOnly && request.method !== 'GET')
      return answer(response, 401, errorBody('Your OAuth token is not authorized to use this endpoint.'));
    response.locals['account'] = account;
    const bucket = request.method === 'POST' && request.path === '/linode/instances' ? 'create' : 'all';
    const { limit, remaining, resetAtMs, limited } = world.takeRate(account, bucket);
    response.set({
      'X-OAuth-Scopes': account.readOnly ? '*:read_only' : '*',
      'X-Ratelimit-Limit': String(limit),
      'X-Ratelimit-Remaining': String(remaining),
      'X-Ratelimit-Reset': String(Math.ceil(resetAtMs / 1_000)),
    });
    if (!limited) return next();
    response.set('Retry-After', String(Math.max(0, Math.ceil((resetAtMs - world.now()) / 1_000))));
    answer(response, 429, errorBody('Too many requests'));
  };
}

function linodes(world: SimWorld) {
  return world.collection<Linode>('instances');
}

function leftovers(world: SimWorld): SimLeftover[] {
  const all = <T extends { id: string; label: string }>(kind: SimLeftover['kind'], collection: string): SimLeftover[] =>
    world
      .collection<T>(collection)
      .all()
      .map(({ id, label }) => ({ kind, id, name: label }));
  return [
    ...all<Key>('ssh-key', 'sshkeys'),
    ...all<Firewall>('firewall', 'firewalls'),
    ...all<Script>('startup-script', 'stackscripts'),
    ...privateImages(world)
      .all()
      .map(({ id, label }): SimLeftover => ({ kind: 'snapshot', id, name: label })),
  ];
}

function instanceView(world: SimWorld, linode: Linode): SimInstanceView {
  const source = privateImages(world).get(linode.image ?? '');
  const shown = view(linode);
  return {
    id: linode.id,
    label: linode.label,
    status: linode.status,
    region: linode.region,
    plan: linode.type,
    image: linode.image ?? '',
    ipv4: linode.publicIpv4[0] ?? '',
    ipv6: linode.ipv6,
    tags: linode.tags,
    createdAt: `${String(shown.created)}Z`,
    ...(source ? { copyOf: source.description } : {}),
    password: linode.rootPass,
    ...(linode.userData === null ? {} : { userData: Buffer.from(linode.userData, 'base64').toString('utf8') }),
  };
}

function changeBehindBack(world: SimWorld, id: string, change: { label?: string; plan?: string; power?: 'on' | 'off' }): boolean {
  const linode = linodes(world).get(id);
  if (!linode) return false;
  if (change.plan !== undefined && !TYPES.some((type) => type.id === change.plan)) return false;
  if (change.label !== undefined) linode.label = change.label;
  if (change.plan !== undefined) linode.type = change.plan;
  if (change.power !== undefined) linode.status = change.power === 'on' ? 'running' : 'offline';
  linode.updatedMs = world.now();
  linodes(world).put(linode);
  return true;
}
