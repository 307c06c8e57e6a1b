/** An operation's events in a component: one shared list per operation, however many parts of the page show it. */
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api, type OperationEvent } from './client.ts';
import { type Connection, type EventSourceLike, followEvents } from './event-stream.ts';
import { isLive } from './pace.ts';
import { isPatched } from './patch-lists.ts';
import { asApiError, type ApiError } from './problem.ts';
import { keys } from './queries.ts';

interface Followed {
  readonly events: readonly OperationEvent[];
  readonly connection: Connection;
  readonly error: ApiError | null;
}
const START: Followed = { events: [], connection: 'connecting', error: null };

function operationSource(id: string): EventSourceLike {
  return {
    open: (last, signal) => api.streamOperation({ id, lastEventId: String(last), signal }),
    poll: (after, signal) => api.listOperationEvents({ id, query: { after }, signal }),
  };
}

/** Follows `id` while mounted; null follows nothing. When the operation ends, everything it may have changed is asked anew. */
export function useOperationEvents(id: string | null): Followed {
  const client = useQueryClient();
  const [state, setState] = useState<Followed & { id: string | null }>({ ...START, id });
  useEffect(() => {
    if (id === null) return undefined;
    const stop = new AbortController();
    const change = (next: (now: Followed) => Partial<Followed>): void =>
      setState((now) => {
        const base = now.id === id ? now : { ...START, id };
        return { ...base, ...next(base) };
      });
    followEvents(operationSource(id), {
      signal: stop.signal,
      after: 0,
      onEvents: (fresh) => {
        change((now) => ({ events: merge(now.events, fresh) }));
        void client.invalidateQueries({ queryKey: keys.operation(id) });
      },
      onConnection: (connection) => {
        change(() => ({ connection }));
        if (connection === 'ended')
          void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'catalog' && !(isLive() && isPatched(queryKey)) });
      },
    }).catch((error: unknown) => change(() => ({ error: asApiError(error) })));
    return () => stop.abort();
  }, [id, client]);
  return state.id === id ? state : START;
}

/** In development React mounts twice; a second follower starts from 0, and what is there already stays once. */
function merge(old: readonly OperationEvent[], fresh: readonly OperationEvent[]): readonly OperationEvent[] {
  const last = old.at(-1)?.seq ?? 0;
  const added = fresh.filter((event) => event.seq > last);
  return added.length === 0 ? old : [...old, ...added];
}
