import { z } from 'zod';
import { defineKind, PowerSeen, Requested } from './kind.ts';

const action = z.strictObject({ action: z.literal('start') });

export const kind = defineKind({
  kind: 'start',
  words: { name: 'Start', does: 'Power a VPS on' },
  request: Requested,
  progress: PowerSeen,
  action,
  bulk: action,
});
