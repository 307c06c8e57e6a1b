/** The service dies by `kill -9` while an order is paid and its server is made: one payment, one invoice, one server, whenever it was. */
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run } from '../cli/run.ts';
import { type Database, openDatabase } from '../server/kernel/database.ts';
import { violations } from './support/business-invariants.ts';
import { withDatabase } from './support/database.ts';
import type { Plinth } from './support/plinth.ts';
import { type Cluster, openCluster, type Service } from './support/service.ts';
import { type Customer, Selling } from './support/selling.ts';
import { until } from './support/until.ts';

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
