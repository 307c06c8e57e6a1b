/** /api/events: every change that the token may see. */
import { ChangePage, ChangeQuery } from '../../contract/changes.ts';
import type { Services } from '../kernel/services.ts';
import { changePage, streamChanges } from '../kernel/events/stream.ts';
import type { EventHub } from '../kernel/events/hub.ts';
import { type Route, route, STREAMED } from '../kernel/http/route.ts';

export function changeRoutes(services: Services, hub: EventHub): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/events',
      id: 'listChanges',
      summary: 'Everything that happens, by topic; a stream with Accept: text/event-stream, resumable with Last-Event-ID',
      permission: 'event:read',
      query: ChangeQuery,
      responses: {
        200: {
          description: 'Notices in order. A stream begins with `ready`, or `reset` when earlier ones are lost.',
          schema: ChangePage,
          streamed: true,
        },
      },
      handler: async ({ principal, query, request, response }) => {
        if (request.accepts(['json', 'text/event-stream']) === 'text/event-stream') {
          await streamChanges(services, hub, principal, query, request, response);
          return STREAMED;
        }
        return { status: 200, body: await changePage(services, principal, query, query.limit) };
      },
    }),
  ];
}
