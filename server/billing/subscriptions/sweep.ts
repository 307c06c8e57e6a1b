/** The one sweep for time: whatever is due by its organization's clock happens, in order, one transaction each. */
import { timeNow } from '../../kernel/clock.ts';
import { inTransaction } from '../../kernel/database.ts';
import type { SweepReport } from '../../kernel/schedule/runner.ts';
import type { Services } from '../../kernel/services.ts';
import { dueSubscriptions, noteProblem } from './due-store.ts';
import { happen } from './due.ts';
import { beat, lastOutage } from './outage.ts';
import { BY_ITSELF } from '../../kernel/kill-switches/kill-switches.ts';
import { dropChange } from './changes.ts';
import { expiredChanges, lockSubscription, openChange } from './store.ts';

const AT_ONCE = 200;

export interface Round {
  readonly done: number;
  readonly waiting: number;
  readonly failed: number;
}

/** Until nothing is due that can happen. One that cannot keeps no other from it. */
export async function billingRound(services: Services, signal?: AbortSignal): Promise<Round> {
  const { db, log } = services;
  await beat(db);
  const outage = await lastOutage(db);
  const stuck = new Set<string>();
  await expireChanges(services);
  let [done, waiting, failed] = [0, 0, 0];
  for (;;) {
    const due = await dueSubscriptions(db, timeNow(), AT_ONCE, [...stuck]);
    if (due.length === 0) return { done, waiting, failed };
    for (const { id } of due) {
      signal?.throwIfAborted();
      try {
        const outcome = await inTransaction(db, (tx) => happen(services, tx, id, outage));
        if (outcome === 'done') {
          done++;
          continue;
        }
        stuck.add(id);
        if (outcome === 'waiting') waiting++;
      } catch (error) {
        stuck.add(id);
        failed++;
        log.error({ err: error, subscription: id }, 'an event of a subscription could not happen; it is tried again');
        await noteProblem(db, id, error instanceof Error ? error.message.slice(0, 500) : 'It failed.').catch(() => undefined);
      }
    }
  }
}

/** What was not paid in its time does not happen. */
async function expireChanges(services: Services): Promise<void> {
  for (const { subscriptionId, id, at } of await expiredChanges(services.db, timeNow(), AT_ONCE))
    await inTransaction(services.db, async (tx) => {
      await lockSubscription(tx, null, subscriptionId);
      const change = await openChange(tx, subscriptionId);
      if (change?.id === id) await dropChange(services, tx, change, 'expired', BY_ITSELF, at);
    }).catch((error: unknown) => services.log.error({ err: error, change: id }, 'a change could not expire; it is tried again'));
}

export async function billingSweep(services: Services, signal: AbortSignal): Promise<SweepReport> {
  const round = await billingRound(services, signal);
  const message = `${round.done} events happened, ${round.waiting} wait${round.failed > 0 ? `, ${round.failed} failed` : ''}.`;
  return { outcome: round.failed > 0 ? 'partial' : 'ok', message, result: { ...round } };
}
