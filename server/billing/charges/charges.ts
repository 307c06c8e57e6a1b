/**
 * Asking for money without the payer. The attempt's row is the request: the worker of payments makes the call, with the
 * attempt's id as its key, so that it happens once however often anything is repeated.
 */
import { timeNow } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/database.ts';
import { listSeries } from '../invoices/numbers-store.ts';
import { dueOf, isPayable, mustLockInvoice } from '../invoices/settle.ts';
import { defaultMethod, insertAttempt, openAttempt, type PaymentAttempt } from './store.ts';

/** `INV-2027:13 CN-2027:4`: the next number of each series. */
export async function numbersSoFar(db: Db): Promise<string> {
  return (await listSeries(db)).map(({ name, year, next }) => `${name}-${year}:${next}`).join(' ');
}

/** Why nothing was asked for. */
export type NoCharge = 'settled' | 'held' | 'in_progress' | 'no_method';

/**
 * Charges what an invoice owes by the organization's default method, soon.
 * @param at business time: an invoice on hold then is left alone
 */
export async function requestCharge(tx: Db, invoiceId: string, at: Date, actor: string): Promise<PaymentAttempt | NoCharge> {
  const invoice = await mustLockInvoice(tx, invoiceId);
  const due = dueOf(invoice);
  if (!isPayable(invoice) || due === 0n) return 'settled';
  if (invoice.collectionHoldUntil !== null && invoice.collectionHoldUntil > at) return 'held';
  if (await openAttempt(tx, invoiceId)) return 'in_progress';
  const method = await defaultMethod(tx, invoice.organizationId);
  if (!method) return 'no_method';
  const { organizationId, currency } = invoice;
  return await insertAttempt(tx, {
    organizationId,
    invoiceId,
    provider: method.provider,
    amount: due,
    currency,
    kind: 'off_session',
    methodId: method.id,
    numbers: await numbersSoFar(tx),
    nextPollAt: timeNow(),
    actor,
  });
}
