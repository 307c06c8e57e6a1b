/** Invoices over a real database: numbers, states, credit, credit notes, and what the database itself refuses. */
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { cents, withBilling } from '../../../test/support/billing.ts';
import { changeCredit } from '../credit/credit.ts';
import { balancesOf } from '../credit/store.ts';
import { creditNoteById } from './credit-notes-store.ts';
import { issueCreditNote } from './credit-note.ts';
import { draftInvoice, type InvoiceInput, issueInvoice, type LineInput } from './issue.ts';
import { dueOf, putTowards, voidInvoice, writeOff } from './settle.ts';
import { type Invoice, invoiceById, lockInvoice } from './store.ts';

const billing = withBilling();
const AT = new Date('2027-03-25T12:00:00Z');
const how = { at: AT, actor: 'test' };

const item = (unit: string, more: Partial<LineInput> = {}): LineInput => ({
  kind: 'recurring',
  unitAmount: cents(unit),
  parts: { text: 'VPS S' },
  ...more,
});
const input = (organizationId: string, lines: LineInput[], more: Partial<InvoiceInput> = {}): InvoiceInput => ({
  organizationId,
  kind: 'manual',
  currency: 'EUR',
  lines,
  dueAt: AT,
  ...how,
  ...more,
});
const issue = (organizationId: string, lines: LineInput[], more: Partial<InvoiceInput> = {}) =>
  billing.within((tx) => issueInvoice(billing.services, tx, input(organizationId, lines, more)));
const pay = (invoice: Invoice, amount: bigint) =>
  billing.within(async (tx) => {
    const locked = (await lockInvoice(tx, invoice.id))!;
    return await putTowards(billing.services, tx, locked, amount, { causeKey: `test:${randomUUID()}`, ...how });
  });
const give = (organizationId: string, amount: string) =>
  billing.within((tx) =>
    changeCredit(tx, { organizationId, currency: 'EUR', amount: cents(amount), kind: 'goodwill', causeKey: randomUUID(), ...how }),
  );
const balance = async (organizationId: string) => (await balancesOf(billing.db, organizationId))[0]?.amount ?? 0n;
const example7 = [item('29.99'), item('15.00', { kind: 'setup' }), item('-7.50', { kind: 'discount' })];

test('200 issued at once, 30 % of them undone: numbers 1 to n without a gap, in the order of issue', { timeout: 120_000 }, async () => {
  const customer = await billing.customer();
  const at = new Date('2031-05-01T00:00:00Z');
  const tries = Array.from({ length: 200 }, (_, index) =>
    billing
      .within(async (tx) => {
        const invoice = await issueInvoice(billing.services, tx, input(customer, [item('1.00')], { at }));
        if (index % 10 < 3) throw new Error('undone');
        return invoice;
      })
      .catch((error: Error) => {
        if (error.message !== 'undone') throw error;
        return null;
      }),
  );
  const made = (await Promise.all(tries)).filter((each) => each !== null).sort((a, b) => (a.number! < b.number! ? -1 : 1));
  expect(made.length).toBe(140);
  expect(made.map(({ number }) => number)).toEqual(made.map((_, index) => `INV-2031-${String(index + 1).padStart(6, '0')}`));
  const times = made.map(({ issuedAt }) => issuedAt!.getTime());
  expect(times).toEqual([...times].sort((a, b) => a - b));
});

test('a partial payment leaves it open, the rest settles it, and whoever listens is told once in that transaction', async () => {
  const told: string[] = [];
  billing.services.hooks.register('invoice.paid', 'test', async (_tx, { invoiceId }) => void told.push(invoiceId));
  const invoice = await issue(await billing.customer(), example7);
  expect([invoice.status, invoice.total]).toEqual(['open', cents('44.61')]);
  const partly = await pay(invoice, cents('40.00'));
  expect([partly.status, dueOf(partly)]).toEqual(['open', cents('4.61')]);
  expect(told).toEqual([]);
  expect(await pay(invoice, cents('4.61'))).toMatchObject({ status: 'paid', amountPaid: cents('44.61') });
  expect(told).toEqual([invoice.id]);
  await expect(pay(invoice, 1n)).rejects.toThrow(/cannot be put towards/);
});

test('a draft is payable and gets its number only when it is paid; a total of zero is paid at once', async () => {
  const customer = await billing.customer();
  const draft = await billing.within((tx) => draftInvoice(billing.services, tx, input(customer, [item('10.00')], { kind: 'order' })));
  expect([draft.status, draft.number]).toEqual(['draft', null]);
  const paid = await pay(draft, draft.total);
  expect(paid.status).toBe('paid');
  expect(paid.number).toMatch(/^INV-2027-\d{6}$/);
  expect(await issue(customer, [item('10.00'), item('-10.00', { kind: 'discount' })])).toMatchObject({ status: 'paid', total: 0n });
});

test('credit goes towards an invoice as far as it reaches, and comes back when it is void', async () => {
  const customer = await billing.customer();
  await give(customer, '6.14');
  const invoice = await issue(customer, [item('10.00')]);
  expect([invoice.total, dueOf(invoice), await balance(customer)]).toEqual([cents('11.90'), cents('5.76'), 0n]);
  const voided = await billing.within((tx) => voidInvoice(billing.services, tx, invoice.id, { ...how, reason: 'a mistake' }));
  expect([voided.status, voided.amountPaid, await balance(customer)]).toEqual(['void', 0n, cents('6.14')]);
  // All of it covered: paid at issue.
  expect(await issue(customer, [item('5.00')])).toMatchObject({ status: 'paid', amountPaid: cents('5.95') });
  expect(await balance(customer)).toBe(cents('0.19'));
});

test('credit is never spent twice, and never below zero', async () => {
  const customer = await billing.customer();
  await give(customer, '10.00');
  const invoices = await Promise.all(Array.from({ length: 8 }, () => issue(customer, [item('2.00')])));
  const used = invoices.reduce((sum, { amountPaid }) => sum + amountPaid, 0n);
  expect([used, await balance(customer)]).toEqual([cents('10.00'), 0n]);
  await expect(give(customer, '-0.01')).rejects.toMatchObject({ code: 'credit_insufficient' });
  await expect(billing.db.$executeRaw`UPDATE "credit_balance" SET "amount" = -1 WHERE "organizationId" = ${customer}`).rejects.toThrow(
    /credit_balance_not_negative/,
  );
});

test('a refund of 20.00 is a note of 16.81 and 3.19; the last note takes exactly what is left', async () => {
  const customer = await billing.customer();
  const invoice = await issue(customer, example7);
  await pay(invoice, invoice.total);
  const credit = (gross: bigint, causeKey: string) =>
    billing.within((tx) =>
      issueCreditNote(billing.services, tx, { invoiceId: invoice.id, of: { gross }, reason: 'goodwill', to: 'refund', causeKey, ...how }),
    );
  const note = await credit(cents('20.00'), `first:${invoice.id}`);
  expect(note).toMatchObject({ net: cents('16.81'), tax: cents('3.19'), amount: cents('20.00'), destination: 'refund' });
  expect(note.number).toMatch(/^CN-2027-\d{6}$/);
  expect(await invoiceById(billing.db, null, invoice.id)).toMatchObject({
    status: 'paid',
    amountPaid: cents('24.61'),
    amountCredited: cents('20.00'),
  });
  // The same cause again is the same note.
  expect((await credit(cents('20.00'), `first:${invoice.id}`)).id).toBe(note.id);
  await expect(credit(cents('24.62'), 'too-much')).rejects.toMatchObject({ code: 'credit_exceeds_invoice' });
  const last = await credit(cents('24.61'), `last:${invoice.id}`);
  expect([note.tax + last.tax, note.net + last.net]).toEqual([invoice.tax, invoice.total - invoice.tax]);
  expect(await invoiceById(billing.db, null, invoice.id)).toMatchObject({ status: 'paid', amountPaid: 0n, amountCredited: invoice.total });
});

test('a downgrade is a note by lines: 5.16 + 0.98 = 6.14 to the balance, and the renewal owes 5.76', async () => {
  const customer = await billing.customer();
  const invoice = await issue(customer, [item('20.00')]);
  await pay(invoice, invoice.total);
  const [line] = (await invoiceById(billing.db, null, invoice.id))!.lines;
  const note = await billing.within((tx) =>
    issueCreditNote(billing.services, tx, {
      invoiceId: invoice.id,
      of: { lines: [{ lineId: line!.id, amount: cents('5.16'), text: 'VPS M' }] },
      reason: 'downgrade',
      to: 'balance',
      creditKind: 'downgrade',
      causeKey: `downgrade:${invoice.id}`,
      ...how,
    }),
  );
  expect(note).toMatchObject({ net: cents('5.16'), tax: cents('0.98'), amount: cents('6.14') });
  expect(await balance(customer)).toBe(cents('6.14'));
  expect(dueOf(await issue(customer, [item('10.00')], { kind: 'renewal' }))).toBe(cents('5.76'));
  expect((await creditNoteById(billing.db, null, note.id))!.lines[0]).toMatchObject({ invoiceLineId: line!.id });
});

test('a credit note on an open invoice lowers what is due, and settles it when nothing is left', async () => {
  const customer = await billing.customer();
  const invoice = await issue(customer, [item('10.00')]);
  const credit = (gross: string, causeKey: string) =>
    billing.within((tx) =>
      issueCreditNote(billing.services, tx, {
        invoiceId: invoice.id,
        of: { gross: cents(gross) },
        reason: 'late',
        to: 'balance',
        causeKey: `${causeKey}:${invoice.id}`,
        ...how,
      }),
    );
  expect(await credit('1.90', 'a')).toMatchObject({ destination: 'none' });
  await pay(invoice, cents('4.00'));
  // 6.00 are due: of 8.00 credited, 2.00 were paid and go to the balance.
  await credit('8.00', 'b');
  expect(await invoiceById(billing.db, null, invoice.id)).toMatchObject({
    status: 'paid',
    amountPaid: cents('2.00'),
    amountCredited: cents('9.90'),
  });
  expect(await balance(customer)).toBe(cents('2.00'));
});

test('reverse charge is for businesses abroad with a checked id only', async () => {
  const [checked, unchecked, consumer] = [
    await billing.customer({ country: 'PL', taxId: 'PL1234567890', taxIdValid: true }),
    await billing.customer({ country: 'PL', taxId: 'PL1234567890' }),
    await billing.customer({ country: 'PL' }),
  ];
  expect(await issue(checked, [item('10.00')])).toMatchObject({ tax: 0n, total: cents('10.00') });
  for (const each of [unchecked, consumer]) expect(await issue(each, [item('10.00')])).toMatchObject({ tax: cents('2.30') });
  expect(await issue(await billing.customer({ country: 'BR' }), [item('10.00')])).toMatchObject({ tax: 0n, total: cents('10.00') });
});

test('another currency than the organization’s is refused', async () => {
  const customer = await billing.customer();
  await expect(issue(customer, [item('1.00')], { currency: 'USD' })).rejects.toMatchObject({ code: 'currency_mismatch' });
  await expect(issue(customer, [item('-1.00')])).rejects.toMatchObject({ code: 'invoice_negative' });
});

test('written off, it can still be paid', async () => {
  const invoice = await issue(await billing.customer(), [item('10.00')]);
  await billing.within((tx) => writeOff(tx, invoice.id, { ...how, reason: 'gone' }));
  expect(await pay(invoice, invoice.total)).toMatchObject({ status: 'paid' });
});

test('the database itself refuses what must never be', async () => {
  const invoice = await issue(await billing.customer(), [item('10.00')]);
  const paid = await issue(await billing.customer(), [item('10.00')]);
  await pay(paid, paid.total);
  const { db } = billing;
  const refused: [string, RegExp][] = [
    [`UPDATE "invoice" SET "total" = "total" + 1, "subtotal" = "subtotal" + 1 WHERE "id" = '${invoice.id}'`, /was issued/],
    [`UPDATE "invoice" SET "number" = NULL WHERE "id" = '${invoice.id}'`, /was issued|invoice_numbered/],
    [`UPDATE "invoice" SET "status" = 'draft' WHERE "id" = '${invoice.id}'`, /does not go/],
    [`UPDATE "invoice" SET "status" = 'open', "paidAt" = NULL WHERE "id" = '${paid.id}'`, /does not go/],
    [`UPDATE "invoice" SET "status" = 'paid', "paidAt" = now() WHERE "id" = '${invoice.id}'`, /invoice_settled/],
    [`UPDATE "invoice" SET "amountPaid" = 1 WHERE "id" = '${invoice.id}'`, /does not add up/],
    [`UPDATE "invoice" SET "amountPaid" = "total" + 1 WHERE "id" = '${invoice.id}'`, /invoice_paid/],
    [`DELETE FROM "invoice" WHERE "id" = '${invoice.id}'`, /was issued|violates foreign key|lines do not change/],
    [`UPDATE "invoice_line" SET "amount" = 1 WHERE "invoiceId" = '${invoice.id}'`, /lines do not change/],
    [
      `INSERT INTO "invoice_line" SELECT 'x', "invoiceId", 99, "kind", NULL, NULL, NULL, NULL, NULL, 1, 1, 1, NULL, NULL, 'O', false, '{}' FROM "invoice_line" WHERE "invoiceId" = '${invoice.id}'`,
      /lines do not change/,
    ],
    [`DELETE FROM "allocation" WHERE "invoiceId" = '${paid.id}'`, /append-only/],
    [`UPDATE "billing_profile" SET "currency" = 'USD' WHERE "organizationId" = '${paid.organizationId}'`, /does not change/],
  ];
  for (const [statement, message] of refused) await expect(db.$executeRawUnsafe(statement), statement).rejects.toThrow(message);
  await expect(db.$executeRaw`TRUNCATE "credit_entry"`).rejects.toThrow(/append-only/);
});
