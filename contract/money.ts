/**
 * Money. An amount is a whole number of the currency's smallest unit, as a bigint; on the wire it is a decimal string with
 * exactly the currency's digits. What multiplies amounts (days, percent, hours, exchange) is an exact `Rate`, and a product
 * becomes an amount by one rounding, half away from zero. Nothing here is ever a floating-point number, and nothing needs more
 * than this file, so that pages count as the server does.
 */

/** ISO 4217 codes whose smallest unit is not a hundredth, with their digits after the point. CLDR's digits differ (IQD, for one). */
const EXPONENTS: Readonly<Record<string, number>> = {
  ...digits(0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'),
  ...digits(3, 'BHD IQD JOD KWD LYD OMR TND'),
  ...digits(4, 'CLF UYW'),
};

function digits(count: number, codes: string): Record<string, number> {
  return Object.fromEntries(codes.split(' ').map((code) => [code, count]));
}

export interface Money {
  /** In the currency's smallest unit: 1250n is 12.50 EUR, 1250 JPY or 1.250 KWD. */
  readonly amount: bigint;
  /** ISO 4217. */
  readonly currency: string;
}

/** A wrong amount, currency or mixture of them; the message names which. */
export class MoneyError extends Error {
  override readonly name = 'MoneyError';
}

const CODE = /^[A-Z]{3}$/;

/** Digits after the point: 2 for EUR, 0 for JPY, 3 for KWD. @throws MoneyError when it is no code of ISO 4217's form. */
export function exponentOf(currency: string): number {
  if (!CODE.test(currency)) throw new MoneyError(`"${currency}" is not a currency code of ISO 4217.`);
  return EXPONENTS[currency] ?? 2;
}

export function money(amount: bigint, currency: string): Money {
  exponentOf(currency);
  return { amount, currency };
}

export function zero(currency: string): Money {
  return money(0n, currency);
}

/** `12.5` and `12.50` EUR alike. @throws MoneyError when it is no number, or has more digits than the currency. */
export function parseMoney(text: string, currency: string): Money {
  const exact = parseRate(text);
  const scaled = multiply(exact, { numerator: scaleOf(currency), denominator: 1n });
  if (scaled.numerator % scaled.denominator !== 0n)
    throw new MoneyError(`${text} ${currency} has more than ${exponentOf(currency)} digits after the point.`);
  return { amount: scaled.numerator / scaled.denominator, currency };
}

/** `12.50`, `-0.05`, `1250` (JPY): exactly the currency's digits. */
export function formatAmount({ amount, currency }: Money): string {
  const exponent = exponentOf(currency);
  const sign = amount < 0n ? '-' : '';
  const text = magnitude(amount)
    .toString()
    .padStart(exponent + 1, '0');
  return exponent === 0 ? sign + text : `${sign}${text.slice(0, -exponent)}.${text.slice(-exponent)}`;
}

/** A difference, with its sign always: `+1.00`, `-0.50`, `+0.00`. */
export function formatDifference(difference: Money): string {
  return difference.amount < 0n ? formatAmount(difference) : `+${formatAmount(difference)}`;
}

/** @throws MoneyError when the currencies differ, as do all of the following. */
export function add(first: Money, ...others: readonly Money[]): Money {
  return others.reduce((sum, each) => ({ amount: sum.amount + same(sum, each).amount, currency: sum.currency }), first);
}

export function sum(amounts: readonly Money[], currency: string): Money {
  return add(zero(currency), ...amounts);
}

export function subtract(first: Money, second: Money): Money {
  return { amount: first.amount - same(first, second).amount, currency: first.currency };
}

export function negate({ amount, currency }: Money): Money {
  return { amount: -amount, currency };
}

/** Negative, zero or positive, as the first is less than, equal to or more than the second. */
export function compare(first: Money, second: Money): number {
  const difference = first.amount - same(first, second).amount;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

function same(expected: Money, given: Money): Money {
  if (expected.currency !== given.currency) throw new MoneyError(`${given.currency} cannot be counted with ${expected.currency}.`);
  return given;
}

/** An exact number: an hourly price, a percentage, a share of a month. The denominator is positive. */
export interface Rate {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

const DECIMAL = /^(-?)(\d{1,30})(?:\.(\d{1,30}))?$/;

/** `0.00893`. @throws MoneyError when it is not a decimal number. */
export function parseRate(text: string): Rate {
  const [, sign, whole, fraction = ''] = DECIMAL.exec(text) ?? [];
  if (whole === undefined) throw new MoneyError(`"${text.slice(0, 40)}" is not a decimal number.`);
  const numerator = BigInt(whole + fraction);
  return reduced(sign === '-' ? -numerator : numerator, 10n ** BigInt(fraction.length));
}

/** @throws MoneyError when the denominator is zero. */
export function ratio(numerator: bigint | number, denominator: bigint | number): Rate {
  const [over, under] = [BigInt(numerator), BigInt(denominator)];
  if (under === 0n) throw new MoneyError('A rate cannot be divided by zero.');
  return under < 0n ? reduced(-over, -under) : reduced(over, under);
}

/** 19 becomes 19/100. */
export function percent(text: string): Rate {
  return multiply(parseRate(text), ratio(1, 100));
}

export function multiply(first: Rate, second: Rate): Rate {
  return reduced(first.numerator * second.numerator, first.denominator * second.denominator);
}

export function addRates(first: Rate, second: Rate): Rate {
  return reduced(first.numerator * second.denominator + second.numerator * first.denominator, first.denominator * second.denominator);
}

function reduced(numerator: bigint, denominator: bigint): Rate {
  let [a, b] = [magnitude(numerator), denominator];
  while (b !== 0n) [a, b] = [b, a % b];
  return a > 1n ? { numerator: numerator / a, denominator: denominator / a } : { numerator, denominator };
}

/** The amount times the rate, rounded once, half away from zero. */
export function times({ amount, currency }: Money, rate: Rate): Money {
  return { amount: rounded(amount * rate.numerator, rate.denominator), currency };
}

/** A rate in whole units of a currency (`6.00`, `0.00893`) as an amount, rounded once. */
export function amountOf(rate: Rate, currency: string): Money {
  return { amount: rounded(rate.numerator * scaleOf(currency), rate.denominator), currency };
}

/** In whole units of its currency, exactly. */
export function rateOf({ amount, currency }: Money): Rate {
  return reduced(amount, scaleOf(currency));
}

function rounded(numerator: bigint, denominator: bigint): bigint {
  const half = (2n * magnitude(numerator) + denominator) / (2n * denominator);
  return numerator < 0n ? -half : half;
}

/**
 * The amount in parts that add up to it exactly, in proportion to the weights: each gets its whole units, and the units that
 * are left go to the largest remainders, earlier ones first. @throws MoneyError when the weights are negative or all zero.
 */
export function allocate({ amount, currency }: Money, weights: readonly bigint[]): Money[] {
  const total = weights.reduce((all, weight) => all + weight, 0n);
  if (total <= 0n || weights.some((weight) => weight < 0n)) throw new MoneyError('Nothing to divide the amount by.');
  const size = magnitude(amount);
  const parts = weights.map((weight, index) => ({ index, units: (size * weight) / total, remainder: (size * weight) % total }));
  let left = size - parts.reduce((all, { units }) => all + units, 0n);
  for (const part of parts.toSorted((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1))) {
    if (left === 0n) break;
    part.units += 1n;
    left -= 1n;
  }
  return parts.map(({ units }) => ({ amount: amount < 0n ? -units : units, currency }));
}

function scaleOf(currency: string): bigint {
  return 10n ** BigInt(exponentOf(currency));
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}
