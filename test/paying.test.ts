/** Buying and paying through a whole service: the page of the simulated provider, its events, documents, refunds, and strangers. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { extractText, getDocumentProxy } from 'unpdf';
import { withDatabase } from './support/database.ts';
import { type Plinth, startPlinth } from './support/plinth.ts';
import { type Customer, Selling } from './support/selling.ts';
import { until } from './support/until.ts';

const database = withDatabase();
let plinth: Plinth;
let shop: Selling;

beforeAll(async () => {
  plinth = await startPlinth(database.url);
  shop = new Selling(() => plinth);
  await shop.open();
});
afterAll(() => plinth?.stop());

const file = (path: string, token: string) => fetch(plinth.origin + path, { headers: { authorization: `Bearer ${token}` } });
const fill = (url: string, form: Record<string, string>) =>
  fetch(url, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' });

async function buy(customer: Customer, card = '4242424242424242') {
  const product = await shop.product();
  const order = await shop.order(customer, product.id);
  const { attempt } = await shop.ok('POST', `/api/invoices/${order.invoice_id}/pay`, { save_method: true }, customer.token);
  const page = await fill(attempt.url, { card });
  return { order, attempt, page };
}

it('a customer pays on the page, gets the server and the invoice; nobody else sees any of it', async () => {
  const [customer, stranger] = [await shop.customer(), await shop.customer()];
  const { order, page } = await buy(customer);
  expect(page.status).toBe(303);
  await shop.orderIs(order.id, 'fulfilled');
  const { invoice } = await shop.ok('GET', `/api/invoices/${order.invoice_id}`, undefined, customer.token);
  expect(invoice).toMatchObject({ status: 'paid', amount_due: '0.00', kind: 'order' });
  expect(invoice.number).toMatch(/^INV-\d{4}-\d{6}$/);
  const pdf = await file(`/api/invoices/${invoice.id}/pdf`, customer.token);
  expect(pdf.headers.get('content-type')).toBe('application/pdf');
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(await pdf.arrayBuffer())), { mergePages: true });
  for (const word of [invoice.number, 'Plinth Hosting GmbH', invoice.total]) expect(text).toContain(word);
  expect(await (await file(`/api/invoices/${invoice.id}/xml`, customer.token)).text()).toContain(`<cbc:ID>${invoice.number}</cbc:ID>`);

  const { payments } = await shop.ok('GET', '/api/payments', undefined, customer.token);
  expect(payments).toMatchObject([{ invoice_id: invoice.id, amount: invoice.total, source: 'webhook' }]);
  const { payment_methods: methods } = await until(
    async () => {
      const listed = await shop.ok('GET', '/api/payment-methods', undefined, customer.token);
      return listed.payment_methods.length > 0 ? listed : undefined;
    },
    { what: 'the saved method' },
  );
  expect(methods).toMatchObject([{ last4: '4242', is_default: true }]);

  const refund = await shop.call('POST', `/api/payments/${payments[0].id}/refunds`, { amount: '1.19', reason: 'goodwill' }, customer.token);
  expect(refund.status).toBe(403);
  const { refund: given } = await shop.ok('POST', `/api/payments/${payments[0].id}/refunds`, { amount: '1.19', reason: 'goodwill' });
  expect(given).toMatchObject({ status: 'succeeded', amount: '1.19' });
  const { credit_notes: notes } = await shop.ok('GET', '/api/credit-notes', undefined, customer.token);
  expect(notes).toMatchObject([{ net: '1.00', tax: '0.19', destination: 'refund' }]);
  expect((await file(`/api/credit-notes/${notes[0].id}/pdf`, customer.token)).status).toBe(200);

  for (const [method, path] of [
    ['GET', `/api/invoices/${invoice.id}`],
    ['GET', `/api/invoices/${invoice.id}/pdf`],
    ['GET', `/api/invoices/${invoice.id}/attempts`],
    ['POST', `/api/invoices/${invoice.id}/pay`],
    ['GET', `/api/credit-notes/${notes[0].id}`],
    ['GET', `/api/payments/${payments[0].id}`],
    ['PUT', `/api/payment-methods/${methods[0].id}/default`],
    ['DELETE', `/api/payment-methods/${methods[0].id}`],
    ['GET', `/api/credit?organization_id=${customer.id}`],
    ['GET', `/api/billing-profile?organization_id=${customer.id}`],
    ['GET', `/api/payment-methods?organization_id=${customer.id}`],
  ] as const) {
    const answer = await shop.call(method, path, method === 'POST' ? {} : undefined, stranger.token);
    expect([answer.status, answer.body.code], `${method} ${path}`).toEqual([404, 'not_found']);
  }
  for (const path of ['/api/invoices', '/api/payments', '/api/credit-notes', '/api/refunds', '/api/disputes'])
    expect(Object.values((await shop.ok('GET', `${path}?organization_id=${customer.id}`, undefined, stranger.token)) as object)[0]).toEqual(
      [],
    );
});

it('a card that fails leaves the order as it was, and a person’s booking settles it', async () => {
  const customer = await shop.customer();
  const { order, page } = await buy(customer, '4000000000000002');
  expect(page.status).toBe(402);
  expect((await shop.ok('GET', `/api/orders/${order.id}`)).order.status).toBe('placed');
  const { payment } = await shop.ok('POST', '/api/payments', {
    invoice_id: order.invoice_id,
    amount: order.total,
    currency: 'EUR',
    reference: 'wire 1',
  });
  expect(payment).toMatchObject({ provider: 'bank', source: 'staff' });
  await shop.orderIs(order.id, 'fulfilled');
});

it('rates, the seller, profiles, checks of tax ids, top-ups and the bookkeeper’s file', async () => {
  const customer = await shop.customer({ country: 'PL' });
  await shop.ok('POST', '/api/admin/tax-rates', {
    name: 'VAT',
    country: 'PL',
    percent: '22',
    valid_from: '2020-01-01',
    reverse_charge: 'business_abroad',
  });
  await shop.ok('POST', '/api/admin/tax-rates', {
    name: 'VAT',
    country: 'PL',
    percent: '23',
    valid_from: '2024-01-01',
    reverse_charge: 'business_abroad',
  });
  const overlapping = await shop.call('POST', '/api/admin/tax-rates', {
    name: 'VAT',
    country: 'PL',
    percent: '24',
    valid_from: '2022-01-01',
  });
  expect([overlapping.status, overlapping.body.code]).toEqual([409, 'tax_rate_overlaps']);
  const write = () =>
    shop.ok('POST', '/api/invoices', { organization_id: customer.id, currency: 'EUR', lines: [{ text: 'Łódź', unit_amount: '10.00' }] });
  expect((await write()).invoice).toMatchObject({ tax: '2.30', total: '12.30', status: 'open' });
  const profile = {
    name: 'Firma Łódź',
    address: ['ul. Piotrkowska 1'],
    country: 'PL',
    currency: 'EUR',
    tax_id: 'PL1234567890',
    locale: 'de',
  };
  expect((await shop.ok('PUT', '/api/billing-profile', profile, customer.token)).profile).toMatchObject({
    tax_id_valid: false,
    currency_fixed: true,
  });
  const fixed = await shop.call('PUT', '/api/billing-profile', { ...profile, currency: 'USD' }, customer.token);
  expect([fixed.status, fixed.body.code]).toEqual([409, 'currency_fixed']);
  const exempt = await shop.call('PUT', '/api/billing-profile', { ...profile, tax_exempt: true }, customer.token);
  expect(exempt.status).toBe(403);
  expect((await shop.ok('POST', '/api/billing-profile/check-tax-id', undefined, customer.token)).check).toMatchObject({ result: 'valid' });
  expect((await write()).invoice).toMatchObject({ tax: '0.00', total: '10.00', taxes: [{ category: 'AE' }] });

  const { invoice } = await shop.ok('POST', '/api/invoices/top-up', { amount: '25.00', currency: 'EUR' }, customer.token);
  const { attempt } = await shop.ok('POST', `/api/invoices/${invoice.id}/pay`, {}, customer.token);
  await fill(attempt.url, { card: '5555555555554444' });
  await until(async () => (await shop.ok('GET', '/api/credit', undefined, customer.token)).balances[0]?.amount === '25.00', {
    what: 'the credit',
  });
  expect((await write()).invoice).toMatchObject({ status: 'paid', amount_paid: '10.00' });

  const now = new Date();
  const [from, to] = [-2, 2].map((days) => new Date(now.getTime() + days * 86_400_000).toISOString().slice(0, 10));
  const csv = await (await file(`/api/admin/accounting-export?from=${from}&to=${to}`, plinth.adminToken)).text();
  const rows = csv
    .trim()
    .split('\r\n')
    .map((line) => line.split(','));
  expect(rows[0]).toContain('tax_percent');
  expect(rows.some((row) => row[1] === 'invoice' && row[9] === 'AE' && row[8] === '10.00')).toBe(true);
  expect(rows.some((row) => row[1] === 'payment' && row[12] === '25.00')).toBe(true);
  expect((await file(`/api/admin/accounting-export?from=${from}&to=${to}`, customer.token)).status).toBe(403);
});

it('the command line pays, refunds and saves files', async () => {
  const customer = await shop.customer();
  const { invoice } = await plinth.json('invoice', 'create', customer.name, 'Moving in', '120.00', 'EUR');
  expect(invoice.total).toBe('142.80');
  const { attempt } = await plinth.json('invoice', 'pay', invoice.number);
  await fill(attempt.url, { card: '4242424242424242' });
  await until(async () => (await plinth.json('invoice', 'show', invoice.number)).invoice.status === 'paid', {
    what: 'the invoice to be paid',
  });
  const { payments } = await plinth.json('payment', 'list', '--organization', customer.name);
  expect((await plinth.json('refund', 'create', payments[0].id, '20.00', '--reason', 'goodwill', '--yes')).refund.status).toBe('succeeded');
  const saved = await plinth.cli(['invoice', 'download', invoice.number]);
  expect([saved.code, saved.out]).toEqual([0, expect.stringContaining(`${invoice.number}.pdf`)]);
  for (const words of [
    ['credit-note', 'list'],
    ['credit', 'show', '--organization', customer.name],
    ['refund', 'list'],
    ['payment', 'disputes'],
    ['payment-account', 'list'],
    ['tax-rate', 'list'],
    ['seller', 'show'],
    ['organization', 'billing', '--organization', customer.name],
    ['payment-method', 'list', '--organization', customer.name],
  ])
    expect((await plinth.cli(words)).code, words.join(' ')).toBe(0);
});
