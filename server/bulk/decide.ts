/**
 * What a running bulk run does next. Pure: pace and counts in, one step out.
 *
 * canaries first: as many as asked for must succeed, one after the other or at once; one that fails pauses the run, and one
 * that turns out to be refused proves nothing, so the next takes its place. Then the soak. Then all others, as far as
 * `max_parallel` and `max_per_minute` leave room. What failed before the last resume counts no more.
 */
import type { BulkPace } from '../../contract/bulk.ts';
import type { BulkCounts, CanaryCounts } from './store.ts';

export interface Standing {
  readonly pace: BulkPace;
  readonly counts: BulkCounts;
  readonly canary: CanaryCounts;
  readonly canaryPassedAt: Date | null;
  readonly forgivenFailed: number;
  readonly forgivenFinished: number;
  /** Items ordered within the last 60 seconds. */
  readonly requestedLastMinute: number;
  readonly now: Date;
}

export type Step =
  | { readonly do: 'finish' }
  | { readonly do: 'pass-canary' }
  | { readonly do: 'pause'; readonly reason: string }
  /** `waiting` null: it only waits for what is under way. */
  | { readonly do: 'wait'; readonly waiting: string | null }
  | { readonly do: 'request'; readonly count: number; readonly canary: boolean };

export function decide(now: Standing): Step {
  const { pace, counts } = now;
  if (counts.pending === 0 && counts.ordered === 0) return { do: 'finish' };
  const { canary } = pace;
  const first = canary !== null && now.canaryPassedAt === null;
  const failed = counts.failed - now.forgivenFailed;
  if (first && failed > 0)
    return {
      do: 'pause',
      reason: `${failed} of its first ${canary.count} failed. Nobody else was touched. Look at it, then resume or cancel.`,
    };
  const errors = tooManyFailed(now, failed);
  if (errors !== null) return { do: 'pause', reason: errors };
  if (counts.pending === 0) return { do: 'wait', waiting: null };
  if (first && now.canary.succeeded >= canary.count) return { do: 'pass-canary' };
  const until = soakUntil(pace, now.canaryPassedAt);
  if (until !== null && until > now.now)
    return { do: 'wait', waiting: `Its first ones succeeded; it looks on until ${until.toISOString()}.` };
  return room(now, first);
}

function room({ pace, counts, canary, requestedLastMinute }: Standing, first: boolean): Step {
  const parallel = first ? (pace.canary!.at_once ? pace.canary!.count : 1) : pace.max_parallel;
  const wanted = first ? pace.canary!.count - canary.succeeded - canary.ordered : counts.pending;
  const left = Math.min(parallel - counts.ordered, wanted, counts.pending);
  if (left <= 0) return { do: 'wait', waiting: null };
  const thisMinute = (pace.max_per_minute ?? Infinity) - requestedLastMinute;
  if (thisMinute <= 0) return { do: 'wait', waiting: `${pace.max_per_minute} a minute were ordered; the next ones follow.` };
  return { do: 'request', count: Math.min(left, thisMinute), canary: first };
}

/** When the soak after the canaries ends; null without one, or before they passed. */
export function soakUntil({ canary }: BulkPace, passedAt: Date | null): Date | null {
  if (!canary || canary.soak_seconds === 0 || passedAt === null) return null;
  return new Date(passedAt.getTime() + canary.soak_seconds * 1000);
}

/**
 * A share is judged over at least so many ends as one failure may weigh in (ten for "10%"), or the whole run if it is
 * smaller: else the very first failure would always be too many.
 */
function tooManyFailed({ pace: { max_failures: most }, counts, forgivenFinished }: Standing, failed: number): string | null {
  if (typeof most === 'number') return failed > most ? `${failed} failed; it pauses after more than ${most}.` : null;
  const percent = Number.parseInt(most, 10);
  const finished = counts.succeeded + counts.failed - forgivenFinished;
  const total = finished + counts.pending + counts.ordered;
  const sample = Math.max(finished, Math.min(total, percent === 0 ? total : Math.ceil(100 / percent)));
  return failed * 100 > percent * sample ? `${failed} of the ${finished} that ended failed; it pauses above ${most}.` : null;
}
