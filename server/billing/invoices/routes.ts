/** /api/invoices */
import {
  CreditNoteAnswer,
  CreditNoteCreate,
  InvoiceAnswer,
  InvoiceCreate,
  InvoiceHold,
  InvoicePage,
  InvoiceParams,
  InvoiceQuery,
  InvoiceReason,
  TopUpCreate,
} from '../../../contract/invoice.ts';
import { appendAudit } from '../../kernel/audit.ts';
import { businessNow } from '../../kernel/business-clock.ts';
import type { Db } from '../../kernel/database.ts';
import { decodeCursor, pageOf, placeInTime } from '../../kernel/http/cursor.ts';
import { type Route, route, STREAMED } from '../../kernel/http/route.ts';
import { notFound, Refusal, refuseField } from '../../kernel/problem.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import { amountOf } from '../money-field.ts';
import { ofOrganization } from '../profile/routes.ts';
import { creditNoteById } from './credit-notes-store.ts';
import { issueCreditNote } from './credit-note.ts';
import { invoiceDocument } from './document/document.ts';
import { sendPdf, sendXml } from './documents.ts';
import { draftInvoice, issueDraft, issueInvoice } from './issue.ts';
import { presentInvoice, presentNote, presentSummary } from './present.ts';
import { mustLockInvoice, voidInvoice, writeOff } from './settle.ts';
import { changeInvoice, invoiceById, listInvoices, type WholeInvoice } from './store.ts';

const DAY_MS = 86_400_000;
const IS = { 200: { description: 'As it is now.', schema: InvoiceAnswer } };

export function invoiceRoutes(services: Services): Route[] {
  return [...reading(services), ...making(services), ...steering(services)];
}

async function must(db: Db, { organizationId }: Principal, id: string): Promise<WholeInvoice> {
  const invoice = await invoiceById(db, organizationId, id);
  if (!invoice) throw notFound('invoice', id);
  return invoice;
}

async function shown(db: Db, id: string) {
  const invoice = (await invoiceById(db, null, id))!;
  return { invoice: presentInvoice(invoice, await businessNow(db, invoice.organizationId)) };
}

function reading(services: Services): Route[] {
  const { db } = services;
  return [
    route({
      method: 'get',
      path: '/api/invoices',
      summary: 'List invoices, newest first',
      permission: 'invoice:read',
      query: InvoiceQuery,
      responses: { 200: { description: 'A page.', schema: InvoicePage } },
      handler: async ({ principal, query }) => {
        const { cursor, limit, organization_id: organizationId, status, overdue } = query;
        const now = await businessNow(db, organizationId ?? principal.organizationId ?? '');
        const filter = { organizationId, status, ...(overdue ? { overdueAt: now } : {}) };
        const rows = await listInvoices(db, principal.organizationId, filter, decodeCursor(cursor, true), limit + 1);
        const { page, next } = pageOf(rows, limit, placeInTime);
        return { status: 200, body: { invoices: page.map((each) => presentSummary(each, now)), next } };
      },
    }),
    route({
      method: 'get',
      path: '/api/invoices/:id',
      summary: 'One invoice with its lines and taxes',
      permission: 'invoice:read',
      params: InvoiceParams,
      responses: IS,
      handler: async ({ principal, params }) => {
        const { id } = await must(db, principal, params.id);
        return { status: 200, body: await shown(db, id) };
      },
    }),
    ...(['pdf', 'xml'] as const).map((format) =>
      route({
        method: 'get',
        path: `/api/invoices/:id/${format}`,
        id: format === 'pdf' ? 'getInvoicePdf' : 'getInvoiceXml',
        summary:
          format === 'pdf' ? 'An invoice as PDF, the same to the byte each time' : 'An invoice as electronic invoice (EN 16931, UBL)',
        permission: 'invoice:read',
        params: InvoiceParams,
        responses: { 200: { description: 'The file.', media: [format === 'pdf' ? 'application/pdf' : 'application/xml'] } },
        handler: async ({ principal, params, response }) => {
          const document = invoiceDocument(await must(db, principal, params.id));
          if (format === 'pdf') await sendPdf(services, response, document, 'invoice', params.id);
          else sendXml(response, document);
          return STREAMED;
        },
      }),
    ),
  ];
}

function making(services: Services): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/invoices',
      summary: 'Write an invoice by hand',
      permission: 'invoice:write',
      body: InvoiceCreate,
      responses: { 201: { description: 'Issued, or a draft that can be paid as a pro forma.', schema: InvoiceAnswer } },
      transaction: true,
      handler: async ({ principal, body, tx }) => {
        const { organization_id: organizationId, currency, lines } = body;
        const at = await businessNow(tx, organizationId);
        const make = body.issue ? issueInvoice : draftInvoice;
        const { id } = await make(services, tx, {
          organizationId,
          kind: 'manual',
          currency,
          dueAt: new Date(at.getTime() + body.due_in_days * DAY_MS),
          at,
          actor: principal.name,
          lines: lines.map((line, index) => ({
            kind: 'manual',
            parts: { text: line.text },
            quantity: line.quantity,
            unitAmount: amountOf(`lines.${index}.unit_amount`, line.unit_amount, currency),
            inclusive: line.tax_inclusive,
            taxable: line.taxable,
          })),
        });
        return { status: 201, body: await shown(tx, id) };
      },
    }),
    route({
      method: 'post',
      path: '/api/invoices/top-up',
      id: 'createTopUp',
      summary: 'Ask to put credit on account: a pro forma that becomes credit when it is paid',
      permission: 'invoice:pay',
      body: TopUpCreate,
      responses: { 201: { description: 'Pay it like any invoice.', schema: InvoiceAnswer } },
      transaction: true,
      handler: async ({ principal, body, tx }) => {
        const organizationId = ofOrganization(principal, body.organization_id);
        const at = await businessNow(tx, organizationId);
        const { id } = await draftInvoice(services, tx, {
          organizationId,
          kind: 'topup',
          currency: body.currency,
          dueAt: new Date(at.getTime() + 14 * DAY_MS),
          at,
          actor: principal.name,
          lines: [{ kind: 'topup', parts: { text: '' }, unitAmount: amountOf('amount', body.amount, body.currency), taxable: false }],
        });
        return { status: 201, body: await shown(tx, id) };
      },
    }),
  ];
}

function steering(services: Services): Route[] {
  const change = (
    what: string,
    summary: string,
    permission: 'invoice:write' | 'dunning:write-off',
    act: (tx: Db, id: string, how: { at: Date; actor: string; reason: string }) => Promise<unknown>,
  ): Route =>
    route({
      method: 'post',
      path: `/api/invoices/:id/${what}`,
      summary,
      permission,
      params: InvoiceParams,
      body: InvoiceReason,
      responses: IS,
      transaction: true,
      handler: async ({ principal, params, body, tx }) => {
        const { organizationId } = await must(tx, principal, params.id);
        await act(tx, params.id, { at: await businessNow(tx, organizationId), actor: principal.name, reason: body.reason });
        return { status: 200, body: await shown(tx, params.id) };
      },
    });
  return [
    change('issue', 'Issue a draft: it gets its number and never changes again', 'invoice:write', (tx, id, how) =>
      issueDraft(services, tx, id, how),
    ),
    change('void', 'Take an unpaid invoice back; what was put towards it becomes credit', 'invoice:write', async (tx, id, how) => {
      const { orderId } = await mustLockInvoice(tx, id);
      if (orderId !== null)
        throw new Refusal(409, 'use_order', `This invoice is an order's. Cancel the order: POST /api/orders/${orderId}/cancel`);
      await voidInvoice(services, tx, id, how);
    }),
    change('write-off', 'Give an open invoice up as uncollectible; it can still be paid', 'dunning:write-off', writeOff),
    holding(),
    crediting(services),
  ];
}

function holding(): Route {
  return route({
    method: 'put',
    path: '/api/invoices/:id/hold',
    summary: 'Collect nothing of an invoice until a time: no reminder, no charge, no suspension',
    permission: 'dunning:hold',
    params: InvoiceParams,
    body: InvoiceHold,
    responses: IS,
    transaction: true,
    handler: async ({ principal, params, body, tx }) => {
      const until = body.until === null ? null : new Date(body.until);
      if (until && Number.isNaN(until.getTime())) throw refuseField('until', 'is no time', 'Send it as 2027-01-31T00:00:00Z, or null.');
      const { organizationId, number } = await must(tx, principal, params.id);
      await mustLockInvoice(tx, params.id);
      await changeInvoice(tx, params.id, { collectionHoldUntil: until });
      const data = { number: number ?? 'draft', until: body.until ?? 'lifted', reason: body.reason };
      await appendAudit(tx, { actor: principal.name, action: 'invoice.held', target: params.id, organizationId, data });
      return { status: 200, body: await shown(tx, params.id) };
    },
  });
}

function crediting(services: Services): Route {
  return route({
    method: 'post',
    path: '/api/invoices/:id/credit-notes',
    id: 'createCreditNote',
    summary: 'Correct an issued invoice; what was paid of it becomes credit. A refund has its own note',
    permission: 'invoice:write',
    params: InvoiceParams,
    body: CreditNoteCreate,
    responses: { 201: { description: 'Issued.', schema: CreditNoteAnswer } },
    transaction: true,
    handler: async ({ principal, params, body, requestId, request, tx }) => {
      const invoice = await must(tx, principal, params.id);
      const { currency } = invoice;
      const of =
        body.amount !== undefined
          ? { gross: amountOf('amount', body.amount, currency) }
          : {
              lines: body.lines!.map(({ line_id: lineId, amount }, index) => ({
                lineId,
                amount: amountOf(`lines.${index}.amount`, amount, currency),
                text: '',
              })),
            };
      const note = await issueCreditNote(services, tx, {
        invoiceId: params.id,
        of,
        reason: body.reason,
        to: 'balance',
        causeKey: `note:${params.id}:${request.get('idempotency-key') ?? requestId}`,
        at: await businessNow(tx, invoice.organizationId),
        actor: principal.name,
      });
      return { status: 201, body: { credit_note: presentNote((await creditNoteById(tx, null, note.id))!) } };
    },
  });
}
