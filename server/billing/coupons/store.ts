/** Coupons, the items that they are redeemed for, and the periods that they were used for. */
import { randomUUID } from 'node:crypto';
import type { Coupon, CouponRedemption } from '../../../prisma/generated/client.ts';
import type { Db } from '../../kernel/database.ts';
import { behind, type Place } from '../../kernel/listing.ts';

export type { Coupon, CouponRedemption };

export async function insertCoupon(
  db: Db,
  data: Omit<Coupon, 'redeemed' | 'disabledAt' | 'createdAt' | 'percent'> & { percent: string | null },
): Promise<Coupon> {
  return await db.coupon.create({ data });
}

export async function couponByCode(db: Db, code: string): Promise<Coupon | null> {
  return await db.coupon.findUnique({ where: { code } });
}

export async function couponById(db: Db, id: string): Promise<Coupon | null> {
  return await db.coupon.findUnique({ where: { id } });
}

export async function listCoupons(db: Db, after: Place | undefined, limit: number): Promise<Coupon[]> {
  return await db.coupon.findMany({ where: behind(after), orderBy: [{ createdAt: 'desc' }, { id: 'desc' }], take: limit + 1 });
}

export async function disableCoupon(db: Db, id: string, at: Date): Promise<void> {
  await db.coupon.updateMany({ where: { id, disabledAt: null }, data: { disabledAt: at } });
}

/** False when so many are not left. The row is locked until the transaction ends, so of many at once each sees what is left. */
export async function takeRedemptions(db: Db, id: string, count: number): Promise<boolean> {
  const taken = await db.$executeRaw`
    UPDATE "coupon" SET "redeemed" = "redeemed" + ${count}
    WHERE "id" = ${id} AND "disabledAt" IS NULL AND ("maxRedemptions" IS NULL OR "redeemed" + ${count} <= "maxRedemptions")`;
  return taken === 1;
}

export async function livingRedemptions(db: Db, couponId: string, organizationId: string): Promise<number> {
  return await db.couponRedemption.count({ where: { couponId, organizationId, releasedAt: null } });
}

export async function insertRedemption(
  db: Db,
  data: Pick<CouponRedemption, 'couponId' | 'organizationId' | 'orderItemId' | 'share'>,
): Promise<void> {
  await db.couponRedemption.create({ data: { id: randomUUID(), ...data } });
}

/** It can be used by somebody else again. False when it was released before. */
export async function releaseRedemption(db: Db, orderItemId: string, at: Date): Promise<boolean> {
  const [row] = await db.$queryRaw<{ couponId: string }[]>`
    UPDATE "coupon_redemption" SET "releasedAt" = ${at} WHERE "orderItemId" = ${orderItemId} AND "releasedAt" IS NULL RETURNING "couponId"`;
  if (!row) return false;
  await db.$executeRaw`UPDATE "coupon" SET "redeemed" = "redeemed" - 1 WHERE "id" = ${row.couponId}`;
  return true;
}

/** For an order that lives again. False when none is left. */
export async function retakeRedemption(db: Db, orderItemId: string): Promise<boolean> {
  const redemption = await db.couponRedemption.findUnique({ where: { orderItemId } });
  if (!redemption || redemption.releasedAt === null) return true;
  if (!(await takeRedemptions(db, redemption.couponId, 1))) return false;
  await db.couponRedemption.update({ where: { orderItemId }, data: { releasedAt: null } });
  return true;
}

export type LivingRedemption = CouponRedemption & { readonly coupon: Coupon; readonly uses: readonly { readonly periodIndex: number }[] };

/** Of an order item, with its coupon and the periods that it was used for. */
export async function redemptionOf(db: Db, orderItemId: string): Promise<LivingRedemption | null> {
  const where = { orderItemId, releasedAt: null };
  // Most have none, and asked for with it, the coupon is looked for all the same.
  if ((await db.couponRedemption.findFirst({ where, select: { id: true } })) === null) return null;
  return await db.couponRedemption.findFirst({ where, include: { coupon: true, uses: { select: { periodIndex: true } } } });
}

export async function noteUse(db: Db, redemptionId: string, periodIndex: number, invoiceId: string): Promise<void> {
  const where = { redemptionId_periodIndex: { redemptionId, periodIndex } };
  await db.couponUse.upsert({ where, create: { redemptionId, periodIndex, invoiceId }, update: { invoiceId } });
}

/** The period was not charged after all. */
export async function dropUses(db: Db, invoiceId: string): Promise<void> {
  await db.couponUse.deleteMany({ where: { invoiceId } });
}
