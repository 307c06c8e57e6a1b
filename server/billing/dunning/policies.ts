/** The policy by which an organization's unpaid invoices go: its own, the seller's default, or the built-in one. */
import type { z } from 'zod';
import { DunningPolicy } from '../../../contract/dunning.ts';
import type { Db } from '../../kernel/database.ts';
import { refuseField } from '../../kernel/problem.ts';
import { DEFAULT_POLICY, type Policy } from './policy.ts';
import { policyStages } from './store.ts';

export const Kept = DunningPolicy.omit({ name: true, is_default: true });
type Kept = z.infer<typeof Kept>;

export async function policyOf(db: Db, organizationId: string): Promise<Policy> {
  return policyOfRow(await policyStages(db, organizationId));
}

/** @param stages as a row has them; null: the built-in one holds */
export function policyOfRow(stages: unknown): Policy {
  return stages === null ? DEFAULT_POLICY : policyFrom(Kept.parse(stages));
}

export function policyFrom({ issue_days: issueDays, issue_days_of_year: issueDaysOfYear, grace_days: graceDays, stages }: Kept): Policy {
  // At one instant the one that is named first comes first.
  return {
    issueDays,
    issueDaysOfYear,
    graceDays,
    stages: stages.map(({ hour, ...stage }) => (hour === undefined ? stage : { ...stage, hour })),
  };
}

export function keptOf({ issueDays, issueDaysOfYear, graceDays, stages }: Policy): Kept {
  return {
    issue_days: issueDays,
    issue_days_of_year: issueDaysOfYear,
    grace_days: graceDays,
    stages: stages.map((stage) => ({ ...stage })),
  };
}

/** Nobody is harmed before they were told, and in an order that can be taken back. @throws Refusal that names the stage */
export function requireSound({ stages }: Pick<Kept, 'stages'>): void {
  const names = new Set<string>();
  const when = new Map<string, number>();
  for (const [index, { name, act, days, hour = 0 }] of stages.entries()) {
    const field = `stages.${index}`;
    if (names.has(name)) throw refuseField(`${field}.name`, `"${name}" is there twice`, 'Use another: each happens once.');
    names.add(name);
    const harms = act === 'suspend' || act === 'terminate' || act === 'destroy';
    if (!harms) continue;
    if (days < 1)
      throw refuseField(`${field}.days`, `is ${days}: a customer is harmed a day after the date at the earliest`, 'Send 1 or more.');
    if (when.has(act)) throw refuseField(`${field}.act`, `"${act}" is there twice`, 'Leave one out.');
    when.set(act, days * 24 + hour);
  }
  const [suspend, terminate, destroy] = ['suspend', 'terminate', 'destroy'].map((act) => when.get(act));
  if (terminate !== undefined && (suspend === undefined || terminate <= suspend))
    throw refuseField('stages', 'terminate before they suspend', 'Suspend first, then terminate.');
  if (destroy !== undefined && (terminate === undefined || destroy < terminate + 24))
    throw refuseField('stages', 'destroy without a day after they terminate', 'Leave a day in which it can be undone.');
}
