/** Quotes and orders on the wire: what would be charged and where it would be placed, and what became of it. */
import { CouponCode } from './coupon.ts';
import { z } from 'zod';
import { HostnameText, IdText, LabelText, Reason, SnapshotRef, SshKeyIds, SshKeys, Tags } from './fields.ts';
import { Cursor, Limit, OperationId, OrganizationId, Timestamp, VpsId } from './ids.ts';
import { AmountText, CurrencyCode, Interval, OptionKey, ProductId } from './product.ts';
import { SetupRequest } from './setup-profile.ts';
import { SubscriptionId } from './subscription.ts';
import { VpsCreate } from './vps.ts';

export const QuoteId = z.uuid('a quote id is a UUID').brand<'QuoteId'>();
export const OrderId = z.uuid('an order id is a UUID').brand<'OrderId'>();

export const ORDER_STATUSES = ['draft', 'placed', 'paid', 'review', 'provisioning', 'fulfilled', 'failed', 'expired', 'cancelled'] as const;
export const ORDER_ITEM_STATUSES = [
  'reserved',
  'paid',
  'provisioning',
  'pending_provisioning',
  'ready',
  'failed',
  'cancelled',
  'released',
] as const;

/** What a customer asks for of one product; each item becomes one server. */
export const OrderItemRequest = z.strictObject({
  product_id: ProductId,
  interval: Interval.default('month'),
  label: LabelText.meta({ examples: ['web-1'] }),
  /** May be left out: the first of the place that is chosen. */
  region: IdText.optional(),
  image: IdText.optional(),
  /** In place of `image`: the id of a kept snapshot, at whose account the server is then placed. */
  from_snapshot: SnapshotRef.optional(),
  hostname: HostnameText.optional(),
  /** What sets its system up: a customer chooses of those that the product offers (GET /api/products/{id}/choices). */
  setup: SetupRequest.optional(),
  ssh_keys: SshKeys.default([]),
  /** Beside those: keys that the organization keeps (GET /api/ssh-keys). */
  ssh_key_ids: SshKeyIds.optional(),
  dns: VpsCreate.shape.dns,
  tags: Tags.default([]),
  external_reference: z.string().min(1).max(200).optional(),
  /** What is added: how many of each of the product's options. */
  options: z.record(OptionKey, z.int().min(0).max(1_000_000)).optional(),
});
export type OrderItemRequest = z.infer<typeof OrderItemRequest>;

export const QuoteRequest = z.strictObject({
  items: z.array(OrderItemRequest).min(1).max(20),
  currency: CurrencyCode.optional(),
  coupon: CouponCode.optional(),
  /** Only for callers that may act for several organizations. */
  organization_id: OrganizationId.optional(),
});
export type QuoteRequest = z.infer<typeof QuoteRequest>;

export const QuoteLine = z.strictObject({
  item: z.int(),
  kind: z.enum(['recurring', 'option', 'setup', 'discount']),
  product_id: ProductId,
  name: z.string(),
  interval: Interval,
  quantity: z.int(),
  /** Negative: it is taken off. */
  amount: z.string(),
  tax_behavior: z.enum(['exclusive', 'inclusive']),
  /** Days that cost nothing before the first period, and what each period costs then. */
  trial_days: z.int().nullable(),
  after_trial: z.string().nullable(),
});

/** Where an item would be placed now, and what its stack would ask the provider for. */
export const Placement = z.strictObject({
  item: z.int(),
  /** Null where a person makes it. */
  provider: z.string().nullable(),
  provider_name: z.string().nullable(),
  /** Whose account: the seller's own word. */
  account_id: z.string().nullable(),
  region: z.string().nullable(),
  plan: z.string().nullable(),
  image: z.string().nullable(),
  /** What `pulumi preview` would name, in order. */
  resources: z.array(z.strictObject({ type: z.string(), name: z.string(), properties: z.record(z.string(), z.unknown()) })),
});

export const Quote = z.strictObject({
  id: QuoteId,
  organization_id: OrganizationId,
  currency: z.string(),
  lines: z.array(QuoteLine),
  /** Without tax where the prices are; with it where they have it within them. */
  subtotal: z.string(),
  tax: z.string(),
  total: z.string(),
  /** Over every line: an order that names another one than the quote's is refused. */
  hash: z.string(),
  placements: z.array(Placement),
  expires_at: Timestamp,
});
export type Quote = z.infer<typeof Quote>;
export const QuoteAnswer = z.strictObject({ quote: Quote });
export const QuoteParams = z.strictObject({ id: QuoteId });

export const OrderCreate = z.strictObject({
  quote_id: QuoteId,
  /** Of the quote, as it was shown. */
  hash: z.string().regex(/^[0-9a-f]{64}$/, 'use the `hash` of the quote, unchanged'),
  external_reference: z.string().min(1).max(200).optional(),
  /** The version of the terms that is agreed to; needed where the seller has published some. */
  terms: z.string().min(1).max(60).optional(),
});

export const OrderItem = z.strictObject({
  id: z.uuid(),
  product_id: ProductId,
  product_name: z.string(),
  label: z.string(),
  interval: Interval,
  amount: z.string(),
  setup_fee: z.string(),
  status: z.enum(ORDER_ITEM_STATUSES),
  external_reference: z.string().nullable(),
  vps_id: VpsId.nullable(),
  /** The operation that makes its server. */
  operation_id: OperationId.nullable(),
  subscription_id: SubscriptionId.nullable(),
  /** Why it has no server. */
  failure: z.string().nullable(),
});

export const Order = z.strictObject({
  id: OrderId,
  number: z.int(),
  organization_id: OrganizationId,
  status: z.enum(ORDER_STATUSES),
  currency: z.string(),
  total: z.string(),
  items: z.array(OrderItem),
  invoice_id: z.uuid().nullable(),
  external_reference: z.string().nullable(),
  placed_by: z.string(),
  placed_at: Timestamp,
  /** Until then it waits for its payment. */
  expires_at: Timestamp.nullable(),
  paid_at: Timestamp.nullable(),
  ended_at: Timestamp.nullable(),
  reason: z.string().nullable(),
  /** The seller's rule by which a person looks at it. */
  review_rule: z.string().nullable(),
  refund_due: z.boolean(),
  refunded_at: Timestamp.nullable(),
});
export type Order = z.infer<typeof Order>;
export const OrderAnswer = z.strictObject({ order: Order });
export const OrderParams = z.strictObject({ id: OrderId });
export const OrderItemParams = z.strictObject({ id: OrderId, item: z.uuid() });
export const OrderQuery = z.strictObject({
  cursor: Cursor.optional(),
  limit: Limit,
  status: z.enum(ORDER_STATUSES).optional(),
  /** Only for callers that act for several organizations. */
  organization_id: OrganizationId.optional(),
});
export const OrderPage = z.strictObject({ orders: z.array(Order), next: z.string().nullable() });

/** Money that came by another way, booked by a person. */
export const OrderPayment = z.strictObject({
  amount: AmountText,
  currency: CurrencyCode,
  /** Of the transfer: the same one twice is one payment. */
  reference: z.string().trim().min(1).max(200),
});
export const OrderReview = z.strictObject({
  /** `refuse`: nothing is made, and the money goes back. */
  decision: z.enum(['accept', 'refuse']),
  reason: Reason,
});
export const OrderCancel = z.strictObject({ reason: Reason.optional() });
