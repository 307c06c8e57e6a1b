/** /api/service-accounts: what signs in by tokens only, with a role as a member's. */
import {
  ServiceAccountAnswer,
  ServiceAccountCreate,
  ServiceAccountList,
  ServiceAccountParams,
  ServiceAccountPatch,
} from '../../../contract/service-account.ts';
import { MEMBER_ROLES, STAFF_ROLES } from '../../../contract/permissions.ts';
import { appendAudit } from '../../kernel/audit.ts';
import { onPlatform } from '../../kernel/can.ts';
import { timeNow } from '../../kernel/clock.ts';
import { brokenUnique, type Db } from '../../kernel/database.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { notFound, Refusal, refuseField } from '../../kernel/problem.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import { organizationById } from '../../kernel/settings.ts';
import { granted, type Role } from '../policy/grants.ts';
import {
  deleteServiceAccount,
  insertServiceAccount,
  listServiceAccounts,
  serviceAccountById,
  type ServiceAccountRow,
  updateServiceAccount,
} from './store.ts';

const answer = { 200: { description: 'As it is now.', schema: ServiceAccountAnswer } };

const present = (row: ServiceAccountRow) => ({
  id: row.id,
  organization_id: row.organizationId,
  name: row.name,
  role: row.role,
  tokens: row._count.tokens,
  created_by: row.createdBy,
  disabled_at: row.disabledAt?.toISOString() ?? null,
  created_at: row.createdAt.toISOString(),
});
const recordOf = ({ name, role, disabledAt }: ServiceAccountRow) => ({ name, role, disabled: disabledAt !== null });

/** @throws Refusal 422 for a role of elsewhere, 403 for one that can more than the caller. */
function requireRole(principal: Principal, role: string, scope: string | null): void {
  const known: readonly string[] = scope === null ? STAFF_ROLES : MEMBER_ROLES;
  if (!known.includes(role))
    throw refuseField('role', `is no role ${scope === null ? 'of staff' : 'in an organization'}`, `Use one of: ${known.join(', ')}.`);
  if (scope !== null && onPlatform(principal)) return;
  const given = granted({ of: scope === null ? 'staff' : 'member', role } as Role, scope);
  const more = [...given].find((permission) => !principal.permissions.has(permission));
  if (more !== undefined) throw new Refusal(403, 'forbidden', `The role ${role} has ${more}, which "${principal.name}" does not have.`);
}

async function must(tx: Db, principal: Principal, id: string): Promise<ServiceAccountRow> {
  const row = await serviceAccountById(tx, principal.organizationId, id);
  if (!row) throw notFound('service account', id);
  return row;
}

export function serviceAccountRoutes(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/service-accounts',
      summary: 'Service accounts',
      permission: 'service-account:read',
      responses: { 200: { description: 'By name.', schema: ServiceAccountList } },
      handler: async ({ principal }) => ({
        status: 200,
        body: { service_accounts: (await listServiceAccounts(services.db, principal.organizationId)).map(present) },
      }),
    }),
    route({
      method: 'post',
      path: '/api/service-accounts',
      summary: 'Add a service account; its tokens are made apart',
      permission: 'service-account:write',
      body: ServiceAccountCreate,
      responses: { 201: { description: 'Added.', schema: ServiceAccountAnswer } },
      transaction: true,
      handler: async ({ principal, body, tx }) => {
        const organizationId = principal.organizationId ?? body.organization_id ?? null;
        if (body.organization_id !== undefined && body.organization_id !== organizationId)
          throw refuseField('organization_id', 'is not the one you act for', 'Leave it out.', 403, 'forbidden');
        requireRole(principal, body.role, organizationId);
        if (organizationId !== null && !(await organizationById(tx, organizationId)))
          throw refuseField('organization_id', 'no such organization', 'Leave it out for one of the platform.');
        const columns = { organizationId, name: body.name, role: body.role, createdBy: principal.name };
        const row = await insertServiceAccount(tx, columns).catch(refuseTwice(body.name));
        const entry = { actor: principal.name, action: 'service-account.created', target: row.id, organizationId };
        await appendAudit(tx, { ...entry, data: {}, after: recordOf(row) });
        return { status: 201, body: { service_account: present(row) } };
      },
    }),
    ...oneRoutes(),
  ];
}

function oneRoutes(): Route[] {
  return [
    route({
      method: 'patch',
      path: '/api/service-accounts/:id',
      summary: 'Change its name or role, disable or enable it; its tokens follow at once',
      permission: 'service-account:write',
      params: ServiceAccountParams,
      body: ServiceAccountPatch,
      responses: answer,
      transaction: true,
      handler: async ({ principal, params, body, tx }) => {
        const row = await must(tx, principal, params.id);
        if (body.role !== undefined) requireRole(principal, body.role, row.organizationId);
        const disabledAt = body.disabled === undefined ? {} : { disabledAt: body.disabled ? (row.disabledAt ?? timeNow()) : null };
        const named = {
          ...(body.name === undefined ? {} : { name: body.name }),
          ...(body.role === undefined ? {} : { role: body.role }),
        };
        const changed = await updateServiceAccount(tx, row.id, { ...named, ...disabledAt }).catch(refuseTwice(body.name ?? ''));
        const entry = { actor: principal.name, action: 'service-account.changed', target: row.id, organizationId: row.organizationId };
        await appendAudit(tx, { ...entry, data: { fields: Object.keys(body) }, before: recordOf(row), after: recordOf(changed) });
        return { status: 200, body: { service_account: present(changed) } };
      },
    }),
    route({
      method: 'delete',
      path: '/api/service-accounts/:id',
      summary: 'Remove a service account with its tokens',
      permission: 'service-account:write',
      params: ServiceAccountParams,
      responses: { 204: { description: 'Removed; its tokens count no more.' } },
      transaction: true,
      handler: async ({ principal, params, tx }) => {
        const row = await must(tx, principal, params.id);
        await deleteServiceAccount(tx, row.id);
        const entry = { actor: principal.name, action: 'service-account.deleted', target: row.id, organizationId: row.organizationId };
        await appendAudit(tx, { ...entry, data: { tokens: row._count.tokens }, before: recordOf(row) });
        return { status: 204 };
      },
    }),
  ];
}

const refuseTwice =
  (name: string) =>
  (error: unknown): never => {
    if (brokenUnique(error) === null) throw error;
    throw refuseField('name', `there is a service account "${name}" already`, 'Choose another name.', 409, 'name_taken');
  };
