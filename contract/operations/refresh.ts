import { z } from 'zod';
import { defineKind, NoProgress, Requested } from './kind.ts';

export const kind = defineKind({
  kind: 'refresh',
  words: { name: 'Refresh', does: 'Ask the provider what is there now' },
  request: Requested,
  progress: NoProgress,
  bulk: z.strictObject({ action: z.literal('refresh') }),
});
