/**
 * What a provider says of a payment, applied. The attempt's row decides whose it is and what it is for; what a provider gives
 * back as our own is only a hint. States move forward: what arrives late or again changes nothing.
 */
import { businessNow } from '../kernel/business-clock.ts';
import { type Db, inTransaction } from '../kernel/database.ts';
import { emit } from '../kernel/events/emit.ts';
import type { HookSubject } from '../kernel/hooks.ts';
import type { Services } from '../kernel/services.ts';
import { lockToSettle, subjectOf } from '../billing/invoices/settle.ts';
import { keepMethod } from './accounts-store.ts';
import type { Till } from './accounts.ts';
import type { PaymentState } from './provider.ts';
import { ENDED, type PaymentSource, recordPayment } from './record.ts';
import { reversePayment } from './reverse.ts';
import {
  attemptById,
  attemptByPayment,
  changeAttempt,
  linkPayment,
  lockAttempt,
  mayMove,
  paymentByProvider,
  type PaymentAttempt,
} from './store.ts';

/** `unmatched`: no attempt of ours has it. */
export type Applied = 'applied' | 'ignored' | 'unmatched';

/** The attempt whose payment that is, by our own record; null: none. */
export async function attemptOf(services: Services, { provider, client }: Till, state: PaymentState): Promise<PaymentAttempt | null> {
  const known = await attemptByPayment(services.db, provider.id, state.payment);
  if (known || state.attemptId === null) return known;
  const hinted = await attemptById(services.db, null, state.attemptId);
  if (!hinted || hinted.provider !== provider.id) return null;
  // Whoever can write metadata could name any attempt: its own session must name this payment too.
  if (hinted.providerSession !== null) {
    const session = await client.checkoutState(hinted.providerSession);
    return session.payment === state.payment ? await linkPayment(services.db, hinted, state.payment) : null;
  }
  // A charge whose answer was lost: nothing but the attempt's key can have made it for this very amount.
  const asked = state.status === 'succeeded' || hinted.amount === state.money.amount;
  return hinted.kind === 'off_session' && asked && hinted.currency === state.money.currency
    ? await linkPayment(services.db, hinted, state.payment)
    : null;
}

export async function applyPayment(services: Services, till: Till, state: PaymentState, source: PaymentSource): Promise<Applied> {
  const attempt = await attemptOf(services, till, state);
  if (!attempt) return 'unmatched';
  const applied = await inTransaction(services.db, (tx) => applyLocked(services, tx, till, attempt.id, state, source));
  if (state.status === 'succeeded' && attempt.saveMethod && state.method)
    await inTransaction(services.db, (tx) => keepMethod(tx, services.secrets, attempt.organizationId, till.provider.id, state.method!));
  return applied;
}

async function applyLocked(
  services: Services,
  tx: Db,
  { provider }: Till,
  attemptId: string,
  state: PaymentState,
  source: PaymentSource,
): Promise<Applied> {
  const unlocked = (await attemptById(tx, null, attemptId))!;
  const invoice = (await lockToSettle(services, tx, unlocked.invoiceId, await businessNow(tx, unlocked.organizationId)))!;
  const attempt = await lockAttempt(tx, attemptId);
  if (state.status === 'succeeded') {
    const recorded = await recordPayment(services, tx, {
      organizationId: attempt.organizationId,
      invoiceId: attempt.invoiceId,
      attemptId,
      provider: provider.id,
      providerPaymentId: state.payment,
      money: state.money,
      receivedAt: await businessNow(tx, attempt.organizationId),
      source,
      label: state.label,
      actor: 'plinth',
    });
    return recorded === null ? 'ignored' : 'applied';
  }
  if (state.status === 'failed' || state.status === 'cancelled')
    return await ended(services, tx, attempt, state, subjectOf(invoice, await businessNow(tx, attempt.organizationId)));
  return await underWay(tx, attempt, state);
}

async function ended(services: Services, tx: Db, attempt: PaymentAttempt, state: PaymentState, subject: HookSubject): Promise<Applied> {
  const payment = await paymentByProvider(tx, attempt.provider, state.payment);
  // It had arrived, and the bank took it back.
  if (payment) return (await reversePayment(services, tx, payment, 'the bank took the payment back')) ? 'applied' : 'ignored';
  if (!mayMove(attempt.status, state.status)) return 'ignored';
  const { failure } = state;
  await changeAttempt(tx, attempt.id, {
    ...ENDED,
    status: state.status,
    failureCode: failure?.code ?? null,
    failureMessage: failure?.message ?? null,
    retryable: failure?.retryable ?? true,
  });
  if (attempt.kind === 'off_session' && state.status === 'failed') {
    await services.hooks.run('charge.failed', tx, { ...subject, retryable: failure?.retryable ?? true });
    await tellPayer(tx, attempt, failure?.needsPayer === true);
  }
  return 'applied';
}

/** A charge without the payer came to nothing, or waits for them. */
async function tellPayer(tx: Db, { id, organizationId, invoiceId }: PaymentAttempt, needsPayer: boolean): Promise<void> {
  const kind = needsPayer ? 'payment.needs-payer' : 'payment.failed';
  await emit(tx, { kind, organizationId, data: { attempt_id: id, invoice_id: invoiceId } });
}

/** Waiting for the payer, or for the bank. A decline on a page is told to the payer there, and they try again. */
async function underWay(tx: Db, attempt: PaymentAttempt, state: PaymentState): Promise<Applied> {
  const status = state.status === 'processing' ? 'processing' : 'pending';
  const moves = mayMove(attempt.status, status);
  if (!moves && attempt.status !== status) return 'ignored';
  await changeAttempt(tx, attempt.id, {
    status,
    requiresAction: state.actionUrl !== null,
    failureCode: state.failure?.code ?? null,
    failureMessage: state.failure?.message ?? null,
    ...(state.actionUrl === null ? {} : { url: state.actionUrl }),
  });
  if (attempt.kind === 'off_session' && state.actionUrl !== null && !attempt.requiresAction) await tellPayer(tx, attempt, true);
  return moves ? 'applied' : 'ignored';
}
