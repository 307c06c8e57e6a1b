/**
 * Snapshots of an account, and the backups that Vultr's schedule makes of one instance. Vultr's snapshots do not say of
 * which instance they are: the description, which is the caller's name, is all that ties them to a VPS.
 */
import type { Snapshot, SnapshotClient } from '../instance-extras.ts';
import { orGone, type Rest } from '../kit/rest.ts';
import { snapshotsOf } from '../kit/snapshots.ts';
import type { Money } from '../provider.ts';
import * as shapes from './schemas.ts';
import { servers } from './server.ts';

const BYTES_PER_GB = 2 ** 30;
/** "$0.05 per GB per month for each stored snapshot", docs.vultr.com, Does Vultr Charge for Stored Snapshots? */
const DOLLARS_PER_GB = 0.05;

export const PATH = '/v2/snapshots';

export function snapshots(client: Rest): SnapshotClient {
  return snapshotsOf<shapes.Instance, shapes.Snapshot>(client, {
    servers,
    path: PATH,
    keys: { one: 'snapshot', many: 'snapshots' },
    shape: shapes.Snapshot,
    listing: {},
    present: toSnapshot,
    backups: async ({ signal }, instanceId) => {
      const ask = { path: '/v2/backups', query: { instance_id: instanceId }, signal };
      // 404 for an instance that is gone: its backups went with it.
      return ((await orGone(client.all(ask, 'backups', shapes.Backup))) ?? []).map((backup) => toBackup(backup, instanceId));
    },
    order: (name, instanceId) => ({ type: 'snapshot', at: PATH, body: { instance_id: instanceId, description: name } }),
    restore: ({ id, kind }) => [{ type: 'restore', path: '/restore', body: kind === 'snapshot' ? { snapshot_id: id } : { backup_id: id } }],
    diskGb: ({ disk }) => disk,
  });
}

function toSnapshot(snapshot: shapes.Snapshot): Snapshot | null {
  if (snapshot.status === 'deleted') return null;
  const stored = snapshot.compressed_size || snapshot.size;
  return {
    ...imageOf(snapshot, stored),
    kind: 'snapshot',
    minDiskGb: snapshot.size === 0 ? null : Math.ceil(snapshot.size / BYTES_PER_GB),
    instanceId: null,
    monthlyCost: monthlyCost(stored),
  };
}

/** Backups are paid with the instance, a fifth of its price. */
function toBackup(backup: shapes.Backup, instanceId: string): Snapshot {
  return { ...imageOf(backup, backup.size), kind: 'backup', minDiskGb: null, instanceId, monthlyCost: null };
}

function imageOf(image: shapes.Backup, bytes: number): Pick<Snapshot, 'id' | 'name' | 'status' | 'sizeGb' | 'createdAt'> {
  const created = Date.parse(image.date_created);
  return {
    id: image.id,
    name: image.description,
    status: image.status === 'complete' ? 'available' : image.status === 'pending' ? 'pending' : 'failed',
    sizeGb: bytes === 0 ? null : Math.round((bytes / BYTES_PER_GB) * 100) / 100,
    createdAt: Number.isFinite(created) ? new Date(created).toISOString() : image.date_created,
  };
}

function monthlyCost(bytes: number): Money | null {
  return bytes === 0 ? null : { amount: ((bytes / BYTES_PER_GB) * DOLLARS_PER_GB).toFixed(2), currency: 'USD' };
}
