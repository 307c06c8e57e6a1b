/** What an offer may have beside its price: coupons, options, a trial, a fixed term, another price that is announced. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withDatabase } from './support/database.ts';
import { type Plinth, startPlinth } from './support/plinth.ts';
import { type Customer, Selling } from './support/selling.ts';

const database = withDatabase();
let plinth: Plinth;
const shop = new Selling(() => plinth);
const MONTHLY = (amount: string, setup_fee = '0') => ({ prices: [{ interval: 'month', currency: 'EUR', amount, setup_fee }] });

beforeAll(async () => {
  plinth = await startPlinth(database.url);
  await shop.open();
}, 600_000);
afterAll(() => plinth?.stop());

async function quoted(customer: Customer, items: Record<string, unknown>[], more: Record<string, unknown> = {}) {
  const all = items.map((item, index) => ({ label: `s${index}-${crypto.randomUUID().slice(0, 8)}`, ...item }));
  return await shop.call('POST', '/api/quotes', { items: all, ...more }, customer.token);
}
async function ordered(customer: Customer, items: Record<string, unknown>[], more: Record<string, unknown> = {}) {
  const { status, body } = await quoted(customer, items, more);
  if (status !== 201) throw new Error(JSON.stringify(body));
  return (await shop.ok('POST', '/api/orders', { quote_id: body.quote.id, hash: body.quote.hash }, customer.token)).order;
}
const totals = async (customer: Customer) =>
  (await shop.invoices(customer)).filter(({ status }) => status !== 'void').map(({ total }) => Number(total));
const coupon = async (more: Record<string, unknown>) => (await shop.ok('POST', '/api/coupons', more)).coupon;
/** Pays what is open, month after month. */
async function live(customer: Customer, clock: any, ...days: string[]): Promise<void> {
  for (const day of days) {
    await shop.advance(clock, `${day}T12:00:00Z`);
    for (const invoice of await shop.db.invoice.findMany({ where: { organizationId: customer.id, status: 'open' } }))
      await shop.payInvoice(invoice.id);
  }
}

it('takes a quarter off three periods and then no more, to the cent', async () => {
  const customer = await shop.customer();
  const clock = await shop.clock('2027-01-10T10:00:00Z', customer);
  const product = await shop.product({ module: 'manual' }, MONTHLY('29.99', '15.00'));
  await coupon({ code: 'quarter-25', percent: '25', periods: 3 });
  const { body } = await quoted(customer, [{ product_id: product.id }], { coupon: 'Quarter-25' });
  expect(body.quote).toMatchObject({ subtotal: '37.49', tax: '7.12', total: '44.61' });
  expect(body.quote.lines.map(({ kind, amount }: any) => `${kind} ${amount}`)).toEqual([
    'recurring 29.99',
    'discount -7.50',
    'setup 15.00',
  ]);
  const order = await ordered(customer, [{ product_id: product.id }], { coupon: 'QUARTER-25' });
  expect(order.total).toBe('44.61');
  await shop.make(await shop.pay(order));
  await live(customer, clock, '2027-02-10', '2027-03-10', '2027-04-10', '2027-05-10');
  expect(await totals(customer)).toEqual([4461, 2676, 2676, 3569, 3569]);
  expect(await shop.db.coupon.findUniqueOrThrow({ where: { code: 'QUARTER-25' } })).toMatchObject({ redeemed: 1 });
});

it('spreads an amount over two servers, asks for no payment where nothing is left, and credits no more than was paid', async () => {
  const customer = await shop.customer({ country: 'CH' });
  const [eight, five] = [
    await shop.product({ module: 'manual' }, MONTHLY('8.00')),
    await shop.product({ module: 'manual' }, MONTHLY('5.00')),
  ];
  await coupon({ code: 'TEN-OFF', amount: '10.00', currency: 'EUR' });
  const { body } = await quoted(customer, [{ product_id: eight.id }, { product_id: five.id }], { coupon: 'TEN-OFF' });
  expect(body.quote.lines.map(({ amount }: any) => amount)).toEqual(['8.00', '-6.15', '5.00', '-3.85']);
  expect(body.quote.total).toBe('3.00');
  await coupon({ code: 'GIFT', percent: '100', periods: null });
  const clock = await shop.clock('2027-03-10T10:00:00Z', customer);
  const free = await ordered(customer, [{ product_id: eight.id }], { coupon: 'GIFT' });
  expect([free.total, free.status]).toEqual(['0.00', 'provisioning']);
  const made = await shop.make(free);
  await shop.advance(clock, '2027-03-25T10:00:00Z');
  const id = made.items[0].subscription_id;
  await shop.ok('POST', `/api/subscriptions/${id}/cancel`, { when: 'now', unused: 'credit' });
  expect((await shop.ok('GET', '/api/credit', undefined, customer.token)).balances).toEqual([]);
});

it('gives the last use to one of many, and back when its order comes to nothing', async () => {
  const product = await shop.product({ module: 'manual' });
  await coupon({ code: 'LAST-ONE', percent: '50', max_redemptions: 1, per_organization: 1 });
  const customers = await Promise.all(Array.from({ length: 6 }, () => shop.customer()));
  const quotes = [];
  for (const customer of customers) quotes.push((await quoted(customer, [{ product_id: product.id }], { coupon: 'LAST-ONE' })).body.quote);
  const answers = await Promise.all(
    quotes.map(({ id, hash }, index) => shop.call('POST', '/api/orders', { quote_id: id, hash }, customers[index]!.token)),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
  expect(answers.filter(({ status }) => status === 409).every(({ body }) => body.code === 'coupon_used_up')).toBe(true);
  const winner = answers.findIndex(({ status }) => status === 201);
  const again = await quoted(customers[winner]!, [{ product_id: product.id }], { coupon: 'LAST-ONE' });
  expect([again.status, again.body.code]).toEqual([422, 'coupon_invalid']);
  await shop.ok('POST', `/api/orders/${answers[winner]!.body.order.id}/cancel`, {}, customers[winner]!.token);
  await shop.ok('POST', `/api/orders/${answers[winner]!.body.order.id}/cancel`, {}, customers[winner]!.token);
  expect(await shop.db.coupon.findUniqueOrThrow({ where: { code: 'LAST-ONE' } })).toMatchObject({ redeemed: 0 });
  await ordered(customers[0]!, [{ product_id: product.id }], { coupon: 'LAST-ONE' });
  const unknown = await quoted(customers[0]!, [{ product_id: product.id }], { coupon: 'NO-SUCH' });
  expect(unknown.body.code).toBe('coupon_invalid');
});

it('charges what was added, every period, and asks the provider for it', async () => {
  const customer = await shop.customer();
  const clock = await shop.clock('2027-05-01T10:00:00Z', customer);
  const product = await shop.product();
  const image = product.candidates[0].images[0];
  const price = (amount: string) => [{ interval: 'month', currency: 'EUR', amount }];
  const options = [
    { key: 'backups', kind: 'backups', name: 'Backups', prices: price('2.00') },
    { key: 'system', kind: 'image', name: 'Dear system', images: [image], prices: price('3.50') },
  ];
  await shop.ok('PUT', `/api/products/${product.id}/options`, { options });
  const wrong = await shop.call('PUT', `/api/products/${product.id}/options`, {
    options: [{ key: 'disk', kind: 'storage', name: 'Disk', max: 100, prices: price('1') }],
  });
  expect([wrong.status, wrong.body.code]).toEqual([422, 'not_supported']);
  const refused = await quoted(customer, [{ product_id: product.id, options: { backups: 2 } }]);
  expect([refused.status, refused.body.code, refused.body.errors[0].field]).toEqual([422, 'option_out_of_range', 'options.backups']);
  const { body } = await quoted(customer, [{ product_id: product.id, options: { backups: 1 } }]);
  expect(body.quote.lines.map(({ name, amount }: any) => `${name} ${amount}`)).toEqual([
    `${product.name} 10.00`,
    'Backups 2.00',
    'Dear system 3.50',
  ]);
  const order = await ordered(customer, [{ product_id: product.id, options: { backups: 1 } }]);
  await shop.pay(order);
  const done = await shop.orderIs(order.id, 'fulfilled');
  expect((await shop.ok('GET', `/api/vps/${done.items[0].vps_id}`)).instance.backups).toBe(true);
  await live(customer, clock, '2027-06-01');
  expect(await totals(customer)).toEqual([1845, 1845]);

  const disk = await shop.product({ module: 'manual' });
  await shop.ok('PUT', `/api/products/${disk.id}/options`, {
    options: [{ key: 'disk', kind: 'storage', name: 'Disk, 10 GB', min: 1, max: 9, step: 2, prices: price('0.50') }],
  });
  const lines = (await quoted(customer, [{ product_id: disk.id, options: { disk: 5 } }])).body.quote.lines;
  expect(lines.map(({ quantity, amount }: any) => [quantity, amount])).toEqual([
    [1, '10.00'],
    [5, '2.50'],
  ]);
});

it('charges nothing in a trial, the first period at its end, and gives no second one', async () => {
  const customer = await shop.customer();
  const clock = await shop.clock('2027-01-31T10:00:00Z', customer);
  const product = await shop.product({ module: 'manual', trial_days: 14 });
  const { body } = await quoted(customer, [{ product_id: product.id }]);
  expect(body.quote).toMatchObject({ total: '0.00', lines: [{ amount: '0.00', trial_days: 14, after_trial: '10.00' }] });
  const made = await shop.make(await ordered(customer, [{ product_id: product.id }]));
  const id = made.items[0].subscription_id;
  expect((await shop.subscription(id)).subscription).toMatchObject({ status: 'active', anchor_date: '2027-02-14', period: null });
  await shop.advance(clock, '2027-02-14T12:00:00Z');
  expect((await shop.subscription(id)).subscription).toMatchObject({
    status: 'past_due',
    period: { index: 0, start: '2027-02-14', end: '2027-03-14' },
  });
  await live(customer, clock, '2027-02-15', '2027-03-14');
  expect(await totals(customer)).toEqual([0, 1190, 1190]);
  expect((await quoted(customer, [{ product_id: product.id }])).body.quote.total).toBe('11.90');

  const other = await shop.customer();
  const time = await shop.clock('2027-01-31T10:00:00Z', other);
  const tried = (await shop.make(await ordered(other, [{ product_id: product.id }]))).items[0].subscription_id;
  await shop.ok('POST', `/api/subscriptions/${tried}/cancel`, {}, other.token);
  await shop.advance(time, '2027-03-01T10:00:00Z');
  expect((await shop.subscription(tried)).subscription.status).toBe('ended');
  expect(await totals(other)).toEqual([0]);
});

it('binds for the months that were agreed, and frees who is told another price', async () => {
  const customer = await shop.customer();
  const clock = await shop.clock('2027-01-31T10:00:00Z', customer);
  const product = await shop.product({ module: 'manual', term_months: 3 }, MONTHLY('10.00'));
  const [bound, freed] = [
    (await shop.make(await shop.pay(await ordered(customer, [{ product_id: product.id }])))).items[0].subscription_id,
    (await shop.make(await shop.pay(await ordered(customer, [{ product_id: product.id }])))).items[0].subscription_id,
  ];
  const now = await shop.call('POST', `/api/subscriptions/${bound}/cancel`, { when: 'now' }, customer.token);
  expect([now.status, now.body.code]).toEqual([409, 'term_runs']);
  await shop.ok('POST', `/api/subscriptions/${bound}/cancel`, {}, customer.token);
  expect((await shop.subscription(bound)).subscription).toMatchObject({ status: 'cancelling', ends_at: '2027-04-30T00:00:00.000Z' });
  await live(customer, clock, '2027-02-28', '2027-03-31');
  const soon = await shop.call('POST', `/api/products/${product.id}/price-changes`, {
    interval: 'month',
    currency: 'EUR',
    amount: '12.00',
    effective_on: '2027-04-20',
  });
  expect([soon.status, soon.body.code]).toEqual([422, 'too_soon']);
  const answer = await shop.ok('POST', `/api/products/${product.id}/price-changes`, {
    interval: 'month',
    currency: 'EUR',
    amount: '12.00',
    effective_on: '2027-05-01',
  });
  expect(answer).toMatchObject({ subscriptions: 2, price_change: { amount: '12.00', effective_on: '2027-05-01' } });
  await live(customer, clock, '2027-04-30');
  expect((await shop.subscription(bound)).subscription.status).toBe('ended');
  // Begun before that day: the former price; the next one costs the new.
  await live(customer, clock, '2027-05-31');
  const { subscription, periods, events } = await shop.subscription(freed);
  expect(periods.map(({ start, amount }: any) => `${start} ${amount}`)).toEqual([
    '2027-01-31 10.00',
    '2027-02-28 10.00',
    '2027-03-31 10.00',
    '2027-04-30 10.00',
    '2027-05-31 12.00',
  ]);
  expect(subscription.amount).toBe('12.00');
  expect(events.filter(({ kind }: any) => kind === 'price-announced')).toHaveLength(1);
});
