/** A kept snapshot that a new VPS's disk begins with. Everything is asked before anything is bought. */
import type { VpsCreate } from '../../../contract/vps.ts';
import type { Snapshot as ProviderSnapshot } from '../../../providers/instance-extras.ts';
import type { Plan } from '../../../providers/provider.ts';
import { VpsSpec } from '../../../stacks/spec.ts';
import { providerOf } from '../../accounts/accounts.ts';
import type { Db, Snapshot } from '../../kernel/database.ts';
import { onPlatform } from '../../kernel/can.ts';
import { notFound, refuseField } from '../../kernel/problem.ts';
import type { Services } from '../../kernel/services.ts';
import { findSnapshot, mustBeReady } from '../snapshots/snapshots.ts';
import { snapshotAt, snapshotById, snapshotInScope } from '../snapshots/store.ts';
import { lockVps, type VpsWithAccount, vpsById } from '../store.ts';
import type { ForWhom } from './dns.ts';

const FIELD = 'from_snapshot';

/** What the new disk is a copy of. */
export interface SnapshotSource {
  readonly row: Snapshot;
  /** That it was made of; maybe terminated since. */
  readonly vps: VpsWithAccount;
  readonly found: ProviderSnapshot;
}

/** Null: an image was asked for. @throws Refusal 404 for one of another organization; ProviderError when nobody answers */
export async function sourceOf(
  services: Services,
  who: ForWhom,
  { from_snapshot: id, image, setup }: Pick<VpsCreate, 'from_snapshot' | 'image' | 'setup'>,
): Promise<SnapshotSource | null> {
  if (id === undefined) {
    if (image === undefined) throw refuseField('image', 'is required', 'Send an image, or a snapshot as from_snapshot.');
    return null;
  }
  if (image !== undefined) throw refuseField(FIELD, 'an image was sent too', 'Send one of the two.');
  // A set-up runs once on a disk, and what is on this one says that it has.
  if (setup !== undefined) throw refuseField('setup', 'is for a new system', 'Leave it out, or choose an image.', 422, 'not_supported');
  const row = await ownSnapshot(services, who, id);
  const vps = row && (await vpsById(services.db, who.organizationId, row.vpsId));
  if (!row || !vps) throw notFound('snapshot', id);
  const { serverFromSnapshot } = providerOf(services, vps.account).descriptor.capabilities;
  if (!serverFromSnapshot.can) throw refuseField(FIELD, serverFromSnapshot.reason, 'Choose an image.', 422, 'not_supported');
  // Its first boot would set no password: only the provider does, on a disk of its own.
  if (VpsSpec.parse(vps.spec).compute.windows)
    throw refuseField(FIELD, 'is of a Windows server, which keeps the password of that one', 'Choose an image.', 422, 'not_supported');
  if (row.image === '')
    throw refuseField(FIELD, 'has a system that is not known: the VPS could not be reinstalled', 'Choose an image.', 422, 'image_unknown');
  const found = mustBeReady(await findSnapshot(services, vps, row.id), row.id);
  return { row, vps, found };
}

async function ownSnapshot(services: Services, { principal, organizationId }: ForWhom, id: string): Promise<Snapshot | null> {
  const row = await snapshotInScope(services.db, organizationId, id);
  if (row || !onPlatform(principal) || !(await snapshotInScope(services.db, null, id))) return row;
  throw refuseField(FIELD, 'is another organization’s', 'Send that organization as organization_id.', 422, 'other_organization');
}

/**
 * A snapshot is where its server was: in one account, at some providers in one region, for one kind of processor.
 * @param plans all of the account @param field what the request chose the plan by @throws Refusal
 */
export function requireFits({ found, vps }: SnapshotSource, plan: Plan, region: string, plans: readonly Plan[], field: string): void {
  if (found.regions && !found.regions.includes(region))
    throw refuseField(
      'region',
      `the snapshot is not in ${region}`,
      `It is in: ${found.regions.join(', ')}.`,
      422,
      'snapshot_not_in_region',
    );
  if (found.minDiskGb !== null && found.minDiskGb > plan.diskGb)
    throw refuseField(
      field,
      `the snapshot needs ${found.minDiskGb} GB of disk; the plan has ${plan.diskGb}`,
      'Choose a larger plan.',
      422,
      'disk_too_small',
    );
  const runsOn = found.architecture ?? plans.find(({ id }) => id === vps.plan)?.architecture;
  if (runsOn !== undefined && plan.architecture !== undefined && runsOn !== plan.architecture)
    throw refuseField(
      field,
      `the snapshot runs on ${runsOn}; the plan's processor is ${plan.architecture}`,
      'Choose a plan with that processor.',
      422,
      'image_architecture',
    );
}

/** @throws Refusal for a place at another account than the snapshot's */
export function requireItsAccount({ vps }: SnapshotSource, accountId: string, field: string): void {
  if (vps.accountId !== accountId)
    throw refuseField(field, 'is not the account that has the snapshot', 'Leave it out, or choose an image.', 422, 'snapshot_elsewhere');
}

/**
 * In the transaction that orders the server: from here on the snapshot cannot be deleted until the server is made.
 * @throws Refusal 409 when somebody deleted it meanwhile
 */
export async function holdSource(tx: Db, { compute: { accountId, snapshotId } }: Pick<VpsSpec, 'compute'>): Promise<void> {
  if (snapshotId === undefined) return;
  const seen = await snapshotAt(tx, accountId, snapshotId);
  // Whoever deletes one holds its VPS.
  if (seen) await lockVps(tx, null, seen.vpsId);
  const row = seen && (await snapshotById(tx, seen.vpsId, seen.id));
  if (!row || row.deletedAt !== null || row.status === 'deleting')
    throw refuseField(FIELD, 'was deleted meanwhile', 'Choose another snapshot or an image.', 409, 'snapshot_gone');
}
