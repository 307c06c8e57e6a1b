/**
 * 500 orders paid at once, each told twice, as a provider's events come, on all connections of a process: orders a second until they are accepted, against bare
 * inserts of the rows that they leave, one transaction an order too. None is lost, none is made twice. Prints one JSON line.
 *
 *   node bench/orders.ts [--quick]      to try it: 50
 */
import { randomUUID } from 'node:crypto';
import { plinthItself } from '../server/identity/policy/grants.ts';
import { inTransaction } from '../server/kernel/database.ts';
import { prepareOrder } from '../server/orders/orders.ts';
import { prepareQuote } from '../server/orders/quote.ts';
import { recordPayment } from '../server/payments/record.ts';
import { progress, round } from './support/figures.ts';
import { type BenchShop, openShop, parallel } from './support/shop.ts';

const quick = process.argv.includes('--quick');
const ORDERS = quick ? 50 : 500;
const BY = plinthItself('bench');
/** As many transactions at a time as a process has connections for. */
const CONNECTIONS = 12;
/** What a paid order leaves: the table, and the column that names the order or its invoice. */
const LEFT = ['payment', 'allocation', 'subscription', 'effect', 'event', 'audit_event'] as const;

async function placed({
  services,
  customers,
  productId,
}: BenchShop): Promise<{ id: string; organizationId: string; invoiceId: string; total: bigint }[]> {
  const orders = [];
  for (let index = 0; index < ORDERS; index++) {
    const organization_id = customers[index % customers.length]! as never;
    const items = [
      { product_id: productId as never, interval: 'month' as const, label: `s-${randomUUID().slice(0, 8)}`, ssh_keys: [], tags: [] },
    ];
    const { id, hash } = await (await prepareQuote(services, BY, { items, organization_id }))(services.db);
    const place = await prepareOrder(services, BY, { quoteId: id, hash, externalReference: null });
    const order = await inTransaction(services.db, (tx) => place(tx));
    orders.push({ id: order.id, organizationId: order.organizationId, invoiceId: order.invoiceId!, total: order.total });
  }
  return orders;
}

async function counts({ db }: BenchShop): Promise<Record<string, number>> {
  const all: Record<string, number> = {};
  for (const table of LEFT) {
    const [row] = await db.$queryRawUnsafe<{ n: bigint }[]>(`SELECT count(*) AS n FROM "${table}"`);
    all[table] = Number(row!.n);
  }
  return all;
}

async function main(): Promise<void> {
  const shop = await openShop(Math.max(1, ORDERS / 10), null);
  const { db, services } = shop;
  try {
    const orders = await placed(shop);
    progress(`${orders.length} orders are placed`);
    const before = await counts(shop);
    const pay = ({ organizationId, invoiceId, total }: (typeof orders)[number]) =>
      inTransaction(db, (tx) =>
        recordPayment(services, tx, {
          organizationId,
          invoiceId,
          attemptId: null,
          provider: 'stripe',
          providerPaymentId: invoiceId,
          money: { amount: total, currency: 'EUR' },
          receivedAt: new Date(),
          source: 'webhook',
          label: null,
          actor: 'bench',
        }),
      );
    const started = performance.now();
    await parallel([...orders, ...orders], CONNECTIONS, pay);
    const ms = performance.now() - started;
    const after = await counts(shop);
    const rows = Object.fromEntries(LEFT.map((table) => [table, (after[table]! - before[table]!) / ORDERS]));

    const accepted = await db.orderItem.count({ where: { status: 'pending_provisioning' } });
    const subscriptions = await db.subscription.count();
    const payments = await db.payment.count();
    const bare = await bareInserts(shop, rows);
    const lost = ORDERS - accepted;
    const doubled = Math.max(subscriptions, payments) - ORDERS;
    const rate = (ORDERS / ms) * 1_000;
    const figures = {
      orders: ORDERS,
      per_s: round(rate),
      bare_per_s: round(bare),
      share_of_bare: round(rate / bare),
      rows_an_order: rows,
      lost,
      doubled,
    };
    process.stdout.write(`${JSON.stringify({ bench: 'orders', quick, ...figures, ok: lost === 0 && doubled === 0 })}\n`);
  } finally {
    await shop.close();
  }
}

/** The same rows into tables of the same shape and indexes, as many at once: what the database alone can. */
async function bareInserts({ db }: BenchShop, rows: Readonly<Record<string, number>>): Promise<number> {
  for (const table of LEFT)
    await db.$executeRawUnsafe(`CREATE TABLE "bare_${table}" (LIKE "${table}" INCLUDING DEFAULTS INCLUDING STORAGE)`);
  for (const table of LEFT) {
    const [key] = await db.$queryRawUnsafe<{ column: string }[]>(
      `SELECT a.attname AS "column" FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
       WHERE i.indrelid = '"${table}"'::regclass AND i.indisprimary`,
    );
    await db.$executeRawUnsafe(`CREATE INDEX ON "bare_${table}" ("${key!.column}")`);
  }
  const insert = (offset: number) =>
    inTransaction(db, async (tx) => {
      for (const table of LEFT) {
        const count = Math.max(1, Math.round(rows[table]!));
        await tx.$executeRawUnsafe(`INSERT INTO "bare_${table}" SELECT * FROM "${table}" OFFSET ${offset % ORDERS} LIMIT ${count}`);
      }
    });
  const started = performance.now();
  await parallel(
    Array.from({ length: ORDERS }, (_, index) => index),
    CONNECTIONS,
    insert,
  );
  return (ORDERS / (performance.now() - started)) * 1_000;
}

await main();
