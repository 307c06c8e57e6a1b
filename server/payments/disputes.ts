/** Disputes: while one is open its amount is not ours; won it is again, lost it is asked for by a debt. */
import { formatAmount } from '../../contract/money.ts';
import { lockInvoice } from '../billing/invoices/store.ts';
import { appendAudit } from '../kernel/audit.ts';
import { timeNow } from '../kernel/clock.ts';
import { type Db, inTransaction } from '../kernel/database.ts';
import { emit } from '../kernel/events/emit.ts';
import { raiseAlert, resolveAlert } from '../kernel/kill-switches/store.ts';
import type { Services } from '../kernel/services.ts';
import type { Till } from './accounts.ts';
import type { DisputeState } from './provider.ts';
import { releaseDisputed, SUSPENDS_AFTER_MS } from './disputed-servers.ts';
import { changeDispute, type Dispute, disputeByProvider, insertDispute } from './refunds-store.ts';
import { askAgain } from './reverse.ts';
import { changePayment, lockPayment, type Payment, paymentByProvider } from './store.ts';

export async function applyDispute(
  services: Services,
  { provider }: Till,
  state: DisputeState,
  source: 'provider' | 'restore' = 'provider',
): Promise<'applied' | 'ignored' | 'unmatched'> {
  return await inTransaction(services.db, async (tx) => {
    const found = await paymentByProvider(tx, provider.id, state.payment);
    if (!found) return 'unmatched';
    if (found.invoiceId !== null) await lockInvoice(tx, found.invoiceId);
    const payment = await lockPayment(tx, found.id);
    const known = await disputeByProvider(tx, provider.id, state.dispute);
    const dispute = known ?? (await open(tx, payment, state));
    const ends = state.status !== 'open' && dispute.status === 'open';
    if (ends) await close(services, tx, await lockPayment(tx, payment.id), dispute, state);
    if (known && !ends) return 'ignored';
    // What a restored database had lost was told before.
    if (source === 'provider') await tellPayer(tx, payment, dispute.id, state.status);
    return 'applied';
  });
}

async function open(tx: Db, payment: Payment, state: DisputeState): Promise<Dispute> {
  const { organizationId, id: paymentId, provider, currency } = payment;
  const left = payment.amount - payment.refunded - payment.disputed - payment.reversed;
  // What was refunded meanwhile cannot be taken twice.
  const amount = state.money.amount < left ? state.money.amount : left;
  const dispute = await insertDispute(tx, {
    organizationId,
    paymentId,
    provider,
    currency,
    amount,
    providerId: state.dispute,
    reason: state.reason,
    openedAt: state.createdAt,
    suspendsAt: new Date(state.createdAt.getTime() + SUSPENDS_AFTER_MS),
  });
  await changePayment(tx, paymentId, { disputed: payment.disputed + amount });
  const written = (of: bigint): string => `${formatAmount({ amount: of, currency })} ${currency}`;
  const said = written(state.money.amount);
  const twice = state.money.amount - amount;
  const evidence = twice === 0n ? '' : ` ${written(twice)} of it had gone back before: name that as evidence, or it goes back twice.`;
  await raiseAlert(tx, {
    kind: 'payment-disputed',
    target: `dispute:${dispute.id}`,
    message: `A payment of ${said} is disputed (${state.reason}). Answer with evidence at the payment provider.${evidence}`,
    data: { dispute_id: dispute.id, payment_id: paymentId },
  });
  await appendAudit(tx, {
    actor: 'plinth',
    action: 'dispute.opened',
    target: dispute.id,
    organizationId,
    data: { amount: said, taken: written(amount), reason: state.reason },
  });
  return dispute;
}

async function close(services: Services, tx: Db, payment: Payment, dispute: Dispute, state: DisputeState): Promise<void> {
  const { status, money } = state;
  const closedAt = timeNow();
  const { organizationId } = payment;
  if (status === 'won') {
    await changePayment(tx, payment.id, { disputed: payment.disputed - dispute.amount });
    await changeDispute(tx, dispute.id, { status, closedAt, suspendsAt: null });
    await releaseDisputed(services, tx, dispute);
  } else {
    const reason = `the dispute was lost (${dispute.reason})`;
    const twice = money.amount - dispute.amount;
    // Only what was still ours is owed again; the rest the bank gave back a second time.
    const debtInvoiceId = dispute.amount === 0n ? null : await askAgain(services, tx, payment, dispute.amount, reason);
    await changeDispute(tx, dispute.id, { status: 'lost', closedAt, debtInvoiceId, suspendsAt: null });
    // Credit may have paid the debt at once; where there is none, nothing is waited for.
    const debt = debtInvoiceId === null ? null : await lockInvoice(tx, debtInvoiceId);
    if (debt?.status !== 'open') await releaseDisputed(services, tx, dispute);
    if (twice > 0n) await tellTwice(tx, payment, dispute, twice);
  }
  await resolveAlert(tx, 'payment-disputed', `dispute:${dispute.id}`);
  await appendAudit(tx, {
    actor: 'plinth',
    action: `dispute.${status}`,
    target: dispute.id,
    organizationId,
    data: { payment: payment.id },
  });
}

async function tellPayer(tx: Db, { id, organizationId, invoiceId }: Payment, disputeId: string, status: string): Promise<void> {
  const data = { payment_id: id, invoice_id: invoiceId, dispute_id: disputeId, status };
  await emit(tx, { kind: 'payment.disputed', organizationId, data });
}

/** Neither a debt nor the payment's: what a person has to ask the bank, or the customer, for. */
async function tellTwice(tx: Db, { id, currency }: Payment, dispute: Dispute, amount: bigint): Promise<void> {
  const said = `${formatAmount({ amount, currency })} ${currency}`;
  await raiseAlert(tx, {
    kind: 'payment-lost',
    target: `dispute:${dispute.id}`,
    message: `${said} of a payment went back twice: by a refund or another dispute, and by a dispute that was lost (${dispute.reason}). No invoice asks for it.`,
    data: { payment_id: id, dispute_id: dispute.id },
  });
}
