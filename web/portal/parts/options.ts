/** What can be added to a subscription, and what is asked for. Without React. */
import type { Product, Subscription } from '../queries.ts';

export type Offered = Pick<Product['options'][number], 'key' | 'name' | 'min' | 'max' | 'step'> & {
  /** Of one, a period. */
  readonly amount: string;
};

/** Those of its product that have a price at the subscription's interval and currency, but for what comes with an image. */
export function offeredOptions(product: Pick<Product, 'options'> | undefined, { interval, currency }: Subscription): Offered[] {
  return (product?.options ?? []).flatMap((option) => {
    const price = option.prices.find((each) => each.interval === interval && each.currency === currency);
    return option.kind === 'image' || !price ? [] : [{ ...option, amount: price.amount }];
  });
}

export const presentCount = ({ options }: Pick<Subscription, 'options'>, key: string): number =>
  options.find((each) => each.key === key)?.quantity ?? 0;

export const isOffered = ({ min, max, step }: Offered, count: number): boolean =>
  Number.isInteger(count) && count >= min && count <= max && (count - min) % step === 0;

/** Only those whose number is another than it is now. */
export const changedCounts = (
  subscription: Pick<Subscription, 'options'>,
  counts: Readonly<Record<string, number>>,
): Record<string, number> => Object.fromEntries(Object.entries(counts).filter(([key, count]) => count !== presentCount(subscription, key)));
