/** /api/members: people in an organization, and their roles. */
import {
  MemberAnswer,
  MemberList,
  MemberParams,
  MemberPatch,
  OfOrganization,
  OrganizationTransfer,
} from '../../../contract/organization.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { Refusal } from '../../kernel/problem.ts';
import type { Services } from '../../kernel/services.ts';
import { organizationOf } from '../organizations/which.ts';
import { changeRole, dropMember, transfer } from './members.ts';
import { listMembers, type MemberRow } from './store.ts';

const present = ({ user, role, createdAt }: MemberRow) => ({
  user_id: user.id,
  name: user.name,
  email: user.email,
  role,
  second_factor: user.twoFactorEnabled,
  since: createdAt.toISOString(),
});

export function memberRoutes(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/members',
      summary: 'People in the organization, and their roles',
      permission: 'member:read',
      query: OfOrganization,
      responses: { 200: { description: 'The oldest member first.', schema: MemberList } },
      handler: async ({ principal, query }) => {
        const rows = await listMembers(services.db, organizationOf(principal, query.organization_id));
        return { status: 200, body: { members: rows.map(present) } };
      },
    }),
    route({
      method: 'patch',
      path: '/api/members/:id',
      summary: 'Give a member another role; it holds at once',
      permission: 'member:write',
      params: MemberParams,
      body: MemberPatch,
      responses: { 200: { description: 'The member.', schema: MemberAnswer } },
      transaction: true,
      handler: async ({ principal, params, body, tx }) => {
        const organizationId = organizationOf(principal, body.organization_id);
        return { status: 200, body: { member: present(await changeRole(tx, principal, organizationId, params.id, body.role)) } };
      },
    }),
    route({
      method: 'delete',
      path: '/api/members/:id',
      summary: 'Take a member out of the organization',
      permission: 'member:write',
      params: MemberParams,
      query: OfOrganization,
      responses: { 204: { description: 'Out, and their tokens there count no more.' } },
      transaction: true,
      handler: async ({ principal, params, query, tx }) => {
        await dropMember(tx, principal, organizationOf(principal, query.organization_id), params.id);
        return { status: 204 };
      },
    }),
    route({
      method: 'post',
      path: '/api/members/leave',
      id: 'leaveOrganization',
      summary: 'Leave the organization one acts in',
      permission: 'session:own',
      responses: { 204: { description: 'Out.' } },
      transaction: true,
      handler: async ({ principal, tx }) => {
        const { actor, organizationId } = principal;
        if (actor.kind !== 'user' || organizationId === null || actor.onBehalfOf)
          throw new Refusal(409, 'no_member', 'Only a person who is a member can leave an organization.');
        await dropMember(tx, principal, organizationId, actor.id);
        return { status: 204 };
      },
    }),
    route({
      method: 'post',
      path: '/api/organization/transfer',
      id: 'transferOrganization',
      summary: 'Make another member owner; who gives it away stays as admin',
      permission: 'organization:transfer',
      query: OfOrganization,
      body: OrganizationTransfer,
      responses: { 200: { description: 'The new owner.', schema: MemberAnswer } },
      transaction: true,
      handler: async ({ principal, query, body, tx }) => {
        const organizationId = organizationOf(principal, query.organization_id);
        return { status: 200, body: { member: present(await transfer(tx, principal, organizationId, body.user_id)) } };
      },
    }),
  ];
}
