/** /api/tokens and /api/audit */
import { z } from 'zod';
import { TokenId } from '../../../contract/ids.ts';
import { AuditPage, AuditQuery, Token, TokenCreate, TokenCreated, TokenList } from '../../../contract/token.ts';
import { createToken } from '../../auth/tokens.ts';
import { notFound, Refusal, refuseField } from '../../problem.ts';
import type { Services } from '../../services/services.ts';
import { appendAudit, auditIntact, listAudit } from '../../store/audit.ts';
import { inTransaction } from '../../store/database.ts';
import { organizationById } from '../../store/settings.ts';
import { countAdminTokens, listTokens, revokeToken } from '../../store/tokens.ts';
import { presentToken } from '../present.ts';
import { type Route, route } from '../route.ts';

const OWNED = 'tokens are made by the operator of Plinth';

export function tokenRoutes(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/tokens',
      summary: 'List tokens, without their secrets',
      role: 'admin',
      operatorOnly: OWNED,
      responses: { 200: { description: 'All of them.', schema: TokenList } },
      handler: async () => ({ status: 200, body: { tokens: (await listTokens(services.db)).map(presentToken) } }),
    }),
    route({
      method: 'post',
      path: '/api/tokens',
      summary: 'Make a token; its secret is in this answer only',
      role: 'admin',
      operatorOnly: OWNED,
      body: TokenCreate,
      responses: { 201: { description: 'Keep the secret.', schema: TokenCreated } },
      handler: async ({ principal, body, response }) => {
        const expiresAt = body.expires_at === undefined ? null : new Date(body.expires_at);
        if (expiresAt && expiresAt <= new Date()) throw refuseField('expires_at', 'is in the past', 'Send a later time.');
        if (body.organization_id !== undefined && !(await organizationById(services.db, body.organization_id)))
          throw refuseField('organization_id', 'no such organization', 'Leave it out for a token of the operator.');
        const made = await inTransaction(services.db, async (tx) => {
          const token = await createToken(tx, {
            name: body.name,
            role: body.role,
            organizationId: body.organization_id ?? null,
            expiresAt,
          });
          await appendAudit(tx, {
            actor: principal.name,
            action: 'token.created',
            target: token.row.id,
            organizationId: token.row.organizationId,
            data: { name: body.name, role: body.role },
          });
          return token;
        });
        response.setHeader('cache-control', 'no-store');
        return { status: 201, body: { token: presentToken(made.row), secret: made.secret } };
      },
    }),
    route({
      method: 'delete',
      path: '/api/tokens/:id',
      summary: 'Revoke a token at once',
      role: 'admin',
      operatorOnly: OWNED,
      params: z.strictObject({ id: TokenId }),
      responses: { 200: { description: 'Revoked.', schema: z.strictObject({ token: Token }) } },
      handler: async ({ principal, params }) => {
        return await inTransaction(services.db, async (tx) => {
          const token = await revokeToken(tx, params.id, new Date());
          if (!token) throw notFound('token', params.id);
          if ((await countAdminTokens(tx)) === 0)
            throw new Refusal(
              409,
              'last_admin_token',
              'This is the last admin token. Make another one first, or nobody could administer Plinth.',
            );
          await appendAudit(tx, {
            actor: principal.name,
            action: 'token.revoked',
            target: token.id,
            organizationId: token.organizationId,
            data: {},
          });
          return { status: 200, body: { token: presentToken(token) } };
        });
      },
    }),
    auditRoute(services),
  ];
}

function auditRoute(services: Services): Route {
  return route({
    method: 'get',
    path: '/api/audit',
    summary: 'The audit trail, newest first',
    role: 'admin',
    query: AuditQuery,
    responses: { 200: { description: 'One page, and whether the newest part of the chain is intact.', schema: AuditPage } },
    handler: async ({ principal, query }) => {
      const rows = await listAudit(
        services.db,
        principal.organizationId,
        query.before === undefined ? null : BigInt(query.before),
        query.limit,
        query.target,
      );
      const events = rows.map((row) => ({
        seq: String(row.seq),
        at: row.at.toISOString(),
        actor: row.actor,
        action: row.action,
        target: row.target,
        organization_id: row.organizationId,
        data: row.data,
        previous_hash: row.previousHash,
        hash: row.hash,
      }));
      const next = rows.length === query.limit ? (events.at(-1)?.seq ?? null) : null;
      return { status: 200, body: { events, next, chain_intact: await auditIntact(services.db) } };
    },
  });
}
