/** /api/session: who asks, and a browser's signing in and out. */
import { plainAddress } from '../../../lib/addresses.ts';
import type { Request } from 'express';
import { Session, SignIn } from '../../../contract/overview.ts';
import packageJson from '../../../package.json' with { type: 'json' };
import { clearCookies, openSession } from './sessions.ts';
import type { Db } from '../../kernel/database.ts';
import { Refusal } from '../../kernel/problem.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import { organizationById } from '../../kernel/settings.ts';
import { simulatorOrigin } from '../../kernel/simulator-origin.ts';
import { appendAudit } from '../../kernel/audit.ts';
import { deleteSession } from './store.ts';
import { clearUserCookies } from '../sign-in/door.ts';
import { endSessions } from '../sign-in/entries-store.ts';
import { type Route, route } from '../../kernel/http/route.ts';

export function sessionRoutes(services: Services): Route[] {
  const audited = ({ name, tokenId, actor, organizationId }: Principal, action: 'session.opened' | 'session.ended') =>
    ({ actor: name, action, target: tokenId ?? actor.id, organizationId, data: {} }) as const;
  return [
    route({
      method: 'get',
      path: '/api/session',
      summary: 'Who this token is, and what this Plinth is',
      permission: 'session:own',
      responses: { 200: { description: 'The token’s name and role.', schema: Session } },
      handler: async ({ principal, request }) => ({
        status: 200,
        body: await presentSession(services, services.db, principal, request),
      }),
    }),
    route({
      method: 'post',
      path: '/api/session',
      id: 'signIn',
      summary: 'Sign this browser in with the token that is sent; later requests go by a cookie that no script can read',
      permission: 'session:own',
      body: SignIn,
      responses: { 200: { description: 'Signed in. The cookie counts with the header X-Plinth-Dashboard.', schema: Session } },
      transaction: true,
      handler: async ({ principal, body, request, response, tx }) => {
        const { tokenId } = principal;
        if (principal.sessionId !== undefined || tokenId === null)
          throw new Refusal(409, 'signed_in_already', 'This browser is signed in. Send the token itself: Authorization: Bearer plinth_….');
        await openSession(tx, { config: services.config, request, response }, tokenId, body.keep);
        await appendAudit(tx, audited(principal, 'session.opened'));
        return { status: 200, body: await presentSession(services, tx, principal, request) };
      },
    }),
    route({
      method: 'delete',
      path: '/api/session',
      id: 'signOut',
      summary: 'Sign this browser out; the token itself stays valid',
      permission: 'session:own',
      responses: { 204: { description: 'The cookie counts no more, and streams opened with it end.' } },
      transaction: true,
      handler: async ({ principal, request, response, tx }) => {
        const { sessionId, tokenId, actor } = principal;
        if (sessionId !== undefined) {
          const ended = tokenId === null ? (await endSessions(tx, actor.id, { only: sessionId })) > 0 : await deleteSession(tx, sessionId);
          if (ended) await appendAudit(tx, audited(principal, 'session.ended'));
        }
        clearUserCookies(services.config, request, response);
        clearCookies({ config: services.config, request, response });
        return { status: 204 };
      },
    }),
  ];
}

/** In the words of tokens' roles, by which the pages show what can be done. */
function roleShown({ permissions }: Principal): Session['role'] {
  // The last is what an organization's own token of that role has, which manages neither accounts nor members.
  if ((['account:create', 'member:write', 'vps:reveal-again'] as const).some((each) => permissions.has(each))) return 'admin';
  return permissions.has('vps:power') ? 'operator' : 'viewer';
}

async function presentSession(services: Services, db: Db, principal: Principal, request: Request): Promise<Session> {
  const { organizationId } = principal;
  const organization = organizationId && (await organizationById(db, organizationId));
  return {
    name: principal.name,
    role: roleShown(principal),
    permissions: [...principal.permissions].toSorted(),
    user_id: principal.actor.kind === 'user' ? (principal.actor.id as Session['user_id']) : null,
    organization_id: principal.organizationId as Session['organization_id'],
    mode: services.config.mode,
    version: packageJson.version,
    buys: (organization || null)?.internal === false,
    simulator_url: simulatorOrigin(services),
    // An IPv4 client of a socket for both kinds comes as ::ffff:203.0.113.7.
    client_address: request.ip === undefined ? null : plainAddress(request.ip),
  };
}
