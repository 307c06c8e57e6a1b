/** What happens to a subscription next, and when. Pure: the same rows always give the same answer. */
import { addDays, instantOf } from '../calendar.ts';
import { type Outage, type Policy, type Stage, stageTimes } from '../dunning/policy.ts';

export type EventName = 'issue-renewal' | 'open-period' | 'end' | 'prove-end' | Stage['name'];

export interface NextEvent {
  readonly event: EventName;
  readonly at: Date;
}

export interface Standing {
  readonly status: string;
  readonly interval: string;
  readonly zone: string;
  readonly cancelAtEnd: boolean;
  /** Of an end that was ordered: when it begins. */
  readonly endsAt: Date | null;
  /** Nothing happens before its server was ready. */
  readonly startedAt: Date | null;
  /** Of the last period that was opened: its end, the first day of the next one. Null: none was. */
  readonly periodEnd: string | null;
  readonly nextIndex: number;
  /** The renewal that was issued and is not settled, or is paid and its period has not begun. */
  readonly renewal: { readonly index: number; readonly due: string; readonly paid: boolean; readonly done: ReadonlySet<string> } | null;
  /** Of its server: the proof of its end is waited for. */
  readonly ending: boolean;
}

/** Null: nothing happens by itself. */
export function nextEvent(now: Standing, policy: Policy, outage: Outage | null): NextEvent | null {
  const list = [...candidates(now, policy, outage)];
  if (list.length === 0) return null;
  // The first of those of one instant is the one that is named first.
  return list.reduce((first, each) => (each.at < first.at ? each : first));
}

function* candidates(now: Standing, policy: Policy, outage: Outage | null): Generator<NextEvent> {
  const { status, zone, periodEnd, renewal } = now;
  if (status === 'pending' || status === 'ended' || periodEnd === null) return;
  if (now.ending) {
    yield { event: 'prove-end', at: now.endsAt ?? instantOf(periodEnd, zone) };
    return;
  }
  const ends = instantOf(periodEnd, zone);
  // An end may be ordered for the day on which a fixed term is over: until then it goes on.
  const later = now.endsAt !== null && now.endsAt > ends;
  if (now.endsAt !== null && now.endsAt < ends) yield { event: 'end', at: now.endsAt };
  else if (now.cancelAtEnd && !later) yield { event: 'end', at: ends };
  const runs = status === 'active' || status === 'past_due' || (status === 'cancelling' && later);
  const goesOn = runs && (later || (!now.cancelAtEnd && now.endsAt === null));
  if (goesOn && renewal === null) {
    const days = now.interval === 'year' ? policy.issueDaysOfYear : policy.issueDays;
    const at = instantOf(addDays(periodEnd, -days), zone);
    yield { event: 'issue-renewal', at: now.startedAt !== null && at < now.startedAt ? now.startedAt : at };
  }
  const waiting = renewal !== null && renewal.index === now.nextIndex;
  if (goesOn && waiting) yield { event: 'open-period', at: ends };
  if (renewal !== null && !renewal.paid)
    for (const { stage, at } of stageTimes(policy, renewal.due, zone, outage))
      if (!renewal.done.has(stage.name) && applies(stage, status)) yield { event: stage.name, at };
}

/** A stage that has no sense as things stand is not waited for. */
function applies({ act }: Stage, status: string): boolean {
  if (act === 'suspend') return status !== 'suspended' && status !== 'terminating';
  if (act === 'terminate') return status !== 'terminating';
  return true;
}
