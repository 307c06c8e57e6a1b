/** Coupons on the wire: what they take off, for whom, how long and how often. */
import { z } from 'zod';
import { InstantText } from './fields.ts';
import { Cursor, Limit, Timestamp } from './ids.ts';
import { AmountText, CurrencyCode, PercentText, ProductId } from './product.ts';

export const CouponId = z.uuid('a coupon id is a UUID');
export const CouponCode = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[A-Z0-9][A-Z0-9-]{1,39}$/, 'two to forty letters, digits and dashes')
  .meta({ examples: ['SPRING-25'] });

const Fields = {
  /** On what: the price of each period with its options, the setup fee, or both. */
  applies: z.enum(['recurring', 'setup', 'all']).default('recurring'),
  /** Empty: all products. */
  product_ids: z.array(ProductId).max(200).default([]),
  /** Periods of each subscription; null: as long as it runs. */
  periods: z.int().min(1).max(120).nullable().default(1),
  /** Servers that it can be used for; null: without limit. */
  max_redemptions: z.int().min(1).max(1_000_000).nullable().default(null),
  per_organization: z.int().min(1).max(10_000).nullable().default(null),
  new_customers_only: z.boolean().default(false),
  valid_to: InstantText.nullable().default(null),
};
export const CouponCreate = z
  .strictObject({
    code: CouponCode,
    percent: PercentText.optional(),
    amount: AmountText.optional(),
    currency: CurrencyCode.optional(),
    ...Fields,
  })
  .refine(
    ({ percent, amount, currency }) =>
      (percent === undefined) !== (amount === undefined) && (amount === undefined) === (currency === undefined),
    {
      error: 'takes either a percentage, or an amount with its currency',
      path: ['percent'],
    },
  );
export type CouponCreate = z.infer<typeof CouponCreate>;

export const Coupon = z.strictObject({
  id: CouponId,
  code: z.string(),
  percent: z.string().nullable(),
  amount: z.string().nullable(),
  currency: z.string().nullable(),
  applies: z.enum(['recurring', 'setup', 'all']),
  product_ids: z.array(z.string()),
  periods: z.int().nullable(),
  max_redemptions: z.int().nullable(),
  per_organization: z.int().nullable(),
  new_customers_only: z.boolean(),
  redeemed: z.int(),
  valid_from: Timestamp,
  valid_to: Timestamp.nullable(),
  disabled_at: Timestamp.nullable(),
});
export type Coupon = z.infer<typeof Coupon>;
export const CouponAnswer = z.strictObject({ coupon: Coupon });
export const CouponParams = z.strictObject({ id: CouponId });
export const CouponQuery = z.strictObject({ cursor: Cursor.optional(), limit: Limit });
export const CouponPage = z.strictObject({ coupons: z.array(Coupon), next: z.string().nullable() });
