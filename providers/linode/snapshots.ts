/**
 * Snapshots, which are private images of the system disk, and the backups of Linode's backup service. An image outlives its
 * server; the backups go with it, or when the service is cancelled.
 */
import { isProviderError } from '../errors.ts';
import type { Snapshot, SnapshotClient } from '../instance-extras.ts';
import { signalOf, waitFor } from '../wait.ts';
import { linodeError, type LinodeClient } from './client.ts';
import { PROVIDER_ID } from './descriptor.ts';
import { appears, failedMaking, runJob, waitForStatus } from './jobs.ts';
import { isOff, power, settled } from './power.ts';
import { rebuild } from './rebuild.ts';
import { setPassword } from './reset-password.ts';
import { imageDescription, imageLabel, imageSnapshot, listPrivateImages, snapshotName } from './snapshot-images.ts';
import { ApiBackups, ApiConfig, ApiDisk, ApiImage, ApiInstance, type ApiBackup } from './types.ts';

/** Two minutes were recorded for a small disk; several gigabytes take their time. */
const CAPTURE_DEADLINE_MS = 2 * 60 * 60_000;
const RESTORE_DEADLINE_MS = 2 * 60 * 60_000;
/** Failed captures are rare: every how many looks at the image the events are looked at, too. */
const LOOKS_PER_EVENT_CHECK = 4;
/** What a captured disk may hold, in MB. */
const MAX_USED_MB = 6144;
const IMAGE_ID = /^private\/(\d{1,15})$/;
const FAILED = ['failed', 'userAborted'];

/** `instanceNumber` turns an instance's id into Linode's number, or throws. */
export function snapshotClient(client: LinodeClient, instanceNumber: (id: string) => number): SnapshotClient {
  return {
    async list(instanceId, namePrefix, o = {}) {
      const signal = signalOf(o);
      const images = (await listPrivateImages(client, o)).filter((image) => snapshotName(image).startsWith(namePrefix));
      const backups = instanceId === null ? [] : await listBackups(client, instanceNumber(instanceId), signal);
      return [...images.map(imageSnapshot), ...backups];
    },
    async create(instanceId, name, o = {}) {
      const signal = signalOf(o);
      const id = instanceNumber(instanceId);
      return imageSnapshot(await available(client, id, await findOrOrder(client, id, name, signal), signal));
    },
    async restore(instanceId, snapshot, { password }, o = {}) {
      const id = instanceNumber(instanceId);
      if (snapshot.kind === 'backup') await restoreBackup(client, id, instanceNumber(snapshot.id), password, signalOf(o));
      else await restoreImage(client, id, snapshot.id, password, signalOf(o));
    },
    async delete(snapshotId, o = {}) {
      const path = imagePath(snapshotId);
      await client.whenFree(`deletion of ${snapshotId}`, signalOf(o), () => client.delete(path, { signal: o.signal }));
    },
  };
}

/** The slash of `private/123` is part of the id. */
function imagePath(id: string): string {
  if (!IMAGE_ID.test(id))
    throw linodeError('invalid', `"${id}" is not a snapshot at Linode; those are private images such as private/123.`);
  return `/images/${encodeURIComponent(id)}`;
}

async function findOrOrder(client: LinodeClient, id: number, name: string, signal: AbortSignal): Promise<ApiImage> {
  const own = async (): Promise<ApiImage | undefined> => {
    const named = (await listPrivateImages(client, { signal })).filter((image) => snapshotName(image) === name);
    return named.sort((a, b) => a.created.localeCompare(b.created) || a.id.localeCompare(b.id))[0];
  };
  const found = await own();
  if (found) return found;
  const disk = await systemDisk(client, id, signal);
  const body = { disk_id: disk, label: imageLabel(name), description: imageDescription(name, id) };
  const post = (): Promise<ApiImage> => client.post('/images', ApiImage, { body, signal });
  return client.whenFree(`snapshot of Linode ${id}`, signal, async () => {
    try {
      return await post();
    } catch (error) {
      if (!isProviderError(error, 'unknown_outcome')) throw error;
      return (await appears(client, own, signal)) ?? post();
    }
  });
}

/** The disk the server boots from. */
async function systemDisk(client: LinodeClient, id: number, signal: AbortSignal): Promise<number> {
  const base = `/linode/instances/${id}`;
  const [disks, configs] = await Promise.all([
    client.list(`${base}/disks`, ApiDisk, { signal }),
    client.list(`${base}/configs`, ApiConfig, { signal }),
  ]);
  const first = configs[0]?.devices?.sda?.disk_id;
  const disk = disks.find((each) => each.id === first) ?? disks.find(({ filesystem }) => filesystem !== 'swap');
  if (disk) return disk.id;
  throw linodeError('invalid', `Linode ${id} has no disk to take a snapshot of. Install an image first.`);
}

async function available(client: LinodeClient, id: number, made: ApiImage, signal: AbortSignal): Promise<ApiImage> {
  const path = imagePath(made.id);
  const number = Number(IMAGE_ID.exec(made.id)![1]);
  let looks = 0;
  return waitFor({
    provider: PROVIDER_ID,
    what: `the snapshot ${snapshotName(made)} to be available`,
    key: 'linode/snapshot',
    signal,
    deadlineMs: CAPTURE_DEADLINE_MS,
    probe: async () => {
      const image = await client.find(path, ApiImage, { signal });
      if (image?.status === 'available') return image;
      const failed =
        !image || ++looks % LOOKS_PER_EVENT_CHECK === 0 ? await failedMaking(client, id, 'disk_imagize', number, signal) : undefined;
      if (failed) {
        throw linodeError(
          'invalid',
          `The snapshot could not be made: ${failed} Linode captures disks with ext3 or ext4 that hold at most ${MAX_USED_MB} MB; free some space, or use backups.`,
          { field: 'disk_id' },
        );
      }
      if (!image) throw linodeError('not_found', `The snapshot ${snapshotName(made)} went away while it was made. Make another.`);
      return undefined;
    },
  });
}

/** A rebuild: the id and the addresses stay, and Linode wants a password for the new disk. */
async function restoreImage(
  client: LinodeClient,
  id: number,
  image: string,
  password: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  if ((await client.find(imagePath(image), ApiImage, { signal })) === null)
    throw linodeError('not_found', `Linode has no snapshot ${image} any more. Choose another.`);
  if (!password)
    throw linodeError('invalid', 'Linode restores a snapshot only with a new root password. Give one.', { field: 'root_pass' });
  await rebuild(client, id, { image, password, userData: undefined, authorizedKeys: [] }, signal);
}

async function restoreBackup(
  client: LinodeClient,
  id: number,
  backup: number,
  password: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const ran = !isOff((await settled(client, id, signal)).status);
  await power(client, id, 'off', signal);
  const body = { linode_id: id, overwrite: true };
  const path = `/backups/${backup}/restore`;
  try {
    await runJob(client, id, { path, body, action: 'backups_restore', deadlineMs: RESTORE_DEADLINE_MS }, signal);
  } catch (error) {
    // A refused restore has changed nothing, so the server goes on as it was.
    if (ran && !signal.aborted) await power(client, id, 'on', signal).catch(() => undefined);
    throw error;
  }
  await waitForStatus(client, id, ['offline', 'stopped', 'running'], signal, RESTORE_DEADLINE_MS);
  // The backup brings the password of its day back.
  if (password) await setPassword(client, id, password, signal);
  await power(client, id, 'on', signal);
}

/** None without the service, which takes its backups along, and none when the server is gone. */
async function listBackups(client: LinodeClient, id: number, signal: AbortSignal): Promise<Snapshot[]> {
  const path = `/linode/instances/${id}`;
  const instance = await client.find(path, ApiInstance, { signal });
  const found = instance?.backups.enabled ? await client.find(`${path}/backups`, ApiBackups, { signal }) : null;
  if (!found) return [];
  const ordered = [found.snapshot?.current, found.snapshot?.in_progress].filter((each) => each !== null && each !== undefined);
  return [...found.automatic, ...ordered].map((backup) => backupSnapshot(backup, id));
}

/** The service's fourth slot, a backup ordered in Linode's Cloud Manager, counts as a backup: the service replaces it, too. */
function backupSnapshot(backup: ApiBackup, instanceId: number): Snapshot {
  const ready = backup.status === 'successful' && backup.available;
  const diskMb = backup.disks.reduce((sum, { size }) => sum + size, 0);
  return {
    id: String(backup.id),
    kind: 'backup',
    name: backup.label ?? '',
    status: ready ? 'available' : FAILED.includes(backup.status) ? 'failed' : 'pending',
    sizeGb: null,
    minDiskGb: diskMb > 0 ? Math.ceil(diskMb / 1024) : null,
    instanceId: String(instanceId),
    createdAt: `${backup.created}.000Z`,
    // Part of the backup service's price, which goes by the plan.
    monthlyCost: null,
  };
}
