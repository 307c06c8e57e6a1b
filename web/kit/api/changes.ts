/**
 * Follows everything that happens (`GET /api/events`), through any number of lost connections: it goes on after
 * the last change it saw. When no stream can be had three times running (a proxy that buffers or cuts), the pages ask by the
 * clock as before, and the stream is tried again every minute.
 */
import type { Change } from './client.ts';
import { pause, readFrames, watched } from './event-stream.ts';

/** `quiet`: open, but nothing came for longer than it may take; `polling`: no stream; `idle`: before the first try and after the end. */
export type Liveness = 'idle' | 'live' | 'quiet' | 'reconnecting' | 'polling';

interface ChangeListener {
  readonly signal: AbortSignal;
  /** Each change once, in order. */
  readonly onChange: (change: Change) => void;
  /** What was missed is not known: everything shown may be old. */
  readonly onReset: () => void;
  /** Something else happened: a sweep ended, an account was changed. */
  readonly onTopic?: (topic: string) => void;
  readonly onLiveness: (state: Liveness) => void;
  /** Milliseconds; tests shorten them. */
  readonly retryMs?: number;
  readonly againMs?: number;
}

type OpenChanges = (lastEventId: string | undefined, signal: AbortSignal) => Promise<ReadableStream<Uint8Array>>;

const TRIES = 3;
/** Frames that are no topic. */
const OWN: ReadonlySet<string> = new Set(['ready', 'reset', 'change']);

/** Ends when `signal` aborts, or the token is refused. */
export async function followChanges(open: OpenChanges, listener: ChangeListener): Promise<void> {
  const { signal, onLiveness, retryMs = 500, againMs = 60_000 } = listener;
  let last: string | undefined;
  let failures = 0;
  while (!signal.aborted) {
    const dead = new AbortController();
    const either = AbortSignal.any([signal, dead.signal]);
    try {
      const body = await open(last, either);
      const heard = (quiet: boolean): void => onLiveness(quiet ? 'quiet' : 'live');
      for await (const frame of readFrames(watched(body, dead, heard), either)) {
        // Joined late, or positions were lost: what the pages show was read before.
        if (frame.event === 'reset' || (frame.event === 'ready' && last === undefined)) listener.onReset();
        if (frame.event === 'change') listener.onChange(JSON.parse(frame.data) as Change);
        if (!OWN.has(frame.event)) listener.onTopic?.(frame.event);
        if (frame.id !== '') last = frame.id;
        failures = 0;
        onLiveness('live');
      }
    } catch (error) {
      const status = (error as { status?: number } | null)?.status ?? 0;
      if (status === 401 || status === 403) break;
    } finally {
      dead.abort();
    }
    if (signal.aborted) break;
    failures += 1;
    onLiveness(failures >= TRIES ? 'polling' : 'reconnecting');
    await pause(failures >= TRIES ? againMs : retryMs * 2 ** (failures - 1), signal);
  }
  onLiveness('idle');
}
