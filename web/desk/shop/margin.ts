/** What is left of a price. Without React. */
import type { Product } from './queries.ts';

type Amount = Pick<Product['prices'][number], 'amount' | 'currency'>;

/** Of the place that is taken first; null where no cost is known. */
export function monthlyCost({ candidates }: Pick<Product, 'candidates'>): Amount | null {
  return candidates?.find(({ available, cost }) => available && cost !== null)?.cost ?? null;
}

/** Null where the two are in different currencies: the price rule knows the rate, the page does not. */
export function marginOf(price: Amount, cost: Amount): { amount: number; share: number } | null {
  if (price.currency !== cost.currency || Number(price.amount) === 0) return null;
  const amount = Number(price.amount) - Number(cost.amount);
  return { amount, share: amount / Number(price.amount) };
}
