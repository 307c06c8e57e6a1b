/** Actions: what happens to a droplet, in the time it takes. */
import type { Request, Response, Router } from 'express';
import { dropBackups, imageEffect, onBackupTimer, refuseImage, scheduleBackups, takeImage } from './images.ts';
import { actionShape } from './shapes.ts';
import {
  accountOf,
  ApiFailure,
  findRegion,
  findSize,
  isoNow,
  isSold,
  notFound,
  pendingEvent,
  sendPage,
  unprocessable,
  type Cloud,
  type SimAction,
  type SimDroplet,
} from './state.ts';

/** Realistic milliseconds; what people see at the real one, give or take a sixth. */
const DURATIONS_MS: Readonly<Record<string, number>> = {
  create: 35_000,
  destroy: 8_000,
  power_on: 10_000,
  power_off: 6_000,
  shutdown: 9_000,
  reboot: 12_000,
  power_cycle: 14_000,
  resize: 60_000,
  rebuild: 45_000,
  restore: 75_000,
  rename: 2_000,
  enable_backups: 3_000,
  disable_backups: 3_000,
  change_backup_policy: 2_000,
  enable_ipv6: 8_000,
  password_reset: 15_000,
  snapshot: 60_000,
};
const STUCK_RETRY_MS = 3_000;
const BY_TAG: ReadonlySet<string> = new Set(
  'power_cycle power_on power_off shutdown enable_ipv6 enable_backups disable_backups snapshot'.split(' '),
);

export function actionRoutes(router: Router, cloud: Cloud): void {
  onBackupTimer(cloud);
  cloud.world.onTimer('action', (payload) => complete(cloud, String(payload['id'])));
  const own = (response: Response, id: string | undefined): SimAction => {
    const action = cloud.actions.get(id ?? '');
    if (!action || action.account !== accountOf(response).id) throw notFound();
    return action;
  };
  const ofDroplet = (request: Request, response: Response): SimDroplet => {
    const droplet = cloud.droplets.get(String(request.params['id']));
    if (!droplet || droplet.account !== accountOf(response).id) throw notFound();
    return droplet;
  };
  const newestFirst = (actions: SimAction[]): unknown[] => actions.toReversed().map((action) => actionShape(cloud, action));

  router.get('/v2/actions', (request, response) => {
    sendPage(request, response, 'actions', newestFirst(cloud.actions.filter((action) => action.account === accountOf(response).id)));
  });
  router.get('/v2/actions/:action', (request, response) => {
    response.json({ action: actionShape(cloud, own(response, request.params.action)) });
  });
  router.get('/v2/droplets/:id/actions', (request, response) => {
    const droplet = ofDroplet(request, response);
    sendPage(request, response, 'actions', newestFirst(cloud.actions.filter((action) => action.dropletId === droplet.id)));
  });
  router.get('/v2/droplets/:id/actions/:action', (request, response) => {
    const droplet = ofDroplet(request, response);
    const action = own(response, request.params.action);
    if (action.dropletId !== droplet.id) throw notFound();
    response.json({ action: actionShape(cloud, action) });
  });
  // All droplets of a tag at once; those that cannot are left out, as at the real one.
  router.post('/v2/droplets/actions', (request, response) => {
    const tag = request.query['tag_name'];
    const { type, ...args } = (request.body ?? {}) as { type?: string } & Record<string, unknown>;
    if (typeof tag !== 'string' || tag === '') throw unprocessable('You must specify a tag name.');
    if (type === undefined || !BY_TAG.has(type)) throw unprocessable('Invalid action type.');
    const tagged = cloud.droplets.filter(({ account, tags }) => account === accountOf(response).id && tags.includes(tag));
    const begun = tagged.filter((droplet) => !droplet.locked && isTaken(() => refuse(cloud, droplet, type, args)));
    response.status(201).json({ actions: begun.map(({ id }) => actionShape(cloud, startAction(cloud, id, type, args))) });
  });
  router.post('/v2/droplets/:id/actions', (request, response) => {
    const droplet = ofDroplet(request, response);
    const { type, ...args } = (request.body ?? {}) as { type?: string } & Record<string, unknown>;
    if (type === undefined || !(type in DURATIONS_MS) || type === 'create' || type === 'destroy')
      throw unprocessable('Invalid action type.');
    if (droplet.locked) throw pendingEvent();
    refuse(cloud, droplet, type, args);
    response.status(201).json({ action: actionShape(cloud, startAction(cloud, droplet.id, type, args)) });
  });
}

function isTaken(refuses: () => void): boolean {
  try {
    refuses();
    return true;
  } catch (error) {
    if (error instanceof ApiFailure) return false;
    throw error;
  }
}

/** Locks the droplet and begins; the end comes by a timer that survives a restart. */
export function startAction(cloud: Cloud, dropletId: string, type: string, args: Record<string, unknown>): SimAction {
  const droplet = cloud.droplets.get(dropletId)!;
  const { world } = cloud;
  const action = cloud.actions.put({
    id: String(world.nextInt('action', 2_145_000_001)),
    account: droplet.account,
    type,
    status: 'in-progress',
    startedAt: isoNow(world),
    completedAt: null,
    dropletId,
    region: droplet.region,
    args,
  });
  cloud.droplets.put({ ...droplet, locked: true });
  const spread = 5 / 6 + Math.random() / 3;
  world.schedule('action', { id: action.id }, DURATIONS_MS[type]! * spread);
  return action;
}

function refuse(cloud: Cloud, droplet: SimDroplet, type: string, args: Record<string, unknown>): void {
  const off = droplet.status === 'off';
  if ((type === 'power_off' || type === 'shutdown') && off) throw unprocessable('Droplet is already powered off.');
  if (type === 'power_on' && !off) throw unprocessable('Droplet is already powered on.');
  if ((type === 'reboot' || type === 'power_cycle') && off)
    throw unprocessable('Droplet is currently off. Please power it on to run this event.');
  if (type === 'resize') refuseResize(cloud, droplet, args, off);
  if (type === 'rebuild' || type === 'restore') refuseImage(cloud, droplet, type, args['image']);
  if (type === 'rename' && !/^[a-zA-Z0-9]([a-zA-Z0-9.-]{0,253}[a-zA-Z0-9])?$/.test(String(args['name'] ?? '')))
    throw unprocessable('Name Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)');
  if (type === 'enable_backups' && droplet.backups) throw unprocessable('Backups are already enabled on this Droplet.');
  if (type === 'disable_backups' && !droplet.backups) throw unprocessable('Backups are not enabled on this Droplet.');
  if (type === 'change_backup_policy' && !droplet.backups) throw unprocessable('Backups are not enabled on this Droplet.');
  if (type === 'enable_ipv6' && droplet.ipv6) throw unprocessable('IPv6 is already enabled on this Droplet.');
}

function refuseResize(cloud: Cloud, droplet: SimDroplet, args: Record<string, unknown>, off: boolean): void {
  const size = findSize(args['size']);
  if (!size) throw unprocessable('You specified an invalid size.');
  if (size.slug === droplet.size) throw unprocessable('This size is the same as the current size of the Droplet.');
  if (!off) throw unprocessable('Droplet is currently on. Please power it off to run this event.');
  if (size.disk < droplet.disk) throw unprocessable('This size is not available because it has a smaller disk.');
  if (!isSold(cloud, size, findRegion(droplet.region)!)) throw unprocessable('Size is not available in this region.');
}

function complete(cloud: Cloud, id: string): void {
  const { world } = cloud;
  const action = cloud.actions.get(id);
  const droplet = action && cloud.droplets.get(action.dropletId);
  if (!action || !droplet) return;
  if (world.hasFlag('action-stuck', droplet.id)) return world.schedule('action', { id }, STUCK_RETRY_MS);
  const errored = world.hasFlag('action-errored', droplet.id);
  cloud.actions.put({ ...action, status: errored ? 'errored' : 'completed', completedAt: isoNow(world) });
  const changed: SimDroplet = { ...droplet, locked: false };
  if (errored) {
    cloud.droplets.put({ ...changed, destroying: false });
    return;
  }
  if (action.type === 'destroy') {
    cloud.droplets.delete(droplet.id);
    dropBackups(cloud, droplet.id);
    for (const firewall of cloud.firewalls.filter((firewall) => firewall.dropletIds.includes(Number(droplet.id))))
      cloud.firewalls.put({ ...firewall, dropletIds: firewall.dropletIds.filter((other) => other !== Number(droplet.id)) });
    return;
  }
  cloud.droplets.put({ ...changed, ...effect(cloud, action, droplet) });
}

function effect(cloud: Cloud, action: SimAction, droplet: SimDroplet): Partial<SimDroplet> {
  const { world } = cloud;
  switch (action.type) {
    case 'create':
      return { status: 'active', ...(droplet.backups ? scheduleBackups(cloud, droplet) : {}) };
    case 'power_on':
    case 'reboot':
    case 'power_cycle':
    case 'password_reset':
      return { status: 'active' };
    case 'power_off':
    case 'shutdown':
      return { status: 'off' };
    case 'resize': {
      const size = findSize(action.args['size'])!;
      return { size: size.slug, disk: action.args['disk'] === true ? size.disk : droplet.disk };
    }
    case 'restore':
    case 'rebuild':
      return imageEffect(cloud, droplet, action.type, action.args['image']);
    case 'rename':
      return { name: String(action.args['name']) };
    case 'enable_backups':
    case 'change_backup_policy':
      return {
        backups: true,
        backupPolicy: (action.args['backup_policy'] as SimDroplet['backupPolicy']) ?? droplet.backupPolicy,
        ...scheduleBackups(cloud, droplet),
      };
    case 'disable_backups':
      dropBackups(cloud, droplet.id);
      return { backups: false, backupPolicy: null };
    case 'enable_ipv6':
      return { ipv6: true, ipv6Address: world.allocateIpv6() };
    default:
      // A snapshot is as old as the order of it.
      takeImage(cloud, droplet, 'snapshot', String(action.args['name'] ?? `${droplet.name}-snapshot`), action.startedAt);
      return {};
  }
}
