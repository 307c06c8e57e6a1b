/**
 * Attempts: the row first, then the call with its id as the key, then what came of it. Whatever ends in between, the worker
 * goes on with the row: a call without an answer is repeated with the same key, never made anew.
 */
import { formatAmount } from '../../contract/money.ts';
import { insertAttempt, openAttempt } from '../billing/charges/store.ts';
import { numbersSoFar } from '../billing/charges/charges.ts';
import { dueOf, isPayable, mustLockInvoice } from '../billing/invoices/settle.ts';
import { invoiceById } from '../billing/invoices/store.ts';
import { wordsOf } from '../billing/invoices/document/words.ts';
import { profileOf } from '../billing/profile/profile.ts';
import { timeIn, timeNow } from '../kernel/clock.ts';
import { inTransaction } from '../kernel/database.ts';
import { globalSwitches } from '../kernel/kill-switches/kill-switches.ts';
import { notFound, Refusal } from '../kernel/problem.ts';
import { publicAddress } from '../kernel/public-address.ts';
import type { Scope } from '../kernel/listing.ts';
import type { Services } from '../kernel/services.ts';
import { customerOf, keepCustomer, methodById, methodRef } from './accounts-store.ts';
import { defaultTill, type Till, tillOf } from './accounts.ts';
import { type Applied, applyPayment } from './apply.ts';
import { requireFewDeclines } from './declines.ts';
import { type CheckoutState, PaymentCallError } from './provider.ts';
import { ENDED, type PaymentSource } from './record.ts';
import { attemptById, attemptBySession, changeAttempt, linkPayment, lockAttempt, mayMove, type PaymentAttempt } from './store.ts';

const MINUTE = 60_000;
/** How long nobody looks at a new attempt by itself: events are usually quicker. */
const FIRST_LOOK_MS = 2 * MINUTE;
const LOOK_MS = 5 * MINUTE;
/** A debit takes days. */
const SLOW_LOOK_MS = 60 * MINUTE;
const REPEAT_MS = 5_000;

export interface PayRequest {
  readonly invoiceId: string;
  readonly returnUrl: string;
  readonly saveMethod: boolean;
  readonly actor: string;
}

/**
 * A page where somebody pays what an invoice owes. Asked again while one is open, it is the same page.
 * @throws Refusal when nothing is owed, or a payment is under way that cannot be taken up again
 */
export async function startPayment(services: Services, scope: Scope, request: PayRequest): Promise<PaymentAttempt> {
  const till = await defaultTill(services, services.db);
  const attempt = await inTransaction(services.db, async (tx) => {
    if (!(await invoiceById(tx, scope, request.invoiceId))) throw notFound('invoice', request.invoiceId);
    const invoice = await mustLockInvoice(tx, request.invoiceId);
    const due = dueOf(invoice);
    if (!isPayable(invoice) || due === 0n)
      throw new Refusal(409, 'invoice_settled', `This invoice is ${invoice.status}; nothing is owed for it.`);
    const open = await openAttempt(tx, invoice.id);
    if (open) return resumable(open, due);
    const { organizationId, currency } = invoice;
    await requireFewDeclines(tx, organizationId);
    const refused = till.provider.unchargeable({ amount: due, currency });
    if (refused !== null) throw new Refusal(409, 'amount_not_chargeable', `${refused}. Pay by transfer instead.`);
    const { leastMs, mostMs } = till.provider.pages;
    const lasts = Math.min(mostMs, Math.max(leastMs, invoice.status === 'draft' ? invoice.dueAt.getTime() - timeNow().getTime() : mostMs));
    return await insertAttempt(tx, {
      organizationId,
      invoiceId: invoice.id,
      provider: till.provider.id,
      amount: due,
      currency,
      kind: 'interactive',
      saveMethod: request.saveMethod,
      returnUrl: request.returnUrl,
      numbers: await numbersSoFar(tx),
      expiresAt: timeIn(lasts),
      nextPollAt: timeIn(FIRST_LOOK_MS),
      actor: request.actor,
    });
  });
  if (attempt.status === 'created') await pursue(services, attempt.id, 'poll');
  return (await attemptById(services.db, null, attempt.id))!;
}

function resumable(open: PaymentAttempt, due: bigint): PaymentAttempt {
  if (open.kind === 'interactive' && open.amount === due && open.status !== 'processing') return open;
  throw new Refusal(
    409,
    'payment_in_progress',
    `A payment of ${formatAmount({ amount: open.amount, currency: open.currency })} ${open.currency} is ${open.status === 'processing' ? 'being processed' : 'open'} for this invoice. Wait for it, or cancel it.`,
  );
}

/** Looks at one attempt, and does what is next for it. Safe to call at any time, from anywhere. */
export async function pursue(services: Services, attemptId: string, source: PaymentSource): Promise<Applied> {
  const attempt = await attemptById(services.db, null, attemptId);
  if (!attempt || attempt.kind === 'manual') return 'ignored';
  const till = await tillOf(services, services.db, attempt.provider);
  try {
    if (attempt.status === 'created') return (await waits(services, attempt)) ? 'ignored' : await begin(services, till, attempt, source);
    if (attempt.cancelRequested) await cancelAtProvider(till, attempt);
    return await look(services, till, attempt, source);
  } catch (error) {
    if (!(error instanceof PaymentCallError)) throw error;
    return await failedCall(services, attempt, error);
  }
}

/** While the database looks restored from the past nobody is charged unasked: it may have been done already. */
async function waits(services: Services, { id, kind }: PaymentAttempt): Promise<boolean> {
  if (kind !== 'off_session' || (await globalSwitches(services.db)).hold === null) return false;
  await changeAttempt(services.db, id, { nextPollAt: timeIn(MINUTE) });
  return true;
}

/** No answer: again with the same key. Refused: it will never be. */
async function failedCall(services: Services, { id, status }: PaymentAttempt, error: PaymentCallError): Promise<Applied> {
  services.log.warn({ attempt: id, fault: error.fault }, error.message);
  if (error.fault !== 'refused' || status !== 'created') {
    await changeAttempt(services.db, id, {
      nextPollAt: timeIn(error.fault === 'unknown' ? REPEAT_MS : MINUTE),
      failureMessage: error.message,
    });
    return 'ignored';
  }
  return await move(services, id, { ...ENDED, status: 'failed', failureCode: 'refused', failureMessage: error.message, retryable: false });
}

async function move(services: Services, id: string, change: Partial<PaymentAttempt> & { readonly status: string }): Promise<Applied> {
  return await inTransaction(services.db, async (tx) => {
    const locked = await lockAttempt(tx, id);
    if (!mayMove(locked.status, change.status)) return 'ignored';
    await changeAttempt(tx, id, change);
    return 'applied';
  });
}

async function begin(services: Services, till: Till, attempt: PaymentAttempt, source: PaymentSource): Promise<Applied> {
  const { id: attemptId, amount, currency, organizationId, invoiceId, numbers } = attempt;
  const invoice = (await invoiceById(services.db, null, invoiceId))!;
  // Settled otherwise since it was asked for, and the provider knows nothing of it yet.
  const needless = !isPayable(invoice) || dueOf(invoice) < amount;
  if (attempt.calledAt === null && (needless || attempt.cancelRequested))
    return await move(services, attemptId, { ...ENDED, status: 'cancelled' });
  const profile = await profileOf(services.db, organizationId);
  const customer = await customerAt(services, till, organizationId, profile);
  const words = wordsOf(profile.locale);
  const description = `${invoice.number === null ? words.proForma : `${words.invoice} ${invoice.number}`}`;
  if (attempt.calledAt === null) await changeAttempt(services.db, attemptId, { calledAt: timeNow() });
  const common = { attemptId, invoiceId, money: { amount, currency }, customer, description, numbers: numbers ?? '' };
  if (attempt.kind === 'off_session') {
    const method = attempt.methodId === null ? null : await methodById(services.db, null, attempt.methodId);
    if (!method)
      return await move(services, attemptId, {
        ...ENDED,
        status: 'failed',
        failureCode: 'no_method',
        failureMessage: 'The payment method is gone.',
        retryable: false,
      });
    const state = await till.client.charge({ ...common, method: methodRef(services.secrets, method) });
    if (!(await linkPayment(services.db, attempt, state.payment))) return 'unmatched';
    await changeAttempt(services.db, attemptId, { nextPollAt: timeIn(FIRST_LOOK_MS) });
    return await applyPayment(services, till, state, source);
  }
  const returnUrl = attempt.returnUrl ?? `${publicAddress(services.config)}/`;
  const page = { returnUrl, cancelUrl: returnUrl, expiresAt: attempt.expiresAt!, saveMethod: attempt.saveMethod, locale: profile.locale };
  const session = await till.client.checkout({ ...common, ...page });
  await changeAttempt(services.db, attemptId, { providerSession: session.session, url: session.url });
  await move(services, attemptId, { status: 'pending' });
  return await applySession(services, till, session, source);
}

async function customerAt(
  services: Services,
  { provider, client }: Till,
  organizationId: string,
  profile: { readonly name: string; readonly email: string | null; readonly version: number },
): Promise<string> {
  const known = await customerOf(services.db, services.secrets, organizationId, provider.id);
  if (known !== null) return known;
  const { name, email, version } = profile;
  const made = await client.customer({ key: `customer/${organizationId}/${version}`, organizationId, name, email });
  return await keepCustomer(services.db, services.secrets, organizationId, provider.id, made);
}

/** The customer at the provider, made when there is none. */
export async function ensureCustomer(services: Services, till: Till, organizationId: string): Promise<string> {
  return await customerAt(services, till, organizationId, await profileOf(services.db, organizationId));
}

async function look(services: Services, till: Till, attempt: PaymentAttempt, source: PaymentSource): Promise<Applied> {
  const wait = attempt.status === 'processing' ? SLOW_LOOK_MS : LOOK_MS;
  if (mayMove(attempt.status, 'failed')) await changeAttempt(services.db, attempt.id, { nextPollAt: timeIn(wait) });
  if (attempt.providerSession !== null)
    return await applySession(services, till, await till.client.checkoutState(attempt.providerSession), source);
  if (attempt.providerPayment === null) return 'ignored';
  return await applyPayment(services, till, await till.client.paymentState(attempt.providerPayment), source);
}

/** What a page came to. */
export async function applySession(services: Services, till: Till, session: CheckoutState, source: PaymentSource): Promise<Applied> {
  const attempt = await attemptBySession(services.db, till.provider.id, session.session);
  if (!attempt) return 'unmatched';
  if (session.payment !== null) {
    if (!(await linkPayment(services.db, attempt, session.payment))) return 'unmatched';
    const applied = await applyPayment(services, till, await till.client.paymentState(session.payment), source);
    if (applied === 'applied' || session.status !== 'expired') return applied;
  }
  if (session.status !== 'expired') return 'ignored';
  return await move(services, attempt.id, { ...ENDED, status: attempt.cancelRequested ? 'cancelled' : 'expired' });
}

/** Asks the provider to end it; what was paid meanwhile counts. */
async function cancelAtProvider(till: Till, attempt: PaymentAttempt): Promise<void> {
  try {
    if (attempt.providerSession !== null) await till.client.expireCheckout(attempt.providerSession);
    else if (attempt.providerPayment !== null) await till.client.cancelPayment(attempt.providerPayment);
  } catch (error) {
    // It has ended already, one way or the other: the look that follows tells which.
    if (!(error instanceof PaymentCallError) || error.fault !== 'refused') throw error;
  }
}

/** Ends an attempt that waits for its payer. */
export async function cancelAttempt(services: Services, scope: Scope, id: string): Promise<PaymentAttempt> {
  const attempt = await attemptById(services.db, scope, id);
  if (!attempt) throw notFound('payment attempt', id);
  if (attempt.status === 'processing')
    throw new Refusal(409, 'payment_in_progress', 'The bank is processing this payment; it cannot be cancelled any more.');
  if (!mayMove(attempt.status, 'cancelled')) return attempt;
  await changeAttempt(services.db, id, { cancelRequested: true, nextPollAt: timeNow() });
  await pursue(services, id, 'poll');
  return (await attemptById(services.db, scope, id))!;
}
