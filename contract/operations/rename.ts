import { z } from 'zod';
import { Approval, HostnameText, LabelText } from '../fields.ts';
import { defineKind, NoProgress, Requested } from './kind.ts';

const action = z.strictObject({
  action: z.literal('rename'),
  label: LabelText.optional(),
  /** A name below the DNS zone where the VPS has one. */
  hostname: HostnameText.optional(),
  approval: Approval.optional(),
});

export const kind = defineKind({
  kind: 'rename',
  words: {
    name: 'Rename',
    does: 'Change label, hostname and DNS name together',
    lead: 'The name at the provider and, where it has one, in the DNS.',
  },
  request: Requested,
  progress: NoProgress,
  action,
  change: action,
  names: true,
});
