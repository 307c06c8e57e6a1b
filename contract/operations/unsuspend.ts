import { z } from 'zod';
import { defineKind, PowerSeen, Requested } from './kind.ts';

const action = z.strictObject({ action: z.literal('unsuspend') });

export const kind = defineKind({
  kind: 'unsuspend',
  words: { name: 'Unsuspend', does: 'Unblock a VPS and bring back its former power state', menu: 'End the suspension' },
  request: Requested,
  progress: PowerSeen,
  action,
  bulk: action,
});
