/** What stands beside a server at Hetzner: keys that a project holds once, firewalls, reverse names. */
import { isProviderError } from '../errors.ts';
import { SHARED_KEY_PREFIX } from '../identity.ts';
import { fingerprintOf, sameKey, textList } from '../kit/names.ts';
import { Objects, set, text, whole } from '../kit/object.ts';
import type { Rest } from '../kit/rest.ts';
import type { Call } from '../kit/server-sheet.ts';
import type { Json, Properties, PropertySpec, ResourceDefinition } from '../resource.ts';
import { Firewall, jobs, SshKey, type Server } from './rest.ts';
import { act, servers } from './server.ts';

const labels: PropertySpec = { type: 'object', additional: text };
const nameFor = ({ name }: Properties, urn: string): string => (typeof name === 'string' ? name : urn.split('::').at(-1)!);

/** A project takes a public key once, under whatever name: all stacks share it, and what the account calls it is nobody's matter. */
export const keys = new Objects<SshKey>({
  token: 'hcloud:index/sshKey:SshKey',
  noun: 'SSH key',
  path: '/ssh_keys',
  keys: { one: 'ssh_key', many: 'ssh_keys' },
  shape: SshKey,
  leaves: ({ name }) => String(name).startsWith(SHARED_KEY_PREFIX),
  inputs: { name: { ...text, computed: true }, publicKey: { ...text, required: true, same: sameKey }, labels },
  outputs: { fingerprint: text, name: text, labels },
  stableOutputs: ['fingerprint'],
  replaceOn: (before, after) => (sameKey(before['publicKey'], after['publicKey']) ? [] : ['publicKey']),
  check: ({ publicKey }) =>
    typeof publicKey === 'string' && !fingerprintOf(publicKey)
      ? [{ property: 'publicKey', reason: 'is no OpenSSH public key: expected "ssh-ed25519 AAAA… comment".' }]
      : [],
  idOf: ({ id }) => String(id),
  nameFor,
  listing: (_, { publicKey }) => ({ query: { fingerprint: fingerprintOf(String(publicKey)) } }),
  isOwn: ({ fingerprint }, _, { publicKey }) => fingerprint === fingerprintOf(String(publicKey)),
  body: ({ publicKey, labels: given }, name) => ({ name, public_key: String(publicKey).trim(), ...(given ? { labels: given } : {}) }),
  present: ({ name, fingerprint, public_key: told, labels: shown }, known) => {
    const inputs = { ...known, name: known['name'] ?? name, publicKey: known['publicKey'] ?? told };
    return { inputs, outputs: { ...inputs, fingerprint, labels: known['labels'] ?? shown } };
  },
});

const RULE = ['direction', 'protocol', 'port', 'sourceIps', 'destinationIps', 'description'] as const;
const rule: PropertySpec = {
  type: 'object',
  properties: {
    direction: { ...text, required: true, oneOf: ['in', 'out'] },
    protocol: { ...text, required: true, oneOf: ['tcp', 'udp', 'icmp', 'esp', 'gre'] },
    port: text,
    sourceIps: set(text),
    destinationIps: set(text),
    description: text,
  },
};

export const firewalls = new Objects<Firewall>({
  token: 'hcloud:index/firewall:Firewall',
  noun: 'firewall',
  path: '/firewalls',
  keys: { one: 'firewall', many: 'firewalls' },
  shape: Firewall,
  inputs: {
    name: { ...text, computed: true },
    labels,
    rules: { ...set(rule), same: (a, b) => rulesKey(a) === rulesKey(b) },
    applyTos: set({ type: 'object', properties: { server: { ...whole }, labelSelector: text } }),
  },
  outputs: { name: text, labels },
  idOf: ({ id }) => String(id),
  nameFor,
  listing: (name) => ({ query: { name } }),
  isOwn: (item, name) => item.name === name,
  body: ({ labels: given, rules }, name) => ({ name, rules: toApi(rules), ...(given ? { labels: given } : {}) }),
  change: 'PUT',
  changeBody: ({ labels: given }, name) => ({ name, labels: given ?? {} }),
  async settle(call, item, { rules, applyTos }) {
    if (rulesKey(fromApi(item)) !== rulesKey(rules)) await firewallAct(call, item.id, 'set_rules', { rules: toApi(rules) });
    const [now, wanted] = [appliedTo(item), serversIn(applyTos)];
    const missing = wanted.filter((id) => !now.includes(id));
    const others = now.filter((id) => !wanted.includes(id));
    if (missing.length > 0) await firewallAct(call, item.id, 'apply_to_resources', { apply_to: missing.map(resource) });
    if (others.length > 0) await firewallAct(call, item.id, 'remove_from_resources', { remove_from: others.map(resource) });
  },
  async release(call, item) {
    const held = appliedTo(item);
    if (held.length > 0) await firewallAct(call, item.id, 'remove_from_resources', { remove_from: held.map(resource) });
  },
  present: (item, known) => {
    const rules = rulesKey(known['rules']) === rulesKey(fromApi(item)) ? (known['rules'] ?? []) : fromApi(item);
    const inputs: Properties = { ...known, name: item.name, rules, applyTos: appliedTo(item).map((server) => ({ server })) };
    return { inputs, outputs: { ...inputs, labels: item.labels } };
  },
});

const resource = (id: number) => ({ type: 'server', server: { id } });
const appliedTo = ({ applied_to: all }: Firewall): number[] => all.flatMap(({ server }) => (server ? [server.id] : []));
const serversIn = (applyTos: Json | undefined): number[] =>
  (Array.isArray(applyTos) ? applyTos : []).flatMap((each) =>
    (each as Properties)['server'] === undefined ? [] : [Number((each as Properties)['server'])],
  );

/** Already so counts as done: the next look tells. */
async function firewallAct(call: Call, id: number, name: string, body: object): Promise<void> {
  const { client, signal } = call;
  try {
    const answer = await client.send({ method: 'POST', path: `/firewalls/${id}/actions/${name}`, body, signal, repeatable: true });
    for (const job of jobs.started(answer.body)) await servers.ended(call, job, `${name} of firewall ${id}`);
  } catch (error) {
    if (!isProviderError(error, 'conflict') || !/already/i.test(error.message)) throw error;
  }
}

function toApi(rules: Json | undefined): object[] {
  return (Array.isArray(rules) ? rules : []).map((each) => {
    const { direction, protocol, port, sourceIps, destinationIps, description } = each as Properties;
    return {
      direction,
      protocol,
      ...(port === undefined || port === '' ? {} : { port }),
      source_ips: textList(sourceIps),
      destination_ips: textList(destinationIps),
      ...(description === undefined || description === '' ? {} : { description }),
    };
  });
}

function fromApi({ rules }: Firewall): Properties[] {
  return rules.map(({ direction, protocol, port, source_ips: sourceIps, destination_ips: destinationIps, description }) => ({
    direction,
    protocol,
    ...(port ? { port } : {}),
    ...(sourceIps?.length ? { sourceIps } : {}),
    ...(destinationIps?.length ? { destinationIps } : {}),
    ...(description ? { description } : {}),
  }));
}

/** Equal for sets of rules that mean the same. */
function rulesKey(rules: Json | undefined): string {
  const line = (each: Json): string =>
    JSON.stringify(
      RULE.map((key) => ((value) => (Array.isArray(value) ? value.map(String).toSorted() : (value ?? '')))((each as Properties)[key])).map(
        (value) => (Array.isArray(value) && value.length === 0 ? '' : value),
      ),
    );
  return (Array.isArray(rules) ? rules : []).map(line).toSorted().join('\n');
}

/** `hcloud:index/rdns:Rdns` of a server's address. */
export const rdns: ResourceDefinition<Rest> = {
  token: 'hcloud:index/rdns:Rdns',
  inputs: {
    dnsPtr: { ...text, required: true },
    ipAddress: { ...text, required: true },
    serverId: { ...whole },
  },
  outputs: {},
  timeoutsMs: { create: 5 * 60_000, update: 5 * 60_000, delete: 5 * 60_000 },
  replaceOn: (before, after) => ['ipAddress', 'serverId'].filter((key) => String(before[key]) !== String(after[key])),
  create: async (ctx, inputs) => ({
    id: `s-${String(inputs['serverId'])}-${String(inputs['ipAddress'])}`,
    outputs: await point(ctx, inputs),
  }),
  async read(ctx, id, state) {
    const [, serverId, ipAddress = ''] = /^s-(\d+)-(.+)$/.exec(id) ?? [];
    const server = serverId === undefined ? null : await servers.get(ctx, serverId);
    const dnsPtr = server && pointerOf(server, ipAddress);
    if (!dnsPtr) return null;
    const told = { ...state?.inputs, dnsPtr, ipAddress, serverId: Number(serverId) };
    return { id, inputs: told, outputs: told };
  },
  update: (ctx, _, { inputs }) => point(ctx, inputs),
  async delete(ctx, _, { serverId, ipAddress, dnsPtr }) {
    const isDone = (server: Server): boolean => pointerOf(server, String(ipAddress)) !== dnsPtr;
    const body = { ip: ipAddress, dns_ptr: null };
    await servers.perform(ctx, String(serverId), act('change_dns_ptr', 'change_dns_ptr', body, isDone)).catch((error: unknown) => {
      if (!isProviderError(error, 'not_found')) throw error;
    });
  },
};

async function point(call: Call, { serverId, ipAddress, dnsPtr }: Properties): Promise<Properties> {
  const isDone = (server: Server): boolean => pointerOf(server, String(ipAddress)) === dnsPtr;
  await servers.perform(call, String(serverId), act('change_dns_ptr', 'change_dns_ptr', { ip: ipAddress, dns_ptr: dnsPtr }, isDone));
  return { serverId: Number(serverId), ipAddress: ipAddress!, dnsPtr: dnsPtr! };
}

function pointerOf({ public_net: { ipv4, ipv6 } }: Server, ip: string): string | undefined {
  return ip === ipv4?.ip ? (ipv4.dns_ptr ?? undefined) : ipv6?.dns_ptr?.find((each) => each.ip.toLowerCase() === ip.toLowerCase())?.dns_ptr;
}
