/** How DigitalOcean's API shows things, and what of them the simulated cloud has no words for. */
import type { Cloud } from '../../../simulator/cloud/cloud.ts';
import { Refusal, type SimFirewall, type SimImage, type SimJob, type SimKey, type SimServer } from '../../../simulator/cloud/model.ts';
import type { Call } from '../../../simulator/cloud/wire.ts';
import { findImage, findRegion, findSize, IMAGES, REGIONS, SIZES, type Image, type Region, type Size } from './catalog.ts';

const IMAGE_DATE = '2025-09-12T16:02:11Z';
const BACKUP_WINDOW_MS = 4 * 3_600_000;

/** A droplet's `extra`. */
export type Droplet = {
  /** False until its create has ended well. */
  built: boolean;
  /** In the order that they were given in. */
  tags: string[];
  /** Before it, listings by tag do not know the droplet yet. */
  taggedFromMs: number;
  monitoring: boolean;
  publicNetworking: boolean;
  vpcUuid: string;
  privateIpv4: string;
  backupPolicy: { plan: string; weekday?: string; hour?: number } | null;
  /** The snapshot or backup on the disk, kept here because the droplet still tells of one that was deleted. */
  restored: SimImage | null;
};
export const dropletOf = ({ extra }: SimServer): Droplet => extra as unknown as Droplet;

export type Rules = Record<string, unknown>[];
/** The one rule of a firewall: all that is in it. */
export type Wall = { inbound_rules: Rules; outbound_rules: Rules; tags: string[] };
export const wallOf = ({ rules }: SimFirewall): Wall => rules[0] as Wall;

/** 422, which nearly every refusal is. */
export const unprocessable = (message: string): Refusal => new Refusal('invalid', message);

export const isoOf = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

export function statusOf(server: SimServer): 'new' | 'active' | 'off' {
  if (!dropletOf(server).built) return 'new';
  return server.power === 'on' ? 'active' : 'off';
}

/** An account's own images that listings know, of all kinds or one; oldest first. */
export function imagesOf(cloud: Cloud, account: string, kind?: SimImage['kind']): SimImage[] {
  const isListed = ({ state, extra }: SimImage): boolean =>
    state === 'available' && Number(extra?.['listedFromMs'] ?? 0) <= cloud.world.now();
  return cloud.images.filter((image) => image.account === account && (kind === undefined || image.kind === kind) && isListed(image));
}

export function showSize(cloud: Cloud, size: Size): object {
  const { id, vcpus, memoryMb, diskGb, transfer, monthly, description } = size;
  const regions = size.regions.filter((region) => cloud.inStock(size, region));
  const parts = { vcpus, memory: memoryMb, disk: diskGb, disk_info: diskInfo(diskGb), transfer };
  const prices = { price_monthly: monthly, price_hourly: Math.round((monthly / 672) * 100_000) / 100_000 };
  return { slug: id, description, ...parts, ...prices, regions, available: regions.length > 0 };
}
const diskInfo = (amount: number): object[] => [{ type: 'local', size: { amount, unit: 'gib' } }];

export function showRegion(cloud: Cloud, { id, name, available }: Region): object {
  const features = ['backups', 'ipv6', 'metadata', 'install_agent', 'storage', 'image_transfer'];
  return { slug: id, name, available, features, sizes: SIZES.filter((size) => cloud.inStock(size, id)).map((size) => size.id) };
}

export function showImage({ id, name, kind, distribution, slug, minDisk, status }: Image): object {
  const regions = status === 'retired' ? [] : REGIONS.filter(({ available }) => available).map((region) => region.id);
  const kept = { regions, min_disk_size: minDisk, size_gigabytes: Math.round(minDisk * 13) / 100, created_at: IMAGE_DATE };
  const told = { description: `${distribution} ${name}`, tags: [], status, error_message: '' };
  return { id, name, type: kind === 'application' ? 'snapshot' : 'base', distribution, slug, public: true, ...kept, ...told };
}

const keptOf = ({ region, createdMs, diskGb, sizeGb }: SimImage): object => ({
  regions: [region],
  min_disk_size: diskGb,
  size_gigabytes: sizeGb,
  created_at: isoOf(createdMs),
});

/** As the listings of one droplet have its copies: a number for an id, and no word of the droplet. */
export function showCopy(image: SimImage): object {
  const { id, name, base, kind } = image;
  const distribution = findImage(base)?.distribution ?? 'Unknown';
  return { id: Number(id), name, type: kind, distribution, slug: null, public: false, ...keptOf(image) };
}

/** As the pages of images have an account's own; the rest is that of the system it was made of. */
export function showOwnImage(image: SimImage): object {
  return { ...showImage(findImage(image.base) ?? IMAGES[0]!), ...showCopy(image), description: '', tags: [], status: 'available' };
}

export function showSnapshot(image: SimImage): object {
  return { id: image.id, name: image.name, resource_id: image.serverId, resource_type: 'droplet', tags: [], ...keptOf(image) };
}

export function showDroplet(cloud: Cloud, server: SimServer): object {
  const { monitoring, restored, tags, vpcUuid } = dropletOf(server);
  const size = findSize(server.plan)!;
  const has = { backups: server.backups, private_networking: true, ipv6: server.ipv6 !== '', monitoring, droplet_agent: true };
  const copies = imagesOf(cloud, server.account).filter(({ serverId }) => serverId === server.id);
  const ids = (kind: SimImage['kind']): number[] => copies.filter((image) => image.kind === kind).map(({ id }) => Number(id));
  const parts = { memory: size.memoryMb, vcpus: size.vcpus, disk: server.diskGb, disk_info: diskInfo(server.diskGb), kernel: null };
  const state = { locked: server.lockedBy !== null, status: statusOf(server), created_at: isoOf(server.createdMs) };
  return {
    id: Number(server.id),
    name: server.name,
    ...parts,
    ...state,
    features: Object.entries(has).flatMap(([feature, is]) => (is ? [feature] : [])),
    backup_ids: ids('backup'),
    next_backup_window: backupWindow(cloud, server),
    snapshot_ids: ids('snapshot'),
    image: restored ? showOwnImage(restored) : showImage(findImage(server.image) ?? IMAGES[0]!),
    volume_ids: [],
    size: showSize(cloud, size),
    size_slug: size.id,
    networks: networksOf(server),
    region: showRegion(cloud, findRegion(server.region)!),
    tags,
    vpc_uuid: vpcUuid,
  };
}

export function backupWindow({ world }: Cloud, { backups, nextBackupMs }: SimServer): object | null {
  if (!backups || typeof nextBackupMs !== 'number') return null;
  return { start: isoOf(nextBackupMs), end: isoOf(nextBackupMs + world.scale(BACKUP_WINDOW_MS)) };
}

/** Addresses show up when the droplet has been built, as at the real one. */
function networksOf(server: SimServer): { v4: object[]; v6: object[] } {
  const { built, publicNetworking, privateIpv4 } = dropletOf(server);
  const { ipv4, ipv6 } = server;
  if (!built) return { v4: [], v6: [] };
  const netmask = '255.255.240.0';
  const outside = { ip_address: ipv4, netmask, gateway: ipv4.replace(/\d+$/, '1'), type: 'public' };
  const inside = { ip_address: privateIpv4, netmask, gateway: '10.108.0.1', type: 'private' };
  const v6 = { ip_address: ipv6, netmask: 64, gateway: ipv6.replace(/::.*$/, '::ffff'), type: 'public' };
  return { v4: [...(publicNetworking ? [outside] : []), inside], v6: ipv6 === '' ? [] : [v6] };
}

const STATES = { waiting: 'in-progress', running: 'in-progress', success: 'completed', error: 'errored' } as const;

export function showAction(cloud: Cloud, { id, command, status, startedMs, finishedMs, serverId, resources }: SimJob): object {
  const region = findRegion(resources.find(({ type }) => type === 'region')?.id)!;
  const when = { started_at: isoOf(startedMs), completed_at: finishedMs === null ? null : isoOf(finishedMs) };
  const where = { resource_id: Number(serverId), resource_type: 'droplet', region: showRegion(cloud, region), region_slug: region.id };
  return { id: Number(id), status: STATES[status], type: command, ...when, ...where };
}

export function showKey({ id, name, publicKey, fingerprint }: SimKey): object {
  return { id: Number(id), name, public_key: publicKey, fingerprint };
}

export function showFirewall(firewall: SimFirewall): object {
  const { id, name, createdMs, servers } = firewall;
  const state = { status: 'succeeded', created_at: isoOf(createdMs), pending_changes: [] };
  return { id, name, ...state, ...wallOf(firewall), droplet_ids: servers.map(Number) };
}

/** One page below the key, with `links` and `meta`; what is no number of a page is the first. */
export function showPage<T>(call: Call, key: string, items: readonly T[], show: (item: T) => unknown = (item) => item): object {
  const whole = (name: string, fallback: number, most: number): number =>
    Math.min(most, Math.max(1, Math.trunc(Number(call.query(name))) || fallback));
  const perPage = whole('per_page', 20, 200);
  const page = whole('page', 1, 1_000_000);
  const last = Math.max(1, Math.ceil(items.length / perPage));
  const { request } = call;
  const link = (number: number): string => {
    const url = new URL(request.originalUrl, `${request.protocol}://${request.get('host') ?? 'localhost'}`);
    url.searchParams.set('page', String(number));
    return url.href;
  };
  const back = page > 1 ? { first: link(1), prev: link(page - 1) } : {};
  const on = page < last ? { next: link(page + 1), last: link(last) } : {};
  const shown = items.slice((page - 1) * perPage, page * perPage).map(show);
  return { [key]: shown, links: last > 1 || page > 1 ? { pages: { ...back, ...on } } : {}, meta: { total: items.length } };
}
