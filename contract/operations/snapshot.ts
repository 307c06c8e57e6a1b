import { z } from 'zod';
import { SnapshotFields } from '../fields.ts';
import { defineKind, NoProgress, Requested } from './kind.ts';

const action = z.strictObject({ action: z.literal('snapshot'), ...SnapshotFields });

export const kind = defineKind({
  kind: 'snapshot',
  words: { name: 'Snapshot', does: 'Make a snapshot of a VPS, kept until it is deleted' },
  /** `snapshot`: its row. */
  request: Requested.extend({ snapshot: z.string().optional() }),
  progress: NoProgress,
  action,
  // One of each, all with this name.
  bulk: action,
});
