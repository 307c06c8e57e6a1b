/** From a product to a paid, running server: quote, order, stock, payment, and what keeps a second one from being made. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withDatabase } from './support/database.ts';
import { type Plinth, startPlinth } from './support/plinth.ts';
import { Selling } from './support/selling.ts';

const database = withDatabase();
let plinth: Plinth;
const shop = new Selling(() => plinth);

beforeAll(async () => {
  plinth = await startPlinth(database.url);
  await shop.open();
}, 600_000);
afterAll(() => plinth?.stop());

it('sells a server: a quote says what and where, the order holds stock, the payment makes it, the period begins when it is usable', async () => {
  const customer = await shop.customer();
  const product = await shop.product(
    {},
    { prices: [{ interval: 'month', currency: 'EUR', amount: '29.99', setup_fee: '15.00' }], stock: 3 },
  );
  const { body: quoted } = await shop.quote(customer, product.id, { label: 'first' });
  const { quote } = quoted;
  expect(quote.lines.map((line: any) => [line.kind, line.amount])).toEqual([
    ['recurring', '29.99'],
    ['setup', '15.00'],
  ]);
  expect([quote.subtotal, quote.tax, quote.total]).toEqual(['44.99', '8.55', '53.54']);
  const [placement] = quote.placements;
  expect(placement.resources.map((each: any) => each.type)).toEqual(['password', 'instance']);
  expect(placement.resources[1].properties).toMatchObject({ region: placement.region, plan: placement.plan, image: placement.image });
  // Whose account it is, is the seller's to know.
  expect(placement.account_id).toBeNull();

  const changed = await shop.call('POST', '/api/orders', { quote_id: quote.id, hash: '0'.repeat(64) }, customer.token);
  expect([changed.status, changed.body.code]).toEqual([409, 'quote_differs']);
  const place = { quote_id: quote.id, hash: quote.hash };
  const order = (await shop.ok('POST', '/api/orders', place, customer.token)).order;
  expect(order).toMatchObject({ status: 'placed', total: '53.54', refund_due: false });
  expect((await shop.ok('POST', '/api/orders', place, customer.token)).order.id).toBe(order.id);
  expect(await shop.stock(product.id)).toMatchObject({ total: 3, reserved: 1, sold: 0, free: 2 });

  const reference = randomUUID();
  const short = await shop.pay(order, '40.00', reference);
  expect(short).toMatchObject({ status: 'placed', items: [{ status: 'reserved', vps_id: null }] });
  // Told twice, it is one payment.
  expect(await shop.pay(order, '40.00', reference)).toMatchObject({ status: 'placed' });
  const paid = await shop.pay(order, '13.54');
  expect(paid).toMatchObject({ status: 'provisioning', items: [{ status: 'provisioning' }] });
  expect(paid.items[0].vps_id).toMatch(/^[a-z0-9]{16}$/);
  expect(await shop.stock(product.id)).toMatchObject({ reserved: 0, sold: 1 });
  const done = await shop.orderIs(order.id, 'fulfilled');
  const { subscription, periods, events } = await shop.subscription(done.items[0].subscription_id);
  expect(subscription).toMatchObject({ status: 'active', vps_id: done.items[0].vps_id, amount: '29.99', interval: 'month' });
  expect(subscription.anchor_date).toBe(periods[0].start);
  expect(periods.map((each: any) => each.index)).toEqual([0]);
  expect(events.map((each: any) => each.kind)).toEqual(['begun', 'period-opened']);
  const { instance } = await shop.ok('GET', `/api/vps/${subscription.vps_id}`, undefined, customer.token);
  expect(instance).toMatchObject({ status: 'active', label: 'first', organization_id: customer.id });
});

it('takes orders within what the organization may have, and no others', async () => {
  const customer = await shop.customer();
  const product = await shop.product({}, { stock: 9 });
  const may = async (kind: string, most: number) =>
    expect((await plinth.cli(['organization', 'quota', '--organization', customer.id, '--kind', kind, '--most', `${most}`])).code).toBe(0);
  const place = async (label: string) => {
    const { quote } = (await shop.quote(customer, product.id, { label })).body;
    return await shop.call('POST', '/api/orders', { quote_id: quote.id, hash: quote.hash }, customer.token);
  };
  await may('vpses', 1);
  expect((await place('within')).status).toBe(201);
  const beyond = await place('beyond');
  expect([beyond.status, beyond.body.code, beyond.body.detail]).toEqual([
    409,
    'quota_exceeded',
    expect.stringContaining('1 VPSes, and may have 1'),
  ]);
  await may('vpses', 5);
  await may('open_orders', 1);
  const open = await place('open');
  expect([open.status, open.body.detail]).toEqual([409, expect.stringContaining('1 open orders, and may have 1')]);
  // Nothing of the refused ones is held.
  expect(await shop.stock(product.id)).toMatchObject({ reserved: 1, sold: 0 });
});

it('gives an organization that buys no server without an order', async () => {
  const customer = await shop.customer();
  const { account_id: _, plan, regions, images } = (await shop.somewhere()) as any;
  const body = { label: 'direct', type: plan, region: regions[0], image: images[0] };
  const refused = await shop.call('POST', '/api/vps', body, customer.token);
  expect([refused.status, refused.body.code]).toEqual([409, 'use_order']);
  const own = await shop.call('POST', '/api/vps', { ...body, override_reason: 'because' }, customer.token);
  expect([own.status, own.body.code]).toEqual([403, 'forbidden']);
  const sellers = await shop.call('POST', '/api/vps', { ...body, organization_id: customer.id });
  expect([sellers.status, sellers.body.code]).toEqual([409, 'use_order']);
});

it('sells the last one once: of 50 who order at once one gets it, and 49 are told before anything is asked of them', async () => {
  const product = await shop.product({}, { stock: 1 });
  const buyers = await Promise.all(Array.from({ length: 5 }, () => shop.customer()));
  const quotes = await Promise.all(Array.from({ length: 50 }, (_, index) => shop.quote(buyers[index % 5]!, product.id)));
  const answers = await Promise.all(
    quotes.map(({ body }, index) =>
      shop.call('POST', '/api/orders', { quote_id: body.quote.id, hash: body.quote.hash }, buyers[index % 5]!.token),
    ),
  );
  expect(answers.filter(({ status }) => status === 201).length).toBe(1);
  expect(answers.filter(({ status, body }) => status === 409 && body.code === 'sold_out').length).toBe(49);
  expect(await shop.stock(product.id)).toMatchObject({ total: 1, reserved: 1, sold: 0, free: 0 });
  expect(await shop.db.invoice.count({ where: { organizationId: { in: buyers.map(({ id }) => id) } } })).toBe(1);
});

it('gives back what nobody pays for, by cancelling and by time, and takes it again for the next one', async () => {
  const product = await shop.product({}, { stock: 1 });
  const customer = await shop.customer();
  const first = await shop.order(customer, product.id);
  const second = await shop.quote(customer, product.id);
  expect([second.status, second.body.code]).toEqual([409, 'sold_out']);
  expect((await shop.ok('POST', `/api/orders/${first.id}/cancel`, {}, customer.token)).order.status).toBe('cancelled');
  expect(await shop.stock(product.id)).toMatchObject({ reserved: 0, free: 1 });
  const third = await shop.order(customer, product.id);
  await shop.db.order.update({ where: { id: third.id }, data: { expiresAt: new Date('2020-01-01') } });
  const expired = await shop.orderIs(third.id, 'expired');
  expect(expired).toMatchObject({ items: [{ status: 'released' }] });
  expect(await shop.stock(product.id)).toMatchObject({ reserved: 0, free: 1 });
  const invoice = await shop.db.invoice.findUniqueOrThrow({ where: { id: third.invoice_id } });
  expect(invoice.status).toBe('void');
  // Paid late all the same: where one is still left the order lives again, by an invoice of its own.
  await shop.payInvoice(third.invoice_id);
  const late = await shop.orderIs(third.id, 'provisioning', 'fulfilled');
  expect(late.invoice_id).not.toBe(third.invoice_id);
  await shop.orderIs(third.id, 'fulfilled');
  expect(await shop.stock(product.id)).toMatchObject({ reserved: 0, sold: 1 });
});

it('makes one server, however often and by whatever way it is paid at once', async () => {
  const customer = await shop.customer();
  const product = await shop.product({}, { stock: 5 });
  const order = await shop.order(customer, product.id);
  const pays = await Promise.all(
    Array.from({ length: 12 }, (_, index) =>
      shop.call('POST', `/api/orders/${order.id}/pay`, { amount: order.total, currency: 'EUR', reference: `transfer ${index % 3}` }),
    ),
  );
  expect(pays.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
  await shop.orderIs(order.id, 'fulfilled');
  expect(await shop.db.vps.count({ where: { organizationId: customer.id } })).toBe(1);
  expect(await shop.db.subscription.count({ where: { organizationId: customer.id } })).toBe(1);
  expect(await shop.stock(product.id)).toMatchObject({ reserved: 0, sold: 1 });
});

it('shows a stranger nothing of an order', async () => {
  const [mine, other] = [await shop.customer(), await shop.customer()];
  const product = await shop.product();
  const order = await shop.order(mine, product.id);
  for (const [method, path] of [
    ['GET', `/api/orders/${order.id}`],
    ['POST', `/api/orders/${order.id}/cancel`],
  ] as const) {
    const foreign = await shop.call(method, path, method === 'GET' ? undefined : {}, other.token);
    expect([foreign.status, foreign.body.code]).toEqual([404, 'not_found']);
  }
  expect((await shop.ok('GET', '/api/orders', undefined, other.token)).orders).toEqual([]);
  const hidden = await shop.product({ visibility: 'hidden' });
  expect((await shop.call('GET', `/api/products/${hidden.id}`, undefined, mine.token)).status).toBe(404);
  expect((await shop.quote(mine, hidden.id)).status).toBe(404);
});
