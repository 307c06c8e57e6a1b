/** What happens to an organization's money, told to those who pay: in their list and by mail, as each wants it, once. */
import { formatAmount } from '../../contract/money.ts';
import type { MONEY_KINDS } from '../../contract/notification.ts';
import { policyOf } from '../billing/dunning/policies.ts';
import type { Db } from '../kernel/database.ts';
import type { PlacedEvent } from '../kernel/events/event-store.ts';
import { type Processor, processor } from '../kernel/events/processor.ts';
import { publicAddress } from '../kernel/public-address.ts';
import type { Services } from '../kernel/services.ts';
import { dateFormat } from './mail/words.ts';
import * as rows from './money-store.ts';
import { hearersOf, WHO_PAYS } from './store.ts';
import { tellEach } from './tell.ts';

const KINDS = [
  'invoice.issued',
  'payment.received',
  'payment.disputed',
  'payment.failed',
  'payment.needs-payer',
  'refund.changed',
  'subscription.changed',
  'order.changed',
] as const;
type Told = PlacedEvent<(typeof KINDS)[number]>;
type Using = Pick<Services, 'config' | 'mail'>;

interface Message {
  readonly kind: (typeof MONEY_KINDS)[number];
  /** The same cause is told each person once. */
  readonly cause: string;
  /** How a person calls what it is about. */
  readonly about: string;
  readonly invoiceId: string | null;
  /** Below the service's address, or a whole one of the payment provider. */
  readonly link: string;
  readonly zone: string;
  readonly words: Readonly<Record<string, string>>;
  /** Said as days in the reader's language. */
  readonly days?: Readonly<Record<string, Date | null>>;
}

export function moneyTeller(services: Using): Processor {
  return processor({ name: 'notifications.money', kinds: KINDS, run: (event, tx) => tell(services, event as Told, tx) });
}

async function tell({ config, mail }: Using, event: Told, tx: Db): Promise<void> {
  const organizationId = event.organization_id;
  const message = organizationId === null ? null : await messageOf(event, organizationId, tx);
  if (organizationId === null || message === null) return;
  const { kind, cause, about, invoiceId, link, words } = message;
  const base = publicAddress(config);
  const data = (locale: string) => ({ ...words, ...daysIn(message, locale), link: link.startsWith('http') ? link : base + link });
  const people = await hearersOf(tx, organizationId, WHO_PAYS);
  const subjects = { invoice_id: invoiceId, label: about };
  await tellEach(mail, tx, people, { kind, cause, organizationId, subjects, data });
  // Where invoices go is nobody's preference.
  const invoices = await rows.billingAddress(tx, organizationId);
  if (!invoices || people.some(({ email }) => email.toLowerCase() === invoices.email.toLowerCase())) return;
  const { email: address, name, locale } = invoices;
  await mail(tx, { kind, to: { address, name }, locale, userId: null, organizationId, causeKey: `${cause}:invoices`, data: data(locale) });
}

function daysIn({ days = {}, zone }: Message, locale: string): Record<string, string> {
  const format = dateFormat(locale, { dateStyle: 'long', timeZone: zone });
  return Object.fromEntries(Object.entries(days).map(([name, at]) => [name, at === null ? '' : format.format(at)]));
}

const said = (amount: bigint, currency: string): string => `${formatAmount({ amount, currency })} ${currency}`;

async function messageOf(event: Told, organizationId: string, tx: Db): Promise<Message | null> {
  switch (event.kind) {
    case 'invoice.issued':
      return await issued(tx, organizationId, event.data.invoice_id);
    case 'payment.received':
      return await received(tx, event.data.payment_id);
    case 'payment.disputed':
      return await disputed(tx, organizationId, event.data);
    case 'payment.failed':
    case 'payment.needs-payer':
      return await failed(tx, event.kind, event.data.attempt_id, event.data.invoice_id);
    case 'refund.changed':
      return await refunded(tx, event.data.refund_id, event.data.status);
    case 'order.changed':
      return await orderEnded(tx, event.data.order_id, event.data.status);
    case 'subscription.changed':
      return await ofSubscription(tx, event.data.subscription_id, event.data.what, event.data.invoice_id, event.id);
  }
}

async function ofInvoice(tx: Db, id: string) {
  const invoice = await rows.invoiceTold(tx, id);
  if (!invoice) return null;
  const { number, currency, total, amountPaid, amountCredited } = invoice;
  const due = invoice.status === 'open' || invoice.status === 'draft' ? total - amountPaid - amountCredited : 0n;
  const base = { about: number ?? '', invoiceId: id, link: `/invoices/${id}`, zone: invoice.timeZone };
  return { invoice, base, words: { number: number ?? '', amount: said(total, currency), owed: due > 0n ? said(due, currency) : '' } };
}

/** One that its money has paid at once is told as received. */
async function issued(tx: Db, organizationId: string, id: string): Promise<Message | null> {
  const found = await ofInvoice(tx, id);
  if (!found || found.invoice.total === 0n || found.invoice.status === 'void') return null;
  const { invoice, base, words } = found;
  if (invoice.status === 'paid' && (await rows.isPaidByMoney(tx, id))) return null;
  const automatic = invoice.kind === 'renewal' && (await rows.hasDefaultMethod(tx, organizationId)) ? 'yes' : '';
  return { kind: 'invoice-issued', cause: `issued:${id}`, ...base, words: { ...words, automatic }, days: { due: invoice.dueAt } };
}

async function received(tx: Db, id: string): Promise<Message | null> {
  const payment = await rows.paymentTold(tx, id);
  // What a restored database had lost was told before.
  if (!payment || payment.source === 'restore') return null;
  const found = payment.invoiceId === null ? null : await ofInvoice(tx, payment.invoiceId);
  const base = found?.base ?? { about: '', invoiceId: null, link: '/invoices', zone: 'UTC' };
  const amount = said(payment.amount, payment.currency);
  const words = { number: found?.words.number ?? '', owed: found?.words.owed ?? '', amount };
  return { kind: 'payment-received', cause: `received:${id}`, ...base, about: base.about || amount, words };
}

/** One that has ended by the time it is told is told as ended alone. */
async function disputed(tx: Db, organizationId: string, data: PlacedEvent<'payment.disputed'>['data']): Promise<Message | null> {
  const { dispute_id: id, invoice_id: invoiceId, status } = data;
  const dispute = await rows.disputeTold(tx, id);
  // One of nothing that was left takes nothing from them.
  if (!dispute || dispute.status !== status || dispute.amount === 0n) return null;
  const found = invoiceId === null ? null : await ofInvoice(tx, invoiceId);
  const base = found?.base ?? { about: '', invoiceId: null, link: '/invoices', zone: 'UTC' };
  const amount = said(dispute.amount, dispute.currency);
  const { stages } = await policyOf(tx, organizationId);
  const suspends = stages.some(({ act }) => act === 'suspend') ? dispute.suspendsAt : null;
  const words = { amount, number: found?.words.number ?? '', outcome: status };
  return { kind: 'payment-disputed', cause: `dispute:${id}:${status}`, ...base, about: base.about || amount, words, days: { suspends } };
}

async function failed(tx: Db, what: 'payment.failed' | 'payment.needs-payer', id: string, invoiceId: string): Promise<Message | null> {
  const [attempt, found] = [await rows.attemptTold(tx, id), await ofInvoice(tx, invoiceId)];
  // Settled otherwise meanwhile: nobody has to do anything.
  if (!attempt || !found || found.words.owed === '' || attempt.status === 'succeeded') return null;
  const words = { ...found.words, amount: said(attempt.amount, attempt.currency), why: attempt.failureMessage ?? '' };
  if (what === 'payment.failed') return { kind: 'payment-failed', cause: `failed:${id}`, ...found.base, words };
  return { kind: 'payment-needs-payer', cause: `confirm:${id}`, ...found.base, link: attempt.url ?? found.base.link, words };
}

async function refunded(tx: Db, id: string, status: string): Promise<Message | null> {
  const refund = await rows.refundTold(tx, id);
  if (!refund || status === 'pending' || refund.source === 'restore') return null;
  const amount = said(refund.amount, refund.currency);
  const words = { amount, failed: status === 'failed' ? 'yes' : '' };
  return { kind: 'refund-made', cause: `refund:${id}:${status}`, about: amount, invoiceId: null, link: '/invoices', zone: 'UTC', words };
}

/** Of one that was paid and came to nothing. */
async function orderEnded(tx: Db, id: string, status: string): Promise<Message | null> {
  if (status !== 'cancelled' && status !== 'failed') return null;
  const order = await rows.orderTold(tx, id);
  if (!order || order.paidAt === null || order.status !== 'cancelled') return null;
  const number = String(order.number);
  const words = { number, why: order.reason ?? '' };
  return { kind: 'order-failed', cause: `order-failed:${id}`, about: number, invoiceId: null, link: `/orders/${id}`, zone: 'UTC', words };
}

const BY_ACT: Readonly<Record<string, (typeof MONEY_KINDS)[number]>> = {
  remind: 'payment-reminder',
  notice: 'payment-overdue',
  suspend: 'service-suspended',
  terminate: 'service-ends-soon',
};
const BY_WHAT: Readonly<Record<string, (typeof MONEY_KINDS)[number]>> = {
  cancelled: 'subscription-cancelled',
  ended: 'subscription-ended',
  'price-announced': 'price-change',
};

async function ofSubscription(tx: Db, id: string, what: string, invoiceId: string | null, eventId: string): Promise<Message | null> {
  const history = await rows.historyOf(tx, id, what, invoiceId);
  const kind = BY_WHAT[what] ?? BY_ACT[history['act'] ?? ''];
  // Who is charged by itself needs no reminder.
  if (!kind || history['outcome'] === 'automatic') return null;
  const subscription = await rows.subscriptionTold(tx, id);
  const found = invoiceId === null ? null : await ofInvoice(tx, invoiceId);
  if (!subscription || (found !== null && found.words.owed === '')) return null;
  // It never began: its order tells of it.
  if (kind === 'subscription-ended' && subscription.periodEndsAt === null) return null;
  const at = (name: string): Date | null => (history[name] ? new Date(history[name]) : null);
  const days = { due: found?.invoice.dueAt ?? null, suspends: at('suspends'), ends: at('ends'), from: at('from') };
  const base = { about: subscription.name, invoiceId, link: found?.base.link ?? `/subscriptions/${id}`, zone: subscription.billingZone };
  const words = { number: '', owed: '', ...found?.words, product: subscription.name, former: history['former'] ?? '' };
  const cause = found ? `${what}:${invoiceId}` : `${what}:${id}:${eventId}`;
  if (kind === 'subscription-cancelled')
    return { kind, cause, ...base, words, days: { ends: subscription.cancelAtEnd ? subscription.periodEndsAt : null } };
  if (kind === 'price-change') return { kind, cause, ...base, words: { ...words, amount: history['amount'] ?? '' }, days };
  // Once it is suspended that is no threat any more.
  const over = at('suspends') !== null && kind === 'payment-overdue' && history['suspended'] === 'yes';
  return { kind, cause, ...base, words, days: over ? { ...days, suspends: null } : days };
}
