/** A payment that its payer takes back at their bank: its server goes on for three days, then it is off until that is settled. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tillOf } from '../server/payments/accounts.ts';
import { suspendDisputed } from '../server/payments/disputed-servers.ts';
import { applyDispute } from '../server/payments/disputes.ts';
import { withDatabase } from './support/database.ts';
import { type Plinth, startPlinth } from './support/plinth.ts';
import { type Customer, Selling } from './support/selling.ts';
import { until } from './support/until.ts';

const HOUR_MS = 3_600_000;
const database = withDatabase();
let plinth: Plinth;
let place: Record<string, unknown>;
const shop = new Selling(() => plinth);

beforeAll(async () => {
  plinth = await startPlinth(database.url);
  await shop.open();
  place = await shop.somewhere();
}, 600_000);
afterAll(() => plinth?.stop());

interface Bought {
  readonly customer: Customer;
  readonly vpsId: string;
  readonly payment: { readonly id: string; readonly provider: string; readonly providerPaymentId: string; readonly amount: bigint };
}

/** A server that somebody paid for by card. */
async function bought(label: string): Promise<Bought> {
  const customer = await shop.customer();
  const product = await shop.product({}, { candidates: [place] });
  const order = await shop.order(customer, product.id, { label });
  const { attempt } = await shop.ok('POST', `/api/invoices/${order.invoice_id}/pay`, {}, customer.token);
  await fetch(attempt.url, { method: 'POST', body: new URLSearchParams({ card: '4242424242424242' }), redirect: 'manual' });
  const made = await shop.orderIs(order.id, 'fulfilled');
  const payment = await shop.db.payment.findFirstOrThrow({ where: { organizationId: customer.id } });
  return { customer, vpsId: made.items[0].vps_id, payment };
}
const statusOf = async (id: string): Promise<string> => (await shop.ok('GET', `/api/vps/${id}`)).instance.status;
const becomes = (id: string, status: string) =>
  until(
    async () => {
      const { instance } = await shop.ok('GET', `/api/vps/${id}`);
      return instance.status === status && instance.under_way === null ? instance : undefined;
    },
    { timeoutMs: 60_000, what: `the server to be ${status}` },
  );
async function tell({ payment }: Bought, dispute: string, status: 'open' | 'won' | 'lost', hoursAgo: number): Promise<void> {
  const { services } = plinth.runtime;
  const money = { amount: payment.amount, currency: 'EUR' };
  const state = { dispute, payment: payment.providerPaymentId, money, status, reason: 'fraudulent' };
  const till = await tillOf(services, shop.db, payment.provider as 'stripe');
  await applyDispute(services, till, { ...state, createdAt: new Date(Date.now() - hoursAgo * HOUR_MS) });
}
/** The mails about it, oldest first, once there are that many. */
async function toldOf({ customer }: Bought, count: number): Promise<{ subject: string; text: string }[]> {
  const address = `books-${customer.id}@mail.test`;
  const mine = async () => (await shop.ok('GET', '/api/mailbox')).mails.filter((each: any) => each.to.includes(address)) as any[];
  const about = /stands again|taken back|is disputed|gilt wieder|zurückgeholt|widersprochen/;
  return await until(
    async () => {
      const found = (await mine()).filter(({ subject }) => about.test(subject));
      return found.length >= count ? found.toReversed() : undefined;
    },
    { timeoutMs: 60_000, what: `${count} mails about the dispute` },
  );
}
const listensAt = async ({ customer }: Bought, locale: string): Promise<void> => {
  await shop.db.billingProfile.update({
    where: { organizationId: customer.id },
    data: { email: `books-${customer.id}@mail.test`, locale },
  });
};
const sweep = () => suspendDisputed(plinth.runtime.services, new AbortController().signal);

it('goes on for three days, is off while it is open, and on again when it is won', { timeout: 180_000 }, async () => {
  const mine = await bought('disputed');
  const [first, second] = [`du_${randomUUID()}`, `du_${randomUUID()}`];
  await tell(mine, first, 'open', 71);
  await sweep();
  expect(await statusOf(mine.vpsId)).toBe('active');
  await shop.db.dispute.updateMany({ where: { providerId: first }, data: { suspendsAt: new Date(Date.now() - HOUR_MS) } });
  // A database that looks restored harms nobody.
  await shop.ok('PUT', '/api/admin/kill-switches', { destructive_hold: true, reason: 'a look' });
  await sweep();
  expect(await statusOf(mine.vpsId)).toBe('active');
  await shop.ok('PUT', '/api/admin/kill-switches', { destructive_hold: false });
  await Promise.all([sweep(), sweep()]);
  expect(await becomes(mine.vpsId, 'suspended')).toMatchObject({ suspension: { reason: 'A payment for it is disputed.' } });
  const refused = await shop.call('POST', `/api/vps/${mine.vpsId}/actions`, { action: 'start' }, mine.customer.token);
  expect(refused.status).toBe(409);
  // A second one of the same payment keeps it off when the first is won.
  await tell(mine, second, 'open', 100);
  await tell(mine, first, 'won', 100);
  await sweep();
  await becomes(mine.vpsId, 'suspended');
  await tell(mine, second, 'won', 100);
  await becomes(mine.vpsId, 'active');
  await sweep();
  expect(await statusOf(mine.vpsId)).toBe('active');
});

it('stays off when it is lost, until its debt is paid', { timeout: 180_000 }, async () => {
  const mine = await bought('lost');
  await listensAt(mine, 'de');
  const dispute = `du_${randomUUID()}`;
  await tell(mine, dispute, 'open', 73);
  await sweep();
  await becomes(mine.vpsId, 'suspended');
  await tell(mine, dispute, 'lost', 73);
  await sweep();
  expect(await statusOf(mine.vpsId)).toBe('suspended');
  const debt = await shop.db.invoice.findFirstOrThrow({ where: { organizationId: mine.customer.id, kind: 'debt' } });
  expect(debt.total).toBe(mine.payment.amount);
  const [opened, lost, ...more] = await toldOf(mine, 2);
  expect(opened).toMatchObject({ subject: expect.stringContaining('widersprochen'), text: expect.stringMatching(/abgeschaltet/) });
  expect(lost).toMatchObject({ subject: expect.stringContaining('zurückgeholt'), text: expect.stringContaining('eigenen Rechnung') });
  expect(more).toEqual([]);
  await shop.payInvoice(debt.id);
  await becomes(mine.vpsId, 'active');
});

it('leaves alone whose policy suspends nobody, and what staff switched on again', { timeout: 180_000 }, async () => {
  const [mild, lifted] = [await bought('mild'), await bought('lifted')];
  const stages = [{ name: 'remind', act: 'remind', days: -1 }];
  const policy = { name: 'mild', is_default: false, issue_days: 14, issue_days_of_year: 30, grace_days: 3, stages };
  const { policy: kept } = await shop.ok('PUT', '/api/admin/dunning-policies', policy);
  await shop.ok('PUT', `/api/admin/organizations/${mild.customer.id}/dunning-policy`, { policy_id: kept.id });
  await listensAt(mild, 'en');
  for (const each of [mild, lifted]) await tell(each, `du_${randomUUID()}`, 'open', 73);
  await sweep();
  await becomes(lifted.vpsId, 'suspended');
  expect(await statusOf(mild.vpsId)).toBe('active');
  const [{ subject, text }] = (await toldOf(mild, 1)) as [{ subject: string; text: string }];
  expect(subject).toContain('is disputed');
  expect(text).not.toContain('switched off');
  await shop.ok('POST', `/api/vps/${lifted.vpsId}/actions`, { action: 'unsuspend' });
  await becomes(lifted.vpsId, 'active');
  await sweep();
  expect(await statusOf(lifted.vpsId)).toBe('active');
});
