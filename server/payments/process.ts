/** What is done about one event: the object is fetched, for the event is only a hint that something happened to it. */
import { timeIn } from '../kernel/clock.ts';
import { inTransaction } from '../kernel/database.ts';
import { raiseAlert } from '../kernel/kill-switches/store.ts';
import type { Services } from '../kernel/services.ts';
import { keepMethod, organizationOfCustomer } from './accounts-store.ts';
import { type Till, tillOf } from './accounts.ts';
import { type Applied, applyPayment } from './apply.ts';
import { applySession } from './attempts.ts';
import { applyDispute } from './disputes.ts';
import { noteDecline } from './declines.ts';
import { payloadPlace } from './door.ts';
import { type DueEvent, endEvent } from './events-store.ts';
import { PaymentCallError } from './provider.ts';
import { applyRefund } from './refunds.ts';

/** Our own row may be a moment younger than its event; after that it is nobody's. */
const UNMATCHED_TRIES = 5;
const TRIES = 12;

export async function processEvent(services: Services, event: DueEvent): Promise<void> {
  try {
    const till = await tillOf(services, services.db, event.provider);
    const subject = till.provider.subjectOf(services.secrets.open(payloadPlace(event.provider, event.eventId), event.payload));
    const outcome = await applySubject(services, till, subject);
    if (outcome === 'unmatched') return await unmatched(services, event, subject);
    if (till.provider.isDecline(event.type)) await inTransaction(services.db, (tx) => noteDecline(tx, event.provider, subject.id));
    await endEvent(services.db, event, outcome, null, null);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    services.log.warn({ err: error, event: event.eventId }, 'a payment event could not be worked on');
    const over = (error instanceof PaymentCallError && error.fault === 'missing') || event.attempts >= TRIES;
    await endEvent(services.db, event, 'failed', message.slice(0, 1_000), over ? null : pause(event.attempts));
    if (over) await tellStaff(services, event, `could not be worked on: ${message.slice(0, 300)}`);
  }
}

/** 0.5 s, 1 s, 2 s … an hour at most. */
const pause = (attempts: number): Date => timeIn(Math.min(3_600_000, 250 * 2 ** attempts));

interface Subject {
  readonly kind: string;
  readonly id: string;
}

async function applySubject(services: Services, till: Till, { kind, id }: Subject): Promise<Applied> {
  const { client } = till;
  switch (kind) {
    case 'payment':
      return await applyPayment(services, till, await client.paymentState(id), 'webhook');
    case 'checkout': {
      const session = await client.checkoutState(id);
      return session.setup === null
        ? await applySession(services, till, session, 'webhook')
        : await applySetup(services, till, session.setup);
    }
    case 'refund': {
      const state = await client.refundState(id);
      return await afterItsPayment(services, till, state.payment, () => applyRefund(services, till, state));
    }
    case 'charge': {
      const payment = await client.paymentOfCharge(id);
      const all: Applied[] = [];
      for (const refund of payment === null ? [] : await client.refundsOf(payment))
        all.push(await afterItsPayment(services, till, refund.payment, () => applyRefund(services, till, refund)));
      return all.includes('applied') ? 'applied' : all.includes('unmatched') ? 'unmatched' : 'ignored';
    }
    case 'dispute': {
      const state = await client.disputeState(id);
      return await afterItsPayment(services, till, state.payment, () => applyDispute(services, till, state));
    }
    case 'setup':
      return await applySetup(services, till, id);
    default:
      return 'ignored';
  }
}

/** What happened to a payment may be told long before the payment itself, which is then asked for. */
async function afterItsPayment(services: Services, till: Till, payment: string, apply: () => Promise<Applied>): Promise<Applied> {
  const applied = await apply();
  if (applied !== 'unmatched') return applied;
  const known = await applyPayment(services, till, await till.client.paymentState(payment), 'webhook');
  return known === 'unmatched' ? 'unmatched' : await apply();
}

/** A method that somebody saved is that of the organization whose customer it hangs on. */
export async function applySetup(services: Services, { provider, client }: Till, setup: string): Promise<Applied> {
  const method = await client.savedMethod(setup);
  if (!method || method.customer === null) return 'ignored';
  const organizationId = await organizationOfCustomer(services.db, provider.id, method.customer);
  if (organizationId === null) return 'unmatched';
  await inTransaction(services.db, (tx) => keepMethod(tx, services.secrets, organizationId, provider.id, method));
  return 'applied';
}

async function unmatched(services: Services, event: DueEvent, { kind, id }: Subject): Promise<void> {
  const over = event.attempts >= UNMATCHED_TRIES;
  await endEvent(services.db, event, 'unmatched', null, over ? null : pause(event.attempts));
  if (over)
    await tellStaff(
      services,
      event,
      `is about the ${kind} ${id}, which no attempt of ours has made. Look it up at the provider, and record or refund it`,
    );
}

async function tellStaff(services: Services, { provider, eventId }: DueEvent, what: string): Promise<void> {
  await inTransaction(services.db, (tx) =>
    raiseAlert(tx, {
      kind: 'payment-unmatched',
      target: `payment-event:${provider}/${eventId}`,
      message: `A payment event ${what}.`,
      data: { provider, event_id: eventId },
    }),
  );
}
