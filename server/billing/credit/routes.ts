/** /api/credit */
import { CreditAnswer, CreditChange, type CreditEntry as EntryWire, CreditPage, CreditQuery } from '../../../contract/billing.ts';
import { appendAudit } from '../../kernel/audit.ts';
import { businessNow } from '../../kernel/business-clock.ts';
import { decodeCursor, pageOf, placeInTime } from '../../kernel/http/cursor.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { notFound } from '../../kernel/problem.ts';
import type { Services } from '../../kernel/services.ts';
import { organizationById } from '../../kernel/settings.ts';
import { amountOf, amountText } from '../money-field.ts';
import { profileOf } from '../profile/profile.ts';
import { ofOrganization } from '../profile/routes.ts';
import { changeCredit } from './credit.ts';
import { balancesOf, type CreditEntry, listCreditEntries, lockBalance } from './store.ts';

function present({ id, organizationId, amount, currency, kind, invoiceId, note, actor, at }: CreditEntry): EntryWire {
  return {
    id,
    organization_id: organizationId as EntryWire['organization_id'],
    amount: amountText(amount, currency),
    currency,
    kind: kind as EntryWire['kind'],
    invoice_id: invoiceId,
    note,
    actor,
    at: at.toISOString(),
  };
}

export function creditRoutes(services: Services): Route[] {
  const { db } = services;
  return [
    route({
      method: 'get',
      path: '/api/credit',
      summary: 'An organization’s credit and how it came about, newest first',
      permission: 'credit:read',
      query: CreditQuery,
      responses: { 200: { description: 'The balances are the sums of all entries.', schema: CreditPage } },
      handler: async ({ principal, query }) => {
        const { cursor, limit } = query;
        const id = ofOrganization(principal, query.organization_id);
        if (!(await organizationById(db, id))) throw notFound('organization', id);
        const rows = await listCreditEntries(db, principal.organizationId, id, decodeCursor(cursor, true), limit + 1);
        const { page, next } = pageOf(rows, limit, placeInTime);
        const balances = (await balancesOf(db, id)).map(({ currency, amount }) => ({ currency, amount: amountText(amount, currency) }));
        return { status: 200, body: { organization_id: id, balances, entries: page.map(present), next } };
      },
    }),
    route({
      method: 'post',
      path: '/api/credit',
      id: 'changeCredit',
      summary: 'Give an organization credit, or take some away',
      permission: 'credit:write',
      body: CreditChange,
      responses: { 201: { description: 'The balance after it.', schema: CreditAnswer } },
      transaction: true,
      handler: async ({ principal, body, request, requestId, tx }) => {
        const { organization_id: organizationId, reason } = body;
        const { currency } = await profileOf(tx, organizationId);
        const amount = amountOf('amount', body.amount, currency);
        const at = await businessNow(tx, organizationId);
        const causeKey = `staff:${organizationId}:${request.get('idempotency-key') ?? requestId}`;
        await changeCredit(tx, { organizationId, currency, amount, kind: 'goodwill', causeKey, note: reason, actor: principal.name, at });
        const balance = await lockBalance(tx, organizationId, currency);
        const made = { balance: { currency, amount: amountText(balance, currency) } };
        const data = { amount: `${body.amount} ${currency}`, reason };
        await appendAudit(tx, { actor: principal.name, action: 'credit.changed', target: organizationId, organizationId, data });
        return { status: 201, body: made };
      },
    }),
  ];
}
