/** A VPS's stack by HTTP: for work by hand, its past, going back to it, and whether all of them are sound. */
import { StackAnswer } from '../../contract/stack.ts';
import {
  StackExport,
  StackHistory,
  StackHistoryQuery,
  StackResources,
  StackRollback,
  StackRolledBack,
  StackVersionParams,
  StateVerified,
  StateVerifyQuery,
} from '../../contract/state.ts';
import { VpsParams } from '../../contract/vps.ts';
import { type Route, route } from '../kernel/http/route.ts';
import type { Services } from '../kernel/services.ts';
import { stackOf } from './pull.ts';
import { exportVersion, rollbackStack, stackHistory, stackResources } from './stack-care.ts';
import type { StackCare } from './care.ts';

export function stackRoutes(services: Services, care: StackCare): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/admin/state/verify',
      id: 'verifyState',
      summary: 'Check stacks’ state: integrity, secrets, leftovers',
      permission: 'stack:verify',
      query: StateVerifyQuery,
      responses: { 200: { description: 'One page of stacks, and what is wrong with them.', schema: StateVerified } },
      handler: async ({ query }) => {
        return { status: 200, body: await care.verify(query.after, query.limit) };
      },
    }),
    route({
      method: 'get',
      path: '/api/vps/:id/stack',
      summary: 'Its stack, for work by hand with the pulumi command',
      permission: 'stack:read',
      params: VpsParams,
      responses: { 200: { description: 'Full name and config; secrets as the stack’s own ciphertext.', schema: StackAnswer } },
      handler: async ({ principal, params }) => ({ status: 200, body: await stackOf(services, principal, params.id) }),
    }),
    route({
      method: 'get',
      path: '/api/vps/:id/resources',
      summary: 'What its stack holds, and what stands on what',
      permission: 'stack:read',
      params: VpsParams,
      responses: { 200: { description: 'As last recorded; neither inputs nor outputs.', schema: StackResources } },
      handler: async ({ principal, params }) => ({ status: 200, body: await stackResources(services, care, principal, params.id) }),
    }),
    route({
      method: 'get',
      path: '/api/vps/:id/stack/history',
      summary: 'Updates of its stack, newest first, and which versions are kept',
      permission: 'stack:read',
      params: VpsParams,
      query: StackHistoryQuery,
      responses: { 200: { description: 'The updates.', schema: StackHistory } },
      handler: async ({ principal, params, query }) => ({
        status: 200,
        body: await stackHistory(services, care, principal, params.id, query.limit),
      }),
    }),
    route({
      method: 'get',
      path: '/api/vps/:id/stack/versions/:version',
      summary: 'A kept version of its state, as Pulumi exports it',
      permission: 'stack:export',
      params: StackVersionParams,
      responses: { 200: { description: 'The deployment; secrets as the stack’s own ciphertext.', schema: StackExport } },
      handler: async ({ principal, params }) => ({
        status: 200,
        body: await exportVersion(services, care, principal, params.id, params.version),
      }),
    }),
    route({
      method: 'post',
      path: '/api/vps/:id/stack/rollback',
      summary: 'Put a kept version of its state in force; changes nothing at the provider',
      permission: 'stack:rollback',
      params: VpsParams,
      body: StackRollback,
      responses: { 200: { description: 'Done; refresh the VPS next.', schema: StackRolledBack } },
      apart: 'in steps',
      handler: async ({ principal, params, body }) => ({
        status: 200,
        body: await rollbackStack(services, care, principal, params.id, body.version, body.reason),
      }),
    }),
  ];
}
