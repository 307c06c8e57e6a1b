import { z } from 'zod';
import { MAX_GRACE_HOURS } from '../fields.ts';
import { defineKind, NoProgress, Requested } from './kind.ts';

export const kind = defineKind({
  kind: 'destroy',
  words: {
    name: 'Destroy',
    does: 'End a VPS: its server, its disk, its names',
    verb: 'Delete',
    bulkLead: 'These servers and everything on their disks will be gone.',
  },
  request: Requested.extend({
    /** Only the record ends: the server was never this VPS's. */
    forget: z.boolean().optional(),
    finalSnapshot: z.boolean().optional(),
  }),
  progress: NoProgress,
  change: z.strictObject({ action: z.literal('destroy'), final_snapshot: z.boolean().optional() }),
  bulk: z.strictObject({
    action: z.literal('destroy'),
    /** Hours in which it can be undone; 0 = now, for good; left out = the service’s default. */
    grace_hours: z.number().min(0).max(MAX_GRACE_HOURS).optional(),
    /** Make a snapshot of each first, keep it, and destroy nothing without it. */
    final_snapshot: z.boolean().optional(),
  }),
});
