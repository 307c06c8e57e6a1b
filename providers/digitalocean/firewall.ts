/** `digitalocean:index/firewall:Firewall`: found by its name, which is unique in an account. */
import { z } from 'zod';
import { isProviderError } from '../errors.ts';
import type { Json, Properties, PropertySpec, ResourceContext, ResourceDefinition } from '../resource.ts';
import type { DigitalOceanClient } from './client.ts';
import { textList } from './droplet-state.ts';
import { firewallSchema, type Firewall, type Peers } from './schemas.ts';

type Context = ResourceContext<DigitalOceanClient>;
type Side = 'source' | 'destination';

const ROUNDS = 3;
const answer = z.object({ firewall: firewallSchema });
const firewallPath = (id: string): string => `/v2/firewalls/${encodeURIComponent(id)}`;

const text: PropertySpec = { type: 'string' };
const set = (items: PropertySpec): PropertySpec => ({ type: 'array', items, unordered: true });
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

export const firewall: ResourceDefinition<DigitalOceanClient> = {
  token: 'digitalocean:index/firewall:Firewall',
  inputs: {
    name: { ...text, computed: true, pattern: /^[a-zA-Z0-9][a-zA-Z0-9.-]+$/ },
    dropletIds: set({ type: 'integer' }),
    inboundRules: { ...rules('source'), same: (before, after) => sameRules(before, after, 'source') },
    outboundRules: { ...rules('destination'), same: (before, after) => sameRules(before, after, 'destination') },
    tags: set(text),
  },
  outputs: { createdAt: text, status: text, pendingChanges: { type: 'array' }, name: text },
  stableOutputs: ['createdAt'],
  timeoutsMs: { create: 5 * 60_000, update: 5 * 60_000, delete: 5 * 60_000 },
  check: ({ inboundRules, outboundRules }) =>
    [inboundRules, outboundRules].every((rules) => Array.isArray(rules) && rules.length === 0)
      ? [{ property: 'inboundRules', reason: 'a firewall needs at least one rule, inbound or outbound.' }]
      : [],
  create,
  async read(ctx, id, state) {
    const found = await find(ctx, id);
    if (!found) return null;
    const outputs = outputsOf(found, state?.inputs ?? {});
    const inputs = Object.fromEntries(Object.entries(outputs).filter(([key]) => !['createdAt', 'status', 'pendingChanges'].includes(key)));
    return { id, inputs, outputs };
  },
  update: async (ctx, id, { inputs }) => outputsOf(await replace(ctx, id, inputs), inputs),
  async delete(ctx, id) {
    try {
      await ctx.client.run({ method: 'DELETE', path: firewallPath(id), repeatable: true, signal: ctx.signal });
    } catch (error) {
      if (!isProviderError(error, 'not_found')) throw error;
    }
  },
};

async function create(ctx: Context, inputs: Properties): Promise<{ id: string; outputs: Properties }> {
  const { client, signal } = ctx;
  const body = requestBody(ctx.urn, inputs);
  for (let round = 1; ; round++) {
    const existing = (await client.all('/v2/firewalls', 'firewalls', firewallSchema, {}, signal)).find(({ name }) => name === body['name']);
    if (existing) {
      ctx.log('info', `Adopted firewall ${existing.id}: it already has the name ${existing.name}.`);
      return { id: existing.id, outputs: outputsOf(await replace(ctx, existing.id, inputs), inputs) };
    }
    try {
      const { firewall } = await client.call({ method: 'POST', path: '/v2/firewalls', body, signal }, answer);
      return { id: firewall.id, outputs: outputsOf(firewall, inputs) };
    } catch (error) {
      if (round >= ROUNDS || !isProviderError(error, 'unknown_outcome', 'conflict')) throw error;
    }
  }
}

async function replace(ctx: Context, id: string, inputs: Properties): Promise<Firewall> {
  const body = requestBody(ctx.urn, inputs);
  return (await ctx.client.call({ method: 'PUT', path: firewallPath(id), body, repeatable: true, signal: ctx.signal }, answer)).firewall;
}

async function find({ client, signal }: Context, id: string): Promise<Firewall | null> {
  return (await client.find({ method: 'GET', path: firewallPath(id), signal }, answer))?.firewall ?? null;
}

function requestBody(urn: string, inputs: Properties): Record<string, unknown> {
  return {
    name: inputs['name'] ?? urn.split('::').at(-1),
    droplet_ids: (Array.isArray(inputs['dropletIds']) ? inputs['dropletIds'] : []).map(Number),
    tags: textList(inputs['tags']),
    inbound_rules: list(inputs['inboundRules']).map((rule) => toApi(rule, 'source')),
    outbound_rules: list(inputs['outboundRules']).map((rule) => toApi(rule, 'destination')),
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
      list(value)
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

function list(value: Json | undefined): Properties[] {
  return Array.isArray(value) ? (value as Properties[]) : [];
}
