/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */

export type Coupon = {
  id: string;
  code: string;
  percent: string | null;
  amount: string | null;
  currency: string | null;
  applies: 'recurring' | 'setup' | 'all';
  product_ids: string[];
  periods: number | null;
  max_redemptions: number | null;
  per_organization: number | null;
  new_customers_only: boolean;
  redeemed: number;
  valid_from: string;
  valid_to: string | null;
  disabled_at: string | null;
};
export type CouponAnswer = { coupon: Coupon };
export type CouponCreate = {
  code: string;
  percent?: string;
  amount?: string;
  currency?: string;
  applies?: 'recurring' | 'setup' | 'all';
  product_ids?: string[];
  periods?: number | null;
  max_redemptions?: number | null;
  per_organization?: number | null;
  new_customers_only?: boolean;
  valid_to?: string | null;
};
export type CouponPage = { coupons: Coupon[]; next: string | null };
