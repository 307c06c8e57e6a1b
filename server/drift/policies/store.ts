/** Rules for drift without asking. In the table an empty plan or field stands for every one; outside it is null. */
import type { DriftField } from '../../../contract/drift-policy.ts';
import type { DriftPolicy } from '../../../contract/drift.ts';
import { timeNow } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/database.ts';

export interface DriftPolicyRow {
  readonly accountId: string;
  readonly plan: string | null;
  readonly field: DriftField | null;
  readonly policy: DriftPolicy;
  readonly changedBy: string;
  readonly changedAt: Date;
}

export async function listDriftPolicies(db: Db, accountIds?: readonly string[]): Promise<DriftPolicyRow[]> {
  const where = accountIds === undefined ? {} : { accountId: { in: [...accountIds] } };
  const rows = await db.driftRule.findMany({ where, orderBy: [{ accountId: 'asc' }, { plan: 'asc' }, { field: 'asc' }] });
  return rows.map((row) => ({
    ...row,
    plan: row.plan === '' ? null : row.plan,
    field: row.field === '' ? null : (row.field as DriftField),
    policy: row.policy as DriftPolicy,
  }));
}

type Key = Pick<DriftPolicyRow, 'accountId' | 'plan' | 'field'>;
const keyOf = ({ accountId, plan, field }: Key) => ({ accountId, plan: plan ?? '', field: field ?? '' });

export async function saveDriftPolicy(db: Db, rule: Key & Pick<DriftPolicyRow, 'policy' | 'changedBy'>): Promise<void> {
  const key = keyOf(rule);
  const change = { policy: rule.policy, changedBy: rule.changedBy, changedAt: timeNow() };
  await db.driftRule.upsert({ where: { accountId_plan_field: key }, create: { ...key, ...change }, update: change });
}

export async function dropDriftPolicy(db: Db, rule: Key): Promise<void> {
  await db.driftRule.deleteMany({ where: keyOf(rule) });
}

/** True when a living VPS of the account has the plan. */
export async function planInUse(db: Db, accountId: string, plan: string): Promise<boolean> {
  return (await db.vps.count({ where: { accountId, plan, deletedAt: null } })) > 0;
}
