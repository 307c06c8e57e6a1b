/** What a customer adds to a product: how much of each, and what it costs a period. */
import type { OrderItemRequest } from '../../../contract/order.ts';
import { refuseField } from '../../kernel/problem.ts';
import type { ProductRow } from '../../products/store.ts';
import type { PricedOption } from './period-lines.ts';
import type { Subscription } from './store.ts';

type Option = ProductRow['options'][number];

/** What is asked of the place itself, before the image is chosen. @throws Refusal that names the option */
export function countsOf(product: ProductRow, request: Pick<OrderItemRequest, 'options'>): Map<string, number> {
  const asked = request.options ?? {};
  for (const key of Object.keys(asked))
    if (!product.options.some((each) => each.key === key && each.kind !== 'image'))
      throw refuseField(`options.${key}`, `"${product.name}" has no such option`, `It has: ${keysOf(product)}.`, 422, 'unknown_option');
  return new Map(product.options.map((option) => [option.key, countOf(option, asked[option.key])]));
}

const keysOf = ({ options }: ProductRow): string =>
  options
    .filter(({ kind }) => kind !== 'image')
    .map(({ key, min, max }) => `${key} (${min} to ${max})`)
    .join(', ') || 'none';

function countOf({ key, min, max, step, kind }: Option, asked: number | undefined): number {
  if (kind === 'image') return 0;
  const count = asked ?? min;
  if (count < min || count > max || (count - min) % step !== 0) {
    const rule = step === 1 ? `${min} to ${max}` : `${min} to ${max} in steps of ${step}`;
    throw refuseField(`options.${key}`, `is ${count}`, `Send ${rule}.`, 422, 'option_out_of_range');
  }
  return count;
}

/** With their prices; `image`: the one that was chosen. @throws Refusal when one has no price there */
export function pricedOptions(
  product: ProductRow,
  counts: ReadonlyMap<string, number>,
  image: string | null,
  interval: string,
  currency: string,
): PricedOption[] {
  const chosen = product.options.filter(({ kind, images }) => kind === 'image' && image !== null && images.includes(image));
  return priced(product.options, new Map([...counts, ...chosen.map(({ key }) => [key, 1] as const)]), interval, currency);
}

function priced(options: readonly Option[], counts: ReadonlyMap<string, number>, interval: string, currency: string): PricedOption[] {
  return options.flatMap((option): PricedOption[] => {
    const quantity = counts.get(option.key)!;
    if (quantity === 0) return [];
    const price = option.prices.find((each) => each.interval === interval && each.currency === currency);
    if (!price)
      throw refuseField(
        `options.${option.key}`,
        `has no price a ${interval} in ${currency}`,
        'Choose another interval, or leave it out.',
        422,
        'no_price',
      );
    return [{ key: option.key, name: option.name, quantity, unit: price.amount.toString() }];
  });
}

export const optionsOf = ({ options }: Pick<Subscription, 'options'>): PricedOption[] => options as unknown as PricedOption[];

/**
 * What a subscription has added after a change; null: what it has. Another number is taken at the price of today, what stays
 * as it is keeps its own; another interval takes all of it at the prices of that interval. @throws Refusal that names the option
 */
export function optionsAfter(
  subscription: Pick<Subscription, 'options' | 'interval' | 'currency'>,
  product: ProductRow,
  interval: string,
  asked: Readonly<Record<string, number>> | undefined,
): PricedOption[] | null {
  const present = optionsOf(subscription);
  const { currency } = subscription;
  if (interval !== subscription.interval) {
    if (present.length === 0) return null;
    const counts = new Map(product.options.map(({ key }) => [key, present.find((each) => each.key === key)?.quantity ?? 0]));
    const gone = present.find(({ key }) => !counts.has(key));
    if (gone) throw refuseField('interval', `"${product.name}" has no "${gone.name}" any more`, 'Take that off first.', 422, 'no_price');
    return priced(product.options, counts, interval, currency);
  }
  if (asked === undefined) return null;
  const options = product.options.filter(({ key }) => key in asked);
  const added = priced(options, countsOf(product, { options: { ...asked } }), interval, currency);
  const same = added.map((each) => present.find(({ key, quantity }) => key === each.key && quantity === each.quantity) ?? each);
  const after = [...present.filter(({ key }) => !(key in asked)), ...same];
  const counted = (list: readonly PricedOption[]): string => JSON.stringify(list.map(({ key, quantity }) => [key, quantity]).toSorted());
  if (counted(after) === counted(present))
    throw refuseField('options', 'are as they are', 'Name another number of one.', 409, 'nothing_to_change');
  return after;
}

export function wantsBackups(product: ProductRow, counts: ReadonlyMap<string, number>): boolean {
  return product.options.some(({ kind, key }) => kind === 'backups' && (counts.get(key) ?? 0) > 0);
}
