/** The worked examples of money, through the API and a clock that is advanced: each to the cent. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import './support/other-zone.ts';
import { withDatabase } from './support/database.ts';
import { type Plinth, startPlinth } from './support/plinth.ts';
import { day, livesOf } from './support/living.ts';
import { Selling } from './support/selling.ts';

const database = withDatabase();
let plinth: Plinth;
const shop = new Selling(() => plinth);

beforeAll(async () => {
  plinth = await startPlinth(database.url);
  await shop.open();
}, 600_000);
afterAll(() => plinth?.stop());

const { begun, upgrade, renewed, balance } = livesOf(shop);

it('1 and 2: months from the 31st, and years from a leap day', async () => {
  const months = ['2027-02-28', '2027-03-31', '2027-04-30', '2027-05-31', '2027-06-30'];
  expect(await renewed(await begun(day('2027-01-31'), ['10.00']), months)).toEqual(['2027-01-31', ...months]);
  const leap = ['2028-01-31', '2028-02-29', '2028-03-31'];
  expect(await renewed(await begun(day('2027-12-31'), ['10.00']), leap)).toEqual(['2027-12-31', ...leap]);
  const years = ['2029-02-28', '2030-02-28', '2031-02-28', '2032-02-29'];
  const yearly = await begun(day('2028-02-29'), ['199.00'], { interval: 'year' });
  expect(await renewed(yearly, years)).toEqual(['2028-02-29', ...years]);
}, 180_000);

it('3 and 4: up and down on one day of a month of 31 days, the credit used by the renewal', async () => {
  const up = await begun(day('2027-03-10'), ['10.00', '20.00']);
  await shop.advance(up.clock, day('2027-03-25'));
  const { due, change } = await upgrade(up, { product_id: up.products[1].id });
  expect([due, change.credit, change.debit]).toEqual(['5.16', '5.16', '10.32']);

  const down = await begun(day('2027-03-10'), ['20.00', '10.00']);
  await shop.advance(down.clock, day('2027-03-25'));
  await shop.ok('POST', `/api/subscriptions/${down.id}/change`, { product_id: down.products[1].id, effective: 'now' }, down.customer.token);
  expect(await balance(down)).toBe('5.16');
  await shop.advance(down.clock, day('2027-03-28'));
  const renewal = await shop.db.invoice.findFirstOrThrow({ where: { subscriptionId: down.id, kind: 'renewal', status: 'open' } });
  expect([renewal.total, renewal.total - renewal.amountPaid]).toEqual([1000n, 484n]);
}, 120_000);

it('5: a quarter from the 30th of November, and where the next ones begin', async () => {
  const life = await begun(day('2026-11-30'), ['54.00', '81.00'], { interval: 'quarter' });
  await shop.advance(life.clock, day('2027-01-15'));
  const { due, change } = await upgrade(life, { product_id: life.products[1].id });
  expect([due, change.credit, change.debit]).toEqual(['13.20', '26.40', '39.60']);
  const next = ['2027-02-28', '2027-05-30', '2027-08-30', '2027-11-30'];
  expect(await renewed(life, next)).toEqual(['2026-11-30', ...next]);
}, 120_000);

it('6: a year of 366 days, cancelled with credit', async () => {
  const life = await begun(day('2027-06-15'), ['199.00'], { interval: 'year' });
  await shop.advance(life.clock, day('2028-03-01'));
  await shop.ok('POST', `/api/subscriptions/${life.id}/cancel`, { when: 'now', unused: 'credit' });
  expect(await balance(life)).toBe('57.63');
}, 120_000);

it.each([
  ['JPY', '1500', '2300', ['600', '1125', '1725']],
  ['KWD', '4.750', '6.125', ['1.031', '3.563', '4.594']],
])('10: %s', async (currency, from, to, expected) => {
  const life = await begun(day('2027-02-10'), [from, to], { currency });
  await shop.advance(life.clock, day('2027-02-17'));
  const { due, change } = await upgrade(life, { product_id: life.products[1].id });
  expect([due, change.credit, change.debit]).toEqual(expected);
});

it('7 and 11: a coupon with tax, and a part of it given back', async () => {
  const customer = await shop.customer();
  await shop.ok('POST', '/api/coupons', { code: 'QUARTER', percent: '25', periods: 3 });
  const product = await shop.product(
    { module: 'manual' },
    { prices: [{ interval: 'month', currency: 'EUR', amount: '29.99', setup_fee: '15.00' }] },
  );
  const { quote } = await shop.ok(
    'POST',
    '/api/quotes',
    { items: [{ product_id: product.id, label: 'x' }], coupon: 'QUARTER' },
    customer.token,
  );
  const { order } = await shop.ok('POST', '/api/orders', { quote_id: quote.id, hash: quote.hash }, customer.token);
  await shop.pay(order);
  await shop.make(order);
  const payment = await shop.db.payment.findFirstOrThrow({ where: { invoiceId: order.invoice_id } });
  await shop.ok('POST', `/api/payments/${payment.id}/refunds`, { amount: '20.00', reason: 'goodwill' });
  const { credit_notes: notes } = await shop.ok('GET', '/api/credit-notes', undefined, customer.token);
  expect(notes).toMatchObject([{ net: '16.81', tax: '3.19' }]);
  const { invoice } = await shop.ok('GET', `/api/invoices/${order.invoice_id}`);
  expect(invoice).toMatchObject({ status: 'paid', total: '44.61', amount_paid: '24.61', amount_credited: '20.00' });
});

it('8: an amount off two things, spread by what each costs', async () => {
  const customer = await shop.customer({ country: 'CH' });
  await shop.ok('POST', '/api/coupons', { code: 'TEN', amount: '10.00', currency: 'EUR' });
  const items = [];
  for (const amount of ['8.00', '5.00']) {
    const { id } = await shop.product({ module: 'manual' }, { prices: [{ interval: 'month', currency: 'EUR', amount }] });
    items.push({ product_id: id, label: `x${items.length}` });
  }
  const { quote } = await shop.ok('POST', '/api/quotes', { items, coupon: 'TEN' }, customer.token);
  const lines = quote.lines.map(({ item, kind, amount }: any) => `${item} ${kind} ${amount}`);
  expect(lines).toEqual(['0 recurring 8.00', '0 discount -6.15', '1 recurring 5.00', '1 discount -3.85']);
  const { order } = await shop.ok('POST', '/api/orders', { quote_id: quote.id, hash: quote.hash }, customer.token);
  const { invoice } = await shop.ok('GET', `/api/invoices/${order.invoice_id}`);
  expect([quote.total, order.total, invoice.total]).toEqual(['3.00', '3.00', '3.00']);
});

it('9: tax within the price is taken out of the sum, not of each', async () => {
  const customer = await shop.customer();
  const price = { interval: 'month', currency: 'EUR', amount: '19.99', tax_behavior: 'inclusive' };
  const product = await shop.product({ module: 'manual' }, { prices: [price] });
  const totals = [];
  for (const count of [1, 3]) {
    const items = Array.from({ length: count }, (_, index) => ({ product_id: product.id, label: `x${index}` }));
    const { quote } = await shop.ok('POST', '/api/quotes', { items }, customer.token);
    const { order } = await shop.ok('POST', '/api/orders', { quote_id: quote.id, hash: quote.hash }, customer.token);
    await shop.pay(order);
    const { invoice } = await shop.ok('GET', `/api/invoices/${order.invoice_id}`);
    totals.push([quote.tax, quote.total, invoice.tax, invoice.total, invoice.taxes[0].base]);
  }
  expect(totals).toEqual([
    ['3.19', '19.99', '3.19', '19.99', '16.80'],
    ['9.58', '59.97', '9.58', '59.97', '50.39'],
  ]);
});

it('12: paid late, in Berlin: what happens when, and the next period where it was', async () => {
  const late = await begun('2027-01-31T11:00:00Z', ['19.99'], { timeZone: 'Europe/Berlin' });
  const never = (await shop.make(await shop.pay(await shop.order(late.customer, late.products[0].id)))).items[0].subscription_id;
  const at = async (id: string, ...kinds: string[]) =>
    (await shop.subscription(id)).events
      .filter(({ kind }: any) => kinds.includes(kind))
      .map(({ kind, at: when }: any) => `${kind} ${when}`);
  await shop.advance(late.clock, '2027-03-05T08:00:00Z');
  const suspended = await shop.subscription(late.id);
  expect(suspended.subscription).toMatchObject({ status: 'suspended', period: { start_at: '2027-02-27T23:00:00.000Z' } });
  expect(await at(late.id, 'renewal-issued', 'suspend')).toEqual([
    'renewal-issued 2027-02-13T23:00:00.000Z',
    'suspend 2027-03-02T23:00:00.000Z',
  ]);
  await shop.payInvoice(suspended.subscription.renewal_invoice_id);
  expect((await shop.subscription(late.id)).subscription).toMatchObject({
    status: 'active',
    anchor_date: '2027-01-31',
    period: { start: '2027-02-28', end: '2027-03-31', end_at: '2027-03-30T22:00:00.000Z', amount: '19.99' },
  });
  await shop.advance(late.clock, '2027-03-17T08:00:00Z');
  // Its invoice was issued as soon as the suspension was lifted and its time had come: fourteen days before the 31st.
  const { renewal_invoice_id: next } = (await shop.subscription(late.id)).subscription;
  expect((await shop.ok('GET', `/api/invoices/${next}`)).invoice).toMatchObject({ total: '19.99', due_at: '2027-03-30T22:00:00.000Z' });
  expect(await at(never, 'terminate')).toEqual(['terminate 2027-03-16T23:00:00.000Z']);
}, 180_000);

it('13: two upgrades in one period, each from the price that runs', async () => {
  const life = await begun(day('2027-04-01'), ['10.00', '20.00', '40.00']);
  const asked = [];
  for (const [at, product] of [
    ['2027-04-11', 1],
    ['2027-04-21', 2],
  ] as const) {
    await shop.advance(life.clock, day(at));
    const { due, change } = await upgrade(life, { product_id: life.products[product].id });
    asked.push([change.credit, change.debit, due]);
  }
  expect(asked).toEqual([
    ['6.67', '13.33', '6.66'],
    ['6.67', '13.33', '6.66'],
  ]);
}, 120_000);

it.each([
  ['UTC', '2027-03-31', '2027-04-30'],
  ['Europe/Berlin', '2027-04-01', '2027-05-01'],
  ['America/New_York', '2027-03-31', '2027-04-30'],
])('14: begun late in the evening, in %s', async (timeZone, anchor, end) => {
  const { id } = await begun('2027-03-31T22:30:00Z', ['10.00'], { timeZone });
  expect((await shop.subscription(id)).subscription).toMatchObject({ anchor_date: anchor, period: { start: anchor, end } });
});

it('15: a price made of what the provider takes, in another currency', async () => {
  const { providers } = await shop.ok('GET', '/api/admin/providers');
  const account = providers.find(({ type }: any) => type === 'digitalocean');
  const candidates = [{ account_id: account.id, plan: 's-1vcpu-1gb', regions: [], images: [] }];
  const product = await shop.product({}, { prices: [], candidates });
  await shop.ok('PUT', '/api/exchange-rates', { base: 'USD', quote: 'EUR', rate: '0.9215' });
  const suggested = async (rounding: string) => {
    await shop.ok('PUT', `/api/products/${product.id}/price-rule`, { percent: '35', currency: 'EUR', rounding });
    return (await shop.ok('GET', `/api/products/${product.id}/suggested-prices`)).candidates[0];
  };
  expect(await suggested('none')).toMatchObject({ cost: { amount: '6.00', currency: 'USD' }, price: '7.46' });
  expect(await suggested('end_99')).toMatchObject({ price: '7.99', margin: '2.46', sellable: true });
});

it.each([
  ['its first day', '2027-03-10', ['10.00', '20.00', '10.00'], '2027-03-10'],
  ['its last day', '2027-04-09', ['0.32', '0.65', '0.33'], '2027-03-10'],
  ['the first day of the next one', '2027-04-10', ['10.00', '20.00', '10.00'], '2027-04-10'],
])(
  '16: changed on %s',
  async (_, date, expected, start) => {
    const life = await begun(day('2027-03-10'), ['10.00', '20.00']);
    if (date > '2027-03-28') await renewed(life, ['2027-03-28', date]);
    const { due, change } = await upgrade(life, { product_id: life.products[1].id });
    expect([change.credit, change.debit, due]).toEqual(expected);
    const { subscription } = await shop.subscription(life.id);
    expect(subscription).toMatchObject({ amount: '20.00', period: { start } });
  },
  120_000,
);

it('17: a part of the price makes nothing, and becomes credit when the time is over', async () => {
  const customer = await shop.customer();
  const clock = await shop.clock(day('2027-05-01'), customer);
  const product = await shop.product({ module: 'manual' }, { prices: [{ interval: 'month', currency: 'EUR', amount: '37.49' }], stock: 1 });
  const order = await shop.order(customer, product.id);
  expect(order.total).toBe('44.61');
  await shop.pay(order, '40.00');
  expect((await shop.ok('GET', `/api/orders/${order.id}`)).order.status).toBe('placed');
  expect((await shop.ok('GET', `/api/invoices/${order.invoice_id}`)).invoice).toMatchObject({ amount_due: '4.61' });
  expect(await shop.stock(product.id)).toMatchObject({ reserved: 1, sold: 0 });
  await shop.advance(clock, '2027-05-01T12:16:00Z');
  expect((await shop.ok('GET', `/api/orders/${order.id}`)).order.status).toBe('expired');
  expect((await shop.ok('GET', '/api/credit', undefined, customer.token)).balances).toEqual([{ currency: 'EUR', amount: '40.00' }]);
  expect(await shop.stock(product.id)).toMatchObject({ reserved: 0, sold: 0 });
});

it('18: from months to a year, from the day of the change on', async () => {
  const life = await begun(day('2027-03-10'), ['10.00']);
  await shop.ok('POST', `/api/products/${life.products[0].id}/prices`, { interval: 'year', currency: 'EUR', amount: '199.00' });
  await shop.advance(life.clock, day('2027-03-25'));
  const { due } = await upgrade(life, { interval: 'year' });
  expect(due).toBe('193.84');
  expect((await shop.subscription(life.id)).subscription).toMatchObject({
    anchor_date: '2027-03-25',
    period: { start: '2027-03-25', end: '2028-03-25' },
  });
}, 120_000);
