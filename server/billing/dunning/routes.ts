/** /api/admin/dunning-policies: what happens to unpaid invoices, as data. */
import { DunningPolicy, DunningPolicyAnswer, DunningPolicyList, DunningPolicyOf } from '../../../contract/dunning.ts';
import { OrganizationParams } from '../../../contract/organization.ts';
import { appendAudit } from '../../kernel/audit.ts';
import type { Json } from '../../kernel/database.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { notFound } from '../../kernel/problem.ts';
import type { Services } from '../../kernel/services.ts';
import { Kept, keptOf, requireSound } from './policies.ts';
import { DEFAULT_POLICY } from './policy.ts';
import { allPolicies, givePolicy, putPolicy, type Row } from './store.ts';

const present = ({ id, name, stages, isDefault, updatedAt }: Row) => ({
  id,
  name,
  ...Kept.parse(stages),
  is_default: isDefault,
  updated_at: updatedAt.toISOString(),
});
const builtIn = (isDefault: boolean) => ({
  id: null,
  name: 'built-in',
  ...keptOf(DEFAULT_POLICY),
  is_default: isDefault,
  updated_at: null,
});

export function dunningRoutes(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/admin/dunning-policies',
      id: 'listDunningPolicies',
      summary: 'What happens to invoices that are not paid, and when',
      permission: 'dunning-policy:read',
      responses: { 200: { description: 'The built-in one first; it holds where no other is the default.', schema: DunningPolicyList } },
      handler: async () => {
        const rows = await allPolicies(services.db);
        return { status: 200, body: { policies: [builtIn(!rows.some(({ isDefault }) => isDefault)), ...rows.map(present)] } };
      },
    }),
    route({
      method: 'put',
      path: '/api/admin/dunning-policies',
      id: 'putDunningPolicy',
      summary: 'Make or change a policy by its name; it holds from the next event of each subscription on',
      permission: 'dunning-policy:write',
      body: DunningPolicy,
      responses: { 200: { description: 'As it is now.', schema: DunningPolicyAnswer } },
      transaction: true,
      handler: async ({ principal, body, tx }) => {
        requireSound(body);
        const { name, is_default: isDefault, ...kept } = body;
        const row = await putPolicy(tx, name, kept as unknown as Json, isDefault);
        const data = { name, default: isDefault, stages: body.stages.map((stage) => `${stage.act} ${stage.days}`) };
        await appendAudit(tx, { actor: principal.name, action: 'dunning-policy.set', target: row.id, organizationId: null, data });
        return { status: 200, body: { policy: present(row) } };
      },
    }),
    route({
      method: 'put',
      path: '/api/admin/organizations/:id/dunning-policy',
      id: 'giveDunningPolicy',
      summary: 'Give an organization a policy of its own, or the default one again',
      permission: 'dunning-policy:write',
      params: OrganizationParams,
      body: DunningPolicyOf,
      responses: { 200: { description: 'It holds from the next event on.', schema: DunningPolicyOf } },
      transaction: true,
      handler: async ({ principal, params, body, tx }) => {
        if (!(await givePolicy(tx, params.id, body.policy_id))) throw notFound('organization or policy', params.id);
        const entry = { actor: principal.name, action: 'dunning-policy.given', target: params.id, organizationId: params.id };
        await appendAudit(tx, { ...entry, data: { policy: body.policy_id ?? 'default' } });
        return { status: 200, body };
      },
    }),
  ];
}
