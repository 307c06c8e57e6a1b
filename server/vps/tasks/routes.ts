/** /api/tasks: what waits for a person, because its provider has no API that does it. */
import {
  PersonTaskAnswer,
  PersonTaskAnswered,
  PersonTaskPage,
  PersonTaskParams,
  PersonTaskQuery,
  PersonTaskShown,
} from '../../../contract/person-task.ts';
import { decodeCursor, pageOf, placeInTime } from '../../kernel/http/cursor.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { type Services, within } from '../../kernel/services.ts';
import { presentOperation } from '../present.ts';
import { answerTask, mustTask } from './answer.ts';
import { presentTask } from './present.ts';
import { listTasks } from './store.ts';

export function taskRoutes(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/tasks',
      summary: 'What waits for a person, newest first',
      permission: 'task:read',
      query: PersonTaskQuery,
      responses: { 200: { description: 'One page.', schema: PersonTaskPage } },
      handler: async ({ query: { limit, cursor, status, vps_id: vpsId } }) => {
        const after = decodeCursor(cursor, true);
        const filter = { limit, ...(status === undefined ? {} : { status }), ...(vpsId === undefined ? {} : { vpsId }) };
        const rows = await listTasks(services.db, { ...filter, ...(after ? { after } : {}) });
        const { page, next } = pageOf(rows, limit, placeInTime);
        return { status: 200, body: { tasks: page.map(presentTask), next } };
      },
    }),
    route({
      method: 'get',
      path: '/api/tasks/:id',
      summary: 'One task: what to do, and the form to fill in',
      permission: 'task:read',
      params: PersonTaskParams,
      responses: { 200: { description: 'The task.', schema: PersonTaskShown } },
      handler: async ({ params }) => {
        return { status: 200, body: { task: presentTask(await mustTask(services, params.id)) } };
      },
    }),
    route({
      method: 'post',
      path: '/api/tasks/:id/answer',
      summary: 'Say that it is done, with what the form asks for; its operation goes on',
      permission: 'task:answer',
      params: PersonTaskParams,
      body: PersonTaskAnswer,
      responses: { 200: { description: 'The task, and the operation that goes on.', schema: PersonTaskAnswered } },
      transaction: true,
      handler: async ({ principal, params, body, tx }) => {
        const { task, operation, vps } = await answerTask(within(services, tx), principal, params.id, body.answers);
        return { status: 200, body: { task: presentTask(task), operation: presentOperation(operation, vps) } };
      },
    }),
  ];
}
