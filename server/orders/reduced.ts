/** What a coupon takes off the items of a quote, and how it is redeemed when the order is placed. */
import { takenOff, usableCoupon, type Part, redeem } from '../billing/coupons/coupons.ts';
import { noteUse, redemptionOf } from '../billing/coupons/store.ts';
import { periodAmounts } from '../billing/subscriptions/period-lines.ts';
import type { Db } from '../kernel/database.ts';
import type { Services } from '../kernel/services.ts';
import type { QuotedItem } from './quoted-item.ts';
import { hasBought } from './review-store.ts';

/** The items with what the coupon takes off. @throws Refusal when it cannot be used for them */
export async function reduced(
  services: Pick<Services, 'db'>,
  items: readonly QuotedItem[],
  code: string,
  { organizationId, currency, at }: { readonly organizationId: string; readonly currency: string; readonly at: Date },
): Promise<QuotedItem[]> {
  const each = items.map((item) => partsOf(item));
  const parts = each.flat();
  const bought = await hasBought(services.db, organizationId);
  const coupon = await usableCoupon(services.db, code, { organizationId, currency, parts, at, bought });
  const off = takenOff(coupon, parts, currency);
  let from = 0;
  return items.map((item, index) => {
    const own = off.slice(from, (from += each[index]!.length));
    if (own.every((amount) => amount === 0n)) return item;
    const recurring = own.slice(0, -1);
    const share =
      coupon.amount === null || coupon.applies === 'setup' ? null : recurring.reduce((sum, amount) => sum + amount, 0n).toString();
    // In a trial nothing is charged that something could be taken off.
    const now = item.trialDays ? [...recurring.map(() => 0n), own.at(-1)!] : own;
    return { ...item, reduction: { couponId: coupon.id, code: coupon.code, share, off: now.map(String) } };
  });
}

function partsOf({ productId, amount, options, setupFee }: QuotedItem): Part[] {
  const amounts = periodAmounts({ amount: BigInt(amount), options: options ?? [] });
  const recurring = amounts.map((each): Part => ({ productId, kind: 'recurring', amount: each }));
  return [...recurring, { productId, kind: 'setup', amount: BigInt(setupFee) }];
}

/** In the transaction that places the order. @throws Refusal when it was used up meanwhile */
export async function redeemItems(tx: Db, organizationId: string, items: readonly QuotedItem[]): Promise<void> {
  const with_ = items.filter(({ reduction }) => reduction);
  if (with_.length === 0) return;
  const redeeming = with_.map(({ id, reduction }) => ({
    orderItemId: id,
    share: reduction!.share === null ? null : BigInt(reduction!.share),
  }));
  await redeem(tx, with_[0]!.reduction!.couponId, organizationId, redeeming);
}

/** The first period of these items is charged with it by that invoice. */
export async function noteFirstUses(tx: Db, items: readonly QuotedItem[], invoiceId: string): Promise<void> {
  for (const { id, reduction } of items) {
    if (!reduction || reduction.off.slice(0, -1).every((amount) => amount === '0')) continue;
    const redemption = await redemptionOf(tx, id);
    if (redemption) await noteUse(tx, redemption.id, 0, invoiceId);
  }
}
