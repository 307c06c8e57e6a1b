/** What an account's catalogue says of a plan now: what it costs, and whether and where it can be had. */
import type { Money } from '../../contract/money.ts';
import { monthlyPrice } from '../../contract/plan-price.ts';
import { readCatalog } from '../accounts/catalog.ts';
import { optionsOf } from '../accounts/options.ts';
import type { Account } from '../kernel/database.ts';
import type { Services } from '../kernel/services.ts';

export interface Offer {
  /** A month in the dearest of its regions: what a price must cover. */
  readonly cost: Money;
  readonly available: boolean;
  /** Why not. */
  readonly reason: string | null;
  /** Where it can be had, of those that were asked for; cheapest first. */
  readonly regions: readonly string[];
}

/** `wanted` empty: every region of the plan. Null: the account has no such plan. */
export async function offerOf(services: Services, account: Account, planId: string, wanted: readonly string[]): Promise<Offer | null> {
  const [plans, regions] = await Promise.all([readCatalog(services, account, 'plans'), readCatalog(services, account, 'regions')]);
  const plan = plans.items.find(({ id }) => id === planId);
  if (!plan) return null;
  const { allowedRegions = [] } = optionsOf(account);
  const open = new Set(regions.items.filter(({ available }) => available).map(({ id }) => id));
  const possible = plan.regions.filter(
    (id) => open.has(id) && (wanted.length === 0 || wanted.includes(id)) && (allowedRegions.length === 0 || allowedRegions.includes(id)),
  );
  const priced = possible.map((id) => ({ id, price: monthlyPrice(plan, id) }));
  const byPrice = priced.toSorted((a, b) => Number(a.price.amount - b.price.amount));
  const cost = byPrice.at(-1)?.price ?? monthlyPrice(plan, '');
  const available = plan.available && byPrice.length > 0;
  const reason = available ? null : plan.available ? 'None of its regions has it now.' : 'The provider does not offer it now.';
  return { cost, available, reason, regions: byPrice.map(({ id }) => id) };
}
