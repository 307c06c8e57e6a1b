/** Routes of SSH keys, start-up scripts, firewall groups and their rules. */
import type { Request, Response, Router } from 'express';
import type { Collection, SimLeftover, SimWorld } from '../simulation.ts';
import { Refusal, accountOf, bodyOf, page, route, textOf, vultrDate } from './simulator-http.ts';
import { instancesOf } from './simulator-instances.ts';

const MAX_RULES = 50;

interface Thing extends Record<string, unknown> {
  id: string;
  account: string;
}

interface ThingKind {
  readonly path: string;
  readonly collection: string;
  readonly leftover: SimLeftover['kind'];
  readonly one: string;
  readonly many: string;
  /** What a missing one answers. */
  readonly missing: readonly [status: number, text: string];
  readonly change: 'patch' | 'put';
  readonly make: (body: Record<string, unknown>, now: string) => Record<string, unknown>;
  readonly edit: (body: Record<string, unknown>, now: string) => Record<string, unknown>;
}

const KINDS: readonly ThingKind[] = [
  {
    path: '/v2/ssh-keys',
    collection: 'ssh-keys',
    leftover: 'ssh-key',
    one: 'ssh_key',
    many: 'ssh_keys',
    // Not a 404: clients know a removed key by this text.
    missing: [400, 'Invalid ssh key.'],
    change: 'patch',
    make: (body, now) => ({ date_created: now, name: required(body, 'name'), ssh_key: publicKey(body) }),
    edit: (body) => ({
      ...(body['name'] === undefined ? {} : { name: required(body, 'name') }),
      ...(body['ssh_key'] === undefined ? {} : { ssh_key: publicKey(body) }),
    }),
  },
  {
    path: '/v2/startup-scripts',
    collection: 'startup-scripts',
    leftover: 'startup-script',
    one: 'startup_script',
    many: 'startup_scripts',
    missing: [404, 'Invalid startup script ID'],
    change: 'patch',
    make: (body, now) => ({
      date_created: now,
      date_modified: now,
      name: required(body, 'name'),
      type: body['type'] === 'pxe' ? 'pxe' : 'boot',
      script: required(body, 'script'),
    }),
    edit: (body, now) => ({
      date_modified: now,
      ...(body['name'] === undefined ? {} : { name: required(body, 'name') }),
      ...(body['script'] === undefined ? {} : { script: required(body, 'script') }),
    }),
  },
  {
    path: '/v2/firewalls',
    collection: 'firewalls',
    leftover: 'firewall',
    one: 'firewall_group',
    many: 'firewall_groups',
    missing: [404, 'Invalid firewall group.'],
    change: 'put',
    make: (body, now) => ({ date_created: now, date_modified: now, description: textOf(body['description']) }),
    edit: (body, now) => ({ date_modified: now, description: textOf(body['description']) }),
  },
];

function required(body: Record<string, unknown>, key: string): string {
  const value = textOf(body[key]);
  if (value === '') throw new Refusal(400, `The ${key} field is required.`);
  return value;
}

function publicKey(body: Record<string, unknown>): string {
  const key = required(body, 'ssh_key');
  if (!/^(ssh-|ecdsa-|sk-)\S+ \S+/.test(key)) throw new Refusal(400, 'Invalid SSH key format.');
  return key;
}

export function mountObjects(router: Router, world: SimWorld): void {
  for (const kind of KINDS) mountKind(router, world, kind);
  mountRules(router, world);
}

/** All of them, of every account. */
export function objectsOf(world: SimWorld): SimLeftover[] {
  return KINDS.flatMap((kind) =>
    thingsOf(world, kind)
      .all()
      .map((thing) => ({ kind: kind.leftover, id: thing.id, name: textOf(thing['name'] ?? thing['description']) })),
  );
}

function thingsOf(world: SimWorld, kind: { readonly collection: string }): Collection<Thing> {
  return world.collection<Thing>(kind.collection);
}

function findThing(world: SimWorld, kind: ThingKind, request: Request, response: Response): Thing {
  const found = thingsOf(world, kind).get(String(request.params['id']));
  if (!found || found.account !== accountOf(response).id) throw new Refusal(...kind.missing);
  return found;
}

function mountKind(router: Router, world: SimWorld, kind: ThingKind): void {
  const things = thingsOf(world, kind);
  const show = (thing: Thing): Record<string, unknown> => {
    const { account: _owner, ...rest } = thing;
    return kind.collection === 'firewalls' ? { ...rest, ...groupCounts(world, thing.id) } : rest;
  };
  const now = (): string => vultrDate(world.now());
  router.get(
    kind.path,
    route((request, response) => {
      const own = things.filter((thing) => thing.account === accountOf(response).id);
      return page(request, kind.many, own.map(show));
    }),
  );
  router.post(
    kind.path,
    route((request, response) => {
      const made = things.put({ id: world.uuid(), account: accountOf(response).id, ...kind.make(bodyOf(request), now()) });
      return [201, { [kind.one]: show(made) }];
    }),
  );
  router.get(
    `${kind.path}/:id`,
    route((request, response) => [200, { [kind.one]: show(findThing(world, kind, request, response)) }]),
  );
  router[kind.change](
    `${kind.path}/:id`,
    route((request, response) => {
      things.put({ ...findThing(world, kind, request, response), ...kind.edit(bodyOf(request), now()) });
      return [204];
    }),
  );
  router.delete(
    `${kind.path}/:id`,
    route((request, response) => {
      const thing = findThing(world, kind, request, response);
      if (kind.collection === 'firewalls') dropRules(world, thing.id);
      things.delete(thing.id);
      return [204];
    }),
  );
}

interface Rule {
  /** `<group>/<number>`. */
  id: string;
  group: string;
  number: number;
  shown: Record<string, unknown>;
}

function rulesOf(world: SimWorld, group: string): Rule[] {
  return world.collection<Rule>('firewall-rules').filter((rule) => rule.group === group);
}

function dropRules(world: SimWorld, group: string): void {
  for (const rule of rulesOf(world, group)) world.collection<Rule>('firewall-rules').delete(rule.id);
  for (const instance of instancesOf(world).filter((entry) => entry.firewall_group_id === group))
    instancesOf(world).put({ ...instance, firewall_group_id: '' });
}

function groupCounts(world: SimWorld, group: string): Record<string, number> {
  const instances = instancesOf(world).filter((instance) => instance.firewall_group_id === group && !instance.removed);
  return { instance_count: instances.length, rule_count: rulesOf(world, group).length, max_rule_count: MAX_RULES };
}

function mountRules(router: Router, world: SimWorld): void {
  const kind = KINDS[2]!;
  const base = `${kind.path}/:id/rules`;
  const find = (request: Request, response: Response): Rule => {
    const group = findThing(world, kind, request, response);
    const rule = world.collection<Rule>('firewall-rules').get(`${group.id}/${String(request.params['rule'])}`);
    if (!rule) throw new Refusal(404, 'Firewall rule ID not found');
    return rule;
  };
  router.get(
    base,
    route((request, response) => {
      const group = findThing(world, kind, request, response);
      return page(
        request,
        'firewall_rules',
        rulesOf(world, group.id).map((rule) => rule.shown),
      );
    }),
  );
  router.post(
    base,
    route((request, response) => {
      const group = findThing(world, kind, request, response);
      const wanted = ruleOf(bodyOf(request));
      const same = (rule: Rule): boolean => Object.entries(wanted).every(([key, value]) => rule.shown[key] === value);
      if (rulesOf(world, group.id).some(same)) throw new Refusal(400, 'This rule is already defined.');
      if (rulesOf(world, group.id).length >= MAX_RULES) throw new Refusal(400, 'The maximum number of rules is reached.');
      const number = world.nextInt(`rules/${group.id}`, 1);
      const shown = { id: number, type: wanted['ip_type'], action: 'accept', ...wanted };
      world.collection<Rule>('firewall-rules').put({ id: `${group.id}/${number}`, group: group.id, number, shown });
      return [201, { firewall_rule: shown }];
    }),
  );
  router.get(
    `${base}/:rule`,
    route((request, response) => [200, { firewall_rule: find(request, response).shown }]),
  );
  router.delete(
    `${base}/:rule`,
    route((request, response) => {
      world.collection<Rule>('firewall-rules').delete(find(request, response).id);
      return [204];
    }),
  );
}

function ruleOf(body: Record<string, unknown>): Record<string, unknown> {
  const ipType = required(body, 'ip_type');
  const protocol = required(body, 'protocol').toLowerCase();
  const subnet = required(body, 'subnet');
  const size = Number(body['subnet_size']);
  if (!['v4', 'v6'].includes(ipType) || subnet.includes(':') !== (ipType === 'v6'))
    throw new Refusal(400, 'Invalid ip_type for this subnet.');
  if (!Number.isInteger(size) || size < 0 || size > (ipType === 'v6' ? 128 : 32)) throw new Refusal(400, 'Invalid subnet_size.');
  const port = textOf(body['port']);
  if (['tcp', 'udp'].includes(protocol) ? !/^\d{1,5}(:\d{1,5})?$/.test(port) : port !== '')
    throw new Refusal(400, 'Invalid port for this protocol.');
  return { ip_type: ipType, protocol, port, subnet, subnet_size: size, source: textOf(body['source']), notes: textOf(body['notes']) };
}
