import { z } from 'zod';
import { defineKind, PowerSeen, Requested } from './kind.ts';

const action = z.strictObject({ action: z.literal('reboot') });

export const kind = defineKind({
  kind: 'reboot',
  words: { name: 'Reboot', does: 'Reboot a VPS' },
  request: Requested,
  progress: PowerSeen,
  action,
  bulk: action,
});
