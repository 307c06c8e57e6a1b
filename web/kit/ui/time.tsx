import { useEffect, useState, useSyncExternalStore } from 'react';
import { duration, exactTime, relativeTime } from '../lib/format.ts';

/** The present, renewed every `everyMs`; one timer per component that asks. */
export function useNow(everyMs: number, running = true): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    if (!running) return undefined;
    setNow(new Date());
    const timer = setInterval(() => setNow(new Date()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs, running]);
  return now;
}

const TICK_MS = 30_000;
let ticks = 0;
const waiting = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** One clock for all times on the page, however many rows show one. */
function onTick(listener: () => void): () => void {
  waiting.add(listener);
  timer ??= setInterval(() => {
    ticks += 1;
    for (const each of waiting) each();
  }, TICK_MS);
  return () => {
    waiting.delete(listener);
    if (waiting.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** A time as people say it, in their own zone; the exact one on hover. */
export function Time({ at }: { at: string }) {
  // The tick only has it drawn again; the present is read when drawing.
  useSyncExternalStore(onTick, () => ticks);
  const date = new Date(at);
  return (
    <time dateTime={at} title={exactTime(date)} className="whitespace-nowrap">
      {relativeTime(date)}
    </time>
  );
}

/** How long something took, or takes so far. */
export function Elapsed({ from, to }: { from: string; to: string | null }) {
  const now = useNow(250, to === null);
  const end = to === null ? now : new Date(to);
  return <span className="tabular-nums">{duration(Math.max(0, end.getTime() - new Date(from).getTime()))}</span>;
}
