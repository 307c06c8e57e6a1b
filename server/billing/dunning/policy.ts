/**
 * What happens to an invoice that is not paid, and when: days from the start of the period that it is for, at that day's first
 * moment in the subscription's zone, or at an hour. One list, in the order in which it happens.
 */
import { addDays, instantOf } from '../calendar.ts';

export type StageAct = 'remind' | 'charge' | 'notice' | 'suspend' | 'terminate' | 'destroy';

export interface Stage {
  /** Stands in dunning_event, and so never changes. */
  readonly name: string;
  readonly act: StageAct;
  readonly days: number;
  readonly hour?: number;
}

export interface Policy {
  /** Days before a period at which its invoice is issued: of a month and quarter, of a year. */
  readonly issueDays: number;
  readonly issueDaysOfYear: number;
  readonly stages: readonly Stage[];
  /** After an outage of ours: days of grace that begin with its end. */
  readonly graceDays: number;
}

export const DEFAULT_POLICY: Policy = {
  issueDays: 14,
  issueDaysOfYear: 30,
  graceDays: 3,
  stages: [
    { name: 'remind-7', act: 'remind', days: -7 },
    { name: 'remind-1', act: 'remind', days: -1 },
    { name: 'charge-1', act: 'charge', days: 0, hour: 6 },
    { name: 'overdue', act: 'notice', days: 1 },
    { name: 'charge-2', act: 'charge', days: 1, hour: 6 },
    { name: 'charge-3', act: 'charge', days: 2, hour: 6 },
    { name: 'suspend', act: 'suspend', days: 3 },
    { name: 'charge-4', act: 'charge', days: 5, hour: 6 },
    { name: 'notice-7', act: 'notice', days: 7 },
    { name: 'notice-10', act: 'notice', days: 10 },
    { name: 'notice-16', act: 'notice', days: 16 },
    { name: 'terminate', act: 'terminate', days: 17 },
    { name: 'destroy', act: 'destroy', days: 18 },
  ],
};

/** A time in which Plinth did not run, in real time. */
export interface Outage {
  readonly from: Date;
  readonly to: Date;
}

/**
 * When each stage is due. What harms the customer waits for a grace after an outage of ours when it would have fallen into it, or
 * when a reminder before it did: whoever hears of a debt late has as long from then on.
 */
export function stageTimes(
  { stages, graceDays }: Policy,
  due: string,
  zone: string,
  outage: Outage | null,
): { readonly stage: Stage; readonly at: Date }[] {
  const DAY_MS = 86_400_000;
  const later = { suspend: graceDays, terminate: graceDays + 4, destroy: graceDays + 5 } as const;
  const times = stages.map((stage) => ({ stage, at: instantOf(addDays(due, stage.days), zone, stage.hour) }));
  if (outage === null) return times;
  const within = (at: Date): boolean => at >= outage.from && at <= outage.to;
  const told = times.find(({ stage, at }) => (stage.act === 'remind' || stage.act === 'notice') && within(at));
  return times.map(({ stage, at }) => {
    const harms = stage.act === 'suspend' || stage.act === 'terminate' || stage.act === 'destroy';
    if (!harms || !(within(at) || (told !== undefined && at > told.at))) return { stage, at };
    const graced = new Date(outage.to.getTime() + later[stage.act as keyof typeof later] * DAY_MS);
    return { stage, at: graced > at ? graced : at };
  });
}
