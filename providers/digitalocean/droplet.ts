/** `digitalocean:index/droplet:Droplet`: property names, defaults and replace rules are the vendor's. */
import { visibleTags } from '../identity.ts';
import { checkHostName } from '../kit/limits.ts';
import { given, inOrderOf, textList } from '../kit/names.ts';
import { flag, set, text, whole } from '../kit/object.ts';
import { part } from '../kit/rest.ts';
import { Servers } from '../kit/server.ts';
import type { Change, Deed } from '../kit/server-sheet.ts';
import type { CheckFailure, Json, Properties, PropertySpec } from '../resource.ts';
import { jobs } from './client.ts';
import { descriptor } from './descriptor.ts';
import { dropletSchema, type Droplet } from './schemas.ts';

const SHUTDOWN_PATIENCE_MS = 60_000;

const texts = set(text);

const inputs: Readonly<Record<string, PropertySpec>> = {
  image: { ...text, required: true, replace: true },
  size: { ...text, required: true },
  region: { ...text, replace: true, computed: true },
  name: { ...text, computed: true },
  backups: { ...flag, default: false },
  backupPolicy: {
    type: 'object',
    properties: { plan: { ...text, oneOf: ['daily', 'weekly'] }, weekday: text, hour: whole },
  },
  dropletAgent: { ...flag, replace: true },
  gpuPartitionMode: { ...text, replace: true },
  gracefulShutdown: { ...flag, default: false },
  ipv6: { ...flag, default: false },
  ipv6Address: { ...text, computed: true },
  monitoring: { ...flag, default: false, replace: true },
  privateNetworking: { ...flag, computed: true, deprecated: 'Every droplet is in a VPC network.' },
  publicNetworking: { ...flag, default: true, replace: true },
  resizeDisk: { ...flag, default: true },
  sshKeys: { ...texts, replace: true },
  tags: texts,
  userData: { ...text, replace: true },
  volumeIds: { ...texts, computed: true },
  vpcUuid: { ...text, replace: true, computed: true },
};

const outputs: Readonly<Record<string, PropertySpec>> = {
  createdAt: text,
  disk: whole,
  dropletUrn: text,
  ipv4Address: text,
  ipv4AddressPrivate: text,
  ipv6Address: text,
  locked: flag,
  memory: whole,
  name: text,
  priceHourly: { type: 'number' },
  priceMonthly: { type: 'number' },
  privateNetworking: flag,
  region: text,
  status: text,
  vcpus: whole,
  volumeIds: texts,
  vpcUuid: text,
};

const isOff = ({ status }: Droplet): boolean => status === 'off';
const isOn = ({ status }: Droplet): boolean => status === 'active';
const has = ({ features }: Droplet, feature: string): boolean => features.includes(feature);
export const numeric = (value: unknown): unknown => (/^\d+$/.test(String(value)) ? Number(value) : value);

export function act(type: string, args: object = {}, isDone?: (droplet: Droplet) => boolean): Deed<Droplet> {
  return { type, path: '/actions', body: { type, ...args }, ...(isDone ? { isDone } : {}) };
}

const policyOf = ({ backupPolicy }: Properties): object => (backupPolicy ? { backup_policy: backupPolicy } : {});
const changes: readonly Change<Droplet>[] = [
  {
    // DigitalOcean resizes only what is off.
    off: true,
    when: (droplet, { size }) => droplet.size_slug !== size,
    deeds: (_, { size, resizeDisk }) => [act('resize', { size, disk: resizeDisk !== false }, (now) => now.size_slug === size)],
  },
  {
    when: (droplet, { name }) => typeof name === 'string' && name !== droplet.name,
    deeds: (_, { name }) => [act('rename', { name }, (now) => now.name === name)],
  },
  {
    when: (droplet, { backups }) => backups !== true && has(droplet, 'backups'),
    deeds: () => [act('disable_backups', {}, (now) => !has(now, 'backups'))],
  },
  {
    when: (droplet, inputs, old) => {
      const isOther =
        inputs['backupPolicy'] !== undefined && JSON.stringify(inputs['backupPolicy']) !== JSON.stringify(old['backupPolicy']);
      return inputs['backups'] === true && has(droplet, 'backups') && isOther;
    },
    deeds: (_, inputs) => [act('change_backup_policy', policyOf(inputs))],
  },
  {
    when: (droplet, { backups }) => backups === true && !has(droplet, 'backups'),
    deeds: (_, inputs) => [act('enable_backups', policyOf(inputs), (now) => has(now, 'backups'))],
  },
  {
    when: (droplet, { ipv6 }) => ipv6 === true && !has(droplet, 'ipv6'),
    deeds: () => [act('enable_ipv6', {}, (now) => has(now, 'ipv6'))],
  },
];

/** Each tag is a thing of its own, to which droplets are added. */
function tagDeeds(droplet: Droplet, tags: readonly string[]): Deed<Droplet>[] {
  const body = { resources: [{ resource_id: String(droplet.id), resource_type: 'droplet' }] };
  const at = (tag: string): string => `/v2/tags/${part(tag)}/resources`;
  const isOn =
    (tag: string) =>
    (now: Droplet): boolean =>
      now.tags.includes(tag);
  const more = tags.filter((tag) => !droplet.tags.includes(tag));
  const less = droplet.tags.filter((tag) => !tags.includes(tag));
  return [
    ...more.flatMap((tag): Deed<Droplet>[] => [
      { type: 'tag', at: '/v2/tags', body: { name: tag }, repeatable: true },
      { type: 'tag', at: at(tag), body, repeatable: true, isDone: isOn(tag) },
    ]),
    ...less.map((tag): Deed<Droplet> => ({
      type: 'untag',
      at: at(tag),
      method: 'DELETE',
      body,
      repeatable: true,
      isDone: (now) => !isOn(tag)(now),
    })),
  ];
}

export const droplets = new Servers<Droplet>({
  token: 'digitalocean:index/droplet:Droplet',
  noun: 'droplet',
  path: '/v2/droplets',
  keys: { one: 'droplet', many: 'droplets' },
  shape: dropletSchema,
  inputs,
  outputs,
  stableOutputs: ['createdAt', 'dropletUrn', 'ipv4Address', 'ipv4AddressPrivate', 'region', 'vpcUuid', 'privateNetworking', 'volumeIds'],
  timeoutsMs: { create: 30 * 60_000, update: 60 * 60_000, delete: 15 * 60_000 },
  check,
  // IPv6 can be switched on later, never off.
  replaceOn: (oldInputs, newInputs) => (oldInputs['ipv6'] === true && newInputs['ipv6'] === false ? ['ipv6'] : []),
  jobs,
  changes,
  idOf: ({ id }) => String(id),
  bornAt: ({ created_at: at }) => Date.parse(at),
  recordedBirth: ({ createdAt }) => (typeof createdAt === 'string' ? Date.parse(createdAt) : undefined),
  phase: ({ status, locked }) => (status === 'new' ? 'making' : status === 'archive' ? 'going' : locked ? 'busy' : 'ready'),
  // One that is being destroyed is nobody's any more.
  isGoing: async ({ client, signal }, { id }) => {
    const [newest] = await jobs.latest(client, String(id), signal);
    return newest?.type === 'destroy' && newest.state !== 'failed';
  },
  mark: {
    query: (mark) => ({ query: { tag_name: mark } }),
    of: ({ tags }) => tags,
    in: ({ tags }) => textList(tags),
    deeds: tagDeeds,
  },
  power: { isOn, isOff, on: act('power_on', {}, isOn), off: act('power_off', {}, isOff), reboot: act('reboot') },
  boots: () => false,
  order: (wanted, tags, urn) => ({
    name: wanted['name'] ?? urn.split('::').at(-1),
    size: wanted['size'],
    image: numeric(wanted['image']),
    ssh_keys: textList(wanted['sshKeys']).map(numeric),
    backups: wanted['backups'] === true,
    ipv6: wanted['ipv6'] === true,
    monitoring: wanted['monitoring'] === true,
    tags,
    ...given({
      region: wanted['region'],
      user_data: wanted['userData'],
      vpc_uuid: wanted['vpcUuid'],
      with_droplet_agent: wanted['dropletAgent'],
      backup_policy: wanted['backups'] === true ? wanted['backupPolicy'] : undefined,
    }),
    ...(wanted['publicNetworking'] === false ? { public_networking: false } : {}),
  }),
  // As the vendor's package: ask the system to stop, and go on after a minute whether it did or not.
  lastDeeds: ({ gracefulShutdown }) =>
    gracefulShutdown === true ? [{ ...act('shutdown', {}, isOff), patienceMs: SHUTDOWN_PATIENCE_MS }] : [],
  present: (found, known) => {
    const before = Object.keys(known).length === 0 ? undefined : known;
    const told = dropletInputs(found, before);
    return { inputs: told, outputs: dropletOutputs(found, before ? told : {}) };
  },
});
export const droplet = droplets.resource();

function check({ name, userData, volumeIds }: Properties): CheckFailure[] {
  const failures = checkHostName('name', name, descriptor.limits);
  const { userDataBytes } = descriptor.limits;
  if (typeof userData === 'string' && Buffer.byteLength(userData) > userDataBytes)
    failures.push({
      property: 'userData',
      reason: `user data has ${Buffer.byteLength(userData)} bytes; DigitalOcean takes ${userDataBytes}. Shorten it.`,
    });
  if (Array.isArray(volumeIds) && volumeIds.length > 0)
    failures.push({ property: 'volumeIds', reason: 'Plinth does not attach volumes; attach them with the vendor’s VolumeAttachment.' });
  return failures;
}

/** All output properties of `digitalocean:index/droplet:Droplet`; what the API does not tell comes from the inputs. */
function dropletOutputs(droplet: Droplet, inputs: Properties): Properties {
  const address = (type: string): string => droplet.networks.v4.find((network) => network.type === type)?.ip_address ?? '';
  const told: Properties = {
    name: droplet.name,
    region: droplet.region.slug,
    size: droplet.size_slug,
    image: inputs['image'] ?? droplet.image.slug ?? String(droplet.image.id),
    backups: has(droplet, 'backups'),
    ipv6: has(droplet, 'ipv6'),
    monitoring: has(droplet, 'monitoring'),
    privateNetworking: has(droplet, 'private_networking'),
    publicNetworking: inputs['publicNetworking'] ?? true,
    tags: inOrderOf(textList(inputs['tags']), visibleTags(droplet.tags)),
    ipv4Address: address('public'),
    ipv4AddressPrivate: address('private'),
    ipv6Address: (droplet.networks.v6.find((network) => network.type === 'public')?.ip_address ?? '').toLowerCase(),
    dropletUrn: `do:droplet:${droplet.id}`,
    createdAt: droplet.created_at,
    status: droplet.status,
    locked: droplet.locked,
    disk: droplet.disk,
    vcpus: droplet.vcpus,
    memory: droplet.memory,
    priceHourly: droplet.size.price_hourly,
    priceMonthly: droplet.size.price_monthly,
    volumeIds: droplet.volume_ids,
    vpcUuid: droplet.vpc_uuid ?? '',
    gracefulShutdown: inputs['gracefulShutdown'] ?? false,
    resizeDisk: inputs['resizeDisk'] ?? true,
  };
  for (const key of ['backupPolicy', 'dropletAgent', 'gpuPartitionMode', 'sshKeys', 'userData']) {
    if (inputs[key] !== undefined) told[key] = inputs[key];
  }
  return told;
}

/** The inputs that would make this droplet: those of the program, corrected by what the API tells. */
function dropletInputs(droplet: Droplet, state: Properties | undefined): Properties {
  const outputs = dropletOutputs(droplet, state ?? {});
  const inputs: Properties = { ...state };
  for (const key of ['name', 'region', 'size', 'image', 'backups', 'ipv6', 'monitoring', 'tags']) {
    const isUnsetAndEmpty = state && state[key] === undefined && (key === 'region' || key === 'name' || isEmpty(outputs[key]));
    if (!isUnsetAndEmpty) inputs[key] = outputs[key]!;
  }
  return inputs;
}

function isEmpty(value: Json | undefined): boolean {
  return value === undefined || value === false || (Array.isArray(value) && value.length === 0);
}
