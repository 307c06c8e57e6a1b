/** /api/coupons: what the seller takes off, for whom and how often. */
import { CouponAnswer, CouponCreate, CouponPage, CouponParams, CouponQuery } from '../../../contract/coupon.ts';
import { timeNow } from '../../kernel/clock.ts';
import { decodeCursor, pageOf, placeInTime } from '../../kernel/http/cursor.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import type { Services } from '../../kernel/services.ts';
import { createCoupon, endCoupon, presentCoupon } from './coupons.ts';
import { listCoupons } from './store.ts';

export function couponRoutes(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/coupons',
      summary: 'List coupons, and how often each was used',
      permission: 'coupon:read',
      query: CouponQuery,
      responses: { 200: { description: 'One page, the newest first.', schema: CouponPage } },
      handler: async ({ query }) => {
        const rows = await listCoupons(services.db, decodeCursor(query.cursor, true), query.limit);
        const { page, next } = pageOf(rows, query.limit, placeInTime);
        return { status: 200, body: { coupons: page.map(presentCoupon), next } };
      },
    }),
    route({
      method: 'post',
      path: '/api/coupons',
      summary: 'Make a coupon',
      permission: 'coupon:write',
      body: CouponCreate,
      responses: { 201: { description: 'It can be used from now on.', schema: CouponAnswer } },
      transaction: true,
      handler: async ({ principal, body, tx }) => ({
        status: 201,
        body: { coupon: presentCoupon(await createCoupon(tx, principal, body, timeNow())) },
      }),
    }),
    route({
      method: 'delete',
      path: '/api/coupons/:id',
      id: 'endCoupon',
      summary: 'End a coupon: nobody can use it any more, and who has it keeps it',
      permission: 'coupon:write',
      params: CouponParams,
      responses: { 200: { description: 'The coupon as it is now.', schema: CouponAnswer } },
      transaction: true,
      handler: async ({ principal, params, tx }) => ({
        status: 200,
        body: { coupon: presentCoupon(await endCoupon(tx, principal, params.id, timeNow())) },
      }),
    }),
  ];
}
