/** What stands beside a server at Linode: keys of the token's owner, firewalls, reverse names. */
import { isIP } from 'node:net';
import { isProviderError } from '../errors.ts';
import { identityOf, parseIdentityTag, visibleTags } from '../identity.ts';
import type { OwnedObject } from '../instance-extras.ts';
import { textList } from '../kit/names.ts';
import { flag, Objects, set, text, whole } from '../kit/object.ts';
import { orGone, part, type Rest } from '../kit/rest.ts';
import type { Call, Context } from '../kit/server-sheet.ts';
import type { Json, Properties, PropertySpec, ResourceDefinition } from '../resource.ts';
import { waitFor } from '../wait.ts';
import { PROVIDER_ID } from './descriptor.ts';
import { zoned } from './rest.ts';
import { servers } from './server.ts';
import { ApiAddress, ApiFirewall as FirewallShape, ApiFirewallDevice, ApiSshKey, type ApiFirewall, type ApiFirewallRule } from './types.ts';

const WAIT_MS = 10 * 60_000;
const KEY_LABEL = /^plinth-vps-([a-z0-9]+)-key-\d+$/;
const trimmed = (value: unknown): string => String(value ?? '').trim();

/** Keys have no tags, so the VPS stands in the label; unlike the server's label it never changes. */
export function keyLabel(vpsId: string, number: number): string {
  return `plinth-vps-${vpsId}-key-${number}`;
}

/** Labels may repeat: label and key together are the identity. */
export const keys = new Objects<ApiSshKey>({
  token: 'linode:index/sshKey:SshKey',
  noun: 'SSH key',
  path: '/profile/sshkeys',
  keys: { one: '', many: 'data' },
  shape: ApiSshKey,
  inputs: {
    label: { ...text, required: true },
    // Linode strips the line end that files have.
    sshKey: { ...text, required: true, replace: true, same: (a, b) => trimmed(a) === trimmed(b) },
  },
  outputs: { created: text },
  stableOutputs: ['created'],
  idOf: ({ id }) => String(id),
  nameFor: ({ label }) => String(label),
  isOwn: (key, label, { sshKey }) => key.label === label && trimmed(key.ssh_key) === trimmed(sshKey),
  body: ({ sshKey }, label) => ({ label, ssh_key: trimmed(sshKey) }),
  change: 'PUT',
  changeBody: (_, label) => ({ label }),
  present: ({ label, ssh_key: told, created }, { sshKey }) => {
    const inputs = { label, sshKey: trimmed(sshKey) === trimmed(told) ? String(sshKey) : told };
    return { inputs, outputs: { ...inputs, created: zoned(created) } };
  },
});

const POLICY: PropertySpec = { ...text, required: true, oneOf: ['ACCEPT', 'DROP'] };
const ids: PropertySpec = { ...set(whole), computed: true };
const texts: PropertySpec = { type: 'array', items: text };
const rules: PropertySpec = {
  type: 'array',
  items: {
    type: 'object',
    properties: {
      label: { ...text, required: true },
      action: POLICY,
      protocol: { ...text, required: true, oneOf: ['TCP', 'UDP', 'ICMP', 'IPENCAP'] },
      ports: text,
      // Linode keeps no description as an empty one.
      description: { ...text, same: (a, b) => (a ?? '') === (b ?? '') },
      ipv4s: texts,
      ipv6s: texts,
    },
  },
};
const DEVICES = [
  ['linode', 'linodes'],
  ['nodebalancer', 'nodebalancers'],
] as const;

class Firewalls extends Objects<ApiFirewall> {
  /** With its devices. One that was deleted is still told of. */
  override async get(call: Call, id: string): Promise<ApiFirewall | null> {
    const found = await super.get(call, id);
    return found === null || found.status === 'deleted' ? null : { ...found, devices: await devicesOf(call, this.path(id)) };
  }
}

/** A label belongs to one firewall of the account, so label and mark together are the identity. */
export const firewalls = new Firewalls({
  token: 'linode:index/firewall:Firewall',
  noun: 'firewall',
  path: '/networking/firewalls',
  keys: { one: '', many: 'data' },
  shape: FirewallShape,
  inputs: {
    label: { ...text, required: true, pattern: /^(?!.*(?:--|__|\.\.))[a-zA-Z0-9][a-zA-Z0-9_.-]{1,30}[a-zA-Z0-9]$/ },
    inboundPolicy: POLICY,
    outboundPolicy: POLICY,
    inbounds: rules,
    outbounds: rules,
    disabled: { ...flag, default: false },
    linodes: ids,
    nodebalancers: ids,
    interfaces: ids,
    tags: { ...set(text), computed: true },
  },
  outputs: { created: text, updated: text, status: text, devices: { type: 'array', items: { type: 'any' } } },
  stableOutputs: ['created'],
  idOf: ({ id }) => String(id),
  nameFor: ({ tags }, urn) => identityOf(urn, textList(tags)).tag,
  isOwn: ({ label, tags }, mark, wanted) => label === wanted.label && tags.includes(mark),
  body: (wanted, mark) => ({
    label: wanted.label,
    tags: tagsWith(wanted, mark),
    rules: rulesBody(wanted),
    devices: { linodes: numbers(wanted.linodes), nodebalancers: numbers(wanted.nodebalancers) },
  }),
  change: 'PUT',
  changeBody: (wanted, mark) => ({
    label: wanted.label,
    status: wanted.disabled === true ? 'disabled' : 'enabled',
    tags: tagsWith(wanted, mark),
  }),
  /** Sends only what differs, so it also completes a creation that was cut off. */
  async settle(call, item, wanted) {
    const { client, signal } = call;
    const path = firewalls.path(String(item.id));
    const status = wanted.disabled === true ? 'disabled' : 'enabled';
    if (item.status !== status) await client.send({ method: 'PUT', path, body: { status }, repeatable: true, signal });
    const body = rulesBody(wanted);
    if (JSON.stringify(body) !== JSON.stringify(rulesBody(rulesOf(item))))
      await client.send({ method: 'PUT', path: `${path}/rules`, body, repeatable: true, signal });
    await servers.until(call, `firewall ${item.id} to be attached`, WAIT_MS, () => attached(call, path, wanted));
  },
  present: (item, known) => {
    const outputs = firewallOutputs(item);
    const words = ['label', 'disabled', 'inboundPolicy', 'outboundPolicy', 'inbounds', 'outbounds', 'linodes', 'nodebalancers', 'tags'];
    const isImport = Object.keys(known).length === 0;
    // The program's own words stay where they mean what Linode has.
    const now = (key: string): Json =>
      (key === 'inbounds' || key === 'outbounds') && sameRules(known[key], outputs[key]) ? known[key]! : outputs[key]!;
    return {
      inputs: Object.fromEntries(words.filter((key) => isImport || known[key] !== undefined).map((key) => [key, now(key)])),
      outputs,
    };
  },
});

const devicesOf = ({ client, signal }: Call, path: string) => client.all({ path: `${path}/devices`, signal }, 'data', ApiFirewallDevice);
const tagsWith = ({ tags }: Properties, mark: string): string[] => [...new Set([...textList(tags), mark])];
const numbers = (value: Json | undefined): number[] => (Array.isArray(value) ? value.map(Number) : []);

/** One step at a time and a look after each: attaching the same server twice is an error at Linode. */
async function attached(call: Call, path: string, wanted: Properties): Promise<true | undefined> {
  const { client, signal } = call;
  const now = await devicesOf(call, path);
  for (const [type, property] of DEVICES) {
    if (wanted[property] === undefined) continue;
    const there = now.filter(({ entity }) => entity.type === type);
    const other = there.find(({ entity }) => !numbers(wanted[property]).includes(entity.id));
    const missing = numbers(wanted[property]).find((id) => !there.some(({ entity }) => entity.id === id));
    if (other === undefined && missing === undefined) continue;
    const ask = other
      ? ({ method: 'DELETE', path: `${path}/devices/${other.id}`, repeatable: true, signal } as const)
      : ({ method: 'POST', path: `${path}/devices`, body: { type, id: missing }, signal } as const);
    await client.send(ask).catch((error: unknown) => {
      if (!isProviderError(error, 'unknown_outcome', 'conflict', 'not_found')) throw error;
    });
    return undefined;
  }
  return true;
}

function rulesBody({ inbounds, inboundPolicy, outbounds, outboundPolicy }: Properties): Record<string, unknown> {
  const list = (of: Json | undefined): object[] => (Array.isArray(of) ? of.map((rule) => ruleBody(rule as Properties)) : []);
  return { inbound: list(inbounds), inbound_policy: inboundPolicy, outbound: list(outbounds), outbound_policy: outboundPolicy };
}

function ruleBody({ action, protocol, label, description, ports, ipv4s, ipv6s }: Properties): object {
  const [ipv4, ipv6] = [textList(ipv4s), textList(ipv6s)];
  return {
    action,
    protocol,
    label,
    ...(description === undefined || description === '' ? {} : { description }),
    ...(ports === undefined ? {} : { ports }),
    addresses: { ...(ipv4.length > 0 ? { ipv4 } : {}), ...(ipv6.length > 0 ? { ipv6 } : {}) },
  };
}

function rulesOf({ rules: told }: ApiFirewall): Properties {
  return {
    inboundPolicy: told.inbound_policy,
    outboundPolicy: told.outbound_policy,
    inbounds: (told.inbound ?? []).map(ruleProperties),
    outbounds: (told.outbound ?? []).map(ruleProperties),
  };
}

function ruleProperties({ label, action, protocol, ports, description, addresses }: ApiFirewallRule): Properties {
  const { ipv4, ipv6 } = addresses ?? {};
  return {
    label: label ?? '',
    action,
    protocol,
    ...(ports ? { ports } : {}),
    description: description ?? '',
    ...(ipv4?.length ? { ipv4s: ipv4 } : {}),
    ...(ipv6?.length ? { ipv6s: ipv6 } : {}),
  };
}

function sameRules(written: Json | undefined, told: Json | undefined): boolean {
  const form = (inbounds: Json): string => JSON.stringify(rulesBody({ inbounds }));
  return Array.isArray(written) && form(written) === form(told ?? []);
}

function firewallOutputs(firewall: ApiFirewall): Properties {
  const devices = firewall.devices ?? [];
  const of = (type: string): number[] => devices.filter(({ entity }) => entity.type === type).map(({ entity }) => entity.id);
  return {
    label: firewall.label,
    disabled: firewall.status === 'disabled',
    ...rulesOf(firewall),
    linodes: of('linode'),
    nodebalancers: of('nodebalancer'),
    // Of the vendor's next major version; the pinned one knows no such property.
    ...(of('interface').length > 0 ? { interfaces: of('interface') } : {}),
    tags: visibleTags(firewall.tags),
    devices: devices.map(({ id, entity: { id: entityId, type, label, url } }) => ({
      id,
      entityId,
      type,
      label: label ?? '',
      url: url ?? '',
    })),
    status: firewall.status,
    created: zoned(firewall.created),
    updated: zoned(firewall.updated),
  };
}

/** `linode:index/rdns:Rdns`: the reverse name of an address. The id is the address. */
export const rdns: ResourceDefinition<Rest> = {
  token: 'linode:index/rdns:Rdns',
  inputs: {
    address: { ...text, required: true, replace: true },
    rdns: { ...text, required: true, same: (a, b) => String(a).toLowerCase() === String(b).toLowerCase() },
    waitForAvailable: { ...flag, default: false },
    timeouts: { type: 'object', additional: text },
  },
  outputs: {},
  timeoutsMs: { create: WAIT_MS, update: WAIT_MS, delete: 120_000 },
  check: ({ address }) =>
    typeof address === 'string' && address !== '' && isIP(address) === 0
      ? [{ property: 'address', reason: `"${address}" is not an IP address; give one without prefix length.` }]
      : [],
  create: async (ctx, inputs) => ({ id: String(inputs.address), outputs: await setName(ctx, inputs) }),
  async read({ client, signal }, id, state) {
    const found = await client.find(`/networking/ips/${part(id)}`, '', ApiAddress, signal);
    if (!found) return null;
    const told = { address: found.address, rdns: found.rdns ?? '', waitForAvailable: state?.inputs.waitForAvailable ?? false };
    return { id, inputs: told, outputs: told };
  },
  update: (ctx, _id, { inputs }) => setName(ctx, inputs),
  // The address may have gone with its server.
  delete: async (ctx, id) => void (await orGone(putName(ctx, id, null))),
};

function putName({ client, signal }: Call, address: string, name: Json): Promise<{ rdns?: string | null | undefined }> {
  const ask = { method: 'PUT', path: `/networking/ips/${part(address)}`, body: { rdns: name }, repeatable: true, signal } as const;
  return client.call(ask, ApiAddress);
}

/** Linode accepts a name only when it resolves to the address already; `waitForAvailable` waits for that. */
async function setName(ctx: Context, { address, rdns: name, waitForAvailable }: Properties): Promise<Properties> {
  const put = () => putName(ctx, String(address), name!);
  const unlessUnresolved = (error: unknown): undefined => {
    if (isProviderError(error, 'invalid') && /lookup/i.test(error.message)) return undefined;
    throw error;
  };
  const what = `${String(name)} to resolve to ${String(address)}`;
  const wait = { provider: PROVIDER_ID, what, key: 'linode/rdns', signal: ctx.signal, deadlineMs: WAIT_MS } as const;
  const told = waitForAvailable === true ? await waitFor({ ...wait, probe: () => put().catch(unlessUnresolved) }) : await put();
  return { address: address!, rdns: told.rdns ?? String(name), waitForAvailable: waitForAvailable ?? false };
}

/** By label and tag. Nothing is told of StackScripts: no program of ours makes any. */
export async function ownedHelpers(call: Call): Promise<OwnedObject[]> {
  const owned = (kind: OwnedObject['kind'], id: number, name: string, vpsId: string | undefined): OwnedObject[] =>
    vpsId === undefined ? [] : [{ kind, id: String(id), name, vpsId }];
  const [held, walls] = await Promise.all([keys.list(call), firewalls.list(call)]);
  return [
    ...held.flatMap(({ id, label }) => owned('ssh-key', id, label, KEY_LABEL.exec(label)?.[1])),
    ...walls
      .filter(({ status }) => status !== 'deleted')
      .flatMap(({ id, label, tags }) => owned('firewall', id, label, tags.map(parseIdentityTag).find((found) => found)?.vpsId)),
  ];
}
