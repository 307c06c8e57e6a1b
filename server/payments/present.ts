/** Rows of payments to wire shapes. Provider's references stay inside. */
import type * as wire from '../../contract/payment.ts';
import { amountText, iso } from '../billing/money-field.ts';
import type { PaymentMethod } from './accounts-store.ts';
import type { Dispute, Refund } from './refunds-store.ts';
import type { Payment, PaymentAttempt } from './store.ts';

export function presentAttempt(attempt: PaymentAttempt): wire.PaymentAttempt {
  return {
    id: attempt.id,
    invoice_id: attempt.invoiceId,
    organization_id: attempt.organizationId,
    number: attempt.number,
    provider: attempt.provider,
    kind: attempt.kind,
    status: attempt.status,
    amount: amountText(attempt.amount, attempt.currency),
    currency: attempt.currency,
    url: attempt.url,
    requires_action: attempt.requiresAction,
    failure_code: attempt.failureCode,
    failure_message: attempt.failureMessage,
    retryable: attempt.retryable,
    expires_at: iso(attempt.expiresAt),
    created_at: attempt.createdAt.toISOString(),
  } as wire.PaymentAttempt;
}

export function presentPayment(payment: Payment): wire.Payment {
  const text = (amount: bigint): string => amountText(amount, payment.currency);
  return {
    id: payment.id,
    organization_id: payment.organizationId,
    invoice_id: payment.invoiceId,
    attempt_id: payment.attemptId,
    provider: payment.provider,
    amount: text(payment.amount),
    currency: payment.currency,
    refunded: text(payment.refunded),
    disputed: text(payment.disputed),
    reversed: text(payment.reversed),
    received_at: payment.receivedAt.toISOString(),
    source: payment.source,
    label: payment.label,
    created_at: payment.createdAt.toISOString(),
  } as wire.Payment;
}

export function presentRefund(refund: Refund): wire.Refund {
  return {
    id: refund.id,
    organization_id: refund.organizationId,
    payment_id: refund.paymentId,
    invoice_id: refund.invoiceId,
    credit_note_id: refund.creditNoteId,
    amount: amountText(refund.amount, refund.currency),
    currency: refund.currency,
    status: refund.status,
    reason: refund.reason,
    failure: refund.failure,
    source: refund.source,
    created_at: refund.createdAt.toISOString(),
  } as wire.Refund;
}

export function presentDispute(dispute: Dispute): wire.Dispute {
  return {
    id: dispute.id,
    organization_id: dispute.organizationId,
    payment_id: dispute.paymentId,
    amount: amountText(dispute.amount, dispute.currency),
    currency: dispute.currency,
    status: dispute.status,
    reason: dispute.reason,
    debt_invoice_id: dispute.debtInvoiceId,
    opened_at: dispute.openedAt.toISOString(),
    closed_at: iso(dispute.closedAt),
  } as wire.Dispute;
}

export function presentMethod(method: PaymentMethod): wire.PaymentMethod {
  return {
    id: method.id,
    organization_id: method.organizationId,
    provider: method.provider,
    brand: method.brand,
    last4: method.last4,
    exp_month: method.expMonth,
    exp_year: method.expYear,
    is_default: method.isDefault,
    created_at: method.createdAt.toISOString(),
  } as wire.PaymentMethod;
}
