/** /api/admin/jobs and /api/admin/dead-letters: the queue, and what waits for a person. They belong to the operator of Plinth. */
import {
  DeadLetterAnswer,
  DeadLetterDismiss,
  DeadLetterList,
  DeadLetterParams,
  DeadLetterQuery,
  DeadLetterRetried,
  DeadLetterRetryMany,
  DeadLettersRetried,
  QueueState,
} from '../../../contract/jobs.ts';
import { Refusal } from '../../problem.ts';
import {
  classesOf,
  dismissLetter,
  listDeadLetters,
  queueState,
  retryClass,
  retryLetter,
  type Retried,
} from '../../services/dead-letters.ts';
import type { Principal, Services } from '../../services/services.ts';
import { presentOperation } from '../present.ts';
import { type Route, route } from '../route.ts';

function operator(principal: Principal): Principal {
  if (principal.organizationId !== null)
    throw new Refusal(403, 'forbidden', 'This token is bound to one organization; the queue belongs to the operator of Plinth.');
  return principal;
}
const shown = ({ letter, operation }: Retried) => ({
  letter,
  operation: operation && presentOperation(operation, { label: letter.vps_label ?? '' }),
});

export function jobRoutes(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/admin/jobs',
      id: 'getQueue',
      summary: 'The queue: what waits, runs and is tried again later, and since when',
      role: 'admin',
      responses: { 200: { description: 'Counts as of now.', schema: QueueState } },
      handler: async ({ principal }) => (operator(principal), { status: 200, body: await queueState(services.db) }),
    }),
    route({
      method: 'get',
      path: '/api/admin/dead-letters',
      summary: 'What stands still and waits for a person, with what to do about it',
      role: 'admin',
      query: DeadLetterQuery,
      responses: { 200: { description: 'Newest first within each source.', schema: DeadLetterList } },
      handler: async ({ principal, query }) => {
        operator(principal);
        const [letters, all] = await Promise.all([listDeadLetters(services.db, query), listDeadLetters(services.db, { dismissed: false })]);
        return { status: 200, body: { letters, classes: classesOf(all) } };
      },
    }),
    ...actRoutes(services),
  ];
}

function actRoutes(services: Services): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/admin/dead-letters/retry',
      id: 'retryDeadLetters',
      summary: 'Run again everything that has one class of fault',
      role: 'admin',
      body: DeadLetterRetryMany,
      responses: { 200: { description: 'What runs again, and what refused to.', schema: DeadLettersRetried } },
      handler: async ({ principal, body: { limit, ...filter } }) => ({
        status: 200,
        body: await retryClass(services, operator(principal), filter, limit),
      }),
    }),
    route({
      method: 'post',
      path: '/api/admin/dead-letters/:id/retry',
      summary: 'Run one again',
      role: 'admin',
      params: DeadLetterParams,
      responses: { 202: { description: 'Recorded; a worker does it.', schema: DeadLetterRetried } },
      handler: async ({ principal, params, settle }) => ({
        status: 202,
        body: shown(await retryLetter(services, operator(principal), params.id, (tx, retried) => settle(tx, 202, shown(retried)))),
      }),
    }),
    route({
      method: 'post',
      path: '/api/admin/dead-letters/:id/dismiss',
      summary: 'Take one off the list until it happens again; the audit trail keeps why',
      role: 'admin',
      params: DeadLetterParams,
      body: DeadLetterDismiss,
      responses: { 200: { description: 'Dismissed.', schema: DeadLetterAnswer } },
      handler: async ({ principal, params, body }) => ({
        status: 200,
        body: { letter: await dismissLetter(services, operator(principal), params.id, body.reason) },
      }),
    }),
  ];
}
