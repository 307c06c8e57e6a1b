/** Whether Plinth can be reached: what the browser knows of its network, and how the last request ended. */
import { useSyncExternalStore } from 'react';
import { kitWords } from '../words/kit.ts';

/** `offline`: this device has no network. `unreachable`: it has one, and Plinth does not answer. */
export type Reach = 'ok' | 'offline' | 'unreachable';

const PROBE_MS = 2_000;
let answered = true;
let probe: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

export const reachNow = (): Reach => (!navigator.onLine ? 'offline' : answered ? 'ok' : 'unreachable');

/** What a request came to: any answer at all, or none. Without one Plinth is asked until it answers again. */
export function noteAnswer(came: boolean): void {
  // Without a network nothing is learnt about Plinth.
  if (!came && !navigator.onLine) return;
  clearTimeout(probe);
  if (!came) probe = setTimeout(() => void ask(), PROBE_MS);
  if (answered === came) return;
  answered = came;
  tell();
}

async function ask(): Promise<void> {
  if (!navigator.onLine) return void (probe = setTimeout(() => void ask(), PROBE_MS));
  const came = await fetch('/healthz', { cache: 'no-store', signal: AbortSignal.timeout(PROBE_MS * 2) }).then(
    ({ ok }) => ok,
    () => false,
  );
  noteAnswer(came);
}

function tell(): void {
  for (const each of listeners) each();
}

/** `listener` is called at every change of `reachNow`. @returns how to stop that. */
export function onReach(listener: () => void): () => void {
  if (listeners.size === 0) for (const name of ['online', 'offline']) addEventListener(name, tell);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) for (const name of ['online', 'offline']) removeEventListener(name, tell);
  };
}

export function useReach(): Reach {
  return useSyncExternalStore(onReach, reachNow);
}

/** Why nothing can be sent now, or null. */
export const unsendable = (reach: Reach): string | null => (reach === 'ok' ? null : kitWords.say(reach));
