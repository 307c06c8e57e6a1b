/** How the business stands: what differs between sales, servers and money; what providers charge; and the figures of months. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { businessDriftSweep } from '../server/billing/business-drift/find.ts';
import { issueInvoice } from '../server/billing/invoices/issue.ts';
import { inTransaction } from '../server/kernel/database.ts';
import { withDatabase } from './support/database.ts';
import { type Plinth, someServer, startPlinth } from './support/plinth.ts';
import { Selling } from './support/selling.ts';
import { until } from './support/until.ts';

const database = withDatabase();
let plinth: Plinth;
const shop = new Selling(() => plinth);
const MONTH = new Date().toISOString().slice(0, 7);

beforeAll(async () => {
  plinth = await startPlinth(database.url);
  await shop.open();
}, 600_000);
afterAll(() => plinth?.stop());

const open = async () => (await shop.ok('GET', '/api/admin/business-drift')).drifts as any[];
const sweep = async () => await businessDriftSweep(plinth.runtime.services);
/** Bought and ready. */
async function bought(customer: any, product: any) {
  const order = await shop.order(customer, product.id);
  await shop.pay(order);
  const { items } = await shop.orderIs(order.id, 'fulfilled');
  return { vps: items[0].vps_id as string, subscription: items[0].subscription_id as string };
}

it('finds each kind of difference that is planted, with its money, tells it once, and lets it go when it is mended', async () => {
  await sweep();
  expect(await open()).toEqual([]);
  const customer = await shop.customer();
  const product = await shop.product({}, { prices: [{ interval: 'month', currency: 'EUR', amount: '99.00' }] });
  const cheap = await shop.product({}, { prices: [{ interval: 'month', currency: 'EUR', amount: '0.01' }] });
  await shop.ok('PUT', '/api/exchange-rates', { base: 'USD', quote: 'EUR', rate: '0.9' });
  const manual = await shop.product({ module: 'manual' });
  const made = async () => (await shop.make(await shop.pay(await shop.order(customer, manual.id)))).items[0].subscription_id as string;
  const [plan, suspended, ended, below] = [
    await bought(customer, product),
    await bought(customer, product),
    await bought(customer, product),
    await bought(customer, cheap),
  ];
  const [bare, owing] = [await made(), await made()];
  const { db, ...services } = plinth.runtime.services;
  await sweep();
  expect((await open()).map(({ kind }) => kind)).toEqual(['price-below-cost']);

  // Planted: what must never be.
  const internal = await shop.customer({ internal: true });
  const words = await someServer(plinth);
  const { instance } = await plinth.json('vps', 'create', 'unsold', ...words, '--organization', internal.id);
  await until(async () => (await shop.ok('GET', `/api/vps/${instance.id}`)).instance.status === 'active', {
    timeoutMs: 60_000,
    what: 'it to run',
  });
  await shop.ok('PUT', `/api/admin/organizations/${internal.id}/buyer`, { internal: false });
  const auto = await shop.product();
  await db.subscription.update({ where: { id: bare }, data: { productId: auto.id } });
  await db.vps.update({ where: { id: plan.vps }, data: { plan: 'another-plan' } });
  await db.vps.update({ where: { id: suspended.vps }, data: { status: 'suspended', powerState: 'running' } });
  await db.subscription.update({
    where: { id: ended.subscription },
    data: { status: 'ended', endedAt: new Date(), nextEventAt: null, nextEvent: null },
  });
  const late = new Date(Date.now() - 10 * 86_400_000);
  await inTransaction(db, (tx) =>
    issueInvoice({ hooks: services.hooks } as never, tx, {
      organizationId: customer.id,
      kind: 'renewal',
      currency: 'EUR',
      dueAt: late,
      at: late,
      actor: 'test',
      subscriptionId: owing,
      lines: [{ kind: 'recurring', unitAmount: 1000n, parts: { text: 'x' }, subscriptionId: owing, periodIndex: 7 }],
    }),
  );
  await sweep();
  const found = await open();
  const by = new Map(found.map((each) => [each.kind, each]));
  expect([...by.keys()].sort()).toEqual([
    'ended-but-billed',
    'paid-without-server',
    'plan-other-than-sold',
    'price-below-cost',
    'running-but-unpaid',
    'server-without-subscription',
    'suspended-but-running',
  ]);
  expect(by.get('paid-without-server')).toMatchObject({ subscription_id: bare, monthly: { amount: '10.00', currency: 'EUR' } });
  expect(by.get('price-below-cost')).toMatchObject({ vps_id: below.vps, monthly: { currency: 'EUR' } });
  expect(by.get('server-without-subscription')).toMatchObject({ vps_id: instance.id });
  expect(by.get('suspended-but-running')).toMatchObject({ vps_id: suspended.vps, monthly: { currency: 'USD' } });
  expect(by.get('ended-but-billed').monthly.amount).not.toBe('0.00');
  for (const each of found) expect(each.remedy).not.toBe('');
  const alerts = () => db.alert.count({ where: { kind: 'business-drift', resolvedAt: null } });
  expect(await alerts()).toBe(7);
  await sweep();
  expect([await open().then((all) => all.length), await alerts()]).toEqual([7, 7]);
  await db.vps.update({ where: { id: suspended.vps }, data: { powerState: 'stopped' } });
  await sweep();
  expect([await open().then((all) => all.length), await alerts()]).toEqual([6, 6]);
  expect((await plinth.cli(['report', 'differences'])).out).toContain('paid-without-server');
}, 300_000);

it('explains every line of a bill, and estimates what was not brought in', async () => {
  const customer = await shop.customer();
  const product = await shop.product();
  const { vps } = await bought(customer, product);
  const row = await shop.db.vps.findUniqueOrThrow({ where: { id: vps } });
  const estimate = (await shop.ok('GET', `/api/admin/provider-bills?month=${MONTH}&account_id=${row.accountId}`)).bills[0];
  expect(estimate.source).toBe('estimate');
  expect(estimate.lines.some((line: any) => line.vps_id === vps && line.explained_by === 'vps')).toBe(true);
  const lines = [
    { external_id: 'line-1', object_id: row.instanceId, description: 'Server', amount: '6.00', currency: 'USD' },
    { external_id: 'line-2', object_id: 'nobody-knows', description: 'Load balancer', amount: '12.34', currency: 'USD' },
  ];
  const body = { account_id: row.accountId, month: MONTH, lines };
  await shop.ok('POST', '/api/admin/provider-bills', body);
  const { bills } = await shop.ok('POST', '/api/admin/provider-bills', body);
  expect(bills[0]).toMatchObject({
    source: 'bill',
    totals: [{ currency: 'USD', amount: '18.34', explained: '6.00', unexplained: '12.34' }],
  });
  expect(bills[0].lines.map((line: any) => line.explained_by)).toEqual(['vps', 'nothing']);
  // A line that is corrected by its id changes alone; of a whole bill the others go.
  const charged = async (changed: object[], whole: boolean) => {
    const answer = await shop.ok('POST', '/api/admin/provider-bills', { ...body, lines: changed, whole });
    return [answer.bills[0].source, ...answer.bills[0].lines.map((line: any) => `${line.external_id} ${line.amount}`)];
  };
  expect(await charged([{ ...lines[1], amount: '1.00' }], false)).toEqual(['bill', 'line-1 6.00', 'line-2 1.00']);
  expect(await charged([lines[0]!], true)).toEqual(['bill', 'line-1 6.00']);
  expect((await charged([], true))[0]).toBe('estimate');
  await shop.ok('POST', '/api/admin/provider-bills', body);
  const margin = await shop.ok('GET', `/api/admin/reports/margin?from=${MONTH}&to=${MONTH}&by=vps`);
  expect(margin.rows.find((line: string[]) => line[1] === vps)).toMatchObject([
    MONTH,
    vps,
    vps,
    'EUR',
    expect.stringMatching(/^\d+\.\d\d$/),
    '5.40',
    expect.any(String),
  ]);
  expect((await shop.call('GET', `/api/admin/provider-bills?month=${MONTH}`, undefined, customer.token)).status).toBe(403);
}, 300_000);

it('sums months as a table and as a file for spreadsheets', async () => {
  const customer = await shop.customer();
  const clock = await shop.clock('2031-01-05T10:00:00Z', customer);
  const product = await shop.product({ module: 'manual' });
  const made = await shop.make(await shop.pay(await shop.order(customer, product.id)));
  await shop.advance(clock, '2031-02-04T10:00:00Z');
  await shop.ok('POST', `/api/subscriptions/${made.items[0].subscription_id}/cancel`, {}, customer.token);
  await shop.advance(clock, '2031-03-01T10:00:00Z');
  const months = 'from=2031-01&to=2031-02';
  // The renewal that was cancelled in time is void, and brings nothing.
  const revenue = await shop.ok('GET', `/api/admin/reports/revenue?${months}`);
  expect(revenue.rows[0]).toEqual(['2031-01', 'EUR', '10.00', '1.90', '0.00', '11.90', '0.00']);
  const churn = await shop.ok('GET', `/api/admin/reports/churn?${months}`);
  expect(churn.rows.map((row: string[]) => row.slice(0, 5))).toEqual([
    ['2031-01', expect.any(String), '1', '0', expect.any(String)],
    ['2031-02', expect.any(String), '0', '1', expect.any(String)],
  ]);
  const unpaid = await fetch(`${plinth.origin}/api/admin/reports/unpaid?${months}&format=csv`, {
    headers: { authorization: `Bearer ${plinth.adminToken}` },
  });
  expect(unpaid.headers.get('content-type')).toContain('text/csv');
  expect(await unpaid.text()).toMatch(/^organization,invoice,currency,due,due_on,days_late\r\n/);
  const backwards = await shop.call('GET', '/api/admin/reports/churn?from=2031-02&to=2031-01');
  expect([backwards.status, backwards.body.errors[0].field]).toEqual([422, 'to']);
});
