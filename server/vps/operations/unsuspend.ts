/** To the power it had before its suspension; a server that was off stays off. */
import { kind } from '../../../contract/operations/unsuspend.ts';
import { timeNow } from '../../kernel/clock.ts';
import { liftByHand, suspendAgain } from '../suspension/suspension.ts';
import { afterPower, runPower } from './power.ts';
import { defineSheet } from './sheet.ts';

export const sheet = defineSheet(kind, {
  rules: { permission: 'vps:suspend', scope: 'platform', ofSuspended: true },
  traits: {},
  bulk: {},
  again: { whileSuspended: true },
  accept: async ({ tx, vps }) => {
    await liftByHand(tx, vps, timeNow());
    return {};
  },
  personDoes: (_request, vps) => (vps.suspendedPower === 'stopped' ? null : 'power-on'),
  run: (work) => runPower(work, work.vps.suspendedPower === 'stopped' ? [] : ['on']),
  succeeded: (ended) => ({
    ...afterPower(ended),
    status: 'active',
    suspendReason: null,
    suspendedAt: null,
    suspendedPower: null,
  }),
  settle: (tx, { services, vps }) => suspendAgain(services, tx, vps.id),
});
