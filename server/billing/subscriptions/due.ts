/** One due event of one subscription, in one transaction, as of the instant at which it was due. */
import { periodDiscount } from '../coupons/coupons.ts';
import { noteUse } from '../coupons/store.ts';
import { lockInvoice } from '../invoices/store.ts';
import { issueInvoice } from '../invoices/issue.ts';
import { isPayable, voidInvoice } from '../invoices/settle.ts';
import { requestCharge } from '../charges/charges.ts';
import { defaultMethod } from '../charges/store.ts';
import { BY_ITSELF } from '../../kernel/kill-switches/kill-switches.ts';
import { timeNow } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/database.ts';
import type { Services } from '../../kernel/services.ts';
import { plinthItself } from '../../identity/policy/grants.ts';
import { productName } from '../../products/store.ts';
import { suspendFor } from '../../vps/suspension/suspension.ts';
import { endForGood } from '../../vps/termination/termination.ts';
import { instantOf } from '../calendar.ts';
import { policyOf, policyOfRow } from '../dunning/policies.ts';
import { type Outage, type Policy, stageTimes } from '../dunning/policy.ts';
import { chargeUnderWay, claimSubscription, markStage, standingOf, vpsStatus } from './due-store.ts';
import { rateUsage } from '../usage/rate.ts';
import { applyChange } from './apply-change.ts';
import { openPeriod, periodNumber } from './life.ts';
import { optionsOf } from './options.ts';
import { periodAmounts, periodLines } from './period-lines.ts';
import { nextEvent } from './schedule.ts';
import { changeSubscription, dateText, lastPeriod, openChange, type Subscription, subscriptionById, tell } from './store.ts';

const BY = plinthItself('billing');
/** A charge that is under way is waited for before its customer is harmed. */
const HOUR_MS = 3_600_000;

/** `waiting`: it could not happen yet, and stays due. `none`: somebody else is at it, or it is not due any more. */
export type Outcome = 'done' | 'waiting' | 'none';

/** The next event, from the rows as they are now; written to the subscription. */
export async function plan(
  tx: Db,
  { id, organizationId }: Pick<Subscription, 'id' | 'organizationId'>,
  outage: Outage | null,
  known?: Policy,
): Promise<Subscription> {
  const subscription = await standingOf(tx, id);
  const { renewalStatus, renewalIndex, billingZone } = subscription;
  const last = subscription.status === 'pending' ? null : subscription.lastEnd;
  const renewal =
    renewalStatus === null || renewalIndex === null
      ? null
      : {
          index: renewalIndex,
          due: periodNumber(subscription, renewalIndex).start,
          paid: !isPayable({ status: renewalStatus }),
          done: new Set(subscription.stagesDone),
        };
  const standing = {
    status: subscription.status,
    interval: subscription.interval,
    zone: billingZone,
    cancelAtEnd: subscription.cancelAtEnd,
    endsAt: subscription.endsAt,
    // In a trial it is the anchor at which the first period begins.
    periodEnd: last ? dateText(last) : subscription.anchorDate && dateText(subscription.anchorDate),
    startedAt: subscription.startedAt,
    nextIndex: subscription.nextIndex,
    renewal,
    ending: subscription.status === 'terminating' && subscription.formerStatus === null,
  };
  const next = nextEvent(standing, known ?? (await policyOf(tx, organizationId)), outage);
  return await changeSubscription(tx, id, { nextEvent: next?.event ?? null, nextEventAt: next?.at ?? null, problem: null });
}

/** Does what is due by its organization's clock. */
export async function happen(services: Services, tx: Db, id: string, outage: Outage | null): Promise<Outcome> {
  const claimed = await claimSubscription(tx, id);
  if (!claimed) return 'none';
  const { frozenAt, policyStages, ...subscription } = claimed;
  const now = frozenAt ?? timeNow();
  const { nextEvent: event, nextEventAt: at } = subscription;
  if (event === null || at === null || at > now) return 'none';
  const policy = policyOfRow(policyStages);
  const done = await act({ services, tx, subscription, at, now, policy }, event);
  if (done !== 'waiting') await plan(tx, subscription, outage, policy);
  return done;
}

interface Due {
  readonly services: Services;
  readonly tx: Db;
  readonly subscription: Subscription;
  /** When it was due. */
  readonly at: Date;
  readonly now: Date;
  readonly policy: Policy;
}

async function act(due: Due, event: string): Promise<Outcome> {
  if (event === 'issue-renewal') return await issueRenewal(due);
  if (event === 'open-period') return await openNext(due);
  if (event === 'end') return await beginEnd(due, 'cancelled');
  if (event === 'prove-end') return await proveEnd(due);
  return await stage(due, event);
}

/** The invoice of the next period. A product that is sold no more is renewed as long as its subscription runs. */
async function issueRenewal({ services, tx, subscription, at }: Due): Promise<Outcome> {
  const { id, organizationId, currency, billingZone, nextIndex, taxBehavior } = subscription;
  const period = periodNumber(subscription, nextIndex);
  // A smaller product that was asked for with the next period is what that costs.
  const asked = await openChange(tx, id);
  // An upgrade that waits for its payment may yet come to nothing.
  const coming = asked?.effective === 'period_end' ? asked : null;
  const { productId } = coming ?? subscription;
  const amount = coming && coming.kind !== 'option' ? coming.amount : amountFrom(subscription, period.start);
  const options = optionsOf({ options: coming?.options ?? subscription.options });
  const discount = await periodDiscount(tx, { ...subscription, productId }, periodAmounts({ amount, options }));
  const text = (await productName(tx, productId)) ?? 'Subscription';
  const invoice = await issueInvoice(services, tx, {
    organizationId,
    kind: 'renewal',
    currency,
    dueAt: instantOf(period.start, billingZone),
    at,
    actor: BY_ITSELF,
    subscriptionId: id,
    lines: periodLines(
      { text, amount, options },
      {
        inclusive: taxBehavior === 'inclusive',
        subscriptionId: id,
        periodIndex: nextIndex,
        period: { start: period.start, end: period.end },
      },
      discount?.off,
      discount?.code,
    ),
  });
  if (discount) await noteUse(tx, discount.redemptionId, nextIndex, invoice.id);
  await changeSubscription(tx, id, { renewalInvoiceId: invoice.id, renewalIndex: nextIndex });
  await tell(tx, id, 'renewal-issued', invoice.number ?? invoice.id, { invoice: invoice.id, index: nextIndex, start: period.start }, at);
  return 'done';
}

/** What a period that begins on that day costs: the price that was announced for it, or the present one. */
function amountFrom({ amount, announcedAmount, announcedFrom }: Subscription, start: string): bigint {
  return announcedAmount !== null && announcedFrom !== null && dateText(announcedFrom) <= start ? announcedAmount : amount;
}

/** A period begins, paid or not: what is not paid is past due, unless it is charged this very day. */
async function openNext({ services, tx, subscription: given, at }: Due): Promise<Outcome> {
  const { id, renewalInvoiceId, organizationId } = given;
  const change = await openChange(tx, id);
  const applied = change?.effective === 'period_end';
  if (applied) await applyChange(services, tx, given, change, at);
  const changed = applied ? (await subscriptionById(tx, null, id))! : given;
  const amount = amountFrom(changed, periodNumber(changed, changed.nextIndex).start);
  const isNew = amount !== changed.amount;
  const over = await lastPeriod(tx, id);
  if (over) await rateUsage(services, tx, changed, over, at);
  const subscription = isNew ? await changeSubscription(tx, id, { amount, announcedAmount: null, announcedFrom: null }) : changed;
  const invoice = (await lockInvoice(tx, renewalInvoiceId!))!;
  await openPeriod(tx, subscription, invoice.id, at);
  if (!isPayable(invoice)) await changeSubscription(tx, id, { renewalInvoiceId: null, renewalIndex: null });
  else if ((await defaultMethod(tx, organizationId)) === null) await pastDue(tx, subscription, at);
  return 'done';
}

export async function pastDue(tx: Db, { id, status }: Subscription, at: Date): Promise<void> {
  if (status !== 'active') return;
  await changeSubscription(tx, id, { status: 'past_due' });
  await tell(tx, id, 'past-due', 'period began unpaid', {}, at);
}

/** A stage of an invoice that is not paid; each happens once. */
async function stage(due: Due, name: string): Promise<Outcome> {
  const { services, tx, subscription, at, now, policy } = due;
  const { id, renewalInvoiceId, vpsId } = subscription;
  const found = policy.stages.find((each) => each.name === name);
  const invoice = renewalInvoiceId === null ? null : await lockInvoice(tx, renewalInvoiceId);
  if (!found || !invoice || !isPayable(invoice)) return 'done';
  const held = invoice.collectionHoldUntil !== null && invoice.collectionHoldUntil > at;
  const harms = found.act === 'suspend' || found.act === 'terminate' || found.act === 'destroy';
  if (harms && (held || (await chargeUnderWay(tx, invoice.id)))) {
    // As of a later instant, and so in the order of what else is due then.
    const later = new Date(Math.max(at.getTime(), Math.min(now.getTime(), at.getTime() + HOUR_MS)) + HOUR_MS);
    await changeSubscription(tx, id, { nextEventAt: later });
    return 'waiting';
  }
  const outcome = await reached(due, found.act, invoice.id);
  await markStage(tx, { invoiceId: invoice.id, stage: name, subscriptionId: id, outcome, at });
  const told = {
    invoice: invoice.id,
    outcome,
    act: found.act,
    suspended: subscription.status === 'suspended' ? 'yes' : '',
    ...datesOf(subscription, policy),
  };
  await tell(tx, id, name, invoice.number ?? invoice.id, told, at);
  if (found.act === 'suspend') await changeSubscription(tx, id, { status: 'suspended' });
  // What a person made, a person switches off.
  if (found.act === 'suspend' && vpsId !== null) {
    const words = `Invoice ${invoice.number ?? invoice.id} is not paid.`;
    await suspendFor(services, tx, BY, vpsId, { reason: 'dunning', cause: invoice.id, words, at });
  }
  if (found.act === 'destroy') await giveUp(due);
  return 'done';
}

/** When its service is suspended and when it ends, while nobody pays. */
function datesOf(subscription: Subscription, policy: Policy): Record<string, string> {
  const { start } = periodNumber(subscription, subscription.renewalIndex!);
  const times = stageTimes(policy, start, subscription.billingZone, null);
  const when = (act: string) => times.find(({ stage: { act: each } }) => each === act)?.at.toISOString() ?? '';
  return { suspends: when('suspend'), ends: when('terminate') };
}

async function reached({ tx, subscription, at }: Due, act: string, invoiceId: string): Promise<string> {
  const { id, organizationId, status } = subscription;
  if (act === 'remind') return (await defaultMethod(tx, organizationId)) === null ? 'told' : 'automatic';
  if (act === 'charge') {
    const asked = await requestCharge(tx, invoiceId, at, BY_ITSELF);
    if (typeof asked === 'string') await pastDue(tx, subscription, at);
    return typeof asked === 'string' ? asked : 'asked';
  }
  if (act === 'terminate') await changeSubscription(tx, id, { status: 'terminating', formerStatus: status });
  return 'done';
}

/** The server of an unpaid subscription is destroyed; until then paying brings all of it back. */
async function giveUp({ services, tx, subscription, at }: Due): Promise<void> {
  const { id, vpsId } = subscription;
  await changeSubscription(tx, id, { status: 'terminating', formerStatus: null, endsAt: at, endReason: 'It was not paid.' });
  if (vpsId !== null) await endForGood(services, tx, vpsId, { finalSnapshot: true });
}

/** Its end was ordered, and is there. */
export async function beginEnd({ services, tx, subscription, at }: Omit<Due, 'now' | 'policy'>, cause: string): Promise<Outcome> {
  const { id, vpsId, endReason } = subscription;
  await changeSubscription(tx, id, { status: 'terminating', formerStatus: null, endsAt: at, endReason: endReason ?? 'It was cancelled.' });
  await tell(tx, id, 'ending', cause, {}, at);
  if (vpsId !== null) await endForGood(services, tx, vpsId, { finalSnapshot: true });
  return 'done';
}

/** Ended only when the provider is proven to have nothing of it any more; what was still asked for is void then. */
async function proveEnd({ services, tx, subscription, at }: Due): Promise<Outcome> {
  const { id, vpsId, renewalInvoiceId } = subscription;
  const status = vpsId === null ? 'terminated' : await vpsStatus(tx, vpsId);
  if (status !== null && status !== 'terminated') return 'waiting';
  if (renewalInvoiceId !== null) {
    const invoice = (await lockInvoice(tx, renewalInvoiceId))!;
    const why = 'The subscription ended.';
    if (invoice.status === 'open' || invoice.status === 'draft')
      await voidInvoice(services, tx, invoice.id, { at, actor: BY_ITSELF, reason: why });
  }
  const last = await lastPeriod(tx, id);
  if (last) await rateUsage(services, tx, subscription, last, subscription.endsAt ?? at);
  await changeSubscription(tx, id, { status: 'ended', endedAt: at, renewalInvoiceId: null, renewalIndex: null });
  await tell(tx, id, 'ended', 'server gone, proven', {}, at);
  return 'done';
}
