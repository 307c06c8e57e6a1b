/**
 * What a change would do, before it is done: resources, replacement or loss of data, price. The approval is a hash of all
 * that the answer rests on (change, spec, the stack's state, prices), so applying with it does exactly what was shown.
 */
import type { ChangePreview, VpsChange } from '../../../contract/lifecycle.ts';
import type { Plan } from '../../../providers/provider.ts';
import { stackName, type VpsSpec } from '../../../stacks/spec.ts';
import { fingerprint } from '../../fingerprint.ts';
import { Refusal } from '../../problem.ts';
import type { Db } from '../../store/database.ts';
import { stackVersion, type VpsWithAccount } from '../../store/vpses.ts';
import { providerOf } from '../accounts.ts';
import { readCatalog } from '../catalog.ts';
import { centsOf, moneyOf, type Price, signed } from '../money.ts';
import type { Services } from '../services.ts';
import { effectsOf, forgetting } from './effects.ts';
import type { PlannedChange } from './planned-change.ts';

export async function previewOf(
  services: Services,
  db: Db,
  vps: VpsWithAccount,
  change: VpsChange,
  planned: PlannedChange,
): Promise<ChangePreview> {
  const plans = providerOf(services, vps.account).compute ? (await readCatalog(services, vps.account, 'plans')).items : [];
  const { before, spec, way, notes } = planned;
  const price_before = priceOf(plans, before);
  const forgets = way === 'destroy' && vps.importing !== null;
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
export async function requireApproval(
  services: Services,
  db: Db,
  vps: VpsWithAccount,
  change: VpsChange & { approval?: string | undefined },
  planned: PlannedChange,
): Promise<void> {
  if (change.approval === undefined) return;
  const { approval } = await previewOf(services, db, vps, change, planned);
  if (approval !== change.approval)
    throw new Refusal(
      409,
      'preview_outdated',
      'This approval was given for another change, or the VPS, its stack or a price has changed since. Preview the change again.',
    );
}

/** Price of a spec's plan in its region, with its backups; null where the catalogue does not have it. */
export function priceOf(plans: readonly Plan[], { compute: { plan: id, region, backups } }: VpsSpec): Price | null {
  const plan = plans.find((each) => each.id === id);
  if (!plan) return null;
  const server = plan.regionPrices?.[region] ?? plan.priceMonthly;
  const extra = backups ? (plan.regionBackups?.[region] ?? plan.backupMonthly) : undefined;
  return { monthly: extra === undefined ? server : moneyOf(centsOf(server) + centsOf(extra)), currency: plan.currency };
}

function freeOf(before: Price | null): Price | null {
  return before && { monthly: '0.00', currency: before.currency };
}

function differenceOf(before: Price | null, after: Price | null): string | null {
  if (!before || !after || before.currency !== after.currency) return null;
  return signed(centsOf(after.monthly) - centsOf(before.monthly));
}

function approvalOf(change: VpsChange, before: VpsSpec, state: number, ...prices: readonly (Price | null)[]): string {
  // A password is no part of what is approved, and a hash of one would tell of it.
  const { approval: _approval, root_pass: _password, ...asked } = change as VpsChange & { approval?: string; root_pass?: string };
  return fingerprint([asked, before, state, prices]);
}
