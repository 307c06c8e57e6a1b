/** Every row of what a payment provider can tell, through the simulator, its events and the worker. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { formatAmount } from '../../contract/money.ts';
import { withPayments } from '../../test/support/payments.ts';
import { until } from '../../test/support/until.ts';
import { requestCharge } from '../billing/charges/charges.ts';
import { balancesOf } from '../billing/credit/store.ts';
import { listCreditNotes } from '../billing/invoices/credit-notes-store.ts';
import { voidInvoice } from '../billing/invoices/settle.ts';
import { methodsOf } from './accounts-store.ts';
import { tillOf } from './accounts.ts';
import { cancelAttempt, pursue, startPayment } from './attempts.ts';
import { applyDispute } from './disputes.ts';
import { recordPayment } from './record.ts';
import { requestRefund } from './refunds.ts';
import { listDisputes, listRefunds } from './refunds-store.ts';
import { attemptsOf, listPayments } from './store.ts';

const world = withPayments();
let stop: () => Promise<void>;
beforeAll(() => void (stop = world.startWorker()));
afterEach(() => world.clearFaults());
afterAll(() => stop());

const THREE_D = '4000002500003155';
const paid = (id: string) =>
  until(async () => ((await world.readInvoice(id)).status === 'paid' ? await world.readInvoice(id) : undefined), {
    what: 'the invoice to be paid',
  });
const paymentsFor = (invoiceId: string) => listPayments(world.db, null, { invoiceId }, undefined, 100);
const balance = async (organizationId: string) => (await balancesOf(world.db, organizationId))[0]?.amount ?? 0n;
const alerts = async (target: string) => (await world.db.alert.findMany({ where: { target } })).map(({ kind }) => kind);
const attempt = async (invoiceId: string) => (await attemptsOf(world.db, invoiceId)).at(-1)!;
const attemptIs = (invoiceId: string, status: string) =>
  until(async () => ((await attempt(invoiceId)).status === status ? await attempt(invoiceId) : undefined), {
    what: `the attempt to be ${status}`,
  });

test('a person pays on the page: the event settles the invoice, and the page leads back', async () => {
  const invoice = await world.invoice(await world.customer(), 4461n);
  const back = await world.pay(invoice);
  expect(back).toMatch(/^http:\/\/shop\.test\/back\?session=cs_test_/);
  expect(await paid(invoice.id)).toMatchObject({ amountPaid: 4461n });
  const [payment, ...more] = await paymentsFor(invoice.id);
  expect(more).toEqual([]);
  expect(payment).toMatchObject({ amount: 4461n, source: 'webhook', label: 'visa 4242' });
  expect(await attempt(invoice.id)).toMatchObject({ status: 'succeeded', url: null });
});

test('a declined card is told on the page and nowhere else; another one pays', async () => {
  const invoice = await world.invoice(await world.customer(), 1000n);
  const { url } = await startPayment(world.services, null, {
    invoiceId: invoice.id,
    returnUrl: 'http://shop.test/',
    saveMethod: false,
    actor: 'test',
  });
  const refused = await world.fill(url!, { card: '4000000000009995' });
  expect([refused.status, (await refused.text()).includes('insufficient funds')]).toEqual([402, true]);
  expect((await world.readInvoice(invoice.id)).status).toBe('open');
  // Asked again, it is the same page.
  expect(
    (await startPayment(world.services, null, { invoiceId: invoice.id, returnUrl: 'http://shop.test/', saveMethod: false, actor: 'test' }))
      .url,
  ).toBe(url);
  await world.fill(url!, { card: '4242424242424242' });
  await paid(invoice.id);
});

test('3-D Secure: refused by the person, then confirmed; the card is kept and charged later without them', async () => {
  const customer = await world.customer();
  const invoice = await world.invoice(customer, 1000n);
  const asked = await world.pay(invoice, THREE_D, { save: true });
  expect(asked).toContain('/authenticate/pi_');
  expect((await world.fill(asked, { answer: 'no' })).status).toBe(402);
  const again = await world.fill(
    (await attempt(invoice.id)).url!.includes('/pay/')
      ? (await attempt(invoice.id)).url!
      : asked.replace(/authenticate\/.*/, `pay/${(await attempt(invoice.id)).providerSession}`),
    { card: THREE_D },
  );
  expect((await world.fill(again.headers.get('location')!, { answer: 'yes' })).status).toBe(303);
  await paid(invoice.id);
  const [method] = await until(
    async () => ((await methodsOf(world.db, customer)).length > 0 ? await methodsOf(world.db, customer) : undefined),
    { what: 'the method' },
  );
  expect(method).toMatchObject({ brand: 'visa', last4: '3155', isDefault: true });
  expect(method!.providerRef).toMatch(/^v1\./);
  const renewal = await world.invoice(customer, 2000n);
  await world.within((tx) => requestCharge(tx, renewal.id, new Date(), 'test'));
  await paid(renewal.id);
});

test('a charge that is declined says whether it may work later, and is told once', async () => {
  const told: unknown[] = [];
  world.services.hooks.register('charge.failed', 'test', async (_tx, subject) => void told.push(subject));
  const customer = await world.customer();
  const first = await world.invoice(customer, 1000n);
  // 0341 can be saved with a payment by nobody: it is saved by a page of its own in life, here by the first payment's card.
  await world.pay(first, '4000002760003184', { save: true }).then((url) => world.fill(url, { answer: 'yes' }));
  await paid(first.id);
  await until(async () => (await methodsOf(world.db, customer)).length > 0, { what: 'the method' });
  const renewal = await world.invoice(customer, 1000n);
  await world.within((tx) => requestCharge(tx, renewal.id, new Date(), 'test'));
  expect(await attemptIs(renewal.id, 'failed')).toMatchObject({ failureCode: 'authentication_required', retryable: false });
  expect(told).toMatchObject([{ invoiceId: renewal.id, retryable: false }]);
  expect((await world.readInvoice(renewal.id)).status).toBe('open');
});

test('the answer to a charge is lost: repeated with its key it is one charge', async () => {
  const customer = await world.customer();
  const first = await world.invoice(customer, 100n);
  await world.pay(first, undefined, { save: true });
  await paid(first.id);
  await until(async () => (await methodsOf(world.db, customer)).length > 0, { what: 'the method' });
  const renewal = await world.invoice(customer, 777n);
  world.fault({ kind: 'lost-answer', method: 'POST', path: 'payment_intents', times: 2 });
  await world.within((tx) => requestCharge(tx, renewal.id, new Date(), 'test'));
  await paid(renewal.id);
  const { data } = await world.stripe('GET', '/payment_intents?limit=100');
  expect(data.filter((each: any) => each.amount === 777)).toHaveLength(1);
});

test('events that are lost, doubled, late or made twice: one payment, found by the poll if by nothing else', async () => {
  for (const flag of ['event-duplicate', 'event-twin', 'event-reorder', 'event-delay']) {
    world.fault({ kind: 'flag', flag });
    const invoice = await world.invoice(await world.customer(), 500n);
    await world.pay(invoice);
    await paid(invoice.id);
    expect(await paymentsFor(invoice.id)).toHaveLength(1);
    world.clearFaults();
  }
  world.fault({ kind: 'flag', flag: 'event-lost' });
  const invoice = await world.invoice(await world.customer(), 500n);
  await world.pay(invoice);
  await world.db.paymentAttempt.updateMany({ where: { invoiceId: invoice.id }, data: { nextPollAt: new Date(0) } });
  await paid(invoice.id);
  expect((await paymentsFor(invoice.id))[0]).toMatchObject({ source: 'poll' });
});

test('a debit is processed, then succeeds, or fails', async () => {
  const invoice = await world.invoice(await world.customer(), 500n);
  await world.pay(invoice, 'DE89370400440532013000');
  await paid(invoice.id);
  const failing = await world.invoice(await world.customer(), 500n);
  await world.pay(failing, 'DE62370400440532013001');
  await until(async () => (await attempt(failing.id)).failureCode === 'insufficient_funds', { what: 'the debit to fail' });
  expect((await world.readInvoice(failing.id)).status).toBe('open');
});

test('paid twice: the second becomes credit, is told, and goes back by one refund', async () => {
  const customer = await world.customer();
  const invoice = await world.invoice(customer, 1000n);
  await world.within((tx) => record(customer, invoice.id, 'transfer-1', 1000n)(tx));
  await world.pay({ ...invoice }).catch((error) => expect(error).toMatchObject({ code: 'invoice_settled' }));
  const recorded = await world.within((tx) => record(customer, invoice.id, 'transfer-2', 1000n)(tx));
  expect(recorded).toMatchObject({ outcome: 'credit' });
  expect(await balance(customer)).toBe(1000n);
  expect(await alerts(`payment:${recorded!.payment.id}`)).toEqual(['payment-not-needed']);
  expect(
    await requestRefund(world.services, { paymentId: recorded!.payment.id, amount: 1000n, reason: 'paid twice', actor: 'test' }),
  ).toMatchObject({ status: 'succeeded', creditNoteId: null });
  expect(await balance(customer)).toBe(0n);
  expect((await world.readInvoice(invoice.id)).status).toBe('paid');
});

const record =
  (organizationId: string, invoiceId: string, reference: string, amount: bigint, currency = 'EUR') =>
  (tx: Parameters<Parameters<typeof world.within>[0]>[0]) =>
    recordPayment(world.services, tx, {
      organizationId,
      invoiceId,
      attemptId: null,
      provider: 'bank',
      providerPaymentId: `${invoiceId}/${reference}`,
      money: { amount, currency },
      receivedAt: new Date(),
      source: 'staff',
      label: reference,
      actor: 'test',
    });

test('less leaves it open, more becomes credit, another currency touches nothing', async () => {
  const customer = await world.customer();
  const [less, more, other] = [
    await world.invoice(customer, 4461n),
    await world.invoice(customer, 1000n),
    await world.invoice(customer, 1000n),
  ];
  expect(await world.within((tx) => record(customer, less.id, 'a', 4000n)(tx))).toMatchObject({
    outcome: 'partial',
    invoice: { status: 'open' },
  });
  expect(await world.within((tx) => record(customer, more.id, 'b', 1500n)(tx))).toMatchObject({ outcome: 'paid' });
  expect(await balance(customer)).toBe(500n);
  const foreign = await world.within((tx) => record(customer, other.id, 'c', 1000n, 'USD')(tx));
  expect(foreign).toMatchObject({ outcome: 'unallocated', payment: { invoiceId: null } });
  expect(await alerts(`payment:${foreign!.payment.id}`)).toEqual(['payment-unallocated']);
  expect((await world.readInvoice(other.id)).status).toBe('open');
});

test('money for a void invoice becomes credit unless somebody takes it up', async () => {
  const customer = await world.customer();
  const invoice = await world.invoice(customer, 1000n);
  const { url } = await startPayment(world.services, null, {
    invoiceId: invoice.id,
    returnUrl: 'http://shop.test/',
    saveMethod: false,
    actor: 'test',
  });
  await world.within((tx) => voidInvoice(world.services, tx, invoice.id, { at: new Date(), actor: 'test', reason: 'expired' }));
  await world.fill(url!, { card: '4242424242424242' });
  await until(async () => (await balance(customer)) === 1000n, { what: 'the credit' });
  expect((await world.readInvoice(invoice.id)).status).toBe('void');
});

test('metadata that names a foreign attempt books nothing, and is told after a while', async () => {
  const invoice = await world.invoice(await world.customer(), 1000n);
  const { id } = await startPayment(world.services, null, {
    invoiceId: invoice.id,
    returnUrl: 'http://shop.test/',
    saveMethod: false,
    actor: 'test',
  });
  const { data } = {
    data: await world.stripe('POST', '/payment_intents', {
      amount: '1000',
      currency: 'eur',
      payment_method: 'pm_card_visa',
      confirm: 'true',
      'metadata[plinth_attempt]': id,
    }),
  };
  expect(data.status).toBe('succeeded');
  const told = await until(async () => (await world.db.paymentEventOutcome.findMany({ where: { outcome: 'unmatched' } })).length > 0, {
    timeoutMs: 30_000,
    what: 'the alert',
  });
  expect(told).toBe(true);
  expect((await world.readInvoice(invoice.id)).status).toBe('open');
  expect(await paymentsFor(invoice.id)).toEqual([]);
  const alerts = async () => (await world.db.alert.count({ where: { kind: 'payment-unmatched' } })) > 0;
  await until(alerts, { timeoutMs: 10_000, what: 'somebody to be told' });
});

test('a refund is a credit note and the money; one that the provider fails becomes credit', async () => {
  const customer = await world.customer();
  const invoice = await world.invoice(customer, 3749n, { taxable: true });
  await world.pay(invoice);
  await paid(invoice.id);
  const [payment] = await paymentsFor(invoice.id);
  expect(payment!.amount).toBe(4461n);
  const refund = await requestRefund(world.services, { paymentId: payment!.id, amount: 2000n, reason: 'goodwill', actor: 'test' });
  expect(refund).toMatchObject({ status: 'succeeded', providerId: expect.stringMatching(/^re_/) });
  const [note] = await listCreditNotes(world.db, null, { invoiceId: invoice.id }, undefined, 10);
  expect(note).toMatchObject({ net: 1681n, tax: 319n, refundId: refund.id });
  expect(await world.readInvoice(invoice.id)).toMatchObject({ status: 'paid', amountPaid: 2461n, amountCredited: 2000n });
  await expect(
    requestRefund(world.services, { paymentId: payment!.id, amount: 2462n, reason: 'too much', actor: 'test' }),
  ).rejects.toMatchObject({ code: 'refund_exceeds_payment' });
  world.fault({ kind: 'flag', flag: 'refund-fails', times: 1 });
  const failing = await requestRefund(world.services, { paymentId: payment!.id, amount: 461n, reason: 'goodwill', actor: 'test' });
  await until(async () => (await world.db.refund.findUnique({ where: { id: failing.id } }))?.status === 'failed', {
    what: 'the refund to fail',
  });
  expect(await balance(customer)).toBe(461n);
  expect(await alerts(`refund:${failing.id}`)).toEqual(['refund-failed']);
  expect((await world.db.payment.findUnique({ where: { id: payment!.id } }))!.refunded).toBe(2000n);
});

test('a refund in the provider’s own pages is booked once, with its credit note', async () => {
  const invoice = await world.invoice(await world.customer(), 1000n);
  await world.pay(invoice);
  await paid(invoice.id);
  const [payment] = await paymentsFor(invoice.id);
  await world.stripe('POST', '/refunds', { payment_intent: payment!.providerPaymentId, amount: '300' });
  const [refund] = await until(
    async () =>
      (await listRefunds(world.db, null, { paymentId: payment!.id }, undefined, 10)).length > 0
        ? await listRefunds(world.db, null, { paymentId: payment!.id }, undefined, 10)
        : undefined,
    { what: 'the refund' },
  );
  expect(refund).toMatchObject({ source: 'provider', status: 'succeeded', amount: 300n });
  expect(await world.readInvoice(invoice.id)).toMatchObject({ amountPaid: 700n, amountCredited: 300n });
});

test('a dispute takes its amount; lost, a debt asks for it again and the invoice stays paid; won, it is back', async () => {
  for (const [evidence, status] of [
    ['losing_evidence', 'lost'],
    ['winning_evidence', 'won'],
  ] as const) {
    const customer = await world.customer();
    const invoice = await world.invoice(customer, 1000n);
    await world.pay(invoice, '4000000000000259');
    await paid(invoice.id);
    const disputes = () => listDisputes(world.db, null, { organizationId: customer }, undefined, 10);
    const [dispute] = await until(async () => ((await disputes()).length > 0 ? await disputes() : undefined), { what: 'the dispute' });
    expect((await paymentsFor(invoice.id))[0]).toMatchObject({ disputed: 1000n });
    await world.stripe('POST', `/disputes/${dispute!.providerId}`, { 'evidence[uncategorized_text]': evidence, submit: 'true' });
    await until(async () => (await disputes())[0]!.status === status, { what: `the dispute to be ${status}` });
    expect((await world.readInvoice(invoice.id)).status).toBe('paid');
    const debts = await world.db.invoice.findMany({ where: { organizationId: customer, kind: 'debt' } });
    expect(debts.map(({ total, status, supersedes }) => [total, status, supersedes])).toEqual(
      status === 'lost' ? [[1000n, 'open', invoice.id]] : [],
    );
    expect((await paymentsFor(invoice.id))[0]).toMatchObject({ disputed: status === 'lost' ? 1000n : 0n });
  }
});

test.each([
  ['part of it', 700n, [300n]],
  ['all of it', 1000n, []],
] as const)(
  'a dispute of a payment of which %s was given back takes what is left, and says what would go back twice',
  async (_, given, debt) => {
    const customer = await world.customer();
    const invoice = await world.invoice(customer, 1000n);
    await world.pay(invoice);
    await paid(invoice.id);
    const [payment] = await paymentsFor(invoice.id);
    await requestRefund(world.services, { paymentId: payment!.id, amount: given, reason: 'goodwill', actor: 'test' });
    const till = await tillOf(world.services, world.db, 'stripe');
    const left = 1000n - given;
    const said = async (status: 'open' | 'lost') =>
      await applyDispute(world.services, till, {
        dispute: `du_${payment!.id}`,
        payment: payment!.providerPaymentId,
        money: { amount: 1000n, currency: 'EUR' },
        status,
        reason: 'fraudulent',
        createdAt: new Date(),
      });
    expect(await said('open')).toBe('applied');
    expect(await said('open')).toBe('ignored');
    expect((await paymentsFor(invoice.id))[0]).toMatchObject({ refunded: given, disputed: left });
    const [dispute] = await listDisputes(world.db, null, { organizationId: customer }, undefined, 10);
    expect(dispute).toMatchObject({ status: 'open', amount: left });
    const told = async (kind: string) => (await world.db.alert.findFirst({ where: { kind, target: `dispute:${dispute!.id}` } }))?.message;
    const twice = `${formatAmount({ amount: given, currency: 'EUR' })} EUR`;
    expect(await told('payment-disputed')).toContain(
      `10.00 EUR is disputed (fraudulent). Answer with evidence at the payment provider. ${twice}`,
    );

    expect([await said('lost'), await said('lost')]).toEqual(['applied', 'ignored']);
    expect((await world.readInvoice(invoice.id)).status).toBe('paid');
    const debts = await world.db.invoice.findMany({ where: { organizationId: customer, kind: 'debt' } });
    expect(debts.map(({ total }) => total)).toEqual(debt);
    expect(await told('payment-lost')).toContain(`${twice} of a payment went back twice`);
    expect((await paymentsFor(invoice.id))[0]).toMatchObject({ refunded: given, disputed: left });
  },
);

test('cancelled, the page has ended; what was paid meanwhile counts', async () => {
  const invoice = await world.invoice(await world.customer(), 1000n);
  const started = await startPayment(world.services, null, {
    invoiceId: invoice.id,
    returnUrl: 'http://shop.test/',
    saveMethod: false,
    actor: 'test',
  });
  expect(await cancelAttempt(world.services, null, started.id)).toMatchObject({ status: 'cancelled' });
  expect((await world.fill(started.url!, { card: '4242424242424242' })).status).toBe(402);
  world.fault({ kind: 'flag', flag: 'event-lost' });
  const second = await startPayment(world.services, null, {
    invoiceId: invoice.id,
    returnUrl: 'http://shop.test/',
    saveMethod: false,
    actor: 'test',
  });
  await world.fill(second.url!, { card: '4242424242424242' });
  expect(await cancelAttempt(world.services, null, second.id)).toMatchObject({ status: 'succeeded' });
  expect((await world.readInvoice(invoice.id)).status).toBe('paid');
});

test('amounts of currencies without and with three decimals arrive as they are, or are refused before anything is made', async () => {
  const yen = await world.invoice(await world.customer({ currency: 'JPY' }), 1500n, {}, 'JPY');
  await world.pay(yen);
  expect(await paid(yen.id)).toMatchObject({ amountPaid: 1500n });
  const dinar = await world.invoice(await world.customer({ currency: 'KWD' }), 1031n, {}, 'KWD');
  await expect(
    startPayment(world.services, null, { invoiceId: dinar.id, returnUrl: 'http://shop.test/', saveMethod: false, actor: 'test' }),
  ).rejects.toMatchObject({ code: 'amount_not_chargeable' });
  expect(await attemptsOf(world.db, dinar.id)).toEqual([]);
});

test('the poll, asked at any time, changes nothing that has ended', async () => {
  const invoice = await world.invoice(await world.customer(), 1000n);
  await world.pay(invoice);
  await paid(invoice.id);
  const { id } = await attempt(invoice.id);
  const before = JSON.stringify(await attempt(invoice.id), (_key, value) => (typeof value === 'bigint' ? String(value) : value));
  for (let look = 0; look < 3; look++) expect(await pursue(world.services, id, 'poll')).toBe('ignored');
  expect(JSON.stringify(await attempt(invoice.id), (_key, value) => (typeof value === 'bigint' ? String(value) : value))).toBe(before);
});
