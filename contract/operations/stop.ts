import { z } from 'zod';
import { defineKind, PowerSeen, Requested } from './kind.ts';

const action = z.strictObject({ action: z.literal('stop') });

export const kind = defineKind({
  kind: 'stop',
  words: { name: 'Stop', does: 'Power a VPS off' },
  request: Requested,
  progress: PowerSeen,
  action,
  bulk: action,
});
