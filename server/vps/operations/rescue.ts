/** Into the provider's rescue system, which boots from another disk. */
import { kind } from '../../../contract/operations/rescue.ts';
import { timeNow } from '../../kernel/clock.ts';
import { runRescue } from './rescue-system.ts';
import { defineSheet } from './sheet.ts';

export const sheet = defineSheet(kind, {
  rules: { permission: 'vps:rescue', inError: true, provided: ({ rescue }) => rescue },
  traits: {},
  bulk: {},
  run: (work) => runRescue(work, 'enter'),
  succeeded: ({ vps }) => ({ rescueSince: vps.rescueSince ?? timeNow(), powerState: 'running' }),
});
