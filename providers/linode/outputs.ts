/** From Linode's answers to the properties the vendor's package has. */
import { visibleTags } from '../identity.ts';
import { inOrderOf, textList } from '../kit/names.ts';
import type { Call } from '../kit/server-sheet.ts';
import type { Json, Properties } from '../resource.ts';
import { ApiConfig, ApiDisk, ApiIps, type ApiInstance } from './types.ts';

export const isOff = ({ status }: ApiInstance): boolean => status === 'offline' || status === 'stopped';
const isPrivate = (address: string): boolean => address.startsWith('192.168.');

/** Linode lists public and private (192.168.128.0/17) addresses together. */
export function publicIpv4({ ipv4 }: ApiInstance): string | null {
  return ipv4.find((address) => !isPrivate(address)) ?? null;
}
export function privateIpv4({ ipv4 }: ApiInstance): string | undefined {
  return ipv4.find(isPrivate);
}

/** `2600:3c00::1/128` → `2600:3c00::1`. */
export function bareAddress(address: string): string {
  return address.replace(/\/\d+$/, '');
}

/** The disks of a server, in Linode's order. */
export function disksOf({ client, signal }: Call, id: string): Promise<ApiDisk[]> {
  return client.all({ path: `/linode/instances/${id}/disks`, signal }, 'data', ApiDisk);
}
export function configsOf({ client, signal }: Call, id: string): Promise<ApiConfig[]> {
  return client.all({ path: `/linode/instances/${id}/configs`, signal }, 'data', ApiConfig);
}
export function swapOf(disks: readonly ApiDisk[]): number {
  return disks.filter(({ filesystem }) => filesystem === 'swap').reduce((sum, { size }) => sum + size, 0);
}

/** What hangs below the instance: addresses, disks, configurations. */
export async function moreOutputs(call: Call, { id }: ApiInstance): Promise<Properties> {
  const [ips, disks, configs] = await Promise.all([
    call.client.call({ path: `/linode/instances/${id}/ips`, signal: call.signal }, ApiIps),
    disksOf(call, String(id)),
    configsOf(call, String(id)),
  ]);
  return {
    privateIp: ips.ipv4.private.length > 0,
    privateIpAddress: ips.ipv4.private[0]?.address ?? '',
    sharedIpv4s: ips.ipv4.shared.map(({ address }) => address),
    disks: disks.map(disk),
    configs: configs.map((each) => config(each, new Map(disks.map(({ id: number, label }) => [number, label])))),
    bootConfigLabel: configs[0]?.label ?? '',
    swapSize: swapOf(disks),
  };
}

/** What the instance object alone tells; enough for the state of a server that did not become ready. */
export function outputsOf(instance: ApiInstance, inputs: Properties): Properties {
  return {
    ...inputs,
    label: instance.label,
    region: instance.region,
    ...(instance.type === null ? {} : { type: instance.type }),
    ...(instance.image === null ? {} : { image: instance.image }),
    group: instance.group ?? '',
    tags: visibleTags(instance.tags),
    status: instance.status,
    booted: !isOff(instance),
    ipAddress: publicIpv4(instance) ?? '',
    ipv4s: instance.ipv4,
    ipv6: instance.ipv6 ?? '',
    privateIpAddress: privateIpv4(instance) ?? '',
    specs: [specs(instance)],
    alerts: alerts(instance),
    backups: [backups(instance)],
    backupsEnabled: instance.backups.enabled,
    watchdogEnabled: instance.watchdog_enabled,
    capabilities: (instance.capabilities ?? []).toSorted(),
    hostUuid: instance.host_uuid ?? '',
    hasUserData: instance.has_user_data ?? false,
    lkeClusterId: instance.lke_cluster_id ?? 0,
    diskEncryption: instance.disk_encryption ?? 'disabled',
    interfaces: inputs.interfaces ?? [],
    stackscriptData: inputs.stackscriptData ?? {},
    ...(instance.placement_group ? { placementGroup: placementGroup(instance.placement_group) } : {}),
  };
}

/**
 * Inputs as a refresh records them: properties the program set, with the values Linode has now. What
 * Linode never tells (password, user data, keys) stays; so does `image`, since an image that Linode
 * has withdrawn or a reinstall in place must not look like a reason to replace the server.
 */
export function inputsOf(instance: ApiInstance, before: Properties): Properties {
  const tags = inOrderOf(textList(before.tags), visibleTags(instance.tags));
  const outputs: Properties = { ...outputsOf(instance, before), tags, privateIp: privateIpv4(instance) !== undefined };
  const pick = (keys: readonly string[]): Properties =>
    Object.fromEntries(keys.flatMap((key) => (outputs[key] === undefined ? [] : [[key, outputs[key]]])));
  const fixed = { migrationType: 'cold', resizeDisk: false, placementGroupExternallyManaged: false };
  if (Object.keys(before).length === 0)
    return { ...fixed, ...pick(['label', 'region', 'tags', 'image', 'type', 'watchdogEnabled', 'backupsEnabled']) };
  const tracked = ['label', 'region', 'type', 'tags', 'group', 'backupsEnabled', 'watchdogEnabled', 'privateIp', 'booted'];
  return { ...before, ...pick(tracked.filter((key) => before[key] !== undefined)) };
}

function specs({ specs: s }: ApiInstance): Json {
  return {
    disk: s.disk,
    memory: s.memory,
    vcpus: s.vcpus,
    transfer: s.transfer,
    gpus: s.gpus ?? 0,
    acceleratedDevices: s.accelerated_devices ?? 0,
  };
}

function alerts({ alerts: a }: ApiInstance): Json {
  return {
    cpu: a.cpu ?? 0,
    io: a.io ?? 0,
    networkIn: a.network_in ?? 0,
    networkOut: a.network_out ?? 0,
    transferQuota: a.transfer_quota ?? 0,
  };
}

function backups({ backups: b }: ApiInstance): Json {
  return {
    available: b.available ?? false,
    enabled: b.enabled,
    schedules: [{ day: b.schedule?.day ?? '', window: b.schedule?.window ?? '' }],
  };
}

function placementGroup(group: NonNullable<ApiInstance['placement_group']>): Json {
  return {
    id: group.id,
    label: group.label ?? '',
    placementGroupPolicy: group.placement_group_policy ?? '',
    placementGroupType: group.placement_group_type ?? '',
  };
}

/** What Linode does not tell of a disk is empty, as the vendor's plugin keeps it (read from its own states, version 5.1.1). */
function disk({ id, label, size, filesystem }: ApiDisk): Json {
  const untold = {
    authorizedKeys: [],
    authorizedUsers: [],
    image: '',
    readOnly: false,
    rootPass: '',
    stackscriptData: {},
    stackscriptId: 0,
  };
  return { id, label, size, filesystem, ...untold };
}

function config(c: ApiConfig, diskLabels: ReadonlyMap<number, string>): Json {
  const devices = Object.entries(c.devices ?? {}).map(([slot, device]) => {
    if (!device) return [slot, null] as const;
    const diskId = device.disk_id ?? 0;
    return [slot, { diskId, diskLabel: diskLabels.get(diskId) ?? '', volumeId: device.volume_id ?? 0 }] as const;
  });
  return {
    id: c.id,
    label: c.label,
    comments: c.comments ?? '',
    kernel: c.kernel ?? '',
    rootDevice: c.root_device ?? '',
    runLevel: c.run_level ?? 'default',
    virtMode: c.virt_mode ?? 'paravirt',
    memoryLimit: c.memory_limit ?? 0,
    helpers: {
      devtmpfsAutomount: c.helpers?.devtmpfs_automount ?? true,
      distro: c.helpers?.distro ?? true,
      modulesDep: c.helpers?.modules_dep ?? true,
      network: c.helpers?.network ?? true,
      updatedbDisabled: c.helpers?.updatedb_disabled ?? true,
    },
    devices: Object.fromEntries(devices),
    interfaces: [],
  };
}
