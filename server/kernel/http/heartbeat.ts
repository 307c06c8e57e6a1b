/**
 * A sign of life on every open stream, each second, so that a page knows within three whether it is still told of changes.
 * One timer serves all streams of the process. A stream whose own reading hangs gives none: it tells nothing either.
 */
import type { Response } from 'express';

const BEAT_MS = 1_000;
/** A stream reads at least every two seconds. */
const STUCK_MS = 5_000;
const beating = new Map<Response, { turnedAt: number }>();
let timer: NodeJS.Timeout | undefined;

/** Begins to beat until the response closes. The caller calls what it gets each time its reading has gone round. */
export function beat(response: Response): () => void {
  const state = { turnedAt: performance.now() };
  beating.set(response, state);
  response.on('close', () => stop(response));
  timer ??= setInterval(beatAll, BEAT_MS).unref();
  return () => void (state.turnedAt = performance.now());
}

function beatAll(): void {
  const now = performance.now();
  for (const [response, { turnedAt }] of beating) {
    if (response.writableEnded) stop(response);
    // Who does not read gets no more: what waits in memory for a dead connection only grows.
    else if (now - turnedAt < STUCK_MS && !response.writableNeedDrain) response.write(':\n\n');
  }
}

function stop(response: Response): void {
  beating.delete(response);
  if (beating.size > 0) return;
  clearInterval(timer);
  timer = undefined;
}
