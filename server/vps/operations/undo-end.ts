/** An ordered end is taken back while what is paid still runs: the server stays its customer's and is renewed again. */
import { kind } from '../../../contract/operations/undo-end.ts';
import { providerOf } from '../../accounts/accounts.ts';
import { undoEndRefusal } from '../changes/standing.ts';
import { defineSheet } from './sheet.ts';
import { faultOf, withoutSteps } from './work-fault.ts';
import { serverOf } from './work.ts';

export const sheet = defineSheet(kind, {
  rules: { permission: 'vps:undo', whileEnding: true, instead: undoEndRefusal },
  traits: {},
  run: async (work) => {
    const started = performance.now();
    const failed = await faultOf(work, async () => {
      const { compute, id } = serverOf(work);
      const { name } = providerOf(work.services, work.vps.account).descriptor;
      if (!compute.endings?.undoEnd) throw new Error(`${name} takes no end back.`);
      await compute.endings.undoEnd(id, { signal: work.signal });
      const still = await compute.endings.orderedEnd(id, { signal: work.signal });
      if (still) throw new Error(`${name} still shows an end of server ${id} after it was taken back.`);
      work.writer.say(`server ${id} goes on`);
    });
    return { ...withoutSteps(started, failed), ok: failed === null };
  },
  succeeded: ({ vps }) => ({ status: vps.suspendReason === null ? 'active' : 'suspended', endsAt: null }),
  failed: async () => ({ status: 'ending' }),
});
