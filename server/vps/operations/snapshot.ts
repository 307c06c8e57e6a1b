/** A snapshot, kept until it is deleted. Its row is made when it is asked for, with the password that the disk has now. */
import { kind } from '../../../contract/operations/snapshot.ts';
import { recordSnapshot } from '../snapshots/snapshots.ts';
import { defineSheet } from './sheet.ts';
import { makeSnapshot, runSnapshotWork } from './snapshots.ts';

export const sheet = defineSheet(kind, {
  rules: { permission: 'snapshot:create', inError: true, provided: ({ snapshots }) => snapshots },
  traits: {},
  bulk: {},
  accept: async ({ services, tx, vps, body }) => {
    const row = await recordSnapshot(services, tx, vps, body);
    return { request: { snapshot: row.id } };
  },
  run: (work) => runSnapshotWork(work, work.request.snapshot, makeSnapshot),
  succeeded: () => ({}),
});
