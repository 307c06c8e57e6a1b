/** Invoices and credit notes on the wire. */
import { z } from 'zod';
import { Currency, AmountText, PositiveAmount, PrintedText } from './billing.ts';
import { InstantText, Reason } from './fields.ts';
import { Cursor, Flag, Limit, OrganizationId, Timestamp } from './ids.ts';

export const INVOICE_STATUSES = ['draft', 'open', 'paid', 'void', 'uncollectible'] as const;
export const InvoiceStatus = z.enum(INVOICE_STATUSES);
export type InvoiceStatus = z.infer<typeof InvoiceStatus>;
export const InvoiceId = z.uuid('an invoice id is a UUID');

/** EN 16931: standard, zero rated, exempt, reverse charge, outside of tax. */
const Category = z.enum(['S', 'Z', 'E', 'AE', 'O']);
export const TaxPart = z.strictObject({
  category: Category,
  percent: z.string(),
  inclusive: z.boolean(),
  base: z.string(),
  amount: z.string(),
});

export const InvoiceLine = z.strictObject({
  id: z.uuid(),
  kind: z.string(),
  /** In the invoice's language. */
  description: z.string(),
  quantity: z.int(),
  unit_amount: z.string(),
  amount: z.string(),
  tax_category: Category,
  tax_percent: z.string().nullable(),
  /** The amount has its tax in it. */
  tax_inclusive: z.boolean(),
  subscription_id: z.string().nullable(),
  order_item_id: z.string().nullable(),
  period_index: z.int().nullable(),
  /** ISO dates, [start, end). */
  period_start: z.string().nullable(),
  period_end: z.string().nullable(),
});

const summary = {
  id: InvoiceId,
  organization_id: OrganizationId,
  /** null: a pro forma, which gets its number when it is issued or paid. */
  number: z.string().nullable(),
  kind: z.enum(['order', 'renewal', 'change', 'usage', 'manual', 'topup', 'debt']),
  status: InvoiceStatus,
  /** Open and its day has passed. */
  overdue: z.boolean(),
  currency: z.string(),
  subtotal: z.string(),
  discount: z.string(),
  tax: z.string(),
  total: z.string(),
  amount_paid: z.string(),
  amount_credited: z.string(),
  amount_due: z.string(),
  issued_at: Timestamp.nullable(),
  due_at: Timestamp,
  paid_at: Timestamp.nullable(),
  voided_at: Timestamp.nullable(),
  collection_hold_until: Timestamp.nullable(),
  order_id: z.string().nullable(),
  subscription_id: z.string().nullable(),
  /** Of a debt: the payment that was taken back. */
  cause_payment_id: z.string().nullable(),
  supersedes: z.string().nullable(),
  created_at: Timestamp,
};
export const InvoiceSummary = z.strictObject(summary);
export type InvoiceSummary = z.infer<typeof InvoiceSummary>;

const Party = z.looseObject({ name: z.string(), address: z.array(z.string()), country: z.string(), tax_id: z.string().nullable() });
export const Invoice = z.strictObject({
  ...summary,
  seller: Party,
  buyer: Party,
  locale: z.string(),
  lines: z.array(InvoiceLine),
  taxes: z.array(TaxPart),
  /** Of the PDF that was first made; every later one is the same to the byte. */
  pdf_sha256: z.string().nullable(),
});
export type Invoice = z.infer<typeof Invoice>;
export const InvoiceAnswer = z.strictObject({ invoice: Invoice });
export const InvoicePage = z.strictObject({ invoices: z.array(InvoiceSummary), next: z.string().nullable() });
export type InvoicePage = z.infer<typeof InvoicePage>;
export const InvoiceParams = z.strictObject({ id: InvoiceId });
export const InvoiceQuery = z.strictObject({
  organization_id: OrganizationId.optional(),
  status: InvoiceStatus.optional(),
  overdue: Flag.optional(),
  cursor: Cursor.optional(),
  limit: Limit,
});

/** An invoice that a person writes, or (kind `topup`) one for credit. */
export const InvoiceCreate = z.strictObject({
  organization_id: OrganizationId,
  currency: Currency,
  lines: z
    .array(
      z.strictObject({
        text: PrintedText,
        quantity: z.int().min(1).max(100_000).default(1),
        unit_amount: AmountText,
        tax_inclusive: z.boolean().default(false),
        taxable: z.boolean().default(true),
      }),
    )
    .min(1)
    .max(500),
  due_in_days: z.int().min(0).max(365).default(14),
  /** false: it stays a draft, payable as a pro forma, until `issue`. */
  issue: z.boolean().default(true),
});
export const TopUpCreate = z.strictObject({ organization_id: OrganizationId.optional(), amount: PositiveAmount, currency: Currency });
export const InvoiceReason = z.strictObject({ reason: Reason });
/** null lifts the hold. */
export const InvoiceHold = z.strictObject({ until: InstantText.nullable(), reason: Reason });

export const CreditNoteSummary = z.strictObject({
  id: z.uuid(),
  organization_id: OrganizationId,
  invoice_id: InvoiceId,
  number: z.string(),
  reason: z.string(),
  currency: z.string(),
  net: z.string(),
  tax: z.string(),
  amount: z.string(),
  /** `none`: it only lowered what was due. */
  destination: z.enum(['balance', 'refund', 'none']),
  refund_id: z.string().nullable(),
  issued_at: Timestamp,
});
export type CreditNoteSummary = z.infer<typeof CreditNoteSummary>;
export const CreditNoteAnswer = z.strictObject({
  credit_note: CreditNoteSummary.extend({
    lines: z.array(
      z.strictObject({
        invoice_line_id: z.string().nullable(),
        description: z.string(),
        amount: z.string(),
        tax_percent: z.string().nullable(),
      }),
    ),
    taxes: z.array(TaxPart),
    pdf_sha256: z.string().nullable(),
  }),
});
export type CreditNoteAnswer = z.infer<typeof CreditNoteAnswer>;
export const CreditNotePage = z.strictObject({ credit_notes: z.array(CreditNoteSummary), next: z.string().nullable() });
export const CreditNoteParams = z.strictObject({ id: z.uuid('a credit note id is a UUID') });
export const CreditNoteQuery = z.strictObject({
  organization_id: OrganizationId.optional(),
  invoice_id: InvoiceId.optional(),
  cursor: Cursor.optional(),
  limit: Limit,
});
/** `lines`, or an `amount` with its tax over all that is left of the invoice. What was paid of it goes to the balance. */
export const CreditNoteCreate = z
  .strictObject({
    amount: PositiveAmount.optional(),
    lines: z
      .array(z.strictObject({ line_id: z.uuid(), amount: PositiveAmount }))
      .min(1)
      .max(500)
      .optional(),
    reason: Reason,
  })
  .refine(({ amount, lines }) => (amount === undefined) !== (lines === undefined), {
    error: 'say either an amount or lines',
    path: ['amount'],
  });
