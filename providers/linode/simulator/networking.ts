/** Addresses with their reverse names, and Cloud Firewalls. */
import { createHash } from 'node:crypto';
import type { SimFirewall } from '../../../simulator/cloud/model.ts';
import type { Call } from '../../../simulator/cloud/wire.ts';
import type { Linode, Linodes } from './linodes.ts';
import { privateAddress } from './servers.ts';
import { no, notFound, paged, type Routes, stamp } from './wire.ts';

type Body = Record<string, unknown>;

interface Device {
  id: number;
  linode: string;
  createdMs: number;
}
/** `rules` is one item: the whole of them, with the policies; a device holds as long as its server is among `servers`. */
export interface Firewall extends SimFirewall {
  status: string;
  tags: string[];
  version: number;
  devices: Device[];
  updatedMs: number;
}

const DOMAIN = /^(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/i;
const LABEL = /^(?!.*(?:--|__|\.\.))[a-zA-Z0-9][a-zA-Z0-9_.-]{1,30}[a-zA-Z0-9]$/;

export function mountNetworking(on: Routes, linodes: Linodes): void {
  mountAddresses(on, linodes);
  mountFirewalls(on, linodes);
  mountDevices(on, linodes);
}

const addressesOf = ({ ipv4, ipv6, extra }: Linode): string[] => [ipv4, ...extra.privateIpv4, ipv6];

function mountAddresses(on: Routes, linodes: Linodes): void {
  const holder = (call: Call): Linode => {
    const found = linodes.of(call).find((linode) => addressesOf(linode).includes(call.param('address')));
    if (!found) throw notFound();
    return found;
  };
  on('get /networking/ips', (call) => {
    const all = linodes.of(call).flatMap((linode) => addressesOf(linode).map((address) => addressView(linode, address)));
    return paged(call, all);
  });
  on('get /networking/ips/:address', (call) => addressView(holder(call), call.param('address')));
  on('put /networking/ips/:address', (call) => {
    const linode = holder(call);
    const address = call.param('address');
    const { rdns } = call.body;
    if (rdns !== null && typeof rdns !== 'string') throw no('Must be a string or null', 'rdns');
    if (rdns !== null && !DOMAIN.test(rdns)) throw no('Domain is not valid.', 'rdns');
    if (rdns !== null && linodes.world.hasFlag('rdns-unresolved', address))
      throw no(`We were unable to perform a lookup for '${rdns}' at this time.`, 'rdns');
    const { [address]: _before, ...others } = linode.reverse;
    return addressView(linodes.save(linode, {}, { reverse: rdns === null ? others : { ...others, [address]: rdns } }), address);
  });
  on('get /linode/instances/:id/ips', (call) => addresses(linodes.one(call)));
  on('post /linode/instances/:id/ips', (call) => {
    const linode = linodes.one(call);
    if (call.body.type !== 'ipv4') throw no('Must be "ipv4"', 'type');
    if (call.body.public !== false) throw no('Additional IPv4 addresses require technical justification. Please contact support.');
    if (linode.extra.privateIpv4.length > 0) throw no('Linode already has a private address.');
    const address = privateAddress(Number(linode.id));
    return addressView(linodes.save(linode, { privateIpv4: [address] }), address);
  });
}

function addresses(linode: Linode): unknown {
  const link = { address: 'fe80::f03c:91ff:fe24:3a2f', public: false, rdns: null };
  return {
    ipv4: {
      public: [addressView(linode, linode.ipv4)],
      private: linode.extra.privateIpv4.map((address) => addressView(linode, address)),
      shared: [],
      reserved: [],
      vpc: [],
    },
    ipv6: { slaac: addressView(linode, linode.ipv6), link_local: { ...addressView(linode, linode.ipv6), ...link }, global: [] },
  };
}

/** One address as `/networking/ips/{address}` shows it. */
function addressView(linode: Linode, address: string): Body {
  const { region, name, reverse, extra } = linode;
  const base = { address, linode_id: Number(linode.id), region };
  const rdns = reverse[address] ?? null;
  if (address.includes(':'))
    return { ...base, gateway: 'fe80::1', subnet_mask: 'ffff:ffff:ffff:ffff::', prefix: 64, type: 'ipv6', public: true, rdns };
  const entity = { id: Number(linode.id), type: 'linode', label: name, url: `/v4/linode/instances/${linode.id}` };
  const later = { type: 'ipv4', interface_id: null, reserved: false, assigned_entity: entity };
  if (extra.privateIpv4.includes(address))
    return { ...base, gateway: null, subnet_mask: '255.255.128.0', prefix: 17, public: false, rdns: null, ...later };
  const net = { gateway: address.replace(/\d+$/, '1'), subnet_mask: '255.255.255.0', prefix: 24, public: true, vpc_nat_1_1: null };
  return { ...base, ...net, rdns: rdns ?? `${address.replaceAll('.', '-')}.ip.linodeusercontent.com`, ...later };
}

const firewallsIn = ({ world }: Linodes) => world.collection<Firewall>('firewalls');
const ownFirewall = (linodes: Linodes, call: Call): Firewall =>
  linodes.cloud.own(firewallsIn(linodes), call.account.id, call.param('id'), 'firewall');
const saveFirewall = (linodes: Linodes, firewall: Firewall): Firewall =>
  firewallsIn(linodes).put({ ...firewall, updatedMs: linodes.world.now() });

function mountFirewalls(on: Routes, linodes: Linodes): void {
  const { world } = linodes;
  const firewalls = firewallsIn(linodes);
  const mine = (call: Call): Firewall[] => firewalls.filter(({ account }) => account === call.account.id);
  const own = (call: Call): Firewall => ownFirewall(linodes, call);
  const show = (firewall: Firewall): Body => firewallShape(linodes, firewall);
  on('get /networking/firewalls', (call) => paged(call, mine(call), show));
  on('get /linode/instances/:id/firewalls', (call) => {
    const { id } = linodes.one(call);
    const holding = mine(call).filter(({ servers }) => servers.includes(id));
    return paged(call, holding, show);
  });
  on('post /networking/firewalls', (call) => {
    const { label, devices, tags, rules } = call.body;
    const name = labelOf(label, mine(call), undefined);
    const wanted = ((devices as Body | undefined)?.linodes ?? []) as unknown[];
    const id = String(world.nextInt('firewall', 500_001));
    const checked = rulesOf(rules);
    const made = wanted.map((linode) => device(linodes, call, linode));
    const now = world.now();
    const firewall: Firewall = {
      id,
      account: call.account.id,
      createdMs: now,
      updatedMs: now,
      name,
      labels: {},
      tags: Array.isArray(tags) ? tags.map(String) : [],
      status: 'enabled',
      rules: [checked],
      version: 1,
      devices: made,
      servers: made.map(({ linode }) => linode),
      stale: [],
    };
    return show(firewalls.put(firewall));
  });
  on('get /networking/firewalls/:id', (call) => show(own(call)));
  on('put /networking/firewalls/:id', (call) => {
    const firewall = own(call);
    const { label, status, tags } = call.body;
    return show(
      saveFirewall(linodes, {
        ...firewall,
        ...(label === undefined ? {} : { name: labelOf(label, mine(call), firewall.id) }),
        ...(status === 'enabled' || status === 'disabled' ? { status } : {}),
        ...(Array.isArray(tags) ? { tags: tags.map(String) } : {}),
      }),
    );
  });
  on('delete /networking/firewalls/:id', (call) => void firewalls.delete(own(call).id));
  on('get /networking/firewalls/:id/rules', (call) => rulesShape(own(call)));
  on('put /networking/firewalls/:id/rules', (call) => {
    const firewall = own(call);
    return rulesShape(saveFirewall(linodes, { ...firewall, rules: [rulesOf(call.body)], version: firewall.version + 1 }));
  });
}

function mountDevices(on: Routes, linodes: Linodes): void {
  const base = '/networking/firewalls/:id/devices';
  const own = (call: Call): Firewall => ownFirewall(linodes, call);
  const show = ({ id, linode, createdMs }: Device): object => ({
    id,
    created: stamp(createdMs),
    updated: stamp(createdMs),
    entity: entityOf(linodes, linode),
  });
  const one = (call: Call): Device => {
    const found = alive(own(call)).find(({ id }) => String(id) === call.param('device'));
    if (!found) throw notFound();
    return found;
  };
  on(`get ${base}`, (call) => paged(call, alive(own(call)), show));
  on(`post ${base}`, (call) => {
    const firewall = own(call);
    const { type, id } = call.body;
    if (type !== 'linode') throw no('Must be "linode"', 'type');
    if (firewall.servers.includes(String(id))) throw no('Entity is already assigned to this firewall.', 'id');
    const made = device(linodes, call, id);
    saveFirewall(linodes, { ...firewall, devices: [...firewall.devices, made], servers: [...firewall.servers, made.linode] });
    return show(made);
  });
  on(`get ${base}/:device`, (call) => show(one(call)));
  on(`delete ${base}/:device`, (call) => {
    const { id, linode } = one(call);
    const { devices, servers, ...firewall } = own(call);
    const others = { devices: devices.filter((each) => each.id !== id), servers: servers.filter((server) => server !== linode) };
    saveFirewall(linodes, { ...firewall, ...others });
  });
}

/** A device goes with its server. */
const alive = ({ devices, servers }: Firewall): Device[] => devices.filter(({ linode }) => servers.includes(linode));

function device(linodes: Linodes, { account }: Call, id: unknown): Device {
  const linode = linodes.all.get(String(id));
  if (!linode || linode.account !== account.id) throw no(`Linode ${String(id)} is not valid`, 'devices.linodes');
  return { id: linodes.world.nextInt('device', 600_001), linode: linode.id, createdMs: linodes.world.now() };
}

function labelOf(value: unknown, mine: readonly Firewall[], self: string | undefined): string {
  if (typeof value !== 'string' || value.length < 3 || value.length > 32) throw no('Length must be 3-32 characters', 'label');
  if (!LABEL.test(value)) throw no('Must begin and end with a letter or digit; no two separators in a row', 'label');
  if (mine.some((other) => other.id !== self && other.name === value)) throw no('Label must be unique', 'label');
  return value;
}

function rulesOf(value: unknown): Body {
  const rules = (typeof value === 'object' && value !== null ? value : {}) as Body;
  for (const policy of ['inbound_policy', 'outbound_policy'] as const)
    if (rules[policy] !== 'ACCEPT' && rules[policy] !== 'DROP') throw no('Must be one of ACCEPT, DROP', `rules.${policy}`);
  return {
    inbound: Array.isArray(rules.inbound) ? rules.inbound : [],
    inbound_policy: rules.inbound_policy,
    outbound: Array.isArray(rules.outbound) ? rules.outbound : [],
    outbound_policy: rules.outbound_policy,
  };
}

/** A short digest of the rules, by which clients see that they changed. */
function rulesShape({ rules: [rules], version }: Firewall): Body {
  return { ...(rules as Body), version, fingerprint: createHash('sha256').update(JSON.stringify(rules)).digest('hex').slice(0, 8) };
}

function entityOf({ all }: Linodes, linode: string): Body {
  return { id: Number(linode), type: 'linode', label: all.get(linode)!.name, url: `/v4/linode/instances/${linode}` };
}

function firewallShape(linodes: Linodes, firewall: Firewall): Body {
  return {
    id: Number(firewall.id),
    label: firewall.name,
    status: firewall.status,
    tags: firewall.tags,
    rules: rulesShape(firewall),
    entities: alive(firewall).map(({ linode }) => ({ ...entityOf(linodes, linode), parent_entity: null })),
    created: stamp(firewall.createdMs),
    updated: stamp(firewall.updatedMs),
  };
}
