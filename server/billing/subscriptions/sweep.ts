/** The one sweep for time: whatever is due by its organization's clock happens, in order, one transaction each. */
import { timeNow } from '../../kernel/clock.ts';
import { inTransaction } from '../../kernel/database.ts';
import type { SweepReport } from '../../kernel/schedule/runner.ts';
import type { Services } from '../../kernel/services.ts';
import type { Outage } from '../dunning/policy.ts';
import { type Due, dueSubscriptions, noteProblem } from './due-store.ts';
import { happen, type Outcome } from './due.ts';
import { beat, lastOutage } from './outage.ts';
import { BY_ITSELF } from '../../kernel/kill-switches/kill-switches.ts';
import { dropChange } from './changes.ts';
import { expiredChanges, lockSubscription, openChange } from './store.ts';

const AT_ONCE = 200;
/** One waits for the database while another computes; each takes a connection, of which other sweeps need some too. */
const LANES = 3;

export interface Round {
  readonly done: number;
  readonly waiting: number;
  readonly failed: number;
}

/** Until nothing is due that can happen. One that cannot keeps no other from it. */
export async function billingRound(services: Services, signal?: AbortSignal): Promise<Round> {
  const { db } = services;
  await beat(db);
  const outage = await lastOutage(db);
  const stuck = new Set<string>();
  await expireChanges(services);
  const round = { done: 0, waiting: 0, failed: 0 };
  const note = (id: string, outcome: Outcome | 'failed'): void => {
    if (outcome !== 'none') round[outcome]++;
    if (outcome !== 'done') stuck.add(id);
  };
  for (;;) {
    const due = await dueSubscriptions(db, timeNow(), AT_ONCE, [...stuck]);
    if (due.length === 0) return round;
    const again: string[] = [];
    await besideEachOther(due, signal, async (id) => {
      const outcome = await attempt(services, id, outage).catch(() => null);
      if (outcome === null) again.push(id);
      else note(id, outcome);
    });
    // Two may have held what the other waits for, and the database ends one of them: alone it can happen.
    for (const id of again) {
      signal?.throwIfAborted();
      note(id, await attempt(services, id, outage).catch((error: unknown) => noteFailure(services, id, error)));
    }
  }
}

async function attempt(services: Services, id: string, outage: Outage | null): Promise<Outcome> {
  return await inTransaction(services.db, (tx) => happen(services, tx, id, outage));
}

async function noteFailure({ db, log }: Services, id: string, error: unknown): Promise<'failed'> {
  log.error({ err: error, subscription: id }, 'an event of a subscription could not happen; it is tried again');
  await noteProblem(db, id, error instanceof Error ? error.message.slice(0, 500) : 'It failed.').catch(() => undefined);
  return 'failed';
}

/** Those of one organization one after another, the earliest first; some organizations at a time. `work` must not throw. */
async function besideEachOther(due: readonly Due[], signal: AbortSignal | undefined, work: (id: string) => Promise<void>): Promise<void> {
  const queues = [...Map.groupBy(due, ({ organizationId }) => organizationId).values()].values();
  const lane = async (): Promise<void> => {
    for (const queue of queues)
      for (const { id } of queue) {
        if (signal?.aborted) return;
        await work(id);
      }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  signal?.throwIfAborted();
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
