/** Waits of calls that are not resources of a stack: an instance until it takes a change, shows one, or must be looked for. */
import { setTimeout as delay } from 'node:timers/promises';
import type { CallOptions } from '../provider.ts';
import { signalOf, waitFor } from '../wait.ts';
import type { VultrClient } from './client.ts';
import { VULTR } from './errors.ts';
import { problem, whileBusy as whileLocked } from './instance-state.ts';
import type { Instance } from './schemas.ts';

const LOOKUP_MS = 500;

/** @throws ProviderError `not_found` when Vultr has no such instance. */
export async function mustFind(client: VultrClient, id: string, o: CallOptions): Promise<Instance> {
  const instance = await client.findInstance(id, o);
  if (instance === null) throw problem('not_found', `Instance ${id} does not exist at Vultr.`);
  return instance;
}

/** Runs a change again while Vultr says that the server is locked. @throws ProviderError `timeout` */
export function whileBusy<T>(client: VultrClient, id: string, o: CallOptions, change: () => Promise<T>): Promise<T> {
  return whileLocked({ signal: signalOf(o) }, id, client.timing.actionMs, change);
}

/** Returns when the instance looks as wanted. @throws ProviderError `timeout`, or `not_found` when it goes meanwhile. */
export async function untilInstance(
  client: VultrClient,
  id: string,
  o: CallOptions,
  wait: {
    readonly what: string;
    readonly key: string;
    readonly done: (instance: Instance) => boolean;
    /** Else that of an action. */
    readonly deadlineMs?: number;
  },
): Promise<void> {
  await waitFor({
    provider: VULTR,
    what: wait.what,
    key: wait.key,
    signal: signalOf(o),
    deadlineMs: wait.deadlineMs ?? client.timing.actionMs,
    probe: async () => (wait.done(await mustFind(client, id, o)) ? true : undefined),
  });
}

/** Looks until something is there or the consistency window is over: what an unanswered call made may show late. */
export async function lookThroughWindow<T>(
  client: VultrClient,
  signal: AbortSignal,
  look: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const until = performance.now() + client.timing.consistencyMs;
  for (;;) {
    const found = await look();
    if (found !== undefined || performance.now() >= until) return found;
    await delay(Math.max(1, Math.min(LOOKUP_MS, until - performance.now())), undefined, { signal });
  }
}
