import { useEffect, useState } from 'react';
import { duration, exactTime, relativeTime } from '../../lib/format.ts';

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

/** A time as people say it, in their own zone; the exact one on hover. */
export function Time({ at }: { at: string }) {
  const now = useNow(30_000);
  const date = new Date(at);
  return (
    <time dateTime={at} title={exactTime(date)} className="whitespace-nowrap">
      {relativeTime(date, now)}
    </time>
  );
}

/** How long something took, or takes so far. */
export function Elapsed({ from, to }: { from: string; to: string | null }) {
  const now = useNow(250, to === null);
  const end = to === null ? now : new Date(to);
  return <span className="tabular-nums">{duration(Math.max(0, end.getTime() - new Date(from).getTime()))}</span>;
}
