import { z } from 'zod';
import { Approval, Settings } from '../fields.ts';
import { defineKind, NoProgress, Requested } from './kind.ts';

const action = z.strictObject({ action: z.literal('configure'), ...Settings, approval: Approval.optional() });

export const kind = defineKind({
  kind: 'configure',
  words: {
    name: 'Configure',
    does: 'Set tags, keys, firewall, backups and reverse names of a VPS',
    menu: 'Tags',
    lead: 'Words at the provider by which the server is found and grouped.',
  },
  request: Requested,
  progress: NoProgress,
  action,
  change: action,
  bulk: action.omit({ approval: true }),
});
