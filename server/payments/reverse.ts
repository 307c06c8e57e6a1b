/** Money that was booked and is taken back by a bank: a returned debit, or a lost dispute. The debt is asked for again. */
import { formatAmount } from '../../contract/money.ts';
import { issueDebt } from '../billing/invoices/issue.ts';
import { subjectOf } from '../billing/invoices/settle.ts';
import { type Invoice, lockInvoice } from '../billing/invoices/store.ts';
import { appendAudit } from '../kernel/audit.ts';
import { businessNow } from '../kernel/business-clock.ts';
import type { Db } from '../kernel/database.ts';
import { emit } from '../kernel/events/emit.ts';
import { raiseAlert } from '../kernel/kill-switches/store.ts';
import type { Services } from '../kernel/services.ts';
import { changePayment, lockPayment, type Payment } from './store.ts';

/** All that is left of a payment goes back, once. False when nothing was left. */
export async function reversePayment(services: Pick<Services, 'hooks'>, tx: Db, { id }: Payment, reason: string): Promise<boolean> {
  const payment = await lockPayment(tx, id);
  const left = payment.amount - payment.refunded - payment.disputed - payment.reversed;
  if (left === 0n) return false;
  await changePayment(tx, id, { reversed: payment.reversed + left });
  await askAgain(services, tx, payment, left, reason);
  return true;
}

/**
 * An invoice of kind debt over money that is lost; credit that the organization still has goes towards it at once.
 * @returns its id; null when the payment was for no invoice
 */
export async function askAgain(
  services: Pick<Services, 'hooks'>,
  tx: Db,
  payment: Payment,
  amount: bigint,
  reason: string,
): Promise<string | null> {
  const { organizationId, currency } = payment;
  const at = await businessNow(tx, organizationId);
  const said = `${formatAmount({ amount, currency })} ${currency}`;
  const of = payment.invoiceId === null ? null : await lockInvoice(tx, payment.invoiceId);
  const debt: Invoice | null = of
    ? await issueDebt(services, tx, of, { paymentId: payment.id, amount, reason, at, actor: 'plinth' })
    : null;
  if (of && debt) await services.hooks.run('invoice.reversed', tx, { ...subjectOf(of, at), debtInvoiceId: debt.id });
  await raiseAlert(tx, {
    kind: 'payment-lost',
    target: `payment:${payment.id}`,
    message: `${said} of a payment were taken back: ${reason}.${debt?.number ? ` Invoice ${debt.number} asks for it again.` : ''}`,
    data: { payment_id: payment.id, ...(debt ? { invoice_id: debt.id } : {}) },
  });
  await emit(tx, { kind: 'payment.lost', organizationId, data: { payment_id: payment.id, invoice_id: payment.invoiceId } });
  await appendAudit(tx, {
    actor: 'plinth',
    action: 'payment.lost',
    target: payment.id,
    organizationId,
    data: { amount: said, reason, debt: debt?.number ?? '' },
  });
  return debt?.id ?? null;
}
