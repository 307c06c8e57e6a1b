/** Which orders a person looks at before anything is made, and which are not taken at all: by the seller's rules. */
import { parseMoney } from '../../contract/money.ts';
import type { ReviewRule } from '../../contract/order-policy.ts';
import { profileOf } from '../billing/profile/profile.ts';
import type { Db } from '../kernel/database.ts';
import { raiseAlert } from '../kernel/kill-switches/store.ts';
import { Refusal } from '../kernel/problem.ts';
import { orderPolicy } from './policy.ts';
import { hasBought, placedSince, unpaidOrders } from './review-store.ts';
import type { OrderRow } from './store.ts';

const DAY_MS = 86_400_000;

interface Asked {
  readonly organizationId: string;
  readonly total: bigint;
  readonly currency: string;
}

/** The first rule that applies to an order that is about to be placed; null: none. @throws Refusal when that is to refuse it */
export async function ruleFor(tx: Db, asked: Asked, at: Date): Promise<ReviewRule | null> {
  const policy = await orderPolicy(tx);
  const waiting = await unpaidOrders(tx, asked.organizationId);
  if (asked.total > 0n && waiting >= policy.unpaid_orders)
    throw new Refusal(429, 'too_many_unpaid_orders', `${waiting} orders wait for their payment. Pay or cancel one of them first.`);
  for (const rule of policy.review) {
    if (!(await applies(tx, rule, asked, at))) continue;
    // Not which rule: who is refused by it is not to learn how to pass it by.
    if (rule.does === 'refuse') throw new Refusal(409, 'order_refused', 'This order cannot be taken. Ask the seller; nothing was charged.');
    return rule;
  }
  return null;
}

async function applies(tx: Db, rule: ReviewRule, { organizationId, total, currency }: Asked, at: Date): Promise<boolean> {
  const { amount_from: from, countries, new_customer: isNew, orders_a_day: often } = rule;
  if (from && (from.currency !== currency || total < parseMoney(from.amount, from.currency).amount)) return false;
  if (countries && !countries.includes((await profileOf(tx, organizationId)).country)) return false;
  if (often !== undefined && (await placedSince(tx, organizationId, new Date(at.getTime() - DAY_MS))) + 1 < often) return false;
  return isNew === undefined || (await hasBought(tx, organizationId)) !== isNew;
}

export async function askForReview(tx: Db, { id, number, reviewRule, organizationId }: OrderRow): Promise<void> {
  await raiseAlert(tx, {
    kind: 'order-review',
    target: `order:${id}`,
    message: `Order ${number} is paid and waits for a look at it: rule "${reviewRule}". Accept it, or refuse it with the money back.`,
    data: { order_id: id, organization_id: organizationId },
  });
}
