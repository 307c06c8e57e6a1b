/** Routes of instances: create, list, change, power, reinstall, addresses, schedules. */
import type { Request, Router } from 'express';
import type { SimWorld } from '../simulation.ts';
import { APPLICATIONS, PLANS, REGIONS, SYSTEMS, supportsWindows, type SimPlan } from './simulator-data.ts';
import { Refusal, accountOf, bodyOf, page, route, textOf } from './simulator-http.ts';
import { mountImages } from './simulator-image-routes.ts';
import { imagesOf, scheduleBackups, type SimImage } from './simulator-images.ts';
import { mountAddresses, mountDetails } from './simulator-detail-routes.ts';
import {
  inStock,
  install,
  instancesOf,
  isWindows,
  locked,
  makePassword,
  present,
  remove,
  settled,
  upgradesOf,
  visibleInList,
  visibleItem,
  type FindInstance,
  type SimInstance,
} from './simulator-instances.ts';

const HALT_MS = 5_000;
const START_MS = 8_000;
const UPGRADE_MS = 60_000;
const PASSWORD_READABLE_MS = 600_000;
const QUOTA =
  'Server add failed: You have reached the maximum number of active virtual machines for this account. ' +
  'For security reasons, please contact our support team to have the limit raised';

export function mountInstances(router: Router, world: SimWorld): void {
  const find: FindInstance = (request, response) => {
    const instance = instancesOf(world).get(String(request.params['id']));
    if (!instance || instance.removed || instance.account !== accountOf(response).id || !visibleItem(world, instance))
      throw new Refusal(404, 'instance not found');
    return instance;
  };

  router.get(
    '/v2/instances',
    route((request, response) => page(request, 'instances', listed(world, request, accountOf(response).id))),
  );
  router.post(
    '/v2/instances',
    route((request, response) => create(world, bodyOf(request), accountOf(response))),
  );
  router.get(
    '/v2/instances/:id',
    route((request, response) => [200, { instance: shown(world, find(request, response)) }]),
  );
  router.patch(
    '/v2/instances/:id',
    route((request, response) => patch(world, find(request, response), bodyOf(request))),
  );
  router.delete(
    '/v2/instances/:id',
    route((request, response) => {
      const instance = find(request, response);
      if (instance.server === 'none' || instance.server === 'locked') throw locked('destroy server: Unable to remove VM');
      if (!world.hasFlag('keep-on-delete', instance.id)) remove(world, instance);
      return [204];
    }),
  );
  mountActions(router, world, find);
  mountImages(router, world, find);
  mountDetails(router, world, find);
  mountAddresses(router, world, find);
}

function shown(world: SimWorld, instance: SimInstance): Record<string, unknown> {
  const fresh = world.now() - instance.createdMs < world.scale(PASSWORD_READABLE_MS);
  return fresh && world.hasFlag('password-readable', instance.id) ? present(instance, instance.password) : present(instance);
}

function listed(world: SimWorld, request: Request, account: string): Record<string, unknown>[] {
  const { tag, label, region, main_ip: ip, firewall_group_id: group } = request.query;
  return instancesOf(world)
    .filter(
      (instance) =>
        instance.account === account &&
        !instance.removed &&
        visibleInList(world, instance) &&
        (tag === undefined || instance.tags.includes(String(tag))) &&
        (label === undefined || instance.label === label) &&
        (region === undefined || instance.region === region) &&
        (ip === undefined || instance.mainIp === ip) &&
        (group === undefined || instance.firewall_group_id === group),
    )
    .map((instance) => present(instance));
}

function create(world: SimWorld, body: Record<string, unknown>, account: { id: string; instanceLimit: number }): [number, unknown] {
  const region = REGIONS.find((entry) => entry.id === body['region']);
  if (!region) throw new Refusal(400, 'Invalid region chosen.');
  const plan = PLANS.find((entry) => entry.id === body['plan']);
  if (!plan) throw new Refusal(400, 'Invalid plan chosen.');
  const osId = sourceOf(body);
  const source = body['snapshot_id'] ? snapshotOf(world, textOf(body['snapshot_id']), account.id, plan) : null;
  if (!inStock(world, plan, region.id)) throw new Refusal(400, 'Server add failed: Plan is not available in the selected region.');
  if (isWindows(osId) && !supportsWindows(plan))
    throw new Refusal(400, 'Server add failed: Windows requires a plan with at least 2048 MB of memory.');
  const held = instancesOf(world).filter((instance) => instance.account === account.id && !instance.removed);
  if (held.length >= account.instanceLimit) throw new Refusal(400, QUOTA);

  const label = textOf(body['label']);
  // Of a copy the disk’s own: what a first boot makes of it by its user data is not read here.
  const password = source?.password ?? makePassword(world);
  const fresh = instancesOf(world).put({
    id: world.uuid(),
    account: account.id,
    createdMs: world.now(),
    region: region.id,
    plan: plan.id,
    os_id: osId,
    app_id: Number(body['app_id'] ?? 0),
    image_id: textOf(body['image_id']),
    snapshot_id: textOf(body['snapshot_id']),
    label,
    hostname: textOf(body['hostname']) || label || 'vultr.guest',
    tags: strings(body['tags']),
    userData: textOf(body['user_data']),
    firewall_group_id: textOf(body['firewall_group_id']),
    script_id: textOf(body['script_id']),
    iso_id: textOf(body['iso_id']),
    user_scheme: textOf(body['user_scheme']) || 'root',
    ipv6: body['enable_ipv6'] === true,
    backups: body['backups'] === 'enabled',
    ddos: body['ddos_protection'] === true,
    publicIpv4: body['disable_public_ipv4'] !== true,
    vpcs: strings(body['attach_vpc']),
    schedule: { type: 'daily', hour: 0, dow: 1, dom: 1 },
    password,
    mainIp: '',
    mainIpv6: '',
    reverse: '',
    status: 'pending',
    power: 'running',
    server: 'none',
    life: 0,
    removed: false,
  });
  if (fresh.backups) scheduleBackups(world, fresh);
  return [202, { instance: present(install(world, fresh), password) }];
}

/** The system id of the one source that was given: applications and images show Vultr's id for their kind. */
function sourceOf(body: Record<string, unknown>): number {
  const sources = ['os_id', 'app_id', 'image_id', 'iso_id', 'snapshot_id'].filter(
    (key) => body[key] !== undefined && body[key] !== null && body[key] !== '',
  );
  if (sources.length !== 1) throw new Refusal(400, 'Must choose one of os_id, iso_id, snapshot_id, app_id or image_id.');
  if (sources[0] === 'os_id') return checkOs(body['os_id']);
  if (sources[0] === 'app_id' && !APPLICATIONS.some((app) => app.id === Number(body['app_id']))) throw new Refusal(400, 'Invalid app_id.');
  return sources[0] === 'iso_id' ? 159 : sources[0] === 'snapshot_id' ? 164 : 186;
}

/** One of the account's own, whole, and no larger than the plan's disk. */
function snapshotOf(world: SimWorld, id: string, account: string, plan: SimPlan): SimImage {
  const image = imagesOf(world).get(id);
  if (!image || image.kind !== 'snapshot' || image.account !== account || image.status !== 'complete')
    throw new Refusal(400, 'Invalid snapshot_id.');
  if (image.diskGb > plan.disk) throw new Refusal(400, 'Server add failed: The snapshot is larger than the disk of the selected plan.');
  return image;
}

function checkOs(osId: unknown): number {
  const found = SYSTEMS.find((os) => os.id === Number(osId) && !['iso', 'snapshot', 'backup', 'application'].includes(os.family));
  if (!found) throw new Refusal(400, 'Invalid os_id.');
  return found.id;
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function patch(world: SimWorld, instance: SimInstance, body: Record<string, unknown>): [number, unknown] {
  if (instance.status === 'resizing') throw locked('update server');
  let next: SimInstance = {
    ...instance,
    ...(typeof body['label'] === 'string' ? { label: body['label'] } : {}),
    ...(Array.isArray(body['tags']) ? { tags: strings(body['tags']) } : {}),
    ...(typeof body['firewall_group_id'] === 'string' ? { firewall_group_id: body['firewall_group_id'] } : {}),
    ...(typeof body['user_data'] === 'string' ? { userData: body['user_data'] } : {}),
    ...(typeof body['enable_ipv6'] === 'boolean' ? { ipv6: body['enable_ipv6'] } : {}),
    ...(typeof body['ddos_protection'] === 'boolean' ? { ddos: body['ddos_protection'] } : {}),
    ...(typeof body['backups'] === 'string' ? { backups: body['backups'] === 'enabled' } : {}),
  };
  const detached = strings(body['detach_vpc']);
  next.vpcs = [...new Set([...next.vpcs, ...strings(body['attach_vpc'])])].filter((vpc) => !detached.includes(vpc));
  next.mainIpv6 = next.ipv6 ? next.mainIpv6 || (next.mainIp === '' ? '' : world.allocateIpv6()) : '';
  if (body['plan'] !== undefined && body['plan'] !== instance.plan) {
    if (!upgradesOf(world, instance).some((plan) => plan.id === body['plan']))
      throw new Refusal(400, 'Invalid plan chosen: the plan is not an upgrade of the current one.');
    next.status = 'resizing';
    world.schedule('vultr-upgraded', { id: next.id, life: next.life, plan: body['plan'] }, UPGRADE_MS);
  }
  instancesOf(world).put(next);
  if (next.backups && !instance.backups) scheduleBackups(world, next);
  if (body['os_id'] !== undefined) {
    settled(instance, 'change OS');
    next = install(world, { ...next, os_id: checkOs(body['os_id']), snapshot_id: '', password: makePassword(world) });
    return [202, { instance: present(next, next.password) }];
  }
  return [202, { instance: present(next) }];
}

function mountActions(router: Router, world: SimWorld, find: FindInstance): void {
  const power = (state: 'running' | 'stopped', ms: number) =>
    route((request, response) => {
      const instance = find(request, response);
      settled(instance, state === 'running' ? 'start server' : 'stop server');
      world.schedule('vultr-power', { id: instance.id, life: instance.life, power: state }, ms);
      return [204];
    });
  /** Of several: all of them, or none where one cannot. */
  const massPower = (state: 'running' | 'stopped', ms: number) =>
    route((request, response) => {
      const ids = strings(bodyOf(request)['instance_ids']);
      if (ids.length === 0) throw new Refusal(400, 'The instance_ids field is required.');
      const found = ids.map((id) => find({ params: { id } } as unknown as Request, response));
      for (const instance of found) settled(instance, state === 'running' ? 'start server' : 'stop server');
      for (const { id, life } of found) world.schedule('vultr-power', { id, life, power: state }, ms);
      return [204];
    });
  router.post('/v2/instances/start', massPower('running', START_MS));
  router.post('/v2/instances/halt', massPower('stopped', HALT_MS));
  router.post('/v2/instances/reboot', massPower('running', START_MS));
  router.post('/v2/instances/:id/start', power('running', START_MS));
  router.post('/v2/instances/:id/halt', power('stopped', HALT_MS));
  router.post('/v2/instances/:id/reboot', power('running', START_MS));
  router.post(
    '/v2/instances/:id/reinstall',
    route((request, response) => {
      const instance = find(request, response);
      settled(instance, 'reinstall server');
      const hostname = textOf(bodyOf(request)['hostname']) || instance.hostname;
      const next = install(world, { ...instance, hostname, password: makePassword(world) });
      return [202, { instance: present(next, next.password) }];
    }),
  );
}
