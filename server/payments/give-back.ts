/**
 * What was paid for something that the customer does not get goes back: by the way it came as far as a payment provider can
 * do it, and to the balance otherwise. Booked in the transaction of its cause; the worker asks the provider afterwards, with
 * the refund's id as its key.
 */
import { once } from '../billing/effects-store.ts';
import { lockBalance } from '../billing/credit/store.ts';
import { issueCreditNote } from '../billing/invoices/credit-note.ts';
import { lockToSettle } from '../billing/invoices/settle.ts';
import type { Invoice } from '../billing/invoices/store.ts';
import { timeNow } from '../kernel/clock.ts';
import type { Db } from '../kernel/database.ts';
import type { HookSubject, Owed } from '../kernel/hooks.ts';
import type { Services } from '../kernel/services.ts';
import { paymentProvider } from './accounts.ts';
import { book, tellSettled } from './refunds.ts';
import { paymentsFor, paymentsTowards } from './refunds-store.ts';
import { lockPayment } from './store.ts';

type Hooked = Pick<Services, 'hooks'>;

export async function giveBack(services: Hooked, tx: Db, { invoiceId, owed, at }: HookSubject): Promise<void> {
  if (!owed || !(await once(tx, `give-back:${owed.cause}`, owed.reason, at))) return;
  const invoice = await lockToSettle(services, tx, invoiceId, at);
  if (!invoice) return;
  if (invoice.status === 'void') await ofVoid(services, tx, invoice, owed);
  else await ofPaid(services, tx, invoice, owed, at);
  await tellSettled(services, tx, invoiceId);
}

/** What a provider took is given back there, the rest of it, and what credit paid, to the balance. */
async function ofPaid(services: Hooked, tx: Db, invoice: Invoice, owed: Owed, at: Date): Promise<void> {
  const left = invoice.amountPaid;
  let rest = owed.gross === null || owed.gross > left ? left : owed.gross;
  for (const { id, amount } of owed.to === 'payer' ? await paymentsTowards(tx, invoice.id) : []) {
    const part = amount < rest ? amount : rest;
    if (part > 0n && (await refundPart(services, tx, id, part, owed, true))) rest -= part;
  }
  if (rest === 0n) return;
  const { reason, cause, actor } = owed;
  const of = { gross: rest };
  await issueCreditNote(services, tx, { invoiceId: invoice.id, of, reason, to: 'balance', causeKey: `give-back:${cause}`, at, actor });
}

/** Money that came when nothing was to be paid any more is credit already; as far as it is there still, it goes back. */
async function ofVoid(services: Hooked, tx: Db, invoice: Invoice, owed: Owed): Promise<void> {
  if (owed.to === 'balance') return;
  for (const { id, amount } of await paymentsFor(tx, invoice.id)) {
    const balance = await lockBalance(tx, invoice.organizationId, invoice.currency);
    if (balance >= amount) await refundPart(services, tx, id, amount, owed, false);
  }
}

/** False where no provider can give it back: it came by transfer. */
async function refundPart(services: Hooked, tx: Db, paymentId: string, amount: bigint, owed: Owed, keepCredit: boolean): Promise<boolean> {
  const payment = await lockPayment(tx, paymentId);
  const left = payment.amount - payment.refunded - payment.disputed - payment.reversed;
  if (!paymentProvider(payment.provider) || amount > left) return false;
  const { organizationId, currency, provider } = payment;
  const { reason, actor } = owed;
  const row = { organizationId, paymentId, amount, currency, provider, providerId: null, reason, source: 'order', actor };
  await book(services, tx, payment, { ...row, status: 'pending', nextPollAt: timeNow() }, { keepCredit });
  return true;
}

export function registerPayments(services: Services): void {
  services.hooks.register('refund.owed', 'payments', (tx, subject) => giveBack(services, tx, subject));
}
