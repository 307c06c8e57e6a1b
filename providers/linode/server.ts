/** `linode:index/instance:Instance`: how Linode words the life of a server. */
import { identityOf } from '../identity.ts';
import { given, textList } from '../kit/names.ts';
import { part, type Rest } from '../kit/rest.ts';
import { Servers } from '../kit/server.ts';
import type { Call, Change, Deed, Phase } from '../kit/server-sheet.ts';
import type { Json, Properties } from '../resource.ts';
import { checkInstance, instanceInputs, instanceOutputs, instanceStableOutputs } from './instance-specs.ts';
import { disksOf, inputsOf, isOff, moreOutputs, outputsOf, privateIpv4, swapOf } from './outputs.ts';
import { filter, jobs, zoned } from './rest.ts';
import { ApiInstance, ApiType } from './types.ts';

const PASSING = ['booting', 'rebooting', 'shutting_down', 'busy', 'migrating', 'rebuilding', 'cloning', 'restoring', 'resizing'];
const PHASES: Readonly<Record<string, Phase>> = {
  provisioning: 'making',
  deleting: 'going',
  ...Object.fromEntries(PASSING.map((status) => [status, 'busy'] as const)),
};
const isOn = ({ status }: ApiInstance): boolean => status === 'running';

/** `type` is what Linode's events call it; @param word below the server's path */
export function act(type: string, word: string, body?: unknown, isDone?: Deed<ApiInstance>['isDone']): Deed<ApiInstance> {
  return { type, path: `/${word}`, ...(body === undefined ? {} : { body }), ...(isDone ? { isDone } : {}) };
}

/** Values set by a PUT, which needs no job. */
const put = (body: Properties, isDone: (server: ApiInstance) => boolean): Deed<ApiInstance> => ({
  type: 'linode_update',
  method: 'PUT',
  body,
  isDone,
  repeatable: true,
});

/** Linode sets one only while the server is off. */
export const passwordDeed = (password: string): Deed<ApiInstance> => ({
  ...act('password_reset', 'password', { root_pass: password }),
  repeatable: true,
});

const ALERTS = { cpu: 'cpu', io: 'io', networkIn: 'network_in', networkOut: 'network_out', transferQuota: 'transfer_quota' } as const;

/** The settings that differ from the program's, as a PUT has them. */
function settings(server: ApiInstance, { label, group, watchdogEnabled, alerts }: Properties): Properties {
  const wanted = (alerts ?? {}) as Properties;
  const names = Object.entries(ALERTS).filter(([key]) => wanted[key] !== undefined);
  const differs = names.some(([key, name]) => wanted[key] !== server.alerts[name]);
  return {
    ...(typeof label === 'string' && label !== '' && label !== server.label ? { label } : {}),
    ...(typeof group === 'string' && group !== (server.group ?? '') ? { group } : {}),
    ...(typeof watchdogEnabled === 'boolean' && watchdogEnabled !== server.watchdog_enabled ? { watchdog_enabled: watchdogEnabled } : {}),
    ...(differs ? { alerts: Object.fromEntries(names.map(([key, name]) => [name, wanted[key]!])) } : {}),
  };
}

const sameJson = (a: Json | undefined, b: Json | undefined): boolean => JSON.stringify(a) === JSON.stringify(b);
const groupOf = ({ placementGroup }: Properties): Json | undefined => (placementGroup as Properties | undefined)?.id;
const isWarm = ({ migrationType }: Properties): boolean => migrationType === 'warm';

/** What Linode will never do to a server that exists. */
const never = (field: string, when: Change<ApiInstance>['when'], message: string): Change<ApiInstance> => ({
  when,
  deeds: () => [],
  refuse: () => ({ kind: 'invalid', field, message }),
});

const changes: readonly Change<ApiInstance>[] = [
  never(
    'privateIp',
    (server, { privateIp }) => privateIp === false && privateIpv4(server) !== undefined,
    'Linode cannot take the private address off a server. Leave privateIp true.',
  ),
  never(
    'interfaces',
    (_, { interfaces }, old) => !sameJson(interfaces ?? [], old.interfaces ?? []),
    'Network interfaces are chosen at creation. Change them in Linode’s Cloud Manager.',
  ),
  never(
    'placementGroup',
    (_, inputs, old) => inputs.placementGroupExternallyManaged !== true && groupOf(inputs) !== groupOf(old),
    'A server’s placement group is chosen at creation. Change it in Linode’s Cloud Manager.',
  ),
  {
    when: (_, { swapSize }, old) => swapSize !== undefined && swapSize !== old.swapSize,
    deeds: () => [],
    refuse: async ({ id }, { swapSize }, call) =>
      swapOf(await disksOf(call, String(id))) === swapSize
        ? null
        : {
            kind: 'invalid',
            field: 'swapSize',
            message: 'The swap disk is made with the server and cannot be resized here. Leave swapSize as it was.',
          },
  },
  {
    afterCreate: true,
    when: (server, inputs) => Object.keys(settings(server, inputs)).length > 0,
    deeds: (server, inputs) => [put(settings(server, inputs), (now) => Object.keys(settings(now, inputs)).length === 0)],
  },
  {
    when: ({ backups }, { backupsEnabled }) => typeof backupsEnabled === 'boolean' && backupsEnabled !== backups.enabled,
    deeds: (_, { backupsEnabled }) => {
      const word = backupsEnabled === true ? 'enable' : 'cancel';
      return [{ ...act('backups', `backups/${word}`, undefined, ({ backups }) => backups.enabled === backupsEnabled), repeatable: true }];
    },
  },
  {
    when: (server, { privateIp }) => privateIp === true && privateIpv4(server) === undefined,
    deeds: () => [act('linode_addip', 'ips', { type: 'ipv4', public: false }, (now) => privateIpv4(now) !== undefined)],
  },
  // Moves the disk to another region, where the server gets new addresses.
  ...[false, true].map((warm): Change<ApiInstance> => ({
    off: !warm,
    when: (server, inputs) => isWarm(inputs) === warm && server.region !== inputs.region,
    deeds: (_, { region }) => [
      act('linode_migrate_datacenter', 'migrate', { region, type: warm ? 'warm' : 'cold' }, (now) => now.region === region),
    ],
  })),
  ...[false, true].map((warm): Change<ApiInstance> => ({
    off: !warm,
    when: (server, inputs) => isWarm(inputs) === warm && typeof inputs.type === 'string' && server.type !== inputs.type,
    refuse: async ({ id }, { type, resizeDisk }, call) => {
      const [target, disks] = await Promise.all([getType(call, String(type)), disksOf(call, String(id))]);
      const used = disks.reduce((sum, { size }) => sum + size, 0);
      if (used <= target.disk || resizeDisk === true) return null;
      const message =
        `${target.id} has ${target.disk} MB of disk, but the disks of Linode ${id} take ${used} MB. ` +
        'Shrink them first, choose a larger plan, or set resizeDisk if the data fits.';
      return { kind: 'invalid', field: 'type', message };
    },
    deeds: (_, { type, resizeDisk }) => {
      const body = { type, migration_type: warm ? 'warm' : 'cold', allow_auto_disk_resize: resizeDisk === true };
      return [act('linode_resize', 'resize', body, (now) => now.type === type)];
    },
  })),
  {
    off: true,
    when: (_, { rootPass }, old) => typeof rootPass === 'string' && rootPass !== old.rootPass,
    deeds: (_, { rootPass }) => [passwordDeed(String(rootPass))],
  },
  {
    when: (server, { booted }) => typeof booted === 'boolean' && booted === isOff(server),
    deeds: (_, { booted }) => [booted === true ? power.on : power.off],
  },
];

const power = {
  isOn,
  isOff,
  on: act('linode_boot', 'boot', undefined, isOn),
  off: act('linode_shutdown', 'shutdown', undefined, isOff),
  reboot: act('linode_reboot', 'reboot'),
};

const COPIED = {
  region: 'region',
  type: 'type',
  image: 'image',
  group: 'group',
  rootPass: 'root_pass',
  authorizedUsers: 'authorized_users',
  backupId: 'backup_id',
  backupsEnabled: 'backups_enabled',
  booted: 'booted',
  diskEncryption: 'disk_encryption',
  firewallId: 'firewall_id',
  ipv4s: 'ipv4',
  privateIp: 'private_ip',
  stackscriptId: 'stackscript_id',
  stackscriptData: 'stackscript_data',
  swapSize: 'swap_size',
} as const;

/** Absent properties are left out, so Linode's own defaults hold. */
function order(inputs: Properties, tags: readonly string[], urn: string): Record<string, unknown> {
  const label = typeof inputs.label === 'string' && inputs.label !== '' ? inputs.label : identityOf(urn, tags).tag;
  const [metadata] = Array.isArray(inputs.metadatas) ? (inputs.metadatas as Properties[]) : [];
  const userData = typeof metadata?.userData === 'string' ? metadata.userData.replace(/\s/g, '') : '';
  const group = groupOf(inputs);
  return {
    label,
    tags,
    ...given(Object.fromEntries(Object.entries(COPIED).map(([key, name]) => [name, inputs[key]]))),
    ...(Array.isArray(inputs.authorizedKeys) ? { authorized_keys: textList(inputs.authorizedKeys).map((key) => key.trim()) } : {}),
    ...(userData === '' ? {} : { metadata: { user_data: userData } }),
    ...(group === undefined ? {} : { placement_group: { id: group } }),
    ...(Array.isArray(inputs.interfaces) ? { interfaces: inputs.interfaces.map((each) => interfaceBody(each as Properties)) } : {}),
  };
}

function interfaceBody(each: Properties): Record<string, unknown> {
  const { purpose, label, ipamAddress, subnetId, primary, ipRanges, ipv4 } = each;
  const addresses = (ipv4 ?? {}) as Properties;
  const told = given({ label, ipam_address: ipamAddress, subnet_id: subnetId, primary, ip_ranges: ipRanges });
  return { purpose, ...told, ...(ipv4 ? { ipv4: given({ vpc: addresses.vpc, nat_1_1: addresses.nat11 }) } : {}) };
}

export const servers = new Servers<ApiInstance>({
  token: 'linode:index/instance:Instance',
  noun: 'Linode',
  path: '/linode/instances',
  keys: { one: '', many: 'data' },
  shape: ApiInstance,
  // Ordered by id, so that a server made meanwhile comes last and no page shifts.
  listing: filter({ '+order_by': 'id', '+order': 'asc' }),
  inputs: instanceInputs,
  outputs: instanceOutputs,
  stableOutputs: instanceStableOutputs,
  // Labels are unique in an account.
  deleteBeforeReplace: true,
  timeoutsMs: { create: 15 * 60_000, update: 60 * 60_000, delete: 10 * 60_000 },
  check: checkInstance,
  jobs,
  changes,
  power,
  order,
  idOf: ({ id }) => String(id),
  bornAt: ({ created }) => Date.parse(zoned(created)),
  // New states appear: one that is not known passes for one that waits.
  phase: ({ status }) => PHASES[status] ?? 'ready',
  mark: {
    query: (mark) => filter({ tags: mark }),
    of: ({ tags }) => tags,
    in: ({ tags }) => textList(tags),
    ignoresCase: true,
    deeds: (_, tags) => [put({ tags: [...tags] }, (now) => now.tags.length === tags.length && tags.every((tag) => now.tags.includes(tag)))],
  },
  boots: ({ booted, image, backupId }) => booted !== false && (image !== undefined || backupId !== undefined),
  present: (server, known) => ({ inputs: inputsOf(server, known), outputs: outputsOf(server, known) }),
  more: moreOutputs,
});

/** A fresh disk with an image; a repeated one only wipes what the first one wrote. @throws ProviderError `invalid` without password and keys */
export function rebuildDeed(
  client: Rest,
  { image, password, userData, keys = [] }: { image: string; password: string | undefined; userData?: string; keys?: readonly string[] },
): Deed<ApiInstance> {
  if (!password && keys.length === 0)
    throw client.error('invalid', 'Linode installs an image only with a root password or an SSH key. Give one of them.', {
      field: 'root_pass',
    });
  return act('linode_rebuild', 'rebuild', {
    image,
    booted: true,
    ...(password ? { root_pass: password } : {}),
    ...(keys.length > 0 ? { authorized_keys: keys } : {}),
    ...(userData ? { metadata: { user_data: Buffer.from(userData, 'utf8').toString('base64') } } : {}),
  });
}

async function getType({ client, signal }: Call, id: string): Promise<ApiType> {
  const type = await client.find(`/linode/types/${part(id)}`, '', ApiType, signal);
  if (type) return type;
  throw client.error('invalid', `Linode has no plan ${id}. Choose one of the catalog.`, { field: 'type' });
}
