/** A snapshot's end. What a termination kept costs money, so it can be deleted when the VPS is gone, too. */
import { kind } from '../../../contract/operations/delete-snapshot.ts';
import { deletableSnapshot, markSnapshotDeleting } from '../snapshots/snapshots.ts';
import { defineSheet } from './sheet.ts';
import { dropSnapshot, runSnapshotWork } from './snapshots.ts';

export const sheet = defineSheet(kind, {
  rules: { permission: 'snapshot:delete', inError: true, afterEnd: true, withoutServer: true, provided: ({ snapshots }) => snapshots },
  traits: { destructive: true },
  prepare: (services, vps, { snapshot }) => deletableSnapshot(services, vps, snapshot),
  accept: async ({ tx, vps }, target) => {
    const row = await markSnapshotDeleting(tx, vps, target);
    return { request: { snapshot: row.id } };
  },
  run: (work) => runSnapshotWork(work, work.request.snapshot, dropSnapshot),
  succeeded: () => ({}),
});
