/** The door for events: the bytes decide, both sides of time are bounded, and what is known is thanked for. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withPayments } from '../../test/support/payments.ts';
import { until } from '../../test/support/until.ts';
import { signature } from '../../simulator/payments/events.ts';
import { accountOf } from './accounts-store.ts';
import { webhookSecrets } from './accounts.ts';
import { setWebhookSecrets } from './connect.ts';
import { stripe } from './stripe/stripe.ts';
import { listPayments } from './store.ts';
import { pursue, startPayment } from './attempts.ts';
import { recordPayment } from './record.ts';
import { requestCharge } from '../billing/charges/charges.ts';

const world = withPayments();
const secret = async () => webhookSecrets(world.services, (await accountOf(world.db, 'stripe'))!)[0]!;
const send = (body: string | Buffer, header: string) =>
  fetch(`${world.origin}/api/payments/stripe/webhook`, {
    method: 'POST',
    headers: { 'stripe-signature': header, 'content-type': 'application/json' },
    body,
  });
const event = (more: Record<string, unknown> = {}, object: Record<string, unknown> = {}) => ({
  id: `evt_${randomBytes(6).toString('hex')}`,
  type: 'payment_intent.created',
  created: 1_790_000_000,
  livemode: false,
  data: { object: { id: 'pi_x', object: 'payment_intent', ...object } },
  ...more,
});
const code = async (response: Response) => [response.status, ((await response.json()) as { code?: string }).code];

test('bytes with unusual blanks and letters verify; one byte changed does not', async () => {
  const body = JSON.stringify(event({ note: 'Łódź 日本' }), null, '\t \t').replaceAll(':', ' \n:  ');
  expect((await send(body, signature(body, await secret()))).status).toBe(200);
  const other = Buffer.from(body);
  other[other.length - 3]! ^= 1;
  expect(await code(await send(other, signature(body, await secret())))).toEqual([400, 'invalid_signature']);
});

test.each([
  [-299, 200],
  [-301, 400],
  [299, 200],
  [301, 400],
])('signed %i s from now: %i', async (offset, status) => {
  const body = JSON.stringify(event());
  expect((await send(body, signature(body, await secret(), Math.floor(Date.now() / 1000) + offset))).status).toBe(status);
});

test('no signature, another secret, none of ours, no JSON, too large: refused', async () => {
  const body = JSON.stringify(event());
  for (const header of ['', 't=1', 'v1=00', signature(body, 'whsec_other'), `t=${Math.floor(Date.now() / 1000)},v1=zz`, 'x'.repeat(10_000)])
    expect((await send(body, header)).status).toBe(400);
  expect((await send('{', signature('{', await secret()))).status).toBe(400);
  const large = JSON.stringify(event({ padding: 'x'.repeat(300 * 1024) }));
  expect((await send(large, signature(large, await secret()))).status).toBe(413);
  expect((await fetch(`${world.origin}/api/payments/nobody/webhook`, { method: 'POST', body })).status).toBe(404);
});

test('while secrets are exchanged each holds, and afterwards only the new one', async () => {
  const former = await secret();
  const [old, next] = [former, 'whsec_next'];
  await setWebhookSecrets(world.services, 'stripe', [next, old], 'test');
  for (const each of [old, next]) {
    const body = JSON.stringify(event());
    expect((await send(body, signature(body, each))).status).toBe(200);
  }
  await setWebhookSecrets(world.services, 'stripe', [next], 'test');
  const body = JSON.stringify(event());
  expect((await send(body, signature(body, old))).status).toBe(400);
  await setWebhookSecrets(world.services, 'stripe', [former], 'test');
});

test('an event of live mode or of another account is refused and told', async () => {
  for (const foreign of [{ livemode: true }, { account: 'acct_other' }]) {
    const body = JSON.stringify(event(foreign));
    expect(await code(await send(body, signature(body, await secret())))).toEqual([400, 'foreign_event']);
  }
  expect(await world.db.alert.count({ where: { kind: 'payment-event-foreign' } })).toBe(1);
});

test('what the library of the provider signs, verifies', () => {
  const body = JSON.stringify(event());
  expect(stripe.verify(Buffer.from(body), signature(body, 'whsec_a'), ['whsec_b', 'whsec_a'], new Date(), 300_000)).toMatchObject({
    subject: { kind: 'payment', id: 'pi_x' },
  });
  expect(stripe.verify(Buffer.from(body), signature(body, 'whsec_a'), [], new Date(), 300_000)).toBeNull();
});

describe('the same event', () => {
  let stop: (() => Promise<void>)[] = [];
  beforeAll(() => void (stop = [world.startWorker(), world.startWorker(), world.startWorker()]));
  afterAll(async () => void (await Promise.all(stop.map((each) => each()))));

  test(
    'the same paid event 100 times, with poll, a person and a schedule besides: one payment, one effect',
    { timeout: 120_000 },
    async () => {
      const effects: string[] = [];
      world.services.hooks.register('invoice.paid', 'count', async (tx, { invoiceId }) => {
        // A row that only one transaction can make, as fulfilment has.
        await tx.$executeRaw`INSERT INTO "setting" ("key", "value", "updatedAt") VALUES (${`effect:${invoiceId}`}, 'true'::jsonb, now())`;
        effects.push(invoiceId);
      });
      const customer = await world.customer();
      const invoice = await world.invoice(customer, 4461n);
      const attempt = await startPayment(world.services, null, {
        invoiceId: invoice.id,
        returnUrl: 'http://shop.test/',
        saveMethod: true,
        actor: 'test',
      });
      world.fault({ kind: 'flag', flag: 'event-lost' });
      await world.fill(attempt.url!, { card: '4242424242424242' });
      const { data } = await world.stripe('GET', '/events?limit=100');
      const told = data.filter((each: any) => ['payment_intent.succeeded', 'checkout.session.completed'].includes(each.type));
      expect(told).toHaveLength(2);
      const key = await secret();
      const posts = Array.from({ length: 100 }, (_, index) => {
        // Half of them are the very event, half another event of the same change.
        const body = JSON.stringify(index % 2 === 0 ? told[0] : { ...told[1], id: `evt_again_${index}` });
        return send(body, signature(body, key)).then(({ status }) => status);
      });
      const byHand = world.within((tx) =>
        recordPayment(world.services, tx, {
          organizationId: customer,
          invoiceId: invoice.id,
          attemptId: null,
          provider: 'bank',
          providerPaymentId: `${invoice.id}/by-hand`,
          money: { amount: 4461n, currency: 'EUR' },
          receivedAt: new Date(),
          source: 'staff',
          label: 'by hand',
          actor: 'staff',
        }),
      );
      const schedule = Array.from({ length: 5 }, () => world.within((tx) => requestCharge(tx, invoice.id, new Date(), 'schedule')));
      const polls = Array.from({ length: 10 }, () => pursue(world.services, attempt.id, 'poll'));
      const [statuses] = await Promise.all([Promise.all(posts), byHand, Promise.all(schedule), Promise.all(polls)]);
      expect(new Set(statuses)).toEqual(new Set([200]));
      await until(async () => (await world.db.paymentEventOutcome.count({ where: { outcome: 'pending' } })) === 0, {
        timeoutMs: 60_000,
        what: 'all events to be worked on',
      });
      expect(effects.filter((each) => each === invoice.id)).toHaveLength(1);
      expect(await world.readInvoice(invoice.id)).toMatchObject({ status: 'paid', amountPaid: 4461n });
      const payments = await listPayments(world.db, null, { organizationId: customer }, undefined, 100);
      expect(payments.map(({ provider }) => provider).toSorted()).toEqual(['bank', 'stripe']);
      // Whichever came second is the customer's.
      expect(await world.db.creditBalance.findMany({ where: { organizationId: customer } })).toMatchObject([{ amount: 4461n }]);
      const intents = (await world.stripe('GET', '/payment_intents?limit=100')).data.filter((each: any) => each.amount === 4461);
      expect(intents).toHaveLength(1);
      const failed = await world.db.paymentEventOutcome.findMany({ where: { outcome: 'failed' } });
      expect(failed.filter(({ eventId }) => eventId.startsWith('evt_again_') || told.some(({ id }: any) => id === eventId))).toEqual([]);
    },
  );
});
