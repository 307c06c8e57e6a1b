/**
 * Snapshots, which outlive their server, the schedule's backups, which go with it, restores, and the ISO that a server boots
 * from. An image remembers what was on the disk (system, password), so that a restore really changes the server.
 */
import type { Cloud } from '../../../simulator/cloud/cloud.ts';
import { Refusal, type SimImage, type SimServer } from '../../../simulator/cloud/model.ts';
import type { Call, Wire } from '../../../simulator/cloud/wire.ts';
import { planOf, PUBLIC_ISOS } from './data.ts';
import { install } from './installation.ts';
import { extraOf, extraWith, isSnapshot, requireSettled, showImage, stateOf, toldOf } from './shapes.ts';
import { accepted, invalid, locked, owned, page, textOf } from './words.ts';

const ISO_MS = 20_000;
const DAY_MS = 86_400_000;
/** "Your two most recent backups are stored", docs.vultr.com, Automatic Backups. */
const BACKUPS_KEPT = 2;
const PERIODS_MS: Readonly<Record<string, number>> = {
  weekly: 7 * DAY_MS,
  monthly: 30 * DAY_MS,
  daily_alt_even: 2 * DAY_MS,
  daily_alt_odd: 2 * DAY_MS,
};

export function mountImages(wire: Wire, cloud: Cloud): void {
  mountSnapshots(wire, cloud);
  mountBackups(wire, cloud);
  mountRestore(wire, cloud);
  mountIso(wire, cloud);
}

function ownImage(cloud: Cloud, call: Call, kind: SimImage['kind'], id = call.param('id')): SimImage {
  const found = cloud.images.get(id);
  if (found?.kind !== kind || found.account !== call.account.id) throw new Refusal('not_found', `Invalid ${kind}.`);
  return found;
}

function take(cloud: Cloud, server: SimServer, kind: SimImage['kind'], name: string): SimImage {
  const { os_id, app_id } = toldOf(server);
  const disk = { ...server, image: String(os_id), diskGb: planOf(server.plan).diskGb };
  return cloud.snapshot(disk, { name, kind, labels: { app: String(app_id) } }, kind, kind === 'snapshot').image;
}

function mountSnapshots(wire: Wire, cloud: Cloud): void {
  const own = (call: Call): SimImage => ownImage(cloud, call, 'snapshot');
  wire.on('get /v2/snapshots', (call) => {
    const wanted = call.query('description');
    const found = owned(call, cloud.images).filter(({ kind, name }) => kind === 'snapshot' && name === (wanted ?? name));
    return page(call, 'snapshots', found, showImage);
  });
  wire.made('post /v2/snapshots', (call) => {
    const server = cloud.own(cloud.servers, call.account.id, textOf(call, 'instance_id'), 'instance');
    if (cloud.world.hasFlag('snapshot-quota')) throw invalid('You have reached the maximum number of snapshots for this account.');
    requireSettled(server, 'create snapshot');
    return { snapshot: showImage(take(cloud, server, 'snapshot', textOf(call, 'description'))) };
  });
  wire.on('get /v2/snapshots/:id', (call) => ({ snapshot: showImage(own(call)) }));
  wire.gone('put /v2/snapshots/:id', (call) => void cloud.images.put({ ...own(call), name: textOf(call, 'description') }));
  wire.gone('delete /v2/snapshots/:id', (call) => {
    const image = own(call);
    const isBeingMade = image.state === 'creating' && !cloud.world.hasFlag('snapshot-stuck', image.id);
    const isBeingRestored = cloud.servers.find((server) => server.image === image.id && stateOf(cloud, server) !== 'ok') !== undefined;
    if (isBeingMade || isBeingRestored) throw locked('destroy snapshot', 'Snapshot');
    if (!cloud.world.hasFlag('keep-on-delete', image.id)) cloud.images.delete(image.id);
  });
  // One that is stuck stays so, while its server goes on.
  cloud.jobs.whenEnded(({ effect }) => {
    const image = effect.image && cloud.images.get(effect.image.id);
    if (image && cloud.world.hasFlag('snapshot-stuck', image.id)) cloud.images.put({ ...image, state: 'creating' });
  });
}

function mountBackups(wire: Wire, cloud: Cloud): void {
  wire.on('get /v2/backups', (call) => {
    const wanted = call.query('instance_id');
    if (wanted !== undefined) cloud.own(cloud.servers, call.account.id, wanted, 'instance');
    const found = owned(call, cloud.images).filter(({ kind, serverId }) => kind === 'backup' && serverId === (wanted ?? serverId));
    return page(call, 'backups', found, showImage);
  });
  wire.on('get /v2/backups/:id', (call) => ({ backup: showImage(ownImage(cloud, call, 'backup')) }));
  cloud.world.onTimer('vultr-backup', ({ id, series }) => {
    const server = cloud.servers.get(String(id));
    if (!server?.backups || extraOf(server).series !== series) return;
    if (stateOf(cloud, server) === 'ok') {
      take(cloud, server, 'backup', 'Automatic server backup');
      const oldestFirst = cloud.images.filter(({ kind, serverId }) => kind === 'backup' && serverId === id);
      for (const old of oldestFirst.slice(0, -BACKUPS_KEPT)) cloud.images.delete(old.id);
    }
    schedule(cloud, server);
  });
}

/** Starts or restarts the schedule of a server with backups. */
export function scheduleBackups(cloud: Cloud, server: SimServer): SimServer {
  const series = cloud.world.nextInt(`backups/${server.id}`, 1);
  return schedule(cloud, cloud.change(server, extraWith(server, { series })));
}

function schedule(cloud: Cloud, server: SimServer): SimServer {
  const { series, schedule: asked } = extraOf(server);
  cloud.world.schedule('vultr-backup', { id: server.id, series }, PERIODS_MS[asked.type] ?? DAY_MS);
  return server;
}

function mountRestore(wire: Wire, cloud: Cloud): void {
  wire.on('post /v2/instances/:id/restore', (call) => {
    const server = cloud.server(call.account.id, call.param('id'));
    const kind = call.body['snapshot_id'] === undefined ? 'backup' : 'snapshot';
    const image = ownImage(cloud, call, kind, textOf(call, `${kind}_id`));
    if (kind === 'backup' && image.serverId !== server.id) throw invalid('Invalid backup.');
    if (image.state !== 'available') throw invalid(`Unable to restore: the ${kind} is not complete.`);
    if (image.diskGb > planOf(server.plan).diskGb) throw invalid(`Unable to restore: the ${kind} is larger than the disk of this server.`);
    requireSettled(server, 'restore server');
    install(cloud, server, {
      // Restored from a backup, it goes on to tell the snapshot that it was once made of.
      image: kind === 'snapshot' ? image.id : isSnapshot(server.image) ? server.image : image.base,
      password: image.password ?? server.password,
      ...extraWith(server, {}, { os_id: Number(image.base), app_id: Number(image.labels['app']) }),
    });
    return accepted(call, { status: { restore_type: `${kind}_id`, restore_id: image.id, status: 'inprogress' } });
  });
}

/** What is in a server's drive is its `rescue`. Both ways reboot the server, which is locked meanwhile; one that is switched off stays so. */
function mountIso(wire: Wire, cloud: Cloud): void {
  const find = (call: Call): SimServer => cloud.server(call.account.id, call.param('id'));
  const driveOf = (server: SimServer): string => {
    const command = cloud.jobs.get(server.lockedBy ?? '')?.command;
    if (command === 'isomounting' || command === 'isounmounting') return command;
    return server.rescue === null ? 'ready' : 'isomounted';
  };
  const move = (call: Call, iso: string | null): object => {
    const server = find(call);
    requireSettled(server, `${iso === null ? 'detach' : 'attach'} ISO`);
    if (iso === null && server.rescue === null) throw invalid('No ISO is attached to this server.');
    if (iso !== null && server.rescue !== null) throw invalid('An ISO is already attached to this server.');
    const state = iso === null ? 'isounmounting' : 'isomounting';
    cloud.jobs.start(server, { command: state, ms: ISO_MS, ending: { server: { rescue: iso } } });
    return { iso_status: { state, iso_id: iso ?? '' } };
  };
  wire.on('get /v2/iso-public', (call) => page(call, 'public_isos', PUBLIC_ISOS));
  // The id of an ISO is told only when it is of the account's own library.
  wire.on('get /v2/instances/:id/iso', (call) => ({ iso_status: { state: driveOf(find(call)), iso_id: '' } }));
  wire.on('post /v2/instances/:id/iso/attach', (call) => {
    const iso = textOf(call, 'iso_id');
    if (!PUBLIC_ISOS.some(({ id }) => id === iso)) throw invalid('Invalid ISO.');
    return accepted(call, move(call, iso));
  });
  wire.on('post /v2/instances/:id/iso/detach', (call) => accepted(call, move(call, null)));
}
