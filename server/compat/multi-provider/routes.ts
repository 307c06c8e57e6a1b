/** /api/admin/vps-plans: plans of accounts, with a markup. */
import { ProductParams } from '../../../contract/product.ts';
import { VpsPlanAnswer, VpsPlanCreate, VpsPlanList, VpsPlanPatch } from '../../../contract/vps-plan.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { type Services, within } from '../../kernel/services.ts';
import { listVpsPlans, mustVpsPlan, prepareVpsPlan, prepareVpsPlanPatch, removeVpsPlan, showVpsPlan } from './plans.ts';

const path = '/api/admin/vps-plans' as const;

export function vpsPlanRoutes(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path,
      id: 'listVpsPlans',
      summary: 'Plans of accounts, with their markup',
      permission: 'product:read',
      responses: { 200: { description: 'All of them, the oldest first.', schema: VpsPlanList } },
      handler: async () => ({ status: 200, body: { plans: await listVpsPlans(services) } }),
    }),
    route({
      method: 'post',
      path,
      id: 'createVpsPlan',
      summary: 'Sell a plan of an account',
      permission: 'product:write',
      body: VpsPlanCreate,
      responses: { 201: { description: 'It can be ordered as a product of the same id.', schema: VpsPlanAnswer } },
      transaction: true,
      prepare: ({ principal, body }) => prepareVpsPlan(services, principal, body),
      handler: async ({ tx, prepared }) => ({ status: 201, body: { plan: await prepared(tx) } }),
    }),
    route({
      method: 'get',
      path: `${path}/:id`,
      id: 'getVpsPlan',
      summary: 'One plan of an account',
      permission: 'product:read',
      params: ProductParams,
      responses: { 200: { description: 'As it is now.', schema: VpsPlanAnswer } },
      handler: async ({ params }) => ({ status: 200, body: { plan: await showVpsPlan(services, await mustVpsPlan(services, params.id)) } }),
    }),
    route({
      method: 'put',
      path: `${path}/:id`,
      id: 'changeVpsPlan',
      summary: 'Change any fields of a plan',
      permission: 'product:write',
      params: ProductParams,
      body: VpsPlanPatch,
      responses: { 200: { description: 'As it is now.', schema: VpsPlanAnswer } },
      transaction: true,
      prepare: ({ principal, params, body }) => prepareVpsPlanPatch(services, principal, params.id, body),
      handler: async ({ tx, prepared }) => ({ status: 200, body: { plan: await prepared(tx) } }),
    }),
    route({
      method: 'delete',
      path: `${path}/:id`,
      id: 'deleteVpsPlan',
      summary: 'Sell a plan no more',
      permission: 'product:delete',
      params: ProductParams,
      responses: { 204: { description: 'Gone; one that was sold is kept for its servers.' } },
      transaction: true,
      handler: async ({ principal, params, tx }) => {
        await removeVpsPlan(within(services, tx), principal, params.id);
        return { status: 204 };
      },
    }),
  ];
}
