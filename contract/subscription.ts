/** Subscriptions on the wire: what runs, until when it is paid, and what happens next. */
import { z } from 'zod';
import { DayText, Reason } from './fields.ts';
import { Cursor, Limit, OrganizationId, Timestamp, VpsId } from './ids.ts';
import { Interval, OptionKey, ProductId, ProductMeter } from './product.ts';

export const SubscriptionId = z.uuid('a subscription id is a UUID').brand<'SubscriptionId'>();
export type SubscriptionId = z.infer<typeof SubscriptionId>;

export const SUBSCRIPTION_STATUSES = ['pending', 'active', 'past_due', 'suspended', 'cancelling', 'terminating', 'ended'] as const;

export const Period = z.strictObject({
  index: z.int(),
  /** Its first day, and the first day of the next one. */
  start: DayText,
  end: DayText,
  start_at: Timestamp,
  end_at: Timestamp,
  amount: z.string(),
});

/** Something that was added: how many, and what one costs a period. */
export const SubscriptionOption = z.strictObject({ key: z.string(), name: z.string(), quantity: z.int(), unit_amount: z.string() });

export const Subscription = z.strictObject({
  id: SubscriptionId,
  organization_id: OrganizationId,
  product_id: ProductId,
  product_name: z.string(),
  order_id: z.uuid(),
  vps_id: VpsId.nullable(),
  status: z.enum(SUBSCRIPTION_STATUSES),
  interval: Interval,
  currency: z.string(),
  /** Of each period to come, without what was added. */
  amount: z.string(),
  options: z.array(SubscriptionOption),
  /** Its days begin there. */
  billing_zone: z.string(),
  anchor_date: DayText.nullable(),
  /** The one that runs or was the last to. */
  period: Period.nullable(),
  renewal_invoice_id: z.uuid().nullable(),
  cancel_at_end: z.boolean(),
  ends_at: Timestamp.nullable(),
  ended_at: Timestamp.nullable(),
  end_reason: z.string().nullable(),
  /** What happens next by itself. */
  next: z.strictObject({ event: z.string(), at: Timestamp }).nullable(),
  /** While it is unpaid: when its server is switched off, or, of one that is off, deleted with its data. */
  deadline: Timestamp.nullable(),
  /** What keeps it from happening. */
  problem: z.string().nullable(),
  created_at: Timestamp,
});
export type Subscription = z.infer<typeof Subscription>;
export const SubscriptionEvent = z.strictObject({
  seq: z.int(),
  kind: z.string(),
  cause: z.string(),
  at: Timestamp,
  data: z.record(z.string(), z.unknown()),
});
export const SubscriptionChange = z.strictObject({
  id: z.uuid(),
  kind: z.enum(['upgrade', 'downgrade', 'interval', 'option']),
  status: z.enum(['open', 'applied', 'expired', 'withdrawn']),
  effective: z.enum(['now', 'period_end']),
  product_id: ProductId,
  interval: Interval,
  /** A period at the new price, without what was added. */
  amount: z.string(),
  /** What is added from then on; null: what was. */
  options: z.array(SubscriptionOption).nullable(),
  /** For the days that are left: what the present price gives back, and what the new one takes. */
  credit: z.string(),
  debit: z.string(),
  date: DayText.nullable(),
  /** To be paid before it takes effect. */
  invoice_id: z.uuid().nullable(),
  expires_at: Timestamp.nullable(),
});
export const SubscriptionChangeRequest = z.strictObject({
  product_id: ProductId.optional(),
  interval: Interval.optional(),
  /** How many of these options from now on; those that are not named stay as they are. Not together with the others. */
  options: z.record(OptionKey, z.int().min(0).max(1_000_000)).optional(),
  /** Default: an upgrade now, a downgrade with the end of the period. */
  effective: z.enum(['now', 'period_end']).optional(),
});
/** What a change would cost, and when it would take effect; nothing is changed. */
export const SubscriptionChangePreview = z.strictObject({
  kind: SubscriptionChange.shape.kind,
  effective: SubscriptionChange.shape.effective,
  product_id: ProductId,
  interval: Interval,
  currency: z.string(),
  /** A period at the new price, without what is added. */
  amount: z.string(),
  options: z.array(SubscriptionOption),
  credit: z.string(),
  debit: z.string(),
  /** To be paid before it takes effect, without the tax that is added; negative: it becomes credit. */
  due: z.string(),
  /** The server itself becomes another size, with a restart. */
  resizes: z.boolean(),
});
export const SubscriptionAnswer = z.strictObject({
  subscription: Subscription,
  periods: z.array(Period),
  changes: z.array(SubscriptionChange),
  events: z.array(SubscriptionEvent),
  /** What is charged by use, in its currency. */
  meters: z.array(ProductMeter),
});
export const SubscriptionParams = z.strictObject({ id: SubscriptionId });
export const SubscriptionCancel = z.strictObject({
  /** `end`: with the period that is paid; `now`: at once. */
  when: z.enum(['end', 'now']).default('end'),
  /** Of an end now: whether the days that are paid and not used become credit. */
  unused: z.enum(['none', 'credit']).default('none'),
  reason: Reason.optional(),
});
export const SubscriptionQuery = z.strictObject({
  cursor: Cursor.optional(),
  limit: Limit,
  status: z.enum(SUBSCRIPTION_STATUSES).optional(),
  vps_id: VpsId.optional(),
  /** Only for callers that act for several organizations. */
  organization_id: OrganizationId.optional(),
});
export const SubscriptionPage = z.strictObject({ subscriptions: z.array(Subscription), next: z.string().nullable() });
