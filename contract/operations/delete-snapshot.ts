import { z } from 'zod';
import { SnapshotRef } from '../fields.ts';
import { defineKind, NoProgress, Requested } from './kind.ts';

export const kind = defineKind({
  kind: 'delete-snapshot',
  words: { name: 'Delete snapshot', does: 'Delete a snapshot at the provider' },
  /** `snapshot`: its row. */
  request: Requested.extend({ snapshot: z.string().optional() }),
  progress: NoProgress,
  action: z.strictObject({ action: z.literal('delete-snapshot'), snapshot: SnapshotRef }),
});
