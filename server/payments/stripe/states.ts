/** Stripe's objects as our states. */
import type Stripe from 'stripe';
import type { CheckoutState, DisputeState, Failure, MethodState, PaymentState, PaymentStatus, RefundState } from '../provider.ts';
import { fromStripe } from './amounts.ts';

export const ATTEMPT = 'plinth_attempt';
export const INVOICE = 'plinth_invoice';
export const NUMBERS = 'plinth_numbers';
export const REFUND = 'plinth_refund';

const idOf = (value: string | { readonly id: string } | null | undefined): string | null =>
  typeof value === 'string' ? value : (value?.id ?? null);
const at = (seconds: number): Date => new Date(seconds * 1000);

const STATUSES: Readonly<Record<string, PaymentStatus>> = {
  requires_payment_method: 'waiting',
  requires_confirmation: 'waiting',
  requires_action: 'waiting',
  requires_capture: 'processing',
  processing: 'processing',
  succeeded: 'succeeded',
  canceled: 'cancelled',
};

/** Codes after which the same card will not do [docs.stripe.com/declines/codes]. */
const FINAL = new Set(
  'stolen_card lost_card pickup_card restricted_card expired_card incorrect_number invalid_account card_not_supported do_not_try_again transaction_not_allowed stop_payment_order revocation_of_authorization revocation_of_all_authorizations new_account_information_available security_violation fraudulent merchant_blacklist'.split(
    ' ',
  ),
);

/**
 * @param alone nobody is there to try another method: an attempt that waits for one has failed
 */
export function paymentState(intent: Stripe.PaymentIntent, alone: boolean): PaymentState {
  const failure = failureOf(intent);
  const waits = STATUSES[intent.status] ?? 'waiting';
  const status = waits === 'waiting' && alone && failure !== null ? 'failed' : waits;
  const charge = typeof intent.latest_charge === 'object' ? intent.latest_charge : null;
  return {
    payment: intent.id,
    status,
    money: fromStripe(status === 'succeeded' ? intent.amount_received : intent.amount, intent.currency),
    attemptId: intent.metadata[ATTEMPT] ?? null,
    numbers: intent.metadata[NUMBERS] ?? null,
    invoiceId: intent.metadata[INVOICE] ?? null,
    customer: idOf(intent.customer),
    createdAt: at(intent.created),
    failure,
    actionUrl: intent.next_action?.redirect_to_url?.url ?? null,
    method: typeof intent.payment_method === 'object' && intent.payment_method !== null ? methodState(intent.payment_method) : null,
    label: labelOf(charge),
  };
}

function failureOf({ last_payment_error: error }: Stripe.PaymentIntent): Failure | null {
  if (!error) return null;
  const code = error.decline_code ?? error.code ?? 'declined';
  const needsPayer = code === 'authentication_required' || error.code === 'authentication_required';
  return { code, message: error.message ?? 'The payment was declined.', retryable: !needsPayer && !FINAL.has(code), needsPayer };
}

function labelOf(charge: Stripe.Charge | null): string | null {
  const details = charge?.payment_method_details;
  if (details?.card) return `${details.card.brand ?? 'card'} ${details.card.last4 ?? ''}`.trim();
  if (details?.sepa_debit) return `sepa_debit ${details.sepa_debit.last4 ?? ''}`.trim();
  return details?.type ?? null;
}

export function methodState(method: Stripe.PaymentMethod): MethodState {
  const { card, sepa_debit: debit } = method;
  return {
    ref: method.id,
    customer: idOf(method.customer),
    brand: card?.brand ?? method.type,
    last4: card?.last4 ?? debit?.last4 ?? '',
    expMonth: card?.exp_month ?? null,
    expYear: card?.exp_year ?? null,
  };
}

export function checkoutState(session: Stripe.Checkout.Session): CheckoutState {
  return {
    session: session.id,
    status: session.status === 'complete' ? 'complete' : session.status === 'expired' ? 'expired' : 'open',
    url: session.url ?? null,
    payment: idOf(session.payment_intent),
    setup: idOf(session.setup_intent),
    attemptId: session.metadata?.[ATTEMPT] ?? null,
    expiresAt: at(session.expires_at),
  };
}

export function refundState(refund: Stripe.Refund): RefundState {
  const { status } = refund;
  return {
    refund: refund.id,
    payment: idOf(refund.payment_intent) ?? '',
    money: fromStripe(refund.amount, refund.currency),
    status: status === 'succeeded' ? 'succeeded' : status === 'failed' || status === 'canceled' ? 'failed' : 'pending',
    failure: refund.failure_reason ?? null,
    refundId: refund.metadata?.[REFUND] ?? null,
    createdAt: at(refund.created),
  };
}

export function disputeState(dispute: Stripe.Dispute): DisputeState {
  const ended = dispute.status === 'won' || dispute.status === 'lost';
  return {
    dispute: dispute.id,
    payment: idOf(dispute.payment_intent) ?? '',
    money: fromStripe(dispute.amount, dispute.currency),
    // An inquiry that was closed took nothing.
    status: dispute.status === 'warning_closed' ? 'won' : ended ? (dispute.status as 'won' | 'lost') : 'open',
    reason: dispute.reason,
    createdAt: at(dispute.created),
  };
}
