/**
 * Follows an operation's events. Events are numbered 1, 2, 3 … per operation; each is handed on exactly once and in order.
 *
 * - `fetch`, not EventSource: that one cannot send the token in a header, and a token in an address ends up in logs.
 * - After a break it asks for what comes after the last number seen (`Last-Event-ID`), waiting a little longer each time.
 * - When a stream cannot be had three times running (a proxy that buffers or cuts), it polls the same events as JSON.
 */
import { ENDED } from '../../../contract/words.ts';
import type { OperationEvent } from './client.ts';

/** `quiet`: open, but nothing came for longer than it may take. */
export type Connection = 'connecting' | 'live' | 'quiet' | 'reconnecting' | 'polling' | 'ended';

export interface EventSourceLike {
  /** Opens the stream after `last`. Throws when it cannot be opened. */
  open(last: number, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
  /** The same events as one answer. */
  poll(last: number, signal: AbortSignal): Promise<{ events: readonly OperationEvent[]; ended: boolean }>;
}

interface FollowOptions {
  readonly after?: number;
  readonly signal: AbortSignal;
  readonly onEvents: (events: readonly OperationEvent[]) => void;
  readonly onConnection?: (state: Connection) => void;
  /** Milliseconds; tests shorten them. */
  readonly retryMs?: number;
  readonly pollMs?: number;
}

const STREAM_TRIES = 3;
const MAX_RETRY_MS = 15_000;
const ENDS: ReadonlySet<string> = new Set(ENDED);

/** Resolves when the operation has ended and its last event was handed on, or when `signal` aborts. */
export async function followEvents(source: EventSourceLike, options: FollowOptions): Promise<void> {
  const { signal, onConnection = () => undefined, retryMs = 500, pollMs = 2_000 } = options;
  let last = options.after ?? 0;
  let failures = 0;
  let ended = false;
  const take = (events: readonly OperationEvent[]): void => {
    const fresh = events.filter((event) => event.seq > last);
    if (fresh.length === 0) return;
    last = fresh.at(-1)!.seq;
    ended ||= fresh.some((event) => ENDS.has(event.type));
    options.onEvents(fresh);
  };
  onConnection('connecting');
  while (!signal.aborted && !ended) {
    const polling = failures >= STREAM_TRIES;
    const dead = new AbortController();
    try {
      if (polling) {
        const answer = await source.poll(last, signal);
        onConnection('polling');
        take(answer.events);
        ended ||= answer.ended;
        if (!ended) await pause(pollMs, signal);
        continue;
      }
      const before = last;
      const either = AbortSignal.any([signal, dead.signal]);
      const body = await source.open(last, either);
      onConnection('live');
      const heard = (quiet: boolean): void => onConnection(quiet ? 'quiet' : 'live');
      for await (const event of readEvents(watched(body, dead, heard), either)) take([event]);
      if (ended) break;
      // A stream that closes without the end was cut; one that brought nothing counts as a failure.
      failures = last > before ? 0 : failures + 1;
    } catch (error) {
      if (signal.aborted) return;
      if (isFinal(error)) throw error;
      failures += 1;
    } finally {
      dead.abort();
    }
    if (!ended) {
      onConnection(failures >= STREAM_TRIES ? 'polling' : 'reconnecting');
      await pause(Math.min(retryMs * 2 ** Math.max(0, failures - 1), MAX_RETRY_MS), signal);
    }
  }
  if (ended) onConnection('ended');
}

/** Gone or forbidden stays so: trying again helps nobody. */
function isFinal(error: unknown): boolean {
  const status = (error as { status?: number } | null)?.status ?? 0;
  return status === 401 || status === 403 || status === 404;
}

/** The operation's events of a stream. */
export async function* readEvents(body: ReadableStream<Uint8Array>, signal: AbortSignal): AsyncGenerator<OperationEvent> {
  for await (const { data } of readFrames(body, signal)) yield JSON.parse(data) as OperationEvent;
}

export interface Frame {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

/** Parses `text/event-stream`; lines may be cut anywhere between two chunks. Comments are left out. */
export async function* readFrames(body: ReadableStream<Uint8Array>, signal: AbortSignal): AsyncGenerator<Frame> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  const stop = (): void => void reader.cancel().catch(() => undefined);
  signal.addEventListener('abort', stop, { once: true });
  let buffer = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done || signal.aborted) return;
      buffer += value.replaceAll('\r\n', '\n');
      for (let end = buffer.indexOf('\n\n'); end >= 0; end = buffer.indexOf('\n\n')) {
        const lines = buffer.slice(0, end).split('\n');
        buffer = buffer.slice(end + 2);
        const frame = { id: fieldOf(lines, 'id'), event: fieldOf(lines, 'event'), data: fieldOf(lines, 'data') };
        if (frame.data !== '') yield frame;
      }
    }
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}

/** The service gives a sign of life each second. After this long without one the stream may be dead … */
const QUIET_MS = 2_500;
/** … and after this long it is given up for a new one. */
const DEAD_MS = 10_000;

/**
 * Tells `onHeard` when the body falls silent (true) and when it is heard again (false); aborts `dead` when it stays silent.
 * The caller aborts `dead` when it is done, so that nothing is told of a body that it has left.
 */
export function watched(
  body: ReadableStream<Uint8Array>,
  dead: AbortController,
  onHeard: (quiet: boolean) => void,
): ReadableStream<Uint8Array> {
  let quiet = false;
  let timers: ReturnType<typeof setTimeout>[] = [];
  const stop = (): void => timers.forEach(clearTimeout);
  const wait = (): void => {
    stop();
    const fallSilent = (): void => onHeard((quiet = true));
    timers = [setTimeout(fallSilent, QUIET_MS), setTimeout(() => dead.abort(), DEAD_MS)];
  };
  wait();
  dead.signal.addEventListener('abort', stop, { once: true });
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        wait();
        if (quiet) onHeard((quiet = false));
        controller.enqueue(chunk);
      },
      flush: stop,
    }),
  );
}

function fieldOf(lines: readonly string[], name: string): string {
  const own = lines.filter((line) => line.startsWith(`${name}:`));
  return own.map((line) => line.slice(name.length + 1).replace(/^ /, '')).join('\n');
}

export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done, { once: true });
  });
}
