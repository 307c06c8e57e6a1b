/** /api/events: every change that the token may see. */
import { ChangePage, ChangeQuery } from '../../../contract/changes.ts';
import type { Services } from '../../services/services.ts';
import { changePage, streamChanges } from '../change-stream.ts';
import type { EventHub } from '../event-hub.ts';
import { type Route, route, STREAMED } from '../route.ts';

export function changeRoutes(services: Services, hub: EventHub): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/events',
      id: 'listChanges',
      summary: 'Every change of a VPS or operation; a stream with Accept: text/event-stream, resumable with Last-Event-ID',
      role: 'viewer',
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
          await streamChanges(services, hub, principal, query.after, request, response);
          return STREAMED;
        }
        return { status: 200, body: await changePage(services, principal, query.after, query.limit) };
      },
    }),
  ];
}
