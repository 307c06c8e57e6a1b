/**
 * Stripe's smallest units, which differ from ISO 4217's for some currencies [docs.stripe.com/currencies]: UGX and ISK are sent
 * as hundredths that must be whole, MGA without decimals, and of currencies with three decimals the last digit must be 0.
 */
import { exponentOf, formatAmount, type Money, money } from '../../../contract/money.ts';

const NO_DECIMALS: readonly string[] = 'BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' ');
const THREE_DECIMALS: readonly string[] = 'BHD JOD KWD OMR TND'.split(' ');
const LARGEST = 99_999_999n;

function exponentAtStripe(currency: string): number {
  if (NO_DECIMALS.includes(currency)) return 0;
  return THREE_DECIMALS.includes(currency) ? 3 : 2;
}

/** Why Stripe cannot take it; null: it can. */
export function unchargeable({ amount, currency }: Money): string | null {
  const [ours, theirs] = [exponentOf(currency), exponentAtStripe(currency)];
  const said = `${formatAmount({ amount, currency })} ${currency}`;
  if (ours > theirs && amount % 10n ** BigInt(ours - theirs) !== 0n) return `${said} has a part that Stripe cannot take in ${currency}`;
  if (theirs === 3 && amount % 10n !== 0n) return `${said} must end in 0 for Stripe to take it`;
  if (scaled(amount, ours, theirs) > LARGEST) return `${said} is more than Stripe takes at once`;
  return null;
}

/** @throws RangeError for what `unchargeable` names */
export function toStripe(value: Money): number {
  const refused = unchargeable(value);
  if (refused !== null) throw new RangeError(refused);
  return Number(scaled(value.amount, exponentOf(value.currency), exponentAtStripe(value.currency)));
}

/** `currency` as Stripe writes it, in small letters. */
export function fromStripe(amount: number, currency: string): Money {
  const code = currency.toUpperCase();
  return money(scaled(BigInt(amount), exponentAtStripe(code), exponentOf(code)), code);
}

function scaled(amount: bigint, from: number, to: number): bigint {
  return to >= from ? amount * 10n ** BigInt(to - from) : amount / 10n ** BigInt(from - to);
}
