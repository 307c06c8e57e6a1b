/** How Vultr tells of servers, images and plans, and what only Vultr knows of a server. */
import type { Cloud } from '../../../simulator/cloud/cloud.ts';
import type { SimImage, SimServer } from '../../../simulator/cloud/model.ts';
import { type Call, rfc3339 } from '../../../simulator/cloud/wire.ts';
import { hourlyOf, planOf, SYSTEMS, type VultrPlan } from './data.ts';
import { locked, textOf } from './words.ts';

/** What only Vultr knows of a server, as an order says it. */
export function extraFrom(call: Call, os_id: number) {
  return {
    /** Told as it is kept. */
    told: {
      /** The system's, or Vultr's for what is no system. */
      os_id,
      app_id: Number(call.body['app_id'] ?? 0),
      image_id: textOf(call, 'image_id'),
      hostname: textOf(call, 'hostname') || textOf(call, 'label') || 'vultr.guest',
      /** An unknown one is taken, too. */
      firewall_group_id: textOf(call, 'firewall_group_id'),
      user_scheme: textOf(call, 'user_scheme') || 'root',
    },
    /** base64, as sent. */
    userData: textOf(call, 'user_data'),
    ipv6: call.body['enable_ipv6'] === true,
    ddos: call.body['ddos_protection'] === true,
    publicIpv4: call.body['disable_public_ipv4'] !== true,
    vpcs: call.strings('attach_vpc'),
    schedule: { type: 'daily', hour: 0, dow: 1, dom: 1 },
    /** Which series of backups is the running one; timers of an older series are void. */
    series: 0,
    /** The last job of its latest installation. */
    installation: '',
  };
}
export type Extra = ReturnType<typeof extraFrom>;
export type Told = Extra['told'];

export function extraOf(server: SimServer): Extra {
  return server.extra as unknown as Extra;
}
export function toldOf(server: SimServer): Told {
  return extraOf(server).told;
}
/** `extra` with changes. */
export function extraWith(server: SimServer, changes: Partial<Extra>, told: Partial<Told> = {}): { extra: Record<string, unknown> } {
  return { extra: { ...server.extra, ...changes, told: { ...toldOf(server), ...told } } };
}

export function stateOf(cloud: Cloud, server: SimServer): 'none' | 'locked' | 'installing' | 'ok' {
  const work = cloud.jobs.get(server.lockedBy ?? '')?.command;
  if (work === 'address' || work === 'activate') return 'none';
  if (server.lockedBy !== null) return 'locked';
  return cloud.jobs.get(extraOf(server).installation)?.status === 'running' ? 'installing' : 'ok';
}

/** Reinstalls, restores, snapshots and power changes wait for the installation. @throws Refusal `locked`; `doing` as in "Unable to reinstall server" */
export function requireSettled(server: SimServer, doing: string): void {
  if (server.phase !== 'ready' || server.lockedBy !== null) throw locked(doing);
}

export function networkOf({ ipv6 }: SimServer): string {
  return ipv6 === '' ? '' : `${ipv6.split(':').slice(0, 4).join(':')}::`;
}
export function gatewayOf({ ipv4 }: SimServer): string {
  return ipv4.replace(/\d+$/, '1');
}

/** The server as answers show it; `password` only where Vultr tells it. */
export function showServer(cloud: Cloud, server: SimServer, password?: string): object {
  const { id, ipv4, ipv6, phase } = server;
  const { memoryMb: ram, diskGb: disk, vcpus: vcpu_count, bandwidth: allowed_bandwidth } = planOf(server.plan);
  const extra = extraOf(server);
  const server_status = stateOf(cloud, server);
  const tags = Object.keys(server.labels);
  const noAddress = { main_ip: '0.0.0.0', netmask_v4: '', gateway_v4: '0.0.0.0', kvm: '' };
  const kvm = `https://my.vultr.com/subs/vps/novnc/api.php?data=${id}`;
  return {
    id,
    os: SYSTEMS.find((os) => os.id === extra.told.os_id)?.name ?? 'Application',
    ram,
    disk,
    vcpu_count,
    allowed_bandwidth,
    region: server.region,
    plan: server.plan,
    date_created: rfc3339(server.createdMs),
    status: phase === 'resizing' ? 'resizing' : server_status === 'none' ? 'pending' : 'active',
    power_status: server.power === 'on' ? 'running' : 'stopped',
    server_status,
    ...(ipv4 === '' ? noAddress : { main_ip: ipv4, netmask_v4: '255.255.254.0', gateway_v4: gatewayOf(server), kvm }),
    v6_network: networkOf(server),
    v6_main_ip: ipv6,
    v6_network_size: ipv6 === '' ? 0 : 64,
    label: server.name,
    internal_ip: '',
    tag: tags[0] ?? '',
    tags,
    snapshot_id: isSnapshot(server.image) ? server.image : '',
    features: Object.entries({ ipv6: extra.ipv6, auto_backups: server.backups, ddos_protection: extra.ddos }).flatMap(([name, on]) =>
      on ? [name] : [],
    ),
    vpc_only: false,
    ...extra.told,
    ...(password === undefined ? {} : { default_password: password }),
  };
}

/** Systems have numbers. */
export function isSnapshot(image: string): boolean {
  return !/^\d*$/.test(image);
}

/** Vultr does not tell of which server it is. */
export function showImage(image: SimImage): object {
  const done = image.state === 'available';
  const size = done ? image.diskGb * 2 ** 30 : 0;
  const [date_created, status] = [rfc3339(image.createdMs), done ? 'complete' : 'pending'];
  const common = { id: image.id, date_created, description: image.name, size, status };
  if (image.kind === 'backup') return common;
  // A fresh system fills little of its disk.
  const compressed_size = done ? Math.round(size / 40) + 900_000_000 : 0;
  return { ...common, compressed_size, os_id: Number(image.base), app_id: Number(image.labels['app']) };
}

export function showPlan(cloud: Cloud, plan: VultrPlan): object {
  const { id, vcpus: vcpu_count, memoryMb: ram, diskGb: disk, bandwidth, monthly: monthly_cost, type } = plan;
  const locations = plan.regions.filter((region) => cloud.inStock(plan, region));
  return { id, vcpu_count, ram, disk, disk_count: 1, bandwidth, monthly_cost, hourly_cost: hourlyOf(plan), type, locations };
}
