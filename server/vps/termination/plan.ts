/** What a termination does to the snapshots of a VPS, before it is ordered. */
import type { Db, Snapshot } from '../../kernel/database.ts';
import { Refusal } from '../../kernel/problem.ts';
import { snapshotsOf } from '../snapshots/store.ts';
import type { VpsWithAccount } from '../store.ts';
import type { Services } from '../../kernel/services.ts';
import type { PlannedChange } from '../changes/planned-change.ts';
import { snapshotClient } from '../snapshots/snapshots.ts';

export async function planDestroy(
  services: Services,
  vps: VpsWithAccount,
  finalSnapshot: boolean | undefined,
): Promise<Pick<PlannedChange, 'notes' | 'beside'>> {
  if (finalSnapshot) requireFinalSnapshot(services, vps);
  const rows = await snapshotsOf(services.db, vps.id);
  const kept = rows.filter((row) => stays(row, finalSnapshot));
  const goes = rows.filter((row) => !kept.includes(row));
  const notes = [
    ...(vps.importing === null ? [] : ['Its import has not succeeded: only its record and DNS names go, the server stays as it is.']),
    ...(finalSnapshot ? ['A snapshot is made first and kept; without it nothing is destroyed. It costs money until it is deleted.'] : []),
    ...(goes.length > 0 ? [`Its ${goes.length === 1 ? 'snapshot is' : `${goes.length} snapshots are`} deleted with it.`] : []),
    ...kept.map((row) => `The final snapshot "${row.name}" stays.`),
    ...((vps.spec as { compute?: { backups?: boolean } }).compute?.backups ? ['The provider’s backups of it go with it.'] : []),
  ];
  const beside = [
    ...(finalSnapshot ? [{ name: 'final snapshot', effect: 'create' as const }] : []),
    ...goes.map(({ name }) => ({ name: `snapshot ${name}`, effect: 'delete' as const })),
  ];
  return { notes, beside };
}

/** The provider's ids of those that a termination deletes now. */
export async function snapshotsLost(db: Db, vps: VpsWithAccount, finalSnapshot: boolean): Promise<string[]> {
  const rows = await snapshotsOf(db, vps.id);
  return rows.filter((row) => !stays(row, finalSnapshot)).flatMap(({ providerSnapshotId: id }) => (id === null ? [] : [id]));
}

/** What an earlier termination kept, unless another one takes its place. */
function stays({ final, status }: Snapshot, finalSnapshot: boolean | undefined): boolean {
  return final && status === 'available' && !finalSnapshot;
}

/** @throws Refusal 409 with the reason why no snapshot can be made of it. */
export function requireFinalSnapshot(services: Services, vps: VpsWithAccount): void {
  snapshotClient(services, vps);
  if (vps.importing !== null)
    throw new Refusal(
      409,
      'import_unfinished',
      `"${vps.label}" has not been imported; its end leaves the server alone. Leave the snapshot out.`,
    );
  if (vps.instanceId === null)
    throw new Refusal(409, 'no_instance', `"${vps.label}" has no server that a snapshot could be made of. Terminate it without one.`);
}
