/**
 * Refunds. The row, the credit note and what it takes from the balance are one transaction, before the provider is asked; the
 * refund's id is the key of the call. If the provider fails it, the note stands and the money is the customer's credit.
 */
import { formatAmount, type Money } from '../../contract/money.ts';
import { changeCredit } from '../billing/credit/credit.ts';
import { creditEntryByCause } from '../billing/credit/store.ts';
import { issueCreditNote } from '../billing/invoices/credit-note.ts';
import { subjectOf } from '../billing/invoices/settle.ts';
import { allocatedFrom, invoiceById, lockInvoice } from '../billing/invoices/store.ts';
import { appendAudit } from '../kernel/audit.ts';
import { businessNow } from '../kernel/business-clock.ts';
import { timeIn, timeNow } from '../kernel/clock.ts';
import { type Db, inTransaction } from '../kernel/database.ts';
import { emit } from '../kernel/events/emit.ts';
import { raiseAlert } from '../kernel/kill-switches/store.ts';
import type { Scope } from '../kernel/listing.ts';
import { notFound, refuseField } from '../kernel/problem.ts';
import type { Services } from '../kernel/services.ts';
import { BANK, type Till, tillOf } from './accounts.ts';
import { PaymentCallError, type RefundState } from './provider.ts';
import { changeRefund, insertRefund, lockRefund, pendingRefunds, type Refund, refundById, refundByProvider } from './refunds-store.ts';
import { changePayment, lockPayment, type Payment, paymentById, paymentByProvider } from './store.ts';

const REPEAT_MS = 5_000;
const LOOK_MS = 5 * 60_000;

type Hooked = Pick<Services, 'hooks'>;

export interface RefundRequest {
  readonly paymentId: string;
  readonly amount: bigint;
  readonly reason: string;
  readonly actor: string;
}

/** Invoice, then payment: everybody locks them in this order. */
async function lockBoth(tx: Db, found: Payment): Promise<Payment> {
  if (found.invoiceId !== null) await lockInvoice(tx, found.invoiceId);
  return await lockPayment(tx, found.id);
}

/**
 * Gives money back by the way it came; by a transfer of your own where it came by transfer.
 * @throws Refusal when less than that is left of the payment, or the credit that it became was spent
 */
export async function requestRefund(services: Services, request: RefundRequest): Promise<Refund> {
  return await followRefund(services, await inTransaction(services.db, (tx) => bookRefund(services, tx, request)));
}

/** The first half of it: what the payment loses is recorded, and nobody was asked yet. */
export async function bookRefund(services: Services, tx: Db, request: RefundRequest): Promise<Refund> {
  const found = await paymentById(tx, null, request.paymentId);
  if (!found) throw notFound('payment', request.paymentId);
  const payment = await lockBoth(tx, found);
  const byHand = payment.provider === BANK;
  const row = {
    organizationId: payment.organizationId,
    paymentId: payment.id,
    amount: request.amount,
    currency: payment.currency,
    provider: payment.provider,
  };
  return await book(services, tx, payment, {
    ...row,
    status: byHand ? 'succeeded' : 'pending',
    providerId: null,
    reason: request.reason,
    source: 'staff',
    actor: request.actor,
    nextPollAt: byHand ? null : timeNow(),
  });
}

/** The second: the provider is asked to give the money back. Answers what became of it so far. */
export async function followRefund(services: Services, refund: Refund): Promise<Refund> {
  if (refund.status === 'pending') await pursueRefund(services, refund.id);
  return (await refundById(services.db, null, refund.id))!;
}

type NewRefund = Parameters<typeof insertRefund>[1];

/**
 * What a refund takes: first what the payment left as credit, then what it put towards its invoice, by a credit note.
 * `keepCredit`: the credit stays as it is.
 */
export async function book(
  services: Hooked,
  tx: Db,
  payment: Payment,
  given: Omit<NewRefund, 'invoiceId' | 'creditNoteId'>,
  { keepCredit = false }: { readonly keepCredit?: boolean } = {},
): Promise<Refund> {
  const { amount, currency } = given;
  const left = payment.amount - payment.refunded - payment.disputed - payment.reversed;
  if (amount > left) {
    const said = `${formatAmount({ amount: left, currency })} ${currency}`;
    throw refuseField(
      'amount',
      `is more than the ${said} that are left of the payment`,
      'Give back at most that.',
      409,
      'refund_exceeds_payment',
    );
  }
  const allocations = await allocatedFrom(tx, payment.id);
  const towards = payment.invoiceId === null ? 0n : (allocations.get(payment.invoiceId) ?? 0n);
  const unspent = left - [...allocations.values()].reduce((sum, each) => sum + each, 0n);
  // Money that never found an invoice lies with the payment itself, unless it was made credit.
  const isCredit = payment.invoiceId !== null || (await creditEntryByCause(tx, `overpaid:${payment.id}`)) !== null;
  const spare = unspent < 0n || keepCredit ? 0n : unspent;
  const free = payment.invoiceId === null ? amount : spare < amount ? spare : amount;
  const corrected = amount - free;
  const at = await businessNow(tx, payment.organizationId);
  const refund = await insertRefund(tx, { ...given, invoiceId: payment.invoiceId, creditNoteId: null });
  if (isCredit && free > 0n)
    await changeCredit(tx, {
      organizationId: payment.organizationId,
      currency,
      amount: -free,
      kind: 'refunded',
      causeKey: `refund:${refund.id}`,
      invoiceId: payment.invoiceId,
      actor: given.actor,
      at,
    });
  if (corrected > towards)
    throw refuseField(
      'amount',
      'is more than this payment has put towards its invoice',
      'Give back at most that.',
      409,
      'refund_exceeds_payment',
    );
  const note =
    corrected === 0n
      ? null
      : await issueCreditNote(services, tx, {
          invoiceId: payment.invoiceId!,
          of: { gross: corrected },
          reason: given.reason,
          to: 'refund',
          refundId: refund.id,
          paymentId: payment.id,
          causeKey: `refund:${refund.id}`,
          at,
          actor: given.actor,
        });
  await changePayment(tx, payment.id, { refunded: payment.refunded + amount });
  const data = { amount: written({ amount, currency }), payment: payment.id, reason: given.reason, credit_note: note?.number ?? '' };
  await appendAudit(tx, {
    actor: given.actor,
    action: 'refund.requested',
    target: refund.id,
    organizationId: payment.organizationId,
    data,
  });
  if (refund.status !== 'pending')
    await emit(tx, {
      kind: 'refund.changed',
      organizationId: payment.organizationId,
      data: { refund_id: refund.id, payment_id: payment.id, status: refund.status },
    });
  return note === null ? refund : await changeRefund(tx, refund.id, { creditNoteId: note.id });
}

const written = (money: Money): string => `${formatAmount(money)} ${money.currency}`;

/** Asks the provider for it, or how it stands. Safe to call at any time. */
export async function pursueRefund(services: Services, id: string): Promise<void> {
  const refund = await refundById(services.db, null, id);
  if (!refund || refund.status !== 'pending') return;
  const till = await tillOf(services, services.db, refund.provider);
  const payment = (await paymentById(services.db, null, refund.paymentId))!;
  try {
    const state =
      refund.providerId === null
        ? await till.client.refund({
            refundId: id,
            payment: payment.providerPaymentId,
            money: { amount: refund.amount, currency: refund.currency },
          })
        : await till.client.refundState(refund.providerId);
    await inTransaction(services.db, (tx) => settleRefund(services, tx, id, state));
  } catch (error) {
    if (!(error instanceof PaymentCallError)) throw error;
    services.log.warn({ refund: id, fault: error.fault }, error.message);
    if (error.fault === 'refused' && refund.providerId === null)
      await inTransaction(services.db, (tx) => failRefund(services, tx, id, null, error.message));
    else await changeRefund(services.db, id, { nextPollAt: timeIn(error.fault === 'unknown' ? REPEAT_MS : LOOK_MS) });
  }
}

async function settleRefund(services: Hooked, tx: Db, id: string, state: RefundState): Promise<boolean> {
  if (state.status === 'failed')
    return await failRefund(services, tx, id, state.refund, state.failure ?? 'the provider could not give it back');
  const refund = await lockRefund(tx, id);
  // A refund may still fail days after it was called a success; the reverse is never told.
  if (refund.status !== 'pending') return false;
  const done = state.status === 'succeeded';
  await changeRefund(tx, id, { providerId: state.refund, status: state.status, nextPollAt: done ? null : timeIn(LOOK_MS) });
  if (!done) return refund.providerId === null;
  const { organizationId, amount, currency } = refund;
  await appendAudit(tx, {
    actor: 'plinth',
    action: 'refund.succeeded',
    target: id,
    organizationId,
    data: { amount: written({ amount, currency }) },
  });
  const status = 'succeeded';
  await emit(tx, { kind: 'refund.changed', organizationId, data: { refund_id: id, payment_id: refund.paymentId, status } });
  await tellSettled(services, tx, refund.invoiceId);
  return true;
}

/** Whoever waits for what goes back for an invoice is told when nothing of it is under way. */
export async function tellSettled(services: Hooked, tx: Db, invoiceId: string | null): Promise<void> {
  const invoice = invoiceId === null ? null : await invoiceById(tx, null, invoiceId);
  if (!invoice || (await pendingRefunds(tx, invoice.id)) > 0) return;
  await services.hooks.run('refund.settled', tx, subjectOf(invoice, await businessNow(tx, invoice.organizationId)));
}

/** Nothing went back: the money is the customer's still, as credit, since the credit note stands. */
async function failRefund(services: Hooked, tx: Db, id: string, providerId: string | null, why: string): Promise<boolean> {
  const found = (await refundById(tx, null, id))!;
  const payment = await lockBoth(tx, (await paymentById(tx, null, found.paymentId))!);
  const refund = await lockRefund(tx, id);
  if (refund.status === 'failed') return false;
  const { organizationId, amount, currency } = refund;
  await changeRefund(tx, id, { status: 'failed', failure: why, nextPollAt: null, ...(providerId === null ? {} : { providerId }) });
  await changePayment(tx, payment.id, { refunded: payment.refunded - amount });
  const at = await businessNow(tx, organizationId);
  if (payment.invoiceId !== null)
    await changeCredit(tx, {
      organizationId,
      currency,
      amount,
      kind: 'unapplied',
      causeKey: `refund-failed:${id}`,
      invoiceId: refund.invoiceId,
      note: 'a refund failed',
      actor: 'plinth',
      at,
    });
  const said = written({ amount, currency });
  await raiseAlert(tx, {
    kind: 'refund-failed',
    target: `refund:${id}`,
    message: `A refund of ${said} failed: ${why}. The customer has it as credit.`,
    data: { refund_id: id, payment_id: payment.id },
  });
  await appendAudit(tx, { actor: 'plinth', action: 'refund.failed', target: id, organizationId, data: { amount: said, why } });
  const status = 'failed';
  await emit(tx, { kind: 'refund.changed', organizationId, data: { refund_id: id, payment_id: refund.paymentId, status } });
  await tellSettled(services, tx, refund.invoiceId);
  return true;
}

/** What a provider says of a refund, whoever made it. `unmatched`: of a payment that is none of ours. */
export async function applyRefund(
  services: Services,
  { provider }: Till,
  state: RefundState,
  source: 'provider' | 'restore' = 'provider',
): Promise<'applied' | 'ignored' | 'unmatched'> {
  return await inTransaction(services.db, async (tx) => {
    const found = await paymentByProvider(tx, provider.id, state.payment);
    if (!found) return 'unmatched';
    const payment = await lockBoth(tx, found);
    const own = state.refundId === null ? null : await refundById(tx, null, state.refundId);
    // Our own by its row, not by what it says of itself.
    const known =
      (await refundByProvider(tx, provider.id, state.refund)) ??
      (own?.paymentId === payment.id && own.amount === state.money.amount ? own : null);
    if (known) return (await settleRefund(services, tx, known.id, state)) ? 'applied' : 'ignored';
    if (state.status === 'failed') return 'ignored';
    await elsewhere(services, tx, payment, state, source);
    return 'applied';
  });
}

/** Somebody gave money back in the provider's own pages. */
async function elsewhere(services: Hooked, tx: Db, payment: Payment, state: RefundState, source: 'provider' | 'restore'): Promise<void> {
  const { organizationId, id: paymentId, provider } = payment;
  const { amount, currency } = state.money;
  const reason = 'refunded at the payment provider';
  const row = {
    organizationId,
    paymentId,
    amount,
    currency,
    provider,
    providerId: state.refund,
    reason,
    source,
    actor: 'plinth',
  };
  const pending = state.status === 'pending';
  const refund = await book(services, tx, payment, { ...row, status: state.status, nextPollAt: pending ? timeIn(LOOK_MS) : null });
  await raiseAlert(tx, {
    kind: 'refund-elsewhere',
    target: `refund:${refund.id}`,
    message: `${written(state.money)} were given back in the payment provider's own pages. They are booked; decide what becomes of the service.`,
    data: { refund_id: refund.id, payment_id: paymentId },
  });
}

/** @throws Refusal when there is none that the scope may see */
export async function mustPayment(db: Db, scope: Scope, id: string): Promise<Payment> {
  const payment = await paymentById(db, scope, id);
  if (!payment) throw notFound('payment', id);
  return payment;
}
