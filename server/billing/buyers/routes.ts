/** /api/admin/organizations/:id/buyer */
import { BuyerAnswer, BuyerPut } from '../../../contract/buyer.ts';
import { OrganizationParams } from '../../../contract/organization.ts';
import { appendAudit } from '../../kernel/audit.ts';
import type { Db } from '../../kernel/database.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { notFound } from '../../kernel/problem.ts';
import type { Services } from '../../kernel/services.ts';
import { buyerById, setInternal } from './store.ts';

async function shown(db: Db, id: string) {
  const found = await buyerById(db, id);
  if (!found) throw notFound('organization', id);
  return { buyer: { organization_id: id, internal: found.internal, test_clock_id: found.testClockId } };
}

export function buyerRoutes(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/admin/organizations/:id/buyer',
      summary: 'Whether an organization buys its servers',
      permission: 'organization:list',
      params: OrganizationParams,
      responses: { 200: { description: 'As it is now.', schema: BuyerAnswer } },
      handler: async ({ params }) => ({ status: 200, body: await shown(services.db, params.id) }),
    }),
    route({
      method: 'put',
      path: '/api/admin/organizations/:id/buyer',
      summary: 'Say whether an organization buys its servers or creates them itself',
      permission: 'organization:set-buying',
      params: OrganizationParams,
      body: BuyerPut,
      responses: { 200: { description: 'As it is now. What it has stays as it is.', schema: BuyerAnswer } },
      transaction: true,
      handler: async ({ principal, params, body, tx }) => {
        if (!(await setInternal(tx, params.id, body.internal))) throw notFound('organization', params.id);
        const entry = { actor: principal.name, action: 'organization.buyer-set', target: params.id, organizationId: params.id };
        await appendAudit(tx, { ...entry, data: { ...body } });
        return { status: 200, body: await shown(tx, params.id) };
      },
    }),
  ];
}
