/** Money that came by another way than a provider, booked by a person through the one `recordPayment`. */
import { formatAmount, type Money } from '../../contract/money.ts';
import { invoiceById } from '../billing/invoices/store.ts';
import { businessNow } from '../kernel/business-clock.ts';
import type { Db } from '../kernel/database.ts';
import { notFound, refuseField } from '../kernel/problem.ts';
import type { Services } from '../kernel/services.ts';
import { BANK } from './accounts.ts';
import { recordPayment } from './record.ts';
import { type Payment, paymentByProvider } from './store.ts';

/** A transfer's own name: a reference may be used again for another invoice. */
export const transferId = (invoiceId: string, reference: string): string => `${invoiceId}/${reference}`;

export interface Transfer {
  readonly invoiceId: string;
  /** What the transfer said: with the invoice it is the payment's name. */
  readonly reference: string;
  readonly money: Money;
  readonly receivedAt: Date | undefined;
  readonly actor: string;
}

/** @throws Refusal when the currency is not the invoice's, or the reference was booked with another amount */
export async function recordTransfer(
  services: Pick<Services, 'hooks'>,
  tx: Db,
  { invoiceId, reference, money, receivedAt, actor }: Transfer,
): Promise<Payment> {
  const invoice = await invoiceById(tx, null, invoiceId);
  if (!invoice) throw notFound('invoice', invoiceId);
  const { organizationId, currency } = invoice;
  if (money.currency !== currency)
    throw refuseField(
      'currency',
      `is not the invoice's, ${currency}`,
      'Book it in the currency that was paid, on an invoice of that currency.',
      409,
      'currency_mismatch',
    );
  const providerPaymentId = transferId(invoiceId, reference);
  const recorded = await recordPayment(services, tx, {
    organizationId,
    invoiceId,
    attemptId: null,
    provider: BANK,
    providerPaymentId,
    money,
    receivedAt: receivedAt ?? (await businessNow(tx, organizationId)),
    source: 'staff',
    label: reference,
    actor,
  });
  if (recorded) return recorded.payment;
  const known = (await paymentByProvider(tx, BANK, providerPaymentId))!;
  if (known.amount === money.amount) return known;
  throw refuseField(
    'reference',
    `was booked for this invoice with ${formatAmount({ amount: known.amount, currency })} ${currency}`,
    'Use another reference for another transfer.',
    409,
    'reference_taken',
  );
}
