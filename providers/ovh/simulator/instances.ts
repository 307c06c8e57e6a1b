/** Instances, keys, snapshots and addresses of a project. */
import type { Cloud } from '../../../simulator/cloud/cloud.ts';
import { samplesOf } from '../../../simulator/cloud/metrics.ts';
import { Refusal, type SimImage, type SimKey, type SimServer } from '../../../simulator/cloud/model.ts';
import type { Call, Wire } from '../../../simulator/cloud/wire.ts';
import { projectOf } from '../descriptor.ts';
import { FLAVORS, IMAGES, type OvhFlavor, type OvhImage, REGIONS } from './data.ts';
import { applicationOf, idIn } from '../../../simulator/cloud/signed-gate.ts';

const P = '/1.0/cloud/project/:project';
const USER_DATA_BYTES = 49_151;
const PERIODS: Readonly<Record<string, readonly [days: number, stepS: number]>> = {
  today: [1, 300],
  lastday: [1, 300],
  lastweek: [7, 3600],
  lastmonth: [30, 7200],
  lastyear: [365, 86400],
};

/** @throws Refusal `not_found` for a project that is not the account's. */
function own(call: Call): string {
  const { id } = call.account;
  if (![id, applicationOf(call)].some((token) => projectOf(token) === call.param('project')))
    throw new Refusal('not_found', 'This service does not exist');
  return id;
}

export function showFlavor(cloud: Cloud, flavor: OvhFlavor, region: string): object {
  return {
    id: idIn(region, flavor.id),
    name: flavor.id,
    region,
    ram: flavor.memoryMb,
    disk: flavor.diskGb,
    vcpus: flavor.vcpus,
    type: flavor.type,
    osType: 'linux',
    inboundBandwidth: flavor.network,
    outboundBandwidth: flavor.network,
    available: cloud.inStock(flavor, region),
    quota: 20,
    planCodes: { hourly: `${flavor.id}.consumption`, monthly: `${flavor.id}.monthly.postpaid` },
    capabilities: ['resize', 'snapshot', 'volume', 'failoverip'].map((name) => ({ name, enabled: true })),
  };
}

function showSystem(image: OvhImage, region: string): object {
  return {
    id: idIn(region, image.name),
    name: image.name,
    region,
    visibility: 'public',
    status: 'active',
    type: image.type,
    minDisk: image.minDisk,
    minRam: 0,
    size: 0.6,
    user: image.user,
    flavorType: null,
    tags: [],
    planCode: null,
    creationDate: '2026-05-04T08:00:00Z',
  };
}

/** Where a server keeps what its image was, when that is no more. */
const GONE = 'gone_image';

function showSnapshot(image: SimImage): object {
  const status = image.state === 'available' ? 'active' : image.state === 'failed' ? 'error' : 'saving';
  return {
    id: image.id,
    name: image.name,
    region: image.region,
    visibility: 'private',
    status,
    type: 'linux',
    user: '',
    minDisk: image.diskGb,
    minRam: 0,
    size: image.sizeGb ?? 0,
    flavorType: null,
    tags: [],
    planCode: null,
    creationDate: new Date(image.createdMs).toISOString(),
  };
}

const showKey = ({ id, name, publicKey, fingerprint: fingerPrint }: SimKey): object => ({
  id,
  name,
  publicKey,
  fingerPrint,
  regions: REGIONS.map((each) => each.id),
});
const listedKey = ({ id, name, publicKey }: SimKey): object => ({ id, name, publicKey, regions: REGIONS.map((each) => each.id) });

function statusOf(cloud: Cloud, { phase, power, lockedBy }: SimServer): string {
  const command = lockedBy === null ? '' : (cloud.jobs.get(lockedBy)?.command ?? '');
  if (phase === 'starting' || phase === 'stopping')
    return command === 'reboot'
      ? 'HARD_REBOOT'
      : command === 'rescue'
        ? 'RESCUING'
        : command === 'unrescue'
          ? 'UNRESCUING'
          : power === 'on'
            ? 'ACTIVE'
            : 'SHUTOFF';
  const busy = {
    creating: 'BUILD',
    setup: 'BUILD',
    resizing: 'RESIZE',
    rebuilding: 'REBUILD',
    deleting: 'DELETING',
    rescue: 'RESCUE',
  } as const;
  return phase === 'ready' ? (power === 'on' ? 'ACTIVE' : 'SHUTOFF') : busy[phase];
}

function showServer(cloud: Cloud, server: SimServer): Record<string, unknown> {
  const networkId = idIn(server.region, 'Ext-Net');
  const address = (ip: string, version: number) => ({ ip, version, type: 'public', networkId, gatewayIp: null });
  return {
    id: server.id,
    name: server.name,
    region: server.region,
    status: statusOf(cloud, server),
    created: new Date(server.createdMs).toISOString(),
    planCode: `${server.plan}.consumption`,
    operationIds: [],
    monthlyBilling: null,
    currentMonthOutgoingTraffic: null,
    ipAddresses: server.phase === 'creating' ? [] : [address(server.ipv4, 4), address(server.ipv6, 6)],
  };
}
function listed(cloud: Cloud, server: SimServer): object {
  const { region, plan, image, keyIds } = server;
  return { ...showServer(cloud, server), flavorId: idIn(region, plan), imageId: image, sshKeyId: keyIds[0] ?? null };
}
function detailed(cloud: Cloud, server: SimServer): object {
  const now = cloud.servers.get(server.id) ?? server;
  const system = IMAGES.find(({ name }) => idIn(now.region, name) === now.image);
  const snapshot = cloud.images.get(now.image);
  const key = cloud.keys.get(now.keyIds[0] ?? '');
  return {
    ...showServer(cloud, now),
    flavor: showFlavor(cloud, flavorOf(now.plan), now.region),
    // Never null in the vendor's API: an instance outlives the snapshot that it was made of.
    image: system ? showSystem(system, now.region) : snapshot ? showSnapshot(snapshot) : now.extra[GONE],
    sshKey: key ? showKey(key) : null,
    rescuePassword: null,
  };
}
function flavorOf(id: string): OvhFlavor {
  return FLAVORS.find((flavor) => flavor.id === id)!;
}
function flavorById(id: string, region: string): OvhFlavor {
  const found = FLAVORS.find((flavor) => idIn(region, flavor.id) === id);
  if (!found) throw new Refusal('invalid', `Flavor ${id} does not exist in ${region}`);
  return found;
}
/** A system of the region, or a snapshot of the project there. */
function imageById(cloud: Cloud, account: string, id: string, region: string): { minDisk: number } {
  const system = IMAGES.find(({ name }) => idIn(region, name) === id);
  if (system) return { minDisk: system.minDisk };
  const kept = cloud.images.get(id);
  if (!kept || kept.account !== account || kept.region !== region || kept.state !== 'available')
    throw new Refusal('invalid', `Image ${id} does not exist in ${region}`);
  return { minDisk: kept.diskGb };
}

export function mountProject(wire: Wire, cloud: Cloud): void {
  wire.on(`get ${P}`, (call) => {
    own(call);
    const project = { project_id: call.param('project'), projectName: call.param('project'), description: 'Simulated', status: 'ok' };
    const more = {
      access: 'full',
      creationDate: '2026-01-01T00:00:00Z',
      expiration: null,
      manualQuota: false,
      orderId: null,
      unleash: false,
    };
    return { ...project, ...more, planCode: 'project.2018', iam: null };
  });
  wire.on(`get ${P}/region`, (call) => (own(call), REGIONS.map(({ id }) => id)));
  wire.on(`get ${P}/region/:region`, (call) => {
    own(call);
    const found = REGIONS.find(({ id }) => id === call.param('region'));
    if (!found) throw new Refusal('not_found', 'This region does not exist');
    const { id: name, continent: continentCode, centre: datacenterLocation } = found;
    const services = [{ name: 'instance', status: 'UP', endpoint: '' }];
    return { name, type: 'region', status: 'UP', continentCode, datacenterLocation, ipCountries: [], services };
  });
  const regionsOf = (call: Call): string[] => REGIONS.map(({ id }) => id).filter((id) => (call.query('region') ?? id) === id);
  wire.on(`get ${P}/flavor`, (call) => {
    own(call);
    return regionsOf(call).flatMap((at) =>
      FLAVORS.filter(({ regions }) => regions.includes(at)).map((each) => showFlavor(cloud, each, at)),
    );
  });
  wire.on(`get ${P}/image`, (call) => {
    own(call);
    const fitting = IMAGES.filter(({ type }) => (call.query('osType') ?? type) === type);
    return regionsOf(call).flatMap((at) => fitting.map((image) => showSystem(image, at)));
  });
  mountInstances(wire, cloud);
  mountBeside(wire, cloud);
}

function mountInstances(wire: Wire, cloud: Cloud): void {
  const one = (call: Call): SimServer => cloud.server(own(call), call.param('id'));
  const free = (call: Call): SimServer => cloud.free(own(call), call.param('id'));
  wire.on(`get ${P}/instance`, (call) => {
    const all = cloud.listed(own(call)).filter(({ region }) => (call.query('region') ?? region) === region);
    return all.map((server) => listed(cloud, server));
  });
  wire.on(`post ${P}/instance`, (call) => create(cloud, call));
  wire.on(`get ${P}/instance/:id`, (call) => detailed(cloud, one(call)));
  wire.on(`put ${P}/instance/:id`, (call) => (cloud.change(one(call), { name: call.required('instanceName') }), null));
  wire.on(`delete ${P}/instance/:id`, (call) => {
    const doomed = free(call);
    if (cloud.world.hasFlag('keep-on-delete', doomed.id)) return null;
    const during = { phase: 'deleting' as const };
    cloud.jobs.start(doomed, { command: 'delete', ms: cloud.sheet.times.remove, during, ending: { erase: true } });
    return null;
  });
  mountOrders(wire, cloud, free);
  wire.on(`get ${P}/instance/:id/monitoring`, (call) => measure(cloud, call, one(call)));
  wire.on(`post ${P}/instance/:id/vnc`, (call) => {
    const server = one(call);
    if (server.power === 'off') throw new Refusal('invalid', 'The instance is not running');
    const { token } = cloud.openConsole(server, 'serial');
    return { type: 'serial', url: `ws://${call.request.get('host')}/ovh/_console/${token}` };
  });
}

function create(cloud: Cloud, call: Call): object {
  const account = own(call);
  const region = call.required('region');
  if (!REGIONS.some(({ id }) => id === region)) throw new Refusal('invalid', 'No suitable endpoint for this region');
  const flavor = flavorById(call.required('flavorId'), region);
  const image = call.required('imageId');
  const { minDisk } = imageById(cloud, account, image, region);
  if (minDisk > flavor.diskGb) throw new Refusal('invalid', `The image needs a disk of ${minDisk} GB`);
  const userData = call.text('userData');
  if (Buffer.byteLength(userData) > USER_DATA_BYTES) throw new Refusal('invalid', 'userData is too long');
  const key = call.text('sshKeyId');
  if (key !== '') cloud.own(cloud.keys, account, key, 'key');
  const asked = { name: call.required('name'), plan: flavor.id, region, image, userData, keyIds: key === '' ? [] : [key] };
  const made = cloud.make(call.account, asked);
  const ending = { server: { phase: 'ready' as const, power: 'on' as const } };
  cloud.jobs.start(made, { command: 'create', ms: cloud.sheet.times.create, ending });
  return detailed(cloud, made);
}

function mountOrders(wire: Wire, cloud: Cloud, free: (call: Call) => SimServer): void {
  const { times } = cloud.sheet;
  const ready = (power: 'on' | 'off') => ({ phase: 'ready' as const, power });
  wire.on(`post ${P}/instance/:id/start`, (call) => {
    const server = free(call);
    if (server.power === 'on') throw new Refusal('locked', 'Cannot start an instance that is running');
    cloud.jobs.start(server, { command: 'start', ms: times.start, during: { phase: 'starting' }, ending: { server: ready('on') } });
    return null;
  });
  wire.on(`post ${P}/instance/:id/stop`, (call) => {
    const server = free(call);
    if (server.power === 'off') throw new Refusal('locked', 'Cannot stop an instance that is stopped');
    cloud.jobs.start(server, { command: 'stop', ms: times.stop, during: { phase: 'stopping' }, ending: { server: ready('off') } });
    return null;
  });
  wire.on(`post ${P}/instance/:id/reboot`, (call) => {
    if (!['soft', 'hard'].includes(call.required('type'))) throw new Refusal('invalid', 'type must be soft or hard');
    cloud.jobs.start(free(call), { command: 'reboot', ms: times.reboot, during: { phase: 'starting' }, ending: { server: ready('on') } });
    return null;
  });
  wire.on(`post ${P}/instance/:id/resize`, (call) => {
    const server = free(call);
    const flavor = flavorById(call.required('flavorId'), server.region);
    if (flavor.diskGb < server.diskGb) throw new Refusal('invalid', 'The disk of the new flavor is smaller');
    if (!cloud.inStock(flavor, server.region)) throw new Refusal('sold_out', 'sold out');
    const ending = { server: { ...ready(server.power), plan: flavor.id, diskGb: flavor.diskGb } };
    cloud.jobs.start(server, { command: 'resize', ms: times.resize, during: { phase: 'resizing' }, ending });
    return detailed(cloud, server);
  });
  wire.on(`post ${P}/instance/:id/reinstall`, (call) => {
    const server = free(call);
    const image = call.required('imageId');
    const { minDisk } = imageById(cloud, server.account, image, server.region);
    if (minDisk > server.diskGb) throw new Refusal('invalid', `The image needs a disk of ${minDisk} GB`);
    // Whatever was on that disk, it boots with the user data of its server, which sets that server's password again.
    const ending = { server: { ...ready('on'), image } };
    cloud.jobs.start(server, { command: 'reinstall', ms: times.rebuild, during: { phase: 'rebuilding' }, ending });
    return detailed(cloud, server);
  });
  wire.on(`post ${P}/instance/:id/rescueMode`, (call) => {
    const server = free(call);
    const enters = call.flag('rescue');
    if (enters === undefined) throw new Refusal('invalid', 'rescue is missing');
    if (enters === (server.phase === 'rescue')) throw new Refusal('locked', 'The instance is in this mode already');
    const adminPassword = enters ? cloud.password() : null;
    const ending = { server: { phase: enters ? ('rescue' as const) : ('ready' as const), power: 'on' as const, rescue: adminPassword } };
    cloud.jobs.start(server, { command: enters ? 'rescue' : 'unrescue', ms: times.reboot, during: { phase: 'starting' }, ending });
    return { adminPassword };
  });
  wire.on(`post ${P}/instance/:id/snapshot`, (call) => {
    cloud.snapshot(free(call), { name: call.required('snapshotName'), kind: 'snapshot' }, 'snapshot', false);
    return null;
  });
}

function measure(cloud: Cloud, call: Call, server: SimServer): object {
  const [type = '', period = ''] = [call.query('type'), call.query('period')];
  const span = PERIODS[period];
  if (!span || !/^(?:cpu|mem):(?:max|used)$|^net:[rt]x$/.test(type)) throw new Refusal('invalid', 'type or period is unknown');
  const toS = Math.floor(cloud.world.now() / 1000);
  const { vcpus } = flavorOf(server.plan);
  const samples = samplesOf(server, vcpus, { fromS: toS - span[0] * 86_400, toS, stepS: span[1] });
  const value = (sample: (typeof samples)[number]): number =>
    type === 'net:rx' ? sample.incoming : type === 'net:tx' ? sample.outgoing : type === 'cpu:used' ? sample.cpu / vcpus : 100;
  const values = samples.map((sample) => ({ timestamp: sample.at, value: value(sample) }));
  return { unit: type.startsWith('net') ? 'B/s' : '%', values };
}

function mountBeside(wire: Wire, cloud: Cloud): void {
  wire.on(`get ${P}/sshkey`, (call) => cloud.keys.filter(({ account }) => account === own(call)).map(listedKey));
  wire.on(`post ${P}/sshkey`, (call) => {
    const asked = { name: call.required('name'), publicKey: call.required('publicKey') };
    return showKey(cloud.addKey(own(call), asked, false));
  });
  wire.on(`get ${P}/sshkey/:id`, (call) => showKey(cloud.own(cloud.keys, own(call), call.param('id'), 'key')));
  wire.on(`delete ${P}/sshkey/:id`, (call) => (cloud.keys.delete(cloud.own(cloud.keys, own(call), call.param('id'), 'key').id), null));
  const kept = (call: Call): SimImage => cloud.own(cloud.images, own(call), call.param('id'), 'snapshot');
  wire.on(`get ${P}/snapshot`, (call) => cloud.images.filter(({ account }) => account === own(call)).map(showSnapshot));
  wire.on(`get ${P}/snapshot/:id`, (call) => showSnapshot(kept(call)));
  wire.on(`delete ${P}/snapshot/:id`, (call) => {
    const image = kept(call);
    for (const server of cloud.servers.filter((each) => each.image === image.id))
      cloud.servers.put({ ...server, extra: { ...server.extra, [GONE]: { ...showSnapshot(image), status: 'deleted' } } });
    cloud.images.delete(image.id);
    return showSnapshot(image);
  });
  mountReverse(wire, cloud);
}

function mountReverse(wire: Wire, cloud: Cloud): void {
  const holder = (call: Call): SimServer => {
    const ip = call.param('ip').replace(/\/(?:32|128)$/, '');
    const found = cloud.servers.find(({ account, ipv4, ipv6 }) => account === call.account.id && (ipv4 === ip || ipv6 === ip));
    if (!found) throw new Refusal('not_found', 'This service does not exist');
    return found;
  };
  wire.on('post /1.0/ip/:ip/reverse', (call) => {
    const server = holder(call);
    const [ipReverse, reverse] = [call.required('ipReverse'), call.required('reverse')];
    if (!reverse.endsWith('.')) throw new Refusal('invalid', 'The reverse must end with a dot');
    cloud.change(server, { reverse: { ...server.reverse, [ipReverse]: reverse } });
    return { ipReverse, reverse };
  });
  const pointer = (call: Call): { server: SimServer; ipReverse: string; reverse: string } => {
    const server = holder(call);
    const ipReverse = call.param('reverse');
    const reverse = server.reverse[ipReverse];
    if (reverse === undefined) throw new Refusal('not_found', 'The requested object does not exist');
    return { server, ipReverse, reverse };
  };
  wire.on('get /1.0/ip/:ip/reverse/:reverse', (call) => (({ ipReverse, reverse }) => ({ ipReverse, reverse }))(pointer(call)));
  wire.on('delete /1.0/ip/:ip/reverse/:reverse', (call) => {
    const { server, ipReverse } = pointer(call);
    cloud.change(server, { reverse: Object.fromEntries(Object.entries(server.reverse).filter(([ip]) => ip !== ipReverse)) });
    return null;
  });
}
