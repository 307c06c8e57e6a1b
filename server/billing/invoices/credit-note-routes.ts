/** /api/credit-notes */
import { CreditNoteAnswer, CreditNotePage, CreditNoteParams, CreditNoteQuery } from '../../../contract/invoice.ts';
import type { Db } from '../../kernel/database.ts';
import { decodeCursor, pageOf, placeInTime } from '../../kernel/http/cursor.ts';
import { type Route, route, STREAMED } from '../../kernel/http/route.ts';
import { notFound } from '../../kernel/problem.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import { creditNoteById, listCreditNotes } from './credit-notes-store.ts';
import { creditNoteDocument } from './document/document.ts';
import { sendPdf, sendXml } from './documents.ts';
import { presentNote, presentNoteSummary } from './present.ts';
import { invoiceById } from './store.ts';

async function must(db: Db, { organizationId }: Principal, id: string) {
  const note = await creditNoteById(db, organizationId, id);
  if (!note) throw notFound('credit note', id);
  return note;
}

export function creditNoteRoutes(services: Services): Route[] {
  const { db } = services;
  return [
    route({
      method: 'get',
      path: '/api/credit-notes',
      summary: 'List credit notes, newest first',
      permission: 'invoice:read',
      query: CreditNoteQuery,
      responses: { 200: { description: 'A page.', schema: CreditNotePage } },
      handler: async ({ principal, query }) => {
        const { cursor, limit, organization_id: organizationId, invoice_id: invoiceId } = query;
        const filter = { ...(organizationId === undefined ? {} : { organizationId }), ...(invoiceId === undefined ? {} : { invoiceId }) };
        const rows = await listCreditNotes(db, principal.organizationId, filter, decodeCursor(cursor, true), limit + 1);
        const { page, next } = pageOf(rows, limit, placeInTime);
        return { status: 200, body: { credit_notes: page.map(presentNoteSummary), next } };
      },
    }),
    route({
      method: 'get',
      path: '/api/credit-notes/:id',
      summary: 'One credit note with its lines and taxes',
      permission: 'invoice:read',
      params: CreditNoteParams,
      responses: { 200: { description: 'As it was issued.', schema: CreditNoteAnswer } },
      handler: async ({ principal, params }) => ({ status: 200, body: { credit_note: presentNote(await must(db, principal, params.id)) } }),
    }),
    ...(['pdf', 'xml'] as const).map((format) =>
      route({
        method: 'get',
        path: `/api/credit-notes/:id/${format}`,
        id: format === 'pdf' ? 'getCreditNotePdf' : 'getCreditNoteXml',
        summary: format === 'pdf' ? 'A credit note as PDF' : 'A credit note as electronic invoice (EN 16931, UBL)',
        permission: 'invoice:read',
        params: CreditNoteParams,
        responses: { 200: { description: 'The file.', media: [format === 'pdf' ? 'application/pdf' : 'application/xml'] } },
        handler: async ({ principal, params, response }) => {
          const note = await must(db, principal, params.id);
          const document = creditNoteDocument(note, (await invoiceById(db, null, note.invoiceId))!.number!);
          if (format === 'pdf') await sendPdf(services, response, document, 'credit_note', note.id);
          else sendXml(response, document);
          return STREAMED;
        },
      }),
    ),
  ];
}
