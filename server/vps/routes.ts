/** /api/vps */
import {
  RevealAnswer,
  RevealRequest,
  VpsAccepted,
  VpsCreate,
  VpsOutputs,
  VpsPage,
  VpsParams,
  VpsQuery,
  VpsRetry,
  VpsTags,
} from '../../contract/vps.ts';
import { prepareRetry } from './retry/retry.ts';
import { mustVps, prepareCreate, requestWork } from './vps.ts';
import { revealPassword } from './password/reveal.ts';
import { type Services, within } from '../kernel/services.ts';
import { countMatching, countTags, listViews } from './reading-store.ts';
import { decodeCursor, pageOf, placeInTime } from '../kernel/http/cursor.ts';
import { presentRequested, presentVps } from './present.ts';
import { type Route, route } from '../kernel/http/route.ts';
import { lifecycleRoutes } from './lifecycle-routes.ts';

const accepted202 = { 202: { description: 'Recorded; a worker does it.', schema: VpsAccepted } };

export function vpsRoutes(services: Services): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/vps',
      summary: 'Create a VPS',
      permission: 'vps:create',
      body: VpsCreate,
      largeBody: true,
      responses: accepted202,
      transaction: true,
      prepare: ({ principal, body }) => prepareCreate(services, principal, body),
      handler: async ({ response, tx, prepared }) => {
        const accepted = await prepared(tx);
        response.setHeader('location', `/api/operations/${accepted.operation.id}`);
        return { status: 202, body: presentRequested(accepted) };
      },
    }),
    route({
      method: 'get',
      path: '/api/vps',
      summary: 'List VPSes',
      permission: 'vps:read',
      query: VpsQuery,
      responses: { 200: { description: 'One page.', schema: VpsPage } },
      handler: async ({ principal, query }) => {
        const after = decodeCursor(query.cursor, query.sort.endsWith('created_at'));
        const { ids, organization_id: _of, ...wanted } = defined(query);
        const filter = {
          ...wanted,
          includeDeleted: query.include_deleted,
          ...(after ? { after } : {}),
          ...(ids ? { ids: ids.split(',') } : {}),
        };
        const whose = principal.organizationId ?? query.organization_id ?? null;
        const rows = await listViews(services.reader, whose, filter);
        const matching = query.count ? await countMatching(services.reader, whose, filter) : null;
        const { page, next } = pageOf(rows, query.limit, (row) => (query.sort.endsWith('label') ? [row.label, row.id] : placeInTime(row)));
        return { status: 200, body: { instances: page.map(presentVps), next, matching } };
      },
    }),
    route({
      method: 'get',
      path: '/api/vps-tags',
      id: 'listVpsTags',
      summary: 'The tags in use, and on how many VPSes each is',
      permission: 'vps:read',
      responses: { 200: { description: 'All of them.', schema: VpsTags } },
      handler: async ({ principal: { organizationId } }) => ({
        status: 200,
        body: { tags: await countTags(services.reader, organizationId) },
      }),
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
      permission: 'vps:read',
      params: VpsParams,
      responses: { 200: { description: 'Outputs, or null before the first success.', schema: VpsOutputs } },
      handler: async ({ principal, params }) => {
        const vps = await mustVps(services, principal, params.id);
        return { status: 200, body: { outputs: vps.outputs, simulated: vps.account.endpointKind === 'simulator' } };
      },
    }),
    route({
      method: 'post',
      path: '/api/vps/:id/reveal-password',
      summary: 'Show the administrator password, once',
      permission: 'vps:reveal',
      params: VpsParams,
      body: RevealRequest,
      responses: { 200: { description: 'The password. Keep it.', schema: RevealAnswer } },
      transaction: true,
      handler: async ({ principal, params, body, response, tx }) => {
        const shown = await revealPassword(within(services, tx), principal, params.id, body.reason, body.again);
        response.setHeader('cache-control', 'no-store, no-transform');
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
      permission: 'vps:refresh',
      params: VpsParams,
      responses: accepted202,
      transaction: true,
      handler: async ({ principal, params, tx }) => ({
        status: 202,
        body: presentRequested(await requestWork(within(services, tx), principal, params.id, 'refresh')),
      }),
    }),
    route({
      method: 'post',
      path: '/api/vps/:id/retry',
      summary: 'Run the last failed operation again, under another name where that was what failed',
      permission: 'vps:retry',
      params: VpsParams,
      body: VpsRetry,
      responses: accepted202,
      transaction: true,
      prepare: ({ principal, params, body }) => prepareRetry(services, principal, params.id, body),
      handler: async ({ tx, prepared }) => ({ status: 202, body: presentRequested(await prepared(tx)) }),
    }),
  ];
}

function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> };
}
