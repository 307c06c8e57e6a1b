/** How Hetzner's API shows things. Field names and null-ness are those of its published document. */
import type { Cloud } from '../../../simulator/cloud/cloud.ts';
import { trafficOf } from '../../../simulator/cloud/metrics.ts';
import type { SimFirewall, SimImage, SimJob, SimKey, SimServer } from '../../../simulator/cloud/model.ts';
import { type Call, pageOf, rfc3339 } from '../../../simulator/cloud/wire.ts';
import { IMAGES, IPV4_MONTHLY, LOCATIONS, TYPES, type HetznerImage, type HetznerLocation, type HetznerType } from './data.ts';

const HOURS_A_MONTH = 624;
const TB = 1_000_000_000_000;
const MONTH_MS = 30 * 86_400_000;

const price = (net: number): { net: string; gross: string } => ({ net: net.toFixed(10), gross: (net * 1.19).toFixed(16) });

export function showLocation({ number, id, description, country, city, latitude, longitude, zone }: HetznerLocation): object {
  return { id: number, name: id, description, country, city, latitude, longitude, network_zone: zone };
}

export function pricesOf(type: HetznerType): object[] {
  return LOCATIONS.filter(({ id }) => type.regions.includes(id)).map(({ id, zone }) => ({
    location: id,
    price_hourly: price(type.monthly[zone]! / HOURS_A_MONTH),
    price_monthly: price(type.monthly[zone]!),
    included_traffic: (zone === 'eu-central' ? 20 : 1) * TB,
    price_per_tb_traffic: price(zone === 'ap-southeast' ? 7.4 : 1),
  }));
}

export function showType(cloud: Cloud, type: HetznerType): object {
  const deprecation =
    type.unavailableAfter === null ? null : { announced: '2025-10-01T00:00:00+00:00', unavailable_after: type.unavailableAfter };
  return {
    id: type.number,
    name: type.id,
    description: type.description,
    category: type.category,
    cores: type.vcpus,
    memory: type.memoryMb / 1024,
    disk: type.diskGb,
    deprecated: deprecation !== null,
    deprecation,
    prices: pricesOf(type),
    storage_type: 'local',
    cpu_type: type.dedicated ? 'dedicated' : 'shared',
    architecture: type.architecture,
    locations: LOCATIONS.filter(({ id }) => type.regions.includes(id)).map(({ id, number }) => ({
      id: number,
      name: id,
      deprecation,
      available: deprecation === null && cloud.inStock(type, id),
      recommended: deprecation === null && id === 'fsn1',
    })),
  };
}

export function pricing(): object {
  const everywhere = (monthly: number): object[] =>
    LOCATIONS.map(({ id }) => ({ location: id, price_hourly: price(monthly / HOURS_A_MONTH), price_monthly: price(monthly) }));
  return {
    currency: 'EUR',
    vat_rate: '19.000000',
    image: { price_per_gb_month: price(0.011) },
    floating_ip: { price_monthly: price(1) },
    floating_ips: [],
    primary_ips: [
      { type: 'ipv4', prices: everywhere(IPV4_MONTHLY) },
      { type: 'ipv6', prices: everywhere(0) },
    ],
    load_balancer_types: [],
    server_backup: { percentage: '20.000000' },
    server_types: TYPES.map((type) => ({ id: type.number, name: type.id, prices: pricesOf(type) })),
    volume: { price_per_gb_month: price(0.044) },
  };
}

export function showSystem(image: HetznerImage): object {
  return {
    id: image.number,
    type: image.app ? 'app' : 'system',
    status: 'available',
    name: image.name,
    description: image.description,
    image_size: null,
    disk_size: image.diskGb,
    created: '2024-04-25T13:26:27+00:00',
    created_from: null,
    bound_to: null,
    os_flavor: image.flavor,
    os_version: image.version,
    rapid_deploy: image.name === 'ubuntu-24.04',
    protection: { delete: false },
    deprecated: image.deprecated,
    deleted: null,
    labels: {},
    architecture: image.architecture,
  };
}

export function showOwnImage(image: SimImage): object {
  const base = systemOf(image.base);
  return {
    id: Number(image.id),
    type: image.kind,
    status: image.state === 'failed' ? 'unavailable' : image.state,
    name: null,
    description: image.name,
    image_size: image.sizeGb,
    disk_size: image.diskGb,
    created: rfc3339(image.createdMs),
    created_from: { id: Number(image.serverId), name: image.serverName },
    bound_to: image.kind === 'backup' ? Number(image.serverId) : null,
    os_flavor: base?.flavor ?? 'unknown',
    os_version: base?.version ?? null,
    rapid_deploy: false,
    protection: { delete: false },
    deprecated: null,
    deleted: null,
    labels: image.labels,
    architecture: base?.architecture ?? 'x86',
  };
}

export function systemOf(id: string): HetznerImage | undefined {
  return IMAGES.find(({ number }) => String(number) === id);
}

export function statusOf({ phase, power }: SimServer): string {
  if (phase === 'creating') return 'initializing';
  if (phase === 'resizing') return 'migrating';
  return phase === 'ready' || phase === 'rescue' || phase === 'setup' ? (power === 'on' ? 'running' : 'off') : phase;
}

export function showServer(cloud: Cloud, server: SimServer): object {
  const type = TYPES.find(({ id }) => id === server.plan)!;
  const now = cloud.world.now();
  const traffic = server.phase === 'creating' ? null : trafficOf(server, now - MONTH_MS, now);
  const own = cloud.images.get(server.image);
  const image = systemOf(server.image);
  return {
    id: Number(server.id),
    name: server.name,
    status: statusOf(server),
    created: rfc3339(server.createdMs),
    public_net: networkOf(cloud, server),
    private_net: [],
    server_type: showType(cloud, type),
    location: showLocation(LOCATIONS.find(({ id }) => id === server.region)!),
    image: own ? showOwnImage(own) : image ? showSystem(image) : null,
    iso: null,
    rescue_enabled: server.rescue !== null,
    locked: server.lockedBy !== null,
    backup_window: server.backups ? '22-02' : null,
    outgoing_traffic: traffic?.outgoing ?? null,
    ingoing_traffic: traffic?.incoming ?? null,
    included_traffic: (LOCATIONS.find(({ id }) => id === server.region)!.zone === 'eu-central' ? 20 : 1) * TB,
    protection: { delete: server.protection['delete'] === true, rebuild: server.protection['rebuild'] === true },
    labels: server.labels,
    volumes: [],
    load_balancers: [],
    primary_disk_size: server.diskGb,
    placement_group: null,
  };
}

function networkOf(cloud: Cloud, server: SimServer): object {
  const { ipv4, ipv6, reverse } = server;
  const network = ipv6.replace(/::1$/, '::/64');
  return {
    ipv4:
      ipv4 === ''
        ? null
        : {
            id: Number(server.id) + 1,
            ip: ipv4,
            blocked: false,
            dns_ptr: reverse[ipv4] ?? `static.${ipv4.split('.').toReversed().join('.')}.clients.your-server.de`,
          },
    ipv6:
      ipv6 === ''
        ? null
        : {
            id: Number(server.id) + 2,
            ip: network,
            blocked: false,
            dns_ptr: Object.entries(reverse).flatMap(([ip, dns_ptr]) => (ip.includes(':') ? [{ ip, dns_ptr }] : [])),
          },
    floating_ips: [],
    firewalls: cloud.firewalls
      .filter(({ servers }) => servers.includes(server.id))
      .map(({ id, stale }) => ({ id: Number(id), status: stale.includes(server.id) ? 'pending' : 'applied' })),
  };
}

export function showAction(job: SimJob): object {
  const running = job.status === 'running' || job.status === 'waiting';
  return {
    id: Number(job.id),
    command: job.command,
    status: running ? 'running' : job.status,
    progress: running ? 0 : 100,
    started: rfc3339(job.startedMs),
    finished: job.finishedMs === null ? null : rfc3339(job.finishedMs),
    resources: job.resources.map(({ type, id }) => ({ type, id: Number(id) })),
    error: job.error,
  };
}

export function showKey({ id, name, fingerprint, publicKey, labels, createdMs }: SimKey): object {
  return { id: Number(id), name, fingerprint, public_key: publicKey, labels, created: rfc3339(createdMs) };
}

export function showFirewall({ id, name, labels, createdMs, rules, servers }: SimFirewall): object {
  const applied = servers.map((server) => ({ type: 'server', server: { id: Number(server) } }));
  return { id: Number(id), name, labels, created: rfc3339(createdMs), rules, applied_to: applied };
}

/** The page that is asked for, below the key. */
export function showPage<T>(call: Call, key: string, all: readonly T[], show = (item: T): unknown => item): object {
  const { items, page: number, perPage, last, total } = pageOf(call, all, { size: 25, most: 50 });
  const pagination = {
    page: number,
    per_page: perPage,
    previous_page: number > 1 ? number - 1 : null,
    next_page: number < last ? number + 1 : null,
    last_page: last,
    total_entries: total,
  };
  return { [key]: items.map(show), meta: { pagination } };
}
