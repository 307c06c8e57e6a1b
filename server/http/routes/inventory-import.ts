/** /api/admin/inventory/:id/import: a server that is there already becomes a VPS. It belongs to the operator of Plinth. */
import { InventoryParams } from '../../../contract/drift.ts';
import { InventoryImport, InventoryImportPreview } from '../../../contract/import.ts';
import { VpsAccepted } from '../../../contract/vps.ts';
import { orderImport, previewImport } from '../../services/import.ts';
import type { Services } from '../../services/services.ts';
import { presentOperation, presentVps } from '../present.ts';
import { type Route, route } from '../route.ts';

const OWNED = 'imports belong to the operator of Plinth';

export function importRoutes(services: Services): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/admin/inventory/:id/import/preview',
      id: 'previewImport',
      summary: 'What an import would record, what it would change at the server, and what it cannot know',
      role: 'admin',
      operatorOnly: OWNED,
      params: InventoryParams,
      body: InventoryImport,
      responses: { 200: { description: 'Nothing was changed.', schema: InventoryImportPreview } },
      handler: async ({ principal, params, body }) => ({
        status: 200,
        body: await previewImport(services, principal, params.id, body),
      }),
    }),
    route({
      method: 'post',
      path: '/api/admin/inventory/:id/import',
      id: 'importServer',
      summary: 'Take an existing server into a stack, as a VPS; the server gets a tag and is not changed otherwise',
      role: 'admin',
      operatorOnly: OWNED,
      params: InventoryParams,
      body: InventoryImport,
      responses: { 202: { description: 'Recorded; a worker does it.', schema: VpsAccepted } },
      handler: async (context) => {
        const present = ({ vps, operation }: Awaited<ReturnType<typeof orderImport>>) => ({
          instance: presentVps(vps),
          operation: presentOperation(operation, vps),
        });
        const { principal, params, body } = context;
        const accepted = await orderImport(services, principal, params.id, body, (tx, order) => context.settle(tx, 202, present(order)));
        context.response.setHeader('location', `/api/operations/${accepted.operation.id}`);
        return { status: 202, body: present(accepted) };
      },
    }),
  ];
}
