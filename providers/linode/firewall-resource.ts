/** `linode:index/firewall:Firewall`: rules and the servers they hold for. */
import { z } from 'zod';
import { isProviderError } from '../errors.ts';
import { visibleTags } from '../identity.ts';
import type { Json, Properties, PropertySpec, ResourceContext, ResourceDefinition } from '../resource.ts';
import { isLabelTaken, linodeError, type LinodeClient } from './client.ts';
import { numericId } from './compute.ts';
import { storedTags } from './instance-state.ts';
import { appears } from './jobs.ts';
import { ApiFirewall, ApiFirewallDevice, type ApiFirewallRule } from './types.ts';

const PATH = '/networking/firewalls';
const POLICIES = ['ACCEPT', 'DROP'];
type Context = ResourceContext<LinodeClient>;

const ids: PropertySpec = { type: 'array', items: { type: 'integer' }, unordered: true, computed: true };
const cidrs: PropertySpec = { type: 'array', items: { type: 'string' } };
const rules: PropertySpec = {
  type: 'array',
  items: {
    type: 'object',
    properties: {
      label: { type: 'string', required: true },
      action: { type: 'string', required: true, oneOf: POLICIES },
      protocol: { type: 'string', required: true, oneOf: ['TCP', 'UDP', 'ICMP', 'IPENCAP'] },
      ports: { type: 'string' },
      description: { type: 'string' },
      ipv4s: cidrs,
      ipv6s: cidrs,
    },
  },
};

export const firewallResource: ResourceDefinition<LinodeClient> = {
  token: 'linode:index/firewall:Firewall',
  inputs: {
    label: { type: 'string', required: true, pattern: /^(?!.*(?:--|__|\.\.))[a-zA-Z0-9][a-zA-Z0-9_.-]{1,30}[a-zA-Z0-9]$/ },
    inboundPolicy: { type: 'string', required: true, oneOf: POLICIES },
    outboundPolicy: { type: 'string', required: true, oneOf: POLICIES },
    inbounds: rules,
    outbounds: rules,
    disabled: { type: 'boolean', default: false },
    linodes: ids,
    nodebalancers: ids,
    interfaces: ids,
    tags: { type: 'array', items: { type: 'string' }, unordered: true, computed: true },
  },
  outputs: {
    created: { type: 'string' },
    updated: { type: 'string' },
    status: { type: 'string' },
    devices: { type: 'array', items: { type: 'any' } },
  },
  stableOutputs: ['created'],
  deleteBeforeReplace: true,
  timeoutsMs: { create: 300_000, update: 300_000, delete: 300_000 },
  create: createFirewall,
  async read(ctx, id, state) {
    const firewall = await ctx.client.find(`${PATH}/${numericId(id)}`, ApiFirewall, { signal: ctx.signal });
    if (!firewall || firewall.status === 'deleted') return null;
    const outputs = await firewallOutputs(ctx, firewall);
    return { id, inputs: refreshed(outputs, state?.inputs), outputs };
  },
  async update(ctx, id, { inputs }) {
    const firewall = await ctx.client.get(`${PATH}/${numericId(id)}`, ApiFirewall, { signal: ctx.signal });
    return reconcile(ctx, firewall, inputs);
  },
  delete: (ctx, id) => ctx.client.delete(`${PATH}/${numericId(id)}`, { signal: ctx.signal }),
};

async function createFirewall(ctx: Context, inputs: Properties) {
  const { client, signal } = ctx;
  const { tag, tags } = storedTags(ctx.urn, inputs);
  // A label belongs to one firewall of the account, so label and tag together are the identity.
  const own = async (): Promise<ApiFirewall | undefined> => {
    const all = await client.list(PATH, ApiFirewall, { signal });
    return all.find((firewall) => firewall.label === inputs.label && firewall.tags.includes(tag));
  };
  const body = {
    label: inputs.label,
    tags,
    rules: rulesBody(inputs),
    devices: { linodes: numbers(inputs.linodes), nodebalancers: numbers(inputs.nodebalancers) },
  };
  const post = (): Promise<ApiFirewall> => client.post(PATH, ApiFirewall, { body, signal });
  const found = await own();
  const firewall =
    found ??
    (await post().catch(async (error: unknown) => {
      if (!isProviderError(error, 'unknown_outcome') && !isLabelTaken(error)) throw error;
      const made = await appears(client, own, signal);
      if (made) return made;
      if (!isLabelTaken(error)) return post();
      throw linodeError(
        'conflict',
        `The firewall label "${String(inputs.label)}" is taken in this account by another firewall. Choose another.`,
        { field: 'label' },
      );
    }));
  return { id: String(firewall.id), outputs: await reconcile(ctx, firewall, inputs) };
}

/** Sends only what differs, so it also completes a creation that was cut off. */
async function reconcile(ctx: Context, firewall: ApiFirewall, inputs: Properties): Promise<Properties> {
  const { client, signal } = ctx;
  const path = `${PATH}/${firewall.id}`;
  const { tags } = storedTags(ctx.urn, inputs);
  const status = inputs.disabled === true ? 'disabled' : 'enabled';
  const sameTags = tags.length === firewall.tags.length && tags.every((tag) => firewall.tags.includes(tag));
  if (firewall.label !== inputs.label || firewall.status !== status || !sameTags)
    await client.put(path, z.unknown(), { body: { label: inputs.label, status, tags }, signal });
  const wanted = rulesBody(inputs);
  if (JSON.stringify(wanted) !== JSON.stringify(currentRules(firewall)))
    await client.put(`${path}/rules`, z.unknown(), { body: wanted, signal });
  await setDevices(ctx, firewall.id, inputs);
  return firewallOutputs(ctx, await client.get(path, ApiFirewall, { signal }));
}

async function setDevices(ctx: Context, id: number, inputs: Properties): Promise<void> {
  const { client, signal } = ctx;
  const path = `${PATH}/${id}/devices`;
  const devices = await client.list(path, ApiFirewallDevice, { signal });
  for (const [type, property] of [
    ['linode', 'linodes'],
    ['nodebalancer', 'nodebalancers'],
  ] as const) {
    if (inputs[property] === undefined) continue;
    const wanted = numbers(inputs[property]);
    for (const device of devices.filter(({ entity }) => entity.type === type && !wanted.includes(entity.id)))
      await client.delete(`${path}/${device.id}`, { signal });
    const there = new Set(devices.filter(({ entity }) => entity.type === type).map(({ entity }) => entity.id));
    for (const entity of wanted.filter((each) => !there.has(each))) await attach(ctx, path, type, entity);
  }
}

/** A lost answer is looked up: attaching the same server twice is an error at Linode. */
async function attach(ctx: Context, path: string, type: string, id: number): Promise<void> {
  const { client, signal } = ctx;
  const post = (): Promise<unknown> => client.post(path, z.unknown(), { body: { type, id }, signal });
  try {
    await client.whenFree('attaching the firewall', signal, post);
  } catch (error) {
    if (!isProviderError(error, 'unknown_outcome')) throw error;
    const there = async (): Promise<true | undefined> => {
      const devices = await client.list(path, ApiFirewallDevice, { signal });
      return devices.some(({ entity }) => entity.type === type && entity.id === id) ? true : undefined;
    };
    if (!(await appears(client, there, signal))) await post();
  }
}

function rulesBody(inputs: Properties): Properties {
  const list = (of: Json | undefined): Json[] => (Array.isArray(of) ? of.map((rule) => ruleBody(rule as Properties)) : []);
  return {
    inbound: list(inputs.inbounds),
    inbound_policy: inputs.inboundPolicy!,
    outbound: list(inputs.outbounds),
    outbound_policy: inputs.outboundPolicy!,
  };
}

function ruleBody(rule: Properties): Properties {
  const ipv4 = Array.isArray(rule.ipv4s) ? rule.ipv4s : [];
  const ipv6 = Array.isArray(rule.ipv6s) ? rule.ipv6s : [];
  return {
    action: rule.action!,
    protocol: rule.protocol!,
    label: rule.label!,
    ...(rule.description === undefined ? {} : { description: rule.description }),
    ...(rule.ports === undefined ? {} : { ports: rule.ports }),
    addresses: { ...(ipv4.length > 0 ? { ipv4 } : {}), ...(ipv6.length > 0 ? { ipv6 } : {}) },
  };
}

function currentRules({ rules }: ApiFirewall): Properties {
  const back = (list: ApiFirewallRule[] | null | undefined): Json[] => (list ?? []).map((rule) => ruleBody(ruleProperties(rule)));
  return {
    inbound: back(rules.inbound),
    inbound_policy: rules.inbound_policy,
    outbound: back(rules.outbound),
    outbound_policy: rules.outbound_policy,
  };
}

function ruleProperties(rule: ApiFirewallRule): Properties {
  const { ipv4, ipv6 } = rule.addresses ?? {};
  return {
    label: rule.label ?? '',
    action: rule.action,
    protocol: rule.protocol,
    ...(rule.ports ? { ports: rule.ports } : {}),
    ...(rule.description ? { description: rule.description } : {}),
    ...(ipv4 && ipv4.length > 0 ? { ipv4s: ipv4 } : {}),
    ...(ipv6 && ipv6.length > 0 ? { ipv6s: ipv6 } : {}),
  };
}

async function firewallOutputs(ctx: Context, firewall: ApiFirewall): Promise<Properties> {
  const devices = await ctx.client.list(`${PATH}/${firewall.id}/devices`, ApiFirewallDevice, { signal: ctx.signal });
  const of = (type: string): number[] => devices.filter(({ entity }) => entity.type === type).map(({ entity }) => entity.id);
  return {
    label: firewall.label,
    disabled: firewall.status === 'disabled',
    inboundPolicy: firewall.rules.inbound_policy,
    outboundPolicy: firewall.rules.outbound_policy,
    inbounds: (firewall.rules.inbound ?? []).map(ruleProperties),
    outbounds: (firewall.rules.outbound ?? []).map(ruleProperties),
    linodes: of('linode'),
    nodebalancers: of('nodebalancer'),
    interfaces: of('interface'),
    tags: visibleTags(firewall.tags),
    devices: devices.map(({ id, entity }) => ({
      id,
      entityId: entity.id,
      type: entity.type,
      label: entity.label ?? '',
      url: entity.url ?? '',
    })),
    status: firewall.status,
    created: firewall.created,
    updated: firewall.updated,
  };
}

function refreshed(outputs: Properties, before: Properties | undefined): Properties {
  const keys = ['label', 'disabled', 'inboundPolicy', 'outboundPolicy', 'inbounds', 'outbounds', 'linodes', 'nodebalancers', 'tags'];
  return Object.fromEntries(keys.filter((key) => !before || before[key] !== undefined).map((key) => [key, outputs[key] ?? null]));
}

function numbers(value: Json | undefined): number[] {
  return Array.isArray(value) ? value.map(Number) : [];
}
