/** A change of a subscription as it takes effect. */
import { money } from '../../../contract/money.ts';
import { issueCreditNote } from '../invoices/credit-note.ts';
import { voidInvoice } from '../invoices/settle.ts';
import { lockInvoice } from '../invoices/store.ts';
import type { Db, Prisma } from '../../kernel/database.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import { plinthItself } from '../../identity/policy/grants.ts';
import { VpsSpec } from '../../../stacks/spec.ts';
import { productById } from '../../products/store.ts';
import { toBackups, toPlan } from '../../vps/changes/planning.ts';
import { mustLock, requestOperation } from '../../vps/vps.ts';
import { instantOf } from '../calendar.ts';
import { withChange } from '../proration.ts';
import { rateUsage } from '../usage/rate.ts';
import { openPeriod } from './life.ts';
import { optionsOf, wantsBackups } from './options.ts';
import {
  changePeriod,
  changeSubscription,
  dateOf,
  dateText,
  daysOf,
  endChange,
  lastPeriod,
  replaceSegments,
  segmentsOf,
  type Subscription,
  type SubscriptionChange,
  tell,
} from './store.ts';

const BY = plinthItself('billing');

/** It takes effect: prices of the days that are left, of the periods to come, and the server's plan. */
export async function applyChange(
  services: Services,
  tx: Db,
  subscription: Subscription,
  change: SubscriptionChange,
  at: Date,
): Promise<void> {
  const { id, vpsId, currency } = subscription;
  const { productId, amount, interval, plan } = change;
  // The next period was asked for at the former price.
  if (change.effective === 'now') await dropRenewal(services, tx, BY, subscription, at);
  const period = change.effective === 'now' ? await lastPeriod(tx, id) : null;
  if (period && change.changeDate) {
    const date = dateText(change.changeDate);
    const segments = (await segmentsOf(tx, id, period.index)).map((each) => ({
      ...each,
      from: dateText(each.fromDate),
      to: dateText(each.toDate),
      price: money(each.amount, currency),
    }));
    const ends = change.kind === 'interval' ? { ...daysOf(period), end: date } : daysOf(period);
    const kept =
      change.kind === 'interval'
        ? segments.filter(({ from }) => from < date).map((each) => (each.to > date ? { ...each, to: date } : each))
        : withChange(segments, ends, date, money(amount, currency));
    const rows = kept.map(({ from, to, price }) => {
      const former = segments.find((each) => each.from === from && each.price.amount === price.amount);
      return {
        fromDate: dateOf(from),
        toDate: dateOf(to),
        productId: former?.productId ?? productId,
        amount: price.amount,
        invoiceId: former ? former.invoiceId : change.invoiceId,
      };
    });
    await replaceSegments(tx, id, period.index, rows);
    if (change.kind === 'interval')
      await changePeriod(tx, id, period.index, { endDate: change.changeDate, endAt: instantOf(date, subscription.billingZone) });
  }
  const changed = await changeSubscription(tx, id, {
    // What was announced was for the former one.
    ...(change.kind === 'option' ? {} : { productId, amount, interval, announcedAmount: null, announcedFrom: null }),
    ...(change.options === null ? {} : { options: change.options as Prisma.InputJsonValue }),
    ...(change.kind === 'interval' ? { anchorDate: change.changeDate, anchorIndex: subscription.nextIndex } : {}),
  });
  await tell(tx, id, 'changed', change.requestedBy, { change: change.id, kind: change.kind }, at);
  if (change.kind === 'interval' && period) await rateUsage(services, tx, subscription, period, at);
  if (change.kind === 'interval') await openPeriod(tx, changed, change.invoiceId, at);
  const vps = plan === null || vpsId === null ? null : await mustLock(tx, BY, vpsId);
  const operation = vps
    ? await requestOperation(services, tx, BY, vps, 'resize', { request: toPlan(services, vps, plan!) })
    : await backedUp(services, tx, changed, change);
  if (change.kind === 'option') await tellByHand(services, tx, subscription, change);
  await endChange(tx, change.id, { status: 'applied', endedAt: at, operationId: operation?.id ?? null });
}

/** Its provider's backups begin or end with the option. */
async function backedUp(services: Services, tx: Db, { vpsId, productId }: Subscription, change: SubscriptionChange) {
  if (change.kind !== 'option' || vpsId === null) return null;
  const product = await productById(tx, productId);
  const added = new Map(optionsOf({ options: change.options }).map(({ key, quantity }) => [key, quantity]));
  if (!product?.options.some(({ kind }) => kind === 'backups')) return null;
  const wanted = wantsBackups(product, added);
  const vps = await mustLock(tx, BY, vpsId);
  if (VpsSpec.parse(vps.spec).compute.backups === wanted) return null;
  return await requestOperation(services, tx, BY, vps, 'configure', { request: toBackups(services, vps, wanted) });
}

/** Storage and addresses are given and taken by a person. */
async function tellByHand(services: Services, tx: Db, subscription: Subscription, change: SubscriptionChange): Promise<void> {
  const { id: subscriptionId, organizationId, vpsId, productId } = subscription;
  const product = await productById(tx, productId);
  const byHand = product?.options.filter(({ kind }) => kind === 'storage' || kind === 'ips') ?? [];
  const [had, has] = [optionsOf(subscription), optionsOf({ options: change.options })];
  const options = byHand.flatMap(({ key, name }) => {
    const [before, after] = [had, has].map((list) => list.find((each) => each.key === key)?.quantity ?? 0);
    return before === after ? [] : [{ name, before: before!, after: after! }];
  });
  if (options.length === 0) return;
  const { requestedBy: by } = change;
  await services.hooks.run('options.changed', tx, { subscriptionId, organizationId, vpsId, productName: product!.name, by, options });
}

/** The invoice of a period that will not begin: void, or given back when it is paid. */
export async function dropRenewal(
  services: Services,
  tx: Db,
  by: Pick<Principal, 'name'>,
  subscription: Subscription,
  at: Date,
): Promise<void> {
  const { id, renewalInvoiceId, renewalIndex, nextIndex } = subscription;
  if (renewalInvoiceId === null || renewalIndex! < nextIndex) return;
  const invoice = (await lockInvoice(tx, renewalInvoiceId))!;
  const actor = by.name;
  const reason = 'Its period does not begin.';
  if (invoice.status === 'open' || invoice.status === 'draft') await voidInvoice(services, tx, invoice.id, { at, actor, reason });
  else if (invoice.status === 'paid' && invoice.total > invoice.amountCredited)
    await issueCreditNote(services, tx, {
      invoiceId: invoice.id,
      of: { gross: invoice.total - invoice.amountCredited },
      reason,
      to: 'balance',
      causeKey: `not-begun:${id}:${renewalIndex}`,
      at,
      actor,
    });
  await changeSubscription(tx, id, { renewalInvoiceId: null, renewalIndex: null });
}
