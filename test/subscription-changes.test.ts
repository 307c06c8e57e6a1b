/** What a subscription becomes by a change, to the cent: options, what is given back, and what does not happen unpaid. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import './support/other-zone.ts';
import { withDatabase } from './support/database.ts';
import { day, type Life, livesOf } from './support/living.ts';
import { type Plinth, startPlinth } from './support/plinth.ts';
import { Selling } from './support/selling.ts';
import { until } from './support/until.ts';

const database = withDatabase();
let plinth: Plinth;
const shop = new Selling(() => plinth);
const { begun, upgrade, renewed, balance } = livesOf(shop);

beforeAll(async () => {
  plinth = await startPlinth(database.url);
  await shop.open();
}, 600_000);
afterAll(() => plinth?.stop());

const product = (amount: string, more: Record<string, unknown>[] = []) =>
  shop.product({ module: 'manual' }, { prices: [{ interval: 'month', currency: 'EUR', amount }, ...more] });
const addresses = (month: string, year: string) => ({
  options: [
    {
      key: 'ips',
      kind: 'ips',
      name: 'Addresses',
      max: 8,
      prices: [
        { interval: 'month', currency: 'EUR', amount: month },
        { interval: 'year', currency: 'EUR', amount: year },
      ],
    },
  ],
});

it('more and less of an option: what it costs, when it is so, and what the renewals come to', async () => {
  const customer = await shop.customer({ country: 'CH' });
  const clock = await shop.clock(day('2027-03-10'), customer);
  const sold = await product('10.00', [{ interval: 'year', currency: 'EUR', amount: '100.00' }]);
  await shop.ok('PUT', `/api/products/${sold.id}/options`, addresses('2.00', '20.00'));
  const bought = async () => {
    const order = await shop.order(customer, sold.id, { options: { ips: 1 } });
    expect(order.total).toBe('12.00');
    return (await shop.make(await shop.pay(order))).items[0].subscription_id as string;
  };
  const [id, other] = [await bought(), await bought()];
  const life: Life = { customer, clock, products: [sold], id };
  await shop.advance(clock, day('2027-03-25'));
  // All of it to a year, the option at its price of a year.
  const yearly = await upgrade({ ...life, id: other }, { interval: 'year' });
  expect([yearly.change.credit, yearly.change.debit, yearly.due]).toEqual(['6.19', '120.00', '113.81']);
  const ofYear = [{ key: 'ips', name: 'Addresses', quantity: 1, unit_amount: '20.00' }];
  expect((await shop.subscription(other)).subscription).toMatchObject({ interval: 'year', amount: '100.00', options: ofYear });

  await shop.ok('PUT', `/api/products/${sold.id}/options`, addresses('3.00', '30.00'));
  const { product: offered } = await shop.ok('GET', `/api/products/${sold.id}`, undefined, customer.token);
  expect(offered.options).toMatchObject([{ key: 'ips', max: 8 }]);
  const change = (body: unknown, path = 'change') => shop.call('POST', `/api/subscriptions/${id}/${path}`, body, customer.token);
  const refused = async (body: unknown) => {
    const { status, body: said } = await change(body);
    return [status, said.code, said.errors?.[0]?.field];
  };
  expect(await refused({ options: { ips: 9 } })).toEqual([422, 'option_out_of_range', 'options.ips']);
  expect(await refused({ options: { disks: 1 } })).toEqual([422, 'unknown_option', 'options.disks']);
  expect(await refused({ options: { ips: 1 } })).toEqual([409, 'nothing_to_change', 'options']);
  expect(await refused({ options: { ips: 2 }, interval: 'year' })).toEqual([422, 'not_supported', 'options']);
  // 12.00 and 19.00 by the 16 days of 31 that are left.
  const [credit, debit] = ['6.19', '9.81'];
  const preview = await change({ options: { ips: 3 } }, 'change/preview');
  expect(preview.body).toMatchObject({ kind: 'option', effective: 'now', credit, debit, due: '3.62', amount: '10.00' });
  const more = await upgrade(life, { options: { ips: 3 } });
  expect([more.change.kind, more.change.credit, more.change.debit, more.due]).toEqual(['option', credit, debit, '3.62']);
  const three = [{ key: 'ips', name: 'Addresses', quantity: 3, unit_amount: '3.00' }];
  expect((await shop.subscription(id)).subscription).toMatchObject({ amount: '10.00', options: three });
  // Nobody's API gives addresses: a person is asked, and nothing goes to the provider.
  const asked = async () => (await shop.ok('GET', '/api/tickets?status=waiting', undefined, customer.token)).tickets;
  expect(await asked()).toMatchObject([{ subject: 'Addresses: 1 → 3' }]);
  await shop.advance(clock, day('2027-03-28'));
  const due = async () => {
    const { renewal_invoice_id: invoice } = (await shop.subscription(id)).subscription;
    return (await shop.ok('GET', `/api/invoices/${invoice}`)).invoice.total;
  };
  expect(await due()).toBe('19.00');
  // Fewer: with the next period, whose invoice is another one then.
  const fewer = await change({ options: { ips: 0 } });
  expect(fewer.body.changes.at(-1)).toMatchObject({
    kind: 'option',
    effective: 'period_end',
    options: [],
  });
  await shop.advance(clock, '2027-03-28T13:00:00Z');
  expect(await due()).toBe('10.00');
  expect((await shop.subscription(id)).subscription.options).toEqual(three);
  await renewed(life, ['2027-04-10']);
  expect((await asked()).map(({ subject }: any) => subject)).toEqual(['Addresses: 3 → 0', 'Addresses: 1 → 3']);
  expect((await shop.subscription(id)).subscription).toMatchObject({ amount: '10.00', options: [], period: { start: '2027-04-10' } });
  // At once: the days that are left of an option become credit.
  await upgrade(life, { options: { ips: 2 } });
  await change({ options: { ips: 1 }, effective: 'now' });
  expect([await balance(life), (await shop.subscription(id)).subscription.options[0].quantity]).toEqual(['3.00', 1]);
}, 180_000);

it('backups of a real server begin at its provider when they are paid for, and end with the option', async () => {
  const customer = await shop.customer({ country: 'CH' });
  const clock = await shop.clock(day('2027-03-10'), customer);
  const sold = await shop.product();
  const prices = [{ interval: 'month', currency: 'EUR', amount: '2.00' }];
  await shop.ok('PUT', `/api/products/${sold.id}/options`, { options: [{ key: 'backups', kind: 'backups', name: 'Backups', prices }] });
  const order = await shop.order(customer, sold.id);
  await shop.pay(order);
  const { subscription_id: id, vps_id: vps } = (await shop.orderIs(order.id, 'fulfilled')).items[0];
  const keeps = async (wanted: boolean) =>
    await until(async () => (await shop.ok('GET', `/api/vps/${vps}`)).instance.backups === wanted, { timeoutMs: 60_000, what: 'backups' });
  await keeps(false);
  const asked = await shop.ok('POST', `/api/subscriptions/${id}/change`, { options: { backups: 1 } }, customer.token);
  await keeps(false);
  await shop.payInvoice(asked.changes[0].invoice_id);
  await keeps(true);
  await shop.advance(clock, day('2027-03-11'));
  await shop.ok('POST', `/api/subscriptions/${id}/change`, { options: { backups: 0 }, effective: 'now' }, customer.token);
  await keeps(false);
}, 180_000);

it('what is given back is of the price that runs, over all the invoices of the period', async () => {
  const [up, down, twice] = [
    await begun(day('2027-03-10'), ['10.00', '20.00']),
    await begun(day('2027-03-10'), ['20.00', '10.00']),
    await begun(day('2027-04-01'), ['10.00', '20.00', '40.00']),
  ];
  const cancel = async ({ clock, id }: Life) => {
    await shop.advance(clock, day('2027-03-30'));
    await shop.ok('POST', `/api/subscriptions/${id}/cancel`, { when: 'now', unused: 'credit' });
  };
  await shop.advance(up.clock, day('2027-03-25'));
  await upgrade(up, { product_id: up.products[1].id });
  await cancel(up);
  // 11 of 31 days of 20.00.
  expect(await balance(up)).toBe('7.10');

  await shop.advance(down.clock, day('2027-03-25'));
  await shop.ok('POST', `/api/subscriptions/${down.id}/change`, { product_id: down.products[1].id, effective: 'now' }, down.customer.token);
  await cancel(down);
  // 5.16 of the downgrade, and 11 of 31 days of 10.00.
  expect(await balance(down)).toBe('8.71');

  for (const each of [1, 2]) await upgrade(twice, { product_id: twice.products[each].id });
  const smallest = { product_id: twice.products[0].id, effective: 'now' };
  await shop.ok('POST', `/api/subscriptions/${twice.id}/change`, smallest, twice.customer.token);
  expect(await balance(twice)).toBe('30.00');
}, 180_000);

it('an upgrade that is not paid changes no renewal that is issued meanwhile', async () => {
  const life = await begun(day('2027-03-10'), ['10.00', '20.00']);
  await shop.advance(life.clock, '2027-03-26T20:00:00Z');
  await shop.ok('POST', `/api/subscriptions/${life.id}/change`, { product_id: life.products[1].id }, life.customer.token);
  await shop.advance(life.clock, day('2027-03-28'));
  const { subscription, changes } = await shop.subscription(life.id);
  const { invoice } = await shop.ok('GET', `/api/invoices/${subscription.renewal_invoice_id}`);
  expect([changes[0].status, subscription.amount, invoice.total]).toEqual(['expired', '10.00', '10.00']);
}, 120_000);
