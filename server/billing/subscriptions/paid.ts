/** What a payment of a renewal means for its subscription, in the paying transaction. */
import type { HookSubject } from '../../kernel/hooks.ts';
import type { Db } from '../../kernel/database.ts';
import { dropUses } from '../coupons/store.ts';
import type { Services } from '../../kernel/services.ts';
import { plinthItself } from '../../identity/policy/grants.ts';
import { liftFor } from '../../vps/suspension/suspension.ts';
import { lastOutage } from './outage.ts';
import { pastDue, plan } from './due.ts';
import { applyChange } from './apply-change.ts';
import { changeOfInvoice, changeSubscription, lockSubscription, tell } from './store.ts';

const BY = plinthItself('billing');

/** Paid late or in time, the periods stay where they are: nothing is counted from the day of a payment. */
export async function renewalPaid(services: Services, tx: Db, { invoiceId, subscriptionId, at }: HookSubject): Promise<void> {
  const subscription = subscriptionId === null ? null : await lockSubscription(tx, null, subscriptionId);
  if (!subscription || subscription.renewalInvoiceId !== invoiceId) return;
  const { id, renewalIndex, nextIndex, vpsId, cancelAtEnd } = subscription;
  await tell(tx, id, 'renewal-paid', invoiceId, { invoice: invoiceId, index: renewalIndex! }, at);
  const begun = renewalIndex! < nextIndex;
  // Once its destroying has begun, a payment brings nothing back; the proof of its end settles the rest.
  const gone = subscription.status === 'ended' || (subscription.status === 'terminating' && subscription.formerStatus === null);
  if (gone) return;
  const harmed = ['past_due', 'suspended', 'terminating'].includes(subscription.status);
  const paid = await changeSubscription(tx, id, {
    ...(begun ? { renewalInvoiceId: null, renewalIndex: null } : {}),
    ...(harmed ? { status: cancelAtEnd ? 'cancelling' : 'active', formerStatus: null } : {}),
  });
  if (vpsId !== null) await liftFor(services, tx, BY, vpsId, 'dunning', at);
  await plan(tx, paid, await lastOutage(tx));
}

/** What was asked for takes effect now that it is paid; a change that was given up meanwhile keeps its money as credit. */
async function changePaid(services: Services, tx: Db, { invoiceId, subscriptionId, at }: HookSubject): Promise<void> {
  const subscription = subscriptionId === null ? null : await lockSubscription(tx, null, subscriptionId);
  const change = subscription && (await changeOfInvoice(tx, invoiceId));
  if (!subscription || change?.status !== 'open') return;
  await applyChange(services, tx, subscription, change, at);
  await plan(tx, (await lockSubscription(tx, null, subscription.id))!, await lastOutage(tx));
}

/** The first charge of a period did not work: from now on it is past due. */
export async function chargeFailed(tx: Db, { invoiceId, subscriptionId, at }: HookSubject): Promise<void> {
  const subscription = subscriptionId === null ? null : await lockSubscription(tx, null, subscriptionId);
  if (subscription?.renewalInvoiceId === invoiceId && subscription.renewalIndex! < subscription.nextIndex)
    await pastDue(tx, subscription, at);
}

export function registerBilling(services: Services): void {
  // A subscription is locked before its invoice, by whoever changes either.
  services.hooks.register('invoice.settling', 'subscriptions', async (tx, { subscriptionId }) => {
    if (subscriptionId !== null) await lockSubscription(tx, null, subscriptionId);
  });
  services.hooks.register('invoice.voided', 'subscriptions', async (tx, { invoiceId }) => {
    await dropUses(tx, invoiceId);
  });
  services.hooks.register('invoice.paid', 'subscriptions', async (tx, subject) => {
    if (subject.kind === 'renewal') await renewalPaid(services, tx, subject);
    if (subject.kind === 'change') await changePaid(services, tx, subject);
  });
  services.hooks.register('charge.failed', 'subscriptions', async (tx, subject) => {
    if (subject.kind === 'renewal') await chargeFailed(tx, subject);
  });
}
