/** Instances: create, list, change, power, reinstall. */
import type { Cloud } from '../../../simulator/cloud/cloud.ts';
import { Refusal, type SimImage, type SimServer } from '../../../simulator/cloud/model.ts';
import { type Call, labelsOfTags, type Wire } from '../../../simulator/cloud/wire.ts';
import { APPLICATIONS, isWindows, planOf, PLANS, REGIONS, supportsWindows, SYSTEMS, type VultrPlan } from './data.ts';
import { scheduleBackups } from './images.ts';
import { install, makePassword } from './installation.ts';
import { extraFrom, extraOf, extraWith, requireSettled, showServer, type Told, toldOf } from './shapes.ts';
import { accepted, invalid, locked, page, textOf } from './words.ts';

const PASSWORD_READABLE_MS = 600_000;

export function mountInstances(wire: Wire, cloud: Cloud): void {
  const find = (call: Call): SimServer => cloud.server(call.account.id, call.param('id'));
  wire.on('get /v2/instances', (call) => page(call, 'instances', listed(cloud, call), (server) => showServer(cloud, server)));
  wire.on('post /v2/instances', (call) => accepted(call, create(cloud, call)));
  wire.on('get /v2/instances/:id', (call) => {
    const server = find(call);
    const isFresh = cloud.world.now() - server.createdMs < cloud.world.scale(PASSWORD_READABLE_MS);
    const isReadable = isFresh && cloud.world.hasFlag('password-readable', server.id);
    return { instance: showServer(cloud, server, isReadable ? server.password : undefined) };
  });
  wire.on('patch /v2/instances/:id', (call) => accepted(call, patch(cloud, call, find(call))));
  wire.gone('delete /v2/instances/:id', (call) => {
    const server = find(call);
    if (server.lockedBy !== null) throw locked('destroy server: Unable to remove VM');
    if (!cloud.world.hasFlag('keep-on-delete', server.id)) cloud.erase(server.id);
  });
  wire.on('post /v2/instances/:id/reinstall', (call) => {
    const server = find(call);
    requireSettled(server, 'reinstall server');
    const hostname = textOf(call, 'hostname') || toldOf(server).hostname;
    return accepted(call, reinstall(cloud, server, { hostname }));
  });
  mountPower(wire, cloud);
}

/** Of one server, or of several: all of them, or none where one cannot. */
function mountPower(wire: Wire, cloud: Cloud): void {
  const on = (action: string, power: 'on' | 'off', ms: number): void => {
    const run = (call: Call, ids: readonly string[]): void => {
      const found = ids.map((id) => cloud.server(call.account.id, id));
      for (const server of found) requireSettled(server, power === 'on' ? 'start server' : 'stop server');
      for (const server of found) cloud.jobs.start(server, { command: action, ms, ending: { server: { power } }, locks: false });
    };
    wire.gone(`post /v2/instances/:id/${action}`, (call) => run(call, [call.param('id')]));
    wire.gone(`post /v2/instances/${action}`, (call) => {
      const ids = call.strings('instance_ids');
      if (ids.length === 0) throw invalid('The instance_ids field is required.');
      run(call, ids);
    });
  };
  const { start, stop, reboot } = cloud.sheet.times;
  on('start', 'on', start);
  on('halt', 'off', stop);
  on('reboot', 'on', reboot);
}

function listed(cloud: Cloud, call: Call): SimServer[] {
  const fits = (name: string, ...values: string[]): boolean => call.query(name) === undefined || values.includes(call.query(name)!);
  return cloud
    .listed(call.account.id)
    .filter((server) => fits('tag', ...Object.keys(server.labels)) && fits('label', server.name) && fits('region', server.region))
    .filter((server) => fits('main_ip', server.ipv4) && fits('firewall_group_id', toldOf(server).firewall_group_id));
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
  const extra = extraFrom(call, os);
  const made = cloud.make(call.account, {
    name: textOf(call, 'label'),
    region: region.id,
    plan: plan.id,
    image: source?.id ?? String(os),
    labels: labelsOfTags(call.strings('tags')),
    userData: decoded(extra.userData),
    // Of a copy the disk’s own: what a first boot makes of it by its user data is not read here.
    password: source?.password ?? makePassword(cloud),
    // They come with the installation.
    ipv4: false,
    ipv6: false,
    extra,
  });
  const server = install(cloud, made, { backups: body['backups'] === 'enabled' }, 'creating');
  if (server.backups) scheduleBackups(cloud, server);
  return { instance: showServer(cloud, server, server.password) };
}

/** What the machine gets of user data. */
export function decoded(userData: string): string {
  return Buffer.from(userData, 'base64').toString('utf8');
}

/** The system id of the one source that was given: applications and images show Vultr's id for their kind. */
function sourceOf(body: Record<string, unknown>): number {
  const sources = ['os_id', 'app_id', 'image_id', 'iso_id', 'snapshot_id'].filter((key) => (body[key] ?? '') !== '');
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
  if (image?.kind !== 'snapshot' || image.account !== call.account.id || image.state !== 'available') throw invalid('Invalid snapshot_id.');
  if (image.diskGb > plan.diskGb) throw invalid('Server add failed: The snapshot is larger than the disk of the selected plan.');
  return image;
}

function reinstall(cloud: Cloud, server: SimServer, told: Partial<Told>, image = server.image): object {
  const next = install(cloud, server, { image, password: makePassword(cloud), ...extraWith(server, {}, told) });
  return { instance: showServer(cloud, next, next.password) };
}

function patch(cloud: Cloud, call: Call, server: SimServer): object {
  if (server.phase === 'resizing') throw locked('update server');
  const { plan = server.plan, os_id: os } = call.body;
  const upgrade = upgradesOf(cloud, server).find(({ id }) => id === plan);
  if (plan !== server.plan && !upgrade) throw invalid('Invalid plan chosen: the plan is not an upgrade of the current one.');
  let next = cloud.change(server, changesOf(cloud, call, server));
  if (next.backups && !server.backups) next = scheduleBackups(cloud, next);
  if (os !== undefined) {
    requireSettled(server, 'change OS');
    const os_id = systemOf(os);
    return reinstall(cloud, next, { os_id }, String(os_id));
  }
  if (upgrade) {
    const ending = { server: { plan: upgrade.id, diskGb: upgrade.diskGb, phase: 'ready' as const } };
    cloud.jobs.start(next, { command: 'upgrade', ms: cloud.sheet.times.resize, during: { phase: 'resizing' }, ending, locks: false });
  }
  return { instance: showServer(cloud, cloud.servers.get(server.id)!) };
}

function changesOf(cloud: Cloud, call: Call, server: SimServer): Partial<SimServer> {
  const extra = extraOf(server);
  const text = (key: string, now: string): string => (typeof call.body[key] === 'string' ? textOf(call, key) : now);
  const detached = call.strings('detach_vpc');
  const ipv6 = call.flag('enable_ipv6') ?? extra.ipv6;
  const userData = text('user_data', extra.userData);
  return {
    name: text('label', server.name),
    labels: Array.isArray(call.body['tags']) ? labelsOfTags(call.strings('tags')) : server.labels,
    backups: text('backups', server.backups ? 'enabled' : '') === 'enabled',
    userData: decoded(userData),
    ipv6: ipv6 ? server.ipv6 || cloud.world.allocateIpv6() : '',
    ...extraWith(
      server,
      {
        userData,
        ipv6,
        ddos: call.flag('ddos_protection') ?? extra.ddos,
        vpcs: [...new Set([...extra.vpcs, ...call.strings('attach_vpc')])].filter((vpc) => !detached.includes(vpc)),
      },
      { firewall_group_id: text('firewall_group_id', extra.told.firewall_group_id) },
    ),
  };
}

/** Larger plans of the same type in the same region. */
export function upgradesOf(cloud: Cloud, server: SimServer): VultrPlan[] {
  const { id, type, diskGb, memoryMb } = planOf(server.plan);
  return PLANS.filter((plan) => plan.type === type && plan.id !== id && plan.diskGb >= diskGb && plan.memoryMb >= memoryMb).filter((plan) =>
    cloud.inStock(plan, server.region),
  );
}
