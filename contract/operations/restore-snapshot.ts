import { z } from 'zod';
import { Approval, SnapshotRef } from '../fields.ts';
import { AtProvider, defineKind, Requested } from './kind.ts';

const action = z.strictObject({ action: z.literal('restore-snapshot'), snapshot: SnapshotRef, approval: Approval.optional() });

export const kind = defineKind({
  kind: 'restore-snapshot',
  words: { name: 'Restore snapshot', does: 'Go back to a snapshot or backup; everything written since is lost' },
  request: Requested.extend({
    restore: z.object({ id: z.string(), kind: z.enum(['snapshot', 'backup']) }).optional(),
    /** The recorded password stays as it is: it is the same, or nobody here knows the one that comes back. */
    keepsPassword: z.boolean().optional(),
  }),
  progress: AtProvider,
  action,
  change: action,
});
