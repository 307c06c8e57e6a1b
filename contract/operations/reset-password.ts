import { z } from 'zod';
import { Approval, Password } from '../fields.ts';
import { AtProvider, defineKind, Requested } from './kind.ts';

const action = z.strictObject({ action: z.literal('reset-password'), root_pass: Password.optional(), approval: Approval.optional() });

export const kind = defineKind({
  kind: 'reset-password',
  words: {
    name: 'Reset password',
    does: 'Set a new administrator password, where the provider can',
    lead: 'A new administrator password is generated and kept encrypted.',
    bulkLead: 'Every server gets a new password of its own, where its provider can.',
  },
  request: Requested,
  progress: AtProvider,
  action,
  change: action,
  bulk: action.omit({ root_pass: true, approval: true }),
});
