/** A quote of what is chosen now, asked for when the choice has rested for a moment. */
import { useEffect, useRef, useState } from 'react';
import { api } from '../../kit/api/client.ts';
import type { Quote } from '../queries.ts';
import type { quoteBody } from './order-form.ts';

const REST_MS = 450;
/** A quote holds for half an hour; one that a page has shown for longer is asked for anew. */
const FRESH_MS = 20 * 60_000;

export interface Quoted {
  readonly quote: Quote | null;
  readonly error: unknown;
  /** What is shown is of a former choice. */
  readonly isOld: boolean;
}

/** `body` null: nothing can be asked yet. */
export function useQuote(body: ReturnType<typeof quoteBody>): Quoted {
  const key = JSON.stringify(body);
  const [state, setState] = useState<{ key: string; quote: Quote | null; error: unknown }>({ key: '', quote: null, error: null });
  const [round, again] = useState(0);
  const asked = useRef(body);
  asked.current = body;
  useEffect(() => {
    if (asked.current === null) return undefined;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      api.createQuote({ body: asked.current as never, signal: stop.signal }).then(
        ({ quote }) => setState({ key, quote, error: null }),
        (error: unknown) => {
          if (!stop.signal.aborted) setState({ key, quote: null, error });
        },
      );
    }, REST_MS);
    const renew = setTimeout(() => again((n) => n + 1), FRESH_MS);
    return () => {
      stop.abort();
      clearTimeout(timer);
      clearTimeout(renew);
    };
  }, [key, round]);
  return { quote: state.quote, error: state.key === key ? state.error : null, isOld: state.key !== key };
}
