/** Keys, firewalls and tags of an account. */
import type { Cloud } from '../../../simulator/cloud/cloud.ts';
import { Refusal, type SimFirewall, type SimKey } from '../../../simulator/cloud/model.ts';
import type { Call, Wire } from '../../../simulator/cloud/wire.ts';
import { dropletOf, showFirewall, showKey, showPage, unprocessable, wallOf, type Rules, type Wall } from './shapes.ts';

export function mountObjects(wire: Wire, cloud: Cloud): void {
  mountKeys(wire, cloud);
  mountFirewalls(wire, cloud);
  mountFirewallParts(wire, cloud);
  mountTags(wire, cloud);
}

const NO_KEY = 'Key invalid, key should be of the format `type key [comment]`';

/** An account holds a key once, under whatever name. */
function mountKeys(wire: Wire, cloud: Cloud): void {
  const all = (call: Call): SimKey[] => cloud.keys.filter(({ account }) => account === call.account.id);
  const own = (call: Call): SimKey => {
    const key = all(call).find(({ id, fingerprint }) => [id, fingerprint].includes(call.param('id')));
    if (!key) throw new Refusal('not_found', 'key not found');
    return key;
  };
  const named = ({ body: { name } }: Call): string => {
    if (typeof name !== 'string' || name === '') throw unprocessable("Name can't be blank");
    return name;
  };
  const blobOf = (publicKey: string): string | undefined => /^\S+\s+([A-Za-z0-9+/=]{40,})(\s|$)/.exec(publicKey.trim())?.[1];
  wire.on('get /v2/account/keys', (call) => showPage(call, 'ssh_keys', all(call), showKey));
  wire.made('post /v2/account/keys', (call) => {
    const [name, publicKey] = [named(call), call.text('public_key')];
    const blob = blobOf(publicKey);
    if (blob === undefined) throw unprocessable(NO_KEY);
    if (all(call).some((key) => blobOf(key.publicKey) === blob)) throw unprocessable('SSH Key is already in use on your account');
    return { ssh_key: showKey(cloud.addKey(call.account.id, { name, publicKey }, false)) };
  });
  wire.on('get /v2/account/keys/:id', (call) => ({ ssh_key: showKey(own(call)) }));
  wire.on('put /v2/account/keys/:id', (call) => {
    const key = own(call);
    return { ssh_key: showKey(cloud.keys.put({ ...key, name: named(call) })) };
  });
  wire.gone('delete /v2/account/keys/:id', (call) => {
    cloud.keys.delete(own(call).id);
  });
}

const ownFirewall = (cloud: Cloud, call: Call): SimFirewall => cloud.own(cloud.firewalls, call.account.id, call.param('id'), 'firewall');

/** The droplets that a call names. @throws Refusal `not_found` for one that is not the account's. */
function dropletsIn(cloud: Cloud, call: Call): string[] {
  return call.strings('droplet_ids').map((id) => cloud.server(call.account.id, id).id);
}

function mountFirewalls(wire: Wire, cloud: Cloud): void {
  const all = (call: Call): SimFirewall[] => cloud.firewalls.filter(({ account }) => account === call.account.id);
  const own = (call: Call): SimFirewall => ownFirewall(cloud, call);
  const asked = (call: Call, id?: string): { name: string; rules: [Wall]; servers: string[] } => {
    const name = String(call.body['name'] ?? '');
    if (!/^[a-zA-Z0-9][a-zA-Z0-9.-]+$/.test(name)) throw new Refusal('invalid', 'name is invalid', 'invalid_request');
    if (all(call).some((other) => other.name === name && other.id !== id)) throw new Refusal('conflict', 'duplicate name', 'conflict');
    const wall: Wall = {
      inbound_rules: rulesIn(call.body['inbound_rules'], 'sources'),
      outbound_rules: rulesIn(call.body['outbound_rules'], 'destinations'),
      tags: (call.body['tags'] ?? []) as string[],
    };
    if (wall.inbound_rules.length + wall.outbound_rules.length === 0)
      throw new Refusal('invalid', 'a firewall needs at least one rule', 'invalid_request');
    return { name, rules: [wall], servers: dropletsIn(cloud, call) };
  };
  wire.on('get /v2/firewalls', (call) => showPage(call, 'firewalls', all(call), showFirewall));
  const make = (call: Call): object => {
    const content = asked(call);
    return { firewall: showFirewall(cloud.firewalls.put({ ...cloud.addFirewall(call.account.id, content), ...content })) };
  };
  wire.on('post /v2/firewalls', make, 202);
  wire.on('get /v2/firewalls/:id', (call) => ({ firewall: showFirewall(own(call)) }));
  wire.on('put /v2/firewalls/:id', (call) => {
    const firewall = own(call);
    return { firewall: showFirewall(cloud.firewalls.put({ ...firewall, ...asked(call, firewall.id) })) };
  });
  wire.gone('delete /v2/firewalls/:id', (call) => {
    cloud.firewalls.delete(own(call).id);
  });
}

/** The API answers `all` ports as `0`, and icmp with ports `0`. */
const portsOf = ({ ports }: Record<string, unknown>): unknown => (ports === 'all' || ports === undefined ? '0' : ports);

function rulesIn(rules: unknown, peers: 'sources' | 'destinations'): Rules {
  return ((rules ?? []) as Rules).map((rule) => {
    const { protocol } = rule;
    if (!['tcp', 'udp', 'icmp'].includes(String(protocol))) throw new Refusal('invalid', 'unknown protocol', 'invalid_request');
    return { protocol, ports: protocol === 'icmp' ? '0' : portsOf(rule), [peers]: rule[peers] ?? {} };
  });
}

/** A firewall's rules, droplets and tags are added and taken away one by one too. */
function mountFirewallParts(wire: Wire, cloud: Cloud): void {
  const merged = (held: readonly string[], given: readonly string[], adds: boolean): string[] =>
    adds ? [...new Set([...held, ...given])] : held.filter((each) => !given.includes(each));
  const form = (rule: object): string => JSON.stringify(Object.entries(rule).toSorted(([a], [b]) => a.localeCompare(b)));
  const mergedRules = (held: Rules, given: Rules, adds: boolean): Rules => {
    const kept = given.map((rule) => ({ ...rule, ports: portsOf(rule) }));
    const named = new Set(kept.map(form));
    return [...held.filter((rule) => !named.has(form(rule))), ...(adds ? kept : [])];
  };
  const change = (path: string, apply: (firewall: SimFirewall, call: Call, adds: boolean) => Partial<SimFirewall>): void => {
    const run = (call: Call, adds: boolean): void => {
      const firewall = ownFirewall(cloud, call);
      cloud.firewalls.put({ ...firewall, ...apply(firewall, call, adds) });
    };
    wire.on(`post /v2/firewalls/:id/${path}`, (call) => run(call, true), 204);
    wire.gone(`delete /v2/firewalls/:id/${path}`, (call) => run(call, false));
  };
  change('droplets', ({ servers }, call, adds) => ({
    servers: merged(servers, adds ? dropletsIn(cloud, call) : call.strings('droplet_ids'), adds),
  }));
  change('tags', (firewall, call, adds) => {
    const wall = wallOf(firewall);
    return { rules: [{ ...wall, tags: merged(wall.tags, call.strings('tags'), adds) }] };
  });
  change('rules', (firewall, call, adds) => {
    const { inbound_rules, outbound_rules, tags } = wallOf(firewall);
    const edit = (held: Rules, name: string): Rules => mergedRules(held, call.list(name) as Rules, adds);
    const rules = { inbound_rules: edit(inbound_rules, 'inbound_rules'), outbound_rules: edit(outbound_rules, 'outbound_rules') };
    return { rules: [{ ...rules, tags }] };
  });
}

type Tag = { id: string; account: string; name: string };
const tagsOf = ({ world }: Cloud) => world.collection<Tag>('tags');

export function addTag(cloud: Cloud, account: string, name: string): void {
  if (!/^[a-zA-Z0-9_\-:]{1,255}$/.test(name)) throw unprocessable(`Tag name ${name} is invalid.`);
  tagsOf(cloud).put({ id: `${account}/${name}`, account, name });
}

function mountTags(wire: Wire, cloud: Cloud): void {
  const tags = tagsOf(cloud);
  const tagged = ({ account, name }: Omit<Tag, 'id'>) =>
    cloud.servers.filter((server) => server.account === account && dropletOf(server).tags.includes(name));
  const show = (tag: Omit<Tag, 'id'>): object => {
    const count = tagged(tag).length;
    return { name: tag.name, resources: { count, droplets: { count } } };
  };
  const retag = (id: string, edit: (tags: string[]) => string[]): void => {
    const server = cloud.servers.get(id)!;
    cloud.change(server, { extra: { ...server.extra, tags: edit(dropletOf(server).tags) } });
  };
  const own = (call: Call): Tag => cloud.own(tags, call.account.id, `${call.account.id}/${call.param('name')}`, 'tag');
  const all = (call: Call): Tag[] => tags.filter(({ account }) => account === call.account.id);
  wire.on('get /v2/tags', (call) => showPage(call, 'tags', all(call), show));
  wire.made('post /v2/tags', (call) => {
    const tag = { account: call.account.id, name: String(call.body['name'] ?? '') };
    addTag(cloud, tag.account, tag.name);
    return { tag: show(tag) };
  });
  wire.on('get /v2/tags/:name', (call) => ({ tag: show(own(call)) }));
  // What carried the tag goes on without it.
  wire.gone('delete /v2/tags/:name', (call) => {
    const tag = own(call);
    for (const { id } of tagged(tag)) retag(id, (held) => held.filter((each) => each !== tag.name));
    tags.delete(tag.id);
  });
  const change = (call: Call, edit: (held: string[], name: string) => string[]): void => {
    const { name } = own(call);
    for (const each of call.list('resources')) {
      const { resource_id: id } = each as { resource_id: unknown };
      retag(cloud.server(call.account.id, String(id)).id, (held) => edit(held, name));
    }
  };
  const path = '/v2/tags/:name/resources';
  wire.on(`post ${path}`, (call) => change(call, (held, name) => [...new Set([...held, name])]), 204);
  wire.gone(`delete ${path}`, (call) => change(call, (held, name) => held.filter((each) => each !== name)));
}
