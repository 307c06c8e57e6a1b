/** Coupons on lines, before tax. A line that is negative is never discounted. */
import { allocate, type Money, money, percent, times, zero } from '../../contract/money.ts';

/** `percent`: a decimal text, `25`. */
export type Discount = { readonly percent: string } | { readonly amount: Money };

/**
 * What is taken off each line, positive: a percentage rounds each line for itself, an amount is spread over them by the
 * largest remainder and is never more than they come to.
 */
export function discountOf(lines: readonly Money[], discount: Discount): Money[] {
  if ('percent' in discount) return lines.map((line) => (line.amount > 0n ? times(line, percent(discount.percent)) : zero(line.currency)));
  const weights = lines.map(({ amount }) => (amount > 0n ? amount : 0n));
  const total = weights.reduce((all, weight) => all + weight, 0n);
  const { amount, currency } = discount.amount;
  if (total === 0n) return lines.map(() => zero(currency));
  return allocate(money(amount < total ? amount : total, currency), weights);
}
