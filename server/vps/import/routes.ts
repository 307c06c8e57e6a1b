/** /api/admin/inventory/:id/import: a server that is there already becomes a VPS. It belongs to the operator of Plinth. */
import { InventoryParams } from '../../../contract/drift.ts';
import { InventoryImport, InventoryImportPreview } from '../../../contract/import.ts';
import { VpsAccepted } from '../../../contract/vps.ts';
import { prepareImport, previewImport } from './import.ts';
import type { Services } from '../../kernel/services.ts';
import { presentRequested } from '../present.ts';
import { type Route, route } from '../../kernel/http/route.ts';

export function importRoutes(services: Services): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/admin/inventory/:id/import/preview',
      id: 'previewImport',
      summary: 'What an import would record, what it would change at the server, and what it cannot know',
      permission: 'inventory:import',
      params: InventoryParams,
      body: InventoryImport,
      responses: { 200: { description: 'Nothing was changed.', schema: InventoryImportPreview } },
      apart: 'changes nothing',
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
      permission: 'inventory:import',
      params: InventoryParams,
      body: InventoryImport,
      responses: { 202: { description: 'Recorded; a worker does it.', schema: VpsAccepted } },
      transaction: true,
      prepare: ({ principal, params, body }) => prepareImport(services, principal, params.id, body),
      handler: async ({ response, tx, prepared }) => {
        const accepted = await prepared(tx);
        response.setHeader('location', `/api/operations/${accepted.operation.id}`);
        return { status: 202, body: presentRequested(accepted) };
      },
    }),
  ];
}
