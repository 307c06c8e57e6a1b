/**
 * Snapshots, which are private images of the system disk, and the backups of Linode's backup service. An image outlives its
 * server; the backups go with it, or when the service is cancelled. An image's label is short and of few characters, so the
 * snapshot's name stands whole in the description, with the server that Linode itself does not note.
 */
import type { OwnedObject, Snapshot, SnapshotClient } from '../instance-extras.ts';
import type { Rest } from '../kit/rest.ts';
import type { Call, Deed } from '../kit/server-sheet.ts';
import { snapshotsOf } from '../kit/snapshots.ts';
import { configsOf, disksOf } from './outputs.ts';
import { filter } from './rest.ts';
import { passwordDeed, rebuildDeed, servers } from './server.ts';
import { ApiBackups, ApiImage, type ApiBackup, type ApiInstance } from './types.ts';

/** USD per GB and month of a stored custom image; see README.md, "Sources". */
const PRICE_PER_GB = 0.1;
/** Length and characters of an image's label. */
const LABEL_LENGTH = 50;
const NOT_IN_LABELS = /[^a-zA-Z0-9,.?\-_\s']/g;
const DESCRIPTION = /^(.*) \(Linode (\d+)\)$/s;
const OWN_NAME = /^plinth-vps-([a-z0-9]+)-/;
const LISTING = { path: '/images', ...filter({ is_public: false }) };

export function snapshots(client: Rest): SnapshotClient {
  return snapshotsOf<ApiInstance, ApiImage>(client, {
    servers,
    path: '/images',
    keys: { one: '', many: 'data' },
    shape: ApiImage,
    listing: filter({ is_public: false }),
    present: toSnapshot,
    backups,
    order: captureDeed,
    restore: ({ id, kind }, { password }, instanceId) =>
      kind === 'snapshot' ? [rebuildDeed(client, { image: id, password })] : restoreDeeds(id, instanceId, password),
    diskGb: ({ specs }) => specs.disk / 1024,
  });
}

/** The snapshots of VPSes, as what an account holds besides servers. */
export async function ownedSnapshots({ client, signal }: Call): Promise<OwnedObject[]> {
  return (await client.all({ ...LISTING, signal }, 'data', ApiImage)).flatMap((image) => {
    const snapshot = toSnapshot(image);
    const vpsId = snapshot && OWN_NAME.exec(snapshot.name)?.[1];
    return snapshot && vpsId ? [{ kind: 'snapshot' as const, id: snapshot.id, name: snapshot.name, vpsId }] : [];
  });
}

export function isOwnSnapshot(image: ApiImage): boolean {
  const snapshot = toSnapshot(image);
  return snapshot !== null && OWN_NAME.test(snapshot.name);
}

/** Of the disk the server boots from. */
async function captureDeed(name: string, instanceId: string, call: Call): Promise<Deed<ApiInstance>> {
  const [disks, configs] = await Promise.all([disksOf(call, instanceId), configsOf(call, instanceId)]);
  const first = configs[0]?.devices?.sda?.disk_id;
  const disk = disks.find(({ id }) => id === first) ?? disks.find(({ filesystem }) => filesystem !== 'swap');
  if (!disk) throw call.client.error('invalid', `Linode ${instanceId} has no disk to take a snapshot of. Install an image first.`);
  const label = name.replaceAll(NOT_IN_LABELS, '-').slice(0, LABEL_LENGTH);
  const body = { disk_id: disk.id, label, description: `${name} (Linode ${instanceId})` };
  return { type: 'disk_imagize', at: '/images', body };
}

/** The backup brings the password of its day back. */
function restoreDeeds(id: string, instanceId: string, password: string | undefined): Deed<ApiInstance>[] {
  const { off } = servers.sheet.power;
  const body = { linode_id: Number(instanceId), overwrite: true };
  const restored: Deed<ApiInstance> = { type: 'backups_restore', path: `/backups/${id}/restore`, body };
  return [off, restored, ...(password ? [off, passwordDeed(password)] : [])];
}

/** Private images that people or we ordered, not those that Linode keeps of deleted servers. */
function toSnapshot(image: ApiImage): Snapshot | null {
  if (!image.id.startsWith('private/') || (image.type ?? 'manual') !== 'manual') return null;
  const description = image.description ?? '';
  const [, name = description || image.label, instanceId = null] = DESCRIPTION.exec(description) ?? [];
  const isAvailable = image.status === 'available';
  const sizeGb = image.size / 1024;
  return {
    id: image.id,
    kind: 'snapshot',
    name,
    status: isAvailable ? 'available' : 'pending',
    // Until it is captured, the image shows the size of the whole disk.
    sizeGb: isAvailable ? Math.round(sizeGb * 100) / 100 : null,
    minDiskGb: isAvailable ? Math.ceil(sizeGb) : null,
    instanceId,
    createdAt: `${image.created}.000Z`,
    monthlyCost: isAvailable ? { amount: (sizeGb * PRICE_PER_GB).toFixed(2), currency: 'USD' } : null,
  };
}

/** None without the service, which takes its backups along, and none when the server is gone. */
async function backups(call: Call, instanceId: string): Promise<Snapshot[]> {
  const server = await servers.get(call, instanceId);
  const path = `${servers.path(instanceId)}/backups`;
  const found = server?.backups.enabled ? await call.client.find(path, '', ApiBackups, call.signal) : null;
  const ordered = [found?.snapshot?.current, found?.snapshot?.in_progress].filter((each) => each !== null && each !== undefined);
  return [...(found?.automatic ?? []), ...ordered].map((backup) => toBackup(backup, instanceId));
}

/** The service's fourth slot, a backup ordered in Linode's Cloud Manager, counts as a backup: the service replaces it, too. */
function toBackup(backup: ApiBackup, instanceId: string): Snapshot {
  const isReady = backup.status === 'successful' && backup.available;
  const diskMb = backup.disks.reduce((sum, { size }) => sum + size, 0);
  return {
    id: String(backup.id),
    kind: 'backup',
    name: backup.label ?? '',
    status: isReady ? 'available' : ['failed', 'userAborted'].includes(backup.status) ? 'failed' : 'pending',
    sizeGb: null,
    minDiskGb: diskMb > 0 ? Math.ceil(diskMb / 1024) : null,
    instanceId,
    createdAt: `${backup.created}.000Z`,
    // Part of the backup service's price, which goes by the plan.
    monthlyCost: null,
  };
}
