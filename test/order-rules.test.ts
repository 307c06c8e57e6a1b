/** The seller's rules for orders: who is looked at, who is refused, what is agreed to, and who may change their mind. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withDatabase } from './support/database.ts';
import { type Plinth, startPlinth } from './support/plinth.ts';
import { type Customer, Selling } from './support/selling.ts';
import { until } from './support/until.ts';

const database = withDatabase();
let plinth: Plinth;
const shop = new Selling(() => plinth);

beforeAll(async () => {
  plinth = await startPlinth(database.url);
  await shop.open();
}, 600_000);
afterAll(() => plinth?.stop());

const policy = async (more: Record<string, unknown>) => await shop.ok('PUT', '/api/admin/order-policy', more);
const page = async (customer: Customer, invoice: string) =>
  await shop.call('POST', `/api/invoices/${invoice}/pay`, {}, customer.token).then(({ status, body }) => ({ status, ...body }));
const fill = (url: string, card: string) => fetch(url, { method: 'POST', body: new URLSearchParams({ card }), redirect: 'manual' });
const payByCard = async (customer: Customer, order: any) =>
  await fill((await page(customer, order.invoice_id)).attempt.url, '4242424242424242');
const refunded = (id: string) =>
  until(async () => ((await shop.ok('GET', `/api/orders/${id}`)).order.refunded_at === null ? undefined : true), { what: 'the refund' });

it('waits for a person where a rule says so, and makes or gives back what they decide', async () => {
  await policy({
    review: [{ name: 'new and dear', new_customer: true, amount_from: { amount: '10.00', currency: 'EUR' }, does: 'review' }],
  });
  const product = await shop.product({ module: 'manual' }, { stock: 5 });
  const customer = await shop.customer();
  const first = await shop.order(customer, product.id);
  await payByCard(customer, first);
  const waiting = await shop.orderIs(first.id, 'review');
  expect(waiting).toMatchObject({ review_rule: 'new and dear', items: [{ status: 'paid', vps_id: null }] });
  expect(await shop.db.alert.count({ where: { kind: 'order-review', target: `order:${first.id}`, resolvedAt: null } })).toBe(1);
  const own = await shop.call('POST', `/api/orders/${first.id}/review`, { decision: 'accept', reason: 'it is me' }, customer.token);
  expect(own.status).toBe(403);
  await shop.ok('POST', `/api/orders/${first.id}/review`, { decision: 'refuse', reason: 'a stolen card' });
  await refunded(first.id);
  expect((await shop.ok('GET', `/api/orders/${first.id}`)).order).toMatchObject({ status: 'cancelled', items: [{ status: 'cancelled' }] });
  expect(await shop.stock(product.id)).toMatchObject({ reserved: 0, sold: 0 });
  expect((await shop.ok('GET', `/api/refunds?organization_id=${customer.id}`)).refunds).toMatchObject([{ amount: first.total }]);

  const second = await shop.order(customer, product.id);
  await shop.pay(second);
  await shop.orderIs(second.id, 'review');
  await shop.ok('POST', `/api/orders/${second.id}/review`, { decision: 'accept', reason: 'known by telephone' });
  await shop.make(second);
  await shop.orderIs(second.id, 'fulfilled');
  const again = await shop.call('POST', `/api/orders/${second.id}/review`, { decision: 'refuse', reason: 'too late' });
  expect([again.status, again.body.code]).toEqual([409, 'not_in_review']);
  // No new customer any more.
  const third = await shop.order(customer, product.id);
  expect((await shop.pay(third)).status).toBe('provisioning');
});

it('refuses by country and by speed before anything is held, and says no rule', async () => {
  const product = await shop.product({ module: 'manual' }, { stock: 5 });
  await policy({
    review: [
      { name: 'not there', countries: ['FR'], does: 'refuse' },
      { name: 'too fast', orders_a_day: 3, does: 'refuse' },
    ],
  });
  const french = await shop.customer({ country: 'FR' });
  const quote = (await shop.quote(french, product.id)).body.quote;
  const refused = await shop.call('POST', '/api/orders', { quote_id: quote.id, hash: quote.hash }, french.token);
  expect([refused.status, refused.body.code]).toEqual([409, 'order_refused']);
  expect(JSON.stringify(refused.body)).not.toContain('not there');
  const german = await shop.customer();
  await shop.order(german, product.id);
  await shop.order(german, product.id);
  await expect(shop.order(german, product.id)).rejects.toThrow('order_refused');
  expect(await shop.stock(product.id)).toMatchObject({ reserved: 2, sold: 0 });
  await policy({ unpaid_orders: 2 });
  await expect(shop.order(german, product.id)).rejects.toThrow('too_many_unpaid_orders');
});

it('closes the pages of who tries card after card', async () => {
  await policy({ declines_an_hour: 3 });
  const product = await shop.product({ module: 'manual' });
  const customer = await shop.customer();
  const order = await shop.order(customer, product.id);
  const { attempt } = await page(customer, order.invoice_id);
  for (let tries = 0; tries < 3; tries++) expect((await fill(attempt.url, '4000000000000002')).status).toBe(402);
  const limited = await until(
    async () => {
      const answer = await page(customer, order.invoice_id);
      return answer.code === 'too_many_declines' ? answer : undefined;
    },
    { what: 'the limit' },
  );
  expect(limited.status).toBe(429);
  // The page that was open takes a good card no more.
  expect((await fill(attempt.url, '4242424242424242')).status).not.toBe(303);
  const other = await shop.customer();
  expect((await page(other, (await shop.order(other, product.id)).invoice_id)).status).toBe(201);
  expect(await shop.db.alert.count({ where: { kind: 'card-testing', target: `organization:${customer.id}` } })).toBe(1);
});

it('is placed only by who agrees to the terms that hold', async () => {
  await policy({});
  const product = await shop.product({ module: 'manual' });
  const customer = await shop.customer();
  await shop.ok('PUT', '/api/admin/terms', { version: '2027-01', url: 'https://shop.test/terms' });
  await expect(shop.order(customer, product.id)).rejects.toThrow('terms_not_accepted');
  const { quote } = (await shop.quote(customer, product.id)).body;
  const place = (terms: string) => shop.call('POST', '/api/orders', { quote_id: quote.id, hash: quote.hash, terms }, customer.token);
  expect((await place('2026-01')).body.code).toBe('terms_not_accepted');
  const placed = await place('2027-01');
  expect(placed.status).toBe(201);
  const kept = await shop.db.order.findUniqueOrThrow({ where: { id: placed.body.order.id } });
  expect(kept.termsVersion).toBe('2027-01');
  // Agreed to once, it holds for the next.
  await shop.order(customer, product.id);
});

it('takes a purchase back from a consumer within the time, once, with everything that was paid', async () => {
  await policy({ withdrawal_days: 14 });
  const product = await shop.product({}, { prices: [{ interval: 'month', currency: 'EUR', amount: '10.00', setup_fee: '5.00' }] });
  const consumer = await shop.customer();
  const clock = await shop.clock('2027-03-01T12:00:00Z', consumer);
  const accept = { quote: (await shop.quote(consumer, product.id)).body.quote };
  const placing = { quote_id: accept.quote.id, hash: accept.quote.hash, terms: '2027-01' };
  const { order } = await shop.ok('POST', '/api/orders', placing, consumer.token);
  await payByCard(consumer, order);
  const ready = await shop.orderIs(order.id, 'fulfilled');
  await shop.advance(clock, '2027-03-10T12:00:00Z');
  await shop.ok('POST', `/api/orders/${order.id}/withdraw`, undefined, consumer.token);
  await refunded(order.id);
  const { refunds } = await shop.ok('GET', `/api/refunds?organization_id=${consumer.id}`);
  expect(refunds).toMatchObject([{ amount: '17.85', status: 'succeeded' }]);
  await until(async () => (await shop.subscription(ready.items[0].subscription_id)).subscription.status === 'ended', {
    timeoutMs: 90_000,
    what: 'the end of the subscription',
  });
  expect((await shop.ok('GET', `/api/vps/${ready.items[0].vps_id}`)).instance.status).toBe('terminated');
  await shop.call('POST', `/api/orders/${order.id}/withdraw`, undefined, consumer.token);
  expect((await shop.ok('GET', `/api/refunds?organization_id=${consumer.id}`)).refunds).toHaveLength(1);

  const late = await shop.order(consumer, (await shop.product({ module: 'manual' })).id);
  await shop.pay(late);
  await shop.make(late);
  await shop.advance(clock, '2027-03-24T12:00:00Z');
  const over = await shop.call('POST', `/api/orders/${late.id}/withdraw`, undefined, consumer.token);
  expect([over.status, over.body.code]).toEqual([409, 'withdrawal_over']);
}, 300_000);
