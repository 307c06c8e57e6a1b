/** Running an action on a droplet to its end, safe to call again after any crash. */
import { isProviderError, ProviderError } from '../errors.ts';
import { waitFor } from '../wait.ts';
import type { DigitalOceanClient } from './client.ts';
import { PROVIDER_ID } from './descriptor.ts';
import type { Action, Droplet } from './schemas.ts';

/** Longer than the vendor needs for anything but a resize of a large disk. */
const ACTION_DEADLINE_MS = 60 * 60_000;
/** An action this young may be the one whose answer was lost. */
const LOST_ANSWER_MS = 120_000;
const ROUNDS = 5;

export interface ActionRequest {
  readonly type: string;
  readonly args?: Record<string, unknown>;
  /** True when the droplet already is as the action would make it; then nothing is done. */
  readonly isDone?: (droplet: Droplet) => boolean;
  readonly signal: AbortSignal;
}

/**
 * Starts the action unless its effect is there, waits for its end and for the droplet to be unlocked.
 * Rejects with `not_found` when the droplet is gone and with `unexpected` when the action errored.
 */
export async function perform(client: DigitalOceanClient, id: string, request: ActionRequest): Promise<Droplet> {
  for (let round = 1; ; round++) {
    const droplet = await unlocked(client, id, request.signal);
    if (request.isDone?.(droplet)) return droplet;
    const action = await start(client, id, request, round);
    if (action === 'again') continue;
    await finished(client, action, `${request.type} of droplet ${id}`, request.signal);
    return unlocked(client, id, request.signal);
  }
}

/** Waits until no action holds the droplet. */
export function unlocked(client: DigitalOceanClient, id: string, signal: AbortSignal): Promise<Droplet> {
  return waitFor({
    provider: PROVIDER_ID,
    what: `droplet ${id} to finish its pending action`,
    key: `${PROVIDER_ID}/unlocked`,
    signal,
    deadlineMs: ACTION_DEADLINE_MS,
    probe: async () => {
      const droplet = await client.droplet(id, signal);
      if (!droplet) throw new ProviderError({ provider: PROVIDER_ID, kind: 'not_found', message: `Droplet ${id} no longer exists.` });
      return droplet.locked ? undefined : droplet;
    },
  });
}

/** Waits for an action's end; rejects when it ended badly. */
export async function finished(client: DigitalOceanClient, action: Action, what: string, signal: AbortSignal): Promise<void> {
  let first: Action | undefined = action;
  const done = await waitFor({
    provider: PROVIDER_ID,
    what: `${what} (action ${action.id})`,
    key: `${PROVIDER_ID}/${action.type}`,
    signal,
    deadlineMs: ACTION_DEADLINE_MS,
    probe: async () => {
      const current = first ?? (await client.action(action.id, signal));
      first = undefined;
      return current.status === 'in-progress' ? undefined : current;
    },
  });
  if (done.status === 'completed') return;
  throw new ProviderError({
    provider: PROVIDER_ID,
    kind: 'unexpected',
    message: `DigitalOcean reports that the ${what} failed (action ${action.id}). Try again, or look at the droplet in its control panel.`,
  });
}

async function start(client: DigitalOceanClient, id: string, request: ActionRequest, round: number): Promise<Action | 'again'> {
  try {
    return await client.startAction(id, { type: request.type, ...request.args }, request.signal);
  } catch (error) {
    if (round >= ROUNDS) throw error;
    if (isProviderError(error, 'unknown_outcome')) return (await lostAction(client, id, request)) ?? 'again';
    // Somebody was faster: wait for theirs, or see that it did what we wanted.
    if (isProviderError(error, 'conflict')) return 'again';
    if (isProviderError(error, 'invalid') && request.isDone) {
      const droplet = await client.droplet(id, request.signal);
      if (droplet && request.isDone(droplet)) return 'again';
    }
    throw error;
  }
}

async function lostAction(client: DigitalOceanClient, id: string, request: ActionRequest): Promise<Action | undefined> {
  const [newest] = await client.dropletActions(id, request.signal);
  const young = newest !== undefined && Date.now() - Date.parse(newest.started_at) < LOST_ANSWER_MS;
  return newest?.type === request.type && (newest.status === 'in-progress' || young) ? newest : undefined;
}
