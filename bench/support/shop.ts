/** A database with a seller, customers and a product that a person makes; the services that the business needs of a process. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '../../prisma/migrate.ts';
import { registerBilling } from '../../server/billing/subscriptions/paid.ts';
import { insertRate } from '../../server/billing/tax/store.ts';
import { type Database, openDatabase } from '../../server/kernel/database.ts';
import { Hooks } from '../../server/kernel/hooks.ts';
import { writeSetting } from '../../server/kernel/kill-switches/store.ts';
import { startEmbeddedPostgres } from '../../server/kernel/postgres/embedded.ts';
import type { Services } from '../../server/kernel/services.ts';
import { registerOrders } from '../../server/orders/follow.ts';
import { SELLER } from '../../test/support/billing.ts';

export interface BenchShop {
  readonly db: Database;
  readonly services: Services;
  readonly productId: string;
  readonly customers: readonly string[];
  close(): Promise<void>;
}

/** Customers in Germany, at 19 %. A customer that lives by `clockId` has its time. */
export async function openShop(count: number, clock: Date | null): Promise<BenchShop & { readonly clockId: string | null }> {
  const directory = await mkdtemp(join(tmpdir(), 'plinth-bench-'));
  const postgres = await startEmbeddedPostgres({ dataDir: directory });
  await migrate(postgres.url);
  const db = openDatabase(postgres.url, 16);
  const log = {
    warn() {},
    error: (...words: unknown[]) => process.stderr.write(`${String(words[1])} ${String((words[0] as any)?.err)}\n`),
    info() {},
    debug() {},
  };
  const services = { db, hooks: new Hooks(), log, providers: [], config: {} } as unknown as Services;
  registerBilling(services);
  registerOrders(services);
  await writeSetting(db, 'billing.seller', SELLER);
  const from = { region: '', validFrom: new Date('2020-01-01'), validTo: null };
  await insertRate(db, { ...from, name: 'USt', country: 'DE', percent: '19', reverseCharge: 'none' });
  const clockId = clock && randomUUID();
  if (clock && clockId) await db.testClock.create({ data: { id: clockId, name: 'bench', frozenAt: clock } });
  const customers = Array.from({ length: count }, () => randomUUID());
  await db.organization.createMany({
    data: customers.map((id) => ({ id, name: `bench-${id.slice(0, 13)}`, internal: false, testClockId: clockId })),
  });
  const profile = { currency: 'EUR', country: 'DE', address: [], locale: 'en', timeZone: 'UTC' };
  await db.billingProfile.createMany({ data: customers.map((organizationId) => ({ organizationId, name: 'Bench', ...profile })) });
  const productId = randomUUID();
  await db.product.create({ data: { id: productId, name: 'VPS', visibility: 'public', module: 'manual' } });
  const price = { id: randomUUID(), productId, interval: 'month', currency: 'EUR', amount: 1000n, validFrom: new Date('2020-01-01') };
  await db.productPrice.create({ data: price });
  return {
    db,
    services,
    productId,
    customers,
    clockId,
    close: async () => {
      await db.$disconnect();
      await postgres.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** All of them, so many at a time. */
export async function parallel<Item>(items: readonly Item[], width: number, work: (item: Item) => Promise<unknown>): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: width }, async () => {
      while (next < items.length) await work(items[next++]!);
    }),
  );
}
