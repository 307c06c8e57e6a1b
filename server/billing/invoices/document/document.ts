/** What an invoice or a credit note says on paper, made of its rows alone: what of them can change stands in none. */
import { money, type Money } from '../../../../contract/money.ts';
import type { Seller } from '../../../../contract/billing.ts';
import type { Buyer } from '../../profile/profile.ts';
import type { WholeCreditNote } from '../credit-notes-store.ts';
import type { WholeInvoice } from '../store.ts';
import { plainPercent, type TaxCategory } from '../totals.ts';
import type { TaxRow } from '../present.ts';
import { dayIn, lineText, wordsOf } from './words.ts';

export interface DocumentLine {
  readonly text: string;
  readonly kind: string;
  readonly quantity: number;
  readonly unit: Money;
  readonly amount: Money;
  readonly category: TaxCategory;
  readonly percent: string | null;
  readonly inclusive: boolean;
}

export interface DocumentTax {
  readonly category: TaxCategory;
  readonly percent: string;
  readonly inclusive: boolean;
  readonly base: Money;
  readonly amount: Money;
}

export interface Document {
  readonly type: 'invoice' | 'pro-forma' | 'credit-note';
  readonly number: string | null;
  /** Decides the document's own dates, to the byte. */
  readonly at: Date;
  /** ISO dates in the document's zone. */
  readonly issued: string;
  readonly due: string | null;
  readonly locale: string;
  readonly currency: string;
  readonly seller: Seller;
  readonly buyer: Buyer;
  readonly lines: readonly DocumentLine[];
  readonly taxes: readonly DocumentTax[];
  readonly net: Money;
  readonly discount: Money;
  readonly tax: Money;
  readonly total: Money;
  /** Of a credit note: what it corrects, and why. */
  readonly corrects: { readonly number: string; readonly reason: string } | null;
}

export function invoiceDocument(invoice: WholeInvoice): Document {
  const { currency, locale, timeZone } = invoice;
  const at = invoice.issuedAt ?? invoice.createdAt;
  const amount = (value: bigint): Money => money(value, currency);
  return {
    type: invoice.number === null ? 'pro-forma' : 'invoice',
    number: invoice.number,
    at,
    issued: dayIn(at, timeZone),
    due: dayIn(invoice.dueAt, timeZone),
    locale,
    currency,
    seller: invoice.seller as unknown as Seller,
    buyer: invoice.buyer as unknown as Buyer,
    lines: invoice.lines.map((line) => ({
      text: lineText(line, locale),
      kind: line.kind,
      quantity: line.quantity,
      unit: amount(line.unitAmount),
      amount: amount(line.amount),
      category: line.taxCategory as TaxCategory,
      percent: line.taxPercent === null ? null : plainPercent(line.taxPercent.toString()),
      inclusive: line.taxInclusive,
    })),
    taxes: taxesOf(invoice.taxes, amount),
    net: amount(invoice.total - invoice.tax),
    discount: amount(invoice.discount),
    tax: amount(invoice.tax),
    total: amount(invoice.total),
    corrects: null,
  };
}

export function creditNoteDocument(note: WholeCreditNote, invoiceNumber: string): Document {
  const { currency, locale, timeZone } = note;
  const amount = (value: bigint): Money => money(value, currency);
  const words = wordsOf(locale);
  return {
    type: 'credit-note',
    number: note.number,
    at: note.issuedAt,
    issued: dayIn(note.issuedAt, timeZone),
    due: null,
    locale,
    currency,
    seller: note.seller as unknown as Seller,
    buyer: note.buyer as unknown as Buyer,
    lines: note.lines.map((line) => ({
      text: (line.description as { text?: string }).text || `${words.correction} ${invoiceNumber}`,
      kind: 'correction',
      quantity: 1,
      unit: amount(line.amount),
      amount: amount(line.amount),
      category: line.taxCategory as TaxCategory,
      percent: line.taxPercent === null ? null : plainPercent(line.taxPercent.toString()),
      inclusive: line.taxInclusive,
    })),
    taxes: taxesOf(note.taxes, amount),
    net: amount(note.net),
    discount: amount(0n),
    tax: amount(note.tax),
    total: amount(note.amount),
    corrects: { number: invoiceNumber, reason: note.reason },
  };
}

function taxesOf(rows: readonly TaxRow[], amount: (value: bigint) => Money): DocumentTax[] {
  return rows.map((row) => ({
    category: row.category as TaxCategory,
    percent: plainPercent(row.percent.toString()),
    inclusive: row.inclusive,
    base: amount(row.base),
    amount: amount(row.amount),
  }));
}
