/** /api/subscriptions */
import type { z } from 'zod';
import {
  SubscriptionAnswer,
  SubscriptionCancel,
  SubscriptionChangePreview,
  SubscriptionChangeRequest,
  SubscriptionPage,
  SubscriptionParams,
  SubscriptionQuery,
} from '../../../contract/subscription.ts';
import type { Db } from '../../kernel/database.ts';
import { decodeCursor, pageOf, placeInTime } from '../../kernel/http/cursor.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { onPlatform } from '../../kernel/can.ts';
import { notFound, refuseField } from '../../kernel/problem.ts';
import { type Principal, type Services, within } from '../../kernel/services.ts';
import { presentMeter } from '../../products/present.ts';
import { metersOf } from '../usage/store.ts';
import { cancelSubscription, keepSubscription } from './cancel.ts';
import { prepareChange, previewChange, withdrawChange } from './changes.ts';
import { presentChange, presentPeriod, presentSubscriptions } from './present.ts';
import { changesOf, eventsOf, listSubscriptions, periodsOf, type Subscription, subscriptionById } from './store.ts';

export async function mustSubscription(db: Db, principal: Pick<Principal, 'organizationId'>, id: string): Promise<Subscription> {
  const subscription = await subscriptionById(db, principal.organizationId, id);
  if (!subscription) throw notFound('subscription', id);
  return subscription;
}

export async function wholeSubscription(db: Db, subscription: Subscription): Promise<z.input<typeof SubscriptionAnswer>> {
  const { id, currency, productId } = subscription;
  const meters = await metersOf(db, productId, currency);
  const [shown] = await presentSubscriptions(db, [subscription]);
  const periods = await periodsOf(db, id);
  const events = await eventsOf(db, id);
  const changes = await changesOf(db, id);
  return {
    subscription: shown!,
    periods: periods.map((period) => presentPeriod(period, currency)),
    changes: changes.map((change) => presentChange(change, currency)),
    events: events.map(({ seq, kind, cause, data, at }) => ({
      seq,
      kind,
      cause,
      at: at.toISOString(),
      data: data as Record<string, unknown>,
    })),
    meters: meters.map(presentMeter),
  };
}

export function subscriptionRoutes(services: Services): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/subscriptions/:id/cancel',
      summary: 'Cancel a subscription, with the end of its period or now',
      permission: 'subscription:cancel',
      params: SubscriptionParams,
      body: SubscriptionCancel,
      responses: { 200: { description: 'As it is now.', schema: SubscriptionAnswer } },
      transaction: true,
      handler: async ({ principal, params, body, tx }) => {
        const { when, unused, reason } = body;
        // What an early end gives back is the seller's to decide.
        if (unused === 'credit' && !onPlatform(principal))
          throw refuseField('unused', 'is the seller’s to decide', 'Leave it out, or cancel with the end of the period.', 403, 'forbidden');
        const cancelled = await cancelSubscription(within(services, tx), principal, params.id, { when, unused, reason });
        return { status: 200, body: await wholeSubscription(tx, cancelled) };
      },
    }),
    ...changing(services),
    route({
      method: 'post',
      path: '/api/subscriptions/:id/keep',
      summary: 'Take a cancellation back, while the end has not begun',
      permission: 'subscription:cancel',
      params: SubscriptionParams,
      responses: { 200: { description: 'As it is now.', schema: SubscriptionAnswer } },
      transaction: true,
      handler: async ({ principal, params, tx }) => ({
        status: 200,
        body: await wholeSubscription(tx, await keepSubscription(within(services, tx), principal, params.id)),
      }),
    }),
    route({
      method: 'get',
      path: '/api/subscriptions',
      summary: 'List subscriptions',
      permission: 'subscription:read',
      query: SubscriptionQuery,
      responses: { 200: { description: 'One page, the newest first.', schema: SubscriptionPage } },
      handler: async ({ principal, query }) => {
        const filter = {
          ...(query.status === undefined ? {} : { status: query.status }),
          ...(query.vps_id === undefined ? {} : { vpsId: query.vps_id }),
        };
        const rows = await listSubscriptions(
          services.db,
          principal.organizationId ?? query.organization_id ?? null,
          filter,
          decodeCursor(query.cursor, true),
          query.limit,
        );
        const { page, next } = pageOf(rows, query.limit, placeInTime);
        return { status: 200, body: { subscriptions: await presentSubscriptions(services.db, page), next } };
      },
    }),
    route({
      method: 'get',
      path: '/api/subscriptions/:id',
      summary: 'One subscription: its periods, what became of it, and what happens next',
      permission: 'subscription:read',
      params: SubscriptionParams,
      responses: { 200: { description: 'The subscription.', schema: SubscriptionAnswer } },
      handler: async ({ principal, params }) => ({
        status: 200,
        body: await wholeSubscription(services.db, await mustSubscription(services.db, principal, params.id)),
      }),
    }),
  ];
}

const asked = ({ product_id: productId, interval, options, effective }: z.infer<typeof SubscriptionChangeRequest>) => ({
  productId,
  interval,
  options,
  effective,
});

function changing(services: Services): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/subscriptions/:id/change',
      summary: 'Ask for another product, interval or number of options; what it costs for the days that are left is paid first',
      permission: 'subscription:change',
      params: SubscriptionParams,
      body: SubscriptionChangeRequest,
      responses: { 200: { description: 'With the change: its invoice, or when it takes effect.', schema: SubscriptionAnswer } },
      transaction: true,
      prepare: ({ principal, params, body }) => prepareChange(services, principal, params.id, asked(body)),
      handler: async ({ tx, prepared }) => ({ status: 200, body: await wholeSubscription(tx, await prepared(tx)) }),
    }),
    route({
      method: 'post',
      path: '/api/subscriptions/:id/change/preview',
      id: 'previewSubscriptionChange',
      summary: 'What another product, interval or number of options would cost today',
      permission: 'subscription:read',
      unrepeated: true,
      params: SubscriptionParams,
      body: SubscriptionChangeRequest,
      responses: { 200: { description: 'Nothing is changed.', schema: SubscriptionChangePreview } },
      apart: 'changes nothing',
      handler: async ({ principal, params, body }) => {
        return { status: 200, body: await previewChange(services, principal, params.id, asked(body)) };
      },
    }),
    route({
      method: 'delete',
      path: '/api/subscriptions/:id/change',
      id: 'withdrawSubscriptionChange',
      summary: 'Withdraw a change that has not taken effect',
      permission: 'subscription:change',
      params: SubscriptionParams,
      responses: { 200: { description: 'As it is now.', schema: SubscriptionAnswer } },
      transaction: true,
      handler: async ({ principal, params, tx }) => ({
        status: 200,
        body: await wholeSubscription(tx, await withdrawChange(within(services, tx), principal, params.id)),
      }),
    }),
  ];
}
