/**
 * Hands messages to their endpoints. An event makes one message for each endpoint that wants it, in the transaction of the
 * processor's place; a loop in every worker takes what is due, for the length of a lease, and writes down every attempt. So each
 * message is delivered at least once under one id, or fails with all its attempts to be seen.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { EVENT_KINDS, topicOf, TOPICS } from '../../../contract/events.ts';
import { PLATFORM_ONLY } from '../../../contract/permissions.ts';
import { timeNow } from '../../kernel/clock.ts';
import { inTransaction, type Json } from '../../kernel/database.ts';
import { type Processor, processor } from '../../kernel/events/processor.ts';
import { raiseAlert } from '../../kernel/kill-switches/store.ts';
import type { Services } from '../../kernel/services.ts';
import { signedHeaders } from './secret.ts';
import * as store from './store.ts';

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export interface DeliveryTimes {
  /** Before each attempt; after the last one it has failed. */
  readonly scheduleMs: readonly number[];
  /** For a whole answer. */
  readonly answerMs: number;
  /** An endpoint with nothing but failures for so long is paused. */
  readonly patienceMs: number;
}
const USUAL: DeliveryTimes = {
  scheduleMs: [0, 5 * SECOND_MS, 300 * SECOND_MS, 0.5 * HOUR_MS, 2 * HOUR_MS, 5 * HOUR_MS, 10 * HOUR_MS, 10 * HOUR_MS],
  answerMs: 15 * SECOND_MS,
  patienceMs: 5 * DAY_MS,
};
const LOOK_MS = 500;
const AT_ONCE = 32;
/** A slow endpoint holds no more than this, so that the others go on. */
const PER_ENDPOINT = 4;
const HEAD_BYTES = 1_024;
const KEPT_MS = 30 * DAY_MS;
const TIDY_MS = HOUR_MS;

export function webhookProcessor(): Processor {
  return processor({
    name: 'webhooks',
    kinds: EVENT_KINDS,
    run: async ({ id, kind, organization_id, at, data }, tx) => {
      const payload = { type: kind, timestamp: at, data: { ...data, organization_id } } as unknown as Json;
      const shared = !PLATFORM_ONLY.has(TOPICS[topicOf(kind)]);
      await store.insertMessages(tx, { id, kind, organizationId: organization_id, at, shared, payload });
    },
  });
}

/** Runs until `stop`, which waits for the attempts under way. */
export function startWebhooks(services: Services, times: DeliveryTimes = USUAL): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const underWay = new Map<string, { endpointId: string; done: Promise<void> }>();
  const leaseMs = times.answerMs * 2 + 10 * SECOND_MS;
  let tidyAt = 0;
  const busy = (): string[] => {
    const counts = Map.groupBy(underWay.values(), ({ endpointId }) => endpointId);
    return [...counts].filter(([, list]) => list.length >= PER_ENDPOINT).map(([id]) => id);
  };
  const look = async (): Promise<void> => {
    const free = Math.min(AT_ONCE - underWay.size, PER_ENDPOINT);
    if (free <= 0) return;
    for (const message of await store.claimMessages(services.db, busy(), free, leaseMs)) {
      const done = attempt(services, times, message)
        .catch((error: unknown) => services.log.warn({ err: error, message: message.id }, 'what came of a webhook could not be recorded'))
        .finally(() => underWay.delete(message.id));
      underWay.set(message.id, { endpointId: message.endpointId, done });
    }
    if (timeNow().getTime() < tidyAt) return;
    tidyAt = timeNow().getTime() + TIDY_MS;
    await store.pruneMessages(services.db, new Date(timeNow().getTime() - KEPT_MS));
  };
  const working = (async () => {
    while (!stopping.signal.aborted) {
      await look().catch((error: unknown) => services.log.warn({ err: error }, 'webhooks wait'));
      await delay(LOOK_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await working;
      await Promise.all([...underWay.values()].map(({ done }) => done));
    },
  };
}

interface Outcome {
  readonly statusCode: number | null;
  readonly error: string | null;
  readonly response: string | null;
}

async function attempt(services: Services, times: DeliveryTimes, message: store.DueMessage): Promise<void> {
  const endpoint = await store.endpointById(services.db, null, message.endpointId);
  if (!endpoint) return;
  const at = timeNow();
  const began = performance.now();
  const outcome = await send(services, times, endpoint, message, at);
  const durationMs = Math.round(performance.now() - began);
  const delivered = outcome.statusCode !== null && outcome.statusCode >= 200 && outcome.statusCode < 300;
  const nextInMs = delivered ? null : (times.scheduleMs[message.tries + 1] ?? null);
  await inTransaction(services.db, async (tx) => {
    const status = delivered ? 'delivered' : nextInMs === null ? 'failed' : 'waiting';
    await store.recordAttempt(tx, message, { at, durationMs, ...outcome }, { status, nextInMs });
    const since = await store.noteOutcome(tx, endpoint.id, !delivered, at);
    if (outcome.statusCode === 410) await pause(tx, endpoint, 'gone', 'It answered 410: it is gone.');
    else if (since !== null && at.getTime() - since.getTime() >= times.patienceMs)
      await pause(tx, endpoint, 'failing', `Every attempt since ${since.toISOString()} has failed.`);
  });
}

async function send(
  services: Services,
  times: DeliveryTimes,
  endpoint: store.WebhookEndpoint,
  message: store.DueMessage,
  at: Date,
): Promise<Outcome> {
  const body = JSON.stringify(message.payload);
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Plinth-Webhooks',
    ...signedHeaders(services.secrets, endpoint, message.id, body, at),
  };
  try {
    const { status, head } = await services.wall.post(endpoint.url, body, headers, { ms: times.answerMs, headBytes: HEAD_BYTES });
    const redirected =
      status >= 300 && status < 400 ? 'It redirects; redirects are not followed. Give the address that it leads to.' : null;
    return { statusCode: status, error: redirected, response: head };
  } catch (error) {
    return { statusCode: null, error: reasonOf(error).slice(0, 500), response: null };
  }
}

/** The innermost cause: "fetch failed" helps nobody. */
function reasonOf(error: unknown): string {
  let last = error;
  while (last instanceof Error && last.cause instanceof Error) last = last.cause;
  return last instanceof Error ? last.message : String(last);
}

async function pause(
  tx: Parameters<typeof raiseAlert>[0],
  endpoint: store.WebhookEndpoint,
  pauseReason: string,
  why: string,
): Promise<void> {
  await store.updateEndpoint(tx, endpoint.id, { pausedAt: timeNow(), pauseReason });
  if (endpoint.organizationId !== null) return;
  const message = `The webhook ${endpoint.url} is paused. ${why} Mend it, then: plinth webhook resume ${endpoint.id}`;
  await raiseAlert(tx, { kind: 'webhook-paused', target: endpoint.id, message, data: { reason: pauseReason } });
}
