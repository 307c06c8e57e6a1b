/** What the end of an operation without success makes of its snapshot's row. */
import { z } from 'zod';
import type { Db, Operation } from '../../kernel/database.ts';
import { snapshotById, snapshotOfOperation, updateSnapshot } from './store.ts';

/** The one it was told of, else one that it made for itself. */
const SnapshotOf = z.object({ snapshot: z.string().optional() });

/** The provider may have it all the same; the list of snapshots then says so. */
export async function failSnapshot(tx: Db, operation: Operation, message: string): Promise<void> {
  const { snapshot } = SnapshotOf.parse(operation.request);
  const row = snapshot === undefined ? await snapshotOfOperation(tx, operation.id) : await snapshotById(tx, operation.vpsId, snapshot);
  if (!row || row.deletedAt !== null) return;
  if (row.status === 'deleting')
    await updateSnapshot(tx, row.id, { status: row.providerSnapshotId === null ? 'failed' : 'available', message });
  else if (row.status === 'pending') await updateSnapshot(tx, row.id, { status: 'failed', message });
}
