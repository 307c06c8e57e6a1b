/** Servers at Compute Engine: every change is an operation, and what fails, fails there. */
import type { Cloud } from '../../../simulator/cloud/cloud.ts';
import { samplesOf } from '../../../simulator/cloud/metrics.ts';
import { Refusal, type SimJob, type SimServer } from '../../../simulator/cloud/model.ts';
import type { Call, Wire } from '../../../simulator/cloud/wire.ts';
import { IMAGES, ZONES } from './data.ts';
import { type Address, fingerprint, showOperation, showServer, tagsOn, typeNamed } from './shapes.ts';
import { filterOf, pageOf } from './wire.ts';

const NAME = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;
const ON = { server: { phase: 'ready', power: 'on' } } as const;
const OFF = { server: { phase: 'ready', power: 'off' } } as const;
interface Disk {
  id: string;
  account: string;
  sizeGb: number;
  /** The system on it. */
  system: string;
}
export const disksOf = (cloud: Cloud) => cloud.world.collection<Disk>('disks');
const base = '/compute/v1/projects/:project/zones/:zone';

export const pathOf = (call: Call, ...rest: string[]): string =>
  ['projects', call.param('project'), 'zones', call.param('zone'), ...rest].join('/');

export function mountServers(wire: Wire, cloud: Cloud): void {
  const one = (call: Call): SimServer => {
    const id = pathOf(call, 'instances', call.param('name'));
    try {
      return cloud.server(call.account.id, id);
    } catch {
      throw new Refusal('not_found', `The resource '${id}' was not found`);
    }
  };
  const free = (call: Call): SimServer => {
    const server = one(call);
    if (server.lockedBy !== null) throw new Refusal('locked', `The resource '${server.id}' is not ready`);
    return server;
  };
  const off = (call: Call): SimServer => {
    const server = free(call);
    if (server.power === 'on') throw new Refusal('not_stopped', 'The instance must be stopped.');
    return server;
  };
  const start = (server: SimServer, asked: Parameters<Cloud['jobs']['start']>[1]): object => showOperation(cloud.jobs.start(server, asked));
  const small = (server: SimServer, command: string): object => start(server, { command, ms: cloud.sheet.times.small, locks: false });
  const { times } = cloud.sheet;

  wire.on('get /compute/v1/projects/:project/aggregated/instances', (call) => {
    const found = cloud.listed(call.account.id).filter(filterOf(call, ({ labels }) => labels));
    const { items, ...next } = pageOf(call, found);
    const byZone = Map.groupBy(items, ({ region }) => `zones/${region}`);
    return {
      kind: 'compute#instanceAggregatedList',
      items: Object.fromEntries([...byZone].map(([zone, all]) => [zone, { instances: all.map(showServer) }])),
      ...next,
    };
  });
  wire.on(`get ${base}/instances/:name`, (call) => showServer(one(call)));
  wire.on(`post ${base}/instances`, (call) => insert(cloud, call));
  wire.on(`delete ${base}/instances/:name`, (call) => {
    const server = free(call);
    if (server.protection['delete']) throw new Refusal('invalid', 'Resource cannot be deleted if deletionProtection is set');
    if (cloud.world.hasFlag('keep-on-delete', server.id)) return small(server, 'delete');
    disksOf(cloud).delete(String(server.extra['disk']));
    return start(server, { command: 'delete', ms: times.remove, during: { phase: 'deleting' }, ending: { erase: true } });
  });
  wire.on(`post ${base}/instances/:name/start`, (call) => {
    const server = free(call);
    const ipv4 = server.extra['static'] ? server.ipv4 : cloud.world.allocateIpv4();
    return server.power === 'on'
      ? small(server, 'start')
      : start(server, { command: 'start', ms: times.start, during: { phase: 'starting' }, ending: { server: { ...ON.server, ipv4 } } });
  });
  wire.on(`post ${base}/instances/:name/stop`, (call) => {
    const server = free(call);
    const ipv4 = server.extra['static'] ? server.ipv4 : '';
    return server.power === 'off'
      ? small(server, 'stop')
      : start(server, { command: 'stop', ms: times.stop, during: { phase: 'stopping' }, ending: { server: { ...OFF.server, ipv4 } } });
  });
  wire.on(`post ${base}/instances/:name/reset`, (call) => {
    const server = free(call);
    if (server.power === 'off') throw new Refusal('conflict', 'The instance is not running.');
    return start(server, { command: 'reset', ms: times.reboot, ending: ON });
  });
  wire.on(`post ${base}/instances/:name/setMachineType`, (call) => {
    const server = off(call);
    const type = typeNamed(call.required('machineType').split('/').at(-1)!);
    if (!type) throw new Refusal('invalid', 'Invalid value for field machineType');
    return start(server, { command: 'setMachineType', ms: times.resize, ending: { server: { plan: type.id, phase: 'ready' } } });
  });
  mountMarks(wire, cloud, one, small);
  mountDisks(wire, cloud, { off, start });
  mountOperations(wire, cloud);
}

/** Labels, and the tags that rules of the network aim at: each change names what it replaces. */
function mountMarks(wire: Wire, cloud: Cloud, one: (call: Call) => SimServer, small: (server: SimServer, command: string) => object): void {
  wire.on(`post ${base}/instances/:name/setLabels`, (call) => {
    const server = one(call);
    if (call.text('labelFingerprint') !== fingerprint(server.labels))
      throw new Refusal('conflict', 'Labels fingerprint either invalid or resource labels have changed', 'conditionNotMet');
    return small(cloud.change(server, { labels: call.labels() ?? {} }), 'setLabels');
  });
  wire.on(`post ${base}/instances/:name/setTags`, (call) => {
    const server = one(call);
    if (call.text('fingerprint') !== fingerprint(tagsOn(server)))
      throw new Refusal('conflict', 'Tags fingerprint either invalid or resource tags have changed', 'conditionNotMet');
    return small(cloud.change(server, { extra: { ...server.extra, tags: call.list('items') } }), 'setTags');
  });
}

/** What changes begin, and what was measured. */
function mountOperations(wire: Wire, cloud: Cloud): void {
  wire.on('get /compute/v1/projects/:project/zones/:zone/operations', (call) => {
    const found = cloud.jobs.of(call.account.id, ({ serverId }) => serverId.startsWith(`${pathOf(call)}/`)).toReversed();
    return { kind: 'compute#operationList', items: found.slice(0, 100).map(showOperation) };
  });
  for (const path of [
    `${base}/operations/:operation`,
    '/compute/v1/projects/:project/regions/:region/operations/:operation',
    '/compute/v1/projects/:project/global/operations/:operation',
  ] as const)
    wire.on(`get ${path}`, (call) => {
      const job = cloud.jobs.get(call.param('operation').replace('operation-', ''));
      if (!job || job.account !== call.account.id) throw new Refusal('not_found', 'The operation was not found');
      return showOperation(job);
    });
  wire.on('get /v3/projects/:project/timeSeries', (call) => series(cloud, call));
}

interface Finders {
  off: (call: Call) => SimServer;
  start: (server: SimServer, asked: Parameters<Cloud['jobs']['start']>[1]) => object;
}

function mountDisks(wire: Wire, cloud: Cloud, { off, start }: Finders): void {
  const { times } = cloud.sheet;
  const disk = (call: Call): Disk => cloud.own(disksOf(cloud), call.account.id, pathOf(call, 'disks', call.param('disk')), 'disk');
  const holder = (id: string): SimServer | undefined => cloud.servers.find(({ extra }) => extra['disk'] === id);
  const on = (account: string, id: string, command: string): object =>
    showOperation(cloud.jobs.startOn(account, [{ type: 'disk', id }], command, times.small));
  wire.on(`get ${base}/disks/:disk`, (call) => {
    const { id, sizeGb } = disk(call);
    return {
      kind: 'compute#disk',
      id: '1',
      name: call.param('disk'),
      sizeGb: String(sizeGb),
      status: 'READY',
      selfLink: `https://www.googleapis.com/compute/v1/${id}`,
    };
  });
  wire.on(`post ${base}/disks`, (call) => {
    const id = pathOf(call, 'disks', call.required('name'));
    if (disksOf(cloud).get(id)) throw new Refusal('taken', `The resource '${id}' already exists`);
    const name = call.required('sourceSnapshot').split('/').at(-1);
    const image = cloud.images.find((each) => each.account === call.account.id && each.name === name);
    if (!image) throw new Refusal('not_found', 'The snapshot was not found');
    disksOf(cloud).put({ id, account: call.account.id, sizeGb: image.diskGb, system: image.base });
    return on(call.account.id, id, 'insert');
  });
  wire.on(`delete ${base}/disks/:disk`, (call) => {
    const { id } = disk(call);
    if (holder(id)) throw new Refusal('in_use', `The disk resource '${id}' is already being used`);
    disksOf(cloud).delete(id);
    return on(call.account.id, id, 'delete');
  });
  wire.on(`post ${base}/disks/:disk/resize`, (call) => {
    const now = disk(call);
    const sizeGb = Number(call.required('sizeGb'));
    if (sizeGb <= now.sizeGb) throw new Refusal('invalid', 'New disk size must be larger');
    disksOf(cloud).put({ ...now, sizeGb });
    const server = holder(now.id);
    if (server) cloud.change(server, { diskGb: sizeGb });
    return on(call.account.id, now.id, 'resize');
  });
  wire.on(`post ${base}/disks/:disk/createSnapshot`, (call) => {
    const name = call.required('name');
    if (!NAME.test(name)) throw new Refusal('invalid', 'Invalid value for field name');
    if (cloud.images.find((each) => each.account === call.account.id && each.name === name))
      throw new Refusal('taken', `The snapshot '${name}' already exists`);
    const server = holder(disk(call).id);
    if (!server) throw new Refusal('not_found', 'The disk is in no server');
    return showOperation(cloud.snapshot(server, { name, kind: 'snapshot', labels: call.labels() ?? {} }, 'createSnapshot', false).job);
  });
  wire.on(`post ${base}/instances/:name/detachDisk`, (call) => {
    const server = off(call);
    return start(cloud.change(server, { extra: { ...server.extra, disk: '' } }), { command: 'detachDisk', ms: times.small });
  });
  wire.on(`post ${base}/instances/:name/attachDisk`, (call) => {
    const server = off(call);
    const id = `projects/${call.param('project')}/${call.required('source').replace(/^.*?projects\/[^/]+\//, '')}`;
    const found = cloud.own(disksOf(cloud), call.account.id, id, 'disk');
    return start(cloud.change(server, { diskGb: found.sizeGb, image: found.system, extra: { ...server.extra, disk: id } }), {
      command: 'attachDisk',
      ms: times.small,
    });
  });
}

/** Names are unique in a zone; no room and a full quota show in the operation, when the server was seen already. */
interface Source {
  readonly sourceImage?: string;
  readonly sourceSnapshot?: string;
}

/** A system's family, or a snapshot of the project that the disk is no smaller than. */
function sourceOf(cloud: Cloud, call: Call, { sourceImage, sourceSnapshot }: Source, sizeGb: number): string {
  const at = "Invalid value for field 'resource.disks[0].initializeParams.";
  if (sourceSnapshot === undefined) {
    const source = String(sourceImage);
    const image = IMAGES.find(({ family, name: exact }) => source.endsWith(`/family/${family}`) || source.endsWith(`/${exact}`));
    if (!image) throw new Refusal('invalid', `${at}sourceImage': '${source}'.`);
    return image.family;
  }
  const name = sourceSnapshot.split('/').at(-1);
  const kept = cloud.images.find((each) => each.account === call.account.id && each.name === name);
  if (kept?.state !== 'available') throw new Refusal('invalid', `${at}sourceSnapshot': '${sourceSnapshot}'. The snapshot is not there.`);
  if (kept.diskGb > sizeGb)
    throw new Refusal('invalid', `Requested disk size cannot be smaller than the snapshot size (${kept.diskGb} GB)`);
  return kept.id;
}

function insert(cloud: Cloud, call: Call): object {
  const name = call.required('name');
  const id = pathOf(call, 'instances', name);
  if (!NAME.test(name)) throw new Refusal('invalid', `Invalid value for field 'resource.name': '${name}'.`);
  if (!ZONES.some((zone) => zone.id === call.param('zone')))
    throw new Refusal('invalid', `Invalid value for field 'zone': '${call.param('zone')}'.`);
  if (cloud.servers.get(id)) throw new Refusal('taken', `The resource '${id}' already exists`);
  const [disk] = call.list('disks') as { initializeParams?: Source & { diskSizeGb?: string } }[];
  const sizeGb = Number(disk?.initializeParams?.diskSizeGb ?? 10);
  const image = sourceOf(cloud, call, disk?.initializeParams ?? {}, sizeGb);
  const [nic] = call.list('networkInterfaces') as { accessConfigs?: { natIP?: string }[] }[];
  const natIP = nic?.accessConfigs?.[0]?.natIP;
  const addresses = cloud.world.collection<Address>('addresses');
  if (natIP !== undefined && !addresses.find(({ ip, account }) => ip === natIP && account === call.account.id))
    throw new Refusal('invalid', `The address ${natIP} is not reserved.`);
  const items = ((call.body['metadata'] ?? {}) as { items?: { key: string; value: string }[] }).items ?? [];
  const extra = {
    disk: pathOf(call, 'disks', name),
    tags: ((call.body['tags'] ?? {}) as { items?: string[] }).items ?? [],
    static: natIP !== undefined,
  };
  const asked = {
    id,
    name,
    plan: call.required('machineType').split('/').at(-1)!,
    region: call.param('zone'),
    image,
    labels: call.labels() ?? {},
    userData: items.find(({ key }) => key === 'user-data')?.value ?? '',
    ipv4: natIP ?? true,
    ipv6: false,
    extra,
  };
  let made: SimServer;
  try {
    made = cloud.make(call.account, asked);
  } catch (error) {
    if (!(error instanceof Refusal) || !['sold_out', 'quota'].includes(error.kind)) throw error;
    return showOperation(failing(cloud, call, id, error));
  }
  const server = cloud.change(made, { diskGb: sizeGb });
  disksOf(cloud).put({ id: String(extra.disk), account: call.account.id, sizeGb, system: server.image });
  return showOperation(cloud.jobs.start(server, { command: 'insert', ms: cloud.sheet.times.create, ending: ON }));
}

/** An operation that was accepted, and ends in an error. */
function failing(cloud: Cloud, call: Call, id: string, { kind }: Refusal): SimJob {
  const job = cloud.jobs.startOn(call.account.id, [{ type: 'instance', id }], 'insert', cloud.sheet.times.small);
  const error =
    kind === 'quota'
      ? { code: 'QUOTA_EXCEEDED', message: "Quota 'CPUS' exceeded. Limit: 24.0 in region." }
      : {
          code: 'ZONE_RESOURCE_POOL_EXHAUSTED',
          message: `The zone '${call.param('zone')}' does not have enough resources available to fulfill the request.`,
        };
  return { ...job, status: 'error', finishedMs: cloud.world.now(), error };
}

function series(cloud: Cloud, call: Call): object {
  const filter = call.query('filter') ?? '';
  const id = /instance_id="(\d+)"/.exec(filter)?.[1];
  const server = cloud.servers.find((each) => each.account === call.account.id && (showServer(each) as { id: string }).id === id);
  if (!server) return { timeSeries: [] };
  const [from, to] = ['interval.startTime', 'interval.endTime'].map((name) => Date.parse(call.query(name) ?? '') / 1000);
  const period = Number.parseInt(call.query('aggregation.alignmentPeriod') ?? '60', 10);
  const vcpus = typeNamed(server.plan)!.vcpus;
  const fine = samplesOf(server, vcpus, { fromS: from!, toS: to!, stepS: Math.min(period, 600) });
  const value = ({ cpu, incoming, outgoing }: (typeof fine)[number]): number =>
    filter.includes('cpu/') ? cpu / vcpus / 100 : filter.includes('received') ? incoming : outgoing;
  const sums = call.query('aggregation.perSeriesAligner') === 'ALIGN_SUM';
  const points = [...Map.groupBy(fine, ({ at }) => Math.ceil(at / period) * period)].map(([at, each]) => {
    const mean = each.reduce((sum, sample) => sum + value(sample), 0) / each.length;
    const time = (s: number): string => new Date(s * 1000).toISOString();
    return {
      interval: { startTime: time(at - period), endTime: time(at) },
      value: sums ? { int64Value: String(Math.round(mean * period)) } : { doubleValue: mean },
    };
  });
  return { timeSeries: [{ metric: {}, resource: {}, points: points.toReversed() }] };
}
