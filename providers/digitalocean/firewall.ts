/** `digitalocean:index/firewall:Firewall`: found by its name, which is unique in an account. */
import { nameFor, objectList, textList } from '../kit/names.ts';
import { Objects, set, text } from '../kit/object.ts';
import type { Json, Properties, PropertySpec } from '../resource.ts';
import { firewallSchema, type Firewall, type Peers } from './schemas.ts';

type Side = 'source' | 'destination';

const rules = (side: Side): PropertySpec =>
  set({
    type: 'object',
    properties: {
      protocol: { ...text, required: true, oneOf: ['tcp', 'udp', 'icmp'] },
      portRange: text,
      [`${side}Addresses`]: set(text),
      [`${side}DropletIds`]: set({ type: 'integer' }),
      [`${side}KubernetesIds`]: set(text),
      [`${side}LoadBalancerUids`]: set(text),
      [`${side}Tags`]: set(text),
    },
  });

export const firewalls = new Objects<Firewall>({
  token: 'digitalocean:index/firewall:Firewall',
  noun: 'firewall',
  path: '/v2/firewalls',
  keys: { one: 'firewall', many: 'firewalls' },
  shape: firewallSchema,
  inputs: {
    name: { ...text, computed: true, pattern: /^[a-zA-Z0-9][a-zA-Z0-9.-]+$/ },
    dropletIds: set({ type: 'integer' }),
    inboundRules: { ...rules('source'), same: (before, after) => sameRules(before, after, 'source') },
    outboundRules: { ...rules('destination'), same: (before, after) => sameRules(before, after, 'destination') },
    tags: set(text),
  },
  outputs: { createdAt: text, status: text, pendingChanges: { type: 'array' }, name: text },
  stableOutputs: ['createdAt'],
  check: ({ inboundRules, outboundRules }) =>
    [inboundRules, outboundRules].every((rules) => Array.isArray(rules) && rules.length === 0)
      ? [{ property: 'inboundRules', reason: 'a firewall needs at least one rule, inbound or outbound.' }]
      : [],
  idOf: ({ id }) => id,
  nameFor,
  isOwn: (item, name) => item.name === name,
  body: requestBody,
  change: 'PUT',
  present: (item, known) => {
    const { createdAt, status, pendingChanges, ...inputs } = outputsOf(item, known);
    return { inputs, outputs: { ...inputs, createdAt: createdAt!, status: status!, pendingChanges: pendingChanges! } };
  },
});
export const firewall = firewalls.resource();

function requestBody(inputs: Properties, name: string): Record<string, unknown> {
  return {
    name,
    droplet_ids: (Array.isArray(inputs['dropletIds']) ? inputs['dropletIds'] : []).map(Number),
    tags: textList(inputs['tags']),
    inbound_rules: objectList(inputs['inboundRules']).map((rule) => toApi(rule, 'source')),
    outbound_rules: objectList(inputs['outboundRules']).map((rule) => toApi(rule, 'destination')),
  };
}

const PEER_KEYS = [
  ['addresses', 'Addresses'],
  ['droplet_ids', 'DropletIds'],
  ['kubernetes_ids', 'KubernetesIds'],
  ['load_balancer_uids', 'LoadBalancerUids'],
  ['tags', 'Tags'],
] as const;

function toApi(rule: Properties, side: Side): Record<string, unknown> {
  const peers: Record<string, unknown> = {};
  for (const [key, name] of PEER_KEYS) {
    const value = rule[side + name];
    if (Array.isArray(value) && value.length > 0) peers[key] = value;
  }
  const ports = rule['protocol'] === 'icmp' ? {} : { ports: portsOf(rule) };
  return { protocol: rule['protocol'], ...ports, [`${side}s`]: peers };
}

function fromApi(rule: { protocol: string; ports: string }, peers: Peers, side: Side): Properties {
  const properties: Properties = { protocol: rule.protocol };
  if (rule.protocol !== 'icmp') properties['portRange'] = rule.ports === '0' ? 'all' : rule.ports;
  for (const [key, name] of PEER_KEYS) {
    const value = peers[key];
    if (value && value.length > 0) properties[side + name] = value;
  }
  return properties;
}

/** The API answers `all` as `0`; 1-65535 means the same. */
function portsOf(rule: Properties): string {
  const ports = rule['portRange'];
  return ports === undefined || ports === '' || ports === '0' || ports === '1-65535' ? 'all' : String(ports);
}

function sameRules(before: Json | undefined, after: Json | undefined, side: Side): boolean {
  const form = (value: Json | undefined): string =>
    JSON.stringify(
      objectList(value)
        .map((rule) => {
          const peers = PEER_KEYS.map(([, name]) =>
            textList(rule[side + name])
              .sort()
              .join(),
          );
          return [rule['protocol'], rule['protocol'] === 'icmp' ? '' : portsOf(rule), ...peers].join(' ');
        })
        .sort(),
    );
  return form(before) === form(after);
}

function outputsOf(found: Firewall, inputs: Properties): Properties {
  const inbound = (found.inbound_rules ?? []).map((rule) => fromApi(rule, rule.sources, 'source'));
  const outbound = (found.outbound_rules ?? []).map((rule) => fromApi(rule, rule.destinations, 'destination'));
  // Rules that mean the same stay as the program wrote them.
  return {
    name: found.name,
    status: found.status,
    createdAt: found.created_at,
    pendingChanges: (found.pending_changes ?? []).map(({ droplet_id, removing, status }) => ({ dropletId: droplet_id, removing, status })),
    dropletIds: found.droplet_ids ?? [],
    ...(inputs['tags'] === undefined && !found.tags?.length ? {} : { tags: found.tags ?? [] }),
    inboundRules: sameRules(inputs['inboundRules'], inbound, 'source') ? (inputs['inboundRules'] ?? []) : inbound,
    outboundRules: sameRules(inputs['outboundRules'], outbound, 'destination') ? (inputs['outboundRules'] ?? []) : outbound,
  };
}
