/** Keeps what the pages show up to date by the stream of changes, and tells whether it is live. One per signed-in window. */
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api, type Change } from './client.ts';
import { followChanges, type Liveness } from './changes.ts';
import { setLive } from './pace.ts';

/** Changes come in bursts; one question per list and burst is enough. */
const GATHER_MS = 200;
/** What a notice of a VPS or operation may have changed, by the first word of the query's key. */
const LISTS: ReadonlySet<unknown> = new Set(['vps-list', 'operations', 'overview', 'bulk-list']);
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
  void followChanges((lastEventId, signal) => api.streamChanges({ signal, ...(lastEventId === undefined ? {} : { lastEventId }) }), {
    signal: stop.signal,
    onChange: gatherer(client, stop.signal),
    onReset: renew,
    onLiveness: (state) => {
      onLiveness(state);
      // Questions by the clock go on where the stream left off, at once.
      if (setLive(state === 'live')) renew();
    },
  });
  return stop;
}

const isCovered = (word: unknown): boolean => LISTS.has(word) || OF_VPS.has(word) || word === 'operation';

function gatherer(client: QueryClient, signal: AbortSignal): (change: Change) => void {
  const vpses = new Set<unknown>();
  const operations = new Set<unknown>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  const flush = (): void => {
    timer = undefined;
    const [vps, operation] = [new Set(vpses), new Set(operations)];
    vpses.clear();
    operations.clear();
    void client.invalidateQueries({
      predicate: ({ queryKey: [word, id] }) =>
        LISTS.has(word) || (OF_VPS.has(word) && vps.has(id)) || (word === 'operation' && operation.has(id)),
    });
  };
  return (change) => {
    vpses.add(change.vps_id);
    if (change.operation_id !== null) operations.add(change.operation_id);
    timer ??= setTimeout(flush, GATHER_MS);
  };
}
