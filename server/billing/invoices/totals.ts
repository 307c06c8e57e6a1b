/**
 * What the lines of an invoice come to. Exclusive tax is counted once for each rate, on the sum of its lines, as EN 16931
 * has it; inclusive tax is taken out of the sum of the gross lines. Each is rounded once, half away from zero. Nothing here
 * knows the database, so a quote counts with the very same functions.
 */
import { addRates, type Money, money, multiply, percent as percentOf, type Rate, ratio, times } from '../../../contract/money.ts';

/** EN 16931: standard, zero rated, exempt, reverse charge, outside the scope of tax. */
export type TaxCategory = 'S' | 'Z' | 'E' | 'AE' | 'O';

/** What one line's amount is counted by. */
export interface LineTax {
  readonly category: TaxCategory;
  /** Decimal text, such as `19`; null in category O only. */
  readonly percent: string | null;
  /** The amount has its tax in it. */
  readonly inclusive: boolean;
}

export interface CountedLine extends LineTax {
  readonly kind: string;
  readonly amount: bigint;
}

export interface TaxGroup {
  readonly category: TaxCategory;
  readonly percent: string;
  readonly inclusive: boolean;
  /** Without the tax. */
  readonly base: bigint;
  readonly amount: bigint;
}

export interface Totals {
  readonly subtotal: bigint;
  readonly discount: bigint;
  readonly tax: bigint;
  readonly total: bigint;
  readonly taxes: readonly TaxGroup[];
}

/** `19.0000` and `19` alike. */
export function plainPercent(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** The tax on a net amount: 19 % of 37.49 is 7.12. */
export function taxOn(net: Money, percent: string): Money {
  return times(net, percentOf(percent));
}

/** The tax within a gross amount: 19 % in 59.97 is 9.58. */
export function taxWithin(gross: Money, percent: string): Money {
  const rate = percentOf(percent);
  const whole = addRates(ratio(1, 1), rate);
  return times(gross, multiply(rate, ratioOf(whole)));
}

function ratioOf({ numerator, denominator }: Rate): Rate {
  return ratio(denominator, numerator);
}

/** One group for each rate, category and way of quoting, in the order of the lines. Lines outside of tax have none. */
export function taxGroups(lines: readonly CountedLine[], currency: string): TaxGroup[] {
  const sums = new Map<string, { category: TaxCategory; percent: string; inclusive: boolean; sum: bigint }>();
  for (const { category, percent, inclusive, amount } of lines) {
    if (percent === null) continue;
    const plain = plainPercent(percent);
    const key = `${category}/${plain}/${inclusive}`;
    const group = sums.get(key) ?? { category, percent: plain, inclusive, sum: 0n };
    sums.set(key, { ...group, sum: group.sum + amount });
  }
  return [...sums.values()].map(({ sum, ...group }) => ({ ...group, ...parted(money(sum, currency), group.percent, group.inclusive) }));
}

/** A sum of lines as net and tax. */
export function parted(sum: Money, percent: string, inclusive: boolean): { base: bigint; amount: bigint } {
  if (!inclusive) return { base: sum.amount, amount: taxOn(sum, percent).amount };
  const tax = taxWithin(sum, percent).amount;
  return { base: sum.amount - tax, amount: tax };
}

/**
 * The totals of these lines: total = subtotal − discount + tax, where the discount is that of the discount lines.
 * Lines that come to less than nothing are the caller's mistake: that is a credit note.
 */
export function totalsOf(lines: readonly CountedLine[], currency: string): Totals {
  const taxes = taxGroups(lines, currency);
  const sum = lines.reduce((all, { amount }) => all + amount, 0n);
  const tax = taxes.reduce((all, { amount }) => all + amount, 0n);
  const exclusive = taxes.reduce((all, { inclusive, amount }) => (inclusive ? all : all + amount), 0n);
  const discount = lines.reduce((all, { kind, amount }) => (kind === 'discount' ? all - amount : all), 0n);
  const total = sum + exclusive;
  return { subtotal: total - tax + discount, discount, tax, total, taxes };
}

/** What these lines of an invoice come to with their tax. */
export function grossOf(
  lines: readonly { kind: string; amount: bigint; taxCategory: string; taxPercent: { toString(): string } | null; taxInclusive: boolean }[],
  currency: string,
): bigint {
  const counted = lines.map(({ kind, amount, taxCategory, taxPercent, taxInclusive }) => ({
    kind,
    amount,
    category: taxCategory as TaxCategory,
    percent: taxPercent === null ? null : taxPercent.toString(),
    inclusive: taxInclusive,
  }));
  return totalsOf(counted, currency).total;
}
