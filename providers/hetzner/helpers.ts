/** What stands beside a server at Hetzner: keys that a project holds once, firewalls, reverse names. */
import { isProviderError } from '../errors.ts';
import { accountKey, keyInputs } from '../kit/keys.ts';
import { fingerprintOf, given, nameFor, objectList, textList } from '../kit/names.ts';
import { Objects, set, text, whole } from '../kit/object.ts';
import { reverseNames } from '../kit/reverse.ts';
import type { Call } from '../kit/server-sheet.ts';
import type { Json, Properties, PropertySpec } from '../resource.ts';
import { Firewall, jobs, SshKey, type Server } from './rest.ts';
import { act, servers } from './server.ts';

const labels: PropertySpec = { type: 'object', additional: text };

/** A project takes a public key once. */
export const keys = new Objects<SshKey>({
  ...accountKey,
  token: 'hcloud:index/sshKey:SshKey',
  path: '/ssh_keys',
  keys: { one: 'ssh_key', many: 'ssh_keys' },
  shape: SshKey,
  inputs: { ...accountKey.inputs, labels },
  outputs: { fingerprint: text, name: text, labels },
  stableOutputs: ['fingerprint'],
  idOf: ({ id }) => String(id),
  listing: (_, { publicKey }) => ({ query: { fingerprint: fingerprintOf(String(publicKey)) } }),
  isOwn: ({ fingerprint }, _, { publicKey }) => fingerprint === fingerprintOf(String(publicKey)),
  body: ({ publicKey, labels: tags }, name) => ({ name, public_key: String(publicKey).trim(), ...given({ labels: tags }) }),
  present: ({ name, fingerprint, public_key: told, labels: shown }, known) => {
    const inputs = keyInputs(known, name, told);
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
  body: ({ labels: tags, rules }, name) => ({ name, rules: toApi(rules), ...given({ labels: tags }) }),
  change: 'PUT',
  changeBody: ({ labels: tags }, name) => ({ name, labels: tags ?? {} }),
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
  objectList(applyTos).flatMap(({ server }) => (server === undefined ? [] : [Number(server)]));

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
  return objectList(rules).map(({ direction, protocol, port, sourceIps, destinationIps, description }) => ({
    direction,
    protocol,
    source_ips: textList(sourceIps),
    destination_ips: textList(destinationIps),
    ...given({ port, description }),
  }));
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
  // An empty list means what an absent one does.
  const word = (value: Json | undefined): Json => (Array.isArray(value) ? textList(value).toSorted().join() : (value ?? ''));
  const line = (each: Properties): string => JSON.stringify(RULE.map((key) => word(each[key])));
  return objectList(rules).map(line).toSorted().join('\n');
}

/** `hcloud:index/rdns:Rdns` of a server's address. */
export const rdns = reverseNames<Server>({
  token: 'hcloud:index/rdns:Rdns',
  inputs: {
    dnsPtr: { ...text, required: true },
    ipAddress: { ...text, required: true },
    serverId: { ...whole },
  },
  replaceOn: (before, after) => ['ipAddress', 'serverId'].filter((key) => String(before[key]) !== String(after[key])),
  servers,
  words: { server: 'serverId', address: 'ipAddress', name: 'dnsPtr' },
  idOf: (server, address) => `s-${server}-${address}`,
  id: /^s-(\d+)-(.+)$/,
  nameOf: ({ public_net: { ipv4, ipv6 } }, ip) =>
    ip === ipv4?.ip ? ipv4.dns_ptr : ipv6?.dns_ptr?.find((each) => each.ip.toLowerCase() === ip.toLowerCase())?.dns_ptr,
  deed: (_, __, ip, name) => act('change_dns_ptr', 'change_dns_ptr', { ip, dns_ptr: name }),
});
