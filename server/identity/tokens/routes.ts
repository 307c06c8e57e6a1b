/** /api/tokens */
import { TokenAnswer, TokenCreate, TokenCreated, TokenList, TokenParams, TokenQuery, TokenRotate } from '../../../contract/token.ts';
import { appendAudit } from '../../kernel/audit.ts';
import { timeNow } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/database.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { Refusal } from '../../kernel/problem.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import { makeToken, mustToken, rotateToken, tokensOf } from './make.ts';
import { presentToken } from './present.ts';
import { countAdminTokens, revokeToken, type TokenWithOwner } from './store.ts';

export function tokenRoutes(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/tokens',
      summary: 'List tokens, without their secrets: all, an organization’s, or one’s own',
      permission: 'token:read',
      query: TokenQuery,
      responses: { 200: { description: 'The oldest first.', schema: TokenList } },
      handler: async ({ principal, query }) => ({
        status: 200,
        body: { tokens: (await tokensOf(services.db, principal, query.service_account_id)).map(presentToken) },
      }),
    }),
    route({
      method: 'post',
      path: '/api/tokens',
      summary: 'Make a token; its secret is in this answer only',
      permission: 'token:write',
      body: TokenCreate,
      responses: { 201: { description: 'Keep the secret.', schema: TokenCreated } },
      transaction: true,
      handler: async ({ principal, body, response, tx }) => {
        const made = await makeToken(tx, principal, body);
        await audit(tx, principal, 'token.created', made.row, { name: body.name, role: body.role ?? null, scopes: body.scopes });
        response.setHeader('cache-control', 'no-store, no-transform');
        return { status: 201, body: { token: presentToken(made.row), secret: made.secret } };
      },
    }),
    ...oneRoutes(),
  ];
}

function oneRoutes(): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/tokens/:id/rotate',
      summary: 'Make its successor, with another secret and all else the same; the former ends now, or after a grace',
      permission: 'token:write',
      params: TokenParams,
      body: TokenRotate,
      responses: { 201: { description: 'Keep the secret.', schema: TokenCreated } },
      transaction: true,
      handler: async ({ principal, params, body, response, tx }) => {
        const made = await rotateToken(tx, principal, params.id, body.grace_minutes);
        await audit(tx, principal, 'token.rotated', made.row, { former: params.id, grace_minutes: body.grace_minutes });
        response.setHeader('cache-control', 'no-store, no-transform');
        return { status: 201, body: { token: presentToken(made.row), secret: made.secret } };
      },
    }),
    route({
      method: 'delete',
      path: '/api/tokens/:id',
      summary: 'Revoke a token at once',
      permission: 'token:write',
      params: TokenParams,
      responses: { 200: { description: 'Revoked.', schema: TokenAnswer } },
      transaction: true,
      handler: async ({ principal, params, tx }) => {
        await mustToken(tx, principal, params.id);
        const token = (await revokeToken(tx, params.id, timeNow()))!;
        if (isAdmin(token) && (await countAdminTokens(tx)) === 0)
          throw new Refusal(
            409,
            'last_admin_token',
            'This is the last admin token. Make another one first, or nobody could administer Plinth.',
          );
        await audit(tx, principal, 'token.revoked', token, {});
        return { status: 200, body: { token: presentToken(token) } };
      },
    }),
  ];
}

const isAdmin = ({ role, organizationId }: TokenWithOwner): boolean => role === 'admin' && organizationId === null;

async function audit(tx: Db, principal: Principal, action: string, token: TokenWithOwner, data: Record<string, any>): Promise<void> {
  await appendAudit(tx, { actor: principal.name, action, target: token.id, organizationId: token.organizationId, data });
}
