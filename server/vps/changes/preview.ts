/**
 * What a change would do, before it is done: resources, replacement or loss of data, price. The approval is a hash of all
 * that the answer rests on (change, spec, the stack's state, prices), so applying with it does exactly what was shown.
 */
import { formatAmount, formatDifference, type Money, parseMoney, subtract, zero } from '../../../contract/money.ts';
import { monthlyPrice } from '../../../contract/plan-price.ts';
import type { ChangePreview, VpsActionName } from '../../../contract/lifecycle.ts';
import type { Plan } from '../../../providers/provider.ts';
import { stackName, type VpsSpec } from '../../../stacks/spec.ts';
import { fingerprint } from '../../kernel/fingerprint.ts';
import { Refusal } from '../../kernel/problem.ts';
import type { Db } from '../../kernel/database.ts';
import { stackVersion, type VpsWithAccount } from '../store.ts';
import { providerOf } from '../../accounts/accounts.ts';
import { readCatalog } from '../../accounts/catalog.ts';
import type { Services } from '../../kernel/services.ts';
import { effectsOf, forgetting } from './effects.ts';
import type { PlannedChange } from './planned-change.ts';

/** What was asked for, with what is not part of the approval. */
interface Previewable {
  readonly action: VpsActionName;
  readonly approval?: string | undefined;
  readonly root_pass?: string | undefined;
}

/** What a VPS's account sells. The provider may be asked: read it before a transaction is begun, never in one. */
export async function plansOf(services: Services, { account }: Pick<VpsWithAccount, 'account'>): Promise<readonly Plan[]> {
  return providerOf(services, account).compute ? (await readCatalog(services, account, 'plans')).items : [];
}

/** A change that may be shown, and what its account sells. */
interface Priced {
  readonly planned: PlannedChange;
  readonly plans: readonly Plan[];
}

export async function previewOf(db: Db, vps: VpsWithAccount, change: Previewable, { planned, plans }: Priced): Promise<ChangePreview> {
  const { before, spec, way, forgets, notes } = planned;
  const price_before = priceOf(plans, before);
  const price_after = way === 'destroy' && !forgets ? freeOf(price_before) : priceOf(plans, spec);
  const facts = forgets ? forgetting(before) : effectsOf(before, spec, way);
  const state = await stackVersion(db, stackName(vps.id));
  return {
    action: change.action,
    approval: approvalOf(change, before, state, price_before, price_after),
    ...facts,
    resources: [...facts.resources, ...(planned.beside ?? [])],
    price_before,
    price_after,
    price_difference: differenceOf(price_before, price_after),
    notes: [...notes],
  };
}

/** @throws Refusal 409 when the approval belongs to another change or to a world that has moved since. */
export async function requireApproval(db: Db, vps: VpsWithAccount, change: Previewable, priced: Priced): Promise<void> {
  if (change.approval === undefined) return;
  const { approval } = await previewOf(db, vps, change, priced);
  if (approval !== change.approval)
    throw new Refusal(
      409,
      'preview_outdated',
      'This approval was given for another change, or the VPS, its stack or a price has changed since. Preview the change again.',
    );
}

/** A decimal text with the currency's digits, a month. */
export interface Price {
  readonly monthly: string;
  /** ISO 4217. */
  readonly currency: string;
}

/** Price of a spec's plan in its region, with its backups; null where the catalogue does not have it. */
export function priceOf(plans: readonly Plan[], { compute }: VpsSpec): Price | null {
  return priceAt(
    plans.find((each) => each.id === compute.plan),
    compute,
  );
}

/** null: the catalogue does not have the plan. */
export function priceAt(plan: Plan | undefined, { region, backups }: Pick<VpsSpec['compute'], 'region' | 'backups'>): Price | null {
  if (!plan) return null;
  return { monthly: formatAmount(monthlyPrice(plan, region, backups)), currency: plan.currency };
}

/** Nothing, in the same currency. */
export function freeOf(before: Price | null): Price | null {
  return before && { monthly: formatAmount(zero(before.currency)), currency: before.currency };
}

function differenceOf(before: Price | null, after: Price | null): string | null {
  if (!before || !after || before.currency !== after.currency) return null;
  return formatDifference(subtract(amountOfPrice(after), amountOfPrice(before)));
}

/** As a sum can take it. */
export function amountOfPrice({ monthly, currency }: Price): Money {
  return parseMoney(monthly, currency);
}

function approvalOf(change: Previewable, before: VpsSpec, state: number, ...prices: readonly (Price | null)[]): string {
  // A password is no part of what is approved, and a hash of one would tell of it.
  const { approval: _approval, root_pass: _password, ...asked } = change;
  return fingerprint([asked, before, state, prices]);
}
