import { z } from 'zod';
import { defineKind, NoProgress, Requested } from './kind.ts';

const action = z.strictObject({ action: z.literal('rescue') });

export const kind = defineKind({
  kind: 'rescue',
  words: {
    name: 'Rescue',
    does: 'Boot a VPS into the provider’s rescue system',
    menu: 'Boot the rescue system',
    bulkLead: 'They boot into their provider’s rescue system, until that ends.',
  },
  request: Requested,
  progress: NoProgress,
  action,
  bulk: action,
});
