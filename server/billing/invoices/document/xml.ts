/**
 * A document as an electronic invoice of EN 16931, in UBL 2.1 (Invoice or CreditNote). Lines are net there: gross prices are
 * taken apart so that they add up to the very bases of the document, and discount lines become allowances.
 */
import { allocate, formatAmount, money, type Money } from '../../../../contract/money.ts';
import type { Document, DocumentLine, DocumentTax } from './document.ts';
import { noticesOf } from './pdf.ts';
import { wordsOf } from './words.ts';

const NAMESPACES = {
  cac: 'urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2',
  cbc: 'urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2',
};
const CUSTOMIZATION = 'urn:cen.eu:en16931:2017';
/** UNCL1001: commercial invoice, pro forma (as 325), credit note. */
const TYPE_CODES = { invoice: '380', 'pro-forma': '325', 'credit-note': '381' } as const;

/** An element: its name, and its text or children; null ones are left out. */
type Node = readonly [name: string, content: string | readonly (Node | null)[], attributes?: Readonly<Record<string, string>>];

export function renderXml(document: Document): string {
  const root = document.type === 'credit-note' ? 'CreditNote' : 'Invoice';
  const nets = netLines(document);
  const body: (Node | null)[] = [
    ['cbc:CustomizationID', CUSTOMIZATION],
    ['cbc:ID', document.number ?? 'PRO-FORMA'],
    ['cbc:IssueDate', document.issued],
    root === 'Invoice' && document.due !== null ? ['cbc:DueDate', document.due] : null,
    [`cbc:${root}TypeCode`, TYPE_CODES[document.type]],
    ...noticesOf(document, wordsOf(document.locale)).map((text): Node => ['cbc:Note', text]),
    document.corrects === null ? null : ['cbc:Note', document.corrects.reason],
    ['cbc:DocumentCurrencyCode', document.currency],
    document.corrects === null
      ? null
      : ['cac:BillingReference', [['cac:InvoiceDocumentReference', [['cbc:ID', document.corrects.number]]]]],
    ['cac:AccountingSupplierParty', [party(document.seller)]],
    ['cac:AccountingCustomerParty', [party(document.buyer)]],
    ...nets.filter(({ line }) => line.kind === 'discount').map(({ line, net }) => allowance(line, net)),
    taxTotal(document),
    monetaryTotal(document, nets),
    ...nets.filter(({ line }) => line.kind !== 'discount').map(({ line, net }, index) => lineNode(root, line, net, index + 1)),
  ];
  const head = `<?xml version="1.0" encoding="UTF-8"?>\n`;
  const spaces = {
    xmlns: `urn:oasis:names:specification:ubl:schema:xsd:${root}-2`,
    'xmlns:cac': NAMESPACES.cac,
    'xmlns:cbc': NAMESPACES.cbc,
  };
  return `${head}${written([root, body, spaces], '')}`;
}

interface NetLine {
  readonly line: DocumentLine;
  readonly net: Money;
}

/** Each line's net; within a rate they add up to its base exactly. */
function netLines(document: Document): NetLine[] {
  const nets = new Map<DocumentLine, Money>(document.lines.map((line) => [line, line.amount]));
  for (const tax of document.taxes.filter(({ inclusive }) => inclusive)) {
    const lines = document.lines.filter((line) => belongs(line, tax));
    const sizes = lines.map(({ amount }) => (amount.amount < 0n ? -amount.amount : amount.amount));
    // The tax is spread by size over all lines, with the sign of each; what rounding leaves goes to the largest.
    const gross = lines.reduce((sum, { amount }) => sum + amount.amount, 0n);
    const shares = sizes.some((size) => size > 0n) && gross !== 0n ? signedShares(tax.amount, lines, gross) : lines.map(() => 0n);
    for (const [index, line] of lines.entries()) nets.set(line, money(line.amount.amount - shares[index]!, document.currency));
  }
  return document.lines.map((line) => ({ line, net: nets.get(line)! }));
}

function signedShares(tax: Money, lines: readonly DocumentLine[], gross: bigint): bigint[] {
  if (lines.every(({ amount }) => amount.amount >= 0n))
    return allocate(
      tax,
      lines.map(({ amount }) => amount.amount),
    ).map(({ amount }) => amount);
  const shares = lines.map(({ amount }) => (tax.amount * amount.amount) / gross);
  const left = tax.amount - shares.reduce((sum, share) => sum + share, 0n);
  const largest = lines.reduce((best, { amount }, index) => (amount.amount > lines[best]!.amount.amount ? index : best), 0);
  return shares.map((share, index) => (index === largest ? share + left : share));
}

const belongs = (line: DocumentLine, tax: DocumentTax): boolean =>
  line.category === tax.category && line.percent === tax.percent && line.inclusive === tax.inclusive;

function party({ name, address, country, tax_id: taxId }: Document['seller'] | Document['buyer']): Node {
  const [street, ...more] = address;
  return [
    'cac:Party',
    [
      ['cac:PartyName', [['cbc:Name', name]]],
      [
        'cac:PostalAddress',
        [
          street === undefined ? null : ['cbc:StreetName', street],
          more.length < 2 ? null : ['cbc:AdditionalStreetName', more.slice(0, -1).join(', ')],
          more.length === 0 ? null : ['cbc:CityName', more.at(-1)!],
          ['cac:Country', [['cbc:IdentificationCode', country]]],
        ],
      ],
      taxId === null
        ? null
        : [
            'cac:PartyTaxScheme',
            [
              ['cbc:CompanyID', taxId.replaceAll(/[ .-]/g, '')],
              ['cac:TaxScheme', [['cbc:ID', 'VAT']]],
            ],
          ],
      ['cac:PartyLegalEntity', [['cbc:RegistrationName', name]]],
    ],
  ];
}

function category(name: string, code: string, percent: string | null, reason: boolean): Node {
  return [
    name,
    [
      ['cbc:ID', code],
      percent === null ? null : ['cbc:Percent', percent],
      reason && code === 'AE' ? ['cbc:TaxExemptionReasonCode', 'VATEX-EU-AE'] : null,
      reason && code === 'E' ? ['cbc:TaxExemptionReason', 'Exempt from tax'] : null,
      reason && code === 'O' ? ['cbc:TaxExemptionReasonCode', 'VATEX-EU-O'] : null,
      ['cac:TaxScheme', [['cbc:ID', 'VAT']]],
    ],
  ];
}

function allowance(line: DocumentLine, net: Money): Node {
  return [
    'cac:AllowanceCharge',
    [
      ['cbc:ChargeIndicator', 'false'],
      ['cbc:AllowanceChargeReason', line.text],
      amount('cbc:Amount', money(-net.amount, net.currency)),
      category('cac:TaxCategory', line.category, line.percent, false),
    ],
  ];
}

/** Lines outside of tax have a group of their own there. */
function taxTotal(document: Document): Node {
  const outside = document.lines.filter(({ category }) => category === 'O');
  const none = money(0n, document.currency);
  const base = money(
    outside.reduce((sum, line) => sum + line.amount.amount, 0n),
    document.currency,
  );
  const merged = new Map<string, { tax: DocumentTax; base: bigint; amount: bigint }>();
  for (const tax of document.taxes) {
    const key = `${tax.category}/${tax.percent}`;
    const former = merged.get(key) ?? { tax, base: 0n, amount: 0n };
    merged.set(key, { tax, base: former.base + tax.base.amount, amount: former.amount + tax.amount.amount });
  }
  const subtotal = (base: Money, tax: Money, code: string, percent: string | null): Node => [
    'cac:TaxSubtotal',
    [amount('cbc:TaxableAmount', base), amount('cbc:TaxAmount', tax), category('cac:TaxCategory', code, percent, true)],
  ];
  return [
    'cac:TaxTotal',
    [
      amount('cbc:TaxAmount', document.tax),
      ...[...merged.values()].map(({ tax, base, amount }) =>
        subtotal(money(base, document.currency), money(amount, document.currency), tax.category, tax.percent),
      ),
      outside.length === 0 ? null : subtotal(base, none, 'O', null),
    ],
  ];
}

function monetaryTotal({ currency, net, total }: Document, nets: readonly NetLine[]): Node {
  const sumOf = (discounts: boolean): bigint =>
    nets.reduce((sum, { line, net }) => ((line.kind === 'discount') === discounts ? sum + net.amount : sum), 0n);
  const allowances = -sumOf(true);
  return [
    'cac:LegalMonetaryTotal',
    [
      amount('cbc:LineExtensionAmount', money(sumOf(false), currency)),
      amount('cbc:TaxExclusiveAmount', net),
      amount('cbc:TaxInclusiveAmount', total),
      allowances === 0n ? null : amount('cbc:AllowanceTotalAmount', money(allowances, currency)),
      amount('cbc:PayableAmount', total),
    ],
  ];
}

/** A price is never below zero there: a negative line has a negative quantity instead. Taken apart, it is one of that net. */
function lineNode(root: string, line: DocumentLine, net: Money, position: number): Node {
  const negative = net.amount < 0n;
  const whole = !line.inclusive;
  const quantity = (negative ? -1 : 1) * (whole ? line.quantity : 1);
  const price = whole ? line.unit : net;
  return [
    `cac:${root}Line`,
    [
      ['cbc:ID', String(position)],
      [`cbc:${root === 'Invoice' ? 'Invoiced' : 'Credited'}Quantity`, String(quantity), { unitCode: 'C62' }],
      amount('cbc:LineExtensionAmount', net),
      ['cac:Item', [['cbc:Name', line.text], category('cac:ClassifiedTaxCategory', line.category, line.percent, false)]],
      ['cac:Price', [amount('cbc:PriceAmount', money(negative ? -price.amount : price.amount, price.currency))]],
    ],
  ];
}

function amount(name: string, value: Money): Node {
  return [name, formatAmount(value), { currencyID: value.currency }];
}

function written([name, content, attributes = {}]: Node, indent: string): string {
  const head = `${indent}<${name}${Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escaped(value)}"`)
    .join('')}>`;
  if (typeof content === 'string') return `${head}${escaped(content)}</${name}>\n`;
  const children = content.filter((child) => child !== null).map((child) => written(child, `${indent}  `));
  return `${head}\n${children.join('')}${indent}</${name}>\n`;
}

/** Text for XML 1.0: its own signs written out, what it cannot hold left out. */
function escaped(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
