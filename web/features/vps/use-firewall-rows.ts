/** The rules of a firewall while a person edits them. */
import { useState } from 'react';
import type { FirewallRules, FirewallRulesInput } from '../../kit/api/client.ts';
import { firewallChanges, letsIn, type RuleRow, rowOf, rowProblem, rulesOf } from './firewall.ts';

const SSH_PORT = 22;

export interface FirewallRows {
  readonly rows: readonly RuleRow[];
  /** What the rows mean; of use when none is wrong. */
  readonly rules: FirewallRulesInput & FirewallRules;
  /** Place of the first row that is wrong; -1: none. */
  readonly wrong: number;
  readonly changed: boolean;
  /** No rule lets SSH in. */
  readonly locksOut: boolean;
  readonly add: (rules: readonly Parameters<typeof rowOf>[0][]) => void;
  readonly change: (key: number, part: Partial<RuleRow>) => void;
  readonly remove: (key: number) => void;
}

export function useFirewallRows(before: FirewallRules | null): FirewallRows {
  const [rows, setRows] = useState<readonly RuleRow[]>(() => (before ?? []).map(rowOf));
  const rules = rulesOf(rows);
  const wrong = rows.findIndex((row) => rowProblem(row) !== null);
  return {
    rows,
    rules,
    wrong,
    changed: firewallChanges(before, rules).some(({ change }) => change !== 'kept'),
    locksOut: rows.length > 0 && wrong < 0 && !letsIn(rules, SSH_PORT),
    add: (added) => setRows((old) => [...old, ...added.map(rowOf)]),
    change: (key, part) => setRows((old) => old.map((row) => (row.key === key ? { ...row, ...part } : row))),
    remove: (key) => setRows((old) => old.filter((row) => row.key !== key)),
  };
}
