/** A backup, renewals that are paid after it, and the restored database: no second charge, no number twice, and no mail twice. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { Client } from 'pg';
import { pino } from 'pino';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withPayments } from '../../test/support/payments.ts';
import { requestCharge } from '../billing/charges/charges.ts';
import { readNumber } from '../billing/invoices/numbers-store.ts';
import { issueInvoice } from '../billing/invoices/issue.ts';
import { invoiceById } from '../billing/invoices/store.ts';
import { inTransaction, openDatabase } from '../kernel/database.ts';
import { holdDestructive } from '../kernel/kill-switches/kill-switches.ts';
import { settingOnce } from '../kernel/settings.ts';
import type { Services } from '../kernel/services.ts';
import { startPlacing } from '../kernel/events/placing.ts';
import { startProcessing } from '../kernel/events/processing.ts';
import { processorsBehind } from '../kernel/events/processor-store.ts';
import { Signals } from '../kernel/events/signals.ts';
import { mailSweep, putIntoOutbox } from '../notifications/mail/outbox.ts';
import { moneyTeller } from '../notifications/money-told.ts';
import { requestRefund } from './refunds.ts';
import { startRestoredBilling } from './restore.ts';
import { listPayments } from './store.ts';
import { workOnce } from './worker.ts';
import { until } from '../../test/support/until.ts';

const world = withPayments();
/** What reached the mail server, by subject. */
const arrived: string[] = [];
const smtp = new SMTPServer({
  authOptional: true,
  disabledCommands: ['AUTH', 'STARTTLS'],
  disableReverseLookup: true,
  onData: (stream, _session, done) =>
    void simpleParser(stream).then(({ subject }) => {
      arrived.push(subject ?? '');
      done();
    }, done),
});
beforeAll(() => new Promise<void>((resolve) => void smtp.listen(0, '127.0.0.1', resolve)));
afterAll(() => new Promise<void>((resolve) => smtp.close(() => resolve())));

/** What makes mails of events and sends them, as a process runs it: until `sent` holds and nothing is under way. */
async function mailing(given: Services, url: string, sent: () => Promise<boolean>, sends = true): Promise<void> {
  const { port } = smtp.server.address() as AddressInfo;
  const config = { ...given.config, mode: 'production', mail: { smtpUrl: `smtp://127.0.0.1:${port}`, from: 'Plinth <shop@plinth.test>' } };
  const own = Object.create(given, { config: { value: config } }) as Services;
  Object.defineProperty(own, 'mail', { value: (...[tx, order]: Parameters<Services['mail']>) => putIntoOutbox(own, tx, order) });
  const log = pino({ level: 'silent' });
  const signals = new Signals(url, log);
  const placing = startPlacing(own.db, signals, log);
  const teller = moneyTeller(own);
  const processing = await startProcessing(own.db, log, signals, [teller]);
  await signals.start();
  const sweep = mailSweep(own);
  const idle = async (): Promise<boolean> => {
    if (sends) await sweep.run(new AbortController().signal);
    const [unplaced] = await own.db.$queryRaw<{ count: number }[]>`SELECT count(*)::int AS "count" FROM "event" WHERE "position" IS NULL`;
    return unplaced!.count === 0 && (await processorsBehind(own.db, [teller])).length === 0 && (await sent());
  };
  try {
    await until(idle, { timeoutMs: 60_000, what: 'the mails to be sent' });
  } finally {
    await Promise.all([placing.stop(), processing.stop(), signals.close(), sweep.close?.()]);
  }
}
const asked = (count: number, from: bigint): bigint[] => Array.from({ length: count }, (_, index) => from + BigInt(index));

test(
  'what was paid since the backup is booked, what was issued since is not numbered again, and nobody is charged twice',
  { timeout: 180_000 },
  async () => {
    const customer = await world.customerWithCard();
    await settingOnce(world.db, 'installation', randomUUID());
    await world.db.billingProfile.update({ where: { organizationId: customer }, data: { email: 'pays@customer.test' } });
    const told = async (of: Services, count: number) => (await of.db.mailDelivery.count({ where: { status: 'sent' } })) === count;
    await mailing(world.services, world.url, () => told(world.services, 0));
    const before = await Promise.all(asked(30, 1000n).map((amount) => world.invoice(customer, amount)));

    await mailing(world.services, world.url, () => told(world.services, 30));
    // One waits in the backup, and goes after it.
    await world.invoice(customer, 900n);
    await mailing(world.services, world.url, () => told(world.services, 30), false);
    const copy = `copy_${randomUUID().slice(0, 8)}`;
    await world.db.$disconnect();
    const admin = new Client({ connectionString: Object.assign(new URL(world.url), { pathname: '/postgres' }).href });
    await admin.connect();
    await until(
      () =>
        admin.query(`CREATE DATABASE ${copy} TEMPLATE ${new URL(world.url).pathname.slice(1)}`).then(
          () => true,
          () => undefined,
        ),
      { what: 'the backup' },
    );

    const since = asked(20, 2000n);
    const after = await Promise.all(since.map((amount) => world.invoice(customer, amount)));
    for (const { id } of [...before, ...after]) await world.within((tx) => requestCharge(tx, id, new Date(), 'test'));
    await until(
      async () => {
        await world.work();
        return (await world.db.invoice.count({ where: { organizationId: customer, status: 'paid' } })) === 50;
      },
      { timeoutMs: 120_000, what: 'all to be paid' },
    );
    const [paidOne] = await listPayments(world.db, null, { invoiceId: before[0]!.id }, undefined, 1);
    await requestRefund(world.services, { paymentId: paidOne!.id, amount: 100n, reason: 'goodwill', actor: 'test' });
    // 31 that were issued and not yet paid, 50 that were received, and the refund.
    await mailing(world.services, world.url, () => told(world.services, 82));
    expect(arrived).toHaveLength(82);
    const highest = Math.max(...[...before, ...after].map(({ number }) => readNumber(number!)!.number));
    const charges = async () => (await world.stripe('GET', '/payment_intents?limit=100')).data.length;
    expect(await charges()).toBe(50);

    const dataDir = await mkdtemp(join(tmpdir(), 'plinth-restored-'));
    const db = openDatabase(Object.assign(new URL(world.url), { pathname: `/${copy}` }).href, 10);
    const services: Services = Object.create(world.services, { db: { value: db }, config: { value: { dataDir } } });
    try {
      await holdDestructive(services, 'it looks restored');
      for (const { id } of before) await inTransaction(db, (tx) => requestCharge(tx, id, new Date(), 'test'));
      while ((await workOnce(services)) > 0);
      expect(await charges()).toBe(50);
      const watch = await startRestoredBilling(services);
      await until(async () => (await db.alert.count({ where: { kind: 'billing-restored' } })) > 0, {
        timeoutMs: 30_000,
        what: 'the payments to be read',
      });
      await watch.stop();
      const copyUrl = Object.assign(new URL(world.url), { pathname: `/${copy}` }).href;
      await mailing(services, copyUrl, () => told(services, 30));
      expect(arrived).toHaveLength(82);
      expect(await db.mailDelivery.count({ where: { status: 'failed' } })).toBe(1);
      expect(await db.refund.count({ where: { source: 'restore' } })).toBe(1);
      for (const { id } of before) expect(await invoiceById(db, null, id)).toMatchObject({ status: 'paid' });
      expect(await listPayments(db, null, { organizationId: customer }, undefined, 100)).toHaveLength(50);
      expect(await db.creditBalance.findMany({ where: { organizationId: customer } })).toMatchObject([
        { amount: since.reduce((all, each) => all + each) },
      ]);

      // The hold is lifted: what was asked for before has been paid, and what is made again is paid by the credit.
      await db.setting.deleteMany({ where: { key: 'automation.hold' } });
      await db.paymentAttempt.updateMany({ where: { nextPollAt: { not: null } }, data: { nextPollAt: new Date(0) } });
      while ((await workOnce(services)) > 0);
      for (const amount of since) {
        const again = await inTransaction(db, (tx) =>
          issueInvoice(services, tx, {
            organizationId: customer,
            kind: 'manual',
            currency: 'EUR',
            dueAt: new Date(),
            at: new Date('2026-12-01'),
            actor: 'test',
            lines: [{ kind: 'manual', parts: { text: 'x' }, unitAmount: amount, taxable: false }],
          }),
        );
        expect(again.status).toBe('paid');
        expect(readNumber(again.number!)!.number).toBeGreaterThan(highest);
      }
      expect(await charges()).toBe(50);
      // Of those that were made again only, now that nothing holds mails back: 20 documents that nobody has seen.
      await mailing(services, copyUrl, () => told(services, 50));
      expect(arrived).toHaveLength(102);
    } finally {
      await db.$disconnect();
      await admin.query(`DROP DATABASE IF EXISTS ${copy} WITH (FORCE)`);
      await admin.end();
      await rm(dataDir, { recursive: true, force: true });
    }
  },
);
