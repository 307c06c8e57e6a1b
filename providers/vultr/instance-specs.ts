/** What an instance is to the engine: its inputs and outputs, named as in the vendor's package. */
import { visibleTags } from '../identity.ts';
import type { CheckFailure, Json, Properties, PropertySpec } from '../resource.ts';
import type { Instance } from './schemas.ts';

/** Vultr tells a feature's absence, never `null`: absent and false are one value, or every refresh would differ. */
const flag: PropertySpec = { type: 'boolean', same: (a, b) => (a ?? false) === (b ?? false) };
const text: PropertySpec = { type: 'string' };
const list: PropertySpec = { type: 'array', items: text, unordered: true };
const replacing: PropertySpec = { type: 'string', replace: true, computed: true };
const sameCase: PropertySpec['same'] = (a, b) => String(a ?? '').toLowerCase() === String(b ?? '').toLowerCase();

const schedule: PropertySpec = {
  type: 'object',
  properties: {
    type: { ...text, required: true, oneOf: ['daily', 'weekly', 'monthly', 'daily_alt_even', 'daily_alt_odd'] },
    hour: { type: 'integer', min: 0, max: 23 },
    dow: { type: 'integer', min: 1, max: 7 },
    dom: { type: 'integer', min: 1, max: 28 },
  },
};

export const inputs: Readonly<Record<string, PropertySpec>> = {
  activationEmail: flag,
  appId: { type: 'integer', replace: true, computed: true },
  appVariables: { type: 'object', additional: text, replace: true },
  backups: { ...text, oneOf: ['enabled', 'disabled'], same: (a, b) => (a ?? 'disabled') === (b ?? 'disabled') },
  backupsSchedule: schedule,
  ddosProtection: flag,
  disablePublicIpv4: { ...flag, replace: true },
  enableIpv6: flag,
  firewallGroupId: { ...text, computed: true },
  hostname: replacing,
  imageId: replacing,
  ipxeChainUrl: { ...text, replace: true },
  isoId: text,
  label: { ...text, computed: true },
  osId: { type: 'integer', replace: true, computed: true },
  plan: { ...text, required: true, same: sameCase },
  region: { ...text, required: true, replace: true, same: sameCase },
  reservedIpId: replacing,
  scriptId: replacing,
  snapshotId: replacing,
  sshKeyIds: { ...list, replace: true },
  tags: list,
  userData: replacing,
  userScheme: { ...text, replace: true, oneOf: ['root', 'limited'] },
  vpc2Ids: { ...list, deprecated: 'Vultr withdrew VPC 2.0; use vpcIds.' },
  vpcIds: { ...list, computed: true },
};

export const outputs: Readonly<Record<string, PropertySpec>> = {
  allowedBandwidth: { type: 'integer' },
  dateCreated: text,
  defaultPassword: { ...text, secret: true },
  disk: { type: 'integer' },
  features: list,
  gatewayV4: text,
  internalIp: text,
  kvm: text,
  mainIp: text,
  netmaskV4: text,
  os: text,
  powerStatus: text,
  ram: { type: 'integer' },
  serverStatus: text,
  status: text,
  v6MainIp: text,
  v6Network: text,
  v6NetworkSize: { type: 'integer' },
  vcpuCount: { type: 'integer' },
};

export function check(given: Properties): CheckFailure[] {
  const failures: CheckFailure[] = [];
  const sources = ['osId', 'appId', 'imageId', 'isoId', 'snapshotId'].filter((key) => given[key] !== undefined && given[key] !== null);
  if (sources.length > 1) failures.push({ property: sources[1]!, reason: `only one of ${sources.join(', ')} can be installed` });
  if (Array.isArray(given['vpc2Ids']) && given['vpc2Ids'].length > 0)
    failures.push({ property: 'vpc2Ids', reason: 'Vultr withdrew VPC 2.0; use vpcIds' });
  if (given['disablePublicIpv4'] === true && given['enableIpv6'] === false)
    failures.push({ property: 'disablePublicIpv4', reason: 'a server without public IPv4 needs enableIpv6' });
  return failures;
}

/** The program's inputs as they are at Vultr now; what was not given stays not given. */
export function inputsOf(instance: Instance, old: Properties): Properties {
  const actual: Record<string, Json> = {
    label: instance.label,
    plan: instance.plan,
    region: instance.region,
    hostname: instance.hostname,
    osId: instance.os_id,
    appId: instance.app_id,
    imageId: instance.image_id,
    firewallGroupId: instance.firewall_group_id,
    enableIpv6: instance.features.includes('ipv6'),
    ddosProtection: instance.features.includes('ddos_protection'),
    backups: backupsOf(instance),
    tags: visibleTags(instance.tags),
  };
  if (Object.keys(old).length === 0) return imported(instance);
  const now: Properties = { ...old };
  for (const [key, value] of Object.entries(actual)) {
    const before = old[key];
    const unset = before === undefined || before === null;
    if (!unset) now[key] = value;
    // Switched on behind our back is drift even where the program is silent.
    else if ((key === 'ddosProtection' || key === 'enableIpv6') && value === true) now[key] = true;
    else if (key === 'backups' && value === 'enabled') now[key] = value;
  }
  return now;
}

/** Without the user data: it may hold anybody's secrets, and a state is read by more people than the server's owner. */
function imported(instance: Instance): Properties {
  const tags = visibleTags(instance.tags);
  return {
    region: instance.region,
    plan: instance.plan,
    label: instance.label,
    hostname: instance.hostname,
    backups: backupsOf(instance),
    enableIpv6: instance.features.includes('ipv6'),
    ddosProtection: instance.features.includes('ddos_protection'),
    ...(instance.firewall_group_id === '' ? {} : { firewallGroupId: instance.firewall_group_id }),
    ...(instance.os_id === 0 ? {} : { osId: instance.os_id }),
    ...(tags.length === 0 ? {} : { tags }),
  };
}

/** Every output of the vendor's resource. `password` is the one known so far: only some answers carry it. */
export function outputsOf(instance: Instance, inputs: Properties, password: string): Properties {
  return {
    ...inputs,
    allowedBandwidth: instance.allowed_bandwidth,
    appId: instance.app_id,
    backups: backupsOf(instance),
    dateCreated: instance.date_created,
    ddosProtection: instance.features.includes('ddos_protection'),
    defaultPassword: password,
    disk: instance.disk,
    enableIpv6: instance.features.includes('ipv6'),
    features: instance.features,
    firewallGroupId: instance.firewall_group_id,
    gatewayV4: instance.gateway_v4,
    hostname: instance.hostname,
    imageId: instance.image_id,
    internalIp: instance.internal_ip,
    kvm: instance.kvm,
    label: instance.label,
    mainIp: instance.main_ip,
    netmaskV4: instance.netmask_v4,
    os: instance.os,
    osId: instance.os_id,
    plan: instance.plan,
    powerStatus: instance.power_status,
    ram: instance.ram,
    region: instance.region,
    reservedIpId: inputs['reservedIpId'] ?? '',
    scriptId: inputs['scriptId'] ?? '',
    serverStatus: instance.server_status,
    snapshotId: instance.snapshot_id || (inputs['snapshotId'] ?? ''),
    status: instance.status,
    tags: visibleTags(instance.tags),
    userData: inputs['userData'] ?? '',
    v6MainIp: instance.v6_main_ip,
    v6Network: instance.v6_network,
    v6NetworkSize: instance.v6_network_size,
    vcpuCount: instance.vcpu_count,
    vpcIds: inputs['vpcIds'] ?? [],
  };
}

export function backupsOf(instance: Instance): 'enabled' | 'disabled' {
  return instance.features.includes('auto_backups') ? 'enabled' : 'disabled';
}
