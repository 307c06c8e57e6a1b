/** /api/products: what is sold. Customers see what is public; the seller makes, prices and places it. */
import { onPlatform } from '../kernel/can.ts';
import {
  CandidatesRequest,
  ExchangeRate,
  ExchangeRateList,
  OptionsRequest,
  PriceRequest,
  PriceRule,
  PriceSuggestion,
  ProductAnswer,
  ProductChoices,
  ProductCreate,
  ProductPage,
  ProductParams,
  ProductPatch,
  ProductPriceParams,
  ProductQuery,
  StockRequest,
} from '../../contract/product.ts';
import { appendAudit } from '../kernel/audit.ts';
import { timeNow } from '../kernel/clock.ts';
import type { Db } from '../kernel/database.ts';
import { decodeCursor, pageOf, placeInTime } from '../kernel/http/cursor.ts';
import { type Route, route } from '../kernel/http/route.ts';
import { notFound, refuseField } from '../kernel/problem.ts';
import { type Services, within } from '../kernel/services.ts';
import { choicesOf } from './choices.ts';
import { presentProduct } from './present.ts';
import { setOptions } from './options.ts';
import {
  addPrice,
  createProduct,
  dropPrice,
  mustProduct,
  patchProduct,
  removeProduct,
  seekCandidates,
  putCandidates,
  setRule,
  setStock,
  suggestPrices,
} from './products.ts';
import { exchangeRates, listProducts, type ProductRow, putExchangeRate } from './store.ts';

const is = { 200: { description: 'The product as it is now.', schema: ProductAnswer } };
const shown = (product: ProductRow) => ({ product: presentProduct(product, { seller: true, now: timeNow() }) });

export function productRoutes(services: Services): Route[] {
  return [...reading(services), ...making(services), ...pricing(services), ...options(), ...rates(services)];
}

function reading(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/products',
      summary: 'List what is sold',
      permission: 'catalog:read',
      query: ProductQuery,
      responses: { 200: { description: 'One page, the newest first.', schema: ProductPage } },
      handler: async ({ principal, query }) => {
        const seller = onPlatform(principal);
        const after = decodeCursor(query.cursor, true);
        const rows = await listProducts(services.db, { after, limit: query.limit, sold: !seller, retired: query.retired });
        const { page, next } = pageOf(rows, query.limit, placeInTime);
        return { status: 200, body: { products: page.map((row) => presentProduct(row, { seller, now: timeNow() })), next } };
      },
    }),
    route({
      method: 'get',
      path: '/api/products/:id',
      summary: 'One product with its prices',
      permission: 'catalog:read',
      params: ProductParams,
      responses: { 200: { description: 'The product.', schema: ProductAnswer } },
      handler: async ({ principal, params }) => {
        const seller = onPlatform(principal);
        const product = await mustProduct(services.db, params.id);
        if (!seller && product.visibility !== 'public') throw notFound('product', params.id);
        return { status: 200, body: { product: presentProduct(product, { seller, now: timeNow() }) } };
      },
    }),
    route({
      method: 'get',
      path: '/api/products/:id/choices',
      id: 'getProductChoices',
      summary: 'Where and with which operating systems a product can be ordered now',
      permission: 'catalog:read',
      params: ProductParams,
      responses: { 200: { description: 'In the order of preference; what an order leaves out is chosen for it.', schema: ProductChoices } },
      handler: async ({ principal, params }) => {
        const product = await mustProduct(services.db, params.id);
        if (!onPlatform(principal) && product.visibility !== 'public') throw notFound('product', params.id);
        return { status: 200, body: await choicesOf(services, principal, product) };
      },
    }),
    route({
      method: 'get',
      path: '/api/products/:id/suggested-prices',
      summary: 'What the price rule makes of the providers’ costs, with the margin',
      permission: 'price:read',
      params: ProductParams,
      responses: { 200: { description: 'One for each candidate; nothing is changed.', schema: PriceSuggestion } },
      handler: async ({ params }) => ({ status: 200, body: await suggestPrices(services, params.id) }),
    }),
  ];
}

function making(services: Services): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/products',
      summary: 'Add a product; it is hidden until its visibility is public',
      permission: 'product:write',
      body: ProductCreate,
      responses: { 201: { description: 'Added.', schema: ProductAnswer } },
      transaction: true,
      handler: async ({ principal, body, tx }) => ({
        status: 201,
        body: shown(await createProduct(within(services, tx), principal, body)),
      }),
    }),
    route({
      method: 'patch',
      path: '/api/products/:id',
      summary: 'Change a product; what was sold of it stays as it was sold',
      permission: 'product:write',
      params: ProductParams,
      body: ProductPatch,
      responses: is,
      transaction: true,
      handler: async ({ principal, params, body, tx }) => ({
        status: 200,
        body: shown(await patchProduct(within(services, tx), principal, params.id, body)),
      }),
    }),
    route({
      method: 'delete',
      path: '/api/products/:id',
      summary: 'Delete a product that was never ordered',
      permission: 'product:delete',
      params: ProductParams,
      responses: { 204: { description: 'Deleted.' } },
      transaction: true,
      handler: async ({ principal, params, tx }) => {
        await removeProduct(within(services, tx), principal, params.id);
        return { status: 204 };
      },
    }),
    route({
      method: 'put',
      path: '/api/products/:id/candidates',
      summary: 'Say where it can be placed, in order of preference',
      permission: 'product:write',
      params: ProductParams,
      body: CandidatesRequest,
      responses: is,
      transaction: true,
      prepare: ({ body }) => seekCandidates(services, body, timeNow()),
      handler: async ({ principal, params, tx, prepared }) => ({
        status: 200,
        body: shown(await putCandidates(within(services, tx), principal, params.id, prepared)),
      }),
    }),
    route({
      method: 'put',
      path: '/api/products/:id/stock',
      summary: 'Say how many there are; null is without limit',
      permission: 'stock:write',
      params: ProductParams,
      body: StockRequest,
      responses: is,
      transaction: true,
      handler: async ({ principal, params, body, tx }) => ({
        status: 200,
        body: shown(await setStock(within(services, tx), principal, params.id, body.total)),
      }),
    }),
  ];
}

function pricing(services: Services): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/products/:id/prices',
      summary: 'Set a price; the one before it ends when it begins, and what runs keeps its own',
      permission: 'price:write',
      params: ProductParams,
      body: PriceRequest,
      responses: is,
      transaction: true,
      handler: async ({ principal, params, body, tx }) => ({
        status: 200,
        body: shown(await addPrice(within(services, tx), principal, params.id, body, timeNow())),
      }),
    }),
    route({
      method: 'delete',
      path: '/api/products/:id/prices/:price',
      summary: 'End a price now',
      permission: 'price:write',
      params: ProductPriceParams,
      responses: is,
      transaction: true,
      handler: async ({ principal, params, tx }) => ({
        status: 200,
        body: shown(await dropPrice(within(services, tx), principal, params.id, params.price, timeNow())),
      }),
    }),
    route({
      method: 'put',
      path: '/api/products/:id/price-rule',
      summary: 'Set how a price is made of the provider’s cost',
      permission: 'price:write',
      params: ProductParams,
      body: PriceRule,
      responses: is,
      transaction: true,
      handler: async ({ principal, params, body, tx }) => ({
        status: 200,
        body: shown(await setRule(within(services, tx), principal, params.id, body)),
      }),
    }),
    route({
      method: 'delete',
      path: '/api/products/:id/price-rule',
      summary: 'Take the price rule away',
      permission: 'price:write',
      params: ProductParams,
      responses: is,
      transaction: true,
      handler: async ({ principal, params, tx }) => ({
        status: 200,
        body: shown(await setRule(within(services, tx), principal, params.id, null)),
      }),
    }),
  ];
}

function options(): Route[] {
  return [
    route({
      method: 'put',
      path: '/api/products/:id/options',
      id: 'setProductOptions',
      summary: 'Say what can be added to a product, and for how much',
      permission: 'price:write',
      params: ProductParams,
      body: OptionsRequest,
      responses: is,
      transaction: true,
      handler: async ({ principal, params, body, tx }) => ({ status: 200, body: shown(await setOptions(tx, principal, params.id, body)) }),
    }),
  ];
}

function rates(services: Services): Route[] {
  const list = async (db: Db) => ({
    rates: (await exchangeRates(db)).map(({ base, quote, rate, at, source }) => ({
      base,
      quote,
      rate: rate.toFixed(),
      at: at.toISOString(),
      source,
    })),
  });
  return [
    route({
      method: 'get',
      path: '/api/exchange-rates',
      summary: 'By which rates costs become prices',
      permission: 'price:read',
      responses: { 200: { description: 'By currency.', schema: ExchangeRateList } },
      handler: async () => ({ status: 200, body: await list(services.db) }),
    }),
    route({
      method: 'put',
      path: '/api/exchange-rates',
      summary: 'Set an exchange rate; amounts that were asked for never change by it',
      permission: 'price:write',
      body: ExchangeRate,
      responses: { 200: { description: 'All rates.', schema: ExchangeRateList } },
      transaction: true,
      handler: async ({ principal, body, tx }) => {
        if (body.base === body.quote) throw refuseField('quote', 'is the same currency', 'Send two currencies.');
        if (/^[0.]+$/.test(body.rate)) throw refuseField('rate', 'is zero', 'Send what one unit of `base` is in `quote`.');
        await putExchangeRate(tx, body.base, body.quote, body.rate, timeNow(), principal.name);
        const target = `${body.base}/${body.quote}`;
        await appendAudit(tx, { actor: principal.name, action: 'exchange-rate.set', target, organizationId: null, data: { ...body } });
        return { status: 200, body: await list(tx) };
      },
    }),
  ];
}
