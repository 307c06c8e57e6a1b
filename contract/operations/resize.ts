import { z } from 'zod';
import { Approval, IdText, Reason } from '../fields.ts';
import { defineKind, NoProgress, Requested } from './kind.ts';

const action = z.strictObject({
  action: z.literal('resize'),
  plan: IdText,
  approval: Approval.optional(),
  /** Why the plan of a sold VPS changes beside its subscription. Only for callers that may act for several organizations. */
  override_reason: Reason.optional(),
});

export const kind = defineKind({
  kind: 'resize',
  words: {
    name: 'Resize',
    does: 'Give a VPS another plan',
    lead: 'Another plan for the same server; its disk and address stay.',
  },
  request: Requested,
  progress: NoProgress,
  action,
  change: action,
  bulk: action.omit({ approval: true, override_reason: true }),
});
