/** What a coupon takes off, and for whom. */
import { randomUUID } from 'node:crypto';
import { formatAmount, money } from '../../../contract/money.ts';
import type { CouponCreate } from '../../../contract/coupon.ts';
import { appendAudit } from '../../kernel/audit.ts';
import type { Db } from '../../kernel/database.ts';
import { notFound, Refusal, refuseField } from '../../kernel/problem.ts';
import type { Principal } from '../../kernel/services.ts';
import { amountOf } from '../money-field.ts';
import { type Discount, discountOf } from '../discount.ts';
import { plainPercent } from '../invoices/totals.ts';
import * as store from './store.ts';

type By = Pick<Principal, 'name'>;

export async function createCoupon(tx: Db, by: By, body: CouponCreate, now: Date): Promise<store.Coupon> {
  const { code, percent, amount: text, currency, valid_to: until } = body;
  if (percent !== undefined && (Number(percent) <= 0 || Number(percent) > 100))
    throw refuseField('percent', 'is not between 0 and 100', 'Send what is taken off, such as 25.');
  const amount = text === undefined || currency === undefined ? null : amountOf('amount', text, currency);
  if (amount === 0n) throw refuseField('amount', 'is zero', 'Send what is taken off.');
  if (await store.couponByCode(tx, code)) throw refuseField('code', `"${code}" is taken`, 'Choose another.', 409, 'code_taken');
  const validTo = until === null ? null : new Date(until);
  if (validTo !== null && validTo <= now) throw refuseField('valid_to', 'lies in the past', 'Send a time to come, or leave it out.');
  const coupon = await store.insertCoupon(tx, {
    id: randomUUID(),
    code,
    percent: percent ?? null,
    amount,
    currency: currency ?? null,
    applies: body.applies,
    productIds: body.product_ids,
    periods: body.periods,
    maxRedemptions: body.max_redemptions,
    perOrganization: body.per_organization,
    newCustomersOnly: body.new_customers_only,
    validFrom: now,
    validTo,
  });
  await appendAudit(tx, { actor: by.name, action: 'coupon.created', target: coupon.id, organizationId: null, data: { code } });
  return coupon;
}

/** Nobody can use it from now on; who has it keeps it. */
export async function endCoupon(tx: Db, by: By, id: string, now: Date): Promise<store.Coupon> {
  if (!(await store.couponById(tx, id))) throw notFound('coupon', id);
  await store.disableCoupon(tx, id, now);
  await appendAudit(tx, { actor: by.name, action: 'coupon.ended', target: id, organizationId: null, data: {} });
  return (await store.couponById(tx, id))!;
}

/** What an invoice would ask for one thing. */
export interface Part {
  readonly productId: string;
  readonly kind: 'recurring' | 'setup';
  readonly amount: bigint;
}

export function couponDiscount({ percent, amount, currency }: Pick<store.Coupon, 'percent' | 'amount' | 'currency'>): Discount {
  return percent === null ? { amount: money(amount!, currency!) } : { percent: plainPercent(percent.toString()) };
}

export function isEligible(coupon: Pick<store.Coupon, 'applies' | 'productIds'>, { productId, kind }: Part): boolean {
  return (coupon.applies === 'all' || coupon.applies === kind) && (coupon.productIds.length === 0 || coupon.productIds.includes(productId));
}

/** What is taken off each part, positive, in their order. */
export function takenOff(coupon: store.Coupon, parts: readonly Part[], currency: string): bigint[] {
  const eligible = parts.map((part) => money(isEligible(coupon, part) ? part.amount : 0n, currency));
  return discountOf(eligible, couponDiscount(coupon)).map(({ amount }) => amount);
}

/**
 * The coupon of that code, if this organization can use it now on one of these parts. One refusal for all that is wrong with it:
 * codes are not to be found out by trying.
 * @throws Refusal 422 `coupon_invalid`
 */
export async function usableCoupon(
  db: Db,
  code: string,
  {
    organizationId,
    currency,
    parts,
    at,
    bought,
  }: { organizationId: string; currency: string; parts: readonly Part[]; at: Date; bought: boolean },
): Promise<store.Coupon> {
  const coupon = await store.couponByCode(db, code);
  const usable =
    coupon !== null &&
    coupon.disabledAt === null &&
    coupon.validFrom <= at &&
    (coupon.validTo === null || coupon.validTo > at) &&
    (coupon.currency === null || coupon.currency === currency) &&
    (coupon.maxRedemptions === null || coupon.redeemed < coupon.maxRedemptions) &&
    !(coupon.newCustomersOnly && bought) &&
    parts.some((part) => part.amount > 0n && isEligible(coupon, part)) &&
    (coupon.perOrganization === null || (await store.livingRedemptions(db, coupon.id, organizationId)) < coupon.perOrganization);
  if (!usable)
    throw refuseField('coupon', `"${code}" cannot be used for this`, 'Check the code, or order without it.', 422, 'coupon_invalid');
  return coupon;
}

export interface Redeeming {
  readonly orderItemId: string;
  /** Of a coupon over an amount: what it takes off each period. */
  readonly share: bigint | null;
}

/** In the transaction that places the order; the organization's orders are placed one after the other. @throws Refusal */
export async function redeem(tx: Db, couponId: string, organizationId: string, items: readonly Redeeming[]): Promise<void> {
  if (items.length === 0) return;
  const coupon = (await store.couponById(tx, couponId))!;
  const { perOrganization } = coupon;
  const has = perOrganization === null ? 0 : await store.livingRedemptions(tx, couponId, organizationId);
  if ((perOrganization !== null && has + items.length > perOrganization) || !(await store.takeRedemptions(tx, couponId, items.length)))
    throw new Refusal(409, 'coupon_used_up', `The coupon ${coupon.code} is used up. Nothing was ordered; ask for a quote without it.`);
  for (const { orderItemId, share } of items) await store.insertRedemption(tx, { couponId, organizationId, orderItemId, share });
}

/** What a period of a subscription gets off, line by line, and which redemption that uses; null: nothing. */
export async function periodDiscount(
  db: Db,
  { orderItemId, productId, currency }: { orderItemId: string; productId: string; currency: string },
  amounts: readonly bigint[],
): Promise<{ readonly redemptionId: string; readonly code: string; readonly off: readonly bigint[] } | null> {
  const redemption = await store.redemptionOf(db, orderItemId);
  if (!redemption) return null;
  const { coupon, uses, share } = redemption;
  if (coupon.applies === 'setup' || (coupon.periods !== null && uses.length >= coupon.periods)) return null;
  const lines = amounts.map((amount) => money(amount, currency));
  const discount: Discount = share === null ? couponDiscount(coupon) : { amount: money(share, currency) };
  if (share === null && !isEligible(coupon, { productId, kind: 'recurring', amount: 0n })) return null;
  return { redemptionId: redemption.id, code: coupon.code, off: discountOf(lines, discount).map(({ amount }) => amount) };
}

/** What those prices of a period come to after the coupon that the period was charged with. */
export async function netOf(
  db: Db,
  orderItemId: string,
  periodIndex: number,
  amounts: readonly bigint[],
  currency: string,
): Promise<bigint> {
  const sum = (list: readonly bigint[]): bigint => list.reduce((all, each) => all + each, 0n);
  const redemption = await store.redemptionOf(db, orderItemId);
  if (!redemption || redemption.coupon.applies === 'setup' || !redemption.uses.some((use) => use.periodIndex === periodIndex))
    return sum(amounts);
  const { share, coupon } = redemption;
  const discount: Discount = share === null ? couponDiscount(coupon) : { amount: money(share, currency) };
  const lines = amounts.map((amount) => money(amount, currency));
  return sum(amounts) - sum(discountOf(lines, discount).map(({ amount }) => amount));
}

export function presentCoupon(coupon: store.Coupon) {
  const { id, code, percent, amount, currency, periods, redeemed } = coupon;
  return {
    id,
    code,
    percent: percent === null ? null : plainPercent(percent.toString()),
    amount: amount === null ? null : formatAmount(money(amount, currency!)),
    currency,
    applies: coupon.applies as 'recurring' | 'setup' | 'all',
    product_ids: coupon.productIds,
    periods,
    max_redemptions: coupon.maxRedemptions,
    per_organization: coupon.perOrganization,
    new_customers_only: coupon.newCustomersOnly,
    redeemed,
    valid_from: coupon.validFrom.toISOString(),
    valid_to: coupon.validTo?.toISOString() ?? null,
    disabled_at: coupon.disabledAt?.toISOString() ?? null,
  };
}
