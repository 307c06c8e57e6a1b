/** Back from the provider's rescue system. */
import { kind } from '../../../contract/operations/unrescue.ts';
import { runRescue } from './rescue-system.ts';
import { defineSheet } from './sheet.ts';

export const sheet = defineSheet(kind, {
  rules: {
    permission: 'vps:rescue',
    inError: true,
    cannot: ({ inRescue }) => (inRescue ? null : { code: 'not_in_rescue', reason: 'It does not run the rescue system.' }),
    provided: ({ rescue }) => rescue,
  },
  traits: {},
  bulk: {},
  run: (work) => runRescue(work, 'leave'),
  succeeded: () => ({ rescueSince: null, powerState: 'running' }),
});
