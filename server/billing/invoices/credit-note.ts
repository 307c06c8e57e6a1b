/**
 * Corrections. What a credit note takes off an unpaid invoice lowers what is due; of a paid one it goes to the balance or
 * back to the payer. Its tax is that of the lines which it corrects, and the last note of an invoice takes exactly what is
 * left, so that all of them never come to more than it.
 */
import { allocate, formatAmount, money } from '../../../contract/money.ts';
import { appendAudit } from '../../kernel/audit.ts';
import type { Db, Json } from '../../kernel/database.ts';
import { emit } from '../../kernel/events/emit.ts';
import { Refusal, refuseField } from '../../kernel/problem.ts';
import type { Services } from '../../kernel/services.ts';
import { changeCredit, type CreditKind } from '../credit/credit.ts';
import { type CreditNote, creditNoteByCause, creditNotesOf, insertCreditNote, type NewCreditLine } from './credit-notes-store.ts';
import { takeNumber } from './numbers-store.ts';
import { lowerDue, mustLockInvoice } from './settle.ts';
import { changeInvoice, insertAllocation, type Invoice, invoiceById, type WholeInvoice } from './store.ts';
import { parted, plainPercent, type TaxCategory, type TaxGroup, taxGroups } from './totals.ts';

export interface CreditedLine {
  /** The line of the invoice that is corrected. */
  readonly lineId: string;
  /** As the line counts: without tax where its tax is exclusive. Positive. */
  readonly amount: bigint;
  readonly text: string;
}

export interface CreditNoteInput {
  readonly invoiceId: string;
  /** Exactly these lines, or an amount with its tax over all that is left of the invoice. */
  readonly of: { readonly lines: readonly CreditedLine[] } | { readonly gross: bigint };
  readonly reason: string;
  /** Where it goes as far as the invoice was paid: the balance, or back by `refundId`. */
  readonly to: 'balance' | 'refund';
  readonly refundId?: string;
  /** The payment that is given back, so that its allocation shrinks. */
  readonly paymentId?: string;
  /** What the entry in the credit ledger is called. Default `cancellation`. */
  readonly creditKind?: CreditKind;
  /** The same cause makes one note, however often it is asked for. */
  readonly causeKey: string;
  readonly at: Date;
  readonly actor: string;
}

/** @throws Refusal when the invoice was never issued, or less than that is left of it */
export async function issueCreditNote(services: Pick<Services, 'hooks'>, tx: Db, input: CreditNoteInput): Promise<CreditNote> {
  const invoice = await mustLockInvoice(tx, input.invoiceId);
  const made = await creditNoteByCause(tx, input.causeKey);
  if (made) return made;
  if (invoice.number === null || invoice.status === 'void')
    throw new Refusal(409, 'invoice_not_issued', 'Only an invoice that was issued is corrected by a credit note; void a draft instead.');
  const whole = (await invoiceById(tx, null, invoice.id))!;
  const left = await leftOf(tx, whole);
  const { lines, taxes } = 'lines' in input.of ? ofLines(whole, input.of.lines) : ofGross(whole, left, input.of.gross);
  const tax = taxes.reduce((all, { amount }) => all + amount, 0n);
  const gross =
    lines.reduce((all, { amount }) => all + amount, 0n) + taxes.reduce((all, each) => (each.inclusive ? all : all + each.amount), 0n);
  refuseTooMuch(invoice, gross);
  const { number, issuedAt } = await takeNumber(tx, 'CN', input.at, invoice.timeZone);
  // What the invoice still owes shrinks first; only what was paid beyond that goes anywhere.
  const excess = invoice.amountPaid + invoice.amountCredited + gross - invoice.total;
  const moved = excess > 0n ? excess : 0n;
  const { organizationId, currency, locale, timeZone } = invoice;
  const note = await insertCreditNote(
    tx,
    {
      organizationId,
      invoiceId: invoice.id,
      number,
      reason: input.reason,
      currency,
      net: gross - tax,
      tax,
      amount: gross,
      destination: moved === 0n ? 'none' : input.to,
      refundId: input.refundId ?? null,
      causeKey: input.causeKey,
      seller: whole.seller as Json,
      buyer: whole.buyer as Json,
      locale,
      timeZone,
      issuedAt,
    },
    lines,
    taxes,
  );
  await move(services, tx, invoice, note, moved, input);
  return note;
}

/** Takes what was paid too much off the invoice, and to where it goes. */
async function move(
  services: Pick<Services, 'hooks'>,
  tx: Db,
  invoice: Invoice,
  note: CreditNote,
  moved: bigint,
  input: CreditNoteInput,
): Promise<void> {
  const { at, actor, to, paymentId = null } = input;
  const { organizationId, currency, id: invoiceId } = invoice;
  if (moved === 0n) await lowerDue(services, tx, invoice, note.amount, at, actor);
  else {
    const causeKey = `credit-note:${note.id}`;
    const kind = input.creditKind ?? 'cancellation';
    const creditEntryId =
      to === 'balance' ? await changeCredit(tx, { organizationId, currency, amount: moved, kind, causeKey, invoiceId, actor, at }) : null;
    await insertAllocation(tx, { invoiceId, paymentId: to === 'refund' ? paymentId : null, creditEntryId, amount: -moved, causeKey, at });
    const lowered = await changeInvoice(tx, invoiceId, {
      amountPaid: invoice.amountPaid - moved,
      ...(invoice.status === 'paid' ? { amountCredited: invoice.amountCredited + note.amount } : {}),
    });
    if (invoice.status !== 'paid') await lowerDue(services, tx, lowered, note.amount, at, actor);
  }
  const data = {
    number: note.number,
    invoice: invoice.number!,
    amount: `${formatAmount({ amount: note.amount, currency })} ${currency}`,
    to: note.destination,
    reason: note.reason,
  };
  await emit(tx, {
    kind: 'invoice.credited',
    organizationId,
    data: { invoice_id: invoiceId, status: invoice.status, credit_note_id: note.id },
  });
  await appendAudit(tx, { actor, action: 'credit-note.issued', target: note.id, organizationId, data });
}

function refuseTooMuch(invoice: Invoice, gross: bigint): void {
  const left = invoice.total - invoice.amountCredited;
  if (gross <= 0n) throw refuseField('amount', 'must be more than zero', 'Name what is given back.');
  if (gross > left)
    throw refuseField(
      'amount',
      `is more than the ${formatAmount({ amount: left, currency: invoice.currency })} ${invoice.currency} that credit notes have left of the invoice`,
      'Credit at most that.',
      409,
      'credit_exceeds_invoice',
    );
}

interface Part {
  readonly category: TaxCategory;
  readonly percent: string | null;
  readonly inclusive: boolean;
  /** With its tax. */
  readonly gross: bigint;
  readonly tax: bigint;
}

/** What earlier notes left of each of the invoice's tax groups, and of its lines outside of tax. */
async function leftOf(tx: Db, invoice: WholeInvoice): Promise<Part[]> {
  const notes = await creditNotesOf(tx, invoice.id);
  const key = (each: { category?: string; taxCategory?: string; percent: unknown; inclusive: boolean }): string =>
    `${each.category ?? each.taxCategory}/${String(each.percent)}/${each.inclusive}`;
  const credited = new Map<string, { base: bigint; amount: bigint }>();
  for (const group of notes.flatMap(({ taxes }) => taxes)) {
    const former = credited.get(key(group)) ?? { base: 0n, amount: 0n };
    credited.set(key(group), { base: former.base + group.base, amount: former.amount + group.amount });
  }
  const parts = invoice.taxes.map((group): Part => {
    const gone = credited.get(key(group)) ?? { base: 0n, amount: 0n };
    const { category, percent, inclusive } = { ...group, percent: plainPercent(group.percent.toString()) };
    return {
      category: category as TaxCategory,
      percent,
      inclusive,
      gross: group.base + group.amount - gone.base - gone.amount,
      tax: group.amount - gone.amount,
    };
  });
  const untaxed = (lines: readonly { taxPercent: unknown; amount: bigint }[]): bigint =>
    lines.reduce((all, { taxPercent, amount }) => (taxPercent === null ? all + amount : all), 0n);
  const outside = untaxed(invoice.lines) - untaxed(notes.flatMap(({ lines }) => lines));
  return [...parts, ...(outside > 0n ? [{ category: 'O' as const, percent: null, inclusive: false, gross: outside, tax: 0n }] : [])];
}

interface Corrected {
  readonly lines: NewCreditLine[];
  readonly taxes: TaxGroup[];
}

/** Lines as they count in the invoice, their tax once for each rate. */
function ofLines(invoice: WholeInvoice, credited: readonly CreditedLine[]): Corrected {
  const lines = credited.map(({ lineId, amount, text }): NewCreditLine => {
    const line = invoice.lines.find(({ id }) => id === lineId);
    if (!line) throw refuseField('lines', `the invoice has no line ${lineId}`, 'Name lines of this invoice.');
    if (amount <= 0n) throw refuseField('lines', 'an amount is not above zero', 'Credit a positive amount.');
    const percent = line.taxPercent === null ? null : plainPercent(line.taxPercent.toString());
    return {
      invoiceLineId: lineId,
      amount,
      description: { text },
      category: line.taxCategory as TaxCategory,
      percent,
      inclusive: line.taxInclusive,
    };
  });
  return {
    lines,
    taxes: taxGroups(
      lines.map((line) => ({ ...line, kind: 'recurring' })),
      invoice.currency,
    ),
  };
}

/** An amount with its tax, spread over what is left by rate; all that is left takes the tax that is left. */
function ofGross(invoice: WholeInvoice, left: readonly Part[], gross: bigint): Corrected {
  const weights = left.map((part) => (part.gross > 0n ? part.gross : 0n));
  const all = weights.reduce((sum, weight) => sum + weight, 0n);
  if (all === 0n || gross > all || gross <= 0n) return { lines: [{ ...nothing, amount: gross }], taxes: [] };
  const shares = allocate(money(gross, invoice.currency), weights);
  const lines: NewCreditLine[] = [];
  const taxes: TaxGroup[] = [];
  for (const [index, { amount: share }] of shares.entries()) {
    const { category, percent, inclusive, gross: whole, tax } = left[index]!;
    if (share === 0n) continue;
    const split =
      percent === null
        ? { base: share, amount: 0n }
        : share === whole
          ? { base: share - tax, amount: tax }
          : parted(money(share, invoice.currency), percent, true);
    lines.push({ invoiceLineId: null, amount: inclusive ? share : split.base, description: { text: '' }, category, percent, inclusive });
    if (percent !== null) taxes.push({ category, percent, inclusive, ...split });
  }
  return { lines, taxes };
}

const nothing: Omit<NewCreditLine, 'amount'> = {
  invoiceLineId: null,
  description: { text: '' },
  category: 'O',
  percent: null,
  inclusive: false,
};
