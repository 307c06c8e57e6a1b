/** `plinth payment …`, `plinth refund …`, `plinth payment-method …`, `plinth payment-account …`, `plinth tax-rate …`, `plinth seller …` */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text as readText } from 'node:stream/consumers';
import type { BillingProfile, Seller, TaxRate } from '../../contract/billing.ts';
import type { Dispute, Payment, PaymentAccount, PaymentMethod, PaymentPage, Refund } from '../../contract/payment.ts';
import { type Command, command, MUTATION_OPTIONS, PAGE_OPTIONS, type Positional, YES_OPTION } from '../command.ts';
import { EXIT, usage } from '../errors.ts';
import { confirm, organizationId } from '../find.ts';
import { ago, pairs, plain, remarkMore, show, status, table } from '../output.ts';

const WHOSE = { organization: { type: 'string', value: 'ORGANIZATION', help: 'whose, by id or name; only for the seller' } } as const;
const METHOD: Positional = { name: 'payment-method', help: 'its id' };

const list = command({
  path: ['payment', 'list'],
  summary: 'List payments, newest first',
  options: { ...PAGE_OPTIONS, ...WHOSE },
  examples: ['payment list', 'payment list --organization acme'],
  run: async (context, _, { organization, limit, cursor }) => {
    const api = await context.api();
    const query = { limit, cursor, ...(organization === undefined ? {} : { organization_id: await organizationId(api, organization) }) };
    const page = await api.get<PaymentPage>('/api/payments', query);
    show(context, page, (colour) => paymentTable(page.payments, colour));
    remarkMore(context, page.next);
    return EXIT.ok;
  },
});

function paymentTable(payments: readonly Payment[], colour: boolean): string {
  return table(
    ['ID', 'AMOUNT', 'REFUNDED', 'BY', 'INVOICE', 'RECEIVED'],
    payments.map((each) => [
      each.id,
      `${each.amount} ${each.currency}`,
      each.refunded,
      plain(each.label ?? each.provider),
      each.invoice_id ?? '-',
      { text: ago(each.received_at), tone: 'dim' },
    ]),
    colour,
  );
}

const record = command({
  path: ['payment', 'record'],
  summary: 'Book money that came by transfer; the same reference twice is one payment',
  positionals: [
    { name: 'invoice', help: 'its id' },
    { name: 'amount', help: 'what came' },
    { name: 'currency', help: 'such as EUR' },
  ],
  options: { reference: { type: 'string', value: 'TEXT', help: 'what the transfer said' }, ...MUTATION_OPTIONS },
  examples: ['payment record 00000000-0000-4000-8000-000000000001 17.50 EUR --reference "transfer 4711"'],
  run: async (context, [invoice = '', amount = '', currency = ''], options) => {
    if (options.reference === undefined) throw usage('plinth payment record: --reference is missing. It tells one transfer from another.');
    const body = { invoice_id: invoice, amount, currency, reference: options.reference };
    const answer = await (
      await context.api()
    ).change<{ payment: Payment }>('POST', '/api/payments', { body, idempotencyKey: options['idempotency-key'] });
    show(context, answer, (colour) => paymentTable([answer.payment], colour));
    return EXIT.ok;
  },
});

const disputes = command({
  path: ['payment', 'disputes'],
  summary: 'List disputed payments, newest first',
  options: PAGE_OPTIONS,
  examples: ['payment disputes'],
  run: async (context, _, { limit, cursor }) => {
    const page = await (await context.api()).get<{ disputes: Dispute[]; next: string | null }>('/api/disputes', { limit, cursor });
    show(context, page, (colour) =>
      table(
        ['ID', 'AMOUNT', 'STATUS', 'REASON', 'PAYMENT', 'OPENED'],
        page.disputes.map((each) => [
          each.id,
          `${each.amount} ${each.currency}`,
          status(each.status),
          plain(each.reason),
          each.payment_id,
          { text: ago(each.opened_at), tone: 'dim' },
        ]),
        colour,
      ),
    );
    remarkMore(context, page.next);
    return EXIT.ok;
  },
});

function refundTable(refunds: readonly Refund[], colour: boolean): string {
  return table(
    ['ID', 'AMOUNT', 'STATUS', 'PAYMENT', 'REASON', 'WHEN'],
    refunds.map((each) => [
      each.id,
      `${each.amount} ${each.currency}`,
      status(each.status),
      each.payment_id,
      plain(each.failure ?? each.reason),
      { text: ago(each.created_at), tone: 'dim' },
    ]),
    colour,
  );
}

const refund = command({
  path: ['refund', 'create'],
  summary: 'Give money back by the way it came, with a credit note for what it had paid',
  positionals: [
    { name: 'payment', help: 'its id' },
    { name: 'amount', help: 'at most what is left of it' },
  ],
  options: { reason: { type: 'string', value: 'TEXT', help: 'why; it stands on the credit note' }, ...YES_OPTION, ...MUTATION_OPTIONS },
  examples: ['refund create 00000000-0000-4000-8000-000000000001 20.00 --reason "goodwill" --yes'],
  run: async (context, [payment = '', amount = ''], options) => {
    if (options.reason === undefined) throw usage('plinth refund create: --reason is missing. It stands on the credit note.');
    await confirm(context, options.yes, amount, `${amount} of payment ${payment} will be given back`);
    const request = { body: { amount, reason: options.reason }, idempotencyKey: options['idempotency-key'] };
    const answer = await (await context.api()).change<{ refund: Refund }>('POST', `/api/payments/${payment}/refunds`, request);
    show(context, answer, (colour) => refundTable([answer.refund], colour));
    return EXIT.ok;
  },
});

const refunds = command({
  path: ['refund', 'list'],
  summary: 'List refunds, newest first',
  options: PAGE_OPTIONS,
  examples: ['refund list'],
  run: async (context, _, { limit, cursor }) => {
    const page = await (await context.api()).get<{ refunds: Refund[]; next: string | null }>('/api/refunds', { limit, cursor });
    show(context, page, (colour) => refundTable(page.refunds, colour));
    remarkMore(context, page.next);
    return EXIT.ok;
  },
});

function methodTable(methods: readonly PaymentMethod[], colour: boolean): string {
  return table(
    ['ID', 'METHOD', 'EXPIRES', 'DEFAULT', 'SINCE'],
    methods.map((each) => [
      each.id,
      `${each.brand} …${each.last4}`,
      each.exp_month === null ? '-' : `${each.exp_month}/${each.exp_year}`,
      each.is_default ? 'yes' : 'no',
      { text: ago(each.created_at), tone: 'dim' },
    ]),
    colour,
  );
}

const methods = command({
  path: ['payment-method', 'list'],
  summary: 'List an organization’s saved payment methods',
  options: WHOSE,
  examples: ['payment-method list --organization acme'],
  run: async (context, _, { organization }) => {
    const api = await context.api();
    const query = organization === undefined ? {} : { organization_id: await organizationId(api, organization) };
    const answer = await api.get<{ payment_methods: PaymentMethod[] }>('/api/payment-methods', query);
    show(context, answer, (colour) => methodTable(answer.payment_methods, colour));
    return EXIT.ok;
  },
});

const setUp = command({
  path: ['payment-method', 'add'],
  summary: 'Get the page where a payment method is saved',
  options: { ...WHOSE, ...MUTATION_OPTIONS },
  examples: ['payment-method add --organization acme'],
  run: async (context, _, { organization, ...options }) => {
    const api = await context.api();
    const body = organization === undefined ? {} : { organization_id: await organizationId(api, organization) };
    const answer = await api.change<{ url: string }>('POST', '/api/payment-methods', { body, idempotencyKey: options['idempotency-key'] });
    show(context, answer, () => `Save it at\n${plain(answer.url)}\n`);
    return EXIT.ok;
  },
});

function onMethod(what: 'default' | 'remove', summary: string): Command {
  return command({
    path: ['payment-method', what],
    summary,
    positionals: [METHOD],
    options: { ...(what === 'remove' ? YES_OPTION : {}), ...MUTATION_OPTIONS },
    examples: [`payment-method ${what} 00000000-0000-4000-8000-000000000001${what === 'remove' ? ' --yes' : ''}`],
    run: async (context, [id = ''], options) => {
      if (what === 'remove') await confirm(context, (options as { yes?: boolean }).yes, id, `The payment method ${id} will be forgotten`);
      const path = `/api/payment-methods/${id}${what === 'default' ? '/default' : ''}`;
      const request = { idempotencyKey: (options as { 'idempotency-key'?: string })['idempotency-key'] };
      const answer = await (
        await context.api()
      ).change<{ payment_methods: PaymentMethod[] }>(what === 'default' ? 'PUT' : 'DELETE', path, request);
      show(context, answer, (colour) => methodTable(answer.payment_methods, colour));
      return EXIT.ok;
    },
  });
}

const accounts = command({
  path: ['payment-account', 'list'],
  summary: 'Show where money is taken, and how its events go',
  examples: ['payment-account list'],
  run: async (context) => {
    const answer = await (await context.api()).get<{ payment_accounts: PaymentAccount[] }>('/api/admin/payment-accounts');
    show(context, answer, (colour) =>
      table(
        ['PROVIDER', 'AT', 'MODE', 'TAKES MONEY', 'LAST EVENT', 'WEBHOOK'],
        answer.payment_accounts.map((each) => [
          each.provider,
          each.endpoint,
          each.mode,
          each.enabled ? 'yes' : 'no',
          ago(each.last_event_at),
          each.webhook_path,
        ]),
        colour,
      ),
    );
    return EXIT.ok;
  },
});

const setAccount = command({
  path: ['payment-account', 'set'],
  summary: 'Take money at a payment provider; its secret key is read from a file or from standard input',
  positionals: [{ name: 'provider', help: 'such as stripe' }],
  options: { 'key-file': { type: 'string', value: 'FILE', help: 'where the key is; default: standard input' }, ...MUTATION_OPTIONS },
  examples: ['payment-account set stripe --key-file stripe.key'],
  run: async (context, [provider = ''], options) => {
    const { 'key-file': file } = options;
    const key = (file === undefined ? await readText(context.io.stdin) : await readFile(join(context.io.cwd, file), 'utf8')).trim();
    if (key === '') throw usage('plinth payment-account set: there is no key. Give one by --key-file or on standard input.');
    const request = { body: { secret_key: key }, idempotencyKey: options['idempotency-key'] };
    const answer = await (
      await context.api()
    ).change<{ payment_account: PaymentAccount }>('PUT', `/api/admin/payment-accounts/${provider}`, request);
    show(context, answer, () => `Money is taken at ${answer.payment_account.name} (${answer.payment_account.mode} mode).\n`);
    return EXIT.ok;
  },
});

const rates = command({
  path: ['tax-rate', 'list'],
  summary: 'List tax rates by country and time',
  examples: ['tax-rate list'],
  run: async (context) => {
    const answer = await (await context.api()).get<{ tax_rates: TaxRate[] }>('/api/admin/tax-rates');
    show(context, answer, (colour) =>
      table(
        ['ID', 'COUNTRY', 'NAME', 'PERCENT', 'FROM', 'TO', 'REVERSE CHARGE'],
        answer.tax_rates.map((each) => [
          each.id,
          [each.country, each.region ?? ''].join(' ').trim(),
          plain(each.name),
          each.percent,
          each.valid_from,
          each.valid_to ?? '-',
          each.reverse_charge,
        ]),
        colour,
      ),
    );
    return EXIT.ok;
  },
});

const addRate = command({
  path: ['tax-rate', 'add'],
  summary: 'Add a tax rate; the one that holds then ends on that day',
  positionals: [
    { name: 'country', help: 'two letters' },
    { name: 'percent', help: 'such as 19' },
    { name: 'from', help: 'the first day, such as 2027-01-01' },
  ],
  options: {
    name: { type: 'string', value: 'TEXT', help: 'as it is called there; default VAT' },
    'reverse-charge': { type: 'boolean', help: 'businesses of that country with a checked tax id account for it themselves' },
    ...MUTATION_OPTIONS,
  },
  examples: ['tax-rate add DE 19 2027-01-01 --name USt', 'tax-rate add PL 23 2027-01-01 --reverse-charge'],
  run: async (context, [country = '', percent = '', from = ''], options) => {
    const body = {
      name: options.name ?? 'VAT',
      country,
      percent,
      valid_from: from,
      reverse_charge: options['reverse-charge'] ? 'business_abroad' : 'none',
    };
    const answer = await (
      await context.api()
    ).change<{ tax_rate: TaxRate }>('POST', '/api/admin/tax-rates', { body, idempotencyKey: options['idempotency-key'] });
    show(context, answer, () => `${answer.tax_rate.percent} % in ${answer.tax_rate.country} from ${answer.tax_rate.valid_from}.\n`);
    return EXIT.ok;
  },
});

const seller = command({
  path: ['seller', 'show'],
  summary: 'Show who the invoices are from',
  examples: ['seller show'],
  run: async (context) => {
    const answer = await (await context.api()).get<{ seller: Seller }>('/api/admin/seller');
    const { name, address, country, currency, tax_id: taxId, bank } = answer.seller;
    const rows = [
      ['Name', plain(name)],
      ['Address', plain([...address, country].join(', '))],
      ['Tax id', taxId],
      ['Currency', currency],
      ['Bank', bank && plain(bank)],
    ] as const;
    show(context, answer, (colour) => pairs(rows, colour));
    return EXIT.ok;
  },
});

const profile = command({
  path: ['organization', 'billing'],
  summary: 'Show whom an organization’s invoices are for',
  options: WHOSE,
  examples: ['organization billing --organization acme'],
  run: async (context, _, { organization }) => {
    const api = await context.api();
    const query = organization === undefined ? {} : { organization_id: await organizationId(api, organization) };
    const answer = await api.get<{ profile: BillingProfile }>('/api/billing-profile', query);
    const { name, address, country, currency, tax_id: taxId, tax_id_valid: valid } = answer.profile;
    const rows = [
      ['Name', plain(name)],
      ['Address', plain([...address, country].join(', '))],
      ['Currency', currency],
      ['Tax id', taxId && `${taxId} (${valid ? 'checked' : 'not checked'})`],
    ] as const;
    show(context, answer, (colour) => pairs(rows, colour));
    return EXIT.ok;
  },
});

export const paymentCommands: readonly Command[] = [
  list,
  record,
  disputes,
  refund,
  refunds,
  methods,
  setUp,
  onMethod('default', 'Charge what comes later by this method'),
  onMethod('remove', 'Forget a payment method, here and at the provider'),
  accounts,
  setAccount,
  rates,
  addRate,
  seller,
  profile,
];
