/** A round over several organizations: each goes its own way, in its own order. */
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { cents, withBilling } from '../../../test/support/billing.ts';
import { until } from '../../../test/support/until.ts';
import { timeIn } from '../../kernel/clock.ts';
import { inTransaction, openDatabase } from '../../kernel/database.ts';
import { changeCredit } from '../credit/credit.ts';
import { lockBalance } from '../credit/store.ts';
import { plan } from './due.ts';
import { begin } from './life.ts';
import { insertSubscription } from './store.ts';
import { billingRound } from './sweep.ts';

const billing = withBilling();
const DAY_MS = 86_400_000;

/** One whose next invoice is due and nothing else, from 18 to 20 days ago in any month; the one that began earlier comes first. */
async function subscribed(organizationId: string, daysAgo: number): Promise<string> {
  const productId = randomUUID();
  await billing.db.product.create({ data: { id: productId, name: 'VPS', visibility: 'public', module: 'manual' } });
  const at = timeIn(-daysAgo * DAY_MS);
  return await billing.within(async (tx) => {
    const { id } = await insertSubscription(tx, {
      organizationId,
      productId,
      orderItemId: randomUUID(),
      vpsId: null,
      currency: 'EUR',
      interval: 'month',
      billingZone: 'UTC',
      amount: 1000n,
      setupFee: 0n,
      taxBehavior: 'exclusive',
      trialDays: null,
      termMonths: null,
      options: [],
    });
    await plan(tx, await begin(tx, id, null, at), null);
    return id;
  });
}

const invoiced = async (...ids: string[]): Promise<boolean[]> => {
  const rows = await billing.db.subscription.findMany({ where: { id: { in: ids } } });
  return ids.map((id) => rows.find((row) => row.id === id)!.renewalInvoiceId !== null);
};

test('an organization whose event waits holds no other up, and its own keep their order', async () => {
  const [slow, other] = [await billing.customer(), await billing.customer()];
  const how = { currency: 'EUR', amount: cents('0.01'), kind: 'goodwill', causeKey: randomUUID(), at: timeIn(0), actor: 'test' } as const;
  await billing.within((tx) => changeCredit(tx, { organizationId: slow, ...how }));
  const ids = [await subscribed(slow, 20), await subscribed(slow, 19), await subscribed(other, 18)];
  const elsewhere = openDatabase(billing.url, 1);
  const running = await inTransaction(elsewhere, async (tx) => {
    await lockBalance(tx, slow, 'EUR');
    const round = billingRound(billing.services);
    await until(async () => (await invoiced(ids[2]!))[0]!, { timeoutMs: 5_000, what: 'the other organization’s invoice' });
    expect(await invoiced(...ids)).toEqual([false, false, true]);
    return { round };
  }).finally(() => elsewhere.$disconnect());
  expect(await running.round).toMatchObject({ done: 3, failed: 0 });
  const numbers = await billing.db.invoice.findMany({ where: { subscriptionId: { in: ids } }, orderBy: { number: 'asc' } });
  expect(numbers.map(({ subscriptionId }) => ids.indexOf(subscriptionId!))).toEqual([2, 0, 1]);
});

test('one that fails beside others is tried again alone, and loses none of theirs', async () => {
  const [first, second] = [await subscribed(await billing.customer(), 20), await subscribed(await billing.customer(), 19)];
  const refuse = async (when: string): Promise<void> => {
    await billing.db.$executeRawUnsafe(`CREATE OR REPLACE FUNCTION refused() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN IF ${when} THEN RAISE EXCEPTION 'refused'; END IF; RETURN NEW; END $$`);
  };
  await refuse('true');
  await billing.db.$executeRawUnsafe(
    `CREATE TRIGGER refused BEFORE INSERT ON "subscription_event" FOR EACH ROW WHEN (NEW."subscriptionId" = '${first}') EXECUTE FUNCTION refused()`,
  );
  expect(await billingRound(billing.services)).toMatchObject({ done: 1, failed: 1 });
  expect(await invoiced(first, second)).toEqual([false, true]);
  expect((await billing.db.subscription.findUniqueOrThrow({ where: { id: first } })).problem).toContain('refused');
  // What a sequence counts stays counted when its transaction is undone.
  await billing.db.$executeRawUnsafe('CREATE SEQUENCE refusals');
  await refuse("nextval('refusals') = 1");
  expect(await billingRound(billing.services)).toMatchObject({ done: 1, failed: 0 });
  expect(await invoiced(first)).toEqual([true]);
});
