/**
 * Linode's jobs: a POST starts one, an event tells how it ends. Answers may be lost, so a job counts
 * as started when a new event of its action appears, not only when the POST was answered.
 */
import { z } from 'zod';
import { isProviderError } from '../errors.ts';
import { waitFor } from '../wait.ts';
import { PROVIDER_ID } from './descriptor.ts';
import { linodeError, type LinodeClient } from './client.ts';
import { ApiEvent, ApiInstance } from './types.ts';

export interface Job {
  /** Below `/linode/instances/{id}`, for example `/boot`. */
  readonly path: string;
  readonly body?: unknown;
  /** `linode_boot`, …: what the event is called. */
  readonly action: string;
  /** Other names under which the same job may show. */
  readonly alsoActions?: readonly string[];
  readonly deadlineMs: number;
}

const Empty = z.unknown();

/** Id of the newest event of this action, 0 when there is none. */
export async function lastEventId(client: LinodeClient, id: number, action: string, signal?: AbortSignal): Promise<number> {
  return (await eventsOf(client, id, action, signal))[0]?.id ?? 0;
}

/** Newest first. The filter is Linode's own; the look at each event guards against one that ignores it. */
async function eventsOf(client: LinodeClient, id: number, action: string, signal?: AbortSignal): Promise<ApiEvent[]> {
  const filter = { action, 'entity.id': id, 'entity.type': 'linode', '+order_by': 'created', '+order': 'desc' };
  const { items } = await client.page('/account/events', ApiEvent, 1, { filter, signal });
  return items.filter((event) => event.action === action && Number(event.entity?.id) === id).sort((a, b) => b.id - a.id);
}

/** The failed event of the job that made `madeId` out of this server, as a sentence, or undefined. */
export async function failedMaking(
  client: LinodeClient,
  id: number,
  action: string,
  madeId: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  const events = await eventsOf(client, id, action, signal);
  const failed = events.find(({ status, secondary_entity: made }) => status === 'failed' && Number(made?.id) === madeId);
  return failed && failureOf(failed);
}

/** The first failed event of these actions, as a sentence, or undefined. */
export async function failedJob(
  client: LinodeClient,
  id: number,
  actions: readonly string[],
  signal: AbortSignal,
): Promise<string | undefined> {
  for (const action of actions) {
    const failed = (await eventsOf(client, id, action, signal)).find(({ status }) => status === 'failed');
    if (failed) return failureOf(failed);
  }
  return undefined;
}

function failureOf({ action, message }: ApiEvent): string {
  return `Linode reports that ${action} failed${message ? ` (${message})` : ''}.`;
}

/** Starts the job once, waits for its end. Rejects when Linode reports failure, or at the deadline. */
export async function runJob(client: LinodeClient, id: number, job: Job, signal: AbortSignal): Promise<void> {
  const names = [job.action, ...(job.alsoActions ?? [])];
  let before = 0;
  for (const name of names) before = Math.max(before, await lastEventId(client, id, name, signal));
  const newer = async (): Promise<ApiEvent | undefined> => {
    for (const name of names) {
      const found = (await eventsOf(client, id, name, signal)).find((event) => event.id > before);
      if (found) return found;
    }
    return undefined;
  };
  await client.whenFree(`${job.action} of Linode ${id}`, signal, () => start(client, id, job, newer, signal));
  await waitFor({
    provider: PROVIDER_ID,
    what: `${job.action} of Linode ${id}`,
    key: `linode/${job.action}`,
    signal,
    deadlineMs: job.deadlineMs,
    probe: async () => {
      const event = await newer();
      if (event?.status === 'failed') {
        throw linodeError(
          'unexpected',
          `Linode reports that ${event.action} of Linode ${id} failed${event.message ? ` (${event.message})` : ''}.`,
        );
      }
      return event && (event.status === 'finished' || event.status === 'notification') ? event : undefined;
    },
  });
}

async function start(
  client: LinodeClient,
  id: number,
  job: Job,
  newer: () => Promise<ApiEvent | undefined>,
  signal: AbortSignal,
): Promise<void> {
  const post = (): Promise<unknown> =>
    client.post(`/linode/instances/${id}${job.path}`, Empty, { signal, ...(job.body === undefined ? {} : { body: job.body }) });
  try {
    await post();
  } catch (error) {
    if (!isProviderError(error, 'unknown_outcome')) throw error;
    if (!(await appears(client, newer, signal))) await post();
  }
}

/** What `probe` gives as soon as it gives something, undefined when the consistency window has passed without. */
export async function appears<T>(client: LinodeClient, probe: () => Promise<T | undefined>, signal: AbortSignal): Promise<T | undefined> {
  try {
    return await waitFor({
      provider: PROVIDER_ID,
      what: 'a lost answer',
      key: 'linode/lost',
      signal,
      deadlineMs: client.consistencyWindowMs,
      probe,
    });
  } catch (error) {
    if (isProviderError(error, 'timeout')) return undefined;
    throw error;
  }
}

/** Waits until the server has one of these states; the deadline is in ms. */
export async function waitForStatus(
  client: LinodeClient,
  id: number,
  statuses: readonly string[],
  signal: AbortSignal,
  deadlineMs: number,
): Promise<ApiInstance> {
  return waitFor({
    provider: PROVIDER_ID,
    what: `Linode ${id} to be ${statuses.join(' or ')}`,
    key: `linode/status/${statuses.join('+')}`,
    signal,
    deadlineMs,
    probe: async () => {
      const instance = await client.get(`/linode/instances/${id}`, ApiInstance, { signal });
      return statuses.includes(instance.status) ? instance : undefined;
    },
  });
}
