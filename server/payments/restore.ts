/**
 * After a restore from a backup. While the database counts as restored (the hold of server/kernel/kill-switches) nobody is
 * charged. What was paid, given back and disputed since the backup is read at the payment providers and booked: towards its
 * invoice where that is still there, else as credit, so that an invoice that is made again is paid by it and not charged again.
 * Numbers go on above the highest that was seen outside: in this file beside the database, and in what the providers keep.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { writePrivate } from '../../lib/private-files.ts';
import { changeCredit } from '../billing/credit/credit.ts';
import { listSeries, raiseSeries, type Series } from '../billing/invoices/numbers-store.ts';
import { invoiceById } from '../billing/invoices/store.ts';
import { appendAudit } from '../kernel/audit.ts';
import { type Db, inTransaction } from '../kernel/database.ts';
import { globalSwitches } from '../kernel/kill-switches/kill-switches.ts';
import { raiseAlert, writeSetting } from '../kernel/kill-switches/store.ts';
import type { Services } from '../kernel/services.ts';
import { readSetting } from '../kernel/settings.ts';
import { listPaymentAccounts, organizationOfCustomer } from './accounts-store.ts';
import { type Till, tillOf } from './accounts.ts';
import { applyPayment } from './apply.ts';
import { applyDispute } from './disputes.ts';
import type { PaymentState } from './provider.ts';
import { recordPayment } from './record.ts';
import { applyRefund } from './refunds.ts';
import { newestPaymentBefore } from './store.ts';

const LOOK_MS = 5_000;
const FILE = 'numbers.json';
const RECONCILED = 'billing.reconciled';
const DAY_MS = 86_400_000;
/** How far back is read when the database knows of no payment at all. */
const FAR_MS = 40 * DAY_MS;
const Anchor = z.object({
  installation: z.string(),
  series: z.array(z.object({ name: z.enum(['INV', 'CN']), year: z.int(), next: z.int() })),
});

/** Takes up the numbers beside the database before it resolves: call it before anything can be issued. */
export async function startRestoredBilling(services: Services): Promise<{ stop(): Promise<void> }> {
  await anchorNumbers(services);
  const stopping = new AbortController();
  const looking = (async () => {
    while (!stopping.signal.aborted) {
      await look(services).catch((error: unknown) =>
        services.log.warn({ err: error }, 'billing could not be compared with the payment providers; it is tried again'),
      );
      await delay(LOOK_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await looking;
    },
  };
}

async function look(services: Services): Promise<void> {
  await anchorNumbers(services);
  const { hold } = await globalSwitches(services.db);
  if (hold !== null && (await readSetting(services.db, RECONCILED)) !== hold.at) await reconcile(services, hold.at);
}

/** The file's numbers and the database's: each goes on from the higher one. */
async function anchorNumbers({ db, config }: Services): Promise<void> {
  const installation = String(await readSetting(db, 'installation'));
  const path = join(config.dataDir, FILE);
  const kept = await readAnchor(path);
  if (kept?.installation === installation) for (const { name, year, next } of kept.series) await raiseAbove(db, name, year, next - 1);
  const series = await listSeries(db);
  const text = `${JSON.stringify({ installation, series })}\n`;
  if (series.length > 0 && text !== (await readFile(path, 'utf8').catch(() => ''))) await writePrivate(path, text);
}

async function readAnchor(path: string): Promise<z.infer<typeof Anchor> | null> {
  try {
    const parsed = Anchor.safeParse(JSON.parse(await readFile(path, 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

async function raiseAbove(db: Db, name: Series, year: number, seen: number): Promise<void> {
  const now = (await listSeries(db)).find((each) => each.name === name && each.year === year)?.next ?? 1;
  if (seen >= now) await raiseSeries(db, name, year, seen);
}

/** Reads everything since the newest payment that the database knows, and books it. Safe to repeat. */
export async function reconcile(services: Services, heldAt: string): Promise<void> {
  const newest = await newestPaymentBefore(services.db, new Date(heldAt));
  const since = new Date((newest ?? new Date(Date.parse(heldAt) - FAR_MS)).getTime() - DAY_MS);
  const booked = { payments: 0, refunds: 0, disputes: 0 };
  for (const { provider } of await listPaymentAccounts(services.db)) {
    const till = await tillOf(services, services.db, provider);
    const payments = await till.client.paymentsSince(since);
    await raiseFromMetadata(services.db, payments);
    for (const state of payments) if (state.status === 'succeeded' && (await bookPayment(services, till, state))) booked.payments += 1;
    for (const state of await till.client.refundsSince(since))
      if ((await applyRefund(services, till, state, 'restore')) === 'applied') booked.refunds += 1;
    for (const state of await till.client.disputesSince(since))
      if ((await applyDispute(services, till, state, 'restore')) === 'applied') booked.disputes += 1;
  }
  await inTransaction(services.db, async (tx) => {
    await writeSetting(tx, RECONCILED, heldAt);
    await raiseAlert(tx, {
      kind: 'billing-restored',
      target: 'billing',
      message: `Since the backup ${booked.payments} payments, ${booked.refunds} refunds and ${booked.disputes} disputes were found at the payment providers and booked. Look through them, then lift the hold: until then nobody is charged.`,
      data: booked,
    });
    await appendAudit(tx, { actor: 'plinth', action: 'billing.reconciled', target: 'billing', organizationId: null, data: booked });
  });
}

/** Each attempt took with it the numbers so far; each payment since may have been numbered by itself. */
async function raiseFromMetadata(db: Db, payments: readonly PaymentState[]): Promise<void> {
  const highest = new Map<string, { name: Series; year: number; next: number }>();
  for (const { numbers } of payments)
    for (const [, name, year, next] of (numbers ?? '').matchAll(/\b(INV|CN)-(\d{4}):(\d{1,9})\b/g)) {
      const known = highest.get(`${name}-${year}`);
      if (!known || known.next < Number(next))
        highest.set(`${name}-${year}`, { name: name as Series, year: Number(year), next: Number(next) });
    }
  const beyond = payments.filter(({ status, numbers }) => status === 'succeeded' && numbers !== null).length;
  for (const { name, year, next } of highest.values()) await raiseAbove(db, name, year, next - 1 + (name === 'INV' ? beyond : 0));
}

/** Of an attempt that the database has lost: the customer at the provider says whose it is. */
async function bookPayment(services: Services, till: Till, state: PaymentState): Promise<boolean> {
  const applied = await applyPayment(services, till, state, 'restore');
  if (applied !== 'unmatched') return applied === 'applied';
  const organizationId = state.customer === null ? null : await organizationOfCustomer(services.db, till.provider.id, state.customer);
  if (organizationId === null) return false;
  return await inTransaction(services.db, async (tx) => {
    const invoice = state.invoiceId === null ? null : await invoiceById(tx, organizationId, state.invoiceId);
    const recorded = await recordPayment(services, tx, {
      organizationId,
      invoiceId: invoice?.id ?? null,
      attemptId: null,
      provider: till.provider.id,
      providerPaymentId: state.payment,
      money: state.money,
      receivedAt: state.createdAt,
      source: 'restore',
      label: state.label,
      actor: 'plinth',
    });
    if (recorded?.outcome !== 'unallocated') return recorded !== null;
    const { id, currency, amount } = recorded.payment;
    await changeCredit(tx, {
      organizationId,
      currency,
      amount,
      kind: 'overpayment',
      causeKey: `overpaid:${id}`,
      actor: 'plinth',
      at: state.createdAt,
      note: 'paid before the database was restored',
    });
    return true;
  });
}
