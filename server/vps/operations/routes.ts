/** /api/operations, with their events as JSON or as a stream. */
import {
  ENDED,
  EventPage,
  EventQuery,
  OperationAnswer,
  OperationPage,
  OperationParams,
  OperationQuery,
  type OperationStatus,
} from '../../../contract/operation.ts';
import type { Db } from '../../kernel/database.ts';
import { notFound } from '../../kernel/problem.ts';
import { type Principal, type Services, within } from '../../kernel/services.ts';
import { cancelOperation } from './cancel.ts';
import { eventsAfter } from '../../kernel/events/store.ts';
import { listOperations, type OperationWithVps, operationWithVps } from './store.ts';
import { decodeCursor, pageOf, placeInTime } from '../../kernel/http/cursor.ts';
import type { EventHub } from '../../kernel/events/hub.ts';
import { presentEvent, presentOperation } from '../present.ts';
import { type Route, route, STREAMED } from '../../kernel/http/route.ts';
import { streamEvents } from './stream.ts';

export function operationRoutes(services: Services, hub: EventHub): Route[] {
  const must: Must = async (principal, id, db = services.db) => {
    const operation = await operationWithVps(db, principal.organizationId, id);
    if (!operation) throw notFound('operation', id);
    return operation;
  };
  return [
    route({
      method: 'get',
      path: '/api/operations',
      summary: 'List operations, newest first',
      permission: 'operation:read',
      query: OperationQuery,
      responses: { 200: { description: 'One page.', schema: OperationPage } },
      handler: async ({ principal, query }) => {
        const after = decodeCursor(query.cursor, true);
        const rows = await listOperations(services.db, principal.organizationId, {
          limit: query.limit,
          ...(query.vps_id === undefined ? {} : { vpsId: query.vps_id }),
          ...(query.status === undefined ? {} : { status: query.status }),
          ...(query.kind === undefined ? {} : { kind: query.kind }),
          ...(query.ids === undefined ? {} : { ids: query.ids.split(',') }),
          ...(after ? { after } : {}),
        });
        const { page, next } = pageOf(rows, query.limit, placeInTime);
        return { status: 200, body: { operations: page.map((row) => presentOperation(row, row.vps)), next } };
      },
    }),
    route({
      method: 'get',
      path: '/api/operations/:id',
      summary: 'One operation',
      permission: 'operation:read',
      params: OperationParams,
      responses: { 200: { description: 'The operation.', schema: OperationAnswer } },
      handler: async ({ principal, params }) => {
        const operation = await must(principal, params.id);
        return { status: 200, body: { operation: presentOperation(operation, operation.vps) } };
      },
    }),
    route({
      method: 'post',
      path: '/api/operations/:id/cancel',
      summary: 'Cancel an operation',
      permission: 'operation:cancel',
      params: OperationParams,
      responses: { 202: { description: 'Asked to stop.', schema: OperationAnswer } },
      transaction: true,
      handler: async ({ principal, params, tx }) => {
        const { vps, ...asked } = await must(principal, params.id, tx);
        return { status: 202, body: { operation: presentOperation(await cancelOperation(within(services, tx), principal, asked), vps) } };
      },
    }),
    ...eventRoutes(services, hub, must),
  ];
}

type Must = (principal: Principal, id: string, db?: Db) => Promise<OperationWithVps>;

function eventRoutes(services: Services, hub: EventHub, must: Must): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/operations/:id/events',
      summary: 'Events after a number; a stream with Accept: text/event-stream',
      permission: 'operation:read',
      params: OperationParams,
      query: EventQuery,
      responses: { 200: { description: 'Events in order.', schema: EventPage, streamed: true } },
      handler: async ({ principal, params, query, request, response }) => {
        const operation = await must(principal, params.id);
        if (request.accepts(['json', 'text/event-stream']) === 'text/event-stream') {
          await streamEvents(services, hub, principal, operation, query.after, request, response);
          return STREAMED;
        }
        const events = await eventsAfter(services.db, params.id, query.after, query.limit);
        const last = events.at(-1)?.seq ?? query.after;
        const ended = ENDED.includes(operation.status as OperationStatus) && last >= operation.lastEventSeq;
        return { status: 200, body: { events: events.map(presentEvent), last, ended } };
      },
    }),
    route({
      method: 'get',
      path: '/api/operations/:id/stream',
      id: 'streamOperation',
      summary: 'Events as server-sent events, resumable with Last-Event-ID',
      permission: 'operation:read',
      params: OperationParams,
      query: EventQuery,
      responses: { 200: { description: 'text/event-stream; each event has its number as id.', streamed: true } },
      handler: async ({ principal, params, query, request, response }) => {
        await streamEvents(services, hub, principal, await must(principal, params.id), query.after, request, response);
        return STREAMED;
      },
    }),
  ];
}
