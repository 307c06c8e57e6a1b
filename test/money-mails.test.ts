/** Who pays is told what happens to their money: in two languages, as each wants it, and never twice. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { keepCustomer, keepMethod } from '../server/payments/accounts-store.ts';
import { inTransaction } from '../server/kernel/database.ts';
import { holdDestructive } from '../server/kernel/kill-switches/kill-switches.ts';
import { mountPath } from '../simulator/server.ts';
import { withDatabase } from './support/database.ts';
import { type Plinth, startPlinth } from './support/plinth.ts';
import { type Customer, Selling } from './support/selling.ts';
import { until } from './support/until.ts';

const database = withDatabase();
let plinth: Plinth;
const shop = new Selling(() => plinth);

beforeAll(async () => {
  plinth = await startPlinth(database.url);
  await shop.open();
}, 600_000);
afterAll(() => plinth?.stop());

/** Somebody with that role there. */
async function person(customer: Customer, role: string, locale: string): Promise<{ id: string; email: string }> {
  const id = randomUUID();
  const email = `${role}-${id.slice(0, 8)}@mail.test`;
  await shop.db.user.create({ data: { id, email, name: `The ${role}`, handle: `h${id.slice(0, 8)}`, emailVerified: true, locale } });
  await shop.db.member.create({ data: { organizationId: customer.id, userId: id, role } });
  return { id, email };
}
const mails = async (address: string) =>
  await shop.db.mailDelivery.findMany({
    where: { address },
    orderBy: { createdAt: 'asc' },
    select: { kind: true, causeKey: true, status: true },
  });
const kinds = async (address: string) => (await mails(address)).map(({ kind }) => kind);
/** Every event has been made into what follows from it. */
const toldAll = () =>
  until(
    async () => {
      const [row] = await shop.db.$queryRaw<{ behind: boolean }[]>`
        SELECT EXISTS (SELECT 1 FROM "event" WHERE "position" IS NULL)
          OR (SELECT max("position") FROM "event") > (SELECT "position" FROM "event_processor" WHERE "name" = 'notifications.money') AS "behind"`;
      return row!.behind ? undefined : true;
    },
    { timeoutMs: 60_000, what: 'the events to be worked off' },
  );
const caught = async (address: string) =>
  (await shop.ok('GET', '/api/mailbox')).mails.filter((each: any) => each.to.includes(address)) as any[];

it('tells the invoice, the reminders, the suspension and the payment, each once, and to who pays alone', async () => {
  const customer = await shop.customer({ timeZone: 'Europe/Berlin' });
  await shop.db.billingProfile.update({ where: { organizationId: customer.id }, data: { email: 'books@mail.test', locale: 'de' } });
  const [owner, operator, billing] = [
    await person(customer, 'owner', 'en'),
    await person(customer, 'operator', 'en'),
    await person(customer, 'billing', 'de'),
  ];
  await shop.db.notificationPreference.create({
    data: { userId: billing.id, kind: 'payment-reminder', channel: 'mail', enabled: false },
  });
  const clock = await shop.clock('2027-01-31T10:00:00Z', customer);
  const product = await shop.product({ module: 'manual', name: 'Server L' });
  const made = await shop.make(await shop.pay(await shop.order(customer, product.id, { label: 'web' })));
  const id = made.items[0].subscription_id;
  await shop.advance(clock, '2027-03-08T09:00:00Z');
  const [renewal] = await shop.db.invoice.findMany({ where: { subscriptionId: id, kind: 'renewal' } });
  await toldAll();
  await shop.payInvoice(renewal!.id);
  await toldAll();
  const dunned = [
    'payment-received',
    'invoice-issued',
    'payment-reminder',
    'payment-reminder',
    'payment-overdue',
    'service-suspended',
    'payment-overdue',
    'payment-received',
  ];
  const sorted = async (address: string) => (await kinds(address)).toSorted();
  await until(async () => (await kinds(owner.email)).filter((kind) => kind === 'payment-received').length === 2, { what: 'the last mail' });
  expect(await sorted(owner.email)).toEqual(dunned.toSorted());
  expect(await sorted('books@mail.test')).toEqual(dunned.toSorted());
  expect(await sorted(billing.email)).toEqual(dunned.filter((kind) => kind !== 'payment-reminder').toSorted());
  expect((await kinds(operator.email)).filter((kind) => !kind.startsWith('vps-'))).toEqual([]);
  const list = await shop.db.notification.findMany({ where: { userId: billing.id } });
  expect(list.filter(({ kind }) => kind === 'payment-reminder')).toHaveLength(2);

  const german = await until(
    async () => {
      const all = await caught('books@mail.test');
      return all.length === dunned.length ? all : undefined;
    },
    { timeoutMs: 60_000, what: 'the mails' },
  );
  expect(new Set(german.map(({ message_id }) => message_id)).size).toBe(dunned.length);
  const suspended = german.find(({ subject }) => subject.includes('gesperrt'));
  expect(suspended.text).toContain(renewal!.number);
  expect(suspended.text).toContain('11,90'.replace(',', '.'));
  expect(suspended.text).toContain('17. März 2027');
});

it('sends the link by which a payer confirms with their bank, and says why a card was declined', async () => {
  const { services } = plinth.runtime;
  const stripe = async (path: string, form: Record<string, string>) => {
    const headers = { authorization: 'Bearer sk_test_x', 'content-type': 'application/x-www-form-urlencoded' };
    const url = `${plinth.runtime.simulatorOrigin}${mountPath('stripe')}/v1${path}`;
    return (await (await fetch(url, { method: 'POST', headers, body: new URLSearchParams(form) })).json()) as any;
  };
  const results: Record<string, any> = {};
  for (const card of ['pm_card_authenticationRequired', 'pm_card_chargeCustomerFail']) {
    const customer = await shop.customer();
    const owner = await person(customer, 'owner', 'en');
    const { id: ref } = await stripe('/customers', { name: 'x' });
    const { id: method } = await stripe(`/payment_methods/${card}/attach`, { customer: ref });
    const kept = { ref: method, customer: ref, brand: 'visa', last4: '1234', expMonth: 1, expYear: 2040 };
    await inTransaction(services.db, (tx) => keepCustomer(tx, services.secrets, customer.id, 'stripe', ref));
    await inTransaction(services.db, (tx) => keepMethod(tx, services.secrets, customer.id, 'stripe', kept));
    const clock = await shop.clock('2027-04-10T10:00:00Z', customer);
    const product = await shop.product({ module: 'manual' });
    await shop.make(await shop.pay(await shop.order(customer, product.id)));
    await shop.advance(clock, '2027-05-10T12:00:00Z');
    await until(async () => (await kinds(owner.email)).some((kind) => kind === 'payment-failed' || kind === 'payment-needs-payer'), {
      timeoutMs: 60_000,
      what: 'the mail of the charge',
    });
    // Who is charged by itself is not reminded.
    expect(await kinds(owner.email)).not.toContain('payment-reminder');
    results[card] = await until(async () => (await caught(owner.email)).find(({ text }) => /confirm|could not be charged/.test(text)), {
      timeoutMs: 60_000,
      what: 'it in the mailbox',
    });
  }
  expect(results['pm_card_authenticationRequired'].text).toMatch(/3-D Secure[\s\S]*https?:\/\//);
  expect(results['pm_card_chargeCustomerFail'].text).toMatch(/declined/);
});

it('keeps back what waits while the database looks restored, and only then', { timeout: 120_000 }, async () => {
  const { services } = plinth.runtime;
  const write = async (name: string) => {
    const to = { address: `${name}@hold.test`, name: null };
    const order = {
      kind: 'refund-made',
      to,
      locale: 'en',
      userId: null,
      organizationId: null,
      data: { amount: '1 EUR', link: '' },
    } as const;
    await inTransaction(shop.db, (tx) => services.mail(tx, order));
  };
  const becomes = (name: string, status: string) =>
    until(async () => (await mails(`${name}@hold.test`))[0]?.status === status, { timeoutMs: 30_000, what: `${name} to be ${status}` });
  // A person who holds destructive work holds nothing of what is told.
  await shop.ok('PUT', '/api/admin/kill-switches', { destructive_hold: true, reason: 'a look at the racks' });
  await write('by-hand');
  await becomes('by-hand', 'sent');
  await shop.ok('PUT', '/api/admin/kill-switches', { destructive_hold: false });
  await holdDestructive(services, 'it looks restored');
  await write('after');
  await write('another');
  await shop.db.mailDelivery.updateMany({ where: { address: 'another@hold.test' }, data: { createdAt: new Date(Date.now() - 3_600_000) } });
  await becomes('another', 'failed');
  expect((await mails('after@hold.test'))[0]).toMatchObject({ status: 'waiting' });
  await shop.ok('PUT', '/api/admin/kill-switches', { destructive_hold: false });
  await becomes('after', 'sent');
});
