/** Actions: what happens to a droplet, in the time it takes. An action is a job of the simulated cloud. */
import type { Cloud } from '../../../simulator/cloud/cloud.ts';
import { Refusal, type SimImage, type SimJob, type SimServer } from '../../../simulator/cloud/model.ts';
import type { Call, Wire } from '../../../simulator/cloud/wire.ts';
import { findImage, findSize } from './catalog.ts';
import { dropletOf, imagesOf, showAction, showPage, statusOf, unprocessable, type Droplet } from './shapes.ts';

/** Realistic seconds; what people see at the real one, give or take a sixth. */
const SECONDS = `create 35|destroy 8|power_on 10|power_off 6|shutdown 9|reboot 12|power_cycle 14|resize 60|rebuild 45|restore 75|rename 2|
enable_backups 3|disable_backups 3|change_backup_policy 2|enable_ipv6 8|password_reset 15|snapshot 60`;
const DURATIONS_MS = new Map(
  SECONDS.split(/\|\s*/).map((each) => {
    const [type, seconds] = each.split(' ');
    return [type!, Number(seconds) * 1_000];
  }),
);
type Args = Record<string, unknown>;

const BY_TAG = new Set('power_cycle power_on power_off shutdown enable_ipv6 enable_backups disable_backups snapshot'.split(' '));
const NAME = /^[a-zA-Z0-9]([a-zA-Z0-9.-]{0,253}[a-zA-Z0-9])?$/;
const BAD_NAME = 'Name Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)';
/** A compressed disk of a fresh system, as a share of its size. */
const USED_SHARE = 0.094;
/** How long listings may miss a new droplet or image. */
const LAG_MS = 1_000;
const LONG_LAG_MS = 10_000;

export function mountActions(wire: Wire, cloud: Cloud): void {
  cloud.jobs.whenEnded((job) => settle(cloud, job));
  const show = (job: SimJob): object => showAction(cloud, job);
  const all = (call: Call, of?: string): SimJob[] =>
    cloud.jobs.of(call.account.id, ({ command, serverId }) => command !== '' && (of === undefined || serverId === of)).toReversed();
  const one = (call: Call, of?: string): object => {
    const job = cloud.jobs.get(call.param('action'));
    if (!job || job.account !== call.account.id || job.command === '' || (of !== undefined && job.serverId !== of))
      throw new Refusal('not_found', 'action not found');
    return { action: show(job) };
  };
  const droplet = (call: Call): SimServer => cloud.server(call.account.id, call.param('id'));
  wire.on('get /v2/actions', (call) => showPage(call, 'actions', all(call), show));
  wire.on('get /v2/actions/:action', (call) => one(call));
  wire.on('get /v2/droplets/:id/actions', (call) => showPage(call, 'actions', all(call, droplet(call).id), show));
  wire.on('get /v2/droplets/:id/actions/:action', (call) => one(call, droplet(call).id));
  // All droplets of a tag at once; those that cannot are left out, as at the real one.
  wire.made('post /v2/droplets/actions', (call) => {
    const [tag, type] = [call.query('tag_name'), call.text('type')];
    if (tag === undefined || tag === '') throw unprocessable('You must specify a tag name.');
    if (!BY_TAG.has(type)) throw unprocessable('Invalid action type.');
    const tagged = cloud.servers.filter((each) => each.account === call.account.id && dropletOf(each).tags.includes(tag));
    const able = tagged.filter((each) => each.lockedBy === null && refusal(cloud, each, type, call.body) === undefined);
    return { actions: able.map((each) => show(start(cloud, each, type, call.body))) };
  });
  wire.made('post /v2/droplets/:id/actions', (call) => {
    const { id, account } = droplet(call);
    const type = call.text('type');
    if (!DURATIONS_MS.has(type) || type === 'create' || type === 'destroy') throw unprocessable('Invalid action type.');
    const free = cloud.free(account, id);
    const refused = refusal(cloud, free, type, call.body);
    if (refused !== undefined) throw unprocessable(refused);
    return { action: show(start(cloud, free, type, call.body)) };
  });
}

export function checkName(name: unknown): void {
  if (typeof name !== 'string' || !NAME.test(name)) throw unprocessable(BAD_NAME);
}

/** From when on listings know what is made now. */
export function listedFrom({ world }: Cloud): number {
  return world.now() + world.scale(world.hasFlag('consistency-lag') ? LONG_LAG_MS : LAG_MS);
}

/** Locks the droplet and begins. */
export function start(cloud: Cloud, server: SimServer, type: string, args: Args = {}): SimJob {
  const common = {
    ms: DURATIONS_MS.get(type)! * (5 / 6 + Math.random() / 3),
    about: [{ type: 'region', id: server.region }],
  };
  if (type === 'snapshot') {
    const asked = { name: String(args['name'] ?? `${server.name}-snapshot`), kind: 'snapshot' as const };
    return cloud.snapshot(server, asked, type, true, common).job;
  }
  if (type === 'destroy')
    return cloud.jobs.start(server, { command: type, ...common, during: { phase: 'deleting' }, ending: { erase: true } });
  return cloud.jobs.start(server, { command: type, ...common, ending: { server: changesBy(cloud, server, type, args) } });
}

function refusal(cloud: Cloud, server: SimServer, type: string, args: Args): string | undefined {
  const isOff = statusOf(server) === 'off';
  if ((type === 'power_off' || type === 'shutdown') && isOff) return 'Droplet is already powered off.';
  if (type === 'power_on' && !isOff) return 'Droplet is already powered on.';
  if ((type === 'reboot' || type === 'power_cycle') && isOff) return 'Droplet is currently off. Please power it on to run this event.';
  if (type === 'resize') return resizeRefusal(cloud, server, args, isOff);
  if (type === 'rebuild' || type === 'restore') return imageRefusal(cloud, server, type, args['image']);
  if (type === 'rename' && !NAME.test(String(args['name'] ?? ''))) return BAD_NAME;
  if (type === 'enable_backups' && server.backups) return 'Backups are already enabled on this Droplet.';
  if ((type === 'disable_backups' || type === 'change_backup_policy') && !server.backups) return 'Backups are not enabled on this Droplet.';
  if (type === 'enable_ipv6' && server.ipv6 !== '') return 'IPv6 is already enabled on this Droplet.';
  return undefined;
}

function resizeRefusal(cloud: Cloud, server: SimServer, args: Args, isOff: boolean): string | undefined {
  const size = findSize(args['size']);
  if (!size) return 'You specified an invalid size.';
  if (size.id === server.plan) return 'This size is the same as the current size of the Droplet.';
  if (!isOff) return 'Droplet is currently on. Please power it off to run this event.';
  if (size.diskGb < server.diskGb) return 'This size is not available because it has a smaller disk.';
  return cloud.inStock(size, server.region) ? undefined : 'Size is not available in this region.';
}

function imageRefusal(cloud: Cloud, server: SimServer, type: string, wanted: unknown): string | undefined {
  const own = ownImage(cloud, server, type, wanted);
  const base = type === 'rebuild' ? findImage(wanted) : undefined;
  if (!own && base?.status !== 'available') return `You specified an invalid image for Droplet ${type}.`;
  return (own?.diskGb ?? base!.minDisk) > server.diskGb ? 'Image is too large for this Droplet.' : undefined;
}

/** `restore` takes images of this droplet only; `rebuild` any snapshot of the account that is in the region. */
function ownImage(cloud: Cloud, server: SimServer, type: string, wanted: unknown): SimImage | undefined {
  const image = imagesOf(cloud, server.account).find(({ id }) => id === String(wanted));
  const fits = type === 'restore' ? image?.serverId === server.id : image?.kind === 'snapshot' && image.region === server.region;
  return fits ? image : undefined;
}

/** What an action that ended well has changed. */
export function changesBy(cloud: Cloud, server: SimServer, type: string, args: Args): Partial<SimServer> {
  const runs = { phase: 'ready', power: 'on' } as const;
  const its = (extra: Partial<Droplet>): { extra: Record<string, unknown> } => ({ extra: { ...extra } });
  switch (type) {
    case 'create':
    case 'power_on':
    case 'reboot':
    case 'power_cycle':
    case 'password_reset':
      return { ...runs, ...its({ built: true }) };
    case 'power_off':
    case 'shutdown':
      return { phase: 'ready', power: 'off', ...its({ built: true }) };
    case 'resize': {
      const size = findSize(args['size'])!;
      return { plan: size.id, diskGb: args['disk'] === true ? size.diskGb : server.diskGb };
    }
    case 'restore':
    case 'rebuild': {
      const own = ownImage(cloud, server, type, args['image']);
      const image = own ? own.base : findImage(args['image'])?.slug;
      return { ...runs, image: image ?? server.image, ...its({ built: true, restored: own ?? null }) };
    }
    case 'rename':
      return { name: String(args['name']) };
    case 'enable_backups':
    case 'change_backup_policy': {
      const backupPolicy = (args['backup_policy'] as Droplet['backupPolicy']) ?? dropletOf(server).backupPolicy;
      return { backups: true, ...its({ backupPolicy }) };
    }
    case 'disable_backups':
      return its({ backupPolicy: null });
    case 'enable_ipv6':
      return { ipv6: cloud.world.allocateIpv6() };
    default:
      return {};
  }
}

/** What an action's end brings beside its changes: backups by the schedule, and images that listings know a little later. */
function settle(cloud: Cloud, { command, status, serverId, effect }: SimJob): void {
  const image = effect.image && cloud.images.get(effect.image.id);
  if (image && status === 'error') cloud.images.delete(image.id);
  else if (image)
    cloud.images.put({
      ...image,
      sizeGb: Math.round(image.diskGb * USED_SHARE * 100) / 100,
      extra: { listedFromMs: listedFrom(cloud) },
    });
  const server = cloud.servers.get(serverId);
  if (!server || status === 'error') return;
  if (command === 'disable_backups') cloud.setBackups(server, false);
  if (['create', 'enable_backups', 'change_backup_policy'].includes(command) && server.backups) cloud.scheduleBackups(server);
}
