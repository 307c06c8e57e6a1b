/** From Linode's answers to the properties the vendor's package has. */
import { identityOf, visibleTags } from '../identity.ts';
import type { Json, Properties } from '../resource.ts';
import type { LinodeClient } from './client.ts';
import { publicIpv4 } from './compute.ts';
import { isOff } from './power.ts';
import { ApiConfig, ApiDisk, ApiIps, type ApiInstance } from './types.ts';

/** Reads what hangs below the instance (addresses, disks, configurations) and gives the outputs. */
export async function fullOutputs(
  client: LinodeClient,
  instance: ApiInstance,
  inputs: Properties,
  signal: AbortSignal,
): Promise<Properties> {
  const base = `/linode/instances/${instance.id}`;
  const [ips, disks, configs] = await Promise.all([
    client.get(`${base}/ips`, ApiIps, { signal }),
    client.list(`${base}/disks`, ApiDisk, { signal }),
    client.list(`${base}/configs`, ApiConfig, { signal }),
  ]);
  const swap = disks.filter(({ filesystem }) => filesystem === 'swap').reduce((sum, { size }) => sum + size, 0);
  return {
    ...basicOutputs(instance, inputs),
    privateIp: ips.ipv4.private.length > 0,
    privateIpAddress: ips.ipv4.private[0]?.address ?? '',
    sharedIpv4s: ips.ipv4.shared.map(({ address }) => address),
    disks: disks.map(({ id, label, size, filesystem }) => ({ id, label, size, filesystem })),
    configs: configs.map(config),
    bootConfigLabel: configs[0]?.label ?? '',
    swapSize: swap,
  };
}

/** What the instance object alone tells; enough for the state of a server that did not become ready. */
export function basicOutputs(instance: ApiInstance, inputs: Properties): Properties {
  const written: Properties = { ...inputs };
  return {
    ...written,
    label: instance.label,
    region: instance.region,
    ...(instance.type === null ? {} : { type: instance.type }),
    ...(instance.image === null ? {} : { image: instance.image }),
    group: instance.group ?? '',
    tags: visibleTags(instance.tags),
    status: instance.status,
    booted: !isOff(instance.status),
    ipAddress: publicIpv4(instance.ipv4) ?? '',
    ipv4s: instance.ipv4,
    ipv6: instance.ipv6 ?? '',
    privateIpAddress: instance.ipv4.find((address) => address.startsWith('192.168.')) ?? '',
    specs: [specs(instance)],
    alerts: alerts(instance),
    backups: [backups(instance)],
    backupsEnabled: instance.backups.enabled,
    watchdogEnabled: instance.watchdog_enabled,
    capabilities: instance.capabilities ?? [],
    hostUuid: instance.host_uuid ?? '',
    hasUserData: instance.has_user_data ?? false,
    lkeClusterId: instance.lke_cluster_id ?? 0,
    diskEncryption: instance.disk_encryption ?? 'disabled',
    ...(instance.placement_group ? { placementGroup: placementGroup(instance.placement_group) } : {}),
  };
}

/**
 * Inputs as a refresh records them: properties the program set, with the values Linode has now. What
 * Linode never tells (password, user data, keys) stays; so does `image`, since an image that Linode
 * has withdrawn or a reinstall in place must not look like a reason to replace the server.
 */
export function refreshedInputs(instance: ApiInstance, outputs: Properties, before: Properties | undefined): Properties {
  if (!before) {
    const image: Properties = instance.image === null ? {} : { image: instance.image };
    const type: Properties = instance.type === null ? {} : { type: instance.type };
    const kept: Properties = { label: instance.label, region: instance.region, tags: visibleTags(instance.tags) };
    const defaults = {
      watchdogEnabled: instance.watchdog_enabled,
      migrationType: 'cold',
      resizeDisk: false,
      placementGroupExternallyManaged: false,
    };
    return { ...kept, ...image, ...type, ...defaults, backupsEnabled: instance.backups.enabled };
  }
  const tracked = ['label', 'region', 'type', 'tags', 'group', 'backupsEnabled', 'watchdogEnabled', 'privateIp', 'booted'] as const;
  const inputs: Properties = { ...before };
  for (const key of tracked) {
    if (before[key] !== undefined && outputs[key] !== undefined) inputs[key] = outputs[key];
  }
  if (Array.isArray(before.tags)) inputs.tags = inProgramOrder(before.tags, visibleTags(instance.tags));
  return inputs;
}

/** Tags as Linode must store them: the program's, and our own where the program brought none. */
export function storedTags(urn: string, inputs: Properties): { tag: string; tags: string[] } {
  const tags = Array.isArray(inputs.tags) ? inputs.tags.filter((tag) => typeof tag === 'string') : [];
  const { tag, added } = identityOf(urn, tags);
  return { tag, tags: added ? [...tags, tag] : tags };
}

/** Linode returns tags sorted; the program's order is kept where the set is the same. */
function inProgramOrder(before: readonly Json[], now: readonly string[]): Json[] {
  const same = before.length === now.length && before.every((tag) => now.includes(String(tag)));
  return same ? [...before] : [...now];
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

function config(c: ApiConfig): Json {
  const devices = Object.entries(c.devices ?? {}).flatMap(([slot, device]) =>
    device ? [[slot, { diskId: device.disk_id ?? 0, volumeId: device.volume_id ?? 0 }] as const] : [],
  );
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
  };
}
