/** SSH keys, start-up scripts, firewall groups and their rules, which are resources of their own. */
import type { Collection } from '../../simulation.ts';
import type { Cloud } from '../../../simulator/cloud/cloud.ts';
import { Refusal, type RefusalKind, type SimFirewall, type SimKey, type SimScript } from '../../../simulator/cloud/model.ts';
import { type Call, rfc3339, type Wire } from '../../../simulator/cloud/wire.ts';
import { extraWith, toldOf } from './shapes.ts';
import { invalid, owned, page, required, textOf } from './words.ts';

const MAX_RULES = 50;

/** What only Vultr tells of these. */
export interface Script extends SimScript {
  readonly type: 'boot' | 'pxe';
  readonly modifiedMs: number;
}
export interface Group extends SimFirewall {
  readonly modifiedMs: number;
}
interface Rule extends Record<string, unknown> {
  readonly id: number;
}

type Head = Pick<SimKey, 'id' | 'account' | 'createdMs'>;
interface Kind<T extends Head> {
  readonly path: string;
  readonly things: Collection<T>;
  /** The key of one of them; of several, with an `s`. */
  readonly one: string;
  /** What a missing one answers. */
  readonly missing: readonly [kind: RefusalKind, text: string];
  readonly change: 'patch' | 'put';
  /** Of a new one, or of one that is there with changes. */
  readonly fields: (call: Call, now: T | undefined) => Omit<T, keyof Head>;
  readonly show: (thing: T) => object;
}

export function mountObjects(wire: Wire, cloud: Cloud): void {
  mountKind(wire, cloud, keysOf(cloud));
  mountKind(wire, cloud, scriptsOf(cloud));
  mountKind(wire, cloud, groupsOf(cloud));
  mountRules(wire, cloud);
}

/** What the call says, checked, else what is there. */
function kept(call: Call, key: string, now: string | undefined, check = required): string {
  return now === undefined || call.body[key] !== undefined ? check(call, key) : now;
}

function publicKey(call: Call): string {
  const key = required(call, 'ssh_key');
  if (!/^(ssh-|ecdsa-|sk-)\S+ \S+/.test(key)) throw invalid('Invalid SSH key format.');
  return key;
}

function keysOf({ keys }: Cloud): Kind<SimKey> {
  return {
    path: '/v2/ssh-keys',
    things: keys,
    one: 'ssh_key',
    // Not a 404: clients know a removed key by this text.
    missing: ['invalid', 'Invalid ssh key.'],
    change: 'patch',
    fields: (call, now) => {
      const name = kept(call, 'name', now?.name);
      // Vultr tells no fingerprints, and takes a key twice.
      return { name, publicKey: kept(call, 'ssh_key', now?.publicKey, publicKey), fingerprint: '', labels: {} };
    },
    show: ({ id, createdMs, name, publicKey: ssh_key }) => ({ id, date_created: rfc3339(createdMs), name, ssh_key }),
  };
}

function scriptsOf({ world }: Cloud): Kind<Script> {
  return {
    path: '/v2/startup-scripts',
    things: world.collection<Script>('scripts'),
    one: 'startup_script',
    missing: ['not_found', 'Invalid startup script ID'],
    change: 'patch',
    fields: (call, now) => {
      const name = kept(call, 'name', now?.name);
      const type = now?.type ?? (call.body['type'] === 'pxe' ? 'pxe' : 'boot');
      return { name, type, content: kept(call, 'script', now?.content), modifiedMs: world.now() };
    },
    show: ({ id, createdMs, modifiedMs, name, type, content }) => {
      return { id, date_created: rfc3339(createdMs), date_modified: rfc3339(modifiedMs), name, type, script: content };
    },
  };
}

function groupsOf({ world, servers }: Cloud): Kind<Group> {
  return {
    path: '/v2/firewalls',
    things: world.collection<Group>('firewalls'),
    one: 'firewall_group',
    missing: ['not_found', 'Invalid firewall group.'],
    change: 'put',
    fields: (call, now) => {
      const fresh = { rules: [], labels: {}, servers: [], stale: [] };
      return { ...fresh, ...now, name: textOf(call, 'description'), modifiedMs: world.now() };
    },
    show: ({ id, createdMs, modifiedMs, name, rules }) => ({
      id,
      date_created: rfc3339(createdMs),
      date_modified: rfc3339(modifiedMs),
      description: name,
      instance_count: servers.filter((server) => toldOf(server).firewall_group_id === id).length,
      rule_count: rules.length,
      max_rule_count: MAX_RULES,
    }),
  };
}

function find<T extends Head>({ things, missing }: Kind<T>, call: Call): T {
  const found = things.get(call.param('id'));
  if (found?.account !== call.account.id) throw new Refusal(...missing);
  return found;
}

function mountKind<T extends Head>(wire: Wire, cloud: Cloud, kind: Kind<T>): void {
  const { path, things, one, show } = kind;
  wire.on(`get ${path}`, (call) => page(call, `${one}s`, owned(call, things), show));
  wire.made(`post ${path}`, (call) => {
    const head = { id: cloud.nextId(), account: call.account.id, createdMs: cloud.world.now() };
    return { [one]: show(things.put({ ...head, ...kind.fields(call, undefined) } as T)) };
  });
  wire.on(`get ${path}/:id`, (call) => ({ [one]: show(find(kind, call)) }));
  wire.gone(`${kind.change} ${path}/:id`, (call) => {
    const now = find(kind, call);
    things.put({ ...now, ...kind.fields(call, now) });
  });
  wire.gone(`delete ${path}/:id`, (call) => {
    const { id } = find(kind, call);
    for (const server of cloud.servers.filter((each) => toldOf(each).firewall_group_id === id))
      cloud.change(server, extraWith(server, {}, { firewall_group_id: '' }));
    things.delete(id);
  });
}

function mountRules(wire: Wire, cloud: Cloud): void {
  const groups = groupsOf(cloud);
  const base = `${groups.path}/:id/rules`;
  const rulesOf = (group: Group): Rule[] => group.rules as Rule[];
  const own = (call: Call): { group: Group; rule: Rule } => {
    const group = find(groups, call);
    const rule = rulesOf(group).find(({ id }) => String(id) === call.param('rule'));
    if (!rule) throw new Refusal('not_found', 'Firewall rule ID not found');
    return { group, rule };
  };
  wire.on(`get ${base}`, (call) => page(call, 'firewall_rules', find(groups, call).rules));
  wire.made(`post ${base}`, (call) => {
    const group = find(groups, call);
    const wanted = ruleOf(call);
    const isSame = (rule: Rule): boolean => Object.entries(wanted).every(([key, value]) => rule[key] === value);
    if (rulesOf(group).some(isSame)) throw invalid('This rule is already defined.');
    if (group.rules.length >= MAX_RULES) throw invalid('The maximum number of rules is reached.');
    const id = cloud.world.nextInt(`rules/${group.id}`, 1);
    const rule: Rule = { id, type: wanted['ip_type'], action: 'accept', ...wanted };
    groups.things.put({ ...group, rules: [...group.rules, rule] });
    return { firewall_rule: rule };
  });
  wire.on(`get ${base}/:rule`, (call) => ({ firewall_rule: own(call).rule }));
  wire.gone(`delete ${base}/:rule`, (call) => {
    const { group, rule } = own(call);
    groups.things.put({ ...group, rules: group.rules.filter((each) => each !== rule) });
  });
}

function ruleOf(call: Call): Record<string, unknown> {
  const ipType = required(call, 'ip_type');
  const protocol = required(call, 'protocol').toLowerCase();
  const subnet = required(call, 'subnet');
  const size = Number(call.body['subnet_size']);
  if (!['v4', 'v6'].includes(ipType) || subnet.includes(':') !== (ipType === 'v6')) throw invalid('Invalid ip_type for this subnet.');
  if (!Number.isInteger(size) || size < 0 || size > (ipType === 'v6' ? 128 : 32)) throw invalid('Invalid subnet_size.');
  const port = textOf(call, 'port');
  if (['tcp', 'udp'].includes(protocol) ? !/^\d{1,5}(:\d{1,5})?$/.test(port) : port !== '')
    throw invalid('Invalid port for this protocol.');
  const words = { source: textOf(call, 'source'), notes: textOf(call, 'notes') };
  return { ip_type: ipType, protocol, port, subnet, subnet_size: size, ...words };
}
