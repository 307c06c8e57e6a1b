/** Random histories of orders, payments, changes and time, with everything that must hold looked at after each step. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { billingRound } from '../server/billing/subscriptions/sweep.ts';
import { orderSweep } from '../server/orders/sweep.ts';
import { inTransaction } from '../server/kernel/database.ts';
import './support/other-zone.ts';
import { INVARIANTS, violations } from './support/business-invariants.ts';
import { withDatabase } from './support/database.ts';
import { type Plinth, startPlinth } from './support/plinth.ts';
import { type Customer, Selling } from './support/selling.ts';
import { until } from './support/until.ts';

const database = withDatabase();
const SEED = Number(process.env['HISTORY_SEED'] ?? 20270131);
const STEPS = 70;
let plinth: Plinth;
const shop = new Selling(() => plinth);
const customers: Customer[] = [];
const products: any[] = [];
let clock: any;
let at = Date.parse('2027-01-29T12:00:00Z');

beforeAll(async () => {
  plinth = await startPlinth(database.url);
  await shop.open();
  for (const timeZone of ['Pacific/Kiritimati', 'America/St_Johns', 'UTC']) customers.push(await shop.customer({ timeZone }));
  clock = await shop.clock(new Date(at).toISOString(), ...customers);
  for (const amount of ['10.00', '24.90', '7.77'])
    products.push(
      await shop.product(
        { module: 'manual' },
        {
          prices: [
            { interval: 'month', currency: 'EUR', amount },
            { interval: 'year', currency: 'EUR', amount: '199.00' },
          ],
          stock: 6,
        },
      ),
    );
  // One server that is real, so that there is something to break of those that are sold.
  const real = await shop.order(customers[0]!, (await shop.product()).id);
  await shop.pay(real);
  await shop.orderIs(real.id, 'fulfilled');
  await shop.ok('POST', '/api/coupons', { code: 'THIRD-OFF', percent: '33.33', periods: 2, max_redemptions: 4 });
  await shop.ok('POST', '/api/coupons', { code: 'FOUR-OFF', amount: '4.00', currency: 'EUR', periods: null });
  const rule = { name: 'dear', amount_from: { amount: '24.00', currency: 'EUR' }, does: 'review' };
  await shop.ok('PUT', '/api/admin/order-policy', { review: [rule], withdrawal_days: 30 });
}, 600_000);
afterAll(() => plinth?.stop());

/** The same numbers for the same seed. */
function dice(seed: number): (sides: number) => number {
  let state = seed >>> 0;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

const history: string[] = [];
let step = 0;
it(`holds everything after each of ${STEPS} steps`, { timeout: 600_000 }, async () => {
  const roll = dice(SEED);
  const one = <T>(list: readonly T[]): T | undefined => list[roll(list.length)];
  const subscriptions = () => shop.db.subscription.findMany({ orderBy: { id: 'asc' } });
  const STEP: Record<string, () => Promise<unknown>> = {
    order: async () => {
      const [customer, product] = [one(customers)!, one(products)!];
      const item = { product_id: product.id, label: `s-${step}-${roll(1e6)}`, interval: roll(5) === 0 ? 'year' : 'month' };
      const coupon = [undefined, undefined, 'THIRD-OFF', 'FOUR-OFF'][roll(4)];
      const { body, status } = await shop.call('POST', '/api/quotes', { items: [item], coupon }, customer.token);
      if (status === 201) await shop.call('POST', '/api/orders', { quote_id: body.quote.id, hash: body.quote.hash }, customer.token);
    },
    'pay an order': async () => {
      const order = one(await shop.db.order.findMany({ where: { status: 'placed' } }));
      if (order?.invoiceId) await shop.payInvoice(order.invoiceId);
    },
    'pay one that ended': async () => {
      const order = one(await shop.db.order.findMany({ where: { status: { in: ['expired', 'cancelled'] } } }));
      if (order?.invoiceId && roll(3) === 0) await shop.payInvoice(order.invoiceId);
    },
    make: async () => {
      const item = one(await shop.db.orderItem.findMany({ where: { status: 'pending_provisioning' } }));
      if (item) await shop.ok('POST', `/api/orders/${item.orderId}/items/${item.id}/ready`);
    },
    review: async () => {
      const order = one(await shop.db.order.findMany({ where: { status: 'review' } }));
      const decision = roll(2) === 0 ? 'accept' : 'refuse';
      if (order) await shop.ok('POST', `/api/orders/${order.id}/review`, { decision, reason: 'by dice' });
    },
    withdraw: async () => {
      const order = one(await shop.db.order.findMany({ where: { status: 'fulfilled' } }));
      if (order && roll(3) === 0) await shop.call('POST', `/api/orders/${order.id}/withdraw`);
    },
    'give credit': async () => {
      if (roll(3) === 0) await shop.ok('POST', '/api/credit', { organization_id: one(customers)!.id, amount: '1.23', reason: 'by dice' });
    },
    'cancel an order': async () => {
      const order = one(await shop.db.order.findMany({ where: { status: 'placed' } }));
      if (order) await shop.call('POST', `/api/orders/${order.id}/cancel`, {});
    },
    'pay an invoice': async () => {
      const invoice = one(
        await shop.db.invoice.findMany({ where: { status: { in: ['open', 'draft'] }, kind: { in: ['renewal', 'change'] } } }),
      );
      if (invoice) await shop.payInvoice(invoice.id);
    },
    change: async () => {
      const each = one(await subscriptions());
      const body = roll(4) === 0 ? { interval: 'year' } : { product_id: one(products)!.id, ...(roll(2) === 0 ? { effective: 'now' } : {}) };
      if (each) await shop.call('POST', `/api/subscriptions/${each.id}/change`, body);
    },
    cancel: async () => {
      const each = one(await subscriptions());
      const body = { when: roll(3) === 0 ? 'now' : 'end', unused: roll(2) === 0 ? 'credit' : 'none' };
      if (each && roll(3) === 0) await shop.call('POST', `/api/subscriptions/${each.id}/cancel`, body);
    },
    keep: async () => {
      const each = one(await subscriptions());
      if (each) await shop.call('POST', `/api/subscriptions/${each.id}/keep`);
    },
    wait: async () => {
      at += (1 + roll(17)) * 86_400_000 + roll(86_400) * 1000;
      await shop.advance(clock, new Date(at).toISOString());
    },
  };
  const names = Object.keys(STEP);
  for (step = 0; step < STEPS; step++) {
    const name =
      step < 12 ? ['order', 'pay an order', 'make'][step % 3]! : one([...names, 'wait', 'wait', 'pay an invoice', 'pay an invoice'])!;
    history.push(name);
    await STEP[name]!();
    expect(await violations(shop.db), `seed ${SEED}: ${history.join(', ')}`).toEqual([]);
  }
  const count = await shop.db.subscriptionEvent.count();
  process.stdout.write(`${STEPS} steps, ${count} events, ${(await subscriptions()).length} subscriptions\n`);
  expect(count).toBeGreaterThan(20);
});

it('changes nothing the second time at one instant', async () => {
  const { services } = plinth.runtime;
  const rows = async () => [
    await shop.db.subscription.findMany({ orderBy: { id: 'asc' } }),
    await shop.db.invoice.count(),
    await shop.db.subscriptionEvent.count(),
  ];
  await billingRound(services);
  await orderSweep(services);
  const before = await rows();
  expect((await billingRound(services)).done).toBe(0);
  await orderSweep(services);
  expect(await rows()).toEqual(before);
});

/** One statement that breaks each, past the triggers that would not let it; where it is tried nothing is kept of it. */
const PLANTED: Record<string, string> = {
  '2 ': `INSERT INTO "vps" SELECT (jsonb_populate_record(v, jsonb_build_object('id', 'planted' || n, 'label', 'planted' || n, 'deletedAt', NULL))).*
    FROM "vps" v, generate_series(1, 2) n WHERE v."subscriptionId" IS NOT NULL`,
  '3 ': `WITH ended AS (UPDATE "subscription" SET "status" = 'ended' WHERE "vpsId" IS NOT NULL)
    UPDATE "vps" SET "status" = 'active' WHERE "subscriptionId" IS NOT NULL`,
  '7 ': `UPDATE "invoice" SET "status" = 'uncollectible', "paidAt" = NULL, "amountPaid" = 0, "amountCredited" = 0 WHERE "status" = 'paid' AND "total" > 0`,
  '4 ': `UPDATE "payment" SET "refunded" = "refunded" + 1 WHERE "refunded" < "amount"`,
  '6 ': `UPDATE "invoice_line" SET "amount" = "amount" + "quantity", "unitAmount" = "unitAmount" + 1`,
  '8 ': `INSERT INTO "credit_note" SELECT (jsonb_populate_record(NULL::"credit_note", to_jsonb(i) || jsonb_build_object('id', 'planted', 'invoiceId', i."id",
      'number', 'CN-1999-000001', 'reason', 'x', 'net', i."total" + 1, 'tax', 0, 'amount', i."total" + 1, 'destination', 'none', 'causeKey', 'planted'))).*
    FROM "invoice" i WHERE i."number" IS NOT NULL AND i."total" > 0 LIMIT 1`,
  '9 ': `UPDATE "invoice" SET "number" = 'INV-2099-000777' WHERE "id" = (SELECT "id" FROM "invoice" WHERE "number" IS NOT NULL LIMIT 1)`,
  '12 ': `INSERT INTO "invoice_line" SELECT (jsonb_populate_record(l, '{"id": "planted", "position": 999}')).* FROM "invoice_line" l JOIN "invoice" n ON n."id" = l."invoiceId"
    WHERE l."kind" = 'recurring' AND l."subscriptionId" IS NOT NULL AND n."status" NOT IN ('void', 'draft') AND n."amountCredited" < n."total" LIMIT 1`,
  '13 ': `UPDATE "subscription" SET "status" = 'ended', "endedAt" = '2000-01-01' WHERE "id" IN (SELECT l."subscriptionId" FROM "invoice_line" l
    JOIN "invoice" n ON n."id" = l."invoiceId" WHERE l."kind" = 'recurring' AND n."status" <> 'void' AND n."amountCredited" < n."total" AND l."periodStart" IS NOT NULL)`,
  '20 ': `UPDATE "order" SET "status" = 'cancelled' WHERE "paidAt" IS NOT NULL AND "status" IN ('fulfilled', 'provisioning') AND "total" > 0`,
  '22 ': `UPDATE "coupon" SET "redeemed" = "redeemed" + 1 WHERE "maxRedemptions" IS NULL`,
  '17 ': `UPDATE "payment" SET "currency" = 'USD' WHERE "id" IN (SELECT "paymentId" FROM "allocation")`,
  '28 ': `DELETE FROM "audit_event" WHERE "action" = 'payment.recorded'`,
  '1 ': `UPDATE "stock_item" SET "sold" = "sold" + 1 WHERE "total" > "sold" + "reserved"`,
  // Not every history gives somebody a credit.
  '5 ': `INSERT INTO "credit_balance" SELECT "id", 'USD', 1 FROM "organization"
    ON CONFLICT ("organizationId", "currency") DO UPDATE SET "amount" = "credit_balance"."amount" + 1`,
  '10 ': `UPDATE "subscription_period" SET "endDate" = "endDate" - 1 WHERE "endDate" - "startDate" > 2`,
  '11 ': `UPDATE "subscription_segment" SET "toDate" = "toDate" - 1 WHERE "toDate" - "fromDate" > 2`,
  '19 ': `INSERT INTO "subscription_event" SELECT "subscriptionId", 999, 'suspend', 'planted', '{}', "startAt" FROM "subscription_period" WHERE "index" = 0 LIMIT 1`,
  '18 ': `UPDATE "subscription" SET "status" = 'suspended' WHERE "status" = 'active'`,
  '23 ': `INSERT INTO "subscription_change" ("id", "subscriptionId", "organizationId", "kind", "status", "effective", "productId", "interval", "amount", "debit", "requestedBy", "createdAt")
    SELECT 'planted', "id", "organizationId", 'downgrade', 'applied', 'now', "productId", 'month', 1, 1, 'planted', now() FROM "subscription" LIMIT 1`,
  '24 ': `UPDATE "subscription" SET "currency" = 'CHF'`,
  '31 ': `INSERT INTO "subscription_event" SELECT "subscriptionId", n, 'planted', 'planted', '{"outcome": "x", "invoice": "y"}', now()
    FROM (SELECT "id" AS "subscriptionId" FROM "subscription" LIMIT 1) s, generate_series(900, 901) n`,
};
it.each(Object.keys(PLANTED))('finds a planted breach of %s', async (number) => {
  const name = Object.keys(INVARIANTS).find((each) => each.startsWith(number))!;
  const UNDONE = new Error('undone');
  const tried = inTransaction(shop.db, async (tx) => {
    await tx.$executeRawUnsafe(`SET LOCAL session_replication_role = replica`);
    expect(await tx.$executeRawUnsafe(PLANTED[number]!), 'rows broken').toBeGreaterThan(0);
    const found = await violations(tx);
    expect(found.filter((each) => each.startsWith(name)).length, name).toBeGreaterThan(0);
    throw UNDONE;
  });
  await expect(tried).rejects.toBe(UNDONE);
});

it('one that cannot go on keeps no other from it, says why, and goes on when it can', async () => {
  const { services } = plinth.runtime;
  const alive = await shop.db.subscription.findMany({ where: { status: 'active', nextEventAt: { not: null } }, orderBy: { id: 'asc' } });
  expect(alive.length).toBeGreaterThan(1);
  const { id } = alive[0]!;
  const overdue = async () => {
    const { frozenAt } = await shop.db.testClock.findUniqueOrThrow({ where: { id: clock.id } });
    return (await shop.db.subscription.findMany({ where: { nextEventAt: { lte: frozenAt } } })).map((each) => each.id);
  };
  const poison = [
    `CREATE FUNCTION poisoned() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'poisoned'; END $$`,
    `CREATE TRIGGER poisoned BEFORE INSERT ON "subscription_event" FOR EACH ROW WHEN (NEW."subscriptionId" = '${id}') EXECUTE FUNCTION poisoned()`,
  ];
  for (const statement of poison) await shop.db.$executeRawUnsafe(statement);
  const frozenAt = new Date(at + 70 * 86_400_000);
  await shop.db.testClock.update({ where: { id: clock.id }, data: { frozenAt } });
  await until(
    async () => {
      await billingRound(services);
      return (await overdue()).join() === id;
    },
    { timeoutMs: 60_000, what: 'all but the poisoned one to go on' },
  );
  expect((await shop.db.subscription.findUniqueOrThrow({ where: { id } })).problem).toContain('poisoned');
  await shop.db.$executeRawUnsafe('DROP TRIGGER poisoned ON "subscription_event"');
  await until(
    async () => {
      await billingRound(services);
      return (await overdue()).length === 0;
    },
    { timeoutMs: 60_000, what: 'it to go on' },
  );
  expect((await shop.db.subscription.findUniqueOrThrow({ where: { id } })).problem).toBeNull();
  expect(await violations(shop.db)).toEqual([]);
});
