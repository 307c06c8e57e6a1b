/** `gcp:compute/instance:Instance`: property names, defaults and replace rules are the vendor's. */
import { z } from 'zod';
import { visibleTags } from '../identity.ts';
import { inOrderOf, labelsOf, tagsOf, textList } from '../kit/names.ts';
import { flag, set, text } from '../kit/object.ts';
import { Servers } from '../kit/server.ts';
import type { Change, Deed, Phase } from '../kit/server-sheet.ts';
import type { CheckFailure, Json, Properties } from '../resource.ts';
import { descriptor } from './descriptor.ts';
import { jobs, lastOf, pathOf } from './gce.ts';

export const Instance = z.object({
  id: z.string(),
  name: z.string(),
  selfLink: z.string(),
  zone: z.string(),
  machineType: z.string(),
  status: z.string(),
  creationTimestamp: z.string(),
  labels: z.record(z.string(), z.string()).catch({}),
  tags: z.object({ items: z.array(z.string()).default([]) }).catch({ items: [] }),
  disks: z.array(z.looseObject({ boot: z.boolean().catch(false), source: z.string().catch('') })).catch([]),
  networkInterfaces: z
    .array(
      z.looseObject({ networkIP: z.string().catch(''), accessConfigs: z.array(z.looseObject({ natIP: z.string().optional() })).catch([]) }),
    )
    .catch([]),
});
export type Instance = z.infer<typeof Instance>;

export const zoneOf = ({ zone }: Instance): string => lastOf(zone);
export const typeOf = ({ machineType }: Instance): string => lastOf(machineType);
export const addressOn = ({ networkInterfaces: [nic] }: Instance): string => nic?.accessConfigs[0]?.natIP ?? '';

/** TERMINATED is what Google calls a server that is off. */
const isOff = ({ status }: Instance): boolean => status === 'TERMINATED' || status === 'STOPPED';
const isOn = ({ status }: Instance): boolean => status === 'RUNNING';
const PHASES: Readonly<Record<string, Phase>> = { PROVISIONING: 'making', STAGING: 'making', RUNNING: 'ready', TERMINATED: 'ready', STOPPED: 'ready', DEPROVISIONING: 'going' }; // prettier-ignore

/** `type` is what Google's operations are called. */
const act = (type: string, path: string, body: object = {}, isDone?: (server: Instance) => boolean): Deed<Instance> => ({
  type,
  path,
  body,
  ...(isDone ? { isDone } : {}),
});

const tagsIn = (inputs: Properties): string[] => textList(inputs['tags']).toSorted();
const hasTags = ({ tags: { items } }: Instance, inputs: Properties): boolean => items.toSorted().join() === tagsIn(inputs).join();
/** What Google takes for a server that is there, and Plinth at its creation only. */
const FIXED = ['canIpForward', 'deletionProtection'] as const;
const changes: readonly Change<Instance>[] = [
  {
    when: (_, inputs, old) => FIXED.some((each) => old[each] !== undefined && inputs[each] !== old[each]),
    deeds: () => [],
    refuse: (_, inputs) => {
      const field = FIXED.find((each) => inputs[each] === true) ?? FIXED[0];
      return { kind: 'invalid', field, message: `${field} is set when a server is made, and stays. Leave it as it was.` };
    },
  },
  {
    when: (server, inputs) => !hasTags(server, inputs),
    deeds: (_, inputs) => [act('setTags', '/tags', { items: tagsIn(inputs) }, (now) => hasTags(now, inputs))],
  },
  {
    // Before the server is stopped for it: a disk that may not grow is told without harm.
    when: (server, { machineType }) => typeOf(server) !== machineType,
    deeds: (_, { machineType }) => [act('resize', '/disk', { type: machineType })],
  },
  {
    off: true,
    when: (server, { machineType }) => typeOf(server) !== machineType,
    deeds: (_, { machineType }) => [act('setMachineType', '/type', { type: machineType }, (now) => typeOf(now) === machineType)],
  },
];

export const servers = new Servers<Instance>({
  token: 'gcp:compute/instance:Instance',
  noun: 'instance',
  path: '/instances',
  keys: { one: '', many: 'items' },
  shape: Instance,
  jobs,
  changes,
  inputs: {
    allowStoppingForUpdate: flag,
    bootDisk: { type: 'object', required: true, replace: true, additional: { type: 'any' } },
    canIpForward: { ...flag, default: false },
    deletionProtection: { ...flag, default: false },
    labels: { type: 'object', additional: text },
    machineType: { ...text, required: true },
    metadata: { type: 'object', additional: text },
    name: { ...text, replace: true, computed: true },
    networkInterfaces: { type: 'array', items: { type: 'object', additional: { type: 'any' } }, required: true, replace: true },
    tags: set(text),
    zone: { ...text, replace: true, computed: true },
  },
  outputs: { currentStatus: text, instanceId: text, name: text, selfLink: text, zone: text },
  stableOutputs: ['instanceId', 'name', 'selfLink', 'zone'],
  // An address that nobody reserved is another one after each stop.
  stableWhile: { currentStatus: ['machineType'], networkInterfaces: ['machineType'] },
  // Names are unique in a zone.
  deleteBeforeReplace: true,
  check,
  idOf: ({ selfLink }) => pathOf(selfLink),
  bornAt: ({ creationTimestamp }) => Date.parse(creationTimestamp),
  phase: ({ status }) => PHASES[status] ?? 'busy',
  isGoing: async ({ client, signal }, server) =>
    (await jobs.latest(client, pathOf(server.selfLink), signal)).some(({ type, state }) => type === 'delete' && state === 'running'),
  mark: {
    query: (mark) => ({ query: { filter: `labels.${mark}:*` } }),
    of: ({ labels }) => tagsOf(labels),
    in: ({ labels }) => tagsOf(labels),
    deeds: (_, tags) => {
      const wanted = labelsOf(tags);
      const isDone = ({ labels }: Instance): boolean => tagsOf(labels).toSorted().join() === tagsOf(wanted).toSorted().join();
      return [act('setLabels', '/labels', { labels: wanted }, isDone)];
    },
  },
  power: {
    isOn,
    isOff,
    on: act('start', '/start', {}, isOn),
    off: act('stop', '/stop', {}, isOff),
    reboot: act('reset', '/reset'),
  },
  order: (inputs, tags, urn) => ({ zone: inputs['zone'], type: inputs['machineType'], instance: bodyOf(inputs, tags, urn) }),
  present: (server, known, recorded) => {
    const tags = inOrderOf(tagsOf(known['labels']), visibleTags(tagsOf(server.labels)));
    const inputs: Properties = {
      canIpForward: false,
      deletionProtection: false,
      ...known,
      name: server.name,
      zone: zoneOf(server),
      machineType: typeOf(server),
      ...(known['labels'] === undefined && tags.length === 0 && Object.keys(known).length > 0 ? {} : { labels: labelsOf(tags) }),
      // What Google makes of them says more than a program asks for.
      bootDisk: known['bootDisk'] ?? {},
      networkInterfaces: known['networkInterfaces'] ?? [{}],
      ...(known['tags'] === undefined && server.tags.items.length === 0 ? {} : { tags: inOrderOf(tagsIn(known), server.tags.items) }),
    };
    const outputs = { currentStatus: server.status, instanceId: server.id, selfLink: server.selfLink };
    const networkInterfaces = withAddress(
      inputs['networkInterfaces'] as Properties[],
      addressOn(server) || natIpOf(recorded['networkInterfaces']),
    );
    return { inputs, outputs: { ...inputs, ...outputs, networkInterfaces } };
  },
});

/** The address of the first network interface; '' where none is told. */
export function natIpOf(networkInterfaces: Json | undefined): string {
  const [nic] = (networkInterfaces ?? []) as { accessConfigs?: { natIp?: string }[] }[];
  return nic?.accessConfigs?.[0]?.natIp ?? '';
}

/** Where the program gives none, the address is Google's to choose: it passes when the server stops, and the last one is told until then. */
function withAddress([nic, ...others]: readonly Properties[], natIp: string): Properties[] {
  const [first = {}, ...more] = (nic?.['accessConfigs'] ?? []) as Properties[];
  return natIp === '' || 'natIp' in first ? [nic ?? {}, ...others] : [{ ...nic, accessConfigs: [{ ...first, natIp }, ...more] }, ...others];
}

function bodyOf(inputs: Properties, tags: readonly string[], urn: string): object {
  const { name, zone, machineType, metadata, bootDisk, networkInterfaces, canIpForward, deletionProtection } = inputs;
  const { image, snapshot } = ((bootDisk as Properties)['initializeParams'] ?? {}) as Properties;
  const [project = '', family = ''] = String(image).split('/');
  // `project/family` as the vendor's plug-in takes it; or a whole path.
  const sourceImage = String(image).startsWith('projects/') ? image : `projects/${project}/global/images/family/${family}`;
  const nics = (networkInterfaces as Properties[]).map(({ network, subnetwork, accessConfigs }) => ({
    ...(subnetwork ? { subnetwork } : { network: `global/networks/${String(network ?? 'default')}` }),
    accessConfigs: ((accessConfigs ?? []) as Properties[]).map(({ natIp }) => ({
      type: 'ONE_TO_ONE_NAT',
      name: 'External NAT',
      ...(natIp ? { natIP: natIp } : {}),
    })),
  }));
  return {
    name: name ?? urn.split('::').at(-1),
    machineType: `zones/${String(zone)}/machineTypes/${String(machineType)}`,
    labels: labelsOf(tags),
    tags: { items: tagsIn(inputs) },
    metadata: { items: Object.entries((metadata ?? {}) as Record<string, string>).map(([key, value]) => ({ key, value })) },
    disks: [{ boot: true, autoDelete: true, initializeParams: snapshot ? { sourceSnapshot: snapshot } : { sourceImage } }],
    networkInterfaces: nics,
    canIpForward,
    deletionProtection,
  };
}

function check({ name, labels }: Properties): CheckFailure[] {
  const failures: CheckFailure[] = [];
  const { labelPattern, labelMaxLength, tagPattern } = descriptor.limits;
  if (typeof name === 'string' && (name.length > labelMaxLength || !labelPattern.test(name)))
    failures.push({ property: 'name', reason: `"${name}" is no name at Google: small letters, digits and "-", up to ${labelMaxLength}.` });
  for (const tag of tagsOf(labels)) {
    if (!tagPattern!.test(tag))
      failures.push({ property: 'labels', reason: `Google takes no label "${tag}": small letters, digits, "_" and "-".` });
  }
  return failures;
}
