/** What the end of an operation without success makes of its snapshot's row. */
import type { Db, Operation } from '../../store/database.ts';
import { snapshotById, snapshotOfOperation, updateSnapshot } from '../../store/snapshots.ts';

/** The provider may have it all the same; the list of snapshots then says so. */
export async function failSnapshot(tx: Db, operation: Operation, message: string): Promise<void> {
  const { snapshot } = operation.request as { snapshot?: string };
  const row =
    operation.kind === 'destroy'
      ? await snapshotOfOperation(tx, operation.id)
      : snapshot === undefined
        ? null
        : await snapshotById(tx, operation.vpsId, snapshot);
  if (!row || row.deletedAt !== null) return;
  if (row.status === 'deleting')
    await updateSnapshot(tx, row.id, { status: row.providerSnapshotId === null ? 'failed' : 'available', message });
  else if (row.status === 'pending') await updateSnapshot(tx, row.id, { status: 'failed', message });
}
