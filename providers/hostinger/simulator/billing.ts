/** Hostinger's billing: the catalogue, payment methods, subscriptions that renew or end. */
import type { Collection } from '../../../providers/simulation.ts';
import type { Cloud } from '../../../simulator/cloud/cloud.ts';
import { Refusal, type SimServer } from '../../../simulator/cloud/model.ts';
import { type Call, rfc3339, type Wire } from '../../../simulator/cloud/wire.ts';
import { type HostingerPrice, PRICES } from './data.ts';

const BILLING = '/api/billing/v1';

export interface Subscription {
  id: string;
  account: string;
  orderId: number;
  serverId: string;
  priceId: string;
  createdMs: number;
  /** Known when the machine is gone. */
  paidUntilMs: number;
}

function subscriptionsOf(cloud: Cloud): Collection<Subscription> {
  return cloud.world.collection<Subscription>('subscriptions');
}

export function subscribe(cloud: Cloud, server: SimServer, item: HostingerPrice): Subscription {
  return subscriptionsOf(cloud).put({
    id: `Cxy${cloud.world.hex(12)}`,
    account: server.account,
    orderId: cloud.world.nextInt('order', 2_957_000),
    serverId: server.id,
    priceId: item.id,
    createdMs: cloud.world.now(),
    paidUntilMs: server.paidUntilMs!,
  });
}

export function orderOf(cloud: Cloud, subscription: Subscription, item: HostingerPrice, status: string): object {
  const now = rfc3339(cloud.world.now());
  const unknown = { company: null, address_1: null, address_2: null, city: null, state: null, zip: null, phone: null };
  return {
    id: subscription.orderId,
    subscription_id: subscription.id,
    status,
    currency: 'USD',
    subtotal: item.firstPrice,
    total: item.firstPrice,
    billing_address: { first_name: 'Simulated', last_name: 'Account', email: 'admin@example.com', country: 'NL', ...unknown },
    created_at: now,
    updated_at: now,
  };
}

export function mountBilling(wire: Wire, cloud: Cloud): void {
  wire.on(`get ${BILLING}/catalog`, (call) => {
    const plans = [...new Set(PRICES.map(({ plan }) => plan))].map((plan) => showPlan(plan));
    return call.query('category') !== undefined && call.query('category') !== 'VPS' ? [] : plans;
  });
  wire.on(`get ${BILLING}/payment-methods`, (call) => [
    {
      id: 1,
      name: 'Credit card',
      identifier: '4242********4242',
      payment_method: 'card',
      is_default: true,
      is_expired: false,
      // Refused payments show nothing here, as at the real provider.
      is_suspended: false,
      created_at: rfc3339(Date.UTC(2026, 0, 2)),
      expires_at: call.account.balance < 0 ? rfc3339(Date.UTC(2025, 0, 1)) : rfc3339(Date.UTC(2031, 0, 1)),
    },
  ]);
  const own = (call: Call): Subscription => {
    const found = subscriptionsOf(cloud).get(call.param('id'));
    if (!found || found.account !== call.account.id) throw new Refusal('not_found', 'Subscription is not found.');
    return found;
  };
  wire.on(`get ${BILLING}/subscriptions`, (call) =>
    subscriptionsOf(cloud)
      .filter(({ account }) => account === call.account.id)
      .map((each) => showSubscription(cloud, each)),
  );
  const renewal = (renews: boolean) => (call: Call) => {
    const subscription = own(call);
    const server = cloud.servers.get(subscription.serverId);
    if (!server) throw new Refusal('invalid', 'Subscription is not active.', 'subscription_id');
    cloud.servers.put({ ...server, renews });
    return showSubscription(cloud, subscription);
  };
  wire.on(`delete ${BILLING}/subscriptions/:id/auto-renewal/disable`, renewal(false));
  wire.on(`patch ${BILLING}/subscriptions/:id/auto-renewal/enable`, renewal(true));
  wire.on(`post ${BILLING}/subscriptions/:id/renew`, (call) => {
    const subscription = own(call);
    const server = cloud.servers.get(subscription.serverId);
    if (!server || server.paidUntilMs === null) throw new Refusal('invalid', 'Subscription is not active.', 'subscription_id');
    if (cloud.world.hasFlag('unpaid', call.account.id)) throw new Refusal('unpaid', 'Payment was refused.');
    const item = PRICES.find(({ id }) => id === subscription.priceId)!;
    cloud.extend(server);
    return orderOf(cloud, subscription, { ...item, firstPrice: item.price }, 'completed');
  });
}

function showPlan(plan: string): object {
  const prices = PRICES.filter((each) => each.plan === plan);
  const { vcpus, memoryMb, diskGb, transferTb, id } = prices[0]!;
  const sizes = { cpus: String(vcpus), memory: String(memoryMb), bandwidth: String(transferTb * 1024 * 1024) };
  return {
    id: id.replace(/-usd-.*$/, ''),
    name: plan,
    category: 'VPS',
    metadata: { ...sizes, disk_space: String(diskGb * 1024), network: '1000' },
    prices: prices.map((each) => ({
      id: each.id,
      name: `${plan} (billed every ${each.months === 1 ? 'month' : `${each.months} months`})`,
      currency: 'USD',
      price: each.price,
      first_period_price: each.firstPrice,
      period: each.months >= 12 ? each.months / 12 : each.months,
      period_unit: each.months >= 12 ? 'year' : 'month',
    })),
  };
}

function showSubscription(cloud: Cloud, subscription: Subscription): object {
  const server = cloud.servers.get(subscription.serverId);
  const item = PRICES.find(({ id }) => id === subscription.priceId)!;
  const until = server?.paidUntilMs ?? subscription.paidUntilMs;
  return {
    id: subscription.id,
    name: item.plan,
    status: server === undefined ? 'cancelled' : server.renews ? 'active' : 'not_renewing',
    billing_period: item.months >= 12 ? item.months / 12 : item.months,
    billing_period_unit: item.months >= 12 ? 'year' : 'month',
    currency_code: 'USD',
    total_price: item.firstPrice,
    renewal_price: item.price,
    is_auto_renewed: server?.renews ?? false,
    created_at: rfc3339(subscription.createdMs),
    expires_at: rfc3339(until),
    next_billing_at: server?.renews ? rfc3339(until) : null,
  };
}
