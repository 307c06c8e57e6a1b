/** /api/audit: who did what. */
import type { Response } from 'express';
import type { z } from 'zod';
import { AuditExportQuery, AuditPage, AuditQuery, AuditVerified } from '../../../contract/audit.ts';
import { type AuditFilter, listAudit } from '../../kernel/audit-reading.ts';
import { newestIntact } from '../../kernel/audit-chain.ts';
import { onPlatform } from '../../kernel/can.ts';
import { forAudience } from '../../kernel/http/audience.ts';
import { type Route, route, STREAMED } from '../../kernel/http/route.ts';
import { refuseField } from '../../kernel/problem.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import { appendAudit } from '../../kernel/audit.ts';
import { csvHead, csvLine, presentAudit } from './present.ts';
import { verifyTrail } from './sweep.ts';

const EXPORT_PAGE = 1_000;

export function auditRoutes(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/audit',
      summary: 'The audit trail, newest first: of the platform all of it, of an organization its own, the seller’s staff included',
      permission: 'audit:read',
      query: AuditQuery,
      responses: { 200: { description: 'One page, and whether the newest part of the chain is intact.', schema: AuditPage } },
      handler: async ({ principal, query }) => {
        const { before, limit, ...rest } = query;
        const from = before === undefined ? null : BigInt(before);
        const rows = await listAudit(services.db, principal.organizationId, filterOf(principal, rest), { from, limit, order: 'newest' });
        const events = rows.map((row) => presentAudit(principal, row));
        const next = rows.length === limit ? (events.at(-1)?.seq ?? null) : null;
        return { status: 200, body: { events, next, chain_intact: await newestIntact(services.db) } };
      },
    }),
    route({
      method: 'get',
      path: '/api/audit/export',
      id: 'exportAudit',
      summary: 'The audit trail as a file, oldest first',
      permission: 'audit:export',
      query: AuditExportQuery,
      responses: {
        200: {
          description: 'A JSON object, or a CSV row, a line. That it was exported is in the trail, too.',
          media: ['text/csv', 'application/x-ndjson'],
        },
      },
      transaction: true,
      handler: async ({ principal, query, response, tx }) => {
        const { format, ...rest } = query;
        const filter = filterOf(principal, rest);
        const { name, organizationId } = principal;
        const told = { actor: name, action: 'audit.exported', target: organizationId ?? 'plinth', organizationId };
        await appendAudit(tx, { ...told, data: JSON.parse(JSON.stringify({ format, ...rest })) });
        // The trail only grows: its pages need no snapshot.
        return { status: 200, afterwards: () => writeExport(services, principal, filter, format, response) };
      },
    }),
    route({
      method: 'get',
      path: '/api/audit/verify',
      id: 'verifyAudit',
      summary: 'Verify the whole chain, and against its anchors outside the database',
      permission: 'audit:verify',
      responses: { 200: { description: 'Whether it is intact, and the first thing that is not.', schema: AuditVerified } },
      handler: async () => ({ status: 200, body: await verifyTrail(services) }),
    }),
  ];
}

type Filters = Omit<z.output<typeof AuditExportQuery>, 'format'>;

function filterOf(
  principal: Principal,
  { actor_kind: actorKind, organization_id: organizationId, since, until, ...rest }: Filters,
): AuditFilter {
  if (organizationId !== undefined && !onPlatform(principal) && organizationId !== principal.organizationId)
    throw refuseField('organization_id', 'is not the one you act for', 'Leave it out.', 403, 'forbidden');
  return {
    ...rest,
    ...(actorKind === undefined ? {} : { actorKind }),
    ...(organizationId === undefined ? {} : { organizationId }),
    ...(since === undefined ? {} : { since: new Date(since) }),
    ...(until === undefined ? {} : { until: new Date(until) }),
  } as AuditFilter;
}

async function writeExport(
  { db }: Services,
  principal: Principal,
  filter: AuditFilter,
  format: 'jsonl' | 'csv',
  response: Response,
): Promise<typeof STREAMED> {
  response.status(200);
  response.setHeader('content-type', format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson; charset=utf-8');
  response.setHeader('content-disposition', `attachment; filename="audit.${format}"`);
  if (format === 'csv') response.write(csvHead());
  let from: bigint | null = null;
  while (!response.destroyed) {
    const rows = await listAudit(db, principal.organizationId, filter, { from, limit: EXPORT_PAGE, order: 'oldest' });
    const events = rows.map((row) => forAudience(principal, presentAudit(principal, row)));
    const text = events.map((event) => (format === 'csv' ? csvLine(event) : `${JSON.stringify(event)}\n`)).join('');
    if (!response.write(text)) await new Promise((resolve) => response.once('drain', resolve).once('close', resolve));
    if (rows.length < EXPORT_PAGE) break;
    from = rows.at(-1)!.seq;
  }
  response.end();
  return STREAMED;
}
