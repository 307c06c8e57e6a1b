/** Asks the provider what is there, and records it; a server that is gone is not forgotten so. */
import { kind } from '../../../contract/operations/refresh.ts';
import { changeOfSpec } from './change.ts';
import { refuseForgetting } from './recorded-server.ts';
import { defineSheet } from './sheet.ts';
import { withoutSteps } from './work-fault.ts';

export const sheet = defineSheet(kind, {
  rules: { permission: 'vps:refresh' },
  traits: { harmless: true },
  bulk: {},
  run: async (work) => {
    const started = performance.now();
    const refused = await refuseForgetting(work);
    return refused ? withoutSteps(started, refused) : await work.drive('refresh', work.signal);
  },
  succeeded: changeOfSpec,
});
