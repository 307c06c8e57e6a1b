/** Keeps what the pages show up to date by the stream of changes, and tells whether it is live. One per signed-in window. */
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api, type Change } from './client.ts';
import { followChanges, type Liveness } from './changes.ts';
import { setLive } from './pace.ts';
import { isPatched, patchLists } from './patch-lists.ts';

/** Changes come in bursts; one question per list and burst is enough … */
const GATHER_MS = 200;
/** … and one a second while bursts follow each other. */
const SPACE_MS = 1_000;
/** What a notice of a VPS or operation may have changed, by the first word of the query's key. */
const LISTS: ReadonlySet<unknown> = new Set(['vps-list', 'operations', 'overview', 'bulk-list', 'snapshot-list']);
/** The same for the other topics. A sweep: what it finds, and that it runs. */
const OF_TOPIC: Readonly<Record<string, readonly unknown[]>> = {
  sweep: ['drift', 'inventory', 'sweeps'],
  drift: ['drift', 'overview'],
  inventory: ['inventory', 'overview'],
  account: ['accounts'],
  alert: ['kill-switches', 'drift', 'overview'],
  bulk: ['bulk-list', 'bulk', 'bulk-items'],
};
const TOPICS = ['vps', 'operation', ...Object.keys(OF_TOPIC)].join();
const COVERED: ReadonlySet<unknown> = new Set(Object.values(OF_TOPIC).flat());
const OF_VPS: ReadonlySet<unknown> = new Set(['vps', 'outputs', 'resources']);

export function useChanges(): Liveness {
  const client = useQueryClient();
  const [liveness, setLiveness] = useState<Liveness>('idle');
  useEffect(() => {
    let stop = new AbortController();
    const follow = (): void => {
      stop.abort();
      // A browser has few connections to one place for all its windows: one that nobody sees keeps none.
      if (document.visibilityState === 'visible') stop = start(client, setLiveness);
    };
    follow();
    document.addEventListener('visibilitychange', follow);
    return () => {
      document.removeEventListener('visibilitychange', follow);
      stop.abort();
    };
  }, [client]);
  return liveness;
}

function start(client: QueryClient, onLiveness: (state: Liveness) => void): AbortController {
  const stop = new AbortController();
  const renew = (): void => void client.invalidateQueries({ predicate: ({ queryKey }) => isCovered(queryKey[0]) });
  const query = { topics: TOPICS };
  void followChanges((lastEventId, signal) => api.streamChanges({ query, signal, ...(lastEventId === undefined ? {} : { lastEventId }) }), {
    signal: stop.signal,
    onChange: gatherer(client, stop.signal),
    onReset: renew,
    onTopic: (topic) => void client.invalidateQueries({ predicate: ({ queryKey }) => OF_TOPIC[topic]?.includes(queryKey[0]) ?? false }),
    onLiveness: (state) => {
      onLiveness(state);
      // Questions by the clock go on where the stream left off, at once.
      if (setLive(state === 'live' || state === 'quiet')) renew();
    },
  });
  return stop;
}

const isCovered = (word: unknown): boolean => LISTS.has(word) || COVERED.has(word) || OF_VPS.has(word) || word === 'operation';

function gatherer(client: QueryClient, signal: AbortSignal): (change: Change) => void {
  const vpses = new Set<string>();
  const operations = new Set<string>();
  let last = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  const flush = (): void => {
    timer = undefined;
    last = performance.now();
    const [vps, operation] = [new Set<unknown>(vpses), new Set<unknown>(operations)];
    patchLists(client, [...vpses], [...operations]);
    vpses.clear();
    operations.clear();
    void client.invalidateQueries({
      predicate: ({ queryKey, queryKey: [word, id] }) =>
        (LISTS.has(word) && !isPatched(queryKey)) || (OF_VPS.has(word) && vps.has(id)) || (word === 'operation' && operation.has(id)),
    });
  };
  return (change) => {
    if (change.vps_id !== null) vpses.add(change.vps_id);
    if (change.operation_id !== null) operations.add(change.operation_id);
    timer ??= setTimeout(flush, Math.max(GATHER_MS, last + SPACE_MS - performance.now()));
  };
}
