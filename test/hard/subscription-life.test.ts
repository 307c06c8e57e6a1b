/** Subscriptions over months, by a clock that is advanced over HTTP: renewed, paid late, suspended, ended, cancelled. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import '../support/other-zone.ts';
import { withDatabase } from '../support/database.ts';
import { type Plinth, startPlinth } from '../support/plinth.ts';
import { type Customer, Selling } from '../support/selling.ts';
import { until } from '../support/until.ts';

const database = withDatabase();
let plinth: Plinth;
const shop = new Selling(() => plinth);
const PRICES = [
  { interval: 'month', currency: 'EUR', amount: '19.99' },
  { interval: 'month', currency: 'JPY', amount: '1500' },
  { interval: 'year', currency: 'EUR', amount: '199.00' },
];

beforeAll(async () => {
  plinth = await startPlinth(database.url);
  await shop.open();
}, 600_000);
afterAll(() => plinth?.stop());

/** Ordered, paid and made by a person, by a clock that stands there. */
async function running(customer: Customer, productId: string, more: Record<string, unknown> = {}): Promise<string> {
  const order = await shop.order(customer, productId, more);
  const made = await shop.make(await shop.pay(order));
  expect(made.status).toBe('fulfilled');
  return made.items[0].subscription_id;
}

const told = (events: any[]) => events.map(({ kind, at }) => `${kind} ${at}`);

it('pays late and keeps its days: suspended after the grace, on again with the payment, the next period where it was', async () => {
  const customer = await shop.customer({ timeZone: 'Europe/Berlin' });
  const clock = await shop.clock('2027-01-31T10:00:00Z', customer);
  const product = await shop.product({}, { prices: PRICES });
  const order = await shop.order(customer, product.id, { label: 'late' });
  await shop.pay(order);
  const done = await shop.orderIs(order.id, 'fulfilled');
  const { subscription_id: id, vps_id: vps } = done.items[0];
  await shop.advance(clock, '2027-03-02T22:59:59Z');
  const before = await shop.subscription(id);
  expect(before.subscription).toMatchObject({
    status: 'past_due',
    anchor_date: '2027-01-31',
    next: { event: 'suspend', at: '2027-03-02T23:00:00.000Z' },
  });
  await shop.advance(clock, '2027-03-05T09:00:00Z');
  const { subscription, events } = await shop.subscription(id);
  expect(subscription.status).toBe('suspended');
  expect(told(events)).toEqual([
    'begun 2027-01-31T10:00:00.000Z',
    'period-opened 2027-01-31T10:00:00.000Z',
    'renewal-issued 2027-02-13T23:00:00.000Z',
    'remind-7 2027-02-20T23:00:00.000Z',
    'remind-1 2027-02-26T23:00:00.000Z',
    'period-opened 2027-02-27T23:00:00.000Z',
    'past-due 2027-02-27T23:00:00.000Z',
    'charge-1 2027-02-28T05:00:00.000Z',
    'overdue 2027-02-28T23:00:00.000Z',
    'charge-2 2027-03-01T05:00:00.000Z',
    'charge-3 2027-03-02T05:00:00.000Z',
    'suspend 2027-03-02T23:00:00.000Z',
    'charge-4 2027-03-05T05:00:00.000Z',
  ]);
  const off = await shop.ok('GET', `/api/vps/${vps}`);
  expect(off.instance).toMatchObject({ status: 'suspended', power_state: 'stopped' });
  const start = await shop.call('POST', `/api/vps/${vps}/actions`, { action: 'start' }, customer.token);
  expect([start.status, start.body.code]).toEqual([409, 'suspended']);
  const byHand = await shop.call('POST', `/api/vps/${vps}/actions`, { action: 'unsuspend' });
  expect([byHand.status, byHand.body.code]).toEqual([409, 'suspended']);

  await shop.payInvoice(subscription.renewal_invoice_id);
  const lifted = await shop.subscription(id);
  expect(lifted.subscription).toMatchObject({
    status: 'active',
    renewal_invoice_id: null,
    period: { start: '2027-02-28', end: '2027-03-31' },
  });
  expect(lifted.subscription.period.end_at).toBe('2027-03-30T22:00:00.000Z');
  await until(async () => {
    const { instance } = await shop.ok('GET', `/api/vps/${vps}`);
    return instance.status === 'active' && instance.power_state === 'running';
  });

  // Never paid again: terminated after its time, ended with the proof, nothing asked for any more.
  await shop.advance(clock, '2027-06-01T00:00:00Z');
  const ended = await shop.subscription(id);
  expect(ended.subscription).toMatchObject({ status: 'ended', end_reason: 'It was not paid.', next: null });
  expect(
    told(ended.events)
      .filter((each) => /terminate|destroy|suspend/.test(each))
      .slice(1),
  ).toEqual(['suspend 2027-04-02T22:00:00.000Z', 'terminate 2027-04-16T22:00:00.000Z', 'destroy 2027-04-17T22:00:00.000Z']);
  expect((await shop.ok('GET', `/api/vps/${vps}`)).instance.status).toBe('terminated');
  expect((await shop.invoices(customer)).map(({ kind, status }) => `${kind} ${status}`)).toEqual([
    'order paid',
    'renewal paid',
    'renewal void',
  ]);
}, 300_000);

it('takes a payment until the destroying begins, and keeps what the staff suspended', async () => {
  const customer = await shop.customer();
  const clock = await shop.clock('2027-01-10T10:00:00Z', customer);
  const product = await shop.product({}, { prices: PRICES });
  const order = await shop.order(customer, product.id);
  await shop.pay(order);
  const { subscription_id: id, vps_id: vps } = (await shop.orderIs(order.id, 'fulfilled')).items[0];
  await shop.advance(clock, '2027-02-27T12:00:00Z');
  const { subscription } = await shop.subscription(id);
  expect(subscription).toMatchObject({ status: 'terminating', next: { event: 'destroy', at: '2027-02-28T00:00:00.000Z' } });
  await shop.db.vpsSuspension.create({
    data: { id: crypto.randomUUID(), vpsId: vps, reason: 'abuse', cause: 'test', words: 'It sends spam.', since: new Date('2027-02-01') },
  });
  await shop.payInvoice(subscription.renewal_invoice_id);
  expect((await shop.subscription(id)).subscription).toMatchObject({ status: 'active', end_reason: null });
  const { instance } = await shop.ok('GET', `/api/vps/${vps}`);
  expect(instance).toMatchObject({ status: 'suspended', suspension: { reason: 'It sends spam.' } });
  await shop.ok('POST', `/api/vps/${vps}/actions`, { action: 'unsuspend' });
  await until(async () => (await shop.ok('GET', `/api/vps/${vps}`)).instance.status === 'active');
}, 300_000);

it('renews what is paid for a year, in yen and over a leap day, and asks for tax where there is one', async () => {
  const [german, japanese] = [await shop.customer(), await shop.customer({ country: 'JP', currency: 'JPY', timeZone: 'Asia/Tokyo' })];
  const clock = await shop.clock('2028-01-31T01:00:00Z', german, japanese);
  const product = await shop.product({ module: 'manual' }, { prices: PRICES });
  const ids = [await running(german, product.id), await running(japanese, product.id)];
  for (let month = 1; month <= 12; month++) {
    // In the middle of the time in which it can be paid.
    await shop.advance(clock, new Date(Date.UTC(2028, month, 25)).toISOString());
    for (const id of ids) {
      const { renewal_invoice_id: invoice } = (await shop.subscription(id)).subscription;
      await shop.payInvoice(invoice);
    }
  }
  const starts = (await shop.subscription(ids[0]!)).periods.map(({ start }: any) => start);
  expect(starts.slice(0, 5)).toEqual(['2028-01-31', '2028-02-29', '2028-03-31', '2028-04-30', '2028-05-31']);
  const yen = await shop.subscription(ids[1]!);
  expect(yen.periods[1]).toMatchObject({ start: '2028-02-29', start_at: '2028-02-28T15:00:00.000Z', amount: '1500' });
  const kinds = new Set([...yen.events, ...(await shop.subscription(ids[0]!)).events].map(({ kind }: any) => kind));
  expect([...kinds].filter((kind) => /past-due|suspend|overdue/.test(kind))).toEqual([]);
  const invoices = [await shop.invoices(german), await shop.invoices(japanese)];
  expect(invoices.map((list) => [...new Set(list.map(({ currency, total, status }) => `${total} ${currency} ${status}`))])).toEqual([
    ['2379 EUR paid'],
    ['1500 JPY paid'],
  ]);
  expect(invoices.map((list) => list.length)).toEqual([13, 13]);
}, 300_000);

it('ends with its period when it is cancelled, goes on when that is taken back, and ends now with the unused days as credit', async () => {
  const customer = await shop.customer({ country: 'US' });
  const clock = await shop.clock('2027-06-15T08:00:00Z', customer);
  const product = await shop.product({ module: 'manual' }, { prices: PRICES });
  const [monthly, yearly] = [await running(customer, product.id), await running(customer, product.id, { interval: 'year' })];
  await shop.advance(clock, '2027-07-05T00:00:00Z');
  const issued = (await shop.subscription(monthly)).subscription.renewal_invoice_id;
  const cancelled = await shop.ok('POST', `/api/subscriptions/${monthly}/cancel`, {}, customer.token);
  expect(cancelled.subscription).toMatchObject({
    status: 'cancelling',
    cancel_at_end: true,
    next: { event: 'end', at: '2027-07-15T00:00:00.000Z' },
  });
  expect((await shop.db.invoice.findUniqueOrThrow({ where: { id: issued } })).status).toBe('void');
  const kept = await shop.ok('POST', `/api/subscriptions/${monthly}/keep`, {}, customer.token);
  expect(kept.subscription).toMatchObject({ status: 'active', next: { event: 'issue-renewal' } });
  await shop.ok('POST', `/api/subscriptions/${monthly}/cancel`, { reason: 'moved away' }, customer.token);
  await shop.advance(clock, '2028-03-01T12:00:00Z');
  const ended = await shop.subscription(monthly);
  expect(ended.subscription).toMatchObject({ status: 'ended', end_reason: 'moved away', ended_at: '2027-07-15T00:00:00.000Z' });
  expect(ended.periods.length).toBe(1);
  const own = await shop.call('POST', `/api/subscriptions/${yearly}/cancel`, { when: 'now', unused: 'credit' }, customer.token);
  expect([own.status, own.body.code]).toEqual([403, 'forbidden']);
  await shop.ok('POST', `/api/subscriptions/${yearly}/cancel`, { when: 'now', unused: 'credit' });
  const balance = await shop.db.creditBalance.findFirstOrThrow({ where: { organizationId: customer.id } });
  expect(balance.amount).toBe(5763n);
}, 300_000);

it('gives the same history in one step as in many', async () => {
  const lives: string[][] = [];
  for (const steps of [1, process.env['PLINTH_LONG_TESTS'] === '1' ? 37 : 9]) {
    const customer = await shop.customer({ timeZone: 'America/St_Johns' });
    const clock = await shop.clock('2027-01-30T12:00:00Z', customer);
    const product = await shop.product({ module: 'manual' }, { prices: PRICES });
    const id = await running(customer, product.id);
    const [from, to] = [Date.parse('2027-01-30T12:00:00Z'), Date.parse('2027-04-20T12:00:00Z')];
    for (let step = 1; step <= steps; step++) await shop.advance(clock, new Date(from + ((to - from) * step) / steps).toISOString());
    const { events, subscription } = await shop.subscription(id);
    lives.push([...told(events), subscription.status, subscription.ended_at]);
  }
  expect(lives[1]).toEqual(lives[0]);
  expect(lives[0]!.at(-2)).toBe('ended');
}, 300_000);

it('upgrades when the difference is paid, downgrades with the next period, and changes the interval, each to the cent', async () => {
  const customer = await shop.customer({ country: 'US' });
  const clock = await shop.clock('2027-03-10T09:00:00Z', customer);
  const at = (amount: string, more: Record<string, unknown>[] = []) =>
    shop.product({ module: 'manual' }, { prices: [{ interval: 'month', currency: 'EUR', amount }, ...more] });
  const [small, large] = [await at('10.00', [{ interval: 'year', currency: 'EUR', amount: '199.00' }]), await at('20.00')];
  const id = await running(customer, small.id);
  await shop.advance(clock, '2027-03-25T09:00:00Z');
  const change = (body: unknown) => shop.call('POST', `/api/subscriptions/${id}/change`, body, customer.token);
  const asked = (await change({ product_id: large.id })).body;
  expect(asked.changes[0]).toMatchObject({ kind: 'upgrade', status: 'open', credit: '5.16', debit: '10.32', date: '2027-03-25' });
  const second = await change({ product_id: large.id });
  expect([second.status, second.body.code]).toEqual([409, 'change_open']);
  // Unpaid it does not happen.
  await shop.advance(clock, '2027-03-26T10:00:00Z');
  expect((await shop.subscription(id)).changes[0].status).toBe('expired');
  expect((await shop.subscription(id)).subscription.amount).toBe('10.00');
  await shop.advance(clock, '2027-03-26T11:00:00Z');
  const again = (await change({ product_id: large.id })).body.changes[1];
  expect([again.credit, again.debit]).toEqual(['4.84', '9.68']);
  await shop.payInvoice(again.invoice_id);
  const upgraded = await shop.subscription(id);
  expect(upgraded.subscription).toMatchObject({ amount: '20.00', product_id: large.id, status: 'active' });
  const segments = await shop.db.subscriptionSegment.findMany({ where: { subscriptionId: id }, orderBy: { fromDate: 'asc' } });
  expect(
    segments.map(({ fromDate, toDate, amount }) => [fromDate, toDate].map((day) => day.toISOString().slice(5, 10)).join() + ` ${amount}`),
  ).toEqual(['03-10,03-26 1000', '03-26,04-10 2000']);
  await change({ product_id: small.id });
  const renewal =
    (await shop.db.invoice
      .findFirstOrThrow({ where: { subscriptionId: id, kind: 'renewal', status: { not: 'void' } } })
      .catch(() => null)) ?? null;
  await shop.advance(clock, '2027-04-09T00:00:00Z');
  const issued = (await shop.subscription(id)).subscription.renewal_invoice_id;
  expect((await shop.db.invoice.findUniqueOrThrow({ where: { id: issued } })).total).toBe(1000n);
  expect(renewal === null || renewal.id === issued || renewal.status === 'void').toBe(true);
  await shop.payInvoice(issued);
  await shop.advance(clock, '2027-04-10T12:00:00Z');
  expect((await shop.subscription(id)).subscription).toMatchObject({ amount: '10.00', product_id: small.id, status: 'active' });
  // To years: what is left of the month is taken off, and the year begins that day.
  await shop.advance(clock, '2027-04-20T12:00:00Z');
  const yearly = (await change({ interval: 'year' })).body.changes.at(-1);
  expect([yearly.kind, yearly.credit, yearly.debit]).toEqual(['interval', '6.67', '199.00']);
  await shop.payInvoice(yearly.invoice_id);
  const { subscription, periods } = await shop.subscription(id);
  expect(subscription).toMatchObject({ interval: 'year', anchor_date: '2027-04-20', period: { start: '2027-04-20', end: '2028-04-20' } });
  expect(periods.map(({ start, end }: any) => `${start} ${end}`)).toEqual([
    '2027-03-10 2027-04-10',
    '2027-04-10 2027-04-20',
    '2027-04-20 2028-04-20',
  ]);
}, 300_000);

it('gives the difference of a downgrade now as credit, and of a real server changes the plan', async () => {
  const customer = await shop.customer({ country: 'US' });
  const clock = await shop.clock('2027-03-10T09:00:00Z', customer);
  const place = (await shop.somewhere()) as any;
  const { items } = await shop.ok('GET', `/api/admin/upstream/plans?provider_id=${place.account_id}`).catch(async () => ({
    items: (await plinth.json('catalog', 'plans', '--account', place.account_id)).items,
  }));
  const now = items.find((each: any) => each.id === place.plan);
  const bigger = items.find(
    (each: any) => each.available && each.regions.includes(place.regions[0]) && (each.diskGb ?? each.disk_gb) > (now.diskGb ?? now.disk_gb),
  );
  const small = await shop.product({}, { candidates: [place] });
  const large = await shop.product(
    {},
    { prices: [{ interval: 'month', currency: 'EUR', amount: '20.00' }], candidates: [{ ...place, plan: bigger.id }] },
  );
  const order = await shop.order(customer, small.id);
  await shop.pay(order);
  const { subscription_id: id, vps_id: vps } = (await shop.orderIs(order.id, 'fulfilled')).items[0];
  await shop.advance(clock, '2027-03-25T09:00:00Z');
  const asked = await shop.ok('POST', `/api/subscriptions/${id}/change`, { product_id: large.id }, customer.token);
  await shop.payInvoice(asked.changes[0].invoice_id);
  await until(async () => (await shop.ok('GET', `/api/vps/${vps}`)).instance.plan === bigger.id, { timeoutMs: 60_000 });
  const manual = await shop.customer({ country: 'US' });
  const other = await shop.clock('2027-03-10T09:00:00Z', manual);
  const [dear, cheap] = [
    await shop.product({ module: 'manual' }, { prices: [{ interval: 'month', currency: 'EUR', amount: '20.00' }] }),
    await shop.product({ module: 'manual' }),
  ];
  const down = await running(manual, dear.id);
  await shop.advance(other, '2027-03-25T09:00:00Z');
  const changed = await shop.ok('POST', `/api/subscriptions/${down}/change`, { product_id: cheap.id, effective: 'now' }, manual.token);
  expect(changed.changes[0]).toMatchObject({ status: 'applied', credit: '10.32', debit: '5.16' });
  expect((await shop.db.creditBalance.findFirstOrThrow({ where: { organizationId: manual.id } })).amount).toBe(516n);
  await shop.advance(other, '2027-03-28T09:00:00Z');
  const renewal = await shop.db.invoice.findUniqueOrThrow({
    where: { id: (await shop.subscription(down)).subscription.renewal_invoice_id },
  });
  expect([renewal.total, renewal.amountPaid]).toEqual([1000n, 516n]);
}, 300_000);
