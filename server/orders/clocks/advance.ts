/** Advancing a test clock: from due instant to due instant, waiting at each until what it caused has settled. */
import { setTimeout as delay } from 'node:timers/promises';
import { billingRound } from '../../billing/subscriptions/sweep.ts';
import { inTransaction } from '../../kernel/database.ts';
import type { SweepReport } from '../../kernel/schedule/runner.ts';
import type { Services } from '../../kernel/services.ts';
import { orderSweep } from '../sweep.ts';
import { advancingClocks, changeClock, isUnsettled, lockClock, nextInstant } from './store.ts';

/** Most of what an instant causes is over in a moment: a charge, an answer. What takes longer is looked at in the next run. */
const LOOK_MS = 100;
const LOOKS = 20;

export async function clockSweep(services: Services, signal?: AbortSignal): Promise<SweepReport> {
  const clocks = await advancingClocks(services.db);
  for (const { id } of clocks) await advance(services, id, signal);
  return { outcome: 'ok', message: `${clocks.length} clocks were advanced.`, result: { clocks: clocks.length } };
}

/** As far as it goes without waiting long for work outside. */
async function advance(services: Services, id: string, signal?: AbortSignal): Promise<void> {
  let looks = 0;
  for (;;) {
    signal?.throwIfAborted();
    // What is due at the instant at which it stands comes first, and then what that has caused.
    const { done } = await billingRound(services, signal);
    await orderSweep(services, signal);
    if (await isUnsettled(services.db, id)) {
      if (++looks > LOOKS) return;
      await delay(LOOK_MS, undefined, { signal });
      continue;
    }
    looks = 0;
    if (done > 0) continue;
    const on = await inTransaction(services.db, async (tx) => {
      const clock = await lockClock(tx, id);
      if (clock?.status !== 'advancing' || clock.target === null) return false;
      const next = await nextInstant(tx, id, clock.frozenAt, clock.target);
      await changeClock(tx, id, next ? { frozenAt: next } : { frozenAt: clock.target, status: 'ready', target: null });
      return next !== null;
    });
    if (!on) return;
  }
}
