/** How often the pages ask by the clock: seldom while the stream of changes tells them, often without it. */
const LIVE_MS = 30_000;
let live = false;

/** True when that is a change. */
export function setLive(now: boolean): boolean {
  const changed = live !== now;
  live = now;
  return changed;
}

/** The stream tells what changes. */
export const isLive = (): boolean => live;

/** Milliseconds to the next question about something that the stream tells of. */
export const paced = (ms: number): number => (live ? LIVE_MS : ms);
