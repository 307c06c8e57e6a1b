/**
 * Simulated disk images: snapshots, which outlive their instance, and the schedule's backups, which go with it. An image
 * remembers what was on the disk (system, password), so that a restore really changes the instance.
 */
import type { Collection, SimWorld } from '../simulation.ts';
import { vultrDate } from './simulator-http.ts';
import { install, instancesOf, planOf, type SimInstance } from './simulator-instances.ts';

/** Vultr speaks of up to 30 minutes, depending on the size; small ones take a few. */
const SNAPSHOT_MS = 120_000;
const BACKUP_MS = 120_000;
const DAY_MS = 86_400_000;
/** "Your two most recent backups are stored", docs.vultr.com, Automatic Backups. */
const BACKUPS_KEPT = 2;
const PERIODS_MS: Readonly<Record<string, number>> = {
  weekly: 7 * DAY_MS,
  monthly: 30 * DAY_MS,
  daily_alt_even: 2 * DAY_MS,
  daily_alt_odd: 2 * DAY_MS,
};

export interface SimImage {
  id: string;
  account: string;
  kind: 'snapshot' | 'backup';
  /** Of which instance; Vultr does not tell it. */
  instance: string;
  createdMs: number;
  description: string;
  status: 'pending' | 'complete';
  diskGb: number;
  os_id: number;
  app_id: number;
  password: string;
}

/** Which series of backups of an instance is the running one; timers of an older series are void. */
interface BackupSeries {
  id: string;
  series: number;
}

export function imagesOf(world: SimWorld): Collection<SimImage> {
  return world.collection<SimImage>('images');
}

/** The server is locked until the image is complete. */
export function takeSnapshot(world: SimWorld, instance: SimInstance, description: string): SimImage {
  const image = makeImage(world, instance, 'snapshot', description);
  instancesOf(world).put({ ...instance, server: 'locked' });
  world.schedule('vultr-imaged', { id: image.id, instance: instance.id, life: instance.life }, SNAPSHOT_MS);
  return image;
}

/** Overwrites the disk: the server comes up as with an installation, with the image's system and password. */
export function restoreImage(world: SimWorld, instance: SimInstance, image: SimImage): void {
  const { os_id, app_id, password } = image;
  install(world, { ...instance, os_id, app_id, password, snapshot_id: image.kind === 'snapshot' ? image.id : instance.snapshot_id });
}

/** True while a server is being made of it. */
export function isBeingRestored(world: SimWorld, image: SimImage): boolean {
  return instancesOf(world).find((instance) => instance.snapshot_id === image.id && instance.server !== 'ok') !== undefined;
}

/** Starts or restarts the schedule of an instance with backups. */
export function scheduleBackups(world: SimWorld, instance: SimInstance): void {
  const series = world.nextInt(`backups/${instance.id}`, 1);
  world.collection<BackupSeries>('backup-series').put({ id: instance.id, series });
  world.schedule('vultr-backup', { id: instance.id, series }, PERIODS_MS[instance.schedule.type] ?? DAY_MS);
}

export function dropBackups(world: SimWorld, instanceId: string): void {
  world.collection<BackupSeries>('backup-series').delete(instanceId);
  for (const backup of backupsOf(world, instanceId)) imagesOf(world).delete(backup.id);
}

/** Oldest first. */
export function backupsOf(world: SimWorld, instanceId: string): SimImage[] {
  return imagesOf(world).filter((image) => image.kind === 'backup' && image.instance === instanceId);
}

export function presentImage(image: SimImage): Record<string, unknown> {
  const done = image.status === 'complete';
  const size = done ? image.diskGb * 2 ** 30 : 0;
  const common = { id: image.id, date_created: vultrDate(image.createdMs), description: image.description, size, status: image.status };
  if (image.kind === 'backup') return common;
  // A fresh system fills little of its disk.
  return { ...common, compressed_size: done ? Math.round(size / 40) + 900_000_000 : 0, os_id: image.os_id, app_id: image.app_id };
}

/** Handlers of the world's timers; registered once per world. */
export function handleImageTimers(world: SimWorld): void {
  world.onTimer('vultr-imaged', ({ id, instance, life }) => {
    const image = imagesOf(world).get(String(id));
    if (image && !world.hasFlag('snapshot-stuck', image.id)) imagesOf(world).put({ ...image, status: 'complete' });
    const server = instancesOf(world).get(String(instance));
    if (server && server.life === life && !server.removed) instancesOf(world).put({ ...server, server: 'ok' });
  });
  world.onTimer('vultr-backup', ({ id, series }) => {
    const instance = instancesOf(world).get(String(id));
    const running = world.collection<BackupSeries>('backup-series').get(String(id))?.series;
    if (!instance || instance.removed || !instance.backups || running !== series) return;
    if (instance.server === 'ok') backUp(world, instance);
    world.schedule('vultr-backup', { id, series }, PERIODS_MS[instance.schedule.type] ?? DAY_MS);
  });
}

function backUp(world: SimWorld, instance: SimInstance): void {
  const image = makeImage(world, instance, 'backup', 'Automatic server backup');
  world.schedule('vultr-imaged', { id: image.id }, BACKUP_MS);
  for (const old of backupsOf(world, instance.id).slice(0, -BACKUPS_KEPT)) imagesOf(world).delete(old.id);
}

function makeImage(world: SimWorld, instance: SimInstance, kind: SimImage['kind'], description: string): SimImage {
  const { account, os_id, app_id, password } = instance;
  return imagesOf(world).put({
    id: world.uuid(),
    account,
    kind,
    instance: instance.id,
    createdMs: world.now(),
    description,
    status: 'pending',
    diskGb: planOf(instance.plan).disk,
    os_id,
    app_id,
    password,
  });
}
