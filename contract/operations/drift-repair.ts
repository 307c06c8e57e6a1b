import { z } from 'zod';
import { defineKind, NoProgress, Requested } from './kind.ts';

export const kind = defineKind({
  kind: 'drift-repair',
  words: {
    name: 'Repair drift',
    does: 'Make the provider’s state what the record says',
    bulkLead: 'What is known to differ at the providers becomes what the record says.',
  },
  request: Requested,
  progress: NoProgress,
  // Where drift is known.
  bulk: z.strictObject({ action: z.literal('drift-repair') }),
});
