/** Amounts of requests, and moments of answers. */
import { formatAmount, money, MoneyError, parseMoney } from '../../contract/money.ts';
import { refuseField } from '../kernel/problem.ts';

/** @throws Refusal that names the field when it has more digits than the currency */
export function amountOf(field: string, text: string, currency: string): bigint {
  try {
    return parseMoney(text, currency).amount;
  } catch (error) {
    if (!(error instanceof MoneyError)) throw error;
    throw refuseField(field, error.message, 'Send as many digits after the point as the currency has.');
  }
}

/** `12.50` */
export const amountText = (amount: bigint, currency: string): string => formatAmount(money(amount, currency));
export const iso = (at: Date | null): string | null => at?.toISOString() ?? null;
export const isoDay = (at: Date | null): string | null => at?.toISOString().slice(0, 10) ?? null;
