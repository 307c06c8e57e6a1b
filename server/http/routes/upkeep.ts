/** Upkeep: the master key, stacks' state over time, and whether all of it is sound. */
import { z } from 'zod';
import { VpsId } from '../../../contract/ids.ts';
import { MasterKeyRotated, MasterKeyState } from '../../../contract/master-key.ts';
import {
  StackExport,
  StackHistory,
  StackHistoryQuery,
  StackResources,
  StackRollback,
  StackRolledBack,
  StateVerified,
  StateVerifyQuery,
} from '../../../contract/state.ts';
import { masterKeyState, rotateMasterKey } from '../../services/master-key.ts';
import type { Services } from '../../services/services.ts';
import { exportVersion, rollbackStack, stackHistory, stackResources } from '../../services/stack-care.ts';
import { type Route, route } from '../route.ts';

const ById = z.strictObject({ id: VpsId });
const ByVersion = z.strictObject({ id: VpsId, version: z.coerce.number().int().min(1).max(2_147_483_647) });

const OWNED = 'upkeep belongs to the operator of Plinth';

export function upkeepRoutes(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/admin/master-key',
      summary: 'Which master keys seal how much, by id',
      role: 'admin',
      operatorOnly: OWNED,
      responses: { 200: { description: 'Ids and counts, never a key.', schema: MasterKeyState } },
      handler: async () => ({ status: 200, body: await masterKeyState(services) }),
    }),
    route({
      method: 'post',
      path: '/api/admin/master-key/rotate',
      summary: 'Move secrets from the previous master key to the present one',
      role: 'admin',
      operatorOnly: OWNED,
      responses: { 200: { description: 'What was moved; ask again until done.', schema: MasterKeyRotated } },
      handler: async ({ principal }) => ({ status: 200, body: await rotateMasterKey(services, principal) }),
    }),
    route({
      method: 'get',
      path: '/api/admin/state/verify',
      id: 'verifyState',
      summary: 'Check stacks’ state: integrity, secrets, leftovers',
      role: 'admin',
      operatorOnly: OWNED,
      query: StateVerifyQuery,
      responses: { 200: { description: 'One page of stacks, and what is wrong with them.', schema: StateVerified } },
      handler: async ({ query }) => {
        return { status: 200, body: await services.stacks.care.verify(query.after, query.limit) };
      },
    }),
    ...stackRoutes(services),
  ];
}

function stackRoutes(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/vps/:id/resources',
      summary: 'What its stack holds, and what stands on what',
      role: 'viewer',
      params: ById,
      responses: { 200: { description: 'As last recorded; neither inputs nor outputs.', schema: StackResources } },
      handler: async ({ principal, params }) => ({ status: 200, body: await stackResources(services, principal, params.id) }),
    }),
    route({
      method: 'get',
      path: '/api/vps/:id/stack/history',
      summary: 'Updates of its stack, newest first, and which versions are kept',
      role: 'viewer',
      params: ById,
      query: StackHistoryQuery,
      responses: { 200: { description: 'The updates.', schema: StackHistory } },
      handler: async ({ principal, params, query }) => ({
        status: 200,
        body: await stackHistory(services, principal, params.id, query.limit),
      }),
    }),
    route({
      method: 'get',
      path: '/api/vps/:id/stack/versions/:version',
      summary: 'A kept version of its state, as Pulumi exports it',
      role: 'operator',
      params: ByVersion,
      responses: { 200: { description: 'The deployment; secrets as the stack’s own ciphertext.', schema: StackExport } },
      handler: async ({ principal, params }) => ({
        status: 200,
        body: await exportVersion(services, principal, params.id, params.version),
      }),
    }),
    route({
      method: 'post',
      path: '/api/vps/:id/stack/rollback',
      summary: 'Put a kept version of its state in force; changes nothing at the provider',
      role: 'admin',
      params: ById,
      body: StackRollback,
      responses: { 200: { description: 'Done; refresh the VPS next.', schema: StackRolledBack } },
      handler: async ({ principal, params, body }) => ({
        status: 200,
        body: await rollbackStack(services, principal, params.id, body.version, body.reason),
      }),
    }),
  ];
}
