/** /api/vps */
import { z } from 'zod';
import { VpsId } from '../../../contract/ids.ts';
import { StackAnswer } from '../../../contract/stack.ts';
import { RevealAnswer, RevealRequest, VpsAccepted, VpsCreate, VpsOutputs, VpsPage, VpsQuery } from '../../../contract/vps.ts';
import { stackOf } from '../../services/stack.ts';
import { createVps, mustVps, orderWork, retryVps, revealPassword, type Accepted } from '../../services/vps.ts';
import type { Services } from '../../services/services.ts';
import { listVpses } from '../../store/vpses.ts';
import { decodeCursor, pageOf, placeInTime } from '../cursor.ts';
import { presentOperation, presentVps } from '../present.ts';
import { type Route, route, type RouteContext } from '../route.ts';
import { lifecycleRoutes } from './vps-lifecycle.ts';

const ById = z.strictObject({ id: VpsId });
const accepted202 = { 202: { description: 'Recorded; a worker does it.', schema: VpsAccepted } };

const present = ({ vps, operation }: Accepted) => ({ instance: presentVps(vps), operation: presentOperation(operation, vps) });
const settling =
  (context: Pick<RouteContext<unknown, unknown, unknown>, 'settle'>) =>
  (tx: Parameters<typeof context.settle>[0], accepted: Accepted): Promise<void> =>
    context.settle(tx, 202, present(accepted));

export function vpsRoutes(services: Services): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/vps',
      summary: 'Create a VPS',
      role: 'operator',
      body: VpsCreate,
      responses: accepted202,
      handler: async (context) => {
        const body = present(await createVps(services, context.principal, context.body, settling(context)));
        context.response.setHeader('location', `/api/operations/${body.operation.id}`);
        return { status: 202, body };
      },
    }),
    route({
      method: 'get',
      path: '/api/vps',
      summary: 'List VPSes',
      role: 'viewer',
      query: VpsQuery,
      responses: { 200: { description: 'One page.', schema: VpsPage } },
      handler: async ({ principal, query }) => {
        const after = decodeCursor(query.cursor, query.sort.endsWith('created_at'));
        const filter = { ...defined(query), includeDeleted: query.include_deleted, ...(after ? { after } : {}) };
        const rows = await listVpses(services.db, principal.organizationId, filter);
        const { page, next } = pageOf(rows, query.limit, (row) => (query.sort.endsWith('label') ? [row.label, row.id] : placeInTime(row)));
        return { status: 200, body: { instances: page.map(presentVps), next } };
      },
    }),
    ...oneVps(services),
  ];
}

function oneVps(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/vps/:id/outputs',
      id: 'getVpsOutputs',
      summary: 'What its stack put out, without secrets',
      role: 'viewer',
      params: ById,
      responses: { 200: { description: 'Outputs, or null before the first success.', schema: VpsOutputs } },
      handler: async ({ principal, params }) => {
        const vps = await mustVps(services, principal, params.id);
        return { status: 200, body: { outputs: vps.outputs, simulated: vps.account.endpointKind === 'simulator' } };
      },
    }),
    route({
      method: 'get',
      path: '/api/vps/:id/stack',
      summary: 'Its stack, for work by hand with the pulumi command',
      role: 'viewer',
      params: ById,
      responses: { 200: { description: 'Full name and config; secrets as the stack’s own ciphertext.', schema: StackAnswer } },
      handler: async ({ principal, params }) => ({ status: 200, body: await stackOf(services, principal, params.id) }),
    }),
    route({
      method: 'post',
      path: '/api/vps/:id/reveal-password',
      summary: 'Show the administrator password, once',
      role: 'operator',
      params: ById,
      body: RevealRequest,
      responses: { 200: { description: 'The password. Keep it.', schema: RevealAnswer } },
      handler: async ({ principal, params, body, response }) => {
        const shown = await revealPassword(services, principal, params.id, body.reason, body.again);
        response.setHeader('cache-control', 'no-store');
        const simulated = shown.vps.account.endpointKind === 'simulator';
        return { status: 200, body: { username: shown.username, password: shown.password, reveal_count: shown.count, simulated } };
      },
    }),
    ...changes(services),
    ...lifecycleRoutes(services),
  ];
}

function changes(services: Services): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/vps/:id/refresh',
      summary: 'Ask the provider what is there now',
      role: 'operator',
      params: ById,
      responses: accepted202,
      handler: async (context) => ({
        status: 202,
        body: present(await orderWork(services, context.principal, context.params.id, 'refresh', settling(context))),
      }),
    }),
    route({
      method: 'post',
      path: '/api/vps/:id/retry',
      summary: 'Run the last failed operation again',
      role: 'operator',
      params: ById,
      responses: accepted202,
      handler: async (context) => ({
        status: 202,
        body: present(await retryVps(services, context.principal, context.params.id, settling(context))),
      }),
    }),
  ];
}

function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> };
}
