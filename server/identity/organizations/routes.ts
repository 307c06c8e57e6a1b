/** /api/admin/organizations */
import {
  OrganizationAnswer,
  OrganizationCreate,
  OrganizationList,
  OrganizationParams,
  OrganizationPatch,
} from '../../../contract/organization.ts';
import { notFound, refuseField } from '../../kernel/problem.ts';
import { hostOf } from '../../kernel/host-names.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import { appendAudit } from '../../kernel/audit.ts';
import { brokenUnique, type Db, type Json, type Organization } from '../../kernel/database.ts';
import { blocking, changeOrganization, unblocking } from './change.ts';
import { presentOrganization } from './present.ts';
import { insertOrganization, listOrganizations, lockOrganization, setZones } from './store.ts';
import { type Route, route } from '../../kernel/http/route.ts';

export function organizationRoutes(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/admin/organizations',
      summary: 'List organizations, the customers',
      permission: 'organization:list',
      responses: { 200: { description: 'By name.', schema: OrganizationList } },
      handler: async () => ({ status: 200, body: { organizations: (await listOrganizations(services.db)).map(presentOrganization) } }),
    }),
    route({
      method: 'post',
      path: '/api/admin/organizations',
      summary: 'Add an organization',
      permission: 'organization:create',
      body: OrganizationCreate,
      responses: { 201: { description: 'Added.', schema: OrganizationAnswer } },
      transaction: true,
      handler: async ({ principal, body, tx }) => {
        const made = await insertOrganization(tx, body.name).catch((error: unknown) => refuseTwice(error, body.name));
        const entry = { actor: principal.name, action: 'organization.created', target: made.id, organizationId: made.id };
        await appendAudit(tx, { ...entry, data: { name: body.name } });
        return { status: 201, body: { organization: presentOrganization({ ...made, vpsCount: 0 }) } };
      },
    }),
    route({
      method: 'patch',
      path: '/api/admin/organizations/:id',
      summary: 'Say in which zones an organization may have DNS names, and whether it may order and make anything new',
      permission: {
        anyOf: ['organization:set-zones', 'organization:block'],
        of: ({ body }) => [
          ...(body.zones === undefined ? [] : (['organization:set-zones'] as const)),
          ...(body.active === undefined ? [] : (['organization:block'] as const)),
        ],
      },
      params: OrganizationParams,
      body: OrganizationPatch,
      responses: { 200: { description: 'The organization as it is now. Names it has already stay.', schema: OrganizationAnswer } },
      transaction: true,
      handler: async ({ principal, params, body, tx }) => {
        const former = await lockOrganization(tx, params.id);
        if (!former) throw notFound('organization', params.id);
        if (body.zones !== undefined) await changeZones(tx, principal, former, body.zones);
        if (body.active !== undefined) await switchActive(tx, principal, former, body.active);
        const row = (await listOrganizations(tx, params.id))[0]!;
        return { status: 200, body: { organization: presentOrganization(row) } };
      },
    }),
  ];
}

async function changeZones(tx: Db, principal: Principal, former: Organization, wanted: readonly string[] | null): Promise<void> {
  const { id } = former;
  const zones = wanted?.map((zone, index) => hostOf(`zones.${index}`, zone)) ?? null;
  await setZones(tx, id, zones);
  const entry = { actor: principal.name, action: 'organization.changed', target: id, organizationId: id };
  await appendAudit(tx, { ...entry, data: { zones: zones ?? 'default' }, before: { zones: former.zones as Json }, after: { zones } });
}

async function switchActive(tx: Db, principal: Principal, { id, status }: Organization, active: boolean): Promise<void> {
  if (status !== 'closed' && (status === 'active') === active) return;
  await changeOrganization(tx, principal, id, active ? unblocking : blocking('Switched off.'));
}

function refuseTwice(error: unknown, name: string): never {
  if (brokenUnique(error) === null) throw error;
  throw refuseField('name', `there is an organization "${name}" already`, 'Choose another name.', 409, 'name_taken');
}
