/** What a reader finds in the documents: the very sums of the rows, every name, and the same bytes each time. */
import { createHash } from 'node:crypto';
import { extractText, getDocumentProxy } from 'unpdf';
import { expect, test } from 'vitest';
import { formatAmount } from '../../../../contract/money.ts';
import { cents, withBilling } from '../../../../test/support/billing.ts';
import { creditNoteById } from '../credit-notes-store.ts';
import { issueCreditNote } from '../credit-note.ts';
import { draftInvoice, issueInvoice, type LineInput } from '../issue.ts';
import { putTowards } from '../settle.ts';
import { invoiceById, lockInvoice } from '../store.ts';
import { creditNoteDocument, type Document, invoiceDocument } from './document.ts';
import { renderPdf } from './pdf.ts';
import { writtenAmount } from './words.ts';
import { renderXml } from './xml.ts';

const billing = withBilling();
const AT = new Date('2027-02-14T09:30:00Z');
const how = { at: AT, actor: 'test' };

async function invoiceOf(lines: LineInput[], customer: Parameters<typeof billing.customer>[0] = {}, draft = false) {
  const organizationId = await billing.customer(customer);
  const make = draft ? draftInvoice : issueInvoice;
  const currency = customer?.currency ?? 'EUR';
  const made = await billing.within((tx) =>
    make(billing.services, tx, { organizationId, kind: 'manual', currency, lines, dueAt: new Date('2027-02-27T23:00:00Z'), ...how }),
  );
  return (await invoiceById(billing.db, null, made.id))!;
}

const item = (unit: string, text = 'VPS S', more: Partial<LineInput> = {}): LineInput => ({
  kind: 'recurring',
  unitAmount: cents(unit),
  parts: { text },
  ...more,
});

async function read(pdf: Buffer): Promise<{ pages: string[]; text: string }> {
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(pdf)), { mergePages: false });
  return { pages: text, text: text.join('\n').replaceAll(/\s+/g, ' ') };
}

/** Every amount, text and number of the document stands in what a reader extracts. */
async function expectWhole(document: Document): Promise<{ pages: string[]; text: string }> {
  const found = await read(await renderPdf(document));
  const { locale } = document;
  for (const amount of [document.net, document.total, ...document.taxes.flatMap((tax) => [tax.base, tax.amount])])
    expect(found.text).toContain(writtenAmount(amount, locale));
  const sum = document.lines.reduce((all, line) => all + line.amount.amount, 0n);
  const exclusive = document.taxes.filter(({ inclusive }) => !inclusive).reduce((all, tax) => all + tax.amount.amount, 0n);
  expect(sum + exclusive).toBe(document.total.amount);
  for (const text of [document.seller.name, document.buyer.name, ...document.buyer.address, document.number ?? ''])
    expect(found.text.replaceAll(' ', '')).toContain(text.replaceAll(' ', ''));
  return found;
}

test('an invoice in English and one in German, with names of many scripts', async () => {
  const period = { start: '2027-02-28', end: '2027-03-31' };
  const lines = [
    item('1234.50', 'VPS S', { period, parts: { text: 'VPS S', detail: 'web-1' } }),
    item('15.00', 'VPS S', { kind: 'setup' }),
    item('-7.50', 'SPRING', { kind: 'discount' }),
  ];
  const names = { name: 'Zażółć gęślą jaźń Łódź', address: ['日本国東京都 1-2-3', 'ул. Ленина 5', 'Αθήνα 한국 😀', 'שלום'] };
  const english = await expectWhole(invoiceDocument(await invoiceOf(lines, names)));
  expect(english.text).toContain('Invoice INV-2027-');
  expect(english.text).toContain('VPS S, web-1 (2027-02-28 to 2027-03-30)');
  expect(english.text).toContain('1,242.00 EUR');
  const german = await expectWhole(invoiceDocument(await invoiceOf(lines, { ...names, locale: 'de', timeZone: 'Europe/Berlin' })));
  expect(german.text).toContain('Rechnung INV-2027-');
  expect(german.text).toContain('Einrichtung: VPS S');
  expect(german.text).toContain('1.242,00 EUR');
  expect(german.text).toContain('28.02.2027');
});

test('200 lines go over pages, each with its head and number', async () => {
  const lines = Array.from({ length: 200 }, (_, index) => item('0.37', `Server number ${index + 1}`));
  const invoice = await invoiceOf(lines);
  const { pages, text } = await expectWhole(invoiceDocument(invoice));
  expect(pages.length).toBeGreaterThan(3);
  for (const [index, page] of pages.entries()) expect(page).toContain(`Page ${index + 1} of ${pages.length}`);
  for (let line = 1; line <= 200; line++) expect(text).toContain(`Server number ${line} `);
});

test('no line, and a text that is longer than a page is wide', async () => {
  await expectWhole(invoiceDocument(await invoiceOf([])));
  const long = 'x'.repeat(300);
  const { text } = await read(await renderPdf(invoiceDocument(await invoiceOf([item('1.00', long)]))));
  expect(text.replaceAll(' ', '')).toContain(long.slice(0, 30));
});

test('reverse charge, tax free and pro forma say so', async () => {
  const reverse = await invoiceOf([item('10.00')], { country: 'PL', taxId: 'PL1234567890', taxIdValid: true });
  expect((await expectWhole(invoiceDocument(reverse))).text).toContain('Reverse charge: the recipient is liable');
  expect((await read(await renderPdf(invoiceDocument(await invoiceOf([item('1.00')], {}, true))))).text).toContain('Pro forma invoice');
});

test('a credit note names what it corrects', async () => {
  const invoice = await invoiceOf([item('29.99'), item('7.50')]);
  await billing.within(async (tx) =>
    putTowards(billing.services, tx, (await lockInvoice(tx, invoice.id))!, invoice.total, { causeKey: `t:${invoice.id}`, ...how }),
  );
  const note = await billing.within((tx) =>
    issueCreditNote(billing.services, tx, {
      invoiceId: invoice.id,
      of: { gross: cents('20.00') },
      reason: 'the server was late',
      to: 'balance',
      causeKey: `n:${invoice.id}`,
      ...how,
    }),
  );
  const document = creditNoteDocument((await creditNoteById(billing.db, null, note.id))!, invoice.number!);
  const { text } = await expectWhole(document);
  for (const words of ['Credit note CN-2027-', invoice.number!, 'the server was late', '16.81 EUR', '3.19 EUR', '20.00 EUR'])
    expect(text).toContain(words);
  expect(renderXml(document)).toContain('<CreditNote ');
});

test('the same rows give the same bytes', async () => {
  const invoice = await invoiceOf([item('29.99', 'Łódź 日本')]);
  const hash = async () =>
    createHash('sha256')
      .update(await renderPdf(invoiceDocument((await invoiceById(billing.db, null, invoice.id))!)))
      .digest('hex');
  expect(await hash()).toBe(await hash());
});

/** A number of the XML, in the smallest unit. */
const amounts = (xml: string, name: string): bigint[] =>
  [...xml.matchAll(new RegExp(`<cbc:${name} currencyID="EUR">([^<]+)<`, 'g'))].map(([, text]) => cents(text!));
const sum = (all: readonly bigint[]): bigint => all.reduce((total, each) => total + each, 0n);

test.each([
  ['exclusive', false],
  ['inclusive', true],
])('the electronic invoice adds up by the rules of EN 16931 (%s)', async (_name, inclusive) => {
  const lines = [
    item('29.99', 'A & B <x>', { inclusive }),
    item('15.01', 'VPS', { inclusive, kind: 'setup', quantity: 3 }),
    item('-7.50', 'SPRING', { kind: 'discount', inclusive }),
  ];
  const document = invoiceDocument(await invoiceOf(lines));
  const xml = renderXml(document);
  expect(xml).toContain('A &amp; B &lt;x&gt;');
  const [extension, allowance, without, withTax, payable] = [
    'LineExtensionAmount',
    'AllowanceTotalAmount',
    'TaxExclusiveAmount',
    'TaxInclusiveAmount',
    'PayableAmount',
  ].map((name) => amounts(xml, name));
  // The first LineExtensionAmount is the document's, the others are its lines'.
  expect(extension![0]).toBe(sum(extension!.slice(1)));
  expect(without![0]).toBe(extension![0]! - sum(allowance!));
  expect(sum(amounts(xml, 'TaxableAmount'))).toBe(without![0]);
  expect(withTax![0]).toBe(without![0]! + amounts(xml, 'TaxAmount')[0]!);
  expect(payable![0]).toBe(document.total.amount);
  expect(formatAmount(document.total)).toBe(inclusive ? '67.52' : '80.35');
});
