/** `hcloud:index/server:Server`: property names, defaults and replace rules are the vendor's. */
import { isDeepStrictEqual } from 'node:util';
import { visibleTags } from '../identity.ts';
import { checkHostName, checkUserData } from '../kit/limits.ts';
import { given, inOrderOf, labelsOf, tagsOf, textList } from '../kit/names.ts';
import { flag, set, text, whole } from '../kit/object.ts';
import { Servers } from '../kit/server.ts';
import type { Change, Deed, Phase } from '../kit/server-sheet.ts';
import type { CheckFailure, Properties } from '../resource.ts';
import { descriptor } from './descriptor.ts';
import { jobs, Server } from './rest.ts';

const SHUTDOWN_PATIENCE_MS = 60_000;
const isOff = ({ status }: Server): boolean => status === 'off';
const isOn = ({ status }: Server): boolean => status === 'running';

/** `type` is what Hetzner's actions are called, which is not what is asked for. */
export function act(type: string, name: string, body?: unknown, isDone?: (server: Server) => boolean): Deed<Server> {
  return { type, path: `/actions/${name}`, ...(body === undefined ? {} : { body }), ...(isDone ? { isDone } : {}) };
}

const PHASES: Readonly<Record<string, Phase>> = { initializing: 'making', running: 'ready', off: 'ready', deleting: 'going' };
const phase = ({ status, locked }: Server): Phase => {
  const told = PHASES[status] ?? 'busy';
  return told === 'ready' && locked ? 'busy' : told;
};

const changes: readonly Change<Server>[] = [
  {
    when: (server, { name }) => typeof name === 'string' && server.name !== name,
    deeds: (_, { name }) => [{ type: 'rename', method: 'PUT', body: { name }, repeatable: true, isDone: (now) => now.name === name }],
  },
  {
    off: true,
    when: (server, { serverType }) => server.server_type.name !== serverType,
    deeds: (_, { serverType, keepDisk }) => [
      act(
        'change_server_type',
        'change_type',
        { server_type: serverType, upgrade_disk: keepDisk !== true },
        (now) => now.server_type.name === serverType,
      ),
    ],
  },
  {
    afterCreate: true,
    when: ({ backup_window: window }, { backups }) => (window !== null) !== (backups === true),
    deeds: (_, { backups }) => {
      const word = backups === true ? 'enable_backup' : 'disable_backup';
      return [act(word, word, undefined, (now) => (now.backup_window !== null) === (backups === true))];
    },
  },
  {
    afterCreate: true,
    when: ({ protection }, wanted) =>
      protection.delete !== (wanted['deleteProtection'] === true) || protection.rebuild !== (wanted['rebuildProtection'] === true),
    deeds: (_, wanted) => {
      const body = { delete: wanted['deleteProtection'] === true, rebuild: wanted['rebuildProtection'] === true };
      return [
        act(
          'change_protection',
          'change_protection',
          body,
          ({ protection }) => protection.delete === body.delete && protection.rebuild === body.rebuild,
        ),
      ];
    },
  },
];

export const servers = new Servers<Server>({
  token: 'hcloud:index/server:Server',
  noun: 'server',
  path: '/servers',
  keys: { one: 'server', many: 'servers' },
  shape: Server,
  jobs,
  changes,
  inputs: {
    allowDeprecatedImages: { ...flag, default: false },
    backups: { ...flag, default: false },
    deleteProtection: { ...flag, default: false },
    ignoreRemoteFirewallIds: { ...flag, default: false },
    image: { ...text, replace: true },
    keepDisk: { ...flag, default: false },
    labels: { type: 'object', additional: text },
    location: { ...text, replace: true, computed: true },
    name: { ...text, computed: true },
    rebuildProtection: { ...flag, default: false },
    serverType: { ...text, required: true },
    shutdownBeforeDeletion: { ...flag, default: false },
    sshKeys: { ...set(text), replace: true },
    userData: { ...text, replace: true },
  },
  outputs: {
    backupWindow: text,
    datacenter: text,
    firewallIds: set(whole),
    ipv4Address: text,
    ipv6Address: text,
    ipv6Network: text,
    location: text,
    name: text,
    primaryDiskSize: whole,
    status: text,
  },
  stableOutputs: ['datacenter', 'ipv4Address', 'ipv6Address', 'ipv6Network', 'location', 'firewallIds'],
  stableWhile: { backupWindow: ['backups'], primaryDiskSize: ['serverType'], status: ['serverType', 'image'] },
  // Names are unique in a project.
  deleteBeforeReplace: true,
  check,
  idOf: ({ id }) => String(id),
  bornAt: ({ created }) => Date.parse(created),
  phase,
  mark: {
    query: (mark) => ({ query: { label_selector: mark } }),
    of: ({ labels }) => tagsOf(labels),
    in: ({ labels }) => tagsOf(labels),
    deeds: (_, tags) => {
      const labels = labelsOf(tags);
      const isDone = (now: Server): boolean => isDeepStrictEqual(now.labels, labels);
      return [{ type: 'labels', method: 'PUT', body: { labels }, repeatable: true, isDone }];
    },
  },
  power: {
    isOn,
    isOff,
    on: act('start_server', 'poweron', undefined, isOn),
    off: act('stop_server', 'poweroff', undefined, isOff),
    reboot: act('reset_server', 'reset'),
  },
  order: ({ name, serverType, image, location, userData, sshKeys }, tags, urn) => ({
    name: name ?? urn.split('::').at(-1),
    server_type: serverType,
    image,
    labels: labelsOf(tags),
    ...given({ location, user_data: userData }),
    ...(textList(sshKeys).length > 0 ? { ssh_keys: textList(sshKeys).map((key) => (/^\d+$/.test(key) ? Number(key) : key)) } : {}),
  }),
  lastDeeds: ({ shutdownBeforeDeletion }) =>
    shutdownBeforeDeletion === true ? [{ ...act('shutdown_server', 'shutdown', undefined, isOff), patienceMs: SHUTDOWN_PATIENCE_MS }] : [],
  present: (server, known) => {
    const tags = inOrderOf(tagsOf(known['labels']), visibleTags(tagsOf(server.labels)));
    const unset = (key: string, isEmpty: boolean): boolean => Object.keys(known).length > 0 && known[key] === undefined && isEmpty;
    const told: Properties = {
      ...(unset('name', true) ? {} : { name: server.name }),
      ...(unset('location', true) ? {} : { location: server.location.name }),
      ...(unset('labels', tags.length === 0) ? {} : { labels: labelsOf(tags) }),
      serverType: server.server_type.name,
      backups: server.backup_window !== null,
      deleteProtection: server.protection.delete,
      rebuildProtection: server.protection.rebuild,
      // What a rebuild or a withdrawn image makes of it is no reason to replace the server.
      ...(known['image'] !== undefined
        ? { image: known['image'] }
        : server.image
          ? { image: server.image.name ?? String(server.image.id) }
          : {}),
    };
    const fixed = { allowDeprecatedImages: false, ignoreRemoteFirewallIds: false, keepDisk: false, shutdownBeforeDeletion: false };
    const inputs: Properties = { ...fixed, ...known, ...told };
    return { inputs, outputs: { ...inputs, ...outputsOf(server), labels: labelsOf(tags) } };
  },
});

function outputsOf(server: Server): Properties {
  const network = server.public_net.ipv6?.ip ?? '';
  return {
    name: server.name,
    location: server.location.name,
    backupWindow: server.backup_window ?? '',
    datacenter: '',
    firewallIds: (server.public_net.firewalls ?? []).map(({ id }) => id),
    image: server.image?.name ?? String(server.image?.id ?? ''),
    ipv4Address: server.public_net.ipv4?.ip ?? '',
    ipv6Address: firstOf(network),
    ipv6Network: network,
    primaryDiskSize: server.primary_disk_size,
    status: server.status,
  };
}

/** The address that Hetzner's images give themselves: the first of the network. */
export function firstOf(network: string): string {
  return network === '' ? '' : network.replace(/::\/64$/, '::1').toLowerCase();
}

function check({ name, userData, labels }: Properties): CheckFailure[] {
  const { limits } = descriptor;
  return [
    ...checkHostName('name', name, limits),
    ...checkUserData(userData, limits, 'Hetzner'),
    ...tagsOf(labels)
      .filter((tag) => !limits.tagPattern!.test(tag))
      .map((tag) => ({ property: 'labels', reason: `Hetzner takes no label "${tag}": letters, digits, ".", "_" and "-" only.` })),
  ];
}
