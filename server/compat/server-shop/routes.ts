/** /api/v1/dedicated-servers and /api/v1/orders: the server shop's own routes (docs/compatibility.md, D). */
import type { z } from 'zod';
import {
  ShopInstance,
  ShopInstancePatch,
  ShopInstanceQuery,
  ShopInstances,
  ShopInstanceStatus,
  ShopOrder,
  ShopOrderCreate,
  ShopOrderQuery,
  ShopOrders,
  ShopParams,
  ShopPayment,
  ShopProduct,
  ShopProductCreate,
  ShopProductPatch,
  ShopProductQuery,
  ShopProducts,
  ShopProvision,
  ShopSuspend,
} from '../../../contract/compat/server-shop.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { type Services, within } from '../../kernel/services.ts';
import { saidAsDetail } from '../refusal.ts';
import {
  changeInstance,
  instanceOfItem,
  instanceStatus,
  listInstances,
  mustInstance,
  prepareAct,
  prepareSuspend,
  presentInstance,
  terminateInstance,
} from './instances.ts';
import { listShopOrders, mustShopOrder, payShopOrder, prepareProvision, prepareShopOrder, present as presentOrder } from './orders.ts';
import { listShopProducts, mustShopProduct, prepareShopPatch, prepareShopProduct, present, removeShopProduct } from './products.ts';

const SHOP = '/api/v1/dedicated-servers';
const shop = { refusal: saidAsDetail, whole: true, permission: 'compat:D' } as const;
const ok = (schema: z.ZodType) => ({ 200: { description: 'As it is now.', schema } });
const made = (schema: z.ZodType) => ({ 201: { description: 'Made.', schema } });

export function serverShopRoutes(services: Services): Route[] {
  return [...products(services), ...instances(services), ...instanceActions(services), ...orders(services)];
}

function products(services: Services): Route[] {
  const path = `${SHOP}/products` as const;
  return [
    route({
      ...shop,
      method: 'post',
      path,
      id: 'createShopProduct',
      summary: 'Server shop: add a product',
      body: ShopProductCreate,
      responses: made(ShopProduct),
      transaction: true,
      prepare: ({ principal, body }) => prepareShopProduct(services, principal, body),
      handler: async ({ tx, prepared }) => ({ status: 201, body: await prepared(tx) }),
    }),
    route({
      ...shop,
      method: 'get',
      path,
      id: 'listShopProducts',
      summary: 'Server shop: products',
      query: ShopProductQuery,
      responses: ok(ShopProducts),
      handler: async ({ query }) => ({ status: 200, body: await listShopProducts(services, query) }),
    }),
    route({
      ...shop,
      method: 'get',
      path: `${path}/:id`,
      id: 'getShopProduct',
      summary: 'Server shop: one product',
      params: ShopParams,
      responses: ok(ShopProduct),
      handler: async ({ params }) => ({ status: 200, body: await present(services, await mustShopProduct(services, params.id)) }),
    }),
    route({
      ...shop,
      method: 'put',
      path: `${path}/:id`,
      id: 'changeShopProduct',
      summary: 'Server shop: change any fields of a product',
      params: ShopParams,
      body: ShopProductPatch,
      responses: ok(ShopProduct),
      transaction: true,
      prepare: ({ principal, params, body }) => prepareShopPatch(services, principal, params.id, body),
      handler: async ({ tx, prepared }) => ({ status: 200, body: await prepared(tx) }),
    }),
    route({
      ...shop,
      method: 'delete',
      path: `${path}/:id`,
      id: 'deleteShopProduct',
      summary: 'Server shop: delete a product that was never sold',
      params: ShopParams,
      responses: { 204: { description: 'Deleted.' } },
      transaction: true,
      handler: async ({ principal, params, tx }) => {
        await removeShopProduct(within(services, tx), principal, params.id);
        return { status: 204 };
      },
    }),
  ];
}

function instances(services: Services): Route[] {
  const path = `${SHOP}/instances` as const;
  return [
    route({
      ...shop,
      method: 'post',
      path: `${SHOP}/provision`,
      id: 'provisionShopInstance',
      summary: 'Server shop: provision for a customer, by a paid order or as a gift',
      body: ShopProvision,
      responses: made(ShopInstance),
      transaction: true,
      prepare: ({ principal, body }) => prepareProvision(services, principal, body),
      handler: async ({ tx, prepared }) => ({ status: 201, body: await instanceOfItem({ db: tx }, await prepared(tx)) }),
    }),
    route({
      ...shop,
      method: 'get',
      path,
      id: 'listShopInstances',
      summary: 'Server shop: instances',
      query: ShopInstanceQuery,
      responses: ok(ShopInstances),
      handler: async ({ query }) => ({ status: 200, body: await listInstances(services, query) }),
    }),
    route({
      ...shop,
      method: 'get',
      path: `${path}/:id`,
      id: 'getShopInstance',
      summary: 'Server shop: one instance',
      params: ShopParams,
      responses: ok(ShopInstance),
      handler: async ({ params }) => ({ status: 200, body: await presentInstance(services, await mustInstance(services, params.id)) }),
    }),
    route({
      ...shop,
      method: 'put',
      path: `${path}/:id`,
      id: 'changeShopInstance',
      summary: 'Server shop: fill in what a person made',
      params: ShopParams,
      body: ShopInstancePatch,
      responses: ok(ShopInstance),
      transaction: true,
      handler: async ({ principal, params, body, tx }) => ({
        status: 200,
        body: await changeInstance(within(services, tx), principal, params.id, body),
      }),
    }),
    route({
      ...shop,
      method: 'get',
      path: `${path}/:id/status`,
      id: 'getShopInstanceStatus',
      summary: 'Server shop: ask the provider now',
      params: ShopParams,
      responses: ok(ShopInstanceStatus),
      handler: async ({ params }) => ({ status: 200, body: await instanceStatus(services, params.id) }),
    }),
  ];
}

function instanceActions(services: Services): Route[] {
  const path = `${SHOP}/instances/:id` as const;
  const action = { ...shop, method: 'post', params: ShopParams, responses: ok(ShopInstance) } as const;
  return [
    route({
      ...action,
      path: `${path}/suspend`,
      id: 'suspendShopInstance',
      summary: 'Server shop: suspend',
      body: ShopSuspend,
      transaction: true,
      prepare: ({ principal, params, body }) => prepareSuspend(services, principal, params.id, body.reason),
      handler: async ({ tx, prepared }) => ({ status: 200, body: await prepared(tx) }),
    }),
    route({
      ...action,
      path: `${path}/unsuspend`,
      id: 'unsuspendShopInstance',
      summary: 'Server shop: lift a suspension',
      transaction: true,
      prepare: ({ principal, params }) => prepareAct(services, principal, params.id, { action: 'unsuspend' }),
      handler: async ({ tx, prepared }) => ({ status: 200, body: await prepared(tx) }),
    }),
    route({
      ...action,
      path: `${path}/reboot`,
      id: 'rebootShopInstance',
      summary: 'Server shop: reboot',
      transaction: true,
      prepare: ({ principal, params }) => prepareAct(services, principal, params.id, { action: 'reboot' }),
      handler: async ({ tx, prepared }) => ({ status: 200, body: await prepared(tx) }),
    }),
    route({
      ...action,
      path: `${path}/terminate`,
      id: 'terminateShopInstance',
      summary: 'Server shop: terminate, with proof',
      transaction: true,
      handler: async ({ principal, params, tx }) => ({
        status: 200,
        body: await terminateInstance(within(services, tx), principal, params.id),
      }),
    }),
  ];
}

function orders(services: Services): Route[] {
  const path = '/api/v1/orders' as const;
  return [
    route({
      ...shop,
      method: 'post',
      path,
      id: 'createShopOrder',
      summary: 'Server shop: order for a customer',
      body: ShopOrderCreate,
      responses: made(ShopOrder),
      transaction: true,
      prepare: ({ principal, body }) => prepareShopOrder(services, principal, body),
      handler: async ({ tx, prepared }) => ({ status: 201, body: await prepared(tx) }),
    }),
    route({
      ...shop,
      method: 'get',
      path,
      id: 'listShopOrders',
      summary: 'Server shop: orders',
      query: ShopOrderQuery,
      responses: ok(ShopOrders),
      handler: async ({ principal, query }) => ({ status: 200, body: await listShopOrders(services, principal, query) }),
    }),
    route({
      ...shop,
      method: 'get',
      path: `${path}/:id`,
      id: 'getShopOrder',
      summary: 'Server shop: one order',
      params: ShopParams,
      responses: ok(ShopOrder),
      handler: async ({ principal, params }) => ({
        status: 200,
        body: await presentOrder(services, await mustShopOrder(services, principal, params.id)),
      }),
    }),
    route({
      ...shop,
      method: 'post',
      path: `${path}/:id/pay`,
      id: 'payShopOrder',
      summary: 'Server shop: book money for an order; it is provisioned in the same transaction',
      params: ShopParams,
      body: ShopPayment,
      responses: ok(ShopOrder),
      transaction: true,
      handler: async ({ principal, params, body, tx }) => ({
        status: 200,
        body: await payShopOrder(services, tx, principal, params.id, body),
      }),
    }),
  ];
}
