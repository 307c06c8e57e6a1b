/**
 * A document as PDF: A4, tagged, with its own fonts inside. The same document gives the same bytes: its dates and its id come
 * from the document, never from the clock.
 */
import type PDFKit from 'pdfkit';
import { type Money } from '../../../../contract/money.ts';
import type { Document, DocumentLine } from './document.ts';
import { BOLD, fontBytes, REGULAR, runsOf, WIDE } from './fonts.ts';
import { type Words, wordsOf, writtenAmount, writtenDay, writtenPercent } from './words.ts';

type Pdf = InstanceType<typeof PDFKit>;
type Face = typeof REGULAR | typeof BOLD;

const MARGIN = 50;
const WIDTH = 595.28 - 2 * MARGIN;
const BOTTOM = 841.89 - 80;
const SIZE = 9;
const LEADING = 12;
/** Left edges and widths of the table. */
const COLUMNS = {
  position: { x: MARGIN, width: 28 },
  text: { x: MARGIN + 32, width: 243 },
  quantity: { x: MARGIN + 279, width: 36 },
  unit: { x: MARGIN + 319, width: 84 },
  amount: { x: MARGIN + 407, width: WIDTH - 407 },
} as const;
type Column = (typeof COLUMNS)[keyof typeof COLUMNS];

interface Style {
  readonly face?: Face;
  readonly size?: number;
  readonly right?: boolean;
}

/** The bytes. */
export async function renderPdf(document: Document): Promise<Buffer> {
  const words = wordsOf(document.locale);
  // Loaded for the first document: its fonts' reader is large.
  const { default: Kit } = await import('pdfkit');
  const pdf = new Kit({
    size: 'A4',
    margin: 0,
    autoFirstPage: true,
    bufferPages: true,
    tagged: true,
    displayTitle: true,
    lang: document.locale,
    pdfVersion: '1.7',
    info: {
      Title: titleOf(document, words),
      Author: document.seller.name,
      Creator: 'Plinth',
      Producer: 'Plinth',
      CreationDate: document.at,
      ModDate: document.at,
    },
  });
  for (const name of [REGULAR, BOLD, WIDE] as const) pdf.registerFont(name, fontBytes(name) as unknown as string);
  const chunks: Buffer[] = [];
  const done = new Promise<Buffer>((resolve, reject) => {
    pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
    pdf.on('end', () => resolve(Buffer.concat(chunks)));
    pdf.on('error', reject);
  });
  const afterHead = head(pdf, document, words);
  const afterTable = table(pdf, document, words, afterHead);
  const afterTotals = totals(pdf, document, words, afterTable);
  notes(pdf, document, words, afterTotals);
  footers(pdf, document, words);
  pdf.end();
  return await done;
}

function titleOf({ type, number }: Document, words: Words): string {
  const name = type === 'invoice' ? words.invoice : type === 'pro-forma' ? words.proForma : words.creditNote;
  return number === null ? name : `${name} ${number}`;
}

/** Writes one line of text at a place, right-aligned in a width if told, in as many fonts as it needs. */
function line(
  pdf: Pdf,
  text: string,
  x: number,
  y: number,
  width: number,
  { face = REGULAR, size = SIZE, right = false }: Style = {},
): void {
  const runs = runsOf(text, face);
  const widths = runs.map((run) => pdf.font(run.font).fontSize(size).widthOfString(run.text));
  let at = right ? x + width - widths.reduce((sum, each) => sum + each, 0) : x;
  for (const [index, run] of runs.entries()) {
    pdf.font(run.font).fontSize(size).text(run.text, at, y, { lineBreak: false });
    at += widths[index]!;
  }
}

function widthOf(pdf: Pdf, text: string, face: Face, size: number): number {
  return runsOf(text, face).reduce((sum, run) => sum + pdf.font(run.font).fontSize(size).widthOfString(run.text), 0);
}

/** The text in lines of at most that width: at blanks, and within a word that is longer than a line. */
function wrapped(pdf: Pdf, text: string, width: number, face: Face = REGULAR, size = SIZE): string[] {
  const lines: string[] = [];
  let current = '';
  const fits = (candidate: string): boolean => widthOf(pdf, candidate, face, size) <= width;
  for (const word of text.split(' ')) {
    const longer = current === '' ? word : `${current} ${word}`;
    if (fits(longer)) {
      current = longer;
      continue;
    }
    if (current !== '') lines.push(current);
    current = '';
    for (const character of word) {
      if (current !== '' && !fits(current + character)) {
        lines.push(current);
        current = '';
      }
      current += character;
    }
  }
  return [...lines, current];
}

function head(pdf: Pdf, document: Document, words: Words): number {
  const { seller, buyer, locale } = document;
  let y = MARGIN;
  const sender = [seller.name, ...seller.address, seller.country];
  for (const [index, text] of sender.entries()) {
    for (const part of wrapped(pdf, text, WIDTH / 2)) {
      line(pdf, part, MARGIN + WIDTH / 2, y, WIDTH / 2, { right: true, ...(index === 0 ? { face: BOLD } : {}) });
      y += LEADING;
    }
  }
  for (const text of [seller.tax_id === null ? '' : `${words.taxId}: ${seller.tax_id}`, seller.email ?? ''].filter((each) => each !== '')) {
    line(pdf, text, MARGIN + WIDTH / 2, y, WIDTH / 2, { right: true });
    y += LEADING;
  }
  let left = MARGIN + 60;
  const to = [buyer.name, ...buyer.address, buyer.country, ...(buyer.tax_id === null ? [] : [`${words.taxId}: ${buyer.tax_id}`])];
  for (const [index, text] of to.entries())
    for (const part of wrapped(pdf, text, WIDTH / 2 - 20, index === 0 ? BOLD : REGULAR)) {
      line(pdf, part, MARGIN, left, WIDTH / 2, index === 0 ? { face: BOLD } : {});
      left += LEADING;
    }
  y = Math.max(y, left) + 28;
  line(pdf, titleOf(document, words), MARGIN, y, WIDTH, { face: BOLD, size: 16 });
  y += 28;
  const facts: [string, string][] = [
    [words.date, writtenDay(document.issued, locale)],
    ...(document.due === null ? [] : [[words.due, writtenDay(document.due, locale)] as [string, string]]),
    ...(document.corrects === null
      ? []
      : ([
          [words.of, document.corrects.number],
          [words.reason, document.corrects.reason],
        ] as [string, string][])),
  ];
  for (const [name, value] of facts) {
    line(pdf, `${name}:`, MARGIN, y, 110);
    for (const part of wrapped(pdf, value, WIDTH - 120)) {
      line(pdf, part, MARGIN + 120, y, WIDTH - 120);
      y += LEADING;
    }
  }
  return y + 14;
}

function tableHead(pdf: Pdf, words: Words, y: number): number {
  const cell = (text: string, { x, width }: Column, right: boolean): void => line(pdf, text, x, y, width, { face: BOLD, right });
  cell(words.position, COLUMNS.position, false);
  cell(words.description, COLUMNS.text, false);
  cell(words.quantity, COLUMNS.quantity, true);
  cell(words.unit, COLUMNS.unit, true);
  cell(words.amount, COLUMNS.amount, true);
  rule(pdf, y + LEADING + 2);
  return y + LEADING + 8;
}

function rule(pdf: Pdf, y: number): void {
  pdf
    .moveTo(MARGIN, y)
    .lineTo(MARGIN + WIDTH, y)
    .lineWidth(0.5)
    .stroke('#888888');
  pdf.fillColor('black');
}

function table(pdf: Pdf, document: Document, words: Words, from: number): number {
  let y = tableHead(pdf, words, from);
  for (const [index, each] of document.lines.entries()) {
    const texts = wrapped(pdf, lineOf(each, document), COLUMNS.text.width);
    if (y + texts.length * LEADING > BOTTOM) {
      pdf.addPage();
      y = tableHead(pdf, words, MARGIN);
    }
    const cell = (text: string, { x, width }: Column, right: boolean, at = y): void => line(pdf, text, x, at, width, { right });
    cell(String(index + 1), COLUMNS.position, false);
    cell(String(each.quantity), COLUMNS.quantity, true);
    cell(writtenAmount(each.unit, document.locale), COLUMNS.unit, true);
    cell(writtenAmount(each.amount, document.locale), COLUMNS.amount, true);
    for (const text of texts) {
      cell(text, COLUMNS.text, false, y);
      y += LEADING;
    }
    y += 3;
  }
  rule(pdf, y + 2);
  return y + 10;
}

/** Where one document has several rates, each line says its own. */
function lineOf({ text, category, percent }: DocumentLine, { taxes, locale }: Document): string {
  if (taxes.length < 2 || percent === null) return text;
  return `${text} [${category === 'S' ? writtenPercent(percent, locale) : category}]`;
}

function totals(pdf: Pdf, document: Document, words: Words, from: number): number {
  const { locale } = document;
  const rows: [string, Money, Face][] = [
    [words.net, document.net, REGULAR],
    ...document.taxes.map(({ percent, inclusive, base, amount }): [string, Money, Face] => [
      `${inclusive ? words.taxWithin : words.tax} ${writtenPercent(percent, locale)} ${words.on} ${writtenAmount(base, locale)}`,
      amount,
      REGULAR,
    ]),
    [words.total, document.total, BOLD],
  ];
  let y = from;
  if (y + rows.length * (LEADING + 2) > BOTTOM) {
    pdf.addPage();
    y = MARGIN;
  }
  for (const [name, amount, face] of rows) {
    line(pdf, name, MARGIN + 150, y, WIDTH - 150 - 100, { face, right: true });
    line(pdf, writtenAmount(amount, locale), COLUMNS.amount.x, y, COLUMNS.amount.width, { face, right: true });
    y += LEADING + 2;
  }
  return y + 14;
}

/** What the law wants said about taxes that are not charged, and where the money goes. */
export function noticesOf(document: Document, words: Words): string[] {
  const categories = new Set(document.lines.map(({ category }) => category));
  return [
    ...(categories.has('AE') ? [words.reverse] : []),
    ...(categories.has('E') ? [words.exempt] : []),
    ...(categories.has('Z') ? [words.zero] : []),
    ...(document.type === 'pro-forma' ? [words.nothingDue] : []),
    ...(document.seller.bank === null || document.type === 'credit-note' ? [] : [`${words.bank}: ${document.seller.bank}`]),
  ];
}

function notes(pdf: Pdf, document: Document, words: Words, from: number): void {
  let y = from;
  for (const text of noticesOf(document, words))
    for (const part of wrapped(pdf, text, WIDTH)) {
      if (y + LEADING > BOTTOM) {
        pdf.addPage();
        y = MARGIN;
      }
      line(pdf, part, MARGIN, y, WIDTH);
      y += LEADING;
    }
}

function footers(pdf: Pdf, document: Document, words: Words): void {
  const { start, count } = pdf.bufferedPageRange();
  for (let page = start; page < start + count; page++) {
    pdf.switchToPage(page);
    line(pdf, `${words.page} ${page + 1} ${words.pageOf} ${count}`, MARGIN, 841.89 - 50, WIDTH, { size: 8, right: true });
    line(pdf, titleOf(document, words), MARGIN, 841.89 - 50, WIDTH / 2, { size: 8 });
  }
}
