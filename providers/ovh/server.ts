/** `ovh:index/cloudInstance:CloudInstance`: property names and replace rules are the vendor's; see README.md for the calls. */
import { z } from 'zod';
import { checkUserData } from '../kit/limits.ts';
import { given, nameFor } from '../kit/names.ts';
import { text } from '../kit/object.ts';
import { Servers } from '../kit/server.ts';
import type { Change, Deed, Phase } from '../kit/server-sheet.ts';
import type { CheckFailure, Properties } from '../resource.ts';
import { descriptor } from './descriptor.ts';
import { hiddenOf, marksOf, named, shownName, slugOf } from '../kit/ovhcloud/names.ts';
import type { Project } from './rest.ts';

export const Server = z.looseObject({
  id: z.string(),
  name: z.string(),
  status: z.string(),
  region: z.string(),
  created: z.string(),
  planCode: z.string().nullish(),
  // Lists tell ids, one's own page the things themselves.
  flavorId: z.string().nullish(),
  imageId: z.string().nullish(),
  flavor: z.looseObject({ id: z.string(), name: z.string(), vcpus: z.number(), disk: z.number() }).nullish(),
  image: z.looseObject({ id: z.string(), name: z.string() }).nullish(),
  ipAddresses: z.array(z.looseObject({ ip: z.string(), version: z.number(), type: z.string().nullish() })).nullish(),
});
export type Server = z.infer<typeof Server>;

const isOff = ({ status }: Server): boolean => ['SHUTOFF', 'STOPPED', 'SHELVED', 'SHELVED_OFFLOADED'].includes(status);
const isOn = ({ status }: Server): boolean => ['ACTIVE', 'RESCUE', 'RESCUED'].includes(status);

/** What a flavour is called everywhere; a plan code begins with it. */
export function planOf({ planCode, flavor, flavorId }: Server): string {
  return flavor?.name ?? planCode?.split('.', 1)[0] ?? flavorId ?? '';
}
export function addressOf({ ipAddresses }: Server, version: 4 | 6): string {
  return ipAddresses?.find((each) => each.version === version && (each.type ?? 'public') === 'public')?.ip ?? '';
}

export function act(word: string, body?: unknown, isDone?: (server: Server) => boolean): Deed<Server> {
  return { type: word, path: `/${word}`, ...(body === undefined ? {} : { body }), ...(isDone ? { isDone } : {}) };
}
function called(name: string): Deed<Server> {
  return { type: 'rename', method: 'PUT', body: { instanceName: name }, repeatable: true, isDone: (now) => now.name === name };
}

const PHASES: Readonly<Record<string, Phase>> = {
  BUILD: 'making',
  BUILDING: 'making',
  ACTIVE: 'ready',
  SHUTOFF: 'ready',
  STOPPED: 'ready',
  RESCUE: 'ready',
  RESCUED: 'ready',
  SUSPENDED: 'ready',
  PAUSED: 'ready',
  SHELVED: 'ready',
  SHELVED_OFFLOADED: 'ready',
  DELETING: 'going',
  DELETED: 'going',
  SOFT_DELETED: 'going',
  ERROR: 'broken',
};

const changes: readonly Change<Server>[] = [
  {
    when: ({ name }, wanted) => typeof wanted['name'] === 'string' && shownName(name) !== wanted['name'],
    deeds: ({ name }, wanted) => [called([...hiddenOf(name), String(wanted['name'])].join('.'))],
  },
  {
    // What was off is off afterwards.
    when: (server, { flavorId }) => planOf(server) !== flavorId && server.flavor?.id !== flavorId,
    deeds: ({ region }, { flavorId }) => [
      act(
        'resize',
        async ({ client, signal }: { client: Project; signal: AbortSignal }) => ({
          flavorId: await client.flavorId(String(flavorId), region, signal),
        }),
        (now) => planOf(now) === flavorId || now.flavor?.id === flavorId,
      ),
    ],
  },
];

export const servers = new Servers<Server>({
  token: 'ovh:index/cloudInstance:CloudInstance',
  noun: 'instance',
  path: '/instance',
  keys: { one: '', many: '' },
  shape: Server,
  changes,
  inputs: {
    flavorId: { ...text, required: true },
    imageId: { ...text, replace: true },
    name: { ...text, computed: true },
    region: { ...text, required: true, replace: true },
    serviceName: { ...text, replace: true, computed: true },
    sshKeyName: { ...text, replace: true },
    userData: { ...text, replace: true },
  },
  outputs: { name: text, serviceName: text, createdAt: text, status: text, ipv4: text, ipv6: text },
  stableOutputs: ['createdAt', 'ipv4', 'ipv6', 'serviceName'],
  stableWhile: { status: ['flavorId', 'imageId'] },
  check,
  idOf: ({ id }) => id,
  bornAt: ({ created }) => Date.parse(created),
  recordedBirth: ({ createdAt }) => (typeof createdAt === 'string' ? Date.parse(createdAt) : undefined),
  phase: ({ status }) => PHASES[status] ?? 'busy',
  mark: {
    query: () => ({}),
    of: ({ name }) => marksOf(name),
    in: ({ name }) => (typeof name === 'string' ? marksOf(name) : []),
    deeds: ({ name }, tags) => [called(named(name, tags))],
  },
  power: {
    isOn,
    isOff,
    on: act('start', undefined, isOn),
    off: act('stop', undefined, isOff),
    reboot: act('reboot', { type: 'hard' }),
  },
  order: (inputs, tags, urn) => {
    const { flavorId, imageId, region, sshKeyName, userData } = inputs;
    return { name: named(nameFor(inputs, urn), tags), flavorId, imageId, region, ...given({ sshKeyName, userData }) };
  },
  present: (server, known) => {
    const inputs: Properties = {
      ...known,
      ...(known['name'] === undefined && Object.keys(known).length > 0 ? {} : { name: shownName(server.name) }),
      flavorId: server.flavor && known['flavorId'] === server.flavor.id ? server.flavor.id : planOf(server),
      region: server.region,
      // What a reinstall or a withdrawn image makes of it is no reason to replace the server.
      ...(known['imageId'] === undefined ? { imageId: server.image ? slugOf(server.image.name) : (server.imageId ?? '') } : {}),
    };
    const outputs: Properties = {
      ...inputs,
      name: shownName(server.name),
      createdAt: server.created,
      status: server.status,
      ipv4: addressOf(server, 4),
      ipv6: addressOf(server, 6),
    };
    return { inputs, outputs };
  },
  more: ({ client }) => Promise.resolve({ serviceName: (client as Project).id }),
});

function check({ name, userData }: Properties): CheckFailure[] {
  const isLong = typeof name === 'string' && name.length > 200;
  return [
    ...(isLong ? [{ property: 'name', reason: 'a name has at most 200 characters here, the mark included. Shorten it.' }] : []),
    ...checkUserData(userData, descriptor.limits, 'OVH'),
  ];
}
