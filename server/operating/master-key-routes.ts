/** /api/admin/master-key */
import { MasterKeyRotated, MasterKeyState } from '../../contract/master-key.ts';
import { masterKeyState, rotateMasterKey } from './master-key.ts';
import type { Services } from '../kernel/services.ts';
import { type Route, route } from '../kernel/http/route.ts';

export function masterKeyRoutes(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/admin/master-key',
      summary: 'Which master keys seal how much, by id',
      permission: 'master-key:read',
      responses: { 200: { description: 'Ids and counts, never a key.', schema: MasterKeyState } },
      handler: async () => ({ status: 200, body: await masterKeyState(services) }),
    }),
    route({
      method: 'post',
      path: '/api/admin/master-key/rotate',
      summary: 'Move secrets from the previous master key to the present one',
      permission: 'master-key:rotate',
      responses: { 200: { description: 'What was moved; ask again until done.', schema: MasterKeyRotated } },
      apart: 'in steps',
      handler: async ({ principal }) => ({ status: 200, body: await rotateMasterKey(services, principal) }),
    }),
  ];
}
