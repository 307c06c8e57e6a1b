/** /api/products/:id/price-changes: other prices for those who have a product already. */
import { formatAmount, money } from '../../../contract/money.ts';
import { PriceChangeAnswer, PriceChangeList, PriceChangeRequest, ProductParams } from '../../../contract/product.ts';
import { timeNow } from '../../kernel/clock.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { type Services, within } from '../../kernel/services.ts';
import { mustProduct } from '../../products/products.ts';
import { dateText } from '../subscriptions/store.ts';
import { announcePrice } from './announce.ts';
import { type PriceChange, priceChangesOf } from './store.ts';

function present({ id, interval, currency, amount, effectiveOn, announcedBy, announcedAt }: PriceChange) {
  return {
    id,
    interval: interval as 'month' | 'quarter' | 'year',
    currency,
    amount: formatAmount(money(amount, currency)),
    effective_on: dateText(effectiveOn),
    announced_by: announcedBy,
    announced_at: announcedAt.toISOString(),
  };
}

export function priceChangeRoutes(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/products/:id/price-changes',
      id: 'listPriceChanges',
      summary: 'Prices that were announced to those who have the product',
      permission: 'price:read',
      params: ProductParams,
      responses: { 200: { description: 'The newest first.', schema: PriceChangeList } },
      handler: async ({ params }) => {
        await mustProduct(services.db, params.id);
        return { status: 200, body: { price_changes: (await priceChangesOf(services.db, params.id)).map(present) } };
      },
    }),
    route({
      method: 'post',
      path: '/api/products/:id/price-changes',
      id: 'announcePriceChange',
      summary: 'Announce another price to those who have the product, a month ahead; each is told, and may cancel',
      permission: 'price:write',
      params: ProductParams,
      body: PriceChangeRequest,
      responses: { 201: { description: 'Announced.', schema: PriceChangeAnswer } },
      transaction: true,
      handler: async ({ principal, params, body, tx }) => {
        const { change, count } = await announcePrice(within(services, tx), tx, principal, params.id, body, timeNow());
        return { status: 201, body: { price_change: present(change), subscriptions: count } };
      },
    }),
  ];
}
