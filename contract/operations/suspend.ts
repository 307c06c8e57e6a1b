import { z } from 'zod';
import { Reason } from '../fields.ts';
import { defineKind, PowerSeen, Requested } from './kind.ts';

const action = z.strictObject({ action: z.literal('suspend'), reason: Reason });

export const kind = defineKind({
  kind: 'suspend',
  words: {
    name: 'Suspend',
    does: 'Power a VPS off and block its customer',
    bulkLead: 'They are switched off and blocked until the suspension ends.',
  },
  request: Requested.extend({ reason: z.string().optional() }),
  progress: PowerSeen,
  action,
  bulk: action,
});
