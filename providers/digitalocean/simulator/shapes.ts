/** The API's JSON for what the simulated cloud keeps. */
import { IMAGES, REGIONS, SIZES, type SimImage, type SimRegion, type SimSize } from './catalog.ts';
import { kindOf, listed } from './images.ts';
import {
  findImage,
  findRegion,
  findSize,
  isSold,
  type Cloud,
  type SimAction,
  type SimDroplet,
  type SimFirewall,
  type SimKey,
  type SimSnapshot,
} from './state.ts';

const IMAGE_DATE = '2025-09-12T16:02:11Z';

export function sizeShape(cloud: Cloud, size: SimSize): Record<string, unknown> {
  const regions = REGIONS.filter((region) => isSold(cloud, size, region)).map((region) => region.slug);
  return {
    ...size,
    price_hourly: Math.round((size.price_monthly / 672) * 100_000) / 100_000,
    regions,
    available: regions.length > 0,
    disk_info: [{ type: 'local', size: { amount: size.disk, unit: 'gib' } }],
  };
}

export function regionShape(cloud: Cloud, region: SimRegion): Record<string, unknown> {
  return {
    ...region,
    features: ['backups', 'ipv6', 'metadata', 'install_agent', 'storage', 'image_transfer'],
    sizes: SIZES.filter((size) => isSold(cloud, size, region)).map((size) => size.slug),
  };
}

export function imageShape(image: SimImage): Record<string, unknown> {
  return {
    id: image.id,
    name: image.name,
    type: image.kind === 'application' ? 'snapshot' : 'base',
    distribution: image.distribution,
    slug: image.slug,
    public: true,
    regions: image.status === 'retired' ? [] : REGIONS.filter((region) => region.available).map((region) => region.slug),
    created_at: IMAGE_DATE,
    min_disk_size: image.minDisk,
    size_gigabytes: Math.round(image.minDisk * 13) / 100,
    description: `${image.distribution} ${image.name}`,
    tags: [],
    status: image.status,
    error_message: '',
  };
}

export function dropletShape(cloud: Cloud, droplet: SimDroplet): Record<string, unknown> {
  const size = findSize(droplet.size)!;
  const image = findImage(droplet.image) ?? IMAGES[0]!;
  const features = [
    ...(droplet.backups ? ['backups'] : []),
    'private_networking',
    ...(droplet.ipv6 ? ['ipv6'] : []),
    ...(droplet.monitoring ? ['monitoring'] : []),
    'droplet_agent',
  ];
  return {
    id: Number(droplet.id),
    name: droplet.name,
    memory: size.memory,
    vcpus: size.vcpus,
    disk: droplet.disk,
    disk_info: [{ type: 'local', size: { amount: droplet.disk, unit: 'gib' } }],
    locked: droplet.locked,
    status: droplet.status,
    kernel: null,
    created_at: droplet.createdAt,
    features,
    backup_ids: listed(cloud, 'backup', { dropletId: droplet.id }).map(({ id }) => Number(id)),
    next_backup_window: backupWindow(cloud, droplet),
    snapshot_ids: listed(cloud, 'snapshot', { dropletId: droplet.id }).map(({ id }) => Number(id)),
    image: droplet.restoredFrom ? restoredShape(droplet.restoredFrom, image) : imageShape(image),
    volume_ids: [],
    size: sizeShape(cloud, size),
    size_slug: size.slug,
    networks: networks(droplet),
    region: regionShape(cloud, findRegion(droplet.region)!),
    tags: droplet.tags,
    vpc_uuid: droplet.vpcUuid,
  };
}

/** An account's own image, as the images' own pages have it. */
export function ownImageShape(image: SimSnapshot): Record<string, unknown> {
  return restoredShape(image, findImage(image.image) ?? IMAGES[0]!);
}

/** The shape of an account's own image; the rest is that of the system it was made of. */
function restoredShape(own: SimSnapshot, base: SimImage): Record<string, unknown> {
  return {
    ...imageShape(base),
    ...dropletImageShape(own),
    description: '',
    tags: [],
    status: 'available',
  };
}

const WINDOW_MS = 4 * 3_600_000;

function backupWindow({ world }: Cloud, droplet: SimDroplet): { start: string; end: string } | null {
  if (!droplet.backups || droplet.nextBackupAt === undefined) return null;
  const iso = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
  return { start: iso(droplet.nextBackupAt), end: iso(droplet.nextBackupAt + world.scale(WINDOW_MS)) };
}

/** Addresses show up when the droplet has been built, as at the real one. */
function networks(droplet: SimDroplet): { v4: unknown[]; v6: unknown[] } {
  if (droplet.status === 'new') return { v4: [], v6: [] };
  const gateway = droplet.ipv4.replace(/\d+$/, '1');
  const v4 = [{ ip_address: droplet.privateIpv4, netmask: '255.255.240.0', gateway: '10.108.0.1', type: 'private' }];
  if (droplet.publicNetworking) v4.unshift({ ip_address: droplet.ipv4, netmask: '255.255.240.0', gateway, type: 'public' });
  const v6 = [{ ip_address: droplet.ipv6Address, netmask: 64, gateway: droplet.ipv6Address.replace(/::.*$/, '::ffff'), type: 'public' }];
  return { v4, v6: droplet.ipv6 ? v6 : [] };
}

export function actionShape(cloud: Cloud, action: SimAction): Record<string, unknown> {
  return {
    id: Number(action.id),
    status: action.status,
    type: action.type,
    started_at: action.startedAt,
    completed_at: action.completedAt,
    resource_id: Number(action.dropletId),
    resource_type: 'droplet',
    region: regionShape(cloud, findRegion(action.region)!),
    region_slug: action.region,
  };
}

export function keyShape(key: SimKey): Record<string, unknown> {
  return { id: Number(key.id), name: key.name, public_key: key.publicKey, fingerprint: key.fingerprint };
}

export function firewallShape(firewall: SimFirewall): Record<string, unknown> {
  return {
    id: firewall.id,
    name: firewall.name,
    status: 'succeeded',
    created_at: firewall.createdAt,
    pending_changes: [],
    inbound_rules: firewall.inboundRules,
    outbound_rules: firewall.outboundRules,
    droplet_ids: firewall.dropletIds,
    tags: firewall.tags,
  };
}

export function snapshotShape(snapshot: SimSnapshot): Record<string, unknown> {
  return {
    id: snapshot.id,
    name: snapshot.name,
    resource_id: snapshot.dropletId,
    resource_type: 'droplet',
    regions: [snapshot.region],
    min_disk_size: snapshot.minDisk,
    size_gigabytes: snapshot.sizeGb ?? 2.36,
    created_at: snapshot.createdAt,
    tags: [],
  };
}

/** As the listings of one droplet have it: a number for an id, and no word of the droplet. */
export function dropletImageShape(image: SimSnapshot): Record<string, unknown> {
  const base = findImage(image.image);
  return {
    id: Number(image.id),
    name: image.name,
    distribution: base?.distribution ?? 'Unknown',
    slug: null,
    public: false,
    regions: [image.region],
    created_at: image.createdAt,
    min_disk_size: image.minDisk,
    size_gigabytes: image.sizeGb ?? 2.36,
    type: kindOf(image),
  };
}
