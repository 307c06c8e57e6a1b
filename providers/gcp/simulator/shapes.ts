/** How Compute Engine shows things: links for references, numbers of 64 bits as texts. */
import type { Cloud } from '../../../simulator/cloud/cloud.ts';
import type { SimFirewall, SimImage, SimJob, SimServer } from '../../../simulator/cloud/model.ts';
import { TYPES, type GceType } from './data.ts';

export const ROOT = 'https://www.googleapis.com/compute/v1/';
export const link = (path: string): string => ROOT + path;
export const zoneOf = (id: string): string => id.split('/').slice(0, 4).join('/');
const time = (ms: number): string => new Date(ms).toISOString();
/** A number that follows from a name. */
export const numberOf = (name: string): string =>
  String([...name].reduce((sum, letter) => (sum * 31n + BigInt(letter.charCodeAt(0))) % 9_000_000_000_000_000_000n, 7n));

export interface Address {
  id: string;
  account: string;
  name: string;
  ip: string;
  createdMs: number;
}

export function statusOf({ phase, power }: SimServer): string {
  if (phase === 'creating') return 'PROVISIONING';
  if (phase === 'starting') return 'STAGING';
  if (phase === 'stopping' || phase === 'deleting') return 'STOPPING';
  return power === 'on' ? 'RUNNING' : 'TERMINATED';
}

/** For the rules of the network; labels are another thing. */
export const tagsOn = ({ extra }: SimServer): string[] => (extra['tags'] ?? []) as string[];

export function showServer(server: SimServer): object {
  const { id, name, plan, labels, ipv4, createdMs, extra } = server;
  return {
    kind: 'compute#instance',
    id: numberOf(id + createdMs),
    creationTimestamp: time(createdMs),
    name,
    tags: { items: tagsOn(server), fingerprint: fingerprint(tagsOn(server)) },
    machineType: link(`${zoneOf(id)}/machineTypes/${plan}`),
    status: statusOf(server),
    zone: link(zoneOf(id)),
    canIpForward: false,
    networkInterfaces: [
      {
        kind: 'compute#networkInterface',
        name: 'nic0',
        networkIP: '10.156.0.9',
        accessConfigs: [
          { kind: 'compute#accessConfig', type: 'ONE_TO_ONE_NAT', name: 'External NAT', ...(ipv4 === '' ? {} : { natIP: ipv4 }) },
        ],
      },
    ],
    disks: [{ kind: 'compute#attachedDisk', type: 'PERSISTENT', mode: 'READ_WRITE', boot: true, autoDelete: true, deviceName: 'persistent-disk-0', index: 0, source: link(String(extra['disk'])), diskSizeGb: String(server.diskGb) }], // prettier-ignore
    metadata: { kind: 'compute#metadata', fingerprint: 'bWV0YQ==', items: [] },
    labels,
    labelFingerprint: fingerprint(labels),
    deletionProtection: server.protection['delete'] === true,
    selfLink: link(id),
  };
}

export const fingerprint = (of: object): string => Buffer.from(numberOf(JSON.stringify(Object.entries(of).toSorted()))).toString('base64');

export function showOperation(job: SimJob): object {
  const [about] = job.resources.map(({ id }) => id);
  const target = job.serverId || about || '';
  const scope =
    target.includes('/zones/') || target.includes('/regions/') ? zoneOf(target) : `${target.split('/').slice(0, 2).join('/')}/global`;
  const done = job.status === 'success' || job.status === 'error';
  return {
    kind: 'compute#operation',
    id: numberOf(job.id),
    name: `operation-${job.id}`,
    operationType: job.command,
    targetLink: link(target),
    status: done ? 'DONE' : job.status === 'waiting' ? 'PENDING' : 'RUNNING',
    progress: done ? 100 : 0,
    insertTime: time(job.startedMs),
    startTime: time(job.startedMs),
    ...(done ? { endTime: time(job.finishedMs!) } : {}),
    ...(job.error
      ? { error: { errors: [{ code: job.error.code.toUpperCase(), message: job.error.message }] }, httpErrorStatusCode: 400 }
      : {}),
    selfLink: link(`${scope}/operations/operation-${job.id}`),
  };
}

export function showType(zone: string, { id, vcpus, memoryMb, shared }: GceType): object {
  return { kind: 'compute#machineType', id: numberOf(id), name: id.split('/').at(-1), description: id, guestCpus: vcpus, isSharedCpu: shared, memoryMb, architecture: 'X86_64', zone: zone.split('/').at(-1), selfLink: link(`${zone}/machineTypes/${id}`) }; // prettier-ignore
}
export const typeNamed = (id: string): GceType | undefined => TYPES.find((type) => type.id === id);

export function showAddress(cloud: Cloud, { id, name, ip, createdMs }: Address): object {
  const used = cloud.servers.find(({ ipv4 }) => ipv4 === ip);
  return { kind: 'compute#address', id: numberOf(id), creationTimestamp: time(createdMs), name, address: ip, status: used ? 'IN_USE' : 'RESERVED', region: link(zoneOf(id)), selfLink: link(id), addressType: 'EXTERNAL', ...(used ? { users: [link(used.id)] } : {}) }; // prettier-ignore
}

export function showFirewall(project: string, { name, rules, createdMs }: SimFirewall): object {
  const [rule] = rules as [object];
  return {
    kind: 'compute#firewall',
    id: numberOf(name),
    creationTimestamp: time(createdMs),
    name,
    direction: 'INGRESS',
    ...rule,
    selfLink: link(`projects/${project}/global/firewalls/${name}`),
  };
}

const STATES = { creating: 'CREATING', available: 'READY', failed: 'FAILED' } as const;
export function showSnapshot(project: string, { name, state, diskGb, sizeGb, createdMs, labels }: SimImage): object {
  return { kind: 'compute#snapshot', id: numberOf(name), creationTimestamp: time(createdMs), name, status: STATES[state], diskSizeGb: String(diskGb), ...(sizeGb === null ? {} : { storageBytes: String(Math.round(sizeGb * 1e9)) }), labels, selfLink: link(`projects/${project}/global/snapshots/${name}`) }; // prettier-ignore
}
