/** `/linode/instances`: what an instance looks like, and making, changing and deleting one. */
import { Refusal } from '../../../simulator/cloud/model.ts';
import { type Call, labelsOfTags } from '../../../simulator/cloud/wire.ts';
import { startBackups } from './backups.ts';
import { refuseSoldOut, regionOf } from './catalogue.ts';
import type { LinodeRegion } from './data.ts';
import { deployable } from './images.ts';
import { type Linode, type Linodes, typeOf } from './linodes.ts';
import { no, paged, type Routes, stamp } from './wire.ts';

type Body = Record<string, unknown>;
const LABEL = /^(?!.*(?:--|__|\.\.))[a-zA-Z0-9][a-zA-Z0-9_.-]{1,62}[a-zA-Z0-9]$/;
const DEFAULT_SWAP_MB = 512;
const USER_DATA_MAX_BYTES = 65_535;
/** No deletion is taken during these; whatever else runs, it overtakes. */
const UNDELETABLE = ['linode_resize', 'linode_migrate_datacenter', 'linode_rebuild', 'backups_restore', 'linode_delete', 'disk_imagize'];

export function mountServers(on: Routes, linodes: Linodes): void {
  const { cloud, world } = linodes;
  const show = (linode: Linode): object => view(linodes, linode);
  on('get /linode/instances', (call) => paged(call, cloud.listed(call.account.id) as Linode[], show));
  on('post /linode/instances', (call) => show(create(linodes, call)));
  on('get /linode/instances/:id', (call) => show(linodes.one(call)));
  on('put /linode/instances/:id', (call) => show(change(linodes, call)));
  on('delete /linode/instances/:id', (call) => {
    const linode = linodes.one(call);
    const running = linodes.running(linode);
    if (running === null) linodes.refuseBusy(linode);
    else if (UNDELETABLE.includes(running)) throw new Refusal('locked', 'Linode busy.');
    if (world.hasFlag('keep-on-delete', linode.id)) return;
    linodes.begin(linode, 'linode_delete');
  });
}

export function view(linodes: Linodes, linode: Linode): Body {
  const { extra } = linode;
  const { disk, memory, vcpus, gpus, transfer, accelerated_devices } = typeOf(linode.plan);
  return {
    id: Number(linode.id),
    label: linode.name,
    group: extra.group,
    status: linodes.statusOf(linode),
    created: stamp(linode.createdMs),
    updated: stamp(extra.updatedMs),
    type: linode.plan,
    ipv4: [linode.ipv4, ...extra.privateIpv4],
    ipv6: `${linode.ipv6}/128`,
    image: linode.image === '' ? null : linode.image,
    region: linode.region,
    site_type: 'core',
    specs: { disk, memory, vcpus, gpus, transfer, accelerated_devices },
    alerts: extra.alerts,
    backups: {
      enabled: linode.backups,
      available: linode.backups && extra.lastBackupMs !== null,
      schedule: schedule(linode),
      last_successful: extra.lastBackupMs === null ? null : stamp(extra.lastBackupMs),
    },
    hypervisor: 'kvm',
    watchdog_enabled: extra.watchdog,
    tags: Object.keys(linode.labels).sort(),
    host_uuid: extra.hostUuid,
    has_user_data: linode.userData !== '',
    placement_group: null,
    disk_encryption: extra.encrypted ? 'enabled' : 'disabled',
    lke_cluster_id: null,
    locks: [],
    capabilities: ['Block Storage Encryption', 'SMTP Enabled', 'Maintenance Policy'],
    interface_generation: 'legacy_config',
    maintenance_policy: 'linode/migrate',
  };
}

/** Linode chooses a window some time after the order. */
function schedule({ backups, extra }: Linode): { day: string | null; window: string | null } {
  if (!backups) return { day: null, window: null };
  return extra.lastBackupMs === null ? { day: 'Scheduling', window: 'Scheduling' } : { day: 'Saturday', window: 'W10' };
}

function create(linodes: Linodes, call: Call): Linode {
  const { cloud, world } = linodes;
  const { account, body } = call;
  const mine = linodes.of(call);
  if (mine.length >= account.instanceLimit) throw new Refusal('quota', 'server limit reached');
  if (typeof body.region !== 'string' || body.region === '') throw no('region is required', 'region');
  const region = regionOf(body.region);
  if (typeof body.type !== 'string' || body.type === '') throw no('type is required', 'type');
  const type = typeOf(body.type);
  refuseSoldOut(cloud, type.id, region.id, { field: 'type', isOrder: true });
  const id = world.nextInt('linode', 70_000_001);
  const name = labelOf(body, mine, undefined) ?? `linode${id}`;
  const image = (body.image ?? '') === '' ? null : deployable(linodes, account.id, body.image, type);
  if (image !== null) requireAccess(body);
  const swapSize = image === null ? 0 : integer(body.swap_size, 'swap_size', DEFAULT_SWAP_MB);
  const labels = tagsOf(body.tags);
  const userData = userDataOf(body, region);
  const made = cloud.make(account, {
    id: String(id),
    name,
    plan: type.id,
    region: region.id,
    image: image?.id ?? '',
    labels,
    password: typeof body.root_pass === 'string' ? body.root_pass : '',
    userData,
    extra: {
      updatedMs: world.now(),
      group: typeof body.group === 'string' ? body.group : '',
      watchdog: true,
      alerts: { cpu: 90 * type.vcpus, io: 10_000, network_in: 10, network_out: 10, transfer_quota: 80 },
      privateIpv4: body.private_ip === true ? [privateAddress(id)] : [],
      hostUuid: world.hex(40),
      encrypted: region.capabilities.includes('Disk Encryption') && body.disk_encryption !== 'disabled',
      swapSize,
      disks: image === null ? [] : linodes.makeDisks(type, image.label, swapSize),
      configId: linodes.nextConfig(),
      config: null,
      backupOrders: 0,
      lastBackupMs: null,
      rescue: false,
      busyUntilMs: 0,
    } satisfies Linode['extra'],
  }) as Linode;
  if (body.backups_enabled === true) startBackups(linodes, made);
  linodes.begin(made, 'linode_create', { boot: image !== null && body.booted !== false });
  return linodes.all.get(made.id)!;
}

function labelOf(body: Body, mine: readonly Linode[], self: string | undefined): string | undefined {
  if ((body.label ?? '') === '') return undefined;
  const label = String(body.label);
  if (label.length < 3 || label.length > 64) throw no('Length must be 3-64 characters', 'label');
  if (!LABEL.test(label))
    throw no('Must only use ASCII letters, numbers, underscores, dashes, and dots, and begin and end with one of the first two', 'label');
  const taken = mine.some((other) => other.id !== self && other.name.toLowerCase() === label.toLowerCase());
  if (taken) throw no('Label must be unique among your linodes', 'label');
  return label;
}

/** Who gets in: by a password, or by keys. */
export function requireAccess(body: Body, fields: readonly string[] = ['authorized_keys', 'authorized_users']): void {
  const keys = fields.some((field) => Array.isArray(body[field]) && body[field].length > 0);
  if (body.root_pass === undefined && !keys) throw no('Must provide valid root_pass, authorized_keys, or authorized_users', 'root_pass');
  if (body.root_pass !== undefined) strongPassword(body.root_pass);
}

/** Linode scores passwords by itself; this refuses what that refuses for sure. */
export function strongPassword(value: unknown): string {
  if (typeof value !== 'string' || value.length < 11 || value.length > 128) throw no('Password must be 11-128 characters', 'root_pass');
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((kind) => kind.test(value)).length;
  if (kinds < 2 || new Set(value).size < 6) throw no('Password does not meet strength requirement.', 'root_pass');
  return value;
}

/** What the base64 text says, or nothing. A region without the Metadata service cannot hand it to the server. */
export function userDataOf(body: Body, region: LinodeRegion): string {
  const data = (body.metadata as { user_data?: unknown } | null | undefined)?.user_data ?? '';
  if (data === '') return '';
  const decoded = Buffer.from(String(data), 'base64');
  if (typeof data !== 'string' || decoded.toString('base64') !== data)
    throw no('Must be a valid base64 encoded string', 'metadata.user_data');
  if (decoded.length > USER_DATA_MAX_BYTES) throw no(`Decoded data must not exceed ${USER_DATA_MAX_BYTES} bytes`, 'metadata.user_data');
  if (!region.capabilities.includes('Metadata')) throw no('Metadata is not supported in this region', 'metadata');
  return decoded.toString('utf8');
}

function tagsOf(value: unknown): Record<string, string> {
  if (value === undefined || value === null) return {};
  if (!Array.isArray(value)) throw no('Must be an array', 'tags');
  for (const tag of value)
    if (typeof tag !== 'string' || tag.length < 3 || tag.length > 50) throw no('Length must be 3-50 characters', 'tags');
  return labelsOfTags(value as string[]);
}

function integer(value: unknown, field: string, fallback: number): number {
  if (value === undefined || value === null) return fallback;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) throw no('Must be a positive integer', field);
  return value;
}

export function privateAddress(id: number): string {
  return `192.168.${128 + (Math.floor(id / 254) % 127)}.${1 + (id % 254)}`;
}

function change(linodes: Linodes, call: Call): Linode {
  const { body } = call;
  const linode = linodes.one(call);
  const { alerts } = linode.extra;
  const name = labelOf(body, linodes.of(call), linode.id) ?? linode.name;
  const labels = body.tags === undefined ? linode.labels : tagsOf(body.tags);
  const changed = linodes.save(
    linode,
    {
      ...(typeof body.group === 'string' ? { group: body.group } : {}),
      ...(typeof body.watchdog_enabled === 'boolean' ? { watchdog: body.watchdog_enabled } : {}),
      ...(typeof body.alerts === 'object' && body.alerts !== null ? { alerts: { ...alerts, ...body.alerts } } : {}),
    },
    { name, labels },
  );
  linodes.note(changed, 'linode_update', 'notification');
  return changed;
}
