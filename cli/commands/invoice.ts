/** `plinth invoice …`, `plinth credit-note …` and `plinth credit …` */
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { CreditPage } from '../../contract/billing.ts';
import { type CreditNoteAnswer, type CreditNoteSummary, INVOICE_STATUSES, type Invoice, type InvoicePage } from '../../contract/invoice.ts';
import type { PaymentAttempt } from '../../contract/payment.ts';
import { type Command, command, type Context, MUTATION_OPTIONS, PAGE_OPTIONS, type Positional, YES_OPTION } from '../command.ts';
import { CliError, EXIT, usage } from '../errors.ts';
import { confirm, organizationId } from '../find.ts';
import { ago, pairs, plain, remarkMore, show, status, table } from '../output.ts';

const INVOICE: Positional = { name: 'invoice', help: 'id or number' };
const NOTE: Positional = { name: 'credit-note', help: 'its id' };
const WHOSE = { organization: { type: 'string', value: 'ORGANIZATION', help: 'whose, by id or name; only for the seller' } } as const;
const REASON = { reason: { type: 'string', value: 'TEXT', help: 'why; kept in the audit trail' } } as const;
interface Answer {
  readonly invoice: Invoice;
}

async function whose(context: Context, word: string | undefined): Promise<{ organization_id?: string }> {
  return word === undefined ? {} : { organization_id: await organizationId(await context.api(), word) };
}

/** By its id, or by the number among those that the token may see. @throws CliError (not found). */
async function invoiceId(context: Context, word: string): Promise<string> {
  if (!word.startsWith('INV-')) return word;
  const api = await context.api();
  for (let cursor: string | undefined; ;) {
    const page: InvoicePage = await api.get('/api/invoices', { limit: 200, cursor });
    const found = page.invoices.find(({ number }) => number === word);
    if (found) return found.id;
    if (page.next === null) throw new CliError(EXIT.notFound, `There is no invoice ${word}. See: plinth invoice list`);
    cursor = page.next;
  }
}

const list = command({
  path: ['invoice', 'list'],
  summary: 'List invoices, newest first',
  options: {
    ...PAGE_OPTIONS,
    ...WHOSE,
    status: { type: 'string', value: 'WORD', choices: INVOICE_STATUSES, help: 'only those' },
    overdue: { type: 'boolean', help: 'only those whose day has passed' },
  },
  examples: ['invoice list', 'invoice list --overdue'],
  run: async (context, _, { organization, overdue, status: only, limit, cursor }) => {
    const query = { limit, cursor, status: only, ...(await whose(context, organization)), ...(overdue ? { overdue: true } : {}) };
    const page = await (await context.api()).get<InvoicePage>('/api/invoices', query);
    show(context, page, (colour) =>
      table(
        ['ID', 'NUMBER', 'STATUS', 'TOTAL', 'DUE', 'ISSUED'],
        page.invoices.map((each) => [
          each.id,
          each.number ?? '-',
          status(each.overdue ? 'overdue' : each.status),
          `${each.total} ${each.currency}`,
          `${each.amount_due} ${each.currency}`,
          { text: ago(each.issued_at), tone: 'dim' },
        ]),
        colour,
      ),
    );
    remarkMore(context, page.next);
    return EXIT.ok;
  },
});

function details(invoice: Invoice, colour: boolean): string {
  const money = (amount: string): string => `${amount} ${invoice.currency}`;
  const head = pairs(
    [
      ['Invoice', invoice.id],
      ['Number', invoice.number ?? 'none yet: a pro forma'],
      ['Status', status(invoice.overdue ? 'overdue' : invoice.status)],
      ['For', plain(invoice.buyer.name)],
      ['Net', money(invoice.subtotal)],
      ['Discount', invoice.discount === '0.00' ? null : money(invoice.discount)],
      ['Tax', money(invoice.tax)],
      ['Total', money(invoice.total)],
      ['Still due', money(invoice.amount_due)],
      ['Payable until', invoice.due_at],
    ],
    colour,
  );
  const rows = invoice.lines.map((line) => [
    plain(line.description),
    String(line.quantity),
    money(line.amount),
    line.tax_percent === null ? '-' : `${line.tax_percent} %`,
  ]);
  return `${head}\n${table(['LINE', 'QTY', 'AMOUNT', 'TAX'], rows, colour)}`;
}

const one = command({
  path: ['invoice', 'show'],
  summary: 'Show an invoice with its lines',
  positionals: [INVOICE],
  examples: ['invoice show INV-2027-000001'],
  run: async (context, [word = '']) => {
    const answer = await (await context.api()).get<Answer>(`/api/invoices/${await invoiceId(context, word)}`);
    show(context, answer, (colour) => details(answer.invoice, colour));
    return EXIT.ok;
  },
});

/** Fetches a file and writes it where it is wanted. */
async function download(context: Context, path: string, to: string): Promise<number> {
  const response = await (await context.api()).open('GET', path, {});
  if (!response.ok || !response.body)
    throw new CliError(response.status === 404 ? EXIT.notFound : EXIT.failed, `The file could not be had: ${response.status}.`);
  const file = join(context.io.cwd, to);
  await pipeline(Readable.fromWeb(response.body as never), createWriteStream(file, { flags: 'wx' }));
  show(context, { file }, () => `${file}\n`);
  return EXIT.ok;
}

const FILE = {
  xml: { type: 'boolean', help: 'the electronic invoice (EN 16931) instead of the PDF' },
  output: { type: 'string', value: 'FILE', short: 'o', help: 'where to; an existing file is left alone' },
} as const;

const save = command({
  path: ['invoice', 'download'],
  summary: 'Save an invoice as PDF, or as electronic invoice',
  positionals: [INVOICE],
  options: FILE,
  examples: ['invoice download INV-2027-000001', 'invoice download INV-2027-000001 --xml -o invoice.xml'],
  run: async (context, [word = ''], { xml, output }) => {
    const format = xml ? 'xml' : 'pdf';
    return await download(context, `/api/invoices/${await invoiceId(context, word)}/${format}`, output ?? `${word}.${format}`);
  },
});

const create = command({
  path: ['invoice', 'create'],
  summary: 'Write an invoice by hand',
  positionals: [
    { name: 'organization', help: 'id or name' },
    { name: 'text', help: 'what it is for' },
    { name: 'amount', help: 'net, such as 12.50' },
    { name: 'currency', help: 'such as EUR' },
  ],
  options: { draft: { type: 'boolean', help: 'a pro forma, numbered when it is issued or paid' }, ...MUTATION_OPTIONS },
  examples: ['invoice create acme "Moving in" 120.00 EUR'],
  run: async (context, [organization = '', text = '', amount = '', currency = ''], options) => {
    const api = await context.api();
    const body = {
      organization_id: await organizationId(api, organization),
      currency,
      lines: [{ text, unit_amount: amount }],
      issue: !options.draft,
    };
    const answer = await api.change<Answer>('POST', '/api/invoices', { body, idempotencyKey: options['idempotency-key'] });
    show(context, answer, (colour) => details(answer.invoice, colour));
    return EXIT.ok;
  },
});

const pay = command({
  path: ['invoice', 'pay'],
  summary: 'Get the page where an invoice is paid, or charge the saved method',
  positionals: [INVOICE],
  options: {
    charge: { type: 'boolean', help: 'charge the organization’s default method instead' },
    save: { type: 'boolean', help: 'keep the method for what comes later' },
    ...MUTATION_OPTIONS,
  },
  examples: ['invoice pay INV-2027-000001', 'invoice pay INV-2027-000001 --charge'],
  run: async (context, [word = ''], { charge, save: keep, ...options }) => {
    const path = `/api/invoices/${await invoiceId(context, word)}/${charge ? 'charge' : 'pay'}`;
    const request = { ...(charge ? {} : { body: { save_method: keep ?? false } }), idempotencyKey: options['idempotency-key'] };
    const answer = await (await context.api()).change<{ attempt: PaymentAttempt }>('POST', path, request);
    const { attempt } = answer;
    show(context, answer, (colour) =>
      attempt.url === null
        ? pairs(
            [
              ['Attempt', attempt.id],
              ['Status', status(attempt.status)],
              ['Remark', attempt.failure_message],
            ],
            colour,
          )
        : `Pay ${attempt.amount} ${attempt.currency} at\n${plain(attempt.url)}\n`,
    );
    return EXIT.ok;
  },
});

/** One of the acts that need a reason. */
function act(what: 'issue' | 'void' | 'write-off', summary: string): Command {
  return command({
    path: ['invoice', what],
    summary,
    positionals: [INVOICE],
    options: { ...REASON, ...YES_OPTION, ...MUTATION_OPTIONS },
    examples: [`invoice ${what} INV-2027-000001 --reason "agreed with the customer" --yes`],
    run: async (context, [word = ''], options) => {
      if (options.reason === undefined) throw usage(`plinth invoice ${what}: --reason is missing. Say why; it is kept in the audit trail.`);
      const id = await invoiceId(context, word);
      await confirm(context, options.yes, word, `${summary}: ${word}`);
      const request = { body: { reason: options.reason }, idempotencyKey: options['idempotency-key'] };
      const answer = await (await context.api()).change<Answer>('POST', `/api/invoices/${id}/${what}`, request);
      show(context, answer, (colour) => details(answer.invoice, colour));
      return EXIT.ok;
    },
  });
}

const credit = command({
  path: ['invoice', 'credit'],
  summary: 'Correct an invoice by a credit note; what was paid of it becomes credit',
  positionals: [INVOICE, { name: 'amount', help: 'with its tax' }],
  options: { ...REASON, ...MUTATION_OPTIONS },
  examples: ['invoice credit INV-2027-000001 20.00 --reason "a day without service"'],
  run: async (context, [word = '', amount = ''], options) => {
    if (options.reason === undefined) throw usage('plinth invoice credit: --reason is missing. It stands on the credit note.');
    const request = { body: { amount, reason: options.reason }, idempotencyKey: options['idempotency-key'] };
    const path = `/api/invoices/${await invoiceId(context, word)}/credit-notes`;
    const answer = await (await context.api()).change<CreditNoteAnswer>('POST', path, request);
    const { number, amount: gross, currency, destination } = answer.credit_note;
    show(context, answer, () => `${number} over ${gross} ${currency}${destination === 'balance' ? ', now credit' : ''}.\n`);
    return EXIT.ok;
  },
});

const notes = command({
  path: ['credit-note', 'list'],
  summary: 'List credit notes, newest first',
  options: { ...PAGE_OPTIONS, ...WHOSE },
  examples: ['credit-note list'],
  run: async (context, _, { organization, limit, cursor }) => {
    const query = { limit, cursor, ...(await whose(context, organization)) };
    const page = await (await context.api()).get<{ credit_notes: CreditNoteSummary[]; next: string | null }>('/api/credit-notes', query);
    show(context, page, (colour) =>
      table(
        ['ID', 'NUMBER', 'AMOUNT', 'TO', 'REASON', 'ISSUED'],
        page.credit_notes.map((each) => [
          each.id,
          each.number,
          `${each.amount} ${each.currency}`,
          each.destination,
          plain(each.reason),
          { text: ago(each.issued_at), tone: 'dim' },
        ]),
        colour,
      ),
    );
    remarkMore(context, page.next);
    return EXIT.ok;
  },
});

const saveNote = command({
  path: ['credit-note', 'download'],
  summary: 'Save a credit note as PDF, or as electronic invoice',
  positionals: [NOTE],
  options: FILE,
  examples: ['credit-note download 00000000-0000-4000-8000-000000000001 -o note.pdf'],
  run: async (context, [id = ''], { xml, output }) => {
    const format = xml ? 'xml' : 'pdf';
    return await download(context, `/api/credit-notes/${id}/${format}`, output ?? `credit-note-${id}.${format}`);
  },
});

const balance = command({
  path: ['credit', 'show'],
  summary: 'Show an organization’s credit and how it came about',
  options: { ...PAGE_OPTIONS, ...WHOSE },
  examples: ['credit show', 'credit show --organization acme'],
  run: async (context, _, { organization, limit, cursor }) => {
    const page = await (await context.api()).get<CreditPage>('/api/credit', { limit, cursor, ...(await whose(context, organization)) });
    show(context, page, (colour) => {
      const head = page.balances.map(({ amount, currency }) => `${amount} ${currency}`).join(', ') || 'none';
      const rows = page.entries.map((each) => [ago(each.at), `${each.amount} ${each.currency}`, each.kind, plain(each.note ?? '')]);
      return `Credit: ${head}\n${table(['WHEN', 'AMOUNT', 'KIND', 'REMARK'], rows, colour)}`;
    });
    remarkMore(context, page.next);
    return EXIT.ok;
  },
});

const change = command({
  path: ['credit', 'change'],
  summary: 'Give an organization credit; a negative amount takes some away',
  positionals: [
    { name: 'organization', help: 'id or name' },
    { name: 'amount', help: 'in its currency' },
  ],
  options: { ...REASON, ...MUTATION_OPTIONS },
  examples: ['credit change acme 5.00 --reason "sorry for the wait"'],
  run: async (context, [organization = '', amount = ''], options) => {
    if (options.reason === undefined) throw usage('plinth credit change: --reason is missing. Say why; it is kept with the entry.');
    const api = await context.api();
    const body = { organization_id: await organizationId(api, organization), amount, reason: options.reason };
    const answer = await api.change<{ balance: { amount: string; currency: string } }>('POST', '/api/credit', {
      body,
      idempotencyKey: options['idempotency-key'],
    });
    show(context, answer, () => `Credit is ${answer.balance.amount} ${answer.balance.currency} now.\n`);
    return EXIT.ok;
  },
});

export const invoiceCommands: readonly Command[] = [
  list,
  one,
  save,
  create,
  act('issue', 'Issue a draft: it gets its number and never changes again'),
  pay,
  act('void', 'Take an unpaid invoice back'),
  act('write-off', 'Give an open invoice up as uncollectible'),
  credit,
  notes,
  saveNote,
  balance,
  change,
];
