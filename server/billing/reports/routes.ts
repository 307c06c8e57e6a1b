/** /api/admin/reports, business drift and provider bills: how the business stands. */
import type { z } from 'zod';
import {
  BUSINESS_DRIFTS,
  type BusinessDriftKind,
  BusinessDriftList,
  BusinessDriftQuery,
  ProviderBillList,
  ProviderBillQuery,
  ProviderBillRequest,
  Report,
  ReportParams,
  ReportQuery,
} from '../../../contract/business-drift.ts';
import { formatAmount, money } from '../../../contract/money.ts';
import { mustAccount } from '../../accounts/accounts.ts';
import { appendAudit } from '../../kernel/audit.ts';
import { timeNow } from '../../kernel/clock.ts';
import { csvFile } from '../../kernel/csv.ts';
import { type Route, route, STREAMED } from '../../kernel/http/route.ts';
import { type Services, within } from '../../kernel/services.ts';
import { type BusinessDrift, listDrifts } from '../business-drift/store.ts';
import { amountOf } from '../money-field.ts';
import { costLines, presentBill } from '../provider-bills/bills.ts';
import { putCharges } from '../provider-bills/store.ts';
import { reportOf } from './reports.ts';

export function reportRoutes(services: Services): Route[] {
  return [...figures(services), ...differences(services), ...bills(services)];
}

function figures(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/admin/reports/:report',
      id: 'getReport',
      summary: 'Revenue, margin, churn, or what is unpaid, as a table or as CSV',
      permission: 'report:read',
      params: ReportParams,
      query: ReportQuery,
      responses: { 200: { description: 'The table.', schema: Report, media: ['text/csv'] } },
      handler: async ({ params, query, response }) => {
        const report = await reportOf(services, params.report, query);
        if (query.format === 'json') return { status: 200, body: report };
        response.status(200);
        response.setHeader('content-type', 'text/csv; charset=utf-8');
        response.setHeader('content-disposition', `attachment; filename="${params.report}-${query.from}-${query.to}.csv"`);
        response.end(csvFile([report.columns, ...report.rows.map((row) => row.map((cell) => cell ?? ''))]));
        return STREAMED;
      },
    }),
  ];
}

function presentDrift(row: BusinessDrift): z.input<typeof BusinessDriftList>['drifts'][number] {
  const { amount, currency } = row;
  return {
    id: row.id,
    kind: row.kind as BusinessDriftKind,
    organization_id: row.organizationId as never,
    subscription_id: row.subscriptionId,
    vps_id: row.vpsId,
    product_id: row.productId,
    account_id: row.accountId,
    monthly: amount === null || currency === null ? null : { amount: formatAmount(money(amount, currency)), currency },
    message: row.message,
    remedy: BUSINESS_DRIFTS[row.kind as BusinessDriftKind],
    found_at: row.foundAt.toISOString(),
    last_seen_at: row.lastSeenAt.toISOString(),
    resolved_at: row.resolvedAt?.toISOString() ?? null,
  };
}

function differences(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/admin/business-drift',
      id: 'listBusinessDrift',
      summary: 'Where what is sold, what runs and what is paid for differ, with the money a month and what to do',
      permission: 'report:read',
      query: BusinessDriftQuery,
      responses: { 200: { description: 'The newest first.', schema: BusinessDriftList } },
      handler: async ({ query }) => {
        const rows = await listDrifts(services.db, query.kind, query.resolved);
        const sums = new Map<string, bigint>();
        for (const { amount, currency, resolvedAt } of rows)
          if (amount !== null && currency !== null && resolvedAt === null) sums.set(currency, (sums.get(currency) ?? 0n) + amount);
        const monthly = [...sums].map(([currency, amount]) => ({ currency, amount: formatAmount(money(amount, currency)) }));
        return { status: 200, body: { drifts: rows.map(presentDrift), monthly } };
      },
    }),
  ];
}

function bills(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/admin/provider-bills',
      id: 'listProviderBills',
      summary: 'What providers charge for a month, every line explained by a VPS, a snapshot or an orphan',
      permission: 'report:read',
      query: ProviderBillQuery,
      responses: { 200: { description: 'One for each account; an estimate where its bill was not brought in.', schema: ProviderBillList } },
      handler: async ({ query }) => {
        const { accounts, billed, lines, estimated } = await costLines(services, query.month, query.account_id);
        const body = accounts.map((account) => {
          const of = <Line extends { readonly accountId: string }>(all: readonly Line[]) =>
            all.filter(({ accountId }) => accountId === account.id);
          return presentBill(account, query.month, billed.has(account.id) ? 'bill' : 'estimate', of(lines), of(estimated));
        });
        return { status: 200, body: { bills: body } };
      },
    }),
    route({
      method: 'post',
      path: '/api/admin/provider-bills',
      id: 'importProviderBill',
      summary: 'Bring in lines of a provider’s own bill; the same lines again change nothing',
      permission: 'report:act',
      body: ProviderBillRequest,
      responses: { 200: { description: 'The bill as it stands, explained.', schema: ProviderBillList } },
      transaction: true,
      prepare: async ({ body }) => await mustAccount(services, body.account_id),
      handler: async ({ principal, body, prepared: account, tx }) => {
        const lines = body.lines.map((line, index) => ({
          externalId: line.external_id,
          objectId: line.object_id,
          description: line.description,
          amount: amountOf(`lines.${index}.amount`, line.amount, line.currency),
          currency: line.currency,
        }));
        await putCharges(tx, account.id, body.month, lines, { now: timeNow(), whole: body.whole });
        const data = { month: body.month, lines: lines.length, whole: body.whole };
        await appendAudit(tx, { actor: principal.name, action: 'provider-bill.imported', target: account.id, organizationId: null, data });
        const { lines: all, estimated, billed } = await costLines(within(services, tx), body.month, account.id);
        const source = billed.has(account.id) ? 'bill' : 'estimate';
        return { status: 200, body: { bills: [presentBill(account, body.month, source, all, estimated)] } };
      },
    }),
  ];
}
