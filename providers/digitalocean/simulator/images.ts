/** Images of droplets: snapshots made by an order and kept, backups made by the schedule and gone with it. */
import { findImage, isoNow, unprocessable, type Cloud, type SimDroplet, type SimSnapshot } from './state.ts';

const MINUTE_MS = 60_000;
/** Somewhere in the backup window after they are switched on; then once a day or a week. Realistic milliseconds. */
const FIRST_BACKUP_MS = 30 * MINUTE_MS;
const BACKUP_EVERY_MS = { daily: 24 * 60 * MINUTE_MS, weekly: 7 * 24 * 60 * MINUTE_MS } as const;
/** Daily ones are kept for seven days, weekly ones for four weeks. */
const BACKUPS_KEPT = { daily: 7, weekly: 4 } as const;
/** A compressed disk of a fresh system, as a share of its size. */
const USED_SHARE = 0.094;
/** How long listings may miss a new snapshot. */
const LISTING_LAG_MS = 1_000;
const LONG_LISTING_LAG_MS = 10_000;

export function onBackupTimer(cloud: Cloud): void {
  cloud.world.onTimer('backup', (payload) => backUp(cloud, String(payload['dropletId']), Number(payload['round'])));
}

/** Puts a copy of the droplet's disk into the account. */
export function takeImage(
  cloud: Cloud,
  droplet: SimDroplet,
  kind: SimSnapshot['kind'],
  name: string,
  createdAt = isoNow(cloud.world),
): SimSnapshot {
  const { world } = cloud;
  const lag = world.hasFlag('consistency-lag') ? LONG_LISTING_LAG_MS : LISTING_LAG_MS;
  return cloud.snapshots.put({
    id: String(world.nextInt('snapshot', 190_000_001)),
    account: droplet.account,
    kind,
    name,
    dropletId: droplet.id,
    region: droplet.region,
    minDisk: droplet.disk,
    sizeGb: Math.round(droplet.disk * USED_SHARE * 100) / 100,
    image: droplet.image,
    createdAt,
    listedFrom: world.now() + world.scale(lag),
  });
}

/** What a droplet's listings, or an account's, tell of one kind; oldest first. */
export function listed(cloud: Cloud, kind: SimSnapshot['kind'], of: { account: string } | { dropletId: string }): SimSnapshot[] {
  const now = cloud.world.now();
  return cloud.snapshots.filter(
    (image) =>
      kindOf(image) === kind &&
      (image.listedFrom ?? 0) <= now &&
      ('account' in of ? image.account === of.account : image.dropletId === of.dropletId),
  );
}

export function kindOf(image: SimSnapshot): 'snapshot' | 'backup' {
  return image.kind ?? 'snapshot';
}

/** `restore` takes images of this droplet only; `rebuild` any of the account or the catalogue that is in the region. */
export function refuseImage(cloud: Cloud, droplet: SimDroplet, type: 'restore' | 'rebuild', wanted: unknown): void {
  const own = ownImage(cloud, droplet, type, wanted);
  const base = type === 'rebuild' ? findImage(wanted) : undefined;
  if (!own && (!base || base.status === 'retired')) throw unprocessable(`You specified an invalid image for Droplet ${type}.`);
  if ((own ?? base!).minDisk > droplet.disk) throw unprocessable('Image is too large for this Droplet.');
}

/** What a finished `restore` or `rebuild` leaves on the disk. */
export function imageEffect(cloud: Cloud, droplet: SimDroplet, type: 'restore' | 'rebuild', wanted: unknown): Partial<SimDroplet> {
  const own = ownImage(cloud, droplet, type, wanted);
  if (own) return { status: 'active', image: own.image ?? droplet.image, restoredFrom: own };
  return { status: 'active', image: findImage(wanted)?.id ?? droplet.image, restoredFrom: null };
}

function ownImage(cloud: Cloud, droplet: SimDroplet, type: 'restore' | 'rebuild', wanted: unknown): SimSnapshot | undefined {
  const image = cloud.snapshots.get(String(wanted));
  if (!image || image.account !== droplet.account) return undefined;
  if (type === 'restore') return image.dropletId === droplet.id ? image : undefined;
  return kindOf(image) === 'snapshot' && image.region === droplet.region ? image : undefined;
}

/** Begins the schedule, or begins it anew under another policy. The droplet must be put with what this returns. */
export function scheduleBackups(cloud: Cloud, droplet: SimDroplet): Partial<SimDroplet> {
  return nextBackup(cloud, droplet.id, (droplet.backupRound ?? 0) + 1, FIRST_BACKUP_MS);
}

/** Switching backups off deletes those there are, and so does the end of the droplet. */
export function dropBackups(cloud: Cloud, dropletId: string): void {
  for (const image of cloud.snapshots.filter((image) => image.dropletId === dropletId && kindOf(image) === 'backup'))
    cloud.snapshots.delete(image.id);
}

function nextBackup(cloud: Cloud, dropletId: string, round: number, inMs: number): Partial<SimDroplet> {
  cloud.world.schedule('backup', { dropletId, round }, inMs);
  return { backupRound: round, nextBackupAt: cloud.world.now() + cloud.world.scale(inMs) };
}

/** Backups run beside a running droplet and do not lock it. */
function backUp(cloud: Cloud, dropletId: string, round: number): void {
  const droplet = cloud.droplets.get(dropletId);
  if (!droplet || !droplet.backups || droplet.destroying || droplet.backupRound !== round) return;
  const plan = droplet.backupPolicy?.plan === 'weekly' ? 'weekly' : 'daily';
  takeImage(cloud, droplet, 'backup', `${droplet.name} ${isoNow(cloud.world).slice(0, 10)}`);
  const own = cloud.snapshots.filter((image) => image.dropletId === dropletId && kindOf(image) === 'backup');
  for (const old of own.slice(0, -BACKUPS_KEPT[plan])) cloud.snapshots.delete(old.id);
  cloud.droplets.put({ ...droplet, ...nextBackup(cloud, dropletId, round, BACKUP_EVERY_MS[plan]) });
}
