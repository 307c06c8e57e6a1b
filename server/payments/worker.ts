/**
 * What works on payments by itself: events as they come, and whatever waits for a provider and was told of by none. Several
 * may run: each takes what it works on for a while, and one that ends leaves it to the others.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { timeNow } from '../kernel/clock.ts';
import type { Services } from '../kernel/services.ts';
import { changeAccount, listPaymentAccounts } from './accounts-store.ts';
import { pursue } from './attempts.ts';
import { takeDueEvents } from './events-store.ts';
import { processEvent } from './process.ts';
import { pursueRefund } from './refunds.ts';
import { takeDueRefunds } from './refunds-store.ts';
import { takeDueAttempts } from './store.ts';

const IDLE_MS = 400;
const AT_ONCE = 8;
/** Longer than any call with its repetitions. */
const LEASE_MS = 90_000;

export function startPayments(services: Services): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const working = (async () => {
    while (!stopping.signal.aborted) {
      const busy = await workOnce(services).catch((error: unknown) => {
        services.log.warn({ err: error }, 'payments could not be worked on; it is tried again');
        return 0;
      });
      if (busy === 0) await delay(IDLE_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await working;
    },
  };
}

/** Works on all that is due. Resolves with how much that was. */
export async function workOnce(services: Services): Promise<number> {
  const events = await takeDueEvents(services.db, AT_ONCE, LEASE_MS);
  const attempts = await takeDueAttempts(services.db, AT_ONCE, LEASE_MS);
  const refunds = await takeDueRefunds(services.db, AT_ONCE, LEASE_MS);
  await Promise.all([
    ...events.map((event) => processEvent(services, event)),
    ...attempts.map((id) => guarded(services, () => pursue(services, id, 'poll'))),
    ...refunds.map((id) => guarded(services, () => pursueRefund(services, id))),
  ]);
  if (attempts.length > 0)
    for (const { provider } of await listPaymentAccounts(services.db))
      await changeAccount(services.db, provider, { lastPollAt: timeNow() });
  return events.length + attempts.length + refunds.length;
}

/** One that fails in a way nobody thought of must not keep the others from their turn; its lease brings it back. */
async function guarded(services: Services, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    services.log.error({ err: error }, 'a payment could not be followed; it is tried again');
  }
}
