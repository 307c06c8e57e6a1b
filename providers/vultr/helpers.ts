/** What stands beside an instance at Vultr: SSH keys, firewall groups with their rules, start-up scripts, reverse names. */
import { isIPv6 } from 'node:net';
import { z } from 'zod';
import { isProviderError } from '../errors.ts';
import { identityOf } from '../identity.ts';
import type { OwnedObject } from '../instance-extras.ts';
import { Objects, text, whole, type ObjectSheet } from '../kit/object.ts';
import { orGone, part, type Rest } from '../kit/rest.ts';
import type { Call, Context } from '../kit/server-sheet.ts';
import { windowOf } from '../kit/window.ts';
import type { Json, Properties, PropertySpec, ResourceDefinition } from '../resource.ts';
import { expandIpv6 } from './ipv6.ts';
import { FirewallGroup, FirewallRule, Ipv4, ReverseIpv6, SshKey, StartupScript } from './schemas.ts';
import { servers } from './server.ts';

const TIMEOUTS = { create: 5 * 60_000, update: 5 * 60_000, delete: 5 * 60_000 } as const;
const OWN = /^plinth-vps-[a-z0-9]+(-|$)/;
const MARK = /(^| )\[plinth-urn-[a-z0-9]{24}\]$/;

/**
 * Identity for objects that have a name but no tags: a name that starts with `plinth-` is one already; another name carries its
 * URN's mark at the end, hidden from the program.
 */
function markedName(urn: string, name: Json | undefined): string {
  const wanted = String(name ?? '');
  if (OWN.test(wanted)) return wanted;
  const mark = `[${identityOf(urn, []).tag}]`;
  return wanted === '' ? mark : `${wanted} ${mark}`;
}

interface Named {
  readonly id: string;
  readonly date_created: string;
}
type NamedSheet<T> = Pick<ObjectSheet<T>, 'token' | 'noun' | 'path' | 'keys' | 'shape' | 'inputs' | 'outputs' | 'body' | 'change'> & {
  readonly nameInput: string;
  readonly nameOf: (item: T) => string;
  /** Further inputs and outputs as the API tells them. */
  readonly told: (item: T) => { readonly inputs: Properties; readonly outputs: Properties };
};

function named<T extends Named>({ nameInput, nameOf, told, ...sheet }: NamedSheet<T>): Objects<T> {
  return new Objects<T>({
    ...sheet,
    idOf: ({ id }) => id,
    bornAt: ({ date_created: at }) => Date.parse(at),
    nameFor: (inputs, urn) => markedName(urn, inputs[nameInput]),
    isOwn: (item, name) => nameOf(item) === name,
    present: (item) => {
      const { inputs, outputs } = told(item);
      const all = { ...inputs, [nameInput]: nameOf(item).replace(MARK, '') };
      return { inputs: all, outputs: { ...all, ...outputs } };
    },
  });
}

export const keys = named<SshKey>({
  token: 'vultr:index/sSHKey:SSHKey',
  noun: 'SSH key',
  path: '/v2/ssh-keys',
  keys: { one: 'ssh_key', many: 'ssh_keys' },
  shape: SshKey,
  inputs: {
    name: { ...text, computed: true },
    sshKey: { ...text, required: true, same: (a, b) => String(a ?? '').trim() === String(b ?? '').trim() },
  },
  outputs: { dateCreated: text },
  nameInput: 'name',
  nameOf: ({ name }) => name,
  body: ({ sshKey }, name) => ({ name, ssh_key: sshKey }),
  change: 'PATCH',
  told: ({ ssh_key: sshKey, date_created: dateCreated }) => ({ inputs: { sshKey }, outputs: { dateCreated } }),
});

export const groups = named<FirewallGroup>({
  token: 'vultr:index/firewallGroup:FirewallGroup',
  noun: 'firewall group',
  path: '/v2/firewalls',
  keys: { one: 'firewall_group', many: 'firewall_groups' },
  shape: FirewallGroup,
  inputs: { description: { ...text, computed: true } },
  outputs: { dateCreated: text, dateModified: text, instanceCount: whole, maxRuleCount: whole, ruleCount: whole },
  nameInput: 'description',
  nameOf: ({ description }) => description,
  body: (_, description) => ({ description }),
  change: 'PUT',
  told: (group) => ({
    inputs: {},
    outputs: {
      dateCreated: group.date_created,
      dateModified: group.date_modified,
      instanceCount: group.instance_count,
      maxRuleCount: group.max_rule_count,
      ruleCount: group.rule_count,
    },
  }),
});

/** `script` is base64 on both sides, as the vendor's resource has it. */
export const scripts = named<StartupScript>({
  token: 'vultr:index/startupScript:StartupScript',
  noun: 'start-up script',
  path: '/v2/startup-scripts',
  keys: { one: 'startup_script', many: 'startup_scripts' },
  shape: StartupScript,
  inputs: {
    name: { ...text, computed: true },
    script: { ...text, required: true, pattern: /^[A-Za-z0-9+/=\s]+$/ },
    type: { ...text, replace: true, default: 'boot', oneOf: ['boot', 'pxe'] },
  },
  outputs: { dateCreated: text, dateModified: text },
  nameInput: 'name',
  nameOf: ({ name }) => name,
  body: ({ script, type }, name) => ({ name, script, type: type ?? 'boot' }),
  change: 'PATCH',
  told: ({ script, type, date_created: dateCreated, date_modified: dateModified }) => ({
    inputs: { script, type },
    outputs: { dateCreated, dateModified },
  }),
});

const fixed: PropertySpec = { ...text, replace: true };
const fixedRequired: PropertySpec = { ...fixed, required: true };
const emptyIsAbsent: PropertySpec = { ...fixed, same: (a, b) => (a ?? '') === (b ?? '') };
const rulesPath = (groupId: unknown): string => `${groups.path(String(groupId))}/rules`;

/** An import names the thing it belongs to as well, `<first>,<id>`, as the vendor's resources do. */
function partsOf(ctx: Context, id: string, known: Json | undefined, what: string): [string, string] {
  const [first = '', second] = id.split(',');
  const owner = second === undefined ? known : first;
  if (typeof owner === 'string') return [owner, second ?? first];
  throw ctx.client.error('invalid', `${id} is imported as "<${what}>,<its own id>".`);
}

function ruleOf(firewallGroupId: string, rule: FirewallRule): Properties {
  const { ip_type: ipType, protocol, subnet, subnet_size: subnetSize, port, source, notes } = rule;
  return { firewallGroupId, ipType, protocol: protocol.toLowerCase(), subnet, subnetSize, port, source, notes };
}

/** A rule is its own identity inside its group; every change replaces it. */
export const rule: ResourceDefinition<Rest> = {
  token: 'vultr:index/firewallRule:FirewallRule',
  inputs: {
    firewallGroupId: fixedRequired,
    ipType: { ...fixedRequired, oneOf: ['v4', 'v6'] },
    protocol: { ...fixedRequired, oneOf: ['icmp', 'tcp', 'udp', 'gre', 'esp', 'ah'] },
    subnet: fixedRequired,
    subnetSize: { ...whole, replace: true, required: true, min: 0, max: 128 },
    port: emptyIsAbsent,
    source: emptyIsAbsent,
    notes: emptyIsAbsent,
  },
  outputs: {},
  timeoutsMs: TIMEOUTS,
  async create(ctx, wanted) {
    const { client, signal } = ctx;
    const groupId = String(wanted['firewallGroupId']);
    const path = rulesPath(groupId);
    const { ipType, protocol, subnet, subnetSize, port = '', source = '', notes = '' } = wanted;
    const key = (told: Properties): string =>
      JSON.stringify(['ipType', 'protocol', 'subnet', 'subnetSize', 'port', 'source'].map((name) => told[name] ?? ''));
    const find = async (): Promise<FirewallRule | undefined> =>
      (await client.all({ path, signal }, 'firewall_rules', FirewallRule)).find((each) => key(ruleOf(groupId, each)) === key(wanted));
    const body = { ip_type: ipType, protocol, subnet, subnet_size: subnetSize, port, source, notes };
    const post = (): Promise<FirewallRule> => client.one({ method: 'POST', path, body, signal }, 'firewall_rule', FirewallRule);
    const made =
      (await find()) ??
      (await post().catch(async (error: unknown) => {
        if (!isProviderError(error, 'unknown_outcome')) throw error;
        return (await windowOf(ctx, 'a rule to show', find)) ?? post();
      }));
    return { id: String(made.id), outputs: { ...ruleOf(groupId, made), ...wanted } };
  },
  async read(ctx, id, state) {
    const [groupId, ruleId] = partsOf(ctx, id, state?.inputs['firewallGroupId'], 'firewall group id');
    const found = await ctx.client.find(`${rulesPath(groupId)}/${part(ruleId)}`, 'firewall_rule', FirewallRule, ctx.signal);
    return found && { id: ruleId, inputs: ruleOf(groupId, found), outputs: ruleOf(groupId, found) };
  },
  async delete({ client, signal }, id, { firewallGroupId }) {
    await orGone(client.send({ method: 'DELETE', path: `${rulesPath(firewallGroupId)}/${part(id)}`, repeatable: true, signal }));
  },
};

/** DNS names are equal whatever their case, with or without the root's dot. */
const plain = (name: Json | undefined): string =>
  String(name ?? '')
    .toLowerCase()
    .replace(/\.$/, '');
const sameName = (a: Json | undefined, b: Json | undefined): boolean => plain(a) === plain(b);

/** One IP version: where its names stand, and how one is set and taken away. */
interface ReverseNames {
  readonly token: string;
  readonly outputs: Readonly<Record<string, PropertySpec>>;
  readonly version: 'ipv4' | 'ipv6';
  /** The address as Vultr writes it, which is the id. */
  readonly canonical: (ip: string) => string;
  readonly list: (call: Call, path: string) => Promise<readonly { readonly ip: string; readonly reverse: string }[]>;
  readonly details: (entry: object) => Properties;
  readonly drop: (path: string, ip: string) => { readonly method: 'POST' | 'DELETE'; readonly path: string; readonly body?: object };
}

function reverseNames({ token, outputs, version, canonical, list, details, drop }: ReverseNames): ResourceDefinition<Rest> {
  const pathOf = (instanceId: Json | undefined): string => `${servers.path(String(instanceId))}/${version}`;
  const find = async (call: Call, instanceId: string, ip: string) =>
    (await orGone(list(call, pathOf(instanceId))))?.find((entry) => canonical(entry.ip) === canonical(ip)) ?? null;
  const said = (call: Call, instanceId: string, { method, path: at, body }: { method: 'POST' | 'DELETE'; path: string; body?: object }) =>
    servers.perform(call, instanceId, { type: 'reverse', at, method, body, repeatable: true });
  return {
    token,
    inputs: {
      instanceId: fixedRequired,
      ip: { ...fixedRequired, same: (a, b) => canonical(String(a ?? '')) === canonical(String(b ?? '')) },
      reverse: { ...fixedRequired, same: sameName },
    },
    outputs,
    // One address has one name: the next can only come after it.
    deleteBeforeReplace: true,
    timeoutsMs: TIMEOUTS,
    async create(ctx, wanted) {
      const [instanceId, ip] = [String(wanted['instanceId']), String(wanted['ip'])];
      if (version === 'ipv6' && !isIPv6(ip))
        throw ctx.client.error(
          'invalid',
          `"${ip}" is no IPv6 address, so it can have no reverse name. Is IPv6 on for instance ${instanceId}?`,
        );
      const id = canonical(ip);
      await said(ctx, instanceId, { method: 'POST', path: `${pathOf(instanceId)}/reverse`, body: { ip: id, reverse: wanted['reverse'] } });
      const entry = await find(ctx, instanceId, ip);
      if (entry === null) throw ctx.client.error('not_found', `Address ${ip} is not one of instance ${instanceId}.`);
      return { id, outputs: { ...wanted, ip: id, ...details(entry) } };
    },
    async read(ctx, id, state) {
      const [instanceId, ip] = partsOf(ctx, id, state?.inputs['instanceId'], 'instance id');
      const entry = await find(ctx, instanceId, ip);
      if (entry === null) return null;
      const written = state?.inputs['ip'];
      const address = canonical(ip);
      // The program's way to write the address stays in its inputs.
      const kept = typeof written === 'string' && canonical(written) === address ? written : address;
      const told = { instanceId, ip: address, reverse: entry.reverse };
      return { id: address, inputs: { ...told, ip: kept }, outputs: { ...told, ...details(entry) } };
    },
    async delete(ctx, id, told) {
      const instanceId = String(told['instanceId']);
      const entry = await find(ctx, instanceId, id);
      // A name that somebody else set since is not ours to take away.
      if (entry === null || !sameName(entry.reverse, told['reverse'])) return;
      await orGone(said(ctx, instanceId, drop(pathOf(instanceId), id))).catch(async (error: unknown) => {
        // The document knows no 404 here: what a second DELETE answers is not told.
        if (!isProviderError(error, 'invalid') || (await find(ctx, instanceId, id)) !== null) throw error;
      });
    },
  };
}

/** Removal restores Vultr's default. */
export const reverseIpv4 = reverseNames({
  token: 'vultr:index/reverseIpv4:ReverseIpv4',
  outputs: { gateway: text, netmask: text },
  version: 'ipv4',
  canonical: (ip) => ip,
  list: ({ client, signal }, path) => client.all({ path, signal }, 'ipv4s', Ipv4),
  details: (entry) => {
    const { gateway, netmask } = entry as Ipv4;
    return { gateway, netmask };
  },
  drop: (path, ip) => ({ method: 'POST', path: `${path}/reverse/default`, body: { ip } }),
});

/** The id is the address as Vultr wants and tells it, expanded: the vendor's plugin compares the two to the letter. */
export const reverseIpv6 = reverseNames({
  token: 'vultr:index/reverseIpv6:ReverseIpv6',
  outputs: {},
  version: 'ipv6',
  canonical: expandIpv6,
  list: ({ client, signal }, path) => client.one({ path: `${path}/reverse`, signal }, 'reverse_ipv6s', z.array(ReverseIpv6)),
  details: () => ({}),
  drop: (path, ip) => ({ method: 'DELETE', path: `${path}/reverse/${expandIpv6(ip)}` }),
});

/** Exactly the names that are given at creation: one that only resembles them is somebody else's. */
const NAMES = {
  'ssh-key': /^plinth-vps-([a-z0-9]+)-key-\d+$/,
  firewall: /^plinth-vps-([a-z0-9]+)$/,
  'startup-script': /^plinth-vps-([a-z0-9]+)-script$/,
  snapshot: /^plinth-vps-([a-z0-9]+)-.+$/,
} as const;

/** What has no tags tells by its name whose it is. */
export function owned(kind: keyof typeof NAMES, id: string, name: string): OwnedObject[] {
  const vpsId = NAMES[kind].exec(name)?.[1];
  return vpsId === undefined ? [] : [{ kind, id, name, vpsId }];
}
