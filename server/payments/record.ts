/**
 * The one way in which money is booked, whoever tells of it: a provider's event, the poll, a person, a restore. Of one payment
 * of a provider there is one row, and only who makes that row goes on to put it towards an invoice.
 */
import { formatAmount, type Money } from '../../contract/money.ts';
import { changeCredit } from '../billing/credit/credit.ts';
import { dueOf, isPayable, lockToSettle, putTowards, subjectOf } from '../billing/invoices/settle.ts';
import { type Invoice, lockInvoice, supersedingInvoice } from '../billing/invoices/store.ts';
import { appendAudit } from '../kernel/audit.ts';
import type { Db } from '../kernel/database.ts';
import { emit } from '../kernel/events/emit.ts';
import { raiseAlert } from '../kernel/kill-switches/store.ts';
import type { Services } from '../kernel/services.ts';
import { changeAttempt, insertPayment, lockAttempt, mayMove, type Payment } from './store.ts';

export type PaymentSource = 'webhook' | 'poll' | 'staff' | 'restore';

export interface Received {
  readonly organizationId: string;
  /** Whose invoice it is for; null: it stays with the organization as it is. */
  readonly invoiceId: string | null;
  readonly attemptId: string | null;
  readonly provider: string;
  readonly providerPaymentId: string;
  readonly money: Money;
  readonly receivedAt: Date;
  readonly source: PaymentSource;
  readonly label: string | null;
  readonly actor: string;
}

export interface Recorded {
  readonly payment: Payment;
  /** `credit`: nothing was due, all of it is the customer's; `unallocated`: nobody knows what for. */
  readonly outcome: 'paid' | 'partial' | 'credit' | 'unallocated';
  readonly invoice: Invoice | null;
}

/**
 * Books money in the caller's transaction: towards its invoice as far as something is due there, the rest to the balance. An
 * invoice that is settled by it is paid, and what follows from that happens in this same transaction.
 * @returns null when that payment was booked before
 */
export async function recordPayment(services: Pick<Services, 'hooks'>, tx: Db, received: Received): Promise<Recorded | null> {
  // Invoice, attempt, payment: everybody locks them in this order.
  const locked = received.invoiceId === null ? null : await lockToSettle(services, tx, received.invoiceId, received.receivedAt);
  const attempt = received.attemptId === null ? null : await lockAttempt(tx, received.attemptId);
  const { organizationId, provider, providerPaymentId, receivedAt, source, label, actor, money } = received;
  const fits =
    locked !== null &&
    locked.organizationId === organizationId &&
    locked.currency === money.currency &&
    (attempt === null || attempt.currency === money.currency);
  const payment = await insertPayment(tx, {
    organizationId,
    invoiceId: fits ? locked.id : null,
    attemptId: attempt?.id ?? null,
    provider,
    providerPaymentId,
    amount: money.amount,
    currency: money.currency,
    receivedAt,
    source,
    label,
    actor,
  });
  if (!payment) return null;
  if (attempt && mayMove(attempt.status, 'succeeded'))
    await changeAttempt(tx, attempt.id, { ...ENDED, status: 'succeeded', failureCode: null, failureMessage: null });
  const recorded = fits ? await towards(services, tx, payment, locked, received) : await unallocated(tx, payment, received, locked);
  const data = {
    amount: written(money),
    provider,
    source,
    outcome: recorded.outcome,
    invoice: recorded.invoice?.number ?? received.invoiceId ?? '',
  };
  await emit(tx, { kind: 'payment.received', organizationId, data: { payment_id: payment.id, invoice_id: payment.invoiceId } });
  await appendAudit(tx, { actor, action: 'payment.recorded', target: payment.id, organizationId, data });
  return recorded;
}

/** What an attempt that has ended looks like. */
export const ENDED = { nextPollAt: null, url: null, requiresAction: false } as const;

const written = (money: Money): string => `${formatAmount(money)} ${money.currency}`;

async function towards(services: Pick<Services, 'hooks'>, tx: Db, payment: Payment, given: Invoice, received: Received): Promise<Recorded> {
  const invoice = await payableAgain(services, tx, given, received.receivedAt);
  const due = isPayable(invoice) ? dueOf(invoice) : 0n;
  const amount = payment.amount < due ? payment.amount : due;
  const { receivedAt: at, actor } = received;
  const after =
    amount === 0n
      ? invoice
      : await putTowards(services, tx, invoice, amount, { paymentId: payment.id, causeKey: `payment:${payment.id}`, at, actor });
  await keepRest(tx, payment, after, payment.amount - amount, received);
  if (amount === 0n) return { payment, outcome: 'credit', invoice: after };
  return { payment, outcome: after.status === 'paid' ? 'paid' : 'partial', invoice: after };
}

/** Money for an invoice that is void: who cares for what it was for may take it up again, else it becomes credit. */
async function payableAgain(services: Pick<Services, 'hooks'>, tx: Db, invoice: Invoice, at: Date): Promise<Invoice> {
  if (invoice.status !== 'void') return invoice;
  const revived = await services.hooks.run('payment.late', tx, subjectOf(invoice, at));
  if (!revived) return invoice;
  // A void invoice stays void: who takes it up makes one that supersedes it.
  const successor = await supersedingInvoice(tx, invoice.id);
  return successor === null ? invoice : ((await lockInvoice(tx, successor)) ?? invoice);
}

async function keepRest(tx: Db, payment: Payment, invoice: Invoice, rest: bigint, { receivedAt: at, actor }: Received): Promise<void> {
  if (rest === 0n) return;
  const { organizationId, currency } = payment;
  await changeCredit(tx, {
    organizationId,
    currency,
    amount: rest,
    kind: 'overpayment',
    causeKey: `overpaid:${payment.id}`,
    invoiceId: invoice.id,
    actor,
    at,
  });
  if (rest < payment.amount) return;
  await raiseAlert(tx, {
    kind: 'payment-not-needed',
    target: `payment:${payment.id}`,
    message: `A payment of ${written({ amount: payment.amount, currency })} came for invoice ${invoice.number ?? invoice.id}, which is ${invoice.status}. It is kept as credit; refund it if the customer wants it back.`,
    data: { payment_id: payment.id, invoice_id: invoice.id },
  });
}

async function unallocated(tx: Db, payment: Payment, { money, invoiceId }: Received, invoice: Invoice | null): Promise<Recorded> {
  const expected = invoice === null ? 'no invoice' : `an invoice in ${invoice.currency}`;
  await raiseAlert(tx, {
    kind: 'payment-unallocated',
    target: `payment:${payment.id}`,
    message: `A payment of ${written(money)} has ${expected} to go to. It was booked and touches nothing else: refund it, or record what it was for.`,
    data: { payment_id: payment.id, ...(invoiceId === null ? {} : { invoice_id: invoiceId }) },
  });
  return { payment, outcome: 'unallocated', invoice: null };
}
