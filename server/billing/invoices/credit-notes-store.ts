/** Credit notes: immutable, numbered in a series of their own. */
import { randomUUID } from 'node:crypto';
import type { CreditNote, CreditNoteLine, CreditNoteTax } from '../../../prisma/generated/client.ts';
import { timeNow } from '../../kernel/clock.ts';
import type { Db, Json } from '../../kernel/database.ts';
import { behind, type Place, type Scope, scoped } from '../../kernel/listing.ts';
import type { LineTax, TaxGroup } from './totals.ts';

export type { CreditNote, CreditNoteLine, CreditNoteTax };
export type WholeCreditNote = CreditNote & { readonly lines: readonly CreditNoteLine[]; readonly taxes: readonly CreditNoteTax[] };

export interface NewCreditLine extends LineTax {
  readonly invoiceLineId: string | null;
  readonly amount: bigint;
  readonly description: Json;
}

export async function insertCreditNote(
  db: Db,
  note: Omit<CreditNote, 'id' | 'createdAt' | 'pdfSha256' | 'seller' | 'buyer'> & { readonly seller: Json; readonly buyer: Json },
  lines: readonly NewCreditLine[],
  taxes: readonly TaxGroup[],
): Promise<CreditNote> {
  const id = randomUUID();
  const row = await db.creditNote.create({ data: { id, ...note, createdAt: timeNow() } });
  await db.creditNoteLine.createMany({
    data: lines.map(({ category, percent, inclusive, ...line }, index) => ({
      ...line,
      id: randomUUID(),
      creditNoteId: id,
      position: index + 1,
      taxCategory: category,
      taxPercent: percent,
      taxInclusive: inclusive,
    })),
  });
  await db.creditNoteTax.createMany({ data: taxes.map((group) => ({ id: randomUUID(), creditNoteId: id, ...group })) });
  return row;
}

const WHOLE = { lines: { orderBy: { position: 'asc' } }, taxes: { orderBy: { percent: 'desc' } } } as const;

export async function creditNoteById(db: Db, scope: Scope, id: string): Promise<WholeCreditNote | null> {
  return await db.creditNote.findFirst({ where: { id, ...scoped(scope) }, include: WHOLE });
}

export async function creditNoteByCause(db: Db, causeKey: string): Promise<CreditNote | null> {
  return await db.creditNote.findUnique({ where: { causeKey } });
}

/** All of an invoice, oldest first. */
export async function creditNotesOf(db: Db, invoiceId: string): Promise<WholeCreditNote[]> {
  return await db.creditNote.findMany({ where: { invoiceId }, include: WHOLE, orderBy: { number: 'asc' } });
}

export async function listCreditNotes(
  db: Db,
  scope: Scope,
  filter: { readonly organizationId?: string | undefined; readonly invoiceId?: string | undefined },
  after: Place | undefined,
  take: number,
): Promise<CreditNote[]> {
  return await db.creditNote.findMany({
    where: { AND: [scoped(scope), filter, behind(after)] },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take,
  });
}
