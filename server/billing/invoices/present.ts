/** Invoices and credit notes to wire shapes. */
import type { CreditNoteAnswer, CreditNoteSummary, Invoice as InvoiceWire, InvoiceSummary } from '../../../contract/invoice.ts';
import { amountText, iso, isoDay } from '../money-field.ts';
import type { CreditNote, WholeCreditNote } from './credit-notes-store.ts';
import { lineText, wordsOf } from './document/words.ts';
import { dueOf } from './settle.ts';
import type { Invoice, WholeInvoice } from './store.ts';
import { plainPercent } from './totals.ts';

/** @param now in business time: decides whether it is overdue */
export function presentSummary(invoice: Invoice, now: Date): InvoiceSummary {
  const text = (amount: bigint): string => amountText(amount, invoice.currency);
  return {
    id: invoice.id,
    organization_id: invoice.organizationId,
    number: invoice.number,
    kind: invoice.kind,
    status: invoice.status,
    overdue: invoice.status === 'open' && invoice.dueAt < now,
    currency: invoice.currency,
    subtotal: text(invoice.subtotal),
    discount: text(invoice.discount),
    tax: text(invoice.tax),
    total: text(invoice.total),
    amount_paid: text(invoice.amountPaid),
    amount_credited: text(invoice.amountCredited),
    amount_due: text(invoice.status === 'void' ? 0n : dueOf(invoice)),
    issued_at: iso(invoice.issuedAt),
    due_at: invoice.dueAt.toISOString(),
    paid_at: iso(invoice.paidAt),
    voided_at: iso(invoice.voidedAt),
    collection_hold_until: iso(invoice.collectionHoldUntil),
    order_id: invoice.orderId,
    subscription_id: invoice.subscriptionId,
    cause_payment_id: invoice.causePaymentId,
    supersedes: invoice.supersedes,
    created_at: invoice.createdAt.toISOString(),
  } as InvoiceSummary;
}

/** Of an invoice or a credit note. */
export interface TaxRow {
  readonly category: string;
  readonly percent: { toString(): string };
  readonly inclusive: boolean;
  readonly base: bigint;
  readonly amount: bigint;
}

const taxOf =
  (currency: string) =>
  ({ category, percent, inclusive, base, amount }: TaxRow) => ({
    category: category as 'S',
    percent: plainPercent(percent.toString()),
    inclusive,
    base: amountText(base, currency),
    amount: amountText(amount, currency),
  });

export function presentInvoice(invoice: WholeInvoice, now: Date): InvoiceWire {
  const { currency, locale } = invoice;
  return {
    ...presentSummary(invoice, now),
    seller: invoice.seller as InvoiceWire['seller'],
    buyer: invoice.buyer as InvoiceWire['buyer'],
    locale,
    lines: invoice.lines.map((line) => ({
      id: line.id,
      kind: line.kind,
      description: lineText(line, locale),
      quantity: line.quantity,
      unit_amount: amountText(line.unitAmount, currency),
      amount: amountText(line.amount, currency),
      tax_category: line.taxCategory as 'S',
      tax_percent: line.taxPercent === null ? null : plainPercent(line.taxPercent.toString()),
      tax_inclusive: line.taxInclusive,
      subscription_id: line.subscriptionId,
      order_item_id: line.orderItemId,
      period_index: line.periodIndex,
      period_start: isoDay(line.periodStart),
      period_end: isoDay(line.periodEnd),
    })),
    taxes: invoice.taxes.map(taxOf(currency)),
    pdf_sha256: invoice.pdfSha256,
  };
}

export function presentNoteSummary(note: CreditNote): CreditNoteSummary {
  const text = (amount: bigint): string => amountText(amount, note.currency);
  return {
    id: note.id,
    organization_id: note.organizationId as CreditNoteSummary['organization_id'],
    invoice_id: note.invoiceId,
    number: note.number,
    reason: note.reason,
    currency: note.currency,
    net: text(note.net),
    tax: text(note.tax),
    amount: text(note.amount),
    destination: note.destination as 'balance',
    refund_id: note.refundId,
    issued_at: note.issuedAt.toISOString(),
  };
}

export function presentNote(note: WholeCreditNote): CreditNoteAnswer['credit_note'] {
  const words = wordsOf(note.locale);
  return {
    ...presentNoteSummary(note),
    lines: note.lines.map((line) => ({
      invoice_line_id: line.invoiceLineId,
      description: (line.description as { text?: string }).text || words.correction,
      amount: amountText(line.amount, note.currency),
      tax_percent: line.taxPercent === null ? null : plainPercent(line.taxPercent.toString()),
    })),
    taxes: note.taxes.map(taxOf(note.currency)),
    pdf_sha256: note.pdfSha256,
  };
}
