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
import { chosen, classesOf, dismissLetter, everyDeadLetter, queueState, retryClass, prepareLetter, type Retried } from './dead-letters.ts';
import type { Services } from '../../kernel/services.ts';
import { presentOperation } from '../../vps/present.ts';
import { type Route, route } from '../../kernel/http/route.ts';

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
      permission: 'queue:read',
      responses: { 200: { description: 'Counts as of now.', schema: QueueState } },
      handler: async () => ({ status: 200, body: await queueState(services.db) }),
    }),
    route({
      method: 'get',
      path: '/api/admin/dead-letters',
      summary: 'What stands still and waits for a person, with what to do about it',
      permission: 'queue:read',
      query: DeadLetterQuery,
      responses: { 200: { description: 'Newest first within each source.', schema: DeadLetterList } },
      handler: async ({ query }) => {
        const all = await everyDeadLetter(services.db);
        return { status: 200, body: { letters: chosen(all, query), classes: classesOf(all) } };
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
      permission: 'queue:act',
      body: DeadLetterRetryMany,
      responses: { 200: { description: 'What runs again, and what refused to.', schema: DeadLettersRetried } },
      apart: 'in steps',
      handler: async ({ principal, body: { limit, ...filter } }) => ({
        status: 200,
        body: await retryClass(services, principal, filter, limit),
      }),
    }),
    route({
      method: 'post',
      path: '/api/admin/dead-letters/:id/retry',
      summary: 'Run one again',
      permission: 'queue:act',
      params: DeadLetterParams,
      responses: { 202: { description: 'Recorded; a worker does it.', schema: DeadLetterRetried } },
      transaction: true,
      prepare: ({ principal, params }) => prepareLetter(services, principal, params.id),
      handler: async ({ tx, prepared }) => ({ status: 202, body: shown(await prepared(tx)) }),
    }),
    route({
      method: 'post',
      path: '/api/admin/dead-letters/:id/dismiss',
      summary: 'Take one off the list until it happens again; the audit trail keeps why',
      permission: 'queue:act',
      params: DeadLetterParams,
      body: DeadLetterDismiss,
      responses: { 200: { description: 'Dismissed.', schema: DeadLetterAnswer } },
      transaction: true,
      handler: async ({ principal, params, body, tx }) => ({
        status: 200,
        body: { letter: await dismissLetter(tx, principal, params.id, body.reason) },
      }),
    }),
  ];
}
