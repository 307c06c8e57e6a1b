/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */
import type { Interval, ProductMeter } from './product.ts';

export type Period = { index: number; start: string; end: string; start_at: string; end_at: string; amount: string };
export type Subscription = {
  id: string;
  organization_id: string;
  product_id: string;
  product_name: string;
  order_id: string;
  vps_id: string | null;
  status: 'pending' | 'active' | 'past_due' | 'suspended' | 'cancelling' | 'terminating' | 'ended';
  interval: Interval;
  currency: string;
  amount: string;
  options: SubscriptionOption[];
  billing_zone: string;
  anchor_date: string | null;
  period: Period | null;
  renewal_invoice_id: string | null;
  cancel_at_end: boolean;
  ends_at: string | null;
  ended_at: string | null;
  end_reason: string | null;
  next: { event: string; at: string } | null;
  deadline: string | null;
  problem: string | null;
  created_at: string;
};
export type SubscriptionAnswer = {
  subscription: Subscription;
  periods: Period[];
  changes: SubscriptionChange[];
  events: SubscriptionEvent[];
  meters: ProductMeter[];
};
export type SubscriptionCancel = { when?: 'end' | 'now'; unused?: 'none' | 'credit'; reason?: string };
export type SubscriptionChange = {
  id: string;
  kind: 'upgrade' | 'downgrade' | 'interval' | 'option';
  status: 'open' | 'applied' | 'expired' | 'withdrawn';
  effective: 'now' | 'period_end';
  product_id: string;
  interval: Interval;
  amount: string;
  options: SubscriptionOption[] | null;
  credit: string;
  debit: string;
  date: string | null;
  invoice_id: string | null;
  expires_at: string | null;
};
export type SubscriptionChangePreview = {
  kind: 'upgrade' | 'downgrade' | 'interval' | 'option';
  effective: 'now' | 'period_end';
  product_id: string;
  interval: Interval;
  currency: string;
  amount: string;
  options: SubscriptionOption[];
  credit: string;
  debit: string;
  due: string;
  resizes: boolean;
};
export type SubscriptionChangeRequest = {
  product_id?: string;
  interval?: Interval;
  options?: Record<string, number>;
  effective?: 'now' | 'period_end';
};
export type SubscriptionEvent = { seq: number; kind: string; cause: string; at: string; data: Record<string, unknown> };
export type SubscriptionOption = { key: string; name: string; quantity: number; unit_amount: string };
export type SubscriptionPage = { subscriptions: Subscription[]; next: string | null };
