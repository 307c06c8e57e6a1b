/** /api/invitations: people are asked into an organization by mail. */
import { randomBytes, randomUUID } from 'node:crypto';
import { InvitationAnswer, InvitationCreate, InvitationList, InvitationParams, LinkSecret } from '../../../contract/people.ts';
import { OfOrganization } from '../../../contract/organization.ts';
import { can } from '../../kernel/can.ts';
import { appendAudit } from '../../kernel/audit.ts';
import { timeIn } from '../../kernel/clock.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { notFound, Refusal, refuseField } from '../../kernel/problem.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import { organizationById } from '../../kernel/settings.ts';
import { baseOf } from '../sign-in/door.ts';
import { mustBePerson } from '../sign-in/own-routes.ts';
import { hashOf } from '../tokens/authenticate.ts';
import { userByEmail, userById } from '../users/store.ts';
import {
  acceptInvitation,
  insertInvitation,
  invitationByHash,
  type InvitationWith,
  listInvitations,
  memberOf,
  revokeInvitation,
} from './store.ts';

const LIFE_MS = 7 * 86_400_000;

const present = (invitation: InvitationWith) => ({
  id: invitation.id,
  organization_id: invitation.organizationId,
  organization_name: invitation.organization.name,
  email: invitation.email,
  role: invitation.role,
  inviter: invitation.inviter?.name ?? null,
  expires_at: invitation.expiresAt.toISOString(),
  created_at: invitation.createdAt.toISOString(),
});

/** @throws Refusal when somebody of the platform names none, or anybody another than their own */
function organizationOf(principal: Principal, named: string | undefined): string {
  const own = principal.organizationId;
  if (own === null && named === undefined)
    throw refuseField('organization_id', 'is missing', 'Say into which organization: you act on the platform.');
  if (own !== null && named !== undefined && named !== own) throw notFound('organization', named);
  return own ?? named!;
}

export function invitationRoutes(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/invitations',
      id: 'listInvitations',
      summary: 'Open invitations into an organization',
      permission: 'invitation:read',
      query: OfOrganization,
      responses: { 200: { description: 'Oldest first.', schema: InvitationList } },
      handler: async ({ principal, query }) => {
        const rows = await listInvitations(services.db, organizationOf(principal, query.organization_id));
        return { status: 200, body: { invitations: rows.map(present) } };
      },
    }),
    inviteRoute(services),
    route({
      method: 'delete',
      path: '/api/invitations/:id',
      id: 'revokeInvitation',
      summary: 'Take an invitation back',
      permission: 'invitation:write',
      params: InvitationParams,
      query: OfOrganization,
      responses: { 204: { description: 'Its link counts no more.' } },
      transaction: true,
      handler: async ({ principal, params, query, tx }) => {
        const organizationId = organizationOf(principal, query.organization_id);
        if (!(await revokeInvitation(tx, organizationId, params.id))) throw notFound('invitation', params.id);
        await appendAudit(tx, { actor: principal.name, action: 'invitation.revoked', target: params.id, organizationId, data: {} });
        return { status: 204 };
      },
    }),
    ...guestRoutes(services),
  ];
}

function inviteRoute(services: Services): Route {
  return route({
    method: 'post',
    path: '/api/invitations',
    id: 'invite',
    summary: 'Invite somebody into an organization by mail; an earlier open invitation of theirs is taken back',
    permission: 'invitation:write',
    body: InvitationCreate,
    responses: { 201: { description: 'The link is in the mail only.', schema: InvitationAnswer } },
    transaction: true,
    handler: async ({ principal, body, request, tx }) => {
      const organizationId = organizationOf(principal, body.organization_id);
      const { email, role } = body;
      if (role === 'owner' && !can(principal, 'organization:transfer'))
        throw refuseField('role', 'only an owner makes owners', 'Invite with another role, or ask an owner.', 403, 'forbidden');
      const secret = randomBytes(32).toString('base64url');
      const base = baseOf(services.config, request);
      if (!(await organizationById(tx, organizationId))) throw notFound('organization', organizationId);
      if (await memberOf(tx, organizationId, email)) throw new Refusal(409, 'member_already', `${email} is a member already.`);
      const inviterId = principal.actor.kind === 'user' ? principal.actor.id : null;
      const data = { id: randomUUID(), organizationId, email, role, inviterId, expiresAt: timeIn(LIFE_MS), tokenHash: hashOf(secret) };
      const row = await insertInvitation(tx, data);
      const invited = await userByEmail(tx, email);
      await services.mail(tx, {
        kind: 'invitation',
        to: { address: email, name: invited?.name ?? null },
        locale: invited?.locale ?? (request.acceptsLanguages('en', 'de') || 'en'),
        userId: invited?.id ?? null,
        organizationId,
        data: { organization: row.organization.name, inviter: principal.name, role, link: `${base}/invitation#${secret}` },
      });
      await appendAudit(tx, { actor: principal.name, action: 'invitation.sent', target: row.id, organizationId, data: { role } });
      return { status: 201, body: { invitation: present(row) } };
    },
  });
}

const gone = (): Refusal => new Refusal(400, 'link_invalid', 'This invitation was used, was taken back or has expired. Ask for a new one.');

function guestRoutes(services: Services): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/invitations/look',
      id: 'lookAtInvitation',
      summary: 'What an invitation’s link is about',
      permission: 'public',
      unrepeated: true,
      body: LinkSecret,
      responses: { 200: { description: 'Open.', schema: InvitationAnswer } },
      apart: 'changes nothing',
      handler: async ({ body }) => {
        const row = await invitationByHash(services.db, hashOf(body.secret));
        if (!row) throw gone();
        return { status: 200, body: { invitation: present(row) } };
      },
    }),
    route({
      method: 'post',
      path: '/api/invitations/accept',
      id: 'acceptInvitation',
      summary: 'Accept an invitation as the person who is signed in, whose address it is for',
      permission: 'session:own',
      unrepeated: true,
      body: LinkSecret,
      responses: { 204: { description: 'You are a member now.' } },
      transaction: true,
      handler: async ({ principal, body, tx }) => {
        const { userId, name } = mustBePerson(principal);
        const row = await invitationByHash(tx, hashOf(body.secret));
        const user = (await userById(tx, userId))!;
        if (!row || row.email !== user.email || !user.emailVerified || !(await acceptInvitation(tx, row, userId))) throw gone();
        const entry = { actor: name, action: 'invitation.accepted', target: row.id, organizationId: row.organizationId };
        await appendAudit(tx, { ...entry, data: { user: userId, role: row.role } });
        return { status: 204 };
      },
    }),
  ];
}
