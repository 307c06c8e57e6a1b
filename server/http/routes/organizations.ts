/** /api/admin/organizations, and who owns a VPS. */
import { z } from 'zod';
import { VpsId } from '../../../contract/ids.ts';
import { OrganizationAnswer, OrganizationCreate, OrganizationList, OwnerChange } from '../../../contract/organization.ts';
import { Vps } from '../../../contract/vps.ts';
import { refuseField } from '../../problem.ts';
import { changeOwner } from '../../services/lifecycle/owner.ts';
import type { Services } from '../../services/services.ts';
import { appendAudit } from '../../store/audit.ts';
import { brokenUnique, inTransaction } from '../../store/database.ts';
import { insertOrganization, listOrganizations, type OrganizationRow } from '../../store/organizations.ts';
import { presentVps } from '../present.ts';
import { type Route, route } from '../route.ts';

const OWNED = 'organizations are managed by the operator of Plinth';

const present = ({ id, name, vpsCount, createdAt }: OrganizationRow) => ({
  id,
  name,
  vps_count: vpsCount,
  created_at: createdAt.toISOString(),
});

export function organizationRoutes(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/admin/organizations',
      summary: 'List organizations, the customers',
      role: 'admin',
      operatorOnly: OWNED,
      responses: { 200: { description: 'By name.', schema: OrganizationList } },
      handler: async () => ({ status: 200, body: { organizations: (await listOrganizations(services.db)).map(present) } }),
    }),
    route({
      method: 'post',
      path: '/api/admin/organizations',
      summary: 'Add an organization',
      role: 'admin',
      operatorOnly: OWNED,
      body: OrganizationCreate,
      responses: { 201: { description: 'Added.', schema: OrganizationAnswer } },
      handler: async ({ principal, body, settle }) => {
        const add = inTransaction(services.db, async (tx) => {
          const row = { ...(await insertOrganization(tx, body.name)), vpsCount: 0 };
          const entry = { actor: principal.name, action: 'organization.created', target: row.id, organizationId: row.id };
          await appendAudit(tx, { ...entry, data: { name: body.name } });
          const answer = { organization: present(row) };
          await settle(tx, 201, answer);
          return answer;
        });
        return { status: 201, body: await add.catch((error: unknown) => refuseTwice(error, body.name)) };
      },
    }),
    route({
      method: 'put',
      path: '/api/vps/:id/owner',
      summary: 'Give a VPS to another organization',
      role: 'admin',
      params: z.strictObject({ id: VpsId }),
      body: OwnerChange,
      responses: { 200: { description: 'The VPS, under its new owner.', schema: z.strictObject({ instance: Vps }) } },
      handler: async ({ principal, params, body, settle }) => {
        const vps = await changeOwner(services, principal, params.id, body, (tx, changed) =>
          settle(tx, 200, { instance: presentVps(changed) }),
        );
        return { status: 200, body: { instance: presentVps(vps) } };
      },
    }),
  ];
}

function refuseTwice(error: unknown, name: string): never {
  if (brokenUnique(error) === null) throw error;
  throw refuseField('name', `there is an organization "${name}" already`, 'Choose another name.', 409, 'name_taken');
}
