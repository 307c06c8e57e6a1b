/** Credit: money of an organization that Plinth holds, by currency. A means of payment, never a discount. */
import { formatAmount } from '../../../contract/money.ts';
import type { Db } from '../../kernel/database.ts';
import { refuseField } from '../../kernel/problem.ts';
import { insertCreditEntry, lockBalance } from './store.ts';

/** Why credit came or went; `unapplied` came back from an invoice that a person took it off. */
export type CreditKind =
  | 'topup'
  | 'downgrade'
  | 'overpayment'
  | 'goodwill'
  | 'applied'
  | 'refunded'
  | 'expired'
  | 'cancellation'
  | 'void'
  | 'unapplied';

export interface CreditChange {
  readonly organizationId: string;
  readonly currency: string;
  /** Positive: it comes; negative: it goes. */
  readonly amount: bigint;
  readonly kind: CreditKind;
  /** What it is of: the same cause changes the balance once, however often it is told. */
  readonly causeKey: string;
  readonly invoiceId?: string | null;
  readonly note?: string | null;
  readonly actor: string;
  readonly at: Date;
}

/** The id of the entry; null when that cause was counted already. @throws Refusal when the balance would fall below zero. */
export async function changeCredit(tx: Db, change: CreditChange): Promise<string | null> {
  if (change.amount === 0n) return null;
  if (change.amount < 0n) {
    const balance = await lockBalance(tx, change.organizationId, change.currency);
    if (balance + change.amount < 0n)
      throw refuseField(
        'amount',
        `is more than the credit of ${formatAmount({ amount: balance, currency: change.currency })} ${change.currency}`,
        'Take at most what is there.',
        409,
        'credit_insufficient',
      );
  }
  return await insertCreditEntry(tx, { ...change, invoiceId: change.invoiceId ?? null, note: change.note ?? null });
}
