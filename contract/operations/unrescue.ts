import { z } from 'zod';
import { defineKind, NoProgress, Requested } from './kind.ts';

const action = z.strictObject({ action: z.literal('unrescue') });

export const kind = defineKind({
  kind: 'unrescue',
  words: { name: 'Unrescue', does: 'Boot a VPS back into its own system', menu: 'Leave the rescue system' },
  request: Requested,
  progress: NoProgress,
  action,
  bulk: action,
});
