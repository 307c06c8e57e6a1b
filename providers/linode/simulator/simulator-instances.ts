/** `/linode/instances`: what an instance looks like, and making, changing and deleting one. */
import { Router, type Request } from 'express';
import type { SimAccount } from '../../simulation.ts';
import { Refusal, accountOf, bodyOf, paged, route, stamp } from './simulator-http.ts';
import { startBackups } from './simulator-backups.ts';
import { deployable } from './simulator-images.ts';
import { SIM_REGIONS, type SimRegion } from './simulator-places.ts';
import { typeOf, type Linode, type State } from './simulator-state.ts';
import type { SimType } from './simulator-types.ts';
import { refuseSoldOut } from './simulator-stock.ts';

type Body = Record<string, unknown>;
const LABEL = /^(?!.*(?:--|__|\.\.))[a-zA-Z0-9][a-zA-Z0-9_.-]{1,62}[a-zA-Z0-9]$/;
const DEFAULT_SWAP_MB = 512;
const USER_DATA_MAX_BYTES = 65_535;

export function instanceRoutes(state: State): Router {
  const router = Router();
  const mine = (request: Request): Linode[] => state.linodes.filter(({ account }) => account === accountOf(request).id);
  router.get(
    '/linode/instances',
    route((request) => paged(request, mine(request).map(view))),
  );
  router.post(
    '/linode/instances',
    route((request) => view(create(state, accountOf(request), bodyOf(request), mine(request)))),
  );
  router.get(
    '/linode/instances/:id',
    route((request) => view(state.own(accountOf(request).id, request.params['id'] as string))),
  );
  router.put(
    '/linode/instances/:id',
    route((request) =>
      view(change(state, state.own(accountOf(request).id, request.params['id'] as string), bodyOf(request), mine(request))),
    ),
  );
  router.delete(
    '/linode/instances/:id',
    route((request) => {
      const linode = state.own(accountOf(request).id, request.params['id'] as string);
      const working =
        ['resizing', 'migrating', 'rebuilding', 'restoring', 'deleting'].includes(linode.status) ||
        state.running(linode) === 'disk_imagize';
      if (working || (linode.job === null && state.world.now() < linode.busyUntilMs)) throw new Refusal(400, 'Linode busy.');
      if (!state.world.hasFlag('keep-on-delete', linode.id)) state.begin(linode, 'linode_delete');
      return {};
    }),
  );
  return router;
}

export function view(linode: Linode): Record<string, unknown> {
  const type = typeOf(linode.type);
  return {
    id: Number(linode.id),
    label: linode.label,
    group: linode.group,
    status: linode.status,
    created: stamp(linode.createdMs),
    updated: stamp(linode.updatedMs),
    type: linode.type,
    ipv4: [...linode.publicIpv4, ...linode.privateIpv4],
    ipv6: `${linode.ipv6}/128`,
    image: linode.image,
    region: linode.region,
    site_type: 'core',
    specs: {
      disk: type.disk,
      memory: type.memory,
      vcpus: type.vcpus,
      gpus: type.gpus,
      transfer: type.transfer,
      accelerated_devices: type.accelerated_devices,
    },
    alerts: linode.alerts,
    backups: {
      enabled: linode.backups,
      available: linode.backups && Boolean(linode.lastBackupMs),
      schedule: schedule(linode),
      last_successful: linode.lastBackupMs ? stamp(linode.lastBackupMs) : null,
    },
    hypervisor: 'kvm',
    watchdog_enabled: linode.watchdog,
    tags: [...linode.tags].sort(),
    host_uuid: linode.hostUuid,
    has_user_data: linode.userData !== null,
    placement_group: null,
    disk_encryption: linode.encrypted ? 'enabled' : 'disabled',
    lke_cluster_id: null,
    locks: [],
    capabilities: ['Block Storage Encryption', 'SMTP Enabled', 'Maintenance Policy'],
    interface_generation: 'legacy_config',
    maintenance_policy: 'linode/migrate',
  };
}

/** Linode chooses a window some time after the order. */
function schedule({ backups, lastBackupMs }: Linode): { day: string | null; window: string | null } {
  if (!backups) return { day: null, window: null };
  return lastBackupMs ? { day: 'Saturday', window: 'W10' } : { day: 'Scheduling', window: 'Scheduling' };
}

function create(state: State, account: SimAccount, body: Body, mine: Linode[]): Linode {
  const { world } = state;
  if (mine.length >= account.instanceLimit) throw new Refusal(400, 'Account Limit reached. Please open a support ticket.');
  const { type, region } = place(state, body);
  const id = world.nextInt('linode', 70_000_001);
  const label = labelOf(body, mine, undefined) ?? `linode${id}`;
  const image =
    body.image === undefined || body.image === null || body.image === '' ? null : deployable(state, account.id, body.image, type);
  if (image !== null) requireAccess(body);
  const swapSize = image === null ? 0 : integer(body.swap_size, 'swap_size', DEFAULT_SWAP_MB);
  const now = world.now();
  const linode: Linode = {
    id: String(id),
    account: account.id,
    label,
    type: type.id,
    region: region.id,
    image: image?.id ?? null,
    group: typeof body.group === 'string' ? body.group : '',
    tags: tagsOf(body.tags),
    status: 'provisioning',
    publicIpv4: [world.allocateIpv4()],
    privateIpv4: body.private_ip === true ? [privateAddress(id)] : [],
    ipv6: world.allocateIpv6(),
    rdns: {},
    createdMs: now,
    updatedMs: now,
    alerts: { cpu: 90 * type.vcpus, io: 10_000, network_in: 10, network_out: 10, transfer_quota: 80 },
    backups: body.backups_enabled === true,
    watchdog: true,
    rootPass: typeof body.root_pass === 'string' ? body.root_pass : '',
    authorizedKeys: Array.isArray(body.authorized_keys) ? body.authorized_keys.map(String) : [],
    userData: userDataOf(body, region),
    hostUuid: world.hex(40),
    encrypted: region.capabilities.includes('Disk Encryption') && body.disk_encryption !== 'disabled',
    swapSize,
    disks: image === null ? [] : state.makeDisks(type, image.label, swapSize),
    configId: world.nextInt('config', 60_000_001),
    job: null,
    busyUntilMs: 0,
    interfaces: [],
  };
  state.linodes.put(linode);
  if (linode.backups) startBackups(state, linode);
  state.begin(linode, 'linode_create', { boot: image !== null && body.booted !== false });
  return linode;
}

function place(state: State, body: Body): { type: SimType; region: SimRegion } {
  const region = SIM_REGIONS.find(({ id }) => id === body.region);
  if (typeof body.region !== 'string' || body.region === '') throw new Refusal(400, 'region is required', 'region');
  if (!region) throw new Refusal(400, 'region is not valid', 'region');
  if (typeof body.type !== 'string' || body.type === '') throw new Refusal(400, 'type is required', 'type');
  const type = typeOf(body.type);
  refuseSoldOut(state.world, type, region, { field: 'type', isOrder: true });
  return { type, region };
}

function labelOf(body: Body, mine: Linode[], self: string | undefined): string | undefined {
  if (body.label === undefined || body.label === null || body.label === '') return undefined;
  const label = String(body.label);
  if (label.length < 3 || label.length > 64) throw new Refusal(400, 'Length must be 3-64 characters', 'label');
  if (!LABEL.test(label)) {
    throw new Refusal(
      400,
      'Must only use ASCII letters, numbers, underscores, dashes, and dots, and begin and end with one of the first two',
      'label',
    );
  }
  const taken = mine.some((other) => other.id !== self && other.label.toLowerCase() === label.toLowerCase());
  if (taken) throw new Refusal(400, 'Label must be unique among your linodes', 'label');
  return label;
}

function requireAccess(body: Body): void {
  const keys = [body.authorized_keys, body.authorized_users].some((list) => Array.isArray(list) && list.length > 0);
  if (body.root_pass === undefined && !keys)
    throw new Refusal(400, 'Must provide valid root_pass, authorized_keys, or authorized_users', 'root_pass');
  if (body.root_pass !== undefined) strongPassword(body.root_pass);
}

/** Linode scores passwords by itself; this refuses what that refuses for sure. */
export function strongPassword(value: unknown): string {
  if (typeof value !== 'string' || value.length < 11 || value.length > 128)
    throw new Refusal(400, 'Password must be 11-128 characters', 'root_pass');
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((kind) => kind.test(value)).length;
  if (kinds < 2 || new Set(value).size < 6) throw new Refusal(400, 'Password does not meet strength requirement.', 'root_pass');
  return value;
}

/** The base64 text, or null. A region without the Metadata service cannot hand it to the server. */
export function userDataOf(body: Body, region: SimRegion): string | null {
  const data = (body.metadata as { user_data?: unknown } | null | undefined)?.user_data;
  if (data === undefined || data === null || data === '') return null;
  const decoded = Buffer.from(String(data), 'base64');
  if (typeof data !== 'string' || decoded.toString('base64') !== data)
    throw new Refusal(400, 'Must be a valid base64 encoded string', 'metadata.user_data');
  if (decoded.length > USER_DATA_MAX_BYTES)
    throw new Refusal(400, `Decoded data must not exceed ${USER_DATA_MAX_BYTES} bytes`, 'metadata.user_data');
  if (!region.capabilities.includes('Metadata')) throw new Refusal(400, 'Metadata is not supported in this region', 'metadata');
  return data;
}

function tagsOf(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new Refusal(400, 'Must be an array', 'tags');
  for (const tag of value) {
    if (typeof tag !== 'string' || tag.length < 3 || tag.length > 50) throw new Refusal(400, 'Length must be 3-50 characters', 'tags');
  }
  return [...new Set(value as string[])];
}

function integer(value: unknown, field: string, fallback: number): number {
  if (value === undefined || value === null) return fallback;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) throw new Refusal(400, 'Must be a positive integer', field);
  return value;
}

export function privateAddress(id: number): string {
  return `192.168.${128 + (Math.floor(id / 254) % 127)}.${1 + (id % 254)}`;
}

function change(state: State, linode: Linode, body: Body, mine: Linode[]): Linode {
  const label = labelOf(body, mine, linode.id);
  if (label !== undefined) linode.label = label;
  if (body.tags !== undefined) linode.tags = tagsOf(body.tags);
  if (typeof body.group === 'string') linode.group = body.group;
  if (typeof body.watchdog_enabled === 'boolean') linode.watchdog = body.watchdog_enabled;
  if (typeof body.alerts === 'object' && body.alerts !== null) Object.assign(linode.alerts, body.alerts);
  state.note(linode, 'linode_update', 'notification');
  return state.save(linode);
}
