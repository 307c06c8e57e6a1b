/** Which policy a drift falls under: pure, decided by its differences, the plan of its VPS and the rules of its account. */
import type { DriftField, DriftPolicyEntry } from '../../../contract/drift-policy.ts';
import type { DriftPolicy } from '../../../contract/drift.ts';
import type { Difference } from '../compare.ts';

export type Rule = Pick<DriftPolicyEntry, 'plan' | 'field' | 'policy'>;

export interface Verdict {
  readonly policy: DriftPolicy;
  /** One sentence for a person when rules that act disagree with the others: then nothing is done. */
  readonly disagreement: string | null;
}

const FIELDS: Readonly<Record<string, DriftField>> = {
  power: 'power',
  plan: 'plan',
  label: 'label',
  region: 'region',
  ipv4: 'addresses',
  ipv6: 'addresses',
  identity: 'identity',
};

/**
 * A refresh or an update takes the stack as a whole, so every difference of a drift must fall under the same policy.
 * `plan` is the one the VPS is meant to have; `fallback` is the account's own policy.
 */
export function policyOf(rules: readonly Rule[], fallback: DriftPolicy, plan: string, differences: readonly Difference[]): Verdict {
  const found = new Map<string, DriftPolicy>();
  for (const difference of differences) {
    const field = fieldOf(difference);
    found.set(field ?? difference.field, mostSpecific(rules, plan, field) ?? fallback);
  }
  const policies = new Set(found.values());
  const [only = 'none'] = policies;
  if (policies.size <= 1) return { policy: only, disagreement: null };
  const each = [...found].map(([field, policy]) => `${field}: ${policy}`).join(', ');
  return { policy: 'none', disagreement: `Its differences fall under different policies (${each}); it is left to you.` };
}

/** Undefined for the server's existence, which no rule covers. */
function fieldOf({ object, field }: Difference): DriftField | undefined {
  return object === 'record' ? 'records' : FIELDS[field];
}

/** A plan tells more than a kind of difference, both together most. */
function mostSpecific(rules: readonly Rule[], plan: string, field: DriftField | undefined): DriftPolicy | undefined {
  const weight = (rule: Rule): number => (rule.plan === null ? 0 : 2) + (rule.field === null ? 0 : 1);
  return rules
    .filter((rule) => (rule.plan === null || rule.plan === plan) && (rule.field === null || rule.field === field))
    .toSorted((a, b) => weight(b) - weight(a))[0]?.policy;
}
