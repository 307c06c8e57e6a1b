/** Delivered VPSes: power, tasks, systems, addresses, and the terms they are paid for. */
import type { Cloud } from '../../../simulator/cloud/cloud.ts';
import { Refusal, type SimJob, type SimServer } from '../../../simulator/cloud/model.ts';
import type { Call, Wire } from '../../../simulator/cloud/wire.ts';
import { idIn } from '../../../simulator/cloud/signed-gate.ts';
import { MODELS, SYSTEMS } from './data.ts';

/** After a purchase the subscription takes this long to be one. */
const SUBSCRIBED_MS = 30_000;
const P = '/1.0/vps/:vps';

function stateOf(cloud: Cloud, { phase, power, lockedBy }: SimServer): string {
  const command = lockedBy === null ? '' : (cloud.jobs.get(lockedBy)?.command ?? '');
  if (phase === 'starting' || phase === 'stopping') return command === 'stopVm' ? 'stopping' : 'rebooting';
  if (phase === 'rebuilding' || phase === 'creating') return 'installing';
  return power === 'on' ? 'running' : 'stopped';
}

function show(cloud: Cloud, server: SimServer): object {
  const model = MODELS.find(({ id }) => id === server.plan)!;
  const size = { vcore: model.vcpus, memory: model.memoryMb };
  const more = { availableOptions: [], datacenter: [...model.regions], maximumAdditionnalIp: 16, offer: 'VPS 2027', version: '2019v1' };
  return {
    name: server.id,
    displayName: server.name === '' ? server.id : server.name,
    state: stateOf(cloud, server),
    zone: `Region OpenStack: os-${server.region.toLowerCase()}8`,
    cluster: 'c1',
    keymap: null,
    memoryLimit: size.memory,
    monitoringIpBlocks: [],
    netbootMode: 'local',
    offerType: 'ssd',
    slaMonitoring: false,
    vcore: size.vcore,
    model: { name: server.plan, disk: server.diskGb, ...size, ...more },
    iam: null,
  };
}

const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
function infos({ id, createdMs, paidUntilMs, renews, extra, account }: SimServer): object {
  const months = Number(extra['periodMonths']);
  const contact = `${account.slice(0, 12)}-ovh`;
  return {
    serviceId: Number.parseInt(id.slice(4, 11), 16),
    domain: id,
    status: 'ok',
    creation: day(createdMs),
    expiration: day(paidUntilMs!),
    engagedUpTo: months > 1 ? day(paidUntilMs!) : null,
    canDeleteAtExpiration: true,
    possibleRenewPeriod: [1, 12],
    contactAdmin: contact,
    contactBilling: contact,
    contactTech: contact,
    renewalType: String(extra['renewalType']),
    renew: { automatic: renews, deleteAtExpiration: !renews, forced: false, manualPayment: false, period: months },
  };
}

const STATES = { waiting: 'todo', running: 'doing', success: 'done', error: 'error' } as const;
function task({ id, command, status, startedMs }: SimJob): object {
  const progress = status === 'success' ? 100 : 40;
  return { id: Number(id), type: command, state: STATES[status], progress, date: new Date(startedMs).toISOString() };
}

export function mountMachines(wire: Wire, cloud: Cloud): void {
  const one = (call: Call): SimServer => {
    const server = cloud.server(call.account.id, call.param('vps'));
    if (server.phase === 'deleting') throw new Refusal('gone', 'This service is expired');
    return server;
  };
  wire.on('get /1.0/vps', (call) => cloud.listed(call.account.id).map(({ id }) => id));
  wire.on(`get ${P}`, (call) => show(cloud, one(call)));
  wire.on(`put ${P}`, (call) => {
    const server = one(call);
    if (typeof call.body['displayName'] === 'string') cloud.change(server, { name: call.text('displayName') });
    return null;
  });
  wire.on(`get ${P}/serviceInfos`, (call) => infos(one(call)));
  wire.on(`put ${P}/serviceInfos`, (call) => {
    const server = one(call);
    if (cloud.world.now() - server.createdMs < cloud.world.scale(SUBSCRIBED_MS))
      throw new Refusal('invalid', 'This subscription is not active yet');
    const renew = call.body['renew'] as { deleteAtExpiration?: unknown } | undefined;
    if (typeof renew?.deleteAtExpiration !== 'boolean') throw new Refusal('invalid', 'renew is missing');
    const ends = renew.deleteAtExpiration;
    cloud.change(server, { renews: !ends, extra: { ...server.extra, renewalType: ends ? 'manual' : 'automaticV2012' } });
    return null;
  });
  mountAddresses(wire, cloud, one);
  mountTasks(wire, cloud, one);
}

function mountAddresses(wire: Wire, cloud: Cloud, one: (call: Call) => SimServer): void {
  wire.on(`get ${P}/ips`, (call) => (({ ipv4, ipv6 }) => [ipv4, ipv6])(one(call)));
  const address = (call: Call): { server: SimServer; ip: string } => {
    const server = one(call);
    const ip = call.param('ip');
    if (ip !== server.ipv4 && ip !== server.ipv6) throw new Refusal('not_found', 'This address is not of this VPS');
    return { server, ip };
  };
  wire.on(`get ${P}/ips/:ip`, (call) => {
    const { server, ip } = address(call);
    const version = ip.includes(':') ? 'v6' : 'v4';
    return {
      ipAddress: ip,
      version,
      type: 'primary',
      geolocation: 'fr',
      gateway: null,
      macAddress: null,
      reverse: server.reverse[ip] ?? null,
    };
  });
  wire.on(`put ${P}/ips/:ip`, (call) => {
    const { server, ip } = address(call);
    const others = Object.fromEntries(Object.entries(server.reverse).filter(([each]) => each !== ip));
    const reverse = call.text('reverse');
    cloud.change(server, { reverse: reverse === '' ? others : { ...others, [ip]: reverse } });
    return null;
  });
}

function mountTasks(wire: Wire, cloud: Cloud, one: (call: Call) => SimServer): void {
  const { times } = cloud.sheet;
  const tasks = ({ account, id }: SimServer): SimJob[] => cloud.jobs.of(account, ({ serverId }) => serverId === id);
  wire.on(`get ${P}/tasks`, (call) => {
    const state = call.query('state');
    return tasks(one(call))
      .filter(({ status }) => state === undefined || STATES[status] === state)
      .map(({ id }) => Number(id));
  });
  wire.on(`get ${P}/tasks/:task`, (call) => {
    const found = tasks(one(call)).find(({ id }) => id === call.param('task'));
    if (!found) throw new Refusal('not_found', 'This task does not exist');
    return task(found);
  });
  const start = (call: Call, command: string, ms: number, during: Partial<SimServer>, ending: Partial<SimServer>): object => {
    const server = one(call);
    if (server.lockedBy !== null) throw new Refusal('invalid', 'Action not available while there are running tasks on the VPS');
    return task(cloud.jobs.start(server, { command, ms, during, ending: { server: { phase: 'ready', ...ending } } }));
  };
  wire.on(`post ${P}/start`, (call) => start(call, 'startVm', times.start, { phase: 'starting' }, { power: 'on' }));
  wire.on(`post ${P}/stop`, (call) => start(call, 'stopVm', times.stop, { phase: 'stopping' }, { power: 'off' }));
  wire.on(`post ${P}/reboot`, (call) => start(call, 'rebootVm', times.reboot, { phase: 'starting' }, { power: 'on' }));
  wire.on(`post ${P}/setPassword`, (call) =>
    start(call, 'changeRootPassword', times.reboot, { phase: 'starting' }, { power: 'on', password: cloud.password() }),
  );
  wire.on(`post ${P}/rebuild`, (call) => {
    const system = SYSTEMS.find((name) => idIn(one(call).id, name) === call.required('imageId'));
    if (system === undefined) throw new Refusal('invalid', 'This image does not exist');
    const key = call.text('publicSshKey');
    const ending = { power: 'on' as const, image: system, password: cloud.password(), keyIds: key === '' ? [] : [key] };
    return start(call, 'reinstallVm', times.rebuild, { phase: 'rebuilding' }, ending);
  });
  wire.on(`get ${P}/images/available`, (call) => SYSTEMS.map((name) => idIn(one(call).id, name)));
  wire.on(`get ${P}/images/available/:image`, (call) => {
    const name = SYSTEMS.find((each) => idIn(one(call).id, each) === call.param('image'));
    if (name === undefined) throw new Refusal('not_found', 'This image does not exist');
    return { id: call.param('image'), name };
  });
  wire.on(`post ${P}/getConsoleUrl`, (call) => {
    const { token } = cloud.openConsole(one(call), 'serial');
    return `ws://${call.request.get('host')}/ovhvps/_console/${token}`;
  });
}
