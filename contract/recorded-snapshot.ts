/** The record of all snapshots, whatever became of their VPSes, on the wire. */
import { z } from 'zod';
import { Cursor, Flag, Limit } from './ids.ts';
import { Snapshot, SnapshotTotal } from './snapshot.ts';
import { VpsStatus } from './vps.ts';

export const SnapshotQuery = z.strictObject({
  cursor: Cursor.optional(),
  limit: Limit,
  /** Only those that were made before a termination. */
  final: Flag.optional(),
  /** true: only what is kept of terminated VPSes; false: only of living ones. */
  vps_terminated: Flag.optional(),
});

/** One of the record, with the VPS that it was made of; that may be terminated. */
export const RecordedSnapshot = Snapshot.extend({
  vps_label: z.string(),
  vps_status: VpsStatus,
  provider: z.string(),
  provider_name: z.string(),
  simulated: z.boolean(),
});
export type RecordedSnapshot = z.infer<typeof RecordedSnapshot>;
export const SnapshotPage = z.strictObject({
  snapshots: z.array(RecordedSnapshot),
  next: z.string().nullable(),
  /** Of all that match, not of this page alone. */
  total: SnapshotTotal,
});
export type SnapshotPage = z.infer<typeof SnapshotPage>;
