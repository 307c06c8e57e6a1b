/** What is charged by use, and policies for unpaid invoices as data. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { usageSweep } from '../server/billing/usage/sweep.ts';
import './support/other-zone.ts';
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

const made = async (customer: any, product: any) =>
  (await shop.make(await shop.pay(await shop.order(customer, product.id)))).items[0].subscription_id as string;

it('charges hours up to their cap and traffic over what is included, once, when a period is over', async () => {
  const customer = await shop.customer({ country: 'CH' });
  const clock = await shop.clock('2027-04-01T00:00:00Z', customer);
  const hourly = await shop.product({ module: 'manual' }, { prices: [{ interval: 'month', currency: 'EUR', amount: '0.00' }] });
  const meters = [
    { meter: 'hours', currency: 'EUR', unit_price: '0.00745', cap: '5.00' },
    { meter: 'traffic', currency: 'EUR', unit_price: '0.0101', included: '100' },
  ];
  expect((await shop.ok('PUT', `/api/products/${hourly.id}/meters`, { meters })).meters).toMatchObject(meters);
  // Whoever may buy it sees what is charged by use.
  const { product: shown } = await shop.ok('GET', `/api/products/${hourly.id}`, undefined, customer.token);
  expect(shown.meters).toMatchObject(meters);
  const order = await shop.order(customer, hourly.id);
  const id = (await shop.make(order)).items[0].subscription_id;
  expect((await shop.ok('GET', `/api/subscriptions/${id}`, undefined, customer.token)).meters).toMatchObject(meters);
  await shop.ok('POST', `/api/subscriptions/${id}/usage`, { meter: 'traffic', quantity: '50' });
  await shop.ok('POST', `/api/subscriptions/${id}/usage`, { meter: 'traffic', quantity: '350.5' });
  const foreign = await shop.call('GET', `/api/subscriptions/${id}/usage`, undefined, (await shop.customer()).token);
  expect(foreign.status).toBe(404);
  await shop.advance(clock, '2027-05-01T01:00:00Z');
  const invoices = async () => (await shop.invoices(customer)).filter(({ kind }) => kind === 'usage').map(({ total }) => Number(total));
  // 720 h at 0.00745 are 5.364: the cap; 250.5 GB at 0.0101 are 2.53.
  expect(await invoices()).toEqual([753]);
  const { usage } = await shop.ok('GET', `/api/subscriptions/${id}/usage`, undefined, customer.token);
  expect(usage).toMatchObject([
    { meter: 'hours', period_index: 0, quantity: '720', amount: '5.00' },
    { meter: 'traffic', period_index: 0, quantity: '350.5', amount: '2.53' },
  ]);
  await shop.advance(clock, '2027-05-02T00:00:00Z');
  await shop.ok('POST', `/api/subscriptions/${id}/cancel`, { when: 'now' });
  await shop.advance(clock, '2027-05-03T00:00:00Z');
  // 24 h of a period that ended on its first day: 0.1788.
  expect(await invoices()).toEqual([753, 18]);
});

it('reads the traffic of a server where its provider counts it', async () => {
  const customer = await shop.customer();
  const product = await shop.product();
  await shop.ok('PUT', `/api/products/${product.id}/meters`, { meters: [{ meter: 'traffic', currency: 'EUR', unit_price: '1' }] });
  const order = await shop.order(customer, product.id);
  await shop.pay(order);
  const { items } = await shop.orderIs(order.id, 'fulfilled');
  const { result } = await usageSweep(plinth.runtime.services);
  const { usage } = await shop.ok('GET', `/api/subscriptions/${items[0].subscription_id}/usage`);
  expect(result).toMatchObject({ failed: 0 });
  expect(usage).toMatchObject([{ meter: 'traffic', period_index: 0, amount: null }]);
}, 120_000);

it('goes by the policy that the seller set, for one organization or for all', async () => {
  const { policies } = await shop.ok('GET', '/api/admin/dunning-policies');
  expect(policies).toMatchObject([{ id: null, name: 'built-in', is_default: true }]);
  const stages = [
    { name: 'early-word', act: 'remind', days: -3 },
    { name: 'first-charge', act: 'charge', days: 0, hour: 6 },
    { name: 'stop', act: 'suspend', days: 1 },
  ];
  const wrong = await shop.call('PUT', '/api/admin/dunning-policies', { name: 'hard', stages: [{ name: 'x', act: 'suspend', days: 0 }] });
  expect([wrong.status, wrong.body.errors[0].field]).toEqual([422, 'stages.0.days']);
  const { policy } = await shop.ok('PUT', '/api/admin/dunning-policies', { name: 'strict', issue_days: 5, stages });
  const [strict, usual] = [await shop.customer(), await shop.customer()];
  await shop.ok('PUT', `/api/admin/organizations/${strict.id}/dunning-policy`, { policy_id: policy.id });
  const product = await shop.product({ module: 'manual' });
  const clock = await shop.clock('2027-01-10T10:00:00Z', strict, usual);
  const [one, two] = [await made(strict, product), await made(usual, product)];
  await shop.advance(clock, '2027-02-11T10:00:00Z');
  const told = async (id: string) => (await shop.subscription(id)).events.slice(2).map(({ kind, at }: any) => `${kind} ${at.slice(0, 10)}`);
  expect(await told(one)).toEqual([
    'renewal-issued 2027-02-05',
    'early-word 2027-02-07',
    'period-opened 2027-02-10',
    'past-due 2027-02-10',
    'first-charge 2027-02-10',
    'stop 2027-02-11',
  ]);
  const { events } = await shop.subscription(two);
  expect(events.some(({ kind }: any) => kind === 'suspend' || kind === 'stop')).toBe(false);
  const customer = await shop.call('GET', '/api/admin/dunning-policies', undefined, usual.token);
  expect(customer.status).toBe(403);
});
