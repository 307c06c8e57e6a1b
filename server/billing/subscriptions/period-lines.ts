/** What one period of a subscription is charged with: its price, what was added to it, and what a coupon takes off each. */
import type { LineInput } from '../invoices/issue.ts';

/** Something that was added, as a subscription keeps it. */
export interface PricedOption {
  readonly key: string;
  readonly name: string;
  readonly quantity: number;
  /** Of one a period, in the currency's smallest unit. */
  readonly unit: string;
}

type About = Pick<LineInput, 'subscriptionId' | 'orderItemId' | 'periodIndex' | 'period' | 'inclusive'>;

export interface Charged {
  readonly text: string;
  readonly detail?: string;
  readonly amount: bigint;
  readonly options: readonly PricedOption[];
}

/** The price first, then each option: the order in which discounts are given. */
export function periodAmounts({ amount, options }: Pick<Charged, 'amount' | 'options'>): bigint[] {
  return [amount, ...options.map(({ quantity, unit }) => BigInt(quantity) * BigInt(unit))];
}

/** `off`: in the order of `periodAmounts`. */
export function periodLines(charged: Charged, about: About, off: readonly bigint[] = [], code = ''): LineInput[] {
  const { text, detail, amount, options } = charged;
  const said = detail === undefined ? {} : { detail };
  const lines: LineInput[] = [
    { kind: 'recurring', unitAmount: amount, parts: { text, ...said }, ...about },
    ...options.map(({ name, quantity, unit }): LineInput => {
      return { kind: 'option', quantity, unitAmount: BigInt(unit), parts: { text: name, ...said }, ...about };
    }),
  ];
  return lines.flatMap((line, index) => [line, ...discountLine(off[index] ?? 0n, code, about)]);
}

export function discountLine(off: bigint, code: string, about: About): LineInput[] {
  return off === 0n ? [] : [{ kind: 'discount', unitAmount: -off, parts: { text: code }, ...about }];
}
