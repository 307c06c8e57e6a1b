/**
 * How the vendors' plugins read their resources back: which properties they take from which answers, and how they write them into
 * the state. Facts of linode 5.1.1, digitalocean 4.80.1, vultr 2.21.0 and cloudflare 6.22.1, read from their public sources and
 * checked against states that the plugins themselves wrote; none of their code. What is not named here they never read.
 */
type Told = any;
type State = Readonly<Record<string, any>>;

/** `get` answers the parsed body, or null for a 404. null as a result is what makes the plugin forget the resource. */
export type Get = (path: string) => Promise<Told>;
export type VendorRead = (get: Get, id: string, state: State) => Promise<Record<string, unknown> | null>;

const zoned = (time: string): string => new Date(`${time}Z`).toISOString().replace('.000Z', 'Z');
const numbersOf = (devices: Told[], type: string): number[] => devices.flatMap(({ entity }) => (entity.type === type ? [entity.id] : []));

async function linodeInstance(get: Get, id: string, state: State): Promise<Record<string, unknown> | null> {
  const base = `/v4/linode/instances/${id}`;
  const told = await get(base);
  if (told === null) return null;
  const [ips, disks, configs] = await Promise.all([get(`${base}/ips`), get(`${base}/disks`), get(`${base}/configs`)]);
  const labels = new Map<number, string>(disks.data.map((disk: Told) => [disk.id, disk.label]));
  const [address] = ips.ipv4.public;
  return {
    label: told.label,
    status: told.status,
    type: told.type,
    region: told.region,
    watchdogEnabled: told.watchdog_enabled,
    group: told.group,
    tags: told.tags,
    capabilities: told.capabilities,
    booted: ['running', 'booting', 'rebooting'].includes(told.status),
    hostUuid: told.host_uuid,
    hasUserData: told.has_user_data,
    lkeClusterId: told.lke_cluster_id ?? 0,
    diskEncryption: told.disk_encryption,
    ipv4s: told.ipv4,
    ipv6: told.ipv6,
    ipAddress: state['ipAddress'] ?? address.address,
    privateIp: ips.ipv4.private.length > 0,
    sharedIpv4s: ips.ipv4.shared.map((each: Told) => each.address),
    backupsEnabled: told.backups.enabled,
    backups: [{ available: told.backups.available, enabled: told.backups.enabled, schedules: [camel(told.backups.schedule)] }],
    specs: [camel(told.specs)],
    alerts: pick(camel(told.alerts), ['cpu', 'io', 'networkIn', 'networkOut', 'transferQuota']),
    swapSize: disks.data.reduce((sum: number, { filesystem, size }: Told) => sum + (filesystem === 'swap' ? size : 0), 0),
    disks: disks.data.map((disk: Told) => ({ ...pick(disk, ['id', 'size', 'label', 'filesystem']), readOnly: false, stackscriptId: 0 })),
    configs: configs.data.map((config: Told) => ({
      ...pick(camel(config), ['id', 'rootDevice', 'kernel', 'runLevel', 'virtMode', 'comments', 'memoryLimit', 'label', 'helpers']),
      devices: Object.fromEntries(Object.entries(config.devices).map(([slot, device]) => [slot, configDevice(device, labels)])),
    })),
    bootConfigLabel: configs.data.length === 1 ? configs.data[0].label : state['bootConfigLabel'],
  };
}

function configDevice(device: Told, labels: ReadonlyMap<number, string>): unknown {
  if (!device) return null;
  return { diskId: device.disk_id ?? 0, diskLabel: labels.get(device.disk_id) ?? '', volumeId: device.volume_id ?? 0 };
}

async function linodeFirewall(get: Get, id: string): Promise<Record<string, unknown> | null> {
  const base = `/v4/networking/firewalls/${id}`;
  const told = await get(base);
  if (told === null) return null;
  const [rules, devices] = await Promise.all([get(`${base}/rules`), get(`${base}/devices`)]);
  const rule = ({ addresses, ...rest }: Told): object => ({ description: '', ...rest, ipv4s: addresses.ipv4, ipv6s: addresses.ipv6 });
  return {
    label: told.label,
    tags: told.tags,
    disabled: told.status === 'disabled',
    status: told.status,
    inboundPolicy: rules.inbound_policy,
    outboundPolicy: rules.outbound_policy,
    inbounds: rules.inbound.map(rule),
    outbounds: rules.outbound.map(rule),
    linodes: numbersOf(devices.data, 'linode'),
    nodebalancers: numbersOf(devices.data, 'nodebalancer'),
    devices: devices.data.map(({ id: device, entity }: Told) => ({
      id: device,
      ...pick(entity, ['type', 'label', 'url']),
      entityId: entity.id,
    })),
    created: zoned(told.created),
    updated: zoned(told.updated),
  };
}

async function droplet(get: Get, id: string): Promise<Record<string, unknown> | null> {
  const told = (await get(`/v2/droplets/${id}`))?.droplet;
  if (!told) return null;
  const address = (family: Told[], type: string): string => family.find((each) => each.type === type)?.ip_address ?? '';
  const has = (feature: string): boolean => told.features.includes(feature);
  return {
    ...pick(told, ['name', 'disk', 'vcpus', 'memory', 'status', 'locked', 'tags']),
    dropletUrn: `do:droplet:${id}`,
    region: told.region.slug,
    size: told.size.slug,
    priceHourly: told.size.price_hourly,
    priceMonthly: told.size.price_monthly,
    createdAt: told.created_at,
    vpcUuid: told.vpc_uuid,
    ipv4Address: address(told.networks.v4, 'public'),
    ipv4AddressPrivate: address(told.networks.v4, 'private'),
    ipv6Address: address(told.networks.v6, 'public').toLowerCase(),
    publicNetworking: address(told.networks.v4, 'public') !== '',
    backups: has('backups'),
    ipv6: has('ipv6'),
    privateNetworking: has('private_networking'),
    monitoring: has('monitoring'),
    volumeIds: told.volume_ids,
  };
}

async function dropletFirewall(get: Get, id: string): Promise<Record<string, unknown> | null> {
  const told = (await get(`/v2/firewalls/${id}`))?.firewall;
  if (!told) return null;
  const rule = (each: Told, side: 'source' | 'destination'): object => {
    const peers = Object.entries(camel(each[`${side}s`])).map(([key, value]) => [side + key[0]!.toUpperCase() + key.slice(1), value]);
    const portRange = each.ports === '0' ? (each.protocol === 'icmp' ? '' : 'all') : each.ports;
    return { protocol: each.protocol, portRange, ...Object.fromEntries(peers) };
  };
  return {
    ...pick(told, ['name', 'status', 'tags']),
    createdAt: told.created_at,
    dropletIds: told.droplet_ids,
    pendingChanges: told.pending_changes.map(camel),
    inboundRules: told.inbound_rules.map((each: Told) => rule(each, 'source')),
    outboundRules: told.outbound_rules.map((each: Told) => rule(each, 'destination')),
  };
}

const VULTR_INSTANCE =
  'os ram disk mainIp vcpuCount dateCreated status allowedBandwidth netmaskV4 gatewayV4 powerStatus serverStatus ' +
  'internalIp kvm v6Network v6MainIp v6NetworkSize tags firewallGroupId region plan osId appId features hostname';

async function vultrInstance(get: Get, id: string): Promise<Record<string, unknown> | null> {
  const told = (await get(`/v2/instances/${id}`))?.instance;
  if (!told) return null;
  const { backup_schedule: schedule } = await get(`/v2/instances/${id}/backup-schedule`);
  return {
    ...pick(camel(told), VULTR_INSTANCE.split(' ')),
    backups: schedule.enabled ? 'enabled' : 'disabled',
    backupsSchedule: schedule.enabled ? pick(schedule, ['type', 'hour', 'dom', 'dow']) : null,
  };
}

async function vultrReverse(get: Get, id: string, state: State, of: 4 | 6): Promise<Record<string, unknown> | null> {
  const path = of === 4 ? 'ipv4' : 'ipv6/reverse';
  const listed = await get(`/v2/instances/${state['instanceId']}/${path}`);
  const entry = listed?.[of === 4 ? 'ipv4s' : 'reverse_ipv6s'].find(({ ip }: Told) => ip === id);
  return entry ? pick(camel(entry), of === 4 ? ['ip', 'reverse', 'netmask', 'gateway'] : ['ip', 'reverse']) : null;
}

async function dnsRecord(get: Get, id: string, state: State): Promise<Record<string, unknown> | null> {
  const told = (await get(`/client/v4/zones/${state['zoneId']}/dns_records/${id}`))?.result;
  if (!told) return null;
  const computed = ['createdOn', 'modifiedOn', 'commentModifiedOn', 'tagsModifiedOn', 'proxiable', 'settings'];
  return {
    ...pick(camel(told), ['type', 'content', 'ttl', 'proxied', 'comment', 'tags', 'priority', ...computed]),
    meta: JSON.stringify(told.meta),
    // The plugin keeps "www" where the answer says "www.example.com".
    name: told.name.startsWith(`${state['name']}.`) ? state['name'] : told.name,
  };
}

/** hcloud 1.41.0, read from its public source: an absent network is an empty text, and an address of IPv6 the network's first. */
async function hcloudServer(get: Get, id: string): Promise<Record<string, unknown> | null> {
  const told = (await get(`/v1/servers/${id}`))?.server;
  if (!told) return null;
  const network = told.public_net.ipv6?.ip ?? '';
  return {
    name: told.name,
    datacenter: '',
    location: told.location.name,
    status: told.status,
    serverType: told.server_type.name,
    ipv4Address: told.public_net.ipv4?.ip ?? '',
    ipv6Network: network,
    ipv6Address: network.replace(/::\/64$/, '::1'),
    backupWindow: told.backup_window ?? '',
    backups: told.backup_window !== null,
    labels: told.labels,
    deleteProtection: told.protection.delete,
    rebuildProtection: told.protection.rebuild,
    primaryDiskSize: told.primary_disk_size,
    firewallIds: told.public_net.firewalls.map((each: Told) => each.id),
  };
}

async function hcloudFirewall(get: Get, id: string): Promise<Record<string, unknown> | null> {
  const told = (await get(`/v1/firewalls/${id}`))?.firewall;
  if (!told) return null;
  const rule = (each: Told): object => ({
    direction: each.direction,
    protocol: each.protocol,
    port: each.port ?? '',
    sourceIps: each.source_ips ?? [],
    destinationIps: each.destination_ips ?? [],
    description: each.description ?? '',
  });
  return {
    name: told.name,
    labels: told.labels,
    rules: told.rules.map(rule),
    applyTos: told.applied_to.map((each: Told) => ({ server: each.server.id })),
  };
}

const flat = (path: (id: string, state: State) => string, envelope: string | null, properties: readonly string[]): VendorRead => {
  return async (get, id, state) => {
    const answer = await get(path(id, state));
    const told = envelope === null ? answer : answer?.[envelope];
    return told ? pick(camel(told), properties) : null;
  };
};

/** By type token. A resource that the plugin never asks anybody about answers its own state. */
export const vendorReads: Readonly<Record<string, VendorRead>> = {
  'linode:index/instance:Instance': linodeInstance,
  'linode:index/firewall:Firewall': linodeFirewall,
  'linode:index/sshKey:SshKey': async (get, id) => {
    const told = await get(`/v4/profile/sshkeys/${id}`);
    return told && { label: told.label, sshKey: told.ssh_key, created: zoned(told.created) };
  },
  'linode:index/rdns:Rdns': flat((id) => `/v4/networking/ips/${id}`, null, ['address', 'rdns']),
  'digitalocean:index/droplet:Droplet': droplet,
  'digitalocean:index/firewall:Firewall': dropletFirewall,
  'digitalocean:index/sshKey:SshKey': flat((id) => `/v2/account/keys/${id}`, 'ssh_key', ['name', 'fingerprint', 'publicKey']),
  'hcloud:index/server:Server': hcloudServer,
  'hcloud:index/firewall:Firewall': hcloudFirewall,
  'hcloud:index/sshKey:SshKey': flat((id) => `/v1/ssh_keys/${id}`, 'ssh_key', ['name', 'fingerprint', 'publicKey', 'labels']),
  'hcloud:index/rdns:Rdns': async (get, id) => {
    const [, server, ip] = /^s-(\d+)-(.+)$/.exec(id)!;
    const net = (await get(`/v1/servers/${server}`))?.server.public_net;
    const dnsPtr = net?.ipv4?.ip === ip ? net.ipv4.dns_ptr : net?.ipv6?.dns_ptr.find((each: Told) => each.ip === ip)?.dns_ptr;
    return dnsPtr ? { serverId: Number(server), ipAddress: ip, dnsPtr } : null;
  },
  'vultr:index/instance:Instance': vultrInstance,
  'vultr:index/sSHKey:SSHKey': flat((id) => `/v2/ssh-keys/${id}`, 'ssh_key', ['name', 'sshKey', 'dateCreated']),
  'vultr:index/firewallGroup:FirewallGroup': flat((id) => `/v2/firewalls/${id}`, 'firewall_group', [
    'description',
    'dateCreated',
    'dateModified',
    'instanceCount',
    'ruleCount',
    'maxRuleCount',
  ]),
  'vultr:index/firewallRule:FirewallRule': flat((id, state) => `/v2/firewalls/${state['firewallGroupId']}/rules/${id}`, 'firewall_rule', [
    'ipType',
    'protocol',
    'subnet',
    'subnetSize',
    'notes',
    'port',
    'source',
  ]),
  'vultr:index/startupScript:StartupScript': flat((id) => `/v2/startup-scripts/${id}`, 'startup_script', [
    'name',
    'script',
    'type',
    'dateCreated',
    'dateModified',
  ]),
  'vultr:index/reverseIpv4:ReverseIpv4': (get, id, state) => vultrReverse(get, id, state, 4),
  'vultr:index/reverseIpv6:ReverseIpv6': (get, id, state) => vultrReverse(get, id, state, 6),
  'cloudflare:index/dnsRecord:DnsRecord': dnsRecord,
  'random:index/randomPassword:RandomPassword': async () => ({}),
};

function pick(from: Record<string, unknown>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(keys.filter((key) => key in from).map((key) => [key, from[key]]));
}

/** Keys in the vendors' packages are the APIs' in camel case. */
function camel(value: Told): Record<string, unknown> {
  const name = (key: string): string => key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  const inner = (each: Told): unknown => (each && typeof each === 'object' && !Array.isArray(each) ? camel(each) : each);
  return Object.fromEntries(Object.entries(value ?? {}).map(([key, each]) => [name(key), inner(each)]));
}
