/** What is measured of a product, and what a subscription has used. */
import { MetersAnswer, MetersRequest, UsageList, UsageReport } from '../../../contract/metered.ts';
import { formatAmount, money } from '../../../contract/money.ts';
import { type METERS, ProductParams } from '../../../contract/product.ts';
import { SubscriptionParams } from '../../../contract/subscription.ts';
import { appendAudit } from '../../kernel/audit.ts';
import { businessNow } from '../../kernel/business-clock.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { notFound, Refusal } from '../../kernel/problem.ts';
import type { Services } from '../../kernel/services.ts';
import { presentMeter } from '../../products/present.ts';
import { mustProduct } from '../../products/products.ts';
import { amountOf } from '../money-field.ts';
import { lastPeriod, lockSubscription, subscriptionById } from '../subscriptions/store.ts';
import { metersOf, putUsage, replaceMeters, type UsageRecord, usageOf } from './store.ts';

type Meter = (typeof METERS)[number];

const presentUsage = ({ meter, periodIndex, quantity, amount, invoiceId, measuredAt }: UsageRecord, currency: string) => ({
  meter: meter as Meter,
  period_index: periodIndex,
  quantity: quantity.toFixed(),
  amount: amount === null ? null : formatAmount(money(amount, currency)),
  invoice_id: invoiceId,
  measured_at: measuredAt.toISOString(),
});

export function usageRoutes(services: Services): Route[] {
  return [...meters(services), ...used(services)];
}

function meters(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/products/:id/meters',
      id: 'listProductMeters',
      summary: 'What is measured of a product, and for how much',
      permission: 'price:read',
      params: ProductParams,
      responses: { 200: { description: 'By meter and currency.', schema: MetersAnswer } },
      handler: async ({ params }) => {
        await mustProduct(services.db, params.id);
        return { status: 200, body: { meters: (await metersOf(services.db, params.id)).map(presentMeter) } };
      },
    }),
    route({
      method: 'put',
      path: '/api/products/:id/meters',
      id: 'setProductMeters',
      summary: 'Say what is measured of a product, and for how much: traffic, kept snapshots, hours with a cap',
      permission: 'price:write',
      params: ProductParams,
      body: MetersRequest,
      responses: { 200: { description: 'As they are now.', schema: MetersAnswer } },
      transaction: true,
      handler: async ({ principal, params, body, tx }) => {
        await mustProduct(tx, params.id);
        const rows = body.meters.map(({ meter, currency, unit_price: unitPrice, included, cap }, index) => {
          return { meter, currency, unitPrice, included, cap: cap === null ? null : amountOf(`meters.${index}.cap`, cap, currency) };
        });
        await replaceMeters(tx, params.id, rows);
        const data = { meters: rows.map(({ meter, unitPrice, currency }) => `${meter} ${unitPrice} ${currency}`) };
        await appendAudit(tx, { actor: principal.name, action: 'product.meters-set', target: params.id, organizationId: null, data });
        return { status: 200, body: { meters: (await metersOf(tx, params.id)).map(presentMeter) } };
      },
    }),
  ];
}

function used(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/subscriptions/:id/usage',
      id: 'listUsage',
      summary: 'What a subscription has used, period by period, and what it came to',
      permission: 'subscription:read',
      params: SubscriptionParams,
      responses: { 200: { description: 'The first period first.', schema: UsageList } },
      handler: async ({ principal, params }) => {
        const subscription = await subscriptionById(services.db, principal.organizationId, params.id);
        if (!subscription) throw notFound('subscription', params.id);
        const rows = await usageOf(services.db, params.id);
        return { status: 200, body: { usage: rows.map((row) => presentUsage(row, subscription.currency)) } };
      },
    }),
    route({
      method: 'post',
      path: '/api/subscriptions/:id/usage',
      id: 'reportUsage',
      summary: 'Tell what was used in the period that runs, where nothing measures it; told again, the last one counts',
      permission: 'invoice:write',
      params: SubscriptionParams,
      body: UsageReport,
      responses: { 200: { description: 'As it stands.', schema: UsageList } },
      transaction: true,
      handler: async ({ principal, params, body, tx }) => {
        const subscription = await lockSubscription(tx, principal.organizationId, params.id);
        if (!subscription) throw notFound('subscription', params.id);
        const period = await lastPeriod(tx, params.id);
        if (!period || subscription.status === 'ended') throw new Refusal(409, 'no_period', 'No period of it runs.');
        await putUsage(tx, params.id, body.meter, period.index, body.quantity, await businessNow(tx, subscription.organizationId));
        const entry = { actor: principal.name, action: 'usage.reported', target: params.id, organizationId: subscription.organizationId };
        await appendAudit(tx, { ...entry, data: { meter: body.meter, quantity: body.quantity, period: period.index } });
        return { status: 200, body: { usage: (await usageOf(tx, params.id)).map((row) => presentUsage(row, subscription.currency)) } };
      },
    }),
  ];
}
