/** Plans of one account at one provider, with a markup: `/api/admin/vps-plans`. Each is a product with one place. */
import { z } from 'zod';
import { AccountId, Timestamp } from './ids.ts';
import { ProductId } from './product.ts';

/** An amount as a number, or as a decimal text; at most two places. */
const Price = z
  .union([z.number().min(0).max(99_999_999.99), z.string().regex(/^\d{1,8}(\.\d{1,2})?$/, 'an amount with two places at most')])
  .refine((value) => typeof value === 'string' || Math.abs(Math.round(value * 100) - value * 100) < 1e-6, 'at most two decimal places');
const Specifications = z.strictObject({
  vcpus: z.int().min(1).max(10_000).optional(),
  /** MB. */
  memory: z.int().min(1).max(100_000_000).optional(),
  /** GB. */
  disk: z.int().min(0).max(100_000_000).optional(),
  /** GB a month; null: without limit. */
  transfer: z.int().min(0).max(1_000_000_000).nullable().optional(),
  /** Where alone it is sold; left out: in every region of the plan. */
  region: z.string().min(1).max(200).optional(),
  /** What each provider calls it, by the provider's id. */
  provider_specific: z.record(z.string().regex(/^[a-z0-9-]{1,40}$/), z.record(z.string().max(100), z.json())).optional(),
});

export const VpsPlanCreate = z.strictObject({
  name: z.string().trim().min(1).max(100),
  provider_id: AccountId,
  provider_plan_id: z.string().min(1).max(200),
  /** A month, in the seller's currency. */
  base_price: Price,
  markup_price: Price.default(0),
  specifications: Specifications.default({}),
  active: z.boolean().default(true),
});
export type VpsPlanCreate = z.output<typeof VpsPlanCreate>;
export const VpsPlanPatch = z.strictObject({
  ...VpsPlanCreate.partial().shape,
  markup_price: Price.optional(),
  specifications: Specifications.optional(),
  active: z.boolean().optional(),
});
export type VpsPlanPatch = z.output<typeof VpsPlanPatch>;

export const VpsPlan = z.strictObject({
  id: ProductId,
  name: z.string(),
  /** Null: its account is no more, and it is not active. */
  provider_id: AccountId.nullable(),
  provider: z.string().nullable(),
  provider_plan_id: z.string(),
  base_price: z.number(),
  markup_price: z.number(),
  /** Both together: what is asked for a month. */
  price: z.number(),
  currency: z.string(),
  specifications: Specifications,
  active: z.boolean(),
  created_at: Timestamp,
  updated_at: Timestamp,
});
export const VpsPlanAnswer = z.strictObject({ plan: VpsPlan });
export const VpsPlanList = z.strictObject({ plans: z.array(VpsPlan) });
