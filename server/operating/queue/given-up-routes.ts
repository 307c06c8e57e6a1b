/** Events that a processor gave up: a person has them handled again, or leaves them. */
import { GivenUpDecided, GivenUpEvents, GivenUpParams } from '../../../contract/jobs.ts';
import { appendAudit } from '../../kernel/audit.ts';
import { deadDeliveries, dropDead, reviveDelivery } from '../../kernel/events/processor-store.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { notFound } from '../../kernel/problem.ts';
import type { Services } from '../../kernel/services.ts';

const MOST = 200;

export function givenUpRoutes(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/admin/given-up-events',
      summary: 'Events that could not be handled in all their attempts',
      permission: 'queue:read',
      responses: { 200: { description: 'Oldest first, 200 at most.', schema: GivenUpEvents } },
      handler: async () => ({
        status: 200,
        body: {
          events: (await deadDeliveries(services.db, MOST)).map(({ eventId, at, ...rest }) => ({
            ...rest,
            event_id: eventId,
            at: at.toISOString(),
          })),
        },
      }),
    }),
    decision('retry', 'Have one handled again', reviveDelivery),
    decision('drop', 'Leave one unhandled for good', dropDead),
  ];
}

function decision(verb: 'retry' | 'drop', summary: string, decide: typeof reviveDelivery): Route {
  return route({
    method: 'post',
    path: `/api/admin/given-up-events/:processor/:position/${verb}`,
    summary,
    permission: 'queue:act',
    params: GivenUpParams,
    responses: { 200: { description: 'Decided.', schema: GivenUpDecided } },
    transaction: true,
    handler: async ({ principal, params, tx }) => {
      const { processor, position } = params;
      if (!(await decide(tx, processor, position))) throw notFound('event', `${processor}/${position}`);
      const action = verb === 'retry' ? 'event.retried' : 'event.dropped';
      await appendAudit(tx, { actor: principal.name, action, target: `${processor}/${position}`, organizationId: null, data: {} });
      return { status: 200, body: { processor, position } };
    },
  });
}
