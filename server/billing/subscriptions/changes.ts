/**
 * Another product, price or interval, or more or less of its options. An upgrade takes effect when the difference for the days that are left is paid; a
 * downgrade with the next period, or at once with the difference as credit; another interval closes the period that runs and
 * begins its own. Credit and debit are taken from the prices of the segment that runs.
 */
import { randomUUID } from 'node:crypto';
import { formatAmount, money } from '../../../contract/money.ts';
import type { Interval } from '../../../contract/product.ts';
import { draftInvoice, type LineInput } from '../invoices/issue.ts';
import { isPayable, voidInvoice } from '../invoices/settle.ts';
import { lockInvoice } from '../invoices/store.ts';
import { businessNow } from '../../kernel/business-clock.ts';
import type { Db, Commit } from '../../kernel/database.ts';
import { notFound, Refusal, refuseField } from '../../kernel/problem.ts';
import { type Principal, type Services, within } from '../../kernel/services.ts';
import { holdsAt } from '../../products/present.ts';
import { productById, type ProductRow } from '../../products/store.ts';
import { planChange } from '../../vps/changes/actions.ts';
import { toBackups } from '../../vps/changes/planning.ts';
import { vpsById } from '../../vps/store.ts';
import { netOf } from '../coupons/coupons.ts';
import { dateAt } from '../calendar.ts';
import { changeInterval, type Proration, prorate } from '../proration.ts';
import { applyChange, dropRenewal } from './apply-change.ts';
import { changing } from './cancel.ts';
import { creditPeriod } from './credit-period.ts';
import { optionsAfter, optionsOf, wantsBackups } from './options.ts';
import { periodAmounts, type PricedOption } from './period-lines.ts';
import { presentOptions } from './present.ts';
import {
  dateOf,
  daysOf,
  endChange,
  insertChange,
  lastPeriod,
  openChange,
  segmentsOf,
  type Subscription,
  type SubscriptionChange,
  subscriptionById,
  type SubscriptionPeriod,
  tell,
} from './store.ts';

const PAY_MS = 24 * 3_600_000;

export interface ChangeRequest {
  readonly productId: string | undefined;
  readonly interval: Interval | undefined;
  readonly options: Readonly<Record<string, number>> | undefined;
  readonly effective: 'now' | 'period_end' | undefined;
}

interface Target {
  readonly product: ProductRow;
  readonly interval: Interval;
  readonly amount: bigint;
  /** Null: what was added stays. */
  readonly options: readonly PricedOption[] | null;
  readonly candidateId: string | null;
  /** Null: the server stays as it is. */
  readonly plan: string | null;
}

/** @throws Refusal when it cannot be had, is nothing new, or another change is open. */
export async function prepareChange(
  services: Services,
  principal: Principal,
  id: string,
  asked: ChangeRequest,
): Promise<Commit<Subscription>> {
  const seen = await subscriptionById(services.db, principal.organizationId, id);
  if (!seen) throw notFound('subscription', id);
  refuseBoth(asked);
  // The provider may have to be asked, so that is done before anything is held.
  const plan = await planAt(services, seen, asked.productId);
  return (outer) =>
    changing(within(services, outer), principal, id, async (tx, subscription, at) => {
      if (subscription.status !== 'active')
        throw new Refusal(409, 'not_active', `The subscription is ${subscription.status}. It can be changed while it is active.`);
      if (await openChange(tx, id)) throw new Refusal(409, 'change_open', 'A change is open already. Pay it or withdraw it first.');
      const target = { ...(await targetOf(tx, subscription, asked, at)), ...plan };
      const period = await lastPeriod(tx, id);
      if (!period) throw new Refusal(409, 'in_trial', 'Its trial runs. It can be changed when the first period has begun.');
      const date = dateAt(at, subscription.billingZone);
      const { kind, less, effective } = wayOf(subscription, target, asked);
      await refuseOption(services, tx, subscription, target, kind);
      // One that takes effect now drops it when it does: until then the period is asked for as it is.
      if (effective === 'period_end') await dropRenewal(services, tx, principal, subscription, at);
      const common = {
        id: randomUUID(),
        subscriptionId: id,
        organizationId: subscription.organizationId,
        kind,
        effective,
        interval: target.interval,
      };
      const { product, amount, options, candidateId } = target;
      const what = { productId: product.id, amount, options, candidateId, plan: target.plan };
      const base = { ...common, ...what, requestedBy: principal.name, createdAt: at };
      await tell(tx, id, 'change-requested', principal.name, { change: base.id, kind, effective, product: target.product.name }, at);
      if (effective === 'period_end') {
        await insertChange(tx, { ...base, credit: 0n, debit: 0n, changeDate: null, invoiceId: null, expiresAt: null });
        return;
      }
      const cost = await costOf(tx, subscription, period, date, target);
      const dated = { ...base, credit: cost.credit.amount, debit: cost.debit.amount, changeDate: dateOf(date) };
      if (less) return await downgradeNow(services, tx, subscription, period, { ...dated, cost }, at);
      if (cost.due.amount < 0n)
        throw new Refusal(
          409,
          'change_gives_back',
          'What is left of the present period comes to more than the new one. Cancel with its end, and order anew.',
        );
      const expiresAt = new Date(Math.min(at.getTime() + PAY_MS, period.endAt.getTime()));
      const change = await insertChange(tx, { ...dated, invoiceId: null, expiresAt });
      const invoice = await draftInvoice(services, tx, {
        organizationId: subscription.organizationId,
        kind: 'change',
        currency: subscription.currency,
        lines: linesOf(subscription, target, cost, kind),
        dueAt: expiresAt,
        at,
        actor: principal.name,
        subscriptionId: id,
        // It is known by its invoice, which may be paid by credit at once.
        useCredit: false,
      });
      await endChange(tx, change.id, { status: 'open', endedAt: null, invoiceId: invoice.id });
    });
}

/** The same as asking for it, up to where something would be written. @throws Refusal as `prepareChange` does */
export async function previewChange(services: Services, principal: Principal, id: string, asked: ChangeRequest) {
  const subscription = await subscriptionById(services.db, principal.organizationId, id);
  if (!subscription) throw notFound('subscription', id);
  refuseBoth(asked);
  const at = await businessNow(services.db, subscription.organizationId);
  const { plan } = await planAt(services, subscription, asked.productId);
  if (subscription.status !== 'active')
    throw new Refusal(409, 'not_active', `The subscription is ${subscription.status}. It can be changed while it is active.`);
  const target = await targetOf(services.db, subscription, asked, at);
  const { kind, effective } = wayOf(subscription, target, asked);
  await refuseOption(services, services.db, subscription, target, kind);
  const period = await lastPeriod(services.db, id);
  if (!period) throw new Refusal(409, 'in_trial', 'Its trial runs. It can be changed when the first period has begun.');
  const cost = effective === 'now' ? await costOf(services.db, subscription, period, dateAt(at, subscription.billingZone), target) : null;
  const { currency } = subscription;
  const written = (amount: bigint): string => formatAmount(money(amount, currency));
  return {
    kind,
    effective,
    product_id: target.product.id,
    interval: target.interval,
    currency,
    amount: written(target.amount),
    options: presentOptions(target.options ?? optionsOf(subscription), currency),
    credit: written(cost?.credit.amount ?? 0n),
    debit: written(cost?.debit.amount ?? 0n),
    due: written(cost?.due.amount ?? 0n),
    resizes: plan !== null,
  };
}

const refuseBoth = ({ options, productId, interval }: ChangeRequest): void => {
  if (options !== undefined && (productId !== undefined || interval !== undefined))
    throw refuseField('options', 'are changed by themselves', 'Ask for one, and for the other when it is done.', 422, 'not_supported');
};

/** A whole period, before coupons. */
const priceOf = (of: { readonly amount: bigint; readonly options: readonly PricedOption[] }): bigint =>
  periodAmounts(of).reduce((all, each) => all + each, 0n);

/** `less`: it is a smaller price of the same interval, so nothing is to be paid for it. @throws Refusal */
function wayOf(subscription: Subscription, target: Pick<Target, 'amount' | 'interval' | 'options'>, asked: ChangeRequest) {
  const present = optionsOf(subscription);
  const [before, after] = [
    priceOf({ amount: subscription.amount, options: present }),
    priceOf({ amount: target.amount, options: target.options ?? present }),
  ];
  const same = target.interval === subscription.interval;
  const less = same && after <= before;
  const up = same ? (less ? ('downgrade' as const) : ('upgrade' as const)) : ('interval' as const);
  const kind = asked.options === undefined ? up : ('option' as const);
  const effective = asked.effective ?? (less ? 'period_end' : 'now');
  if (effective === 'period_end' && !less)
    throw refuseField('effective', 'of what costs more is now', 'Leave it out.', 422, 'not_supported');
  return { kind, less, effective };
}

/** Whether the server can have it is known before it is paid. @throws Refusal */
async function refuseOption(
  services: Services,
  db: Db,
  { vpsId }: Subscription,
  target: Pick<Target, 'product' | 'options'>,
  kind: string,
) {
  const vps = kind === 'option' && vpsId !== null ? await vpsById(db, null, vpsId) : null;
  const added = new Map((target.options ?? []).map(({ key, quantity }) => [key, quantity]));
  if (vps && wantsBackups(target.product, added)) toBackups(services, vps, true);
}

async function planAt(
  services: Services,
  subscription: Subscription,
  productId: string | undefined,
): Promise<Pick<Target, 'candidateId' | 'plan'>> {
  const vps = subscription.vpsId === null ? null : await vpsById(services.db, null, subscription.vpsId);
  if (productId === undefined || productId === subscription.productId || !vps) return { candidateId: null, plan: null };
  const product = await productById(services.db, productId);
  const candidate = product?.candidates.find(({ accountId, available }) => available && accountId === vps.accountId);
  if (!candidate) throw new Refusal(409, 'no_place', 'That product cannot be had where this server is. Order it anew instead.');
  if (candidate.plan === vps.plan) return { candidateId: candidate.id, plan: null };
  await planChange(services, vps, { action: 'resize', plan: candidate.plan });
  return { candidateId: candidate.id, plan: candidate.plan };
}

async function targetOf(
  tx: Db,
  subscription: Subscription,
  asked: ChangeRequest,
  at: Date,
): Promise<Pick<Target, 'product' | 'interval' | 'amount' | 'options'>> {
  const productId = asked.productId ?? subscription.productId;
  const interval = asked.interval ?? (subscription.interval as Interval);
  const product = await productById(tx, productId);
  if (!product || product.visibility === 'retired') throw notFound('product', productId);
  if (asked.options !== undefined) {
    const options = optionsAfter(subscription, product, interval, asked.options);
    return { product, interval, amount: subscription.amount, options };
  }
  if (productId === subscription.productId && interval === subscription.interval)
    throw refuseField('product_id', 'and interval are as they are', 'Name another product or interval.', 409, 'nothing_to_change');
  const price = product.prices.find((each) => each.interval === interval && each.currency === subscription.currency && holdsAt(each, at));
  if (!price)
    throw refuseField(
      'interval',
      `"${product.name}" has no price a ${interval} in ${subscription.currency}`,
      'Choose another.',
      422,
      'no_price',
    );
  const stock = product.stock.find(({ externalPid }) => externalPid === null);
  if (productId !== subscription.productId && stock && stock.total !== null && stock.reserved + stock.sold >= stock.total)
    throw new Refusal(409, 'sold_out', `"${product.name}" is sold out. Nothing was charged.`);
  return { product, interval, amount: price.amount, options: optionsAfter(subscription, product, interval, undefined) };
}

/** Of the prices after the coupon that the running period was charged with, so that nothing comes back that was never paid. */
async function costOf(
  tx: Db,
  subscription: Subscription,
  period: SubscriptionPeriod,
  date: string,
  target: Pick<Target, 'amount' | 'interval' | 'options'>,
): Promise<Proration> {
  const { orderItemId, currency } = subscription;
  const same = target.interval === subscription.interval;
  const present = optionsOf(subscription);
  const [running, asked] = [
    { amount: subscription.amount, options: present },
    { amount: target.amount, options: target.options ?? present },
  ];
  const net = async (of: typeof asked) => money(await netOf(tx, orderItemId, period.index, periodAmounts(of), currency), currency);
  const [from, to] = [await net(running), same ? await net(asked) : money(priceOf(asked), currency)];
  return same ? prorate(daysOf(period), date, from, to) : changeInterval(daysOf(period), date, from, to);
}

function linesOf(
  subscription: Subscription,
  { product }: Pick<Target, 'product'>,
  { credit, debit }: Proration,
  kind: string,
): LineInput[] {
  const about = { inclusive: subscription.taxBehavior === 'inclusive', subscriptionId: subscription.id };
  const periodIndex = subscription.nextIndex - (kind === 'interval' ? 0 : 1);
  return [
    {
      kind: 'proration_credit',
      unitAmount: -credit.amount,
      parts: { text: product.name, detail: 'what is left of the present price' },
      ...about,
      periodIndex: subscription.nextIndex - 1,
    },
    {
      kind: kind === 'interval' ? 'recurring' : 'proration_debit',
      unitAmount: debit.amount,
      parts: { text: product.name },
      ...about,
      periodIndex,
    },
  ];
}

type Downgrade = Parameters<typeof insertChange>[1] extends infer New
  ? Omit<New, 'invoiceId' | 'expiresAt'> & { readonly cost: Proration }
  : never;

/** At once: what was paid too much for the days that are left is credit, never money back by itself. */
async function downgradeNow(
  services: Services,
  tx: Db,
  subscription: Subscription,
  period: SubscriptionPeriod,
  given: Downgrade,
  at: Date,
): Promise<void> {
  const { cost, ...dated } = given;
  const change = await insertChange(tx, { ...dated, invoiceId: null, expiresAt: null });
  const running = (await segmentsOf(tx, subscription.id, period.index)).at(-1);
  await creditPeriod(services, tx, subscription, period, -cost.due.amount, {
    reason: 'Downgrade.',
    text: 'Less for the days that are left',
    creditKind: 'downgrade',
    causeKey: `downgrade:${change.id}`,
    at,
    actor: change.requestedBy,
  });
  await applyChange(services, tx, subscription, { ...change, invoiceId: running?.invoiceId ?? null }, at);
}

/** By its owner, or by time: nothing is owed for it. */
export async function dropChange(
  services: Services,
  tx: Db,
  change: SubscriptionChange,
  status: 'withdrawn' | 'expired',
  by: string,
  at: Date,
): Promise<void> {
  await endChange(tx, change.id, { status, endedAt: at });
  await tell(tx, change.subscriptionId, `change-${status}`, by, { change: change.id }, at);
  const invoice = change.invoiceId === null ? null : await lockInvoice(tx, change.invoiceId);
  if (invoice && isPayable(invoice)) await voidInvoice(services, tx, invoice.id, { at, actor: by, reason: 'The change does not happen.' });
}

export async function withdrawChange(services: Services, principal: Principal, id: string): Promise<Subscription> {
  return await changing(services, principal, id, async (tx, subscription, at) => {
    const change = await openChange(tx, subscription.id);
    if (!change) throw new Refusal(409, 'no_change', 'No change is open.');
    await dropChange(services, tx, change, 'withdrawn', principal.name, at);
  });
}
