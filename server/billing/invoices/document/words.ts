/** The words of documents, English and German. Numbers and dates are written by hand, so that no library changes a document. */
import { formatAmount, type Money } from '../../../../contract/money.ts';
import { Temporal } from 'temporal-polyfill';

const EN = {
  invoice: 'Invoice',
  proForma: 'Pro forma invoice',
  creditNote: 'Credit note',
  number: 'Number',
  date: 'Date',
  due: 'Payable until',
  of: 'To invoice',
  reason: 'Reason',
  taxId: 'Tax id',
  position: 'No.',
  description: 'Description',
  quantity: 'Qty',
  unit: 'Unit price',
  amount: 'Amount',
  net: 'Net',
  discount: 'Discount included above',
  tax: 'Tax',
  taxWithin: 'Tax included',
  total: 'Total',
  on: 'on',
  page: 'Page',
  pageOf: 'of',
  bank: 'Bank',
  reverse: 'Reverse charge: the recipient is liable for the tax.',
  exempt: 'Exempt from tax.',
  outside: 'Not subject to tax.',
  zero: 'Zero rated.',
  nothingDue: 'This document is not an invoice for the purposes of tax.',
  setup: 'Setup',
  credit: 'Unused time',
  debit: 'Remaining time',
  discountLine: 'Discount',
  topup: 'Credit top-up',
  usage: 'Usage',
  debt: 'Payment taken back',
  correction: 'Correction',
  until: 'to',
};
export type Words = Readonly<Record<keyof typeof EN, string>>;

const DE: Words = {
  invoice: 'Rechnung',
  proForma: 'Proforma-Rechnung',
  creditNote: 'Rechnungskorrektur',
  number: 'Nummer',
  date: 'Datum',
  due: 'Zahlbar bis',
  of: 'Zur Rechnung',
  reason: 'Grund',
  taxId: 'USt-IdNr.',
  position: 'Pos.',
  description: 'Bezeichnung',
  quantity: 'Menge',
  unit: 'Einzelpreis',
  amount: 'Betrag',
  net: 'Netto',
  discount: 'Darin enthaltener Rabatt',
  tax: 'Umsatzsteuer',
  taxWithin: 'Enthaltene Umsatzsteuer',
  total: 'Gesamtbetrag',
  on: 'auf',
  page: 'Seite',
  pageOf: 'von',
  bank: 'Bankverbindung',
  reverse: 'Steuerschuldnerschaft des Leistungsempfängers (Reverse Charge).',
  exempt: 'Steuerfrei.',
  outside: 'Nicht steuerbar.',
  zero: 'Steuersatz null.',
  nothingDue: 'Dieses Dokument ist keine Rechnung im Sinne des Umsatzsteuerrechts.',
  setup: 'Einrichtung',
  credit: 'Nicht genutzte Zeit',
  debit: 'Verbleibende Zeit',
  discountLine: 'Rabatt',
  topup: 'Guthaben',
  usage: 'Verbrauch',
  debt: 'Zurückgebuchte Zahlung',
  correction: 'Korrektur',
  until: 'bis',
};

export function wordsOf(locale: string): Words {
  return locale === 'de' ? DE : EN;
}

/** `1,234.50 EUR` or `1.234,50 EUR`. */
export function writtenAmount(money: Money, locale: string): string {
  const [whole = '', fraction] = formatAmount(money).split('.');
  const [group, point] = locale === 'de' ? ['.', ','] : [',', '.'];
  const grouped = whole.replaceAll(/\B(?=(\d{3})+(?!\d))/g, group);
  return `${grouped}${fraction === undefined ? '' : point + fraction} ${money.currency}`;
}

export function writtenPercent(percent: string, locale: string): string {
  return `${locale === 'de' ? percent.replace('.', ',') : percent} %`;
}

/** The day of a moment in a zone, ISO. */
export function dayIn(at: Date, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone).toPlainDate().toString();
}

/** `2027-02-28`, or `28.02.2027`. */
export function writtenDay(day: string, locale: string): string {
  return locale === 'de' ? day.split('-').toReversed().join('.') : day;
}

interface Described {
  readonly kind: string;
  readonly description: unknown;
  readonly periodStart: Date | null;
  readonly periodEnd: Date | null;
}

/** A line's parts in words: `Setup: VPS S`, `VPS S, web-1 (2027-02-28 to 2027-03-30)`. The end is the last day. */
export function lineText(line: Described, locale: string): string {
  const words = wordsOf(locale);
  const { text = '', detail } = (line.description ?? {}) as { text?: string; detail?: string };
  const prefix = prefixOf(line.kind, words);
  const name = [text, detail].filter((each) => each !== undefined && each !== '').join(', ');
  const said = [prefix, name].filter((each) => each !== '').join(': ');
  if (!line.periodStart || !line.periodEnd) return said;
  const [first, end] = [line.periodStart, line.periodEnd].map((day) => day.toISOString().slice(0, 10)) as [string, string];
  const last = Temporal.PlainDate.from(end).subtract({ days: 1 }).toString();
  return `${said} (${writtenDay(first, locale)} ${words.until} ${writtenDay(last, locale)})`;
}

function prefixOf(kind: string, words: Words): string {
  switch (kind) {
    case 'setup':
      return words.setup;
    case 'proration_credit':
      return words.credit;
    case 'proration_debit':
      return words.debit;
    case 'discount':
      return words.discountLine;
    case 'topup':
      return words.topup;
    case 'usage':
      return words.usage;
    case 'debt':
      return words.debt;
    default:
      return '';
  }
}
