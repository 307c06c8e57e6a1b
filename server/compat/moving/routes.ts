/** /api/admin/imports: rows of older systems. */
import { MovingAnswer, MovingList, MovingParams, MovingRequest, MovingUndone } from '../../../contract/compat/moving.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import type { Services } from '../../kernel/services.ts';
import { moveRows, undoMoving } from './moving.ts';
import { listMovings } from './store.ts';

const path = '/api/admin/imports' as const;

export function movingRoutes(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path,
      id: 'listImports',
      summary: 'Imports of older systems’ rows',
      permission: 'inventory:read',
      responses: { 200: { description: 'The newest hundred.', schema: MovingList } },
      handler: async () => ({
        status: 200,
        body: {
          imports: (await listMovings(services.db)).map(({ id, system, by, rows, createdAt, undoneAt }) => ({
            id,
            system: system as 'A',
            by,
            rows,
            created_at: createdAt.toISOString(),
            undone_at: undoneAt?.toISOString() ?? null,
          })),
        },
      }),
    }),
    route({
      method: 'post',
      path,
      id: 'importRows',
      summary: 'Take over rows of an older system, or see what that would do',
      permission: 'inventory:import',
      body: MovingRequest,
      largeBody: true,
      responses: { 200: { description: 'Each row, and what became of it.', schema: MovingAnswer } },
      apart: 'in steps',
      handler: async ({ principal, body }) => ({ status: 200, body: await moveRows(services, principal, body) }),
    }),
    route({
      method: 'post',
      path: `${path}/:id/undo`,
      id: 'undoImport',
      summary: 'Take back what an import made, as far as nothing needs it',
      permission: 'inventory:import',
      params: MovingParams,
      responses: { 200: { description: 'What is gone, and what stays.', schema: MovingUndone } },
      apart: 'in steps',
      handler: async ({ principal, params }) => ({ status: 200, body: await undoMoving(services, principal, params.id) }),
    }),
  ];
}
