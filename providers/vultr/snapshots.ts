/**
 * Snapshots of an account, and the backups that Vultr's schedule makes of one instance. Vultr's snapshots do not say of
 * which instance they are: the description, which is the caller's name, is all that ties them to a VPS.
 */
import { isProviderError } from '../errors.ts';
import type { Snapshot, SnapshotClient } from '../instance-extras.ts';
import type { CallOptions, Money } from '../provider.ts';
import { signalOf, waitFor } from '../wait.ts';
import { instancePath, orNull, type VultrClient } from './client.ts';
import { lookThroughWindow, mustFind, untilInstance, whileBusy } from './compute-waits.ts';
import { VULTR } from './errors.ts';
import { isReady, problem } from './instance-state.ts';
import { changePower } from './power.ts';
import * as shapes from './schemas.ts';

const PATH = '/v2/snapshots';
const ATTEMPTS = 3;
const BYTES_PER_GB = 2 ** 30;
/** "$0.05 per GB per month for each stored snapshot", docs.vultr.com, Does Vultr Charge for Stored Snapshots? */
const DOLLARS_PER_GB = 0.05;

export function snapshotsOf(client: VultrClient): SnapshotClient {
  return {
    list: (instanceId, namePrefix, o = {}) => list(client, instanceId, namePrefix, o),
    create: (instanceId, name, o = {}) => create(client, instanceId, name, o),
    restore: (instanceId, snapshot, _args, o = {}) => restore(client, instanceId, snapshot, o),
    delete: (snapshotId, o = {}) => remove(client, snapshotId, o),
  };
}

function snapshotPath(id: string): string {
  return `${PATH}/${encodeURIComponent(id)}`;
}

async function existing(client: VultrClient, o: CallOptions): Promise<shapes.Snapshot[]> {
  const all = await client.all(PATH, 'snapshots', shapes.Snapshot, {}, o);
  return all.filter((snapshot) => snapshot.status !== 'deleted');
}

async function list(client: VultrClient, instanceId: string | null, namePrefix: string, o: CallOptions): Promise<Snapshot[]> {
  const [all, backups] = await Promise.all([
    existing(client, o),
    // 404 for an instance that is gone: its backups went with it.
    instanceId === null ? null : orNull(client.all('/v2/backups', 'backups', shapes.Backup, { instance_id: instanceId }, o)),
  ]);
  return [
    ...all.filter((snapshot) => snapshot.description.startsWith(namePrefix)).map(presentSnapshot),
    ...(backups ?? []).map((backup) => presentBackup(backup, instanceId)),
  ];
}

async function create(client: VultrClient, instanceId: string, name: string, o: CallOptions): Promise<Snapshot> {
  const snapshot = (await named(client, name, o)) ?? (await order(client, instanceId, name, o));
  return presentSnapshot(await whenComplete(client, snapshot.id, name, o));
}

/** The oldest of this very name, so that repeated calls agree on one. */
async function named(client: VultrClient, name: string, o: CallOptions): Promise<shapes.Snapshot | undefined> {
  const found = (await existing(client, o)).filter((snapshot) => snapshot.description === name);
  return found.sort((a, b) => Date.parse(a.date_created) - Date.parse(b.date_created) || a.id.localeCompare(b.id))[0];
}

async function order(client: VultrClient, instanceId: string, name: string, o: CallOptions): Promise<shapes.Snapshot> {
  const request = { method: 'POST', path: PATH, body: { instance_id: instanceId, description: name }, ...o } as const;
  for (let attempt = 1; ; attempt++) {
    try {
      return await whileBusy(client, instanceId, o, () => client.one(request, 'snapshot', shapes.Snapshot));
    } catch (error) {
      if (!isProviderError(error, 'unknown_outcome')) throw error;
      const found = await lookThroughWindow(client, signalOf(o), () => named(client, name, o));
      if (found !== undefined) return found;
      if (attempt >= ATTEMPTS) throw error;
    }
  }
}

/** @throws ProviderError `not_found` when it is removed meanwhile, `unexpected` when Vultr gave it up. */
function whenComplete(client: VultrClient, id: string, name: string, o: CallOptions): Promise<shapes.Snapshot> {
  const started = performance.now();
  return waitFor({
    provider: VULTR,
    what: `snapshot ${id} (${name}) to be complete`,
    key: 'vultr/snapshot',
    signal: signalOf(o),
    deadlineMs: client.timing.imageMs,
    probe: async () => {
      const snapshot = await orNull(client.one({ method: 'GET', path: snapshotPath(id), ...o }, 'snapshot', shapes.Snapshot));
      if (snapshot === null && performance.now() - started < client.timing.consistencyMs) return undefined;
      if (snapshot === null || snapshot.status === 'deleted')
        throw problem('not_found', `Snapshot ${id} (${name}) was removed at Vultr while it was being made. Take it again.`);
      if (snapshot.status === 'complete') return snapshot;
      if (snapshot.status === 'pending') return undefined;
      throw problem('unexpected', `Snapshot ${id} (${name}) became "${snapshot.status}" at Vultr. Delete it and take another.`);
    },
  });
}

/** The disk of the image replaces the instance's; its address, label, plan and firewall stay. */
async function restore(client: VultrClient, id: string, { id: image, kind }: Pick<Snapshot, 'id' | 'kind'>, o: CallOptions): Promise<void> {
  const body = kind === 'snapshot' ? { snapshot_id: image } : { backup_id: image };
  const request = { method: 'POST', path: `${instancePath(id)}/restore`, body, ...o } as const;
  for (let attempt = 1; ; attempt++) {
    try {
      await whileBusy(client, id, o, () => client.send(request));
      break;
    } catch (error) {
      if (!isProviderError(error, 'unknown_outcome')) throw error;
      const began = await lookThroughWindow(client, signalOf(o), async () => (isSettled(await mustFind(client, id, o)) ? undefined : true));
      if (began) break;
      if (attempt >= ATTEMPTS) throw error;
    }
  }
  await whenRestored(client, id, image, o);
  // One that was switched off when the order came stays off.
  await changePower(client, id, 'on', o);
}

/** A server that still looks untouched may only not have begun: it counts once it was seen at work, or after the window. */
async function whenRestored(client: VultrClient, id: string, image: string, o: CallOptions): Promise<void> {
  const ordered = performance.now();
  let seenAtWork = false;
  await untilInstance(client, id, o, {
    what: `instance ${id} to be restored from ${image}`,
    key: 'vultr/restore',
    deadlineMs: client.timing.imageMs,
    done: (instance) => {
      if (isSettled(instance)) return seenAtWork || performance.now() - ordered > client.timing.consistencyMs;
      seenAtWork = true;
      return false;
    },
  });
}

/** Nothing is under way with it, whether it runs or not. */
function isSettled(instance: shapes.Instance): boolean {
  if (instance.power_status === 'stopped') return instance.status === 'active' && instance.server_status === 'ok';
  // As for Windows even on Linux: a restore ends at `ok`, whatever it says on the way.
  return isReady(instance, { first: true, windows: true, ipv6: false, publicIpv4: false });
}

/** Asks until Vultr does not show it any more; it refuses while the snapshot is being made or restored. */
async function remove(client: VultrClient, id: string, o: CallOptions): Promise<void> {
  await waitFor({
    provider: VULTR,
    what: `snapshot ${id} to be removed`,
    key: 'vultr/delete/snapshot',
    signal: signalOf(o),
    deadlineMs: client.timing.actionMs,
    probe: async () => {
      try {
        await client.send({ method: 'DELETE', path: snapshotPath(id), repeatable: true, ...o });
      } catch (error) {
        if (isProviderError(error, 'not_found')) return true;
        if (isProviderError(error, 'conflict')) return undefined;
        throw error;
      }
      const left = await orNull(client.one({ method: 'GET', path: snapshotPath(id), ...o }, 'snapshot', shapes.Snapshot));
      return left === null || left.status === 'deleted' ? true : undefined;
    },
  });
}

function presentSnapshot(snapshot: shapes.Snapshot): Snapshot {
  const stored = snapshot.compressed_size || snapshot.size;
  return {
    ...presentImage(snapshot, stored),
    kind: 'snapshot',
    minDiskGb: snapshot.size === 0 ? null : Math.ceil(snapshot.size / BYTES_PER_GB),
    instanceId: null,
    monthlyCost: monthlyCost(stored),
  };
}

/** Backups are paid with the instance, a fifth of its price. */
function presentBackup(backup: shapes.Backup, instanceId: string | null): Snapshot {
  return { ...presentImage(backup, backup.size), kind: 'backup', minDiskGb: null, instanceId, monthlyCost: null };
}

function presentImage(image: shapes.Backup, bytes: number): Pick<Snapshot, 'id' | 'name' | 'status' | 'sizeGb' | 'createdAt'> {
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
