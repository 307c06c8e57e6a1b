/**
 * Follows every change of VPSes and operations (`GET /api/events`), through any number of lost connections: it goes on after
 * the last change it saw. When no stream can be had three times running (a proxy that buffers or cuts), the pages ask by the
 * clock as before, and the stream is tried again every minute.
 */
import type { Change } from './client.ts';
import { pause, readFrames } from './event-stream.ts';

/** `polling`: no stream; `idle`: before the first try and after the end. */
export type Liveness = 'idle' | 'live' | 'reconnecting' | 'polling';

interface ChangeListener {
  readonly signal: AbortSignal;
  /** Each change once, in order. */
  readonly onChange: (change: Change) => void;
  /** What was missed is not known: everything shown may be old. */
  readonly onReset: () => void;
  readonly onLiveness: (state: Liveness) => void;
  /** Milliseconds; tests shorten them. */
  readonly retryMs?: number;
  readonly againMs?: number;
}

type OpenChanges = (lastEventId: string | undefined, signal: AbortSignal) => Promise<ReadableStream<Uint8Array>>;

const TRIES = 3;
/** The service writes a line every 15 s; a longer silence is a dead connection. */
const SILENCE_MS = 45_000;

/** Ends when `signal` aborts, or the token is refused. */
export async function followChanges(open: OpenChanges, listener: ChangeListener): Promise<void> {
  const { signal, onLiveness, retryMs = 500, againMs = 60_000 } = listener;
  let last: string | undefined;
  let failures = 0;
  while (!signal.aborted) {
    const silence = new AbortController();
    const either = AbortSignal.any([signal, silence.signal]);
    try {
      const body = await open(last, either);
      for await (const frame of readFrames(watched(body, silence), either)) {
        // Joined late, or positions were lost: what the pages show was read before.
        if (frame.event === 'reset' || (frame.event === 'ready' && last === undefined)) listener.onReset();
        if (frame.event === 'change') listener.onChange(JSON.parse(frame.data) as Change);
        last = frame.id;
        failures = 0;
        onLiveness('live');
      }
    } catch (error) {
      const status = (error as { status?: number } | null)?.status ?? 0;
      if (status === 401 || status === 403) break;
    }
    if (signal.aborted) break;
    failures += 1;
    onLiveness(failures >= TRIES ? 'polling' : 'reconnecting');
    await pause(failures >= TRIES ? againMs : retryMs * 2 ** (failures - 1), signal);
  }
  onLiveness('idle');
}

/** Aborts `silence` when nothing comes for too long. */
function watched(body: ReadableStream<Uint8Array>, silence: AbortController): ReadableStream<Uint8Array> {
  let timer = setTimeout(() => silence.abort(), SILENCE_MS);
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        clearTimeout(timer);
        timer = setTimeout(() => silence.abort(), SILENCE_MS);
        controller.enqueue(chunk);
      },
      flush: () => clearTimeout(timer),
    }),
  );
}
