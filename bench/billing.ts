/**
 * The sweep of time: one day of 10,000 monthly subscriptions (about 330 each of issue, charge, period start and reminder), and
 * a year of 500, whose last month should cost what its first did. Charges are answered between the days, as a payment provider
 * would; that is not measured. Beside the time it says what processor time an event takes, here and in PostgreSQL: that a
 * machine that is busy with something else changes less. Prints one JSON line.
 *
 *   node bench/billing.ts [--quick] [--only=day|year]      to try it: 1,000 and 50
 */
import { randomUUID } from 'node:crypto';
import { billingRound } from '../server/billing/subscriptions/sweep.ts';
import { plan } from '../server/billing/subscriptions/due.ts';
import { begin } from '../server/billing/subscriptions/life.ts';
import { inTransaction } from '../server/kernel/database.ts';
import { recordPayment } from '../server/payments/record.ts';
import { median, progress, round } from './support/figures.ts';
import { treeCpuSeconds } from './support/processes.ts';
import { type BenchShop, openShop, parallel } from './support/shop.ts';

const quick = process.argv.includes('--quick');
const [MANY, FEW] = quick ? [1_000, 50] : [10_000, 500];
const DAY_MS = 86_400_000;
const START = Date.UTC(2027, 0, 1, 12);
const at = (day: number): Date => new Date(START + day * DAY_MS);

/** As many that begin within a month, evenly, each with a card that is charged. */
async function openSubscriptions(count: number): Promise<BenchShop & { readonly clockId: string }> {
  const shop = await openShop(Math.max(1, Math.floor(count / 10)), at(0));
  const { db, customers, productId } = shop;
  const card = { provider: 'stripe', providerRef: '', brand: 'visa', last4: '4242', isDefault: true };
  await db.paymentMethod.createMany({
    data: customers.map((organizationId) => ({ ...card, id: randomUUID(), organizationId, providerRefHash: randomUUID() })),
  });
  const rows = Array.from({ length: count }, (_, index) => ({
    id: randomUUID(),
    organizationId: customers[index % customers.length]!,
    day: index % 30,
  }));
  const terms = {
    productId,
    status: 'pending',
    currency: 'EUR',
    interval: 'month',
    billingZone: 'UTC',
    amount: 1000n,
    setupFee: 0n,
    taxBehavior: 'exclusive',
  };
  for (let from = 0; from < rows.length; from += 1_000)
    await db.subscription.createMany({
      data: rows.slice(from, from + 1_000).map(({ id, organizationId }) => ({ id, organizationId, orderItemId: randomUUID(), ...terms })),
    });
  await parallel(rows, 8, ({ id, day }) =>
    inTransaction(db, async (tx) => {
      await plan(tx, await begin(tx, id, null, at(day - 30)), null);
    }),
  );
  await db.$executeRawUnsafe('ANALYZE');
  return shop as BenchShop & { readonly clockId: string };
}

interface Lived {
  readonly events: number;
  readonly ms: number;
  /** Processor time of this process, and of it with PostgreSQL, in ms. */
  readonly ownMs: number;
  readonly allMs: number;
}

const ownCpuMs = (): number => process.cpuUsage().user / 1e3 + process.cpuUsage().system / 1e3;

/** The day's events, and what they took. */
async function live(shop: BenchShop & { readonly clockId: string }, day: number): Promise<Lived> {
  await shop.db.testClock.update({ where: { id: shop.clockId }, data: { frozenAt: at(day) } });
  const [own, all] = [ownCpuMs(), await treeCpuSeconds(process.pid)];
  const started = performance.now();
  const { done, failed } = await billingRound(shop.services);
  const ms = performance.now() - started;
  const [ownMs, allMs] = [ownCpuMs() - own, ((await treeCpuSeconds(process.pid)) - all) * 1e3];
  if (failed > 0) throw new Error(`${failed} events could not happen.`);
  await answerCharges(shop, at(day));
  return { events: done, ms, ownMs, allMs };
}

async function answerCharges({ db, services }: BenchShop, receivedAt: Date): Promise<void> {
  const attempts = await db.paymentAttempt.findMany({ where: { status: 'created' } });
  await parallel(attempts, 8, ({ id, organizationId, invoiceId, amount, currency }) =>
    inTransaction(db, (tx) =>
      recordPayment(services, tx, {
        organizationId,
        invoiceId,
        attemptId: id,
        provider: 'stripe',
        providerPaymentId: id,
        money: { amount, currency },
        receivedAt,
        source: 'webhook',
        label: null,
        actor: 'bench',
      }),
    ),
  );
}

function perEvent(days: readonly Lived[]): object {
  const sum = (of: (day: Lived) => number): number => days.reduce((all, day) => all + of(day), 0);
  const [events, own, all] = [sum((day) => day.events), sum((day) => day.ownMs), sum((day) => day.allMs)];
  return { service: round(own / events), postgres: round((all - own) / events) };
}

async function oneDay(): Promise<object> {
  const shop = await openSubscriptions(MANY);
  try {
    const days: Lived[] = [];
    // After 16 days each stage has its share of them.
    for (let day = 1; day <= 21; day++) {
      const lived = await live(shop, day);
      progress(`day ${day}: ${lived.events} events in ${Math.round(lived.ms)} ms`);
      if (day > 16) days.push(lived);
    }
    const ms = median(days.map((each) => each.ms));
    const events = median(days.map((each) => each.events));
    return {
      subscriptions: MANY,
      events,
      day_s: round(ms / 1_000),
      events_per_s: round((events / ms) * 1_000),
      cpu_ms_per_event: perEvent(days),
      limit_s: quick ? null : 20,
      ok: quick || ms <= 20_000,
    };
  } finally {
    await shop.close();
  }
}

interface Month {
  events: number;
  ms: number;
  /** Processor time of the service and PostgreSQL. */
  cpuMs: number;
}

async function oneYear(): Promise<object> {
  const shop = await openSubscriptions(FEW);
  try {
    const months: Month[] = [];
    for (let month = 0; month < 12; month++) {
      const sum = { events: 0, ms: 0, cpuMs: 0 };
      for (let day = 1; day <= 30; day++) {
        const { events, ms, allMs } = await live(shop, 16 + month * 30 + day);
        sum.events += events;
        sum.ms += ms;
        sum.cpuMs += allMs;
      }
      months.push(sum);
      progress(`month ${month + 1}: ${sum.events} events in ${Math.round(sum.ms)} ms`);
    }
    // Of processor time: what else the machine does in one of the months is none of it.
    const cost = ({ events, cpuMs }: Month): number => cpuMs / events;
    const [, first] = months;
    const ratio = cost(months.at(-1)!) / cost(first!);
    return {
      subscriptions: FEW,
      months_ms: months.map(({ ms }) => Math.round(ms)),
      cpu_ms_per_event: months.map((month) => round(cost(month))),
      last_to_first: round(ratio),
      ok: ratio <= 1.2,
    };
  } finally {
    await shop.close();
  }
}

const only = process.argv.find((word) => word.startsWith('--only='))?.slice('--only='.length);
const [day, year] = [only === 'year' ? null : await oneDay(), only === 'day' ? null : await oneYear()];
process.stdout.write(`${JSON.stringify({ bench: 'billing', quick, day, year })}\n`);
