/** /api/impersonations and /api/whoami: acting as a customer, and who one is. */
import type { Permission } from '../../../contract/permissions.ts';
import {
  ImpersonationAnswer,
  ImpersonationList,
  ImpersonationParams,
  ImpersonationStart,
  WhoAmI,
} from '../../../contract/impersonation.ts';
import { appendAudit } from '../../kernel/audit.ts';
import { can, isConfirmed } from '../../kernel/can.ts';
import { timeIn, timeNow } from '../../kernel/clock.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { notFound, Refusal, refuseField } from '../../kernel/problem.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import { organizationById } from '../../kernel/settings.ts';
import { memberById } from '../members/store.ts';
import { ACTING_HEADER } from './acting.ts';
import { endImpersonation, type ImpersonationRow, insertImpersonation, listImpersonations, livingImpersonation } from './store.ts';

const SHOWN = 200;

const present = (row: ImpersonationRow) => ({
  id: row.id,
  staff: row.staff,
  organization_id: row.organizationId,
  organization_name: row.organization.name,
  user: row.user,
  reason: row.reason,
  read_only: row.readOnly,
  created_at: row.createdAt.toISOString(),
  expires_at: row.expiresAt.toISOString(),
  ended_at: row.endedAt?.toISOString() ?? null,
});

/** Changing as somebody else needs more. */
const byWrite = {
  anyOf: ['impersonation:start', 'impersonation:write'] as const satisfies readonly Permission[],
  of: ({ body }: { body: { write: boolean } }): Permission[] =>
    body.write ? ['impersonation:start', 'impersonation:write'] : ['impersonation:start'],
};

/** @throws Refusal 403 to tokens: both people must be known. */
function mustBeStaff({ actor }: Principal): string {
  if (actor.kind !== 'user') throw new Refusal(403, 'person_only', 'Only a person who signed in acts as a customer.');
  return actor.id;
}

export function impersonationRoutes(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/impersonations',
      summary: 'Who of the staff acts or acted as a customer, and why',
      permission: 'impersonation:read',
      responses: { 200: { description: 'The newest first.', schema: ImpersonationList } },
      handler: async () => ({ status: 200, body: { impersonations: (await listImpersonations(services.db, SHOWN)).map(present) } }),
    }),
    startRoute(),
    route({
      method: 'delete',
      path: '/api/impersonations/:id',
      id: 'endImpersonation',
      summary: 'End acting as a customer',
      permission: 'impersonation:start',
      params: ImpersonationParams,
      responses: { 204: { description: 'Over.' } },
      transaction: true,
      handler: async ({ principal, params, tx }) => {
        const own = can(principal, 'impersonation:write') ? null : mustBeStaff(principal);
        const row = await endImpersonation(tx, params.id, own, timeNow());
        if (!row) throw notFound('impersonation', params.id);
        const entry = { actor: principal.name, action: 'impersonation.ended', target: row.id, organizationId: row.organizationId };
        await appendAudit(tx, { ...entry, data: { staff: row.staff.name } });
        return { status: 204 };
      },
    }),
    whoAmIRoute(services),
  ];
}

function startRoute(): Route {
  return route({
    method: 'post',
    path: '/api/impersonations',
    id: 'actAsCustomer',
    summary: `Begin to act as a customer, for an hour at most: requests then name it with ${ACTING_HEADER}`,
    permission: byWrite,
    body: ImpersonationStart,
    responses: { 201: { description: 'Begun; the customer reads of it in the audit trail.', schema: ImpersonationAnswer } },
    transaction: true,
    handler: async ({ principal, body, tx }) => {
      const staffUserId = mustBeStaff(principal);
      const { organization_id: organizationId, user_id: userId, reason, minutes, write } = body;
      const organization = await organizationById(tx, organizationId);
      if (!organization) throw refuseField('organization_id', 'no such organization', 'Take one from GET /api/admin/organizations.');
      if (organization.status === 'closed') throw new Refusal(409, 'organization_closed', `"${organization.name}" is closed.`);
      if (userId !== undefined && !(await memberById(tx, organizationId, userId)))
        throw refuseField('user_id', 'is no member of this organization', 'See GET /api/members.');
      const times = { createdAt: timeNow(), expiresAt: timeIn(minutes * 60_000) };
      const row = await insertImpersonation(tx, {
        staffUserId,
        organizationId,
        userId: userId ?? null,
        reason,
        readOnly: !write,
        ...times,
      });
      const onBehalfOf = row.user
        ? ({ kind: 'user', id: row.user.id, name: row.user.name } as const)
        : ({ kind: 'organization', id: organizationId, name: organization.name } as const);
      const entry = { actor: { ...principal.actor, onBehalfOf }, action: 'impersonation.started', target: row.id, organizationId };
      await appendAudit(tx, { ...entry, data: { reason, minutes, write } });
      return { status: 201, body: { impersonation: present(row) } };
    },
  });
}

function whoAmIRoute(services: Services): Route {
  return route({
    method: 'get',
    path: '/api/whoami',
    id: 'whoAmI',
    summary: 'Who is asking, in which scope, and what it may do there',
    permission: 'session:own',
    responses: { 200: { description: 'The actor, its role and its permissions.', schema: WhoAmI } },
    handler: async ({ principal, request }) => {
      const { actor, role, organizationId, permissions } = principal;
      const organization = organizationId === null ? null : await organizationById(services.db, organizationId);
      const { onBehalfOf, ...who } = actor;
      const id = actor.kind === 'user' && onBehalfOf ? request.get(ACTING_HEADER) : undefined;
      const acting = id === undefined ? null : await livingImpersonation(services.db, id, actor.id, timeNow());
      return {
        status: 200,
        body: {
          actor: { ...who, on_behalf_of: onBehalfOf ?? null },
          role,
          organization: organization && { id: organization.id, name: organization.name, display_name: organization.displayName },
          permissions: [...permissions].toSorted(),
          confirmed: isConfirmed(principal),
          acting: acting && present(acting),
        },
      };
    },
  });
}
