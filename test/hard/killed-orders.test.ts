/** The service dies by `kill -9` while an order is paid, its server is made, and its time is renewed: each step once, whenever it was. */
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run } from '../../cli/run.ts';
import { formatAmount, money } from '../../contract/money.ts';
import { type Database, openDatabase } from '../../server/kernel/database.ts';
import { violations } from '../support/business-invariants.ts';
import { withDatabase } from '../support/database.ts';
import { LONG } from '../support/long.ts';
import type { Plinth } from '../support/plinth.ts';
import { type Cluster, openCluster, type Service } from '../support/service.ts';
import { type Customer, Selling } from '../support/selling.ts';
import { until } from '../support/until.ts';

const database = withDatabase();
let cluster: Cluster;
let service: Service;
let db: Database;
let adminToken: string;
let customer: Customer;
let product: any;

/** What a shop needs of a service that runs elsewhere. */
const elsewhere = {
  get origin() {
    return service.origin;
  },
  get adminToken() {
    return adminToken;
  },
  get runtime() {
    return { services: { db } };
  },
  async json(...words: string[]) {
    let [out, err] = ['', ''];
    const code = await run([...words, '--json'], {
      out: (text) => void (out += text),
      err: (text) => void (err += text),
      outIsTty: false,
      errIsTty: false,
      columns: 80,
      env: { PLINTH_URL: service.origin, PLINTH_TOKEN: adminToken, PLINTH_DATA_DIR: '/nowhere', XDG_CONFIG_HOME: '/nowhere' },
      cwd: '/',
      stdin: Readable.from([]),
      signal: new AbortController().signal,
    });
    if (code !== 0) throw new Error(`plinth ${words.join(' ')} ended with ${code}: ${err}`);
    return JSON.parse(out);
  },
} as unknown as Plinth;
const shop = new Selling(() => elsewhere);

beforeAll(async () => {
  cluster = await openCluster(database.url, 200);
  service = await cluster.service('shop');
  adminToken = await cluster.token();
  db = openDatabase(database.url, 5);
  await shop.open();
  customer = await shop.customer();
  product = await shop.product({}, { stock: 20 });
}, 300_000);
afterAll(async () => {
  await cluster?.close();
  await db?.$disconnect();
});

const vpsOf = async (order: any) => await db.vps.findFirst({ where: { subscriptionId: { not: null }, label: order.items[0].label } });
const operationOf = async (order: any) => {
  const vps = await vpsOf(order);
  return vps && (await db.operation.findFirst({ where: { vpsId: vps.id, kind: 'provision' } }));
};

/** When it is killed: the first moment at which that is so, after the payment was sent. */
const MOMENTS: Record<string, (order: any, paid: () => boolean) => Promise<boolean>> = {
  'while the payment is booked': () => Promise.resolve(true),
  'when the payment was answered': (_, paid) => Promise.resolve(paid()),
  'when its stack is begun': async (order) => (await operationOf(order))?.status === 'running',
  'when the provider has the server': async (order) => {
    const vps = await vpsOf(order);
    return vps !== null && (await serversOf(vps.id)) > 0;
  },
  'when its server is made': async (order) => (await operationOf(order))?.status === 'succeeded',
};

async function serversOf(vpsId: string): Promise<number> {
  const instances = (await (await fetch(`${cluster.simulator.origin}/_simulator/instances`)).json()) as unknown[];
  return instances.filter((each) => JSON.stringify(each).includes(vpsId)).length;
}

it.each(Object.keys(MOMENTS))('killed %s', { timeout: 300_000 }, async (moment) => {
  const order = await shop.order(customer, product.id);
  const reference = randomUUID();
  let answered = false;
  // It may die of it.
  const paying = shop.pay(order, order.total, reference).then(
    () => (answered = true),
    () => undefined,
  );
  await until(() => MOMENTS[moment]!(order, () => answered), { everyMs: 5, timeoutMs: 120_000, what: `to be ${moment}` });
  await service.end('SIGKILL');
  await paying;
  service = await cluster.service('shop');
  // Whoever got no answer asks again, as payment providers do.
  await shop.call('POST', `/api/orders/${order.id}/pay`, { amount: order.total, currency: order.currency, reference });
  const { items, invoice_id: invoiceId } = await shop.orderIs(order.id, 'fulfilled');
  const { id } = (await vpsOf(order))!;
  expect(items[0].vps_id).toBe(id);
  expect(await serversOf(id)).toBe(1);
  expect(await db.vps.count({ where: { label: order.items[0].label } })).toBe(1);
  expect(await db.payment.count({ where: { invoiceId } })).toBe(1);
  const of = { orderId: order.id };
  expect(await db.invoice.findMany({ where: of, select: { id: true, status: true } })).toEqual([{ id: invoiceId, status: 'paid' }]);
  expect(await db.subscription.count({ where: { orderItemId: items[0].id } })).toBe(1);
  expect(await violations(db)).toEqual([]);
});

/** When it is killed in the life of a subscription: the clock goes to `to`, and what is so at the first moment at which it dies. */
const TURNS: readonly { readonly name: string; readonly to: string; readonly when: (of: Renewing) => Promise<boolean> }[] = [
  {
    name: 'while the renewal is issued',
    to: '2027-02-14T12:00:00Z',
    when: async ({ id }) => (await toldOf(id)).includes('renewal-issued'),
  },
  { name: 'while it is overdue', to: '2027-03-01T12:00:00Z', when: async ({ id }) => (await toldOf(id)).includes('past-due') },
  { name: 'while the server is switched off', to: '2027-03-03T12:00:00Z', when: async ({ vps }) => (await runningOf(vps)) === 'suspend' },
];
interface Renewing {
  readonly id: string;
  readonly vps: string;
}

const toldOf = async (subscriptionId: string) =>
  (await db.subscriptionEvent.findMany({ where: { subscriptionId } })).map(({ kind }) => kind);
const runningOf = async (vpsId: string) => (await db.operation.findFirst({ where: { vpsId, status: 'running' } }))?.kind;

async function killedWhen(what: string, when: () => Promise<boolean>): Promise<void> {
  await until(when, { everyMs: 2, timeoutMs: 60_000, what });
  await service.end('SIGKILL');
  service = await cluster.service('shop');
}

// Half a minute after each death, when what the dead one held runs out.
it.runIf(LONG)('killed in each step of a renewal that is paid late: each step is taken once', { timeout: 300_000 }, async () => {
  const late = await shop.customer({ timeZone: 'Europe/Berlin' });
  const clock = await shop.clock('2027-01-31T10:00:00Z', late);
  const order = await shop.order(late, product.id);
  await shop.pay(order);
  const { subscription_id: id, vps_id: vps } = (await shop.orderIs(order.id, 'fulfilled')).items[0];
  for (const { name, to, when } of TURNS) {
    await shop.ok('POST', `/api/test-clocks/${clock.id}/advance`, { to });
    await killedWhen(name, () => when({ id, vps }));
    const there = async () => (await shop.ok('GET', `/api/test-clocks/${clock.id}`)).clock.status === 'ready';
    await until(there, { everyMs: 100, timeoutMs: 120_000, what: `the clock to be at ${to}` });
  }
  // Two periods: what is paid, and what is owed.
  expect((await toldOf(id)).toSorted().join(' ')).toBe(
    'begun charge-1 charge-2 charge-3 overdue past-due period-opened period-opened remind-1 remind-7 renewal-issued suspend',
  );
  expect((await shop.ok('GET', `/api/vps/${vps}`)).instance).toMatchObject({ status: 'suspended', power_state: 'stopped' });
  const renewals = await db.invoice.findMany({ where: { subscriptionId: id, kind: 'renewal' } });
  expect(renewals).toHaveLength(1);

  const { id: invoiceId, total, currency } = renewals[0]!;
  const pay = { invoice_id: invoiceId, amount: formatAmount(money(total, currency as never)), currency, reference: randomUUID() };
  await shop.ok('POST', '/api/payments', pay);
  await killedWhen('while the server is switched on again', async () => (await runningOf(vps)) === 'unsuspend');
  const on = async () => (await shop.ok('GET', `/api/vps/${vps}`)).instance.status === 'active';
  await until(on, { everyMs: 100, timeoutMs: 90_000, what: 'the server to be on' });
  const operations = await db.operation.findMany({ where: { vpsId: vps }, orderBy: { createdAt: 'asc' } });
  expect(operations.map(({ kind, status }) => [kind, status])).toEqual(
    ['provision', 'suspend', 'unsuspend'].map((kind) => [kind, 'succeeded']),
  );
  expect(await serversOf(vps)).toBe(1);
  expect(await db.payment.count({ where: { invoiceId } })).toBe(1);
  expect(await violations(db)).toEqual([]);
});
