/**
 * Instances: create, list, change, power, reinstall. An installation, the first or another, is a chain of jobs:
 * accepted (pending/none, 0.0.0.0, invisible for seconds) → address → active/locked → installing → ok.
 */
import type { Cloud } from '../../../simulator/cloud/cloud.ts';
import type { Phase, SimImage, SimServer } from '../../../simulator/cloud/model.ts';
import { Refusal } from '../../../simulator/cloud/model.ts';
import type { Call, Wire } from '../../../simulator/cloud/wire.ts';
import { APPLICATIONS, isWindows, planOf, PLANS, REGIONS, supportsWindows, SYSTEMS, type VultrPlan } from './data.ts';
import { scheduleBackups } from './images.ts';
import { type Extra, extraOf, extraWith, isComplete, requireSettled, showServer } from './shapes.ts';
import { invalid, locked, page, textOf } from './words.ts';

/** Realistic milliseconds from the order on. */
const LINUX = { address: 6_000, active: 20_000, installing: 22_000, ok: 45_000 } as const;
const WINDOWS = { address: 10_000, active: 45_000, installing: 60_000, ok: 240_000 } as const;
const PASSWORD_READABLE_MS = 600_000;

export function mountInstances(wire: Wire, cloud: Cloud): void {
  const find = (call: Call): SimServer => cloud.server(call.account.id, call.param('id'));
  wire.on('get /v2/instances', (call) =>
    page(
      call,
      'instances',
      listed(cloud, call).map((server) => showServer(cloud, server)),
    ),
  );
  wire.on('post /v2/instances', (call) => create(cloud, call), 202);
  wire.on('get /v2/instances/:id', (call) => {
    const server = find(call);
    const fresh = cloud.world.now() - server.createdMs < cloud.world.scale(PASSWORD_READABLE_MS);
    const told = fresh && cloud.world.hasFlag('password-readable', server.id) ? server.password : undefined;
    return { instance: showServer(cloud, server, told) };
  });
  wire.on('patch /v2/instances/:id', (call) => patch(cloud, call, find(call)), 202);
  wire.gone('delete /v2/instances/:id', (call) => {
    const server = find(call);
    if (server.lockedBy !== null) throw locked('destroy server: Unable to remove VM');
    if (!cloud.world.hasFlag('keep-on-delete', server.id)) cloud.erase(server.id);
  });
  wire.on(
    'post /v2/instances/:id/reinstall',
    (call) => {
      const server = find(call);
      requireSettled(server, 'reinstall server');
      const hostname = textOf(call, 'hostname') || extraOf(server).hostname;
      return reinstalled(cloud, server, extraWith(server, { hostname }));
    },
    202,
  );
  mountPower(wire, cloud);
}

/** Of one server, or of several: all of them, or none where one cannot. */
function mountPower(wire: Wire, cloud: Cloud): void {
  const { start, stop, reboot } = cloud.sheet.times;
  for (const [action, power, ms] of [
    ['start', 'on', start],
    ['halt', 'off', stop],
    ['reboot', 'on', reboot],
  ] as const) {
    const run = (call: Call, ids: readonly string[]): void => {
      const found = ids.map((id) => cloud.server(call.account.id, id));
      for (const server of found) requireSettled(server, power === 'on' ? 'start server' : 'stop server');
      for (const server of found) cloud.jobs.start(server, { command: action, ms, ending: { server: { power } }, locks: false });
    };
    wire.on(
      `post /v2/instances/${action}`,
      (call) => {
        const ids = call.strings('instance_ids');
        if (ids.length === 0) throw invalid('The instance_ids field is required.');
        run(call, ids);
      },
      204,
    );
    wire.on(`post /v2/instances/:id/${action}`, (call) => run(call, [call.param('id')]), 204);
  }
}

function listed(cloud: Cloud, call: Call): SimServer[] {
  const fits = (name: string, value: string): boolean => call.query(name) === undefined || call.query(name) === value;
  return cloud
    .listed(call.account.id)
    .filter(
      (server) =>
        (call.query('tag') === undefined || server.labels[call.query('tag')!] !== undefined) &&
        fits('label', server.name) &&
        fits('region', server.region) &&
        fits('main_ip', server.ipv4) &&
        fits('firewall_group_id', extraOf(server).group),
    );
}

function create(cloud: Cloud, call: Call): object {
  const { body } = call;
  const region = REGIONS.find(({ id }) => id === body['region']);
  if (!region) throw invalid('Invalid region chosen.');
  const plan = PLANS.find(({ id }) => id === body['plan']);
  if (!plan) throw invalid('Invalid plan chosen.');
  const os = sourceOf(body);
  const source = body['snapshot_id'] ? snapshotFor(cloud, call, plan) : null;
  if (!cloud.inStock(plan, region.id)) throw new Refusal('sold_out', 'no capacity for this plan in this region');
  if (isWindows(os) && !supportsWindows(plan)) throw invalid('Server add failed: Windows requires a plan with at least 2048 MB of memory.');
  const extra: Extra = {
    os,
    app: Number(body['app_id'] ?? 0),
    imageId: textOf(call, 'image_id'),
    hostname: textOf(call, 'hostname') || textOf(call, 'label') || 'vultr.guest',
    userData: textOf(call, 'user_data'),
    group: textOf(call, 'firewall_group_id'),
    scheme: textOf(call, 'user_scheme') || 'root',
    ipv6: body['enable_ipv6'] === true,
    ddos: body['ddos_protection'] === true,
    publicIpv4: body['disable_public_ipv4'] !== true,
    vpcs: call.strings('attach_vpc'),
    schedule: { type: 'daily', hour: 0, dow: 1, dom: 1 },
    series: 0,
    installation: '',
  };
  const made = cloud.make(call.account, {
    name: textOf(call, 'label'),
    region: region.id,
    plan: plan.id,
    image: source?.id ?? String(os),
    labels: labelsOf(call),
    userData: decoded(extra.userData),
    // Of a copy the disk’s own: what a first boot makes of it by its user data is not read here.
    password: source?.password ?? makePassword(cloud),
    ipv4: false,
    ipv6: false,
    extra: { ...extra },
  });
  const server = install(cloud, made, { backups: body['backups'] === 'enabled' }, 'creating');
  if (server.backups) scheduleBackups(cloud, server);
  return { instance: showServer(cloud, server, server.password) };
}

export function labelsOf(call: Call): Record<string, string> {
  return Object.fromEntries(call.strings('tags').map((tag) => [tag, '']));
}

/** What the machine gets of user data. */
export function decoded(userData: string): string {
  return Buffer.from(userData, 'base64').toString('utf8');
}

/** The system id of the one source that was given: applications and images show Vultr's id for their kind. */
function sourceOf(body: Record<string, unknown>): number {
  const sources = ['os_id', 'app_id', 'image_id', 'iso_id', 'snapshot_id'].filter(
    (key) => body[key] !== undefined && body[key] !== null && body[key] !== '',
  );
  if (sources.length !== 1) throw invalid('Must choose one of os_id, iso_id, snapshot_id, app_id or image_id.');
  if (sources[0] === 'os_id') return systemOf(body['os_id']);
  if (sources[0] === 'app_id' && !APPLICATIONS.some((app) => app.id === Number(body['app_id']))) throw invalid('Invalid app_id.');
  return sources[0] === 'iso_id' ? 159 : sources[0] === 'snapshot_id' ? 164 : 186;
}

function systemOf(os: unknown): number {
  const found = SYSTEMS.find(({ id, family }) => id === Number(os) && !['iso', 'snapshot', 'backup', 'application'].includes(family));
  if (!found) throw invalid('Invalid os_id.');
  return found.id;
}

/** One of the account's own, whole, and no larger than the plan's disk. */
function snapshotFor(cloud: Cloud, call: Call, plan: VultrPlan): SimImage {
  const image = cloud.images.get(textOf(call, 'snapshot_id'));
  if (!image || image.kind !== 'snapshot' || image.account !== call.account.id || !isComplete(cloud, image))
    throw invalid('Invalid snapshot_id.');
  if (image.diskGb > plan.diskGb) throw invalid('Server add failed: The snapshot is larger than the disk of the selected plan.');
  return image;
}

/** 16 characters in the manner of Vultr's. */
function makePassword(cloud: Cloud): string {
  const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789!#{}+?=';
  const bytes = Buffer.from(cloud.world.hex(24), 'hex');
  return `a5{B${[...bytes].map((byte) => alphabet[byte % alphabet.length]).join('')}`;
}

/** Starts an installation, which overwrites the disk: the server comes up running, with what `changes` say. */
export function install(cloud: Cloud, server: SimServer, changes: Partial<SimServer>, phase: Phase = 'rebuilding'): SimServer {
  const { jobs, world } = cloud;
  const next = cloud.change(server, { ...changes, phase, power: 'on' });
  const { os, ipv6, publicIpv4 } = extraOf(next);
  const times = isWindows(os) ? WINDOWS : LINUX;
  const address = {
    // A halt that was ordered just before does not reach the new system.
    power: 'on' as const,
    ...(next.ipv4 === '' && publicIpv4 ? { ipv4: world.allocateIpv4() } : {}),
    ...(next.ipv6 === '' && ipv6 ? { ipv6: world.allocateIpv6() } : {}),
  };
  const addressed = jobs.start(next, { command: 'address', ms: times.address, ending: { server: address } });
  const activation = { command: 'activate', ms: times.active - times.address, ending: { server: { phase: 'ready' as const } } };
  const active = jobs.start(next, { ...activation, after: addressed });
  const booted = jobs.start(next, { command: 'boot', ms: times.installing - times.active, after: active });
  const installed = jobs.start(next, { command: 'install', ms: times.ok - times.installing, after: booted, locks: false });
  return cloud.change(next, extraWith(next, { installation: installed.id }));
}

function reinstalled(cloud: Cloud, server: SimServer, changes: Partial<SimServer>): object {
  const next = install(cloud, server, { ...changes, password: makePassword(cloud) });
  return { instance: showServer(cloud, next, next.password) };
}

function patch(cloud: Cloud, call: Call, server: SimServer): object {
  if (server.phase === 'resizing') throw locked('update server');
  const { body } = call;
  const grows = body['plan'] !== undefined && body['plan'] !== server.plan;
  const upgrade = grows ? upgradesOf(cloud, server).find(({ id }) => id === body['plan']) : undefined;
  if (grows && !upgrade) throw invalid('Invalid plan chosen: the plan is not an upgrade of the current one.');
  const next = cloud.change(server, changesOf(cloud, call, server));
  if (next.backups && !server.backups) scheduleBackups(cloud, next);
  if (body['os_id'] !== undefined) {
    requireSettled(server, 'change OS');
    const os = systemOf(body['os_id']);
    return reinstalled(cloud, next, { image: String(os), ...extraWith(cloud.servers.get(server.id)!, { os }) });
  }
  if (upgrade) {
    const ending = { server: { plan: upgrade.id, diskGb: upgrade.diskGb, phase: 'ready' as const } };
    cloud.jobs.start(next, { command: 'upgrade', ms: cloud.sheet.times.resize, during: { phase: 'resizing' }, ending, locks: false });
  }
  return { instance: showServer(cloud, cloud.servers.get(server.id)!) };
}

function changesOf(cloud: Cloud, call: Call, server: SimServer): Partial<SimServer> {
  const { body } = call;
  const extra = extraOf(server);
  const text = (key: string, now: string): string => (typeof body[key] === 'string' ? textOf(call, key) : now);
  const detached = call.strings('detach_vpc');
  const ipv6 = call.flag('enable_ipv6') ?? extra.ipv6;
  const userData = text('user_data', extra.userData);
  return {
    name: text('label', server.name),
    labels: Array.isArray(body['tags']) ? labelsOf(call) : server.labels,
    backups: text('backups', server.backups ? 'enabled' : '') === 'enabled',
    userData: decoded(userData),
    ipv6: ipv6 ? server.ipv6 || cloud.world.allocateIpv6() : '',
    ...extraWith(server, {
      userData,
      ipv6,
      group: text('firewall_group_id', extra.group),
      ddos: call.flag('ddos_protection') ?? extra.ddos,
      vpcs: [...new Set([...extra.vpcs, ...call.strings('attach_vpc')])].filter((vpc) => !detached.includes(vpc)),
    }),
  };
}

/** Larger plans of the same type in the same region. */
export function upgradesOf(cloud: Cloud, server: SimServer): VultrPlan[] {
  const now = planOf(server.plan);
  return PLANS.filter(
    (plan) =>
      plan.id !== now.id &&
      plan.type === now.type &&
      plan.diskGb >= now.diskGb &&
      plan.memoryMb >= now.memoryMb &&
      cloud.inStock(plan, server.region),
  );
}
