/** Sets and takes away rules for what is done about drift without asking. */
import type { z } from 'zod';
import type { DriftPolicyChange } from '../../../contract/drift-policy.ts';
import { notFound, Refusal } from '../../kernel/problem.ts';
import { accountById } from '../../accounts/store.ts';
import { appendAudit } from '../../kernel/audit.ts';
import type { Account, Db } from '../../kernel/database.ts';
import { dropDriftPolicy, planInUse, saveDriftPolicy } from './store.ts';
import { readCatalog } from '../../accounts/catalog.ts';
import type { Principal, Services } from '../../kernel/services.ts';

type Change = z.output<typeof DriftPolicyChange>;

/** @throws Refusal when there is no such account, or it neither offers nor has the plan: such a rule would never fit. */
export async function fittingPolicies(services: Services, { account_id: accountId, plan, policy }: Change): Promise<void> {
  const account = await accountById(services.db, accountId);
  if (!account) throw notFound('provider account', accountId);
  if (plan !== null && policy !== null) await requirePlan(services, account, plan);
}

/** Of rules that fit. */
export async function changeDriftPolicies(tx: Db, principal: Principal, change: Change): Promise<void> {
  const { account_id: accountId, plan, fields, policy } = change;
  for (const field of fields.length > 0 ? fields : [null]) {
    const key = { accountId, plan, field };
    if (policy === null) await dropDriftPolicy(tx, key);
    else await saveDriftPolicy(tx, { ...key, policy, changedBy: principal.name });
  }
  const data = { ...(plan === null ? {} : { plan }), fields, policy: policy ?? 'as the account' };
  await appendAudit(tx, { actor: principal.name, action: 'automation.rule-changed', target: accountId, organizationId: null, data });
}

async function requirePlan(services: Services, account: Account, plan: string): Promise<void> {
  if (await planInUse(services.db, account.id, plan)) return;
  const { items } = await readCatalog(services, account, 'plans');
  if (items.some(({ id }) => id === plan)) return;
  throw new Refusal(422, 'unknown_plan', `The account "${account.name}" neither offers the plan "${plan}" nor has a VPS of it.`, [
    { field: 'plan', rule: 'must be a plan of the account', remedy: 'Choose one of: plinth catalog plans' },
  ]);
}
