/** Snapshots by order, the schedule's backups, and going back to either. */
import { isProviderError } from '../errors.ts';
import type { Snapshot, SnapshotClient } from '../instance-extras.ts';
import { signalOf } from '../wait.ts';
import { orGone, part, type Rest } from '../kit/rest.ts';
import { jobs, toJob } from './client.ts';
import { act, droplets } from './droplet.ts';
import { actionSchema, snapshotSchema, type Droplet, type SnapshotImage } from './schemas.ts';

/** US dollars for a GB and month of a snapshot; see README.md. Backups are paid for with the droplet. */
const USD_PER_GB_MONTH = 0.06;
const DELETE_DEADLINE_MS = 5 * 60_000;
const ROUNDS = 5;

const snapshotPath = (id: string): string => `/v2/snapshots/${part(id)}`;

export function snapshots(client: Rest): SnapshotClient {
  return {
    async list(instanceId, namePrefix, o) {
      const signal = signalOf(o);
      const [kept, scheduled] = await Promise.all([
        ofAccount(client, signal),
        instanceId === null ? [] : ofDroplet(client, instanceId, 'backups', signal),
      ]);
      return [
        ...kept.filter(({ name }) => name.startsWith(namePrefix)).map((image) => toSnapshot(image, 'snapshot', null)),
        ...scheduled.map((image) => toSnapshot(image, 'backup', instanceId)),
      ];
    },
    create: (instanceId, name, o) => create(client, instanceId, name, signalOf(o)),
    restore: (instanceId, snapshot, _args, o) => restore(client, instanceId, snapshot, signalOf(o)),
    delete: (snapshotId, o) => remove(client, snapshotId, signalOf(o)),
  };
}

/** Looks before it orders, and again after an answer that was lost: a name is made once. */
async function create(client: Rest, instanceId: string, name: string, signal: AbortSignal): Promise<Snapshot> {
  for (let round = 1; ; round++) {
    const existing = oldestNamed(await ofAccount(client, signal), name);
    if (existing) return toSnapshot(existing, 'snapshot', instanceId);
    await droplets.ready({ client, signal }, instanceId);
    const made = await madeMeanwhile(client, instanceId, name, signal);
    if (made) return toSnapshot(made, 'snapshot', instanceId);
    try {
      const { path = '', body } = act('snapshot', { name });
      const answer = await client.send({ method: 'POST', path: droplets.path(instanceId) + path, body, signal });
      for (const job of jobs.started(answer.body))
        await droplets.ended({ client, signal }, job, `snapshot "${name}" of droplet ${instanceId}`);
      return toSnapshot(await listedSoon(client, instanceId, name, signal), 'snapshot', instanceId);
    } catch (error) {
      // Lost answer, or somebody's action came first: the next round sees what became of it.
      if (round >= ROUNDS || !isProviderError(error, 'unknown_outcome', 'conflict')) throw error;
    }
  }
}

/** Actions do not tell the name they were given: a snapshot action that runs or just ended may be ours, and its snapshot not listed yet. */
async function madeMeanwhile(client: Rest, instanceId: string, name: string, signal: AbortSignal): Promise<SnapshotImage | undefined> {
  const { items } = await client.page({ path: `${droplets.path(instanceId)}/actions`, signal }, 'actions', actionSchema);
  const newest = items.toSorted((a, b) => b.id - a.id).find(({ type }) => type === 'snapshot');
  if (!newest || newest.status === 'errored') return undefined;
  if (newest.status === 'in-progress') await droplets.ended({ client, signal }, toJob(newest), `snapshot of droplet ${instanceId}`);
  const end = (newest.completed_at ? Date.parse(newest.completed_at) : client.now()) + client.consistencyMs;
  const { image } = await droplets.until({ client, signal }, 'a snapshot to be known', client.consistencyMs + 60_000, async () => {
    const known = await ofDroplet(client, instanceId, 'snapshots', signal);
    const image = oldestNamed(known, name);
    // Times are whole seconds: one of the same second may be an older action's.
    const isOther = known.some(({ created_at: at }) => Date.parse(at) > Date.parse(newest.started_at));
    return image || isOther || client.now() >= end ? { image } : undefined;
  });
  return image;
}

/** The snapshot of an action that has ended, as soon as the listing has it. */
function listedSoon(client: Rest, instanceId: string, name: string, signal: AbortSignal): Promise<SnapshotImage> {
  return droplets.until({ client, signal }, `snapshot "${name}" to be listed`, client.consistencyMs + 60_000, async () =>
    oldestNamed(await ofDroplet(client, instanceId, 'snapshots', signal), name),
  );
}

/**
 * `restore` takes images of the very droplet; a snapshot of another one (before a move or reinstall) goes by `rebuild`, which
 * takes any of the account. Rejects with `not_found` when the image is gone and `invalid` when the disk is too small for it.
 */
async function restore(client: Rest, instanceId: string, snapshot: Pick<Snapshot, 'id' | 'kind'>, signal: AbortSignal): Promise<void> {
  const call = { client, signal };
  const droplet = await droplets.get(call, instanceId);
  if (!droplet) throw client.error('not_found', `Droplet ${instanceId} no longer exists, so nothing can be restored to it.`);
  const image =
    snapshot.kind === 'backup'
      ? (await ofDroplet(client, instanceId, 'backups', signal)).find(({ id }) => id === snapshot.id)
      : await client.find(snapshotPath(snapshot.id), 'snapshot', snapshotSchema, signal);
  if (!image) throw client.error('not_found', `The ${snapshot.kind} ${snapshot.id} no longer exists at DigitalOcean; choose another.`);
  requireRoom(client, droplet, image);
  const own = snapshot.kind === 'backup' || image.resource_id === instanceId;
  await droplets.perform(call, instanceId, act(own ? 'restore' : 'rebuild', { image: Number(image.id) }));
  await droplets.perform(call, instanceId, droplets.sheet.power.on);
}

function requireRoom(client: Rest, droplet: Droplet, image: SnapshotImage): void {
  if (image.min_disk_size <= droplet.disk) return;
  throw client.error(
    'invalid',
    `"${image.name}" needs a disk of ${image.min_disk_size} GB; droplet ${droplet.id} has ${droplet.disk} GB. Choose a larger plan first.`,
  );
}

/** Gone is what the API says is gone, not what a deletion promised. */
async function remove(client: Rest, id: string, signal: AbortSignal): Promise<void> {
  await droplets.until({ client, signal }, `snapshot ${id} to be deleted`, DELETE_DEADLINE_MS, async () => {
    if ((await client.find(snapshotPath(id), 'snapshot', snapshotSchema, signal)) === null) return true;
    await client.send({ method: 'DELETE', path: snapshotPath(id), repeatable: true, signal }).catch((error: unknown) => {
      if (!isProviderError(error, 'not_found', 'conflict')) throw error;
    });
    return undefined;
  });
}

function ofAccount(client: Rest, signal: AbortSignal): Promise<SnapshotImage[]> {
  return client.all({ path: '/v2/snapshots', query: { resource_type: 'droplet' }, signal }, 'snapshots', snapshotSchema);
}

/** None where the droplet is gone. */
async function ofDroplet(client: Rest, instanceId: string, what: 'snapshots' | 'backups', signal: AbortSignal): Promise<SnapshotImage[]> {
  return (await orGone(client.all({ path: `${droplets.path(instanceId)}/${what}`, signal }, what, snapshotSchema))) ?? [];
}

/** Names need not be unique at DigitalOcean. */
function oldestNamed(images: readonly SnapshotImage[], name: string): SnapshotImage | undefined {
  return images
    .filter((image) => image.name === name)
    .sort((a, b) => a.created_at.localeCompare(b.created_at) || Number(a.id) - Number(b.id))[0];
}

/** What is listed is complete: one that is being made shows as an action of its droplet only. */
function toSnapshot(image: SnapshotImage, kind: Snapshot['kind'], instanceId: string | null): Snapshot {
  const sizeGb = image.size_gigabytes > 0 ? image.size_gigabytes : null;
  return {
    id: image.id,
    kind,
    name: image.name,
    status: 'available',
    sizeGb,
    minDiskGb: image.min_disk_size,
    regions: image.regions,
    instanceId: image.resource_id || instanceId,
    createdAt: image.created_at,
    monthlyCost: kind === 'backup' || sizeGb === null ? null : { amount: (sizeGb * USD_PER_GB_MONTH).toFixed(2), currency: 'USD' },
  };
}
