/**
 * A year of two customers, one in Berlin who pays in euros with tax and one in Tokyo who pays in yen: a leap day, summer time,
 * paid late, suspended, upgraded in mid-period, refunded, charged back, terminated; each invoice to the smallest unit.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mountPath } from '../../simulator/server.ts';
import '../support/other-zone.ts';
import { withDatabase } from '../support/database.ts';
import { day } from '../support/living.ts';
import { type Plinth, startPlinth } from '../support/plinth.ts';
import { type Customer, Selling } from '../support/selling.ts';
import { until } from '../support/until.ts';
import { LONG } from '../support/long.ts';

const database = withDatabase();
let plinth: Plinth | undefined;
const shop = new Selling(() => plinth!);
const monthly = (amount: string, currency: string) => ({ interval: 'month', currency, amount });

beforeAll(async () => {
  if (LONG) plinth = await startPlinth(database.url);
  if (LONG) await shop.open();
}, 600_000);
afterAll(() => plinth?.stop());

interface Buyer {
  readonly customer: Customer;
  readonly id: string;
  /** What each invoice comes to: of the first product, of the upgrade, of the second one, and what is given back of that. */
  readonly small: string;
  readonly upgrade: readonly [credit: string, debit: string, total: string];
  readonly large: string;
  readonly refund: string;
  readonly note: readonly [net: string, tax: string];
}

const fill = (url: string, form: Record<string, string>) =>
  fetch(url, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' });
const invoiceOf = async (id: string) => (await shop.ok('GET', `/api/invoices/${id}`)).invoice;
const now = async ({ id }: Buyer) => (await shop.subscription(id)).subscription;

async function payDue(buyer: Buyer, expected: string): Promise<void> {
  const { renewal_invoice_id: id } = await now(buyer);
  expect((await invoiceOf(id)).total).toBe(expected);
  await shop.payInvoice(id);
}

/** The renewal, on the page of the payment provider; answers the invoice. */
async function payByCard(buyer: Buyer, card: string): Promise<string> {
  const { renewal_invoice_id: id } = await now(buyer);
  expect((await invoiceOf(id)).total).toBe(buyer.large);
  const { attempt } = await shop.ok('POST', `/api/invoices/${id}/pay`, {}, buyer.customer.token);
  expect((await fill(attempt.url, { card })).status).toBe(303);
  await until(async () => (await invoiceOf(id)).status === 'paid', { timeoutMs: 60_000, what: 'it to be paid' });
  return id;
}

/** Paid with a card whose bank takes it back, and the dispute lost: the debt is asked for again, the invoice stays paid. */
async function chargedBack(buyer: Buyer): Promise<void> {
  const id = await payByCard(buyer, '4000000000000259');
  const opened = await until(
    async () => await shop.db.dispute.findFirst({ where: { organizationId: buyer.customer.id, status: 'open' } }),
    { timeoutMs: 60_000, what: 'the dispute' },
  );
  const url = `${plinth!.runtime.simulatorOrigin}${mountPath('stripe')}/v1/disputes/${opened.providerId}`;
  const headers = { authorization: 'Bearer sk_test_x', 'content-type': 'application/x-www-form-urlencoded' };
  const body = new URLSearchParams({ 'evidence[uncategorized_text]': 'losing_evidence', submit: 'true' });
  expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(200);
  const debt = await until(async () => (await shop.invoices(buyer.customer)).find(({ kind }) => kind === 'debt'), {
    timeoutMs: 60_000,
    what: 'the debt',
  });
  expect(await invoiceOf(debt.id)).toMatchObject({ status: 'open', total: buyer.large, tax: buyer.large.includes('.') ? '0.00' : '0' });
  expect((await invoiceOf(id)).status).toBe('paid');
  await shop.payInvoice(debt.id);
}

it.skipIf(!LONG)('a year, in euros and in yen', { timeout: 600_000 }, async () => {
  const berlin = await shop.customer({ timeZone: 'Europe/Berlin' });
  const tokyo = await shop.customer({ country: 'JP', currency: 'JPY', timeZone: 'Asia/Tokyo' });
  const clock = await shop.clock('2027-12-31T10:00:00Z', berlin, tokyo);
  const small = await shop.product({ module: 'manual' }, { prices: [monthly('20.00', 'EUR'), monthly('1500', 'JPY')] });
  const large = await shop.product({ module: 'manual' }, { prices: [monthly('35.00', 'EUR'), monthly('2600', 'JPY')] });
  const buys = async (customer: Customer): Promise<string> =>
    (await shop.make(await shop.pay(await shop.order(customer, small.id)))).items[0].subscription_id;
  const euro = { small: '23.80', upgrade: ['10.00', '17.50', '8.93'], large: '41.65', refund: '10.00', note: ['8.40', '1.60'] } as const;
  const yen = { small: '1500', upgrade: ['750', '1300', '550'], large: '2600', refund: '600', note: ['600', '0'] } as const;
  const buyers: Buyer[] = [
    { customer: berlin, id: await buys(berlin), ...euro },
    { customer: tokyo, id: await buys(tokyo), ...yen },
  ];
  const each = async (work: (buyer: Buyer) => Promise<unknown>): Promise<void> => {
    for (const buyer of buyers) await work(buyer);
  };

  await shop.advance(clock, day('2028-01-25'));
  await each((buyer) => payDue(buyer, buyer.small));
  // The period of the leap day is paid late: off after three days, on again with the payment, its days where they were.
  await shop.advance(clock, day('2028-03-04'));
  await each(async (buyer) => {
    expect(await now(buyer)).toMatchObject({ status: 'suspended', period: { start: '2028-02-29', end: '2028-03-31' } });
    await payDue(buyer, buyer.small);
    expect(await now(buyer)).toMatchObject({ status: 'active', period: { start: '2028-02-29', end: '2028-03-31' } });
  });
  await shop.advance(clock, day('2028-03-25'));
  await each((buyer) => payDue(buyer, buyer.small));
  // Half of the thirty days of the period of April are left.
  await shop.advance(clock, '2028-04-15T02:00:00Z');
  await each(async (buyer) => {
    const asked = await shop.ok('POST', `/api/subscriptions/${buyer.id}/change`, { product_id: large.id }, buyer.customer.token);
    const { credit, debit, invoice_id: invoice } = asked.changes[0];
    expect([credit, debit, (await invoiceOf(invoice)).total]).toEqual(buyer.upgrade);
    await shop.payInvoice(invoice);
  });
  await shop.advance(clock, day('2028-04-25'));
  await each(async (buyer) => {
    const id = await payByCard(buyer, '4242424242424242');
    const payment = await shop.db.payment.findFirstOrThrow({ where: { invoiceId: id } });
    await shop.ok('POST', `/api/payments/${payment.id}/refunds`, { amount: buyer.refund, reason: 'goodwill' });
    const { credit_notes: notes } = await shop.ok('GET', '/api/credit-notes', undefined, buyer.customer.token);
    expect([notes[0].net, notes[0].tax]).toEqual(buyer.note);
    expect(await invoiceOf(id)).toMatchObject({ status: 'paid', amount_credited: buyer.refund });
  });
  await shop.advance(clock, day('2028-05-25'));
  await each(chargedBack);
  for (const month of ['06', '07', '08', '09', '10', '11']) {
    await shop.advance(clock, day(`2028-${month}-25`));
    await each((buyer) => payDue(buyer, buyer.large));
  }
  // And never again.
  await shop.advance(clock, day('2029-01-20'));
  const starts = ['12-31', '01-31', '02-29', '03-31', '04-30', '05-31', '06-30', '07-31', '08-31', '09-30', '10-31', '11-30', '12-31'];
  await each(async (buyer) => {
    const { subscription, periods, events } = await shop.subscription(buyer.id);
    expect(subscription).toMatchObject({ status: 'ended', end_reason: 'It was not paid.', next: null });
    expect(periods.map(({ start }: any) => start.slice(5))).toEqual(starts);
    const zone =
      buyer.customer === berlin
        ? { winter: 'T23:00:00.000Z', summer: 'T22:00:00.000Z' }
        : { winter: 'T15:00:00.000Z', summer: 'T15:00:00.000Z' };
    expect(periods[2].start_at).toBe(`2028-02-28${zone.winter}`);
    expect(periods[3].start_at).toBe(`2028-03-30${zone.summer}`);
    const harmed = events.filter(({ kind }: any) => ['suspend', 'terminate', 'destroy'].includes(kind));
    expect(harmed.map(({ kind, at }: any) => `${kind} ${at}`)).toEqual([
      `suspend 2028-03-02${zone.winter}`,
      `suspend 2029-01-02${zone.winter}`,
      `terminate 2029-01-16${zone.winter}`,
      `destroy 2029-01-17${zone.winter}`,
    ]);
    const all = [];
    for (const { id } of await shop.invoices(buyer.customer)) {
      const { kind, status, total } = await invoiceOf(id);
      all.push(`${kind} ${status} ${total}`);
    }
    const { small: s, large: l } = buyer;
    expect(all.filter((line) => !line.startsWith('debt')).filter((line) => !line.includes('void'))).toEqual([
      `order paid ${s}`,
      ...Array.from({ length: 3 }, () => `renewal paid ${s}`),
      `change paid ${buyer.upgrade[2]}`,
      ...Array.from({ length: 8 }, () => `renewal paid ${l}`),
    ]);
    expect(all.filter((line) => line.startsWith('debt'))).toEqual([`debt paid ${l}`]);
    expect(all.findLast((line) => line.includes('void'))).toBe(`renewal void ${l}`);
  });
});
