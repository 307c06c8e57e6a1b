/** Addresses with their reverse names, and Cloud Firewalls. */
import { createHash } from 'node:crypto';
import { Router, type Request } from 'express';
import { Refusal, accountOf, bodyOf, paged, route, stamp } from './simulator-http.ts';
import { addressView } from './simulator-actions.ts';
import type { Linode, State } from './simulator-state.ts';

type Body = Record<string, unknown>;

interface Device {
  id: number;
  linode: string;
  createdMs: number;
}
export interface Firewall {
  id: string;
  account: string;
  label: string;
  status: string;
  tags: string[];
  rules: Body;
  version: number;
  devices: Device[];
  createdMs: number;
  updatedMs: number;
}

const DOMAIN = /^(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/i;
const LABEL = /^(?!.*(?:--|__|\.\.))[a-zA-Z0-9][a-zA-Z0-9_.-]{1,30}[a-zA-Z0-9]$/;

export function addressRoutes(state: State): Router {
  const router = Router();
  const find = (request: Request): { linode: Linode; address: string } => {
    const address = request.params['address'] as string;
    const linode = state.linodes.find(
      ({ account, publicIpv4, privateIpv4, ipv6 }) =>
        account === accountOf(request).id && [...publicIpv4, ...privateIpv4, ipv6].includes(address),
    );
    if (!linode) throw new Refusal(404, 'Not found');
    return { linode, address };
  };
  router.get(
    '/networking/ips',
    route((request) => {
      const own = state.linodes.filter(({ account }) => account === accountOf(request).id);
      return paged(
        request,
        own.flatMap((linode) => [...linode.publicIpv4, ...linode.privateIpv4, linode.ipv6].map((address) => addressView(linode, address))),
      );
    }),
  );
  router.get(
    '/networking/ips/:address',
    route((request) => {
      const { linode, address } = find(request);
      return addressView(linode, address);
    }),
  );
  router.put(
    '/networking/ips/:address',
    route((request) => {
      const { linode, address } = find(request);
      const { rdns } = bodyOf(request);
      if (rdns !== null && typeof rdns !== 'string') throw new Refusal(400, 'Must be a string or null', 'rdns');
      if (rdns !== null && !DOMAIN.test(rdns)) throw new Refusal(400, 'Domain is not valid.', 'rdns');
      if (rdns !== null && state.world.hasFlag('rdns-unresolved', address))
        throw new Refusal(400, `We were unable to perform a lookup for '${rdns}' at this time.`, 'rdns');
      linode.rdns[address] = rdns;
      state.save(linode);
      return addressView(linode, address);
    }),
  );
  return router;
}

export function firewallRoutes(state: State): Router {
  const router = Router();
  const { world } = state;
  const firewalls = world.collection<Firewall>('firewalls');
  const mine = (request: Request): Firewall[] => firewalls.filter(({ account }) => account === accountOf(request).id);
  const own = (request: Request): Firewall => {
    const found = firewalls.get(request.params['id'] as string);
    if (!found || found.account !== accountOf(request).id) throw new Refusal(404, 'Not found');
    return found;
  };
  const show = (firewall: Firewall): Body => firewallShape(state, firewall);
  const save = (firewall: Firewall): Firewall => firewalls.put({ ...firewall, updatedMs: world.now() });
  router.get(
    '/networking/firewalls',
    route((request) => paged(request, mine(request).map(show))),
  );
  router.post(
    '/networking/firewalls',
    route((request) => {
      const body = bodyOf(request);
      const account = accountOf(request).id;
      const label = labelOf(body.label, mine(request), undefined);
      const linodes = ((body.devices as Body | undefined)?.linodes ?? []) as unknown[];
      const now = world.now();
      const firewall: Firewall = {
        id: String(world.nextInt('firewall', 500_001)),
        account,
        label,
        status: 'enabled',
        tags: Array.isArray(body.tags) ? body.tags.map(String) : [],
        rules: rulesOf(body.rules),
        version: 1,
        devices: linodes.map((id) => device(state, account, id)),
        createdMs: now,
        updatedMs: now,
      };
      return show(firewalls.put(firewall));
    }),
  );
  router.get(
    '/networking/firewalls/:id',
    route((request) => show(own(request))),
  );
  router.put(
    '/networking/firewalls/:id',
    route((request) => {
      const firewall = own(request);
      const body = bodyOf(request);
      if (body.label !== undefined) firewall.label = labelOf(body.label, mine(request), firewall.id);
      if (body.status === 'enabled' || body.status === 'disabled') firewall.status = body.status;
      if (Array.isArray(body.tags)) firewall.tags = body.tags.map(String);
      return show(save(firewall));
    }),
  );
  router.delete(
    '/networking/firewalls/:id',
    route((request) => void firewalls.delete(own(request).id)),
  );
  router.get(
    '/networking/firewalls/:id/rules',
    route((request) => rulesShape(own(request))),
  );
  router.put(
    '/networking/firewalls/:id/rules',
    route((request) => {
      const firewall = own(request);
      firewall.rules = rulesOf(bodyOf(request));
      firewall.version += 1;
      return rulesShape(save(firewall));
    }),
  );
  deviceRoutes(router, state, own, save);
  return router;
}

function deviceRoutes(router: Router, state: State, own: (request: Request) => Firewall, save: (firewall: Firewall) => Firewall): void {
  // A device goes with its server.
  const alive = (firewall: Firewall): Device[] => firewall.devices.filter(({ linode }) => state.linodes.get(linode) !== undefined);
  const show = ({ id, linode, createdMs }: Device) => ({
    id,
    created: stamp(createdMs),
    updated: stamp(createdMs),
    entity: { id: Number(linode), type: 'linode', label: state.linodes.get(linode)!.label, url: `/v4/linode/instances/${linode}` },
  });
  const one = (request: Request): { firewall: Firewall; found: Device } => {
    const firewall = own(request);
    const found = alive(firewall).find(({ id }) => String(id) === request.params['device']);
    if (!found) throw new Refusal(404, 'Not found');
    return { firewall, found };
  };
  router.get(
    '/networking/firewalls/:id/devices',
    route((request) => paged(request, alive(own(request)).map(show))),
  );
  router.post(
    '/networking/firewalls/:id/devices',
    route((request) => {
      const firewall = own(request);
      const body = bodyOf(request);
      if (body.type !== 'linode') throw new Refusal(400, 'Must be "linode"', 'type');
      if (firewall.devices.some(({ linode }) => linode === String(body.id)))
        throw new Refusal(400, 'Entity is already assigned to this firewall.', 'id');
      const made = device(state, firewall.account, body.id);
      save({ ...firewall, devices: [...firewall.devices, made] });
      return show(made);
    }),
  );
  router.get(
    '/networking/firewalls/:id/devices/:device',
    route((request) => show(one(request).found)),
  );
  router.delete(
    '/networking/firewalls/:id/devices/:device',
    route((request) => {
      const { firewall, found } = one(request);
      save({ ...firewall, devices: firewall.devices.filter(({ id }) => id !== found.id) });
    }),
  );
}

function device(state: State, account: string, id: unknown): Device {
  const linode = state.linodes.get(String(id));
  if (!linode || linode.account !== account) throw new Refusal(400, `Linode ${String(id)} is not valid`, 'devices.linodes');
  return { id: state.world.nextInt('device', 600_001), linode: linode.id, createdMs: state.world.now() };
}

function labelOf(value: unknown, mine: readonly Firewall[], self: string | undefined): string {
  if (typeof value !== 'string' || value.length < 3 || value.length > 32) throw new Refusal(400, 'Length must be 3-32 characters', 'label');
  if (!LABEL.test(value)) throw new Refusal(400, 'Must begin and end with a letter or digit; no two separators in a row', 'label');
  if (mine.some((other) => other.id !== self && other.label === value)) throw new Refusal(400, 'Label must be unique', 'label');
  return value;
}

function rulesOf(value: unknown): Body {
  const rules = (typeof value === 'object' && value !== null ? value : {}) as Body;
  for (const policy of ['inbound_policy', 'outbound_policy'] as const) {
    if (rules[policy] !== 'ACCEPT' && rules[policy] !== 'DROP') throw new Refusal(400, 'Must be one of ACCEPT, DROP', `rules.${policy}`);
  }
  return {
    inbound: Array.isArray(rules.inbound) ? rules.inbound : [],
    inbound_policy: rules.inbound_policy,
    outbound: Array.isArray(rules.outbound) ? rules.outbound : [],
    outbound_policy: rules.outbound_policy,
  };
}

/** A short digest of the rules, by which clients see that they changed. */
function rulesShape({ rules, version }: Firewall): Body {
  return { ...rules, version, fingerprint: createHash('sha256').update(JSON.stringify(rules)).digest('hex').slice(0, 8) };
}

export function firewallShape(state: State, firewall: Firewall): Record<string, unknown> {
  const entities = firewall.devices.flatMap(({ linode }) => {
    const label = state.linodes.get(linode)?.label;
    return label === undefined
      ? []
      : [{ id: Number(linode), type: 'linode', label, url: `/v4/linode/instances/${linode}`, parent_entity: null }];
  });
  return {
    id: Number(firewall.id),
    label: firewall.label,
    status: firewall.status,
    tags: firewall.tags,
    rules: rulesShape(firewall),
    entities,
    created: stamp(firewall.createdMs),
    updated: stamp(firewall.updatedMs),
  };
}
