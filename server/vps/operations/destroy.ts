/** The end of a VPS, proven at its providers; of one whose import has not succeeded only the record and its names. */
import { kind } from '../../../contract/operations/destroy.ts';
import { timeNow } from '../../kernel/clock.ts';
import { destroyRefusal } from '../changes/standing.ts';
import { unchanged } from '../changes/planning.ts';
import { forgetFormerPasswords } from '../snapshots/store.ts';
import type { VpsColumns, VpsWithAccount } from '../store.ts';
import { forgetAnswers } from '../tasks/store.ts';
import { planDestroy } from '../termination/plan.ts';
import { afterDestroy, askForEnd } from './after-destroy.ts';
import { beforeDestroy } from './before-destroy.ts';
import { type Attempted, defineSheet, type Work } from './sheet.ts';
import { forgettingOf, isForgetting, runForget } from './takeover.ts';
import { withoutSteps } from './work-fault.ts';

export const sheet = defineSheet(kind, {
  rules: { permission: 'vps:destroy', whileImporting: true, instead: destroyRefusal },
  traits: { destructive: true, endsStack: true },
  bulk: { losesData: true, planned: 'each', price: 'ends' },
  again: { whileSuspended: true, asksAgain: true, status: 'destroying', request: forgettingOf },
  plan: async (services, vps, { final_snapshot: wished }) => {
    const { same } = unchanged(services, vps);
    return { ...same, ...(await planDestroy(services, vps, wished)), way: 'destroy', forgets: vps.importing !== null };
  },
  mayReplace: () => true,
  personDoes: (request, vps) => (isForgetting({ request, vps }) ? null : 'terminate'),
  run: async (work) => (isForgetting(work) ? await runForget(work) : await end(work, work.request.finalSnapshot === true)),
  succeeded: ({ vps, result: { endsAt } }) => (endsAt === undefined ? terminated(vps) : { status: 'ending', endsAt }),
  settle: async (tx, { vps, result }) => {
    // One that lives on is still its customer's.
    if (result.endsAt !== undefined) return;
    await forgetFormerPasswords(tx, vps.id);
    await forgetAnswers(tx, vps.id);
  },
  failed: async ({ fault, vps }) => ({ status: fault.kind === 'leaked' ? 'leaked' : vps.status === 'ending' ? 'ending' : 'error' }),
});

function terminated(vps: VpsWithAccount): VpsColumns {
  return {
    status: 'terminated',
    deletedAt: timeNow(),
    rootPassword: null,
    requestedPassword: null,
    nextPassword: null,
    powerState: null,
    rescueSince: null,
    // The server of an import that was given up was never this VPS's.
    ...(vps.importing === null ? {} : { instanceId: null }),
  };
}

async function end(work: Work, withSnapshot: boolean): Promise<Attempted> {
  const { services, signal, drive } = work;
  const started = performance.now();
  const refused = await beforeDestroy(work, withSnapshot);
  if (refused) return withoutSteps(started, refused);
  // What is paid for until a date lives until then, with its names: only its end is ordered.
  const ordered = await askForEnd(work);
  if (ordered)
    return ordered.fault ? withoutSteps(started, ordered.fault) : { ...withoutSteps(started, null), ok: true, endsAt: ordered.at };
  const deadline = AbortSignal.timeout(services.config.destroyTimeoutMs);
  const result = await drive('destroy', AbortSignal.any([signal, deadline]));
  return await afterDestroy(work, result, deadline.aborted && !signal.aborted);
}
