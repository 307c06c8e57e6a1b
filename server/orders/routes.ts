/** /api/quotes and /api/orders */
import {
  OrderAnswer,
  OrderCancel,
  OrderCreate,
  OrderItemParams,
  OrderPage,
  OrderParams,
  OrderQuery,
  QuoteAnswer,
  QuoteParams,
  QuoteRequest,
} from '../../contract/order.ts';
import { decodeCursor, pageOf, placeInTime } from '../kernel/http/cursor.ts';
import { type Route, route } from '../kernel/http/route.ts';
import { notFound } from '../kernel/problem.ts';
import { type Services, within } from '../kernel/services.ts';
import type { Db } from '../kernel/database.ts';
import { cancelOrder, mustOrder, prepareOrder } from './orders.ts';
import { markReady } from './fulfil.ts';
import { presentOrder, presentOrders } from './present.ts';
import { prepareQuote, wireOf } from './quote.ts';
import { listOrders, type OrderRow, quoteById } from './store.ts';

const is = { 200: { description: 'The order as it is now.', schema: OrderAnswer } };
const shown = async (db: Db, order: OrderRow) => ({ order: await presentOrder(db, order) });

export function orderRoutes(services: Services): Route[] {
  return [...quotes(services), ...placing(services), ...reading(services)];
}

function quotes(services: Services): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/quotes',
      summary: 'Ask what servers would cost, where they would be placed, and what their stacks would ask for',
      permission: 'quote:make',
      body: QuoteRequest,
      responses: { 201: { description: 'Holds for half an hour; nothing is reserved.', schema: QuoteAnswer } },
      transaction: true,
      prepare: ({ principal, body }) => prepareQuote(services, principal, body),
      handler: async ({ tx, prepared }) => ({ status: 201, body: { quote: await prepared(tx) } }),
    }),
    route({
      method: 'get',
      path: '/api/quotes/:id',
      summary: 'A quote as it was made',
      permission: 'quote:make',
      params: QuoteParams,
      responses: { 200: { description: 'The quote.', schema: QuoteAnswer } },
      handler: async ({ principal, params }) => {
        const quote = await quoteById(services.db, principal.organizationId, params.id);
        if (!quote) throw notFound('quote', params.id);
        return { status: 200, body: { quote: wireOf(quote) } };
      },
    }),
  ];
}

function placing(services: Services): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/orders',
      summary: 'Place an order as it was quoted; its stock is held until it is paid or expires',
      permission: 'order:place',
      body: OrderCreate,
      responses: { 201: { description: 'Placed; the same quote again is the same order.', schema: OrderAnswer } },
      transaction: true,
      prepare: ({ principal, body, request }) => {
        const { quote_id: quoteId, hash, terms } = body;
        const asked = { quoteId, hash, externalReference: body.external_reference ?? null, terms, address: request.ip ?? null };
        return prepareOrder(services, principal, asked);
      },
      handler: async ({ tx, prepared }) => ({ status: 201, body: await shown(tx, await prepared(tx)) }),
    }),
    route({
      method: 'post',
      path: '/api/orders/:id/items/:item/ready',
      id: 'markOrderItemReady',
      summary: 'Say that a person has made what was ordered; its paid period begins',
      permission: 'order:act',
      params: OrderItemParams,
      responses: is,
      transaction: true,
      handler: async ({ principal, params, tx }) => ({
        status: 200,
        body: await shown(tx, await markReady(within(services, tx), principal, params.id, params.item)),
      }),
    }),
    route({
      method: 'post',
      path: '/api/orders/:id/cancel',
      summary: 'Cancel an order that is not paid, or give up one that could not be fulfilled',
      permission: 'order:cancel',
      params: OrderParams,
      body: OrderCancel,
      responses: is,
      transaction: true,
      handler: async ({ principal, params, body, tx }) => ({
        status: 200,
        body: await shown(tx, await cancelOrder(within(services, tx), principal, params.id, body.reason)),
      }),
    }),
  ];
}

function reading(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/orders',
      summary: 'List orders',
      permission: 'order:read',
      query: OrderQuery,
      responses: { 200: { description: 'One page, the newest first.', schema: OrderPage } },
      handler: async ({ principal, query }) => {
        const filter = query.status === undefined ? {} : { status: query.status };
        const rows = await listOrders(
          services.db,
          principal.organizationId ?? query.organization_id ?? null,
          filter,
          decodeCursor(query.cursor, true),
          query.limit,
        );
        const { page, next } = pageOf(rows, query.limit, placeInTime);
        return { status: 200, body: { orders: await presentOrders(services.db, page), next } };
      },
    }),
    route({
      method: 'get',
      path: '/api/orders/:id',
      summary: 'One order: its items, its servers, and why one has none',
      permission: 'order:read',
      params: OrderParams,
      responses: is,
      handler: async ({ principal, params }) => ({
        status: 200,
        body: await shown(services.db, await mustOrder(services.db, principal, params.id)),
      }),
    }),
  ];
}
