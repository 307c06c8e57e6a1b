/** The events of one payment, each so many times, in any order: the same rows in the end. */
import { expect, test } from 'vitest';
import { withPayments } from '../../test/support/payments.ts';
import { until } from '../../test/support/until.ts';
import { signature } from '../../simulator/payments/events.ts';
import type { Invoice } from '../billing/invoices/store.ts';
import { accountOf } from './accounts-store.ts';
import { webhookSecrets } from './accounts.ts';
import { recordPayment } from './record.ts';

const world = withPayments();
const RUNS = process.env['PLINTH_LONG_TESTS'] === '1' ? 40 : 6;
const SEED = Number(process.env['HISTORY_SEED'] ?? 20270131);

/** The same numbers for the same seed. */
function dice(seed: number): (sides: number) => number {
  let state = seed >>> 0;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

/** What is left of a customer, without what differs from one to the next by itself. */
async function rowsOf(organizationId: string) {
  const { db } = world;
  const where = { organizationId };
  const invoices = await db.invoice.findMany({ where, orderBy: { createdAt: 'asc' } });
  const payments = await db.payment.findMany({ where });
  const refunds = await db.refund.findMany({ where, orderBy: { amount: 'asc' } });
  const disputes = await db.dispute.findMany({ where });
  const notes = await db.creditNote.findMany({ where, orderBy: { amount: 'asc' } });
  const balances = await db.creditBalance.findMany({ where });
  const attempts = await db.paymentAttempt.findMany({ where });
  return {
    invoices: invoices.map(({ kind, status, total, amountPaid, amountCredited }) => [kind, status, total, amountPaid, amountCredited]),
    payments: payments.map(({ amount, refunded, disputed, reversed }) => [amount, refunded, disputed, reversed]),
    refunds: refunds.map(({ amount, status }) => [amount, status]),
    disputes: disputes.map(({ amount, status }) => [amount, status]),
    notes: notes.map(({ net, tax, amount, destination }) => [net, tax, amount, destination]),
    balances: balances.map(({ amount }) => amount).filter((amount) => amount !== 0n),
    attempts: attempts.map(({ status }) => status),
  };
}

async function listed(intent: string): Promise<any[]> {
  const { data } = await world.stripe('GET', '/events?limit=100');
  return data.filter(({ data: { object } }: any) => object.id === intent || object.payment_intent === intent);
}

async function send(event: any): Promise<void> {
  const key = webhookSecrets(world.services, (await accountOf(world.db, 'stripe'))!)[0]!;
  const body = JSON.stringify(event);
  const headers = { 'stripe-signature': signature(body, key), 'content-type': 'application/json' };
  const { status } = await fetch(`${world.origin}/api/payments/stripe/webhook`, { method: 'POST', headers, body });
  expect(status).toBe(200);
}

async function deliver(events: readonly any[], roll: (sides: number) => number): Promise<void> {
  const sent = events.flatMap((event) => {
    const again = Array.from({ length: roll(3) }, (_, index) => (index === 0 ? event : { ...event, id: `${event.id}_${index}` }));
    return [event, ...again];
  });
  for (let last = sent.length - 1; last > 0; last--) {
    const other = roll(last + 1);
    [sent[last], sent[other]] = [sent[other], sent[last]];
  }
  for (const event of sent) {
    await send(event);
    // Some are worked on before the next one comes.
    if (roll(2) === 0) while ((await world.work()) > 0);
  }
  for (let times = 0; times < 6; times++) {
    await world.db.$executeRaw`UPDATE "payment_event_outcome" SET "nextAt" = now() WHERE "outcome" = 'pending'`;
    while ((await world.work()) > 0);
  }
}

/** Pays; answers the payment that it made. */
async function paid(invoice: Invoice, card: string): Promise<string> {
  const known = new Set((await world.stripe('GET', '/payment_intents?limit=100')).data.map(({ id }: any) => id));
  await world.pay(invoice, card);
  return (await world.stripe('GET', '/payment_intents?limit=100')).data.find(({ id }: any) => !known.has(id)).id;
}

const HAPPENINGS: Record<string, { readonly card: string; readonly follows: (intent: string) => Promise<void> }> = {
  'paid, and given back in two parts': {
    card: '4242424242424242',
    follows: async (intent) => {
      for (const amount of ['300', '200']) await world.stripe('POST', '/refunds', { payment_intent: intent, amount });
    },
  },
  'paid, disputed and lost': {
    card: '4000000000000259',
    follows: async (intent) => {
      const data = await until(async () => {
        const found = (await world.stripe('GET', `/disputes?payment_intent=${intent}`)).data;
        return found.length > 0 ? found : undefined;
      });
      await world.stripe('POST', `/disputes/${data[0].id}`, { 'evidence[uncategorized_text]': 'losing_evidence', submit: 'true' });
    },
  },
};

test.each(Object.keys(HAPPENINGS))('%s', { timeout: 240_000 }, async (name) => {
  const { card, follows } = HAPPENINGS[name]!;
  const roll = dice(SEED);
  world.fault({ kind: 'flag', flag: 'event-lost' });
  const ends: Awaited<ReturnType<typeof rowsOf>>[] = [];
  let organizationId = '';
  let invoiceId = '';
  for (let run = 0; run < RUNS; run++) {
    organizationId = await world.customer();
    const invoice = await world.invoice(organizationId, 1_000n);
    invoiceId = invoice.id;
    const intent = await paid(invoice, card);
    await follows(intent);
    await deliver(await listed(intent), roll);
    ends.push(await rowsOf(organizationId));
  }
  world.clearFaults();
  expect(ends[0]!.invoices[0]!.slice(0, 2)).toEqual(['manual', 'paid']);
  expect(ends[0]!.payments).toHaveLength(1);
  for (const [run, end] of ends.entries()) expect(end, `seed ${SEED}, run ${run}`).toEqual(ends[0]);

  // Planted: an event that was taken for another payment is seen.
  await world.within((tx) =>
    recordPayment(world.services, tx, {
      organizationId,
      invoiceId,
      attemptId: null,
      provider: 'stripe',
      providerPaymentId: `${invoiceId}-again`,
      money: { amount: 1_000n, currency: 'EUR' },
      receivedAt: new Date(),
      source: 'webhook',
      label: null,
      actor: 'test',
    }),
  );
  expect(await rowsOf(organizationId)).not.toEqual(ends[0]);
});

test.each([
  ['charge.dispute.created', '4000000000000259', 'paid, disputed and lost'],
  ['refund.created', '4242424242424242', 'paid, and given back in two parts'],
])('%s is told, and nothing else ever: its payment is asked for at once', async (type, card, name) => {
  world.fault({ kind: 'flag', flag: 'event-lost' });
  const organizationId = await world.customer();
  const intent = await paid(await world.invoice(organizationId, 1_000n), card);
  await HAPPENINGS[name]!.follows(intent);
  // Nobody asks for the payment by itself meanwhile.
  await world.db.paymentAttempt.updateMany({ where: { organizationId }, data: { nextPollAt: null } });
  const event = (await listed(intent)).find((each) => each.type === type);
  await send(event);
  await world.work();
  world.clearFaults();
  const outcome = await world.db.paymentEventOutcome.findFirstOrThrow({ where: { eventId: event.id } });
  expect(outcome).toMatchObject({ outcome: 'applied', attempts: 1 });
  const { payments, disputes, refunds } = await rowsOf(organizationId);
  expect(payments).toHaveLength(1);
  expect(disputes.length + refunds.length).toBe(1);
});
