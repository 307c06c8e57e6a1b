/** Off, and blocked for its customer from the moment it is asked for, whatever becomes of the power. */
import { kind } from '../../../contract/operations/suspend.ts';
import { timeNow } from '../../kernel/clock.ts';
import { addReason } from '../suspension/store.ts';
import { afterPower, runPower } from './power.ts';
import { defineSheet } from './sheet.ts';

export const sheet = defineSheet(kind, {
  rules: { permission: 'vps:suspend', scope: 'platform', inError: true },
  traits: {},
  bulk: {},
  again: { whileSuspended: true },
  accept: async ({ tx, vps, principal, body: { reason } }) => {
    const at = timeNow();
    await addReason(tx, { vpsId: vps.id, reason: 'staff', cause: principal.name, words: reason, at });
    return { columns: { status: 'suspended', suspendReason: reason, suspendedAt: at }, request: { reason } };
  },
  personDoes: () => 'power-off',
  run: (work) => runPower(work, ['off']),
  succeeded: (ended) => ({
    ...afterPower(ended),
    ...(ended.progress.formerPower === undefined ? {} : { suspendedPower: ended.progress.formerPower }),
  }),
});
