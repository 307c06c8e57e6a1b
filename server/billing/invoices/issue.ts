/**
 * Making and issuing invoices. A draft is a pro forma: payable, without a number. Issued, it has its number from the series'
 * locked row, in the caller's transaction, and what it says never changes. Credit goes towards either at once.
 */
import { formatAmount, type Money } from '../../../contract/money.ts';
import { appendAudit } from '../../kernel/audit.ts';
import type { Db, Json } from '../../kernel/database.ts';
import { emit } from '../../kernel/events/emit.ts';
import { Refusal, refuseField } from '../../kernel/problem.ts';
import type { Services } from '../../kernel/services.ts';
import { buyerOf, keepProfile, profileOf, type Seller, sellerOf } from '../profile/profile.ts';
import type { BillingProfile } from '../profile/store.ts';
import { type AppliedTax, taxOf } from '../tax/rate.ts';
import { takeNumber } from './numbers-store.ts';
import { applyCredit, dueOf, mustLockInvoice, putTowards } from './settle.ts';
import { changeInvoice, insertInvoice, type Invoice, type NewLine } from './store.ts';
import { type Totals, totalsOf } from './totals.ts';

type Hooked = Pick<Services, 'hooks'>;

export type InvoiceKind = 'order' | 'renewal' | 'change' | 'usage' | 'manual' | 'topup' | 'debt';
export type LineKind =
  | 'recurring'
  | 'setup'
  | 'option'
  | 'proration_credit'
  | 'proration_debit'
  | 'discount'
  | 'topup'
  | 'usage'
  | 'debt'
  | 'manual';

/** What a line is about, as parts; the words around them are made in the reader's language. */
export interface LineParts {
  /** The product's or option's name, or a person's own words. */
  readonly text: string;
  /** More of it, such as a label or a coupon's code. */
  readonly detail?: string;
}

export interface LineInput {
  readonly kind: LineKind;
  readonly parts: LineParts;
  /** Default 1. */
  readonly quantity?: number;
  /** Of one; negative for discounts and prorated credit. */
  readonly unitAmount: bigint;
  /** The unit amount has its tax in it. Default: exclusive. */
  readonly inclusive?: boolean;
  /** false: no tax on it, as on top-ups and debts. */
  readonly taxable?: boolean;
  readonly subscriptionId?: string;
  readonly orderItemId?: string;
  readonly periodIndex?: number;
  /** ISO dates, [start, end). */
  readonly period?: { readonly start: string; readonly end: string };
}

export interface InvoiceInput {
  readonly organizationId: string;
  readonly kind: InvoiceKind;
  readonly currency: string;
  readonly lines: readonly LineInput[];
  readonly dueAt: Date;
  /** Business time of the making: decides the tax rate, and the issue date of one that is issued now. */
  readonly at: Date;
  readonly actor: string;
  readonly orderId?: string;
  readonly subscriptionId?: string;
  readonly causePaymentId?: string;
  readonly supersedes?: string;
  /** false: the organization's credit stays where it is. */
  readonly useCredit?: boolean;
}

export interface Counted extends Totals {
  readonly lines: readonly NewLine[];
  readonly profile: BillingProfile;
  readonly seller: Seller;
}

/**
 * What these lines come to for that organization at that time. Writes nothing: a quote counts with it too.
 * @throws Refusal when the currency is not the organization's, or the lines come to less than nothing
 */
export async function countLines(
  db: Db,
  { organizationId, currency, lines, at }: Pick<InvoiceInput, 'organizationId' | 'currency' | 'lines' | 'at'>,
): Promise<Counted> {
  const [profile, seller] = [await profileOf(db, organizationId), await sellerOf(db)];
  if (profile.currency !== currency)
    throw refuseField(
      'currency',
      `is ${currency}, and the organization is invoiced in ${profile.currency}`,
      'Use its own currency; one never changes into another.',
      409,
      'currency_mismatch',
    );
  const tax = await taxOf(db, seller.country, profile, at);
  const counted = lines.map((line) => countedLine(line, tax));
  const totals = totalsOf(counted, currency);
  if (totals.total < 0n)
    throw new Refusal(409, 'invoice_negative', 'These lines come to less than nothing: that is a credit note, not an invoice.');
  return { ...totals, lines: counted, profile, seller };
}

function countedLine(line: LineInput, tax: AppliedTax): NewLine {
  const { kind, parts, quantity = 1, unitAmount, inclusive = false, taxable = true, period } = line;
  if (!Number.isSafeInteger(quantity) || quantity < 1) throw refuseField('quantity', `is ${quantity}`, 'Use a whole number from 1.');
  const applied: AppliedTax = taxable ? tax : { category: 'O', percent: null, rateId: null };
  return {
    kind,
    quantity,
    unitAmount,
    amount: unitAmount * BigInt(quantity),
    category: applied.category,
    percent: applied.percent,
    // Where no tax is charged there is none in the amount.
    inclusive: inclusive && applied.category === 'S',
    taxRateId: applied.rateId,
    subscriptionId: line.subscriptionId ?? null,
    orderItemId: line.orderItemId ?? null,
    periodIndex: line.periodIndex ?? null,
    periodStart: period?.start ?? null,
    periodEnd: period?.end ?? null,
    description: parts as unknown as Json,
  };
}

/** A payable pro forma; it is numbered when it is issued or paid, and paid at once when credit or a total of zero settles it. */
export async function draftInvoice(services: Hooked, tx: Db, input: InvoiceInput): Promise<Invoice> {
  return await settleAtOnce(services, tx, await insertDraft(tx, input), input);
}

/** An invoice with its number, open until it is paid; paid at once when credit or a total of zero settles it. */
export async function issueInvoice(services: Hooked, tx: Db, input: InvoiceInput): Promise<Invoice> {
  return await issueLocked(services, tx, await insertDraft(tx, input), input);
}

/** Issues a draft as it stands. */
export async function issueDraft(
  services: Hooked,
  tx: Db,
  id: string,
  given: Pick<InvoiceInput, 'at' | 'actor'> & { readonly dueAt?: Date },
): Promise<Invoice> {
  const invoice = await mustLockInvoice(tx, id);
  if (invoice.status !== 'draft') throw new Refusal(409, 'invoice_issued', `This invoice is ${invoice.status}; only a draft is issued.`);
  const dated = given.dueAt ? await changeInvoice(tx, id, { dueAt: given.dueAt }) : invoice;
  return await issueLocked(services, tx, dated, given);
}

async function insertDraft(tx: Db, input: InvoiceInput): Promise<Invoice> {
  const { lines, profile, seller, taxes, ...totals } = await countLines(tx, input);
  await keepProfile(tx, profile);
  const { organizationId, kind, currency, dueAt, orderId, subscriptionId, causePaymentId, supersedes } = input;
  const row = {
    organizationId,
    kind,
    currency,
    dueAt,
    subtotal: totals.subtotal,
    discount: totals.discount,
    tax: totals.tax,
    total: totals.total,
    locale: profile.locale,
    timeZone: profile.timeZone,
    seller: seller as unknown as Json,
    buyer: buyerOf(profile) as unknown as Json,
    orderId: orderId ?? null,
    subscriptionId: subscriptionId ?? null,
    causePaymentId: causePaymentId ?? null,
    supersedes: supersedes ?? null,
  };
  return await insertInvoice(tx, row, lines, taxes);
}

type Settling = Pick<InvoiceInput, 'at' | 'actor'> & { readonly useCredit?: boolean };

async function issueLocked(services: Hooked, tx: Db, draft: Invoice, given: Settling): Promise<Invoice> {
  // Settled by credit or by a total of zero it goes from draft to paid, and gets its number there.
  const settled = await settleAtOnce(services, tx, draft, given);
  if (settled.status !== 'draft') return settled;
  const { number, issuedAt } = await takeNumber(tx, 'INV', given.at, settled.timeZone);
  const open = await changeInvoice(tx, settled.id, { status: 'open', number, issuedAt });
  const { organizationId, currency, total } = open;
  await emit(tx, { kind: 'invoice.issued', organizationId, data: { invoice_id: open.id, status: open.status } });
  const data = { number, total: written({ amount: total, currency }), due: written({ amount: dueOf(open), currency }) };
  await appendAudit(tx, { actor: given.actor, action: 'invoice.issued', target: open.id, organizationId, data });
  return open;
}

async function settleAtOnce(services: Hooked, tx: Db, draft: Invoice, { at, actor, useCredit = true }: Settling): Promise<Invoice> {
  if (draft.total === 0n && draft.status === 'draft')
    return await putTowards(services, tx, draft, 0n, { causeKey: `zero:${draft.id}`, at, actor });
  return useCredit ? await applyCredit(services, tx, draft, at, actor) : draft;
}

const written = (money: Money): string => `${formatAmount(money)} ${money.currency}`;

/**
 * What was paid once and was taken back: asked for again, due at once, without tax, naming the payment. The old invoice stays
 * as it is.
 */
export async function issueDebt(
  services: Hooked,
  tx: Db,
  of: Invoice,
  {
    paymentId,
    amount,
    reason,
    at,
    actor,
  }: { readonly paymentId: string; readonly amount: bigint; readonly reason: string; readonly at: Date; readonly actor: string },
): Promise<Invoice> {
  const { organizationId, currency, orderId, subscriptionId, id: supersedes, number } = of;
  return await issueInvoice(services, tx, {
    organizationId,
    kind: 'debt',
    currency,
    dueAt: at,
    at,
    actor,
    causePaymentId: paymentId,
    supersedes,
    ...(orderId === null ? {} : { orderId }),
    ...(subscriptionId === null ? {} : { subscriptionId }),
    lines: [{ kind: 'debt', unitAmount: amount, taxable: false, parts: { text: number ?? of.id, detail: reason } }],
  });
}
