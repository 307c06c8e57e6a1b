/** /api/bulk: one action over many VPSs. */
import type { z } from 'zod';
import {
  BulkAnswer,
  BulkCreate,
  BulkItemPage,
  BulkItemQuery,
  BulkPage,
  BulkParams,
  BulkPreview,
  BulkPreviewRequest,
  BulkQuery,
  BulkRetry,
  BulkStop,
} from '../../contract/bulk.ts';
import { refuseField } from '../kernel/problem.ts';
import { byBulkAction } from './permissions.ts';
import { dryRun } from './preview.ts';
import { cancelBulkRun, mustBulkRun, pauseBulkRun, prepareBulkRun, resumeBulkRun, retryBulkRun } from './runs.ts';
import { type Services, within } from '../kernel/services.ts';
import { bulkCounts, type BulkRun, listBulkItems, listBulkRuns } from './store.ts';
import type { Db } from '../kernel/database.ts';
import { decodeCursor, pageOf, placeInTime } from '../kernel/http/cursor.ts';
import { presentBulkItem, presentBulkRun } from './present.ts';
import { type Route, route } from '../kernel/http/route.ts';

async function answer(db: Db, run: BulkRun): Promise<z.infer<typeof BulkAnswer>> {
  return { run: presentBulkRun(run, (await bulkCounts(db, [run.id])).get(run.id)!) };
}

export function bulkRoutes(services: Services): Route[] {
  return [...startRoutes(services), ...readRoutes(services), ...steerRoutes(services)];
}

function startRoutes(services: Services): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/bulk/preview',
      id: 'previewBulkRun',
      summary: 'Dry run: how many VPSes match, which are refused and why, what it costs',
      permission: byBulkAction,
      body: BulkPreviewRequest,
      largeBody: true,
      responses: { 200: { description: 'Nothing was changed.', schema: BulkPreview } },
      apart: 'changes nothing',
      handler: async ({ principal, body }) => ({ status: 200, body: (await dryRun(services, principal, body)).preview }),
    }),
    route({
      method: 'post',
      path: '/api/bulk',
      id: 'createBulkRun',
      summary: 'Do one action to many VPSes, first to a few, then at a chosen pace',
      permission: byBulkAction,
      body: BulkCreate,
      largeBody: true,
      responses: { 202: { description: 'Its selection is frozen; the workers go on with it.', schema: BulkAnswer } },
      transaction: true,
      prepare: ({ principal, body }) => prepareBulkRun(services, principal, body),
      handler: async ({ response, tx, prepared }) => {
        const run = await prepared(tx);
        response.setHeader('location', `/api/bulk/${run.id}`);
        return { status: 202, body: await answer(tx, run) };
      },
    }),
  ];
}

function readRoutes(services: Services): Route[] {
  const { db } = services;
  return [
    route({
      method: 'get',
      path: '/api/bulk',
      id: 'listBulkRuns',
      summary: 'List bulk runs, newest first',
      permission: 'bulk:read',
      query: BulkQuery,
      responses: { 200: { description: 'One page.', schema: BulkPage } },
      handler: async ({ principal, query: { cursor, limit, status } }) => {
        const after = decodeCursor(cursor, true);
        const filter = { limit, ...(status === undefined ? {} : { status }), ...(after ? { after } : {}) };
        const rows = await listBulkRuns(db, principal.organizationId, filter);
        const { page, next } = pageOf(rows, limit, placeInTime);
        const counts = await bulkCounts(
          db,
          page.map(({ id }) => id),
        );
        return { status: 200, body: { runs: page.map((run) => presentBulkRun(run, counts.get(run.id)!)), next } };
      },
    }),
    route({
      method: 'get',
      path: '/api/bulk/:id',
      id: 'getBulkRun',
      summary: 'One bulk run, with its items counted by status',
      permission: 'bulk:read',
      params: BulkParams,
      responses: { 200: { description: 'The run.', schema: BulkAnswer } },
      handler: async ({ principal, params }) => ({
        status: 200,
        body: await answer(db, await mustBulkRun(services, principal, params.id)),
      }),
    }),
    route({
      method: 'get',
      path: '/api/bulk/:id/items',
      id: 'listBulkItems',
      summary: 'What became of each VPS of a bulk run',
      permission: 'bulk:read',
      params: BulkParams,
      query: BulkItemQuery,
      responses: { 200: { description: 'One page, in the run’s order.', schema: BulkItemPage } },
      handler: async ({ principal, params, query: { cursor, limit, status } }) => {
        const run = await mustBulkRun(services, principal, params.id);
        const filter = { limit, after: positionOf(cursor), ...(status === undefined ? {} : { status }) };
        const rows = await listBulkItems(db, run.id, filter);
        const { page, next } = pageOf(rows, limit, ({ position, vpsId }) => [String(position), vpsId]);
        return { status: 200, body: { items: page.map(presentBulkItem), next } };
      },
    }),
  ];
}

function positionOf(cursor: string | undefined): number {
  const [position] = decodeCursor(cursor, false) ?? ['-1'];
  if (/^(-1|\d{1,6})$/.test(position)) return Number(position);
  throw refuseField('cursor', 'is not a position in this list', 'Use the `next` of the page before.');
}

function steerRoutes(services: Services): Route[] {
  const shared = { method: 'post', permission: 'bulk:run', params: BulkParams } as const;
  const responses = { 200: { description: 'The run as it is now.', schema: BulkAnswer } };
  return [
    route({
      ...shared,
      path: '/api/bulk/:id/pause',
      id: 'pauseBulkRun',
      summary: 'Order nothing more until it is resumed; what is under way ends by itself',
      body: BulkStop,
      responses,
      transaction: true,
      handler: async ({ principal, params, body, tx }) => ({
        status: 200,
        body: await answer(tx, await pauseBulkRun(within(services, tx), principal, params.id, body.reason)),
      }),
    }),
    route({
      ...shared,
      path: '/api/bulk/:id/resume',
      id: 'resumeBulkRun',
      summary: 'Go on with a paused run, in the name of who asks; failures until now count no more',
      responses,
      transaction: true,
      handler: async ({ principal, params, tx }) => ({
        status: 200,
        body: await answer(tx, await resumeBulkRun(within(services, tx), principal, params.id)),
      }),
    }),
    route({
      ...shared,
      path: '/api/bulk/:id/cancel',
      id: 'cancelBulkRun',
      summary: 'Skip what was not ordered yet; what is under way ends by itself',
      body: BulkStop,
      responses,
      transaction: true,
      handler: async ({ principal, params, body, tx }) => ({
        status: 200,
        body: await answer(tx, await cancelBulkRun(within(services, tx), principal, params.id, body.reason)),
      }),
    }),
    route({
      ...shared,
      path: '/api/bulk/:id/retry-failed',
      id: 'retryBulkRun',
      summary: 'Order again what failed, and go on',
      body: BulkRetry,
      responses,
      transaction: true,
      handler: async ({ principal, params, body, tx }) => ({
        status: 200,
        body: await answer(tx, await retryBulkRun(within(services, tx), principal, params.id, body.include_refused)),
      }),
    }),
  ];
}
