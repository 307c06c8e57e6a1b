import { z } from 'zod';
import { defineKind, PowerSeen, Requested } from './kind.ts';

const action = z.strictObject({ action: z.literal('power-cycle') });

export const kind = defineKind({
  kind: 'power-cycle',
  words: { name: 'Power cycle', does: 'Power a VPS off and on again' },
  request: Requested,
  progress: PowerSeen,
  action,
  bulk: action,
});
