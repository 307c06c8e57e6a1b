/** Account, events, profile with SSH keys, regions and plans. */
import { Router, type Request } from 'express';
import type { SimAccount, SimWorld } from '../../simulation.ts';
import { Refusal, accountOf, bodyOf, paged, route, stamp } from './simulator-http.ts';
import { SIM_REGIONS } from './simulator-places.ts';
import type { SimEvent, State } from './simulator-state.ts';
import { availability } from './simulator-stock.ts';
import { TYPES } from './simulator-types.ts';

export interface Key {
  id: string;
  account: string;
  label: string;
  ssh_key: string;
  createdMs: number;
}

const KEY = /^(ssh-(rsa|ed25519|dss)|ecdsa-sha2-nistp\d+|sk-\S+) [A-Za-z0-9+/=]+/;

export function accountRoutes(state: State): Router {
  const router = Router();
  const events = (request: Request): SimEvent[] => state.events.filter(({ account }) => account === accountOf(request).id).toReversed();
  const event = (request: Request): SimEvent => {
    const found = state.events.get(request.params['id'] as string);
    if (!found || found.account !== accountOf(request).id) throw new Refusal(404, 'Not found');
    return found;
  };
  router.get(
    '/account',
    route((request) => accountView(accountOf(request))),
  );
  router.get(
    '/account/events',
    route((request) => paged(request, events(request).map(eventView))),
  );
  router.get(
    '/account/events/:id',
    route((request) => eventView(event(request))),
  );
  for (const mark of ['seen', 'read'] as const) {
    router.post(
      `/account/events/:id/${mark}`,
      route((request) => void state.events.put({ ...event(request), [mark]: true })),
    );
  }
  router.get(
    '/profile',
    route((request) => profileView(accountOf(request))),
  );
  return router;
}

export function keyRoutes(world: SimWorld): Router {
  const router = Router();
  const keys = world.collection<Key>('sshkeys');
  const own = (request: Request): Key => {
    const found = keys.get(request.params['id'] as string);
    if (!found || found.account !== accountOf(request).id) throw new Refusal(404, 'Not found');
    return found;
  };
  const show = ({ id, label, ssh_key, createdMs }: Key) => ({ id: Number(id), label, ssh_key, created: stamp(createdMs) });
  router.get(
    '/profile/sshkeys',
    route((request) => paged(request, keys.filter(({ account }) => account === accountOf(request).id).map(show))),
  );
  router.post(
    '/profile/sshkeys',
    route((request) => {
      const { label, ssh_key: key } = bodyOf(request);
      if (typeof label !== 'string' || label.length > 64) throw new Refusal(400, 'Length must be 0-64 characters', 'label');
      if (typeof key !== 'string' || !KEY.test(key))
        throw new Refusal(
          400,
          'SSH Key key-type must be ssh-dss, ssh-rsa, ecdsa-sha2-nistp, ssh-ed25519, or sk-ecdsa-sha2-nistp256.',
          'ssh_key',
        );
      const id = String(world.nextInt('sshkey', 300_001));
      return show(keys.put({ id, account: accountOf(request).id, label, ssh_key: key, createdMs: world.now() }));
    }),
  );
  router.get(
    '/profile/sshkeys/:id',
    route((request) => show(own(request))),
  );
  router.put(
    '/profile/sshkeys/:id',
    route((request) => show(keys.put({ ...own(request), label: String(bodyOf(request).label ?? '') }))),
  );
  router.delete(
    '/profile/sshkeys/:id',
    route((request) => void keys.delete(own(request).id)),
  );
  return router;
}

export function catalogRoutes(world: SimWorld): Router {
  const router = Router();
  const one = <T extends { id: string }>(items: readonly T[], id: string): T => {
    const found = items.find((item) => item.id === id);
    if (!found) throw new Refusal(404, 'Not found');
    return found;
  };
  router.get(
    '/linode/types',
    route((request) => paged(request, TYPES)),
  );
  router.get(
    '/linode/types/:id',
    route((request) => one(TYPES, request.params['id'] as string)),
  );
  router.get(
    '/regions',
    route((request) => paged(request, SIM_REGIONS)),
  );
  router.get(
    '/regions/availability',
    route((request) => paged(request, availability(world))),
  );
  router.get(
    '/regions/:id',
    route((request) => one(SIM_REGIONS, request.params['id'] as string)),
  );
  router.get(
    '/regions/:id/availability',
    route((request) => availability(world, one(SIM_REGIONS, request.params['id'] as string).id)),
  );
  return router;
}

function eventView(event: SimEvent): Record<string, unknown> {
  return {
    id: Number(event.id),
    action: event.action,
    status: event.status,
    created: stamp(event.createdMs),
    entity: event.entity,
    secondary_entity: event.secondary,
    username: 'simulated',
    percent_complete: event.status === 'started' ? 50 : 100,
    duration: event.durationMs / 1_000,
    rate: null,
    time_remaining: null,
    seen: event.seen,
    read: event.read,
    message: event.message ?? '',
  };
}

function accountView(account: SimAccount): Record<string, unknown> {
  return {
    company: 'Simulated Hosting',
    email: `${account.id.replace(/[^a-z0-9-]/gi, '').slice(0, 40)}@simulator.invalid`,
    first_name: 'Sam',
    last_name: 'Simulated',
    address_1: '1 Loopback Street',
    address_2: '',
    city: 'Philadelphia',
    state: 'PA',
    zip: '19106',
    country: 'US',
    phone: '2155550100',
    tax_id: '',
    active_since: '2020-01-01T00:01:01',
    active_promotions: [],
    balance: -account.balance,
    balance_uninvoiced: 0,
    billing_source: 'linode',
    capabilities: ['Linodes', 'NodeBalancers', 'Block Storage', 'Cloud Firewall', 'Placement Group', 'Block Storage Encryption'],
    credit_card: { last_four: '1111', expiry: '11/2030' },
    euuid: 'E1AF5EEC-526F-487D-B317EBEB34C87D71',
  };
}

function profileView(account: SimAccount): Record<string, unknown> {
  return {
    uid: 1234,
    username: 'simulated',
    email: `${account.id.replace(/[^a-z0-9-]/gi, '').slice(0, 40)}@simulator.invalid`,
    timezone: 'UTC',
    email_notifications: true,
    referrals: { code: '', completed: 0, credit: 0, pending: 0, total: 0, url: 'https://www.linode.com/' },
    ip_whitelist_enabled: false,
    lish_auth_method: 'password_keys',
    authorized_keys: null,
    two_factor_auth: false,
    restricted: account.readOnly,
    authentication_type: 'password',
    verified_phone_number: null,
  };
}
