/** /api/find: anything that has an id, by that or by what people call it. */
import { FindQuery, FOUND_KINDS, FoundList } from '../../../contract/find.ts';
import type { Permission } from '../../../contract/permissions.ts';
import { can } from '../../kernel/can.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import type { Services } from '../../kernel/services.ts';
import { findRows, type FoundKind, type FoundRow } from './store.ts';

/** Who may list a kind finds what is of it. */
const LOOKS: Readonly<Record<FoundKind, Permission>> = {
  vps: 'vps:read',
  operation: 'operation:read',
  'bulk-run': 'bulk:read',
  order: 'order:read',
  subscription: 'subscription:read',
  invoice: 'invoice:read',
  payment: 'payment:read',
  ticket: 'ticket:read',
  organization: 'organization:list',
  user: 'user:read',
  account: 'account:read',
  product: 'product:read',
};

export function findRoutes(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/find',
      id: 'find',
      summary: 'Find anything by its id, number, address or name: of each kind that the caller may list, five at most',
      permission: 'session:own',
      query: FindQuery,
      responses: { 200: { description: 'What was found, by kind.', schema: FoundList } },
      handler: async ({ principal, query }) => {
        const kinds = FOUND_KINDS.filter((kind) => can(principal, LOOKS[kind]));
        const rows = await findRows(services.db, principal.organizationId, kinds, query.q);
        return { status: 200, body: { found: rows.map(present) } };
      },
    }),
  ];
}

const present = ({ organizationId, vpsId, ...row }: FoundRow) => ({ ...row, organization_id: organizationId, vps_id: vpsId });
