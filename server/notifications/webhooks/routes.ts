/** /api/webhooks: endpoints on the outside, what was sent to them, and what came of it. */
import {
  WebhookAnswer,
  WebhookCreate,
  WebhookList,
  WebhookMessageAnswer,
  WebhookMessagePage,
  WebhookMessageParams,
  WebhookMessageQuery,
  WebhookParams,
  WebhookPatch,
  WebhookSecretAnswer,
} from '../../../contract/webhook.ts';
import { decodeCursor, pageOf, placeInTime } from '../../kernel/http/cursor.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import type { Services } from '../../kernel/services.ts';
import * as endpoints from './endpoints.ts';
import { presentEndpoint, presentMessage, presentWhole } from './present.ts';
import { listEndpoints, listMessages } from './store.ts';

/** Not compressed: a secret stands beside what the caller wrote. */
const SECRET = 'no-store, no-transform';

export function webhookRoutes(services: Services): Route[] {
  return [...endpointRoutes(services), ...secretRoutes(services), ...messageRoutes(services)];
}

function endpointRoutes(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/webhooks',
      summary: 'Endpoints that are told of events',
      permission: 'webhook:read',
      responses: { 200: { description: 'In the order in which they were added.', schema: WebhookList } },
      handler: async ({ principal }) => ({
        status: 200,
        body: { endpoints: (await listEndpoints(services.db, principal.organizationId)).map(presentEndpoint) },
      }),
    }),
    route({
      method: 'get',
      path: '/api/webhooks/:id',
      summary: 'One endpoint',
      permission: 'webhook:read',
      params: WebhookParams,
      responses: { 200: { description: 'The endpoint, without its secret.', schema: WebhookAnswer } },
      handler: async ({ principal, params }) => ({
        status: 200,
        body: { endpoint: presentEndpoint(await endpoints.mustEndpoint(services.db, principal, params.id)) },
      }),
    }),
    route({
      method: 'patch',
      path: '/api/webhooks/:id',
      summary: 'Change its address or kinds, pause it, let it go on',
      permission: 'webhook:write',
      params: WebhookParams,
      body: WebhookPatch,
      responses: { 200: { description: 'The endpoint as it is now.', schema: WebhookAnswer } },
      transaction: true,
      prepare: ({ body }) => endpoints.assertReachable(services.wall, body.url),
      handler: async ({ principal, params, body, tx }) => ({
        status: 200,
        body: { endpoint: presentEndpoint(await endpoints.changeEndpoint(tx, principal, params.id, body)) },
      }),
    }),
    route({
      method: 'delete',
      path: '/api/webhooks/:id',
      summary: 'Remove an endpoint, with its messages',
      permission: 'webhook:write',
      params: WebhookParams,
      responses: { 200: { description: 'The endpoint as it was.', schema: WebhookAnswer } },
      transaction: true,
      handler: async ({ principal, params, tx }) => ({
        status: 200,
        body: { endpoint: presentEndpoint(await endpoints.removeEndpoint(tx, principal, params.id)) },
      }),
    }),
  ];
}

function secretRoutes(services: Services): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/webhooks',
      summary: 'Add an endpoint; the secret that signs is shown this once',
      permission: 'webhook:write',
      body: WebhookCreate,
      responses: { 201: { description: 'Keep the secret.', schema: WebhookSecretAnswer } },
      transaction: true,
      prepare: ({ body }) => endpoints.assertReachable(services.wall, body.url),
      handler: async ({ principal, body, response, tx }) => {
        const { endpoint, secret } = await endpoints.addEndpoint(services, tx, principal, body);
        response.setHeader('cache-control', SECRET);
        return { status: 201, body: { endpoint: presentEndpoint(endpoint), secret } };
      },
    }),
    route({
      method: 'post',
      path: '/api/webhooks/:id/rotate-secret',
      summary: 'A new secret; the former one signs beside it for a day',
      permission: 'webhook:write',
      params: WebhookParams,
      responses: { 200: { description: 'Keep the secret.', schema: WebhookSecretAnswer } },
      transaction: true,
      handler: async ({ principal, params, response, tx }) => {
        const { endpoint, secret } = await endpoints.rotateSecret(services, tx, principal, params.id);
        response.setHeader('cache-control', SECRET);
        return { status: 200, body: { endpoint: presentEndpoint(endpoint), secret } };
      },
    }),
  ];
}

function messageRoutes(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/webhooks/:id/messages',
      summary: 'What was sent to an endpoint, or waits to be',
      permission: 'webhook:read',
      params: WebhookParams,
      query: WebhookMessageQuery,
      responses: { 200: { description: 'Newest first; ended ones for 30 days.', schema: WebhookMessagePage } },
      handler: async ({ principal, params, query }) => {
        await endpoints.mustEndpoint(services.db, principal, params.id);
        const { status, limit } = query;
        const after = decodeCursor(query.cursor, true);
        const rows = await listMessages(services.db, params.id, { limit, ...(status ? { status } : {}), ...(after ? { after } : {}) });
        const { page, next } = pageOf(rows, limit, placeInTime);
        return { status: 200, body: { messages: page.map(presentMessage), next } };
      },
    }),
    route({
      method: 'get',
      path: '/api/webhooks/:id/messages/:message',
      summary: 'One message with every attempt',
      permission: 'webhook:read',
      params: WebhookMessageParams,
      responses: { 200: { description: 'What was sent, and what came of it.', schema: WebhookMessageAnswer } },
      handler: async ({ principal, params }) => ({
        status: 200,
        body: presentWhole(await endpoints.mustMessage(services.db, principal, params.id, params.message)),
      }),
    }),
    route({
      method: 'post',
      path: '/api/webhooks/:id/messages/:message/redeliver',
      summary: 'Send a message again, under the same id',
      permission: 'webhook:write',
      params: WebhookMessageParams,
      responses: { 202: { description: 'It is sent at once.', schema: WebhookMessageAnswer } },
      transaction: true,
      handler: async ({ principal, params, tx }) => ({
        status: 202,
        body: presentWhole(await endpoints.redeliver(tx, principal, params.id, params.message)),
      }),
    }),
  ];
}
