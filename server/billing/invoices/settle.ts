/**
 * How an invoice's state moves: money and credit are put towards it, and it is paid by the one that settles it. The row is
 * locked first, then the balance, then the number's series, then the audit trail: everybody takes them in that order.
 */
import { appendAudit } from '../../kernel/audit.ts';
import type { Db } from '../../kernel/database.ts';
import { emit } from '../../kernel/events/emit.ts';
import type { HookSubject } from '../../kernel/hooks.ts';
import { notFound, Refusal } from '../../kernel/problem.ts';
import type { Services } from '../../kernel/services.ts';
import { formatAmount } from '../../../contract/money.ts';
import { changeCredit } from '../credit/credit.ts';
import { insertCreditEntry, lockBalance } from '../credit/store.ts';
import { takeNumber } from './numbers-store.ts';
import { changeInvoice, insertAllocation, type Invoice, invoiceById, lockInvoice } from './store.ts';

type Hooked = Pick<Services, 'hooks'>;

/** What is still owed. */
export function dueOf({ total, amountPaid, amountCredited }: Pick<Invoice, 'total' | 'amountPaid' | 'amountCredited'>): bigint {
  return total - amountPaid - amountCredited;
}

/** Whether money can be put towards it: a draft is payable as a pro forma, and gets its number when it is paid. */
export function isPayable({ status }: Pick<Invoice, 'status'>): boolean {
  return status === 'draft' || status === 'open' || status === 'uncollectible';
}

export async function mustLockInvoice(tx: Db, id: string): Promise<Invoice> {
  const invoice = await lockInvoice(tx, id);
  if (!invoice) throw notFound('invoice', id);
  return invoice;
}

/**
 * Locks an invoice for money that came. What belongs to it (an order) is locked before it, as everybody does.
 * @returns null when there is none
 */
export async function lockToSettle(services: Hooked, tx: Db, id: string, at: Date): Promise<Invoice | null> {
  const found = await invoiceById(tx, null, id);
  if (!found) return null;
  await services.hooks.run('invoice.settling', tx, subjectOf(found, at));
  return await lockInvoice(tx, id);
}

export interface Means {
  readonly paymentId?: string;
  readonly creditEntryId?: string;
  /** The same cause is counted once. */
  readonly causeKey: string;
  readonly at: Date;
  readonly actor: string;
}

/**
 * Puts an amount of at most what is due towards a locked, payable invoice, and settles it when nothing is left.
 * @returns the invoice as it is then.
 */
export async function putTowards(services: Hooked, tx: Db, invoice: Invoice, amount: bigint, means: Means): Promise<Invoice> {
  if (!isPayable(invoice) || amount > dueOf(invoice) || amount < 0n)
    throw new Error(`${amount} cannot be put towards invoice ${invoice.id}, which is ${invoice.status} with ${dueOf(invoice)} due.`);
  if (amount > 0n) {
    const { paymentId = null, creditEntryId = null, causeKey, at } = means;
    if (!(await insertAllocation(tx, { invoiceId: invoice.id, paymentId, creditEntryId, amount, causeKey, at }))) return invoice;
  }
  const amountPaid = invoice.amountPaid + amount;
  if (amountPaid + invoice.amountCredited < invoice.total) return await changeInvoice(tx, invoice.id, { amountPaid });
  return await becomePaid(services, tx, invoice, { amountPaid }, means.at, means.actor);
}

/** Settled: numbered if it was a draft, and told to whom it concerns in the same transaction. */
async function becomePaid(
  services: Hooked,
  tx: Db,
  invoice: Invoice,
  amounts: Partial<Pick<Invoice, 'amountPaid' | 'amountCredited'>>,
  at: Date,
  actor: string,
): Promise<Invoice> {
  const numbered = invoice.number === null ? await takeNumber(tx, 'INV', at, invoice.timeZone) : {};
  const paid = await changeInvoice(tx, invoice.id, {
    ...amounts,
    ...numbered,
    status: 'paid',
    paidAt: at,
    nextEvent: null,
    nextEventAt: null,
  });
  const data = { invoice_id: paid.id, status: paid.status };
  if (invoice.number === null) await emit(tx, { kind: 'invoice.issued', organizationId: paid.organizationId, data });
  await emit(tx, { kind: 'invoice.paid', organizationId: paid.organizationId, data });
  if (paid.kind === 'topup') await topUp(tx, paid, at, actor);
  await services.hooks.run('invoice.paid', tx, subjectOf(paid, at));
  await appendAudit(tx, {
    actor,
    action: 'invoice.paid',
    target: paid.id,
    organizationId: paid.organizationId,
    data: { number: paid.number!, total: `${formatAmount({ amount: paid.total, currency: paid.currency })} ${paid.currency}` },
  });
  return paid;
}

/** What was paid for credit is credit. */
async function topUp(tx: Db, { id, organizationId, currency, total }: Invoice, at: Date, actor: string): Promise<void> {
  await changeCredit(tx, { organizationId, currency, amount: total, kind: 'topup', causeKey: `topup:${id}`, invoiceId: id, actor, at });
}

export function subjectOf({ id, organizationId, kind, orderId, subscriptionId }: Invoice, at: Date): HookSubject {
  return { invoiceId: id, organizationId, kind, orderId, subscriptionId, at };
}

/** Credit of the invoice's currency goes towards it, as far as it reaches. A top-up is never paid by credit. */
export async function applyCredit(services: Hooked, tx: Db, invoice: Invoice, at: Date, actor: string): Promise<Invoice> {
  if (invoice.kind === 'topup' || !isPayable(invoice) || dueOf(invoice) === 0n) return invoice;
  const { organizationId, currency } = invoice;
  const balance = await lockBalance(tx, organizationId, currency);
  const amount = balance < dueOf(invoice) ? balance : dueOf(invoice);
  if (amount === 0n) return invoice;
  const causeKey = `applied:${invoice.id}:${invoice.version}`;
  const entry = { organizationId, currency, amount: -amount, kind: 'applied', invoiceId: invoice.id, causeKey, note: null, actor, at };
  const creditEntryId = await insertCreditEntry(tx, entry);
  if (creditEntryId === null) return invoice;
  return await putTowards(services, tx, invoice, amount, { creditEntryId, causeKey, at, actor });
}

/** A lower debt without money: what a credit note takes off an invoice that is not paid. */
export async function lowerDue(services: Hooked, tx: Db, invoice: Invoice, credited: bigint, at: Date, actor: string): Promise<Invoice> {
  const amountCredited = invoice.amountCredited + credited;
  if (isPayable(invoice) && invoice.amountPaid + amountCredited === invoice.total)
    return await becomePaid(services, tx, invoice, { amountCredited }, at, actor);
  return await changeInvoice(tx, invoice.id, { amountCredited });
}

/** Nothing is owed for it any more; what was put towards it becomes credit. @throws Refusal when it is paid. */
export async function voidInvoice(
  services: Hooked,
  tx: Db,
  id: string,
  { at, actor, reason }: { readonly at: Date; readonly actor: string; readonly reason: string },
): Promise<Invoice> {
  const invoice = await mustLockInvoice(tx, id);
  if (invoice.status === 'void') return invoice;
  if (invoice.status !== 'draft' && invoice.status !== 'open')
    throw new Refusal(409, 'invoice_settled', `This invoice is ${invoice.status}. What is wrong with it is corrected by a credit note.`);
  await takeOffToCredit(tx, invoice, `void:${id}`, 'void', at, actor);
  const voided = await changeInvoice(tx, id, { status: 'void', voidedAt: at, amountPaid: 0n, nextEvent: null, nextEventAt: null });
  await services.hooks.run('invoice.voided', tx, subjectOf(voided, at));
  const { organizationId, number } = voided;
  await emit(tx, { kind: 'invoice.voided', organizationId, data: { invoice_id: id, status: voided.status } });
  await appendAudit(tx, { actor, action: 'invoice.voided', target: id, organizationId, data: { number: number ?? 'draft', reason } });
  return voided;
}

async function takeOffToCredit(tx: Db, invoice: Invoice, causeKey: string, kind: 'void', at: Date, actor: string): Promise<void> {
  const { id: invoiceId, organizationId, currency, amountPaid: amount } = invoice;
  if (amount === 0n) return;
  const creditEntryId = await changeCredit(tx, { organizationId, currency, amount, kind, causeKey, invoiceId, actor, at });
  await insertAllocation(tx, { invoiceId, paymentId: null, creditEntryId, amount: -amount, causeKey, at });
}

/** Staff gives up hope; the customer can still pay it. */
export async function writeOff(
  tx: Db,
  id: string,
  { at, actor, reason }: { readonly at: Date; readonly actor: string; readonly reason: string },
): Promise<Invoice> {
  const invoice = await mustLockInvoice(tx, id);
  if (invoice.status !== 'open')
    throw new Refusal(409, 'invoice_not_open', `This invoice is ${invoice.status}; only an open one is written off.`);
  const written = await changeInvoice(tx, id, { status: 'uncollectible', nextEvent: null, nextEventAt: null });
  const { organizationId, number } = written;
  await appendAudit(tx, {
    actor,
    action: 'invoice.written-off',
    target: id,
    organizationId,
    data: { number: number!, reason, at: at.toISOString() },
  });
  return written;
}
