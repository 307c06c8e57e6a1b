/** What the seller holds orders to: rules, looks at them, and consumers who change their minds. */
import { OrderAnswer, OrderParams, OrderReview } from '../../contract/order.ts';
import { OrderPolicy, OrderPolicyAnswer } from '../../contract/order-policy.ts';
import { type Route, route } from '../kernel/http/route.ts';
import type { Services } from '../kernel/services.ts';
import { within } from '../kernel/services.ts';
import { changeOrderPolicy, orderPolicy } from './policy.ts';
import { presentOrder } from './present.ts';
import { decideReview } from './review.ts';
import { withdrawOrder } from './withdraw.ts';

const is = { 200: { description: 'The order as it is now.', schema: OrderAnswer } };

export function orderPolicyRoutes(services: Services): Route[] {
  return [...rules(services), ...decisions(services)];
}

function rules(services: Services): Route[] {
  const schema = OrderPolicyAnswer;
  return [
    route({
      method: 'get',
      path: '/api/admin/order-policy',
      id: 'getOrderPolicy',
      summary: 'The rules that orders are held to',
      permission: 'order-policy:read',
      responses: { 200: { description: 'As they hold now.', schema } },
      handler: async () => ({ status: 200, body: { policy: await orderPolicy(services.db) } }),
    }),
    route({
      method: 'put',
      path: '/api/admin/order-policy',
      id: 'setOrderPolicy',
      summary: 'Set the rules that orders are held to: which a person looks at, and what becomes of what cannot be made',
      permission: 'order-policy:write',
      body: OrderPolicy,
      responses: { 200: { description: 'As they hold from now on.', schema } },
      transaction: true,
      handler: async ({ principal, body, tx }) => ({
        status: 200,
        body: { policy: await changeOrderPolicy(within(services, tx), principal, body) },
      }),
    }),
  ];
}

function decisions(services: Services): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/orders/:id/review',
      id: 'reviewOrder',
      summary: 'Accept an order that waits for a look at it, or refuse it with the money back',
      permission: 'order:act',
      params: OrderParams,
      body: OrderReview,
      responses: is,
      transaction: true,
      handler: async ({ principal, params, body, tx }) => {
        const order = await decideReview(within(services, tx), principal, params.id, body);
        return { status: 200, body: { order: await presentOrder(tx, order) } };
      },
    }),
    route({
      method: 'post',
      path: '/api/orders/:id/withdraw',
      id: 'withdrawOrder',
      summary: 'Take a purchase back within the days that a consumer has: its servers end, and the money goes back',
      permission: 'order:withdraw',
      params: OrderParams,
      responses: is,
      transaction: true,
      handler: async ({ principal, params, tx }) => {
        const order = await withdrawOrder(within(services, tx), principal, params.id);
        return { status: 200, body: { order: await presentOrder(tx, order) } };
      },
    }),
  ];
}
