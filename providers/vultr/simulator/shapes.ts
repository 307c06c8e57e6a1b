/** How Vultr tells of servers and images, and what only Vultr knows of a server. */
import type { Cloud } from '../../../simulator/cloud/cloud.ts';
import type { SimImage, SimServer } from '../../../simulator/cloud/model.ts';
import { rfc3339 } from '../../../simulator/cloud/wire.ts';
import { hourlyOf, planOf, SYSTEMS, type VultrPlan } from './data.ts';
import { locked } from './words.ts';

export interface Extra {
  /** The id of the system, or Vultr's id of its kind. */
  readonly os: number;
  readonly app: number;
  readonly imageId: string;
  readonly hostname: string;
  /** base64, as sent. */
  readonly userData: string;
  /** Of a firewall group; an unknown one is taken too. */
  readonly group: string;
  readonly scheme: string;
  readonly ipv6: boolean;
  readonly ddos: boolean;
  readonly publicIpv4: boolean;
  readonly vpcs: readonly string[];
  readonly schedule: { readonly type: string; readonly hour: number; readonly dow: number; readonly dom: number };
  /** Which series of backups is the running one; timers of an older series are void. */
  readonly series: number;
  /** The last job of its latest installation. */
  readonly installation: string;
}

export function extraOf(server: SimServer): Extra {
  return server.extra as unknown as Extra;
}
/** `extra` with changes. */
export function extraWith(server: SimServer, changes: Partial<Extra>): { extra: Record<string, unknown> } {
  return { extra: { ...server.extra, ...changes } };
}

function statusOf({ phase }: SimServer): string {
  return phase === 'creating' || phase === 'rebuilding' ? 'pending' : phase === 'resizing' ? 'resizing' : 'active';
}

export function stateOf(cloud: Cloud, server: SimServer): 'none' | 'locked' | 'installing' | 'ok' {
  if (statusOf(server) === 'pending') return 'none';
  if (server.lockedBy !== null) return 'locked';
  return cloud.jobs.get(extraOf(server).installation)?.status === 'running' ? 'installing' : 'ok';
}

/** Reinstalls, restores, snapshots and power changes wait for the installation. @throws Refusal `locked`; `what` as in "Unable to reinstall server" */
export function requireSettled(server: SimServer, what: string): void {
  if (server.phase !== 'ready' || server.lockedBy !== null) throw locked(what);
}

export function networkOf({ ipv6 }: SimServer): string {
  return ipv6 === '' ? '' : `${ipv6.split(':').slice(0, 4).join(':')}::`;
}

export function gatewayOf({ ipv4 }: SimServer): string {
  return ipv4.replace(/\d+$/, '1');
}

/** The server as answers show it; `password` only where Vultr tells it. */
export function showServer(cloud: Cloud, server: SimServer, password?: string): object {
  const plan = planOf(server.plan);
  const extra = extraOf(server);
  const hasIp = server.ipv4 !== '';
  const tags = Object.keys(server.labels);
  return {
    id: server.id,
    os: SYSTEMS.find(({ id }) => id === extra.os)?.name ?? 'Application',
    ram: plan.memoryMb,
    disk: plan.diskGb,
    main_ip: hasIp ? server.ipv4 : '0.0.0.0',
    vcpu_count: plan.vcpus,
    region: server.region,
    plan: server.plan,
    date_created: rfc3339(server.createdMs),
    status: statusOf(server),
    allowed_bandwidth: plan.bandwidth,
    netmask_v4: hasIp ? '255.255.254.0' : '',
    gateway_v4: hasIp ? gatewayOf(server) : '0.0.0.0',
    power_status: server.power === 'on' ? 'running' : 'stopped',
    server_status: stateOf(cloud, server),
    v6_network: networkOf(server),
    v6_main_ip: server.ipv6,
    v6_network_size: server.ipv6 === '' ? 0 : 64,
    label: server.name,
    internal_ip: '',
    kvm: hasIp ? `https://my.vultr.com/subs/vps/novnc/api.php?data=${server.id}` : '',
    hostname: extra.hostname,
    tag: tags[0] ?? '',
    tags,
    os_id: extra.os,
    app_id: extra.app,
    image_id: extra.imageId,
    snapshot_id: isSnapshot(server.image) ? server.image : '',
    firewall_group_id: extra.group,
    features: [...(extra.ipv6 ? ['ipv6'] : []), ...(server.backups ? ['auto_backups'] : []), ...(extra.ddos ? ['ddos_protection'] : [])],
    user_scheme: extra.scheme,
    vpc_only: false,
    ...(password === undefined ? {} : { default_password: password }),
  };
}

/** Systems have numbers. */
export function isSnapshot(image: string): boolean {
  return !/^\d*$/.test(image);
}

export function isComplete(cloud: Cloud, image: SimImage): boolean {
  return image.state === 'available' && !cloud.world.hasFlag('snapshot-stuck', image.id);
}

/** Vultr does not tell of which server it is. */
export function showImage(cloud: Cloud, image: SimImage): object {
  const done = isComplete(cloud, image);
  const size = done ? image.diskGb * 2 ** 30 : 0;
  const status = done ? 'complete' : 'pending';
  const common = { id: image.id, date_created: rfc3339(image.createdMs), description: image.name, size, status };
  if (image.kind === 'backup') return common;
  // A fresh system fills little of its disk.
  const compressed = done ? Math.round(size / 40) + 900_000_000 : 0;
  return { ...common, compressed_size: compressed, os_id: Number(image.base), app_id: Number(image.labels['app']) };
}

export function showPlan(cloud: Cloud, plan: VultrPlan): object {
  return {
    id: plan.id,
    vcpu_count: plan.vcpus,
    ram: plan.memoryMb,
    disk: plan.diskGb,
    disk_count: 1,
    bandwidth: plan.bandwidth,
    monthly_cost: plan.monthly,
    hourly_cost: hourlyOf(plan),
    type: plan.type,
    locations: plan.regions.filter((region) => cloud.inStock(plan, region)),
  };
}
