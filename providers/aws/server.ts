/** `aws:ec2/instance:Instance`: property names, defaults and replace rules are the vendor's. */
import { z } from 'zod';
import { identityOf, visibleTags } from '../identity.ts';
import { checkHostName, checkUserData } from '../kit/limits.ts';
import { given, inOrderOf, textList } from '../kit/names.ts';
import { flag, set, text } from '../kit/object.ts';
import type { Rest } from '../kit/rest.ts';
import { Servers } from '../kit/server.ts';
import type { Change, Deed, Job, Jobs, Phase } from '../kit/server-sheet.ts';
import type { CheckFailure, Json, Properties, PropertySpec } from '../resource.ts';
import { descriptor } from './descriptor.ts';
import { type Ec2, filters, listOf, numbered, type Params, tagged, Tags } from './ec2.ts';

/** What a server is called; all other tags are marks and the caller's. */
const NAME = 'Name';

export const Instance = z.object({
  instanceId: z.string(),
  imageId: z.string(),
  instanceState: z.object({ name: z.string() }),
  instanceType: z.string(),
  architecture: z.string().catch('x86_64'),
  launchTime: z.string(),
  placement: z.object({ availabilityZone: z.string() }),
  keyName: z.string().optional(),
  subnetId: z.string().catch(''),
  privateIpAddress: z.string().catch(''),
  privateDnsName: z.string().catch(''),
  ipAddress: z.string().catch(''),
  dnsName: z.string().catch(''),
  groupSet: listOf(z.object({ groupId: z.string() })),
  metadataOptions: z.object({ httpTokens: z.string() }).optional().catch(undefined),
  networkInterfaceSet: listOf(z.looseObject({ networkInterfaceId: z.string() })).catch([]),
  tagSet: Tags,
});
export type Instance = z.infer<typeof Instance>;

const Task = z.object({
  replaceRootVolumeTaskId: z.string(),
  taskState: z.string(),
  startTime: z.string(),
});
const TASK = 'replacement of the root volume';
const toJob = ({ replaceRootVolumeTaskId: id, taskState }: z.infer<typeof Task>): Job => ({
  id,
  type: TASK,
  state: taskState === 'succeeded' ? 'done' : taskState.startsWith('failed') ? 'failed' : 'running',
  why: taskState.startsWith('failed') ? `its state is "${taskState}"` : undefined,
});
async function tasks(rest: Rest, which: Params, signal: AbortSignal): Promise<Job[]> {
  const shape = z.object({ replaceRootVolumeTaskSet: listOf(Task) });
  const found = await (rest as Ec2).look({ Action: 'DescribeReplaceRootVolumeTasks', ...which }, shape, signal);
  return found.replaceRootVolumeTaskSet.sort((a, b) => b.startTime.localeCompare(a.startTime)).map(toJob);
}
export const jobs: Jobs = {
  started: (answer) => {
    const { data } = z.object({ replaceRootVolumeTask: Task }).safeParse(answer);
    return data ? [toJob(data.replaceRootVolumeTask)] : [];
  },
  async one(rest, id, signal) {
    const [found] = await tasks(rest, { 'ReplaceRootVolumeTaskId.1': id }, signal);
    if (!found) throw rest.error('malformed', `AWS forgot the ${TASK} ${id}.`);
    return found;
  },
  latest: (rest, id, signal) => tasks(rest, filters({ 'instance-id': [id] }), signal),
};

/** EC2 keeps tags in pairs. A tag is a key without a value; `key:value` is a pair. */
export function pairsOf(tags: readonly string[]): Record<string, string> {
  return Object.fromEntries(tags.map((tag) => [tag.split(':', 1)[0]!, tag.includes(':') ? tag.slice(tag.indexOf(':') + 1) : '']));
}
const nameIn = (tags: Json | undefined): string => String((tags as Properties | undefined)?.[NAME] ?? '');
/** Without the name. */
function tagsIn(tags: Json | undefined): string[] {
  if (Array.isArray(tags)) return textList(tags);
  const pairs = Object.entries((tags ?? {}) as Record<string, string>).filter(([key]) => key !== NAME && !key.startsWith('aws:'));
  return pairs.map(([key, value]) => (value === '' ? key : `${key}:${value}`));
}
const pairsOn = ({ tagSet }: Pick<Instance, 'tagSet'>): Record<string, string> =>
  Object.fromEntries(tagSet.map(({ key, value }) => [key, value]));
export const tagsOn = (server: Pick<Instance, 'tagSet'>): string[] => tagsIn(pairsOn(server));
export const nameOn = (server: Pick<Instance, 'tagSet'>): string => nameIn(pairsOn(server));

const isOff = ({ instanceState }: Instance): boolean => instanceState.name === 'stopped';
const isOn = ({ instanceState }: Instance): boolean => instanceState.name === 'running';
const PHASES: Readonly<Record<string, Phase>> = {
  pending: 'making',
  running: 'ready',
  stopped: 'ready',
  'shutting-down': 'going',
  terminated: 'going',
};

const act = (type: string, Action: string, isDone?: (server: Instance) => boolean): Deed<Instance> => ({
  type,
  path: `/${type}`,
  body: { Action },
  ...(isDone ? { isDone } : {}),
});
const change = (type: string, path: string, body: object, isDone?: (server: Instance) => boolean): Deed<Instance> => ({
  type,
  path,
  body,
  ...(isDone ? { isDone } : {}),
});
export const rebuildDeed = (image: string, architecture?: string): Deed<Instance> => change(TASK, '/root', { image, architecture });
export const growDeed = (instanceType: Json | undefined): Deed<Instance> => change('growth of the disk', '/volume', { instanceType });
export const userDataDeed = (userData: string): Deed<Instance> => ({
  ...change('change of user data', '/attributes', { 'UserData.Value': Buffer.from(userData).toString('base64') }),
  repeatable: true,
});

const groupsOf = ({ groupSet }: Instance): string[] => groupSet.map(({ groupId }) => groupId).toSorted();
const wanted = (inputs: Properties): string[] => textList(inputs['vpcSecurityGroupIds']).toSorted();
const tokensIn = (inputs: Properties): Json | undefined => (inputs['metadataOptions'] as Properties | undefined)?.['httpTokens'];

const changes: readonly Change<Instance>[] = [
  {
    when: (server, { tags }) => nameIn(tags) !== '' && nameOn(server) !== nameIn(tags),
    deeds: (_, { tags }) => [change('rename', '/tags', { set: { [NAME]: nameIn(tags) }, drop: [] }, (now) => nameOn(now) === nameIn(tags))],
  },
  {
    when: (server, inputs) => wanted(inputs).length > 0 && groupsOf(server).join() !== wanted(inputs).join(),
    deeds: (_, inputs) => [
      change(
        'change of security groups',
        '/attributes',
        numbered('GroupId', wanted(inputs)),
        (now) => groupsOf(now).join() === wanted(inputs).join(),
      ),
    ],
  },
  {
    when: ({ metadataOptions: now }, inputs) => now !== undefined && tokensIn(inputs) !== undefined && now.httpTokens !== tokensIn(inputs),
    deeds: (_, inputs) => [
      change(
        'change of metadata options',
        '/metadata',
        { HttpTokens: tokensIn(inputs) },
        (now) => now.metadataOptions?.httpTokens === tokensIn(inputs),
      ),
    ],
  },
  {
    // Before the server is stopped for it: a volume that may not grow now is told without harm.
    when: (server, { instanceType }) => server.instanceType !== instanceType,
    deeds: (_, { instanceType }) => [growDeed(instanceType)],
  },
  {
    off: true,
    when: (server, { instanceType }) => server.instanceType !== instanceType,
    deeds: (_, { instanceType }) => [change('change of type', '/type', { instanceType }, (now) => now.instanceType === instanceType)],
  },
  {
    off: true,
    when: (_, { userData }, old) => userData !== undefined && old['userData'] !== userData,
    deeds: (_, { userData }) => [userDataDeed(String(userData))],
  },
];

const pairs: PropertySpec = { type: 'object', additional: text };

export const servers = new Servers<Instance>({
  token: 'aws:ec2/instance:Instance',
  noun: 'instance',
  path: '/instances',
  keys: { one: '', many: 'items' },
  shape: Instance,
  jobs,
  changes,
  inputs: {
    ami: { ...text, replace: true },
    associatePublicIpAddress: { ...flag, replace: true, computed: true },
    availabilityZone: { ...text, replace: true, computed: true },
    forceDestroy: { ...flag, default: false },
    getPasswordData: { ...flag, default: false },
    instanceType: text,
    keyName: { ...text, replace: true, computed: true },
    metadataOptions: { type: 'object', properties: { httpTokens: { ...text, oneOf: ['required', 'optional'] } }, computed: true },
    region: { ...text, replace: true, computed: true },
    sourceDestCheck: { ...flag, default: true },
    subnetId: { ...text, replace: true, computed: true },
    tags: pairs,
    userData: text,
    userDataReplaceOnChange: { ...flag, default: false },
    vpcSecurityGroupIds: { ...set(text), computed: true },
  },
  outputs: {
    availabilityZone: text,
    instanceState: text,
    primaryNetworkInterfaceId: text,
    privateDns: text,
    privateIp: text,
    publicDns: text,
    publicIp: text,
    subnetId: text,
    tagsAll: pairs,
  },
  stableOutputs: ['availabilityZone', 'primaryNetworkInterfaceId', 'privateDns', 'privateIp', 'subnetId'],
  stableWhile: {
    instanceState: ['instanceType'],
    publicDns: ['instanceType', 'userData'],
    publicIp: ['instanceType', 'userData'],
    tagsAll: ['tags'],
  },
  check,
  idOf: ({ instanceId }) => instanceId,
  bornAt: ({ launchTime }) => Date.parse(launchTime),
  phase: ({ instanceState }) => PHASES[instanceState.name] ?? 'busy',
  mark: {
    query: (mark) => ({ query: filters({ 'tag-key': [mark] }) as Record<string, string> }),
    of: tagsOn,
    in: ({ tags }) => tagsIn(tags),
    deeds: (server, tags) => {
      const to = pairsOf(tags);
      const drop = Object.keys(pairsOf(tagsOn(server))).filter((key) => !(key in to));
      const isDone = (now: Instance): boolean => [...tagsOn(now)].toSorted().join() === [...tags].toSorted().join();
      return [{ ...change('tags', '/tags', { set: to, drop }, isDone), repeatable: true }];
    },
  },
  power: {
    isOn,
    isOff,
    on: act('start', 'StartInstances', isOn),
    off: act('stop', 'StopInstances', isOff),
    reboot: act('reboot', 'RebootInstances'),
  },
  order: (inputs, tags, urn) => ({
    params: orderOf(inputs, tags, urn),
    ami: inputs['ami'],
    instanceType: inputs['instanceType'],
    mark: identityOf(urn, tags).tag,
    ...given({ region: inputs['region'] }),
  }),
  present: (server, known, recorded) => {
    const shown = inOrderOf(tagsIn(known['tags']), visibleTags(tagsOn(server)));
    const tags: Properties = { [NAME]: nameOn(server), ...pairsOf(shown) };
    const fixed = { forceDestroy: false, getPasswordData: false, sourceDestCheck: true, userDataReplaceOnChange: false };
    const isFirst = Object.keys(known).length === 0;
    const told: Properties = {
      tags,
      instanceType: server.instanceType,
      // What a reinstall made of it, or a newer image of its name, is no reason to replace the server.
      ami: known['ami'] ?? server.imageId,
      ...(isFirst && server.keyName ? { keyName: server.keyName } : {}),
      ...(known['vpcSecurityGroupIds'] === undefined && !isFirst
        ? {}
        : { vpcSecurityGroupIds: inOrderOf(textList(known['vpcSecurityGroupIds']), groupsOf(server)) }),
    };
    const inputs: Properties = { ...fixed, ...known, ...told };
    return { inputs, outputs: { ...inputs, ...outputsOf(server, known, recorded) } };
  },
});

function orderOf(
  { instanceType, tags: named, userData, keyName, subnetId, availabilityZone, metadataOptions, ...rest }: Properties,
  tags: readonly string[],
  urn: string,
): Params {
  const all = { [NAME]: nameIn(named) || urn.split('::').at(-1)!, ...pairsOf(tags) };
  const groups = textList(rest['vpcSecurityGroupIds']);
  const isPublic = rest['associatePublicIpAddress'];
  const nic = 'NetworkInterface.1';
  const net =
    typeof isPublic === 'boolean'
      ? {
          [`${nic}.DeviceIndex`]: 0,
          [`${nic}.AssociatePublicIpAddress`]: isPublic,
          [`${nic}.SubnetId`]: subnetId,
          ...numbered(`${nic}.SecurityGroupId`, groups),
        }
      : { SubnetId: subnetId, ...numbered('SecurityGroupId', groups) };
  const order = given({
    MinCount: 1,
    MaxCount: 1,
    InstanceType: instanceType,
    KeyName: keyName,
    UserData: typeof userData === 'string' && userData !== '' ? Buffer.from(userData).toString('base64') : undefined,
    'Placement.AvailabilityZone': availabilityZone,
    'MetadataOptions.HttpTokens': (metadataOptions as Properties | undefined)?.['httpTokens'],
    ...net,
  }) as Params;
  // A tag without a value is sent with its empty value: EC2's other implementations want the pair whole.
  return { ...order, ...tagged(['instance', 'volume'], all) };
}

function outputsOf(server: Instance, known: Properties, recorded: Properties): Properties {
  const zone = server.placement.availabilityZone;
  // Where the program wants an address, that is for the first boot; the lasting one is a resource of its own.
  const passing = known['associatePublicIpAddress'] === true;
  return {
    availabilityZone: zone,
    region: known['region'] ?? zone.replace(/[a-z]$/, ''),
    instanceState: server.instanceState.name,
    privateIp: server.privateIpAddress,
    privateDns: server.privateDnsName,
    // It passes when the server stops: the last one is told until then.
    publicIp: passing ? '' : server.ipAddress || (recorded['publicIp'] ?? ''),
    publicDns: passing ? '' : server.dnsName || (recorded['publicDns'] ?? ''),
    subnetId: server.subnetId,
    primaryNetworkInterfaceId: server.networkInterfaceSet[0]?.networkInterfaceId ?? '',
    tagsAll: { [NAME]: nameOn(server), ...pairsOf(visibleTags(tagsOn(server))) },
  };
}

function check({ tags, userData }: Properties): CheckFailure[] {
  const { limits } = descriptor;
  return [
    ...checkHostName('tags', nameIn(tags) || undefined, limits),
    ...checkUserData(userData, limits, 'EC2'),
    ...tagsIn(tags)
      .filter((tag) => !limits.tagPattern!.test(tag))
      .map((tag) => ({ property: 'tags', reason: `EC2 takes no tag "${tag}", or keeps that name for itself.` })),
  ];
}
