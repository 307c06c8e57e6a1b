/** Invoices, their lines and taxes, and what was put towards them. */
import { randomUUID } from 'node:crypto';
import type { Allocation, Invoice, InvoiceLine, InvoiceTax } from '../../../prisma/generated/client.ts';
import type { Db, Json } from '../../kernel/database.ts';
import { behind, type Place, type Scope, scoped } from '../../kernel/listing.ts';
import { timeNow } from '../../kernel/clock.ts';
import type { LineTax, TaxGroup } from './totals.ts';

export type { Allocation, Invoice, InvoiceLine, InvoiceTax };
export type WholeInvoice = Invoice & { readonly lines: readonly InvoiceLine[]; readonly taxes: readonly InvoiceTax[] };

export interface NewLine extends LineTax {
  readonly kind: string;
  readonly subscriptionId: string | null;
  readonly orderItemId: string | null;
  readonly periodIndex: number | null;
  /** ISO dates, [start, end). */
  readonly periodStart: string | null;
  readonly periodEnd: string | null;
  readonly quantity: number;
  readonly unitAmount: bigint;
  readonly amount: bigint;
  readonly taxRateId: string | null;
  readonly description: Json;
}

export type NewInvoice = Pick<
  Invoice,
  | 'organizationId'
  | 'kind'
  | 'currency'
  | 'dueAt'
  | 'subtotal'
  | 'discount'
  | 'tax'
  | 'total'
  | 'locale'
  | 'timeZone'
  | 'orderId'
  | 'subscriptionId'
  | 'causePaymentId'
  | 'supersedes'
> & { readonly seller: Json; readonly buyer: Json };

/** A draft with its lines and taxes. */
export async function insertInvoice(db: Db, invoice: NewInvoice, lines: readonly NewLine[], taxes: readonly TaxGroup[]): Promise<Invoice> {
  const id = randomUUID();
  const row = await db.invoice.create({ data: { id, ...invoice, createdAt: timeNow() } });
  await db.invoiceLine.createMany({
    data: lines.map(({ category, percent, inclusive, periodStart, periodEnd, ...line }, index) => ({
      ...line,
      id: randomUUID(),
      invoiceId: id,
      position: index + 1,
      periodStart: dateOrNull(periodStart),
      periodEnd: dateOrNull(periodEnd),
      taxCategory: category,
      taxPercent: percent,
      taxInclusive: inclusive,
    })),
  });
  await db.invoiceTax.createMany({ data: taxes.map((group) => ({ id: randomUUID(), invoiceId: id, ...group })) });
  return row;
}

const dateOrNull = (text: string | null): Date | null => (text === null ? null : new Date(`${text}T00:00:00Z`));

/** The invoice, locked until the transaction ends; null: there is none. */
export async function lockInvoice(db: Db, id: string): Promise<Invoice | null> {
  const [row] = await db.$queryRaw<Invoice[]>`SELECT * FROM "invoice" WHERE "id" = ${id} FOR UPDATE`;
  return row ?? null;
}

export async function changeInvoice(db: Db, id: string, change: Partial<Omit<Invoice, 'id' | 'seller' | 'buyer'>>): Promise<Invoice> {
  return await db.invoice.update({ where: { id }, data: { ...change, version: { increment: 1 } } });
}

const WHOLE = { lines: { orderBy: { position: 'asc' } }, taxes: { orderBy: { percent: 'desc' } } } as const;

export async function invoiceById(db: Db, scope: Scope, id: string): Promise<WholeInvoice | null> {
  return await db.invoice.findFirst({ where: { id, ...scoped(scope) }, include: WHOLE });
}

export interface InvoiceFilter {
  readonly organizationId?: string | undefined;
  readonly status?: string | undefined;
  readonly orderId?: string | undefined;
  readonly subscriptionId?: string | undefined;
  /** Open and due before this moment. */
  readonly overdueAt?: Date | undefined;
}

/** Newest first. */
export async function listInvoices(
  db: Db,
  scope: Scope,
  filter: InvoiceFilter,
  after: Place | undefined,
  take: number,
): Promise<Invoice[]> {
  const { overdueAt, organizationId, ...fields } = filter;
  return await db.invoice.findMany({
    where: {
      AND: [
        scoped(scope),
        organizationId === undefined ? {} : { organizationId },
        fields,
        overdueAt === undefined ? {} : { status: 'open', dueAt: { lt: overdueAt } },
        behind(after),
      ],
    },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take,
  });
}

/** The newest invoice that takes the place of that one. */
export async function supersedingInvoice(db: Db, id: string): Promise<string | null> {
  const row = await db.invoice.findFirst({
    where: { supersedes: id, status: { not: 'void' } },
    orderBy: { createdAt: 'desc' },
    select: { id: true },
  });
  return row?.id ?? null;
}

/** False when the same cause has put something towards an invoice already. */
export async function insertAllocation(db: Db, row: Omit<Allocation, 'id'>): Promise<boolean> {
  const inserted = await db.$executeRaw`
    INSERT INTO "allocation" ("id", "invoiceId", "paymentId", "creditEntryId", "amount", "causeKey", "at")
    VALUES (${randomUUID()}, ${row.invoiceId}, ${row.paymentId}, ${row.creditEntryId}, ${row.amount}, ${row.causeKey}, ${row.at})
    ON CONFLICT ("causeKey") DO NOTHING`;
  return inserted === 1;
}

/** Of that payment, what stands towards invoices now, by invoice. */
export async function allocatedFrom(db: Db, paymentId: string): Promise<Map<string, bigint>> {
  const rows = await db.allocation.groupBy({ by: ['invoiceId'], where: { paymentId }, _sum: { amount: true } });
  return new Map(rows.map(({ invoiceId, _sum }) => [invoiceId, _sum.amount ?? 0n]));
}

/** Keeps the hash of the first rendering. Answers the one that is kept. */
export async function keepPdfHash(db: Db, table: 'invoice' | 'credit_note', id: string, sha256: string): Promise<string> {
  if (table === 'invoice') {
    await db.invoice.updateMany({ where: { id, pdfSha256: null }, data: { pdfSha256: sha256 } });
    return (await db.invoice.findUniqueOrThrow({ where: { id }, select: { pdfSha256: true } })).pdfSha256!;
  }
  await db.creditNote.updateMany({ where: { id, pdfSha256: null }, data: { pdfSha256: sha256 } });
  return (await db.creditNote.findUniqueOrThrow({ where: { id }, select: { pdfSha256: true } })).pdfSha256!;
}
