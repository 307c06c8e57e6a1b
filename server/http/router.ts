/** Mounts the routes: who, may they, what, once; then the handler. A route without a role does not start. */
import { json, Router, type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { z } from 'zod';
import { ROLES } from '../../contract/ids.ts';
import { authenticate } from '../auth/tokens.ts';
import { Refusal } from '../problem.ts';
import type { Principal, Services } from '../services/services.ts';
import { runOnce, type Settle } from './idempotency.ts';
import { parsePart } from './problems.ts';
import { operationIdOf } from './operation-id.ts';
import { type Answer, type Route, STREAMED } from './route.ts';

const NOBODY: Principal = { tokenId: '', name: 'anonymous', role: 'viewer', organizationId: '' };
const EMPTY = z.strictObject({});
const parseJson = json({ limit: '1mb', strict: true, inflate: false, type: () => true });

/** @throws Error when a route declares no role or two routes are the same. */
export function routesRouter(services: Services, routes: readonly Route[]): Router {
  assertDeclared(routes);
  const router = Router({ caseSensitive: true, strict: true });
  const paths = Map.groupBy(routes, (route) => route.path);
  for (const route of routes) router[route.method](route.path, ...chain(services, route));
  for (const [path, list] of paths) {
    const allowed = list.map((route) => route.method.toUpperCase()).join(', ');
    router.all(path, (request: Request) => {
      throw new Refusal(405, 'method_not_allowed', `${request.method} is not possible here. Allowed: ${allowed}.`, [], { allow: allowed });
    });
  }
  return router;
}

export function assertDeclared(routes: readonly Route[]): void {
  const seen = new Set<string>();
  for (const route of routes) {
    const name = `${route.method.toUpperCase()} ${route.path}`;
    if (route.role !== 'public' && !ROLES.includes(route.role))
      throw new Error(`${name} declares no role. Every route says who may call it.`);
    const id = operationIdOf(route);
    if (seen.has(name)) throw new Error(`${name} is declared twice.`);
    if (seen.has(id)) throw new Error(`${name} would be the second route called ${id}: give it an \`id\` of its own.`);
    seen.add(name).add(id);
  }
}

function chain(services: Services, route: Route): RequestHandler[] {
  const mutation = route.method !== 'get';
  const authorise = async (request: Request, response: Response, next: NextFunction): Promise<void> => {
    response.locals.principal = route.role === 'public' ? NOBODY : await authoriseFor(services, route, request);
    next();
  };
  return [
    authorise,
    ...(mutation ? [contentType, parseJson as RequestHandler] : []),
    (request, response) => answer(services, route, request, response),
  ];
}

async function authoriseFor(services: Services, route: Route, request: Request): Promise<Principal> {
  const match = /^Bearer ([^\s]+)$/i.exec(request.get('authorization') ?? '');
  const principal = match ? await authenticate(services.db, match[1]!) : null;
  if (!principal)
    throw new Refusal(401, 'unauthenticated', 'Send a valid token: Authorization: Bearer plinth_….', [], {
      'www-authenticate': 'Bearer realm="plinth"',
    });
  if (ROLES.indexOf(principal.role) < ROLES.indexOf(route.role as Principal['role'])) {
    services.log.warn({ token: principal.tokenId, role: principal.role, route: route.path }, 'refused: role');
    throw new Refusal(403, 'forbidden', `This needs the role ${route.role}; the token "${principal.name}" has ${principal.role}.`);
  }
  if (route.operatorOnly !== undefined && principal.organizationId !== null)
    throw new Refusal(403, 'forbidden', `This token is bound to one organization; ${route.operatorOnly}.`);
  return principal;
}

const contentType: RequestHandler = (request, _response, next) => {
  const length = request.get('content-length');
  const hasBody = request.get('transfer-encoding') !== undefined || (length !== undefined && length !== '0');
  if (hasBody && !request.is('application/json'))
    throw new Refusal(415, 'unsupported_content_type', 'Send the body as JSON with Content-Type: application/json.', [
      { field: 'Content-Type', rule: 'is not application/json', remedy: 'Send JSON with Content-Type: application/json.' },
    ]);
  next();
};

async function answer(services: Services, route: Route, request: Request, response: Response): Promise<void> {
  const principal = response.locals.principal as Principal;
  const requestId = String(response.getHeader('x-request-id'));
  const params = parsePart(route.params ?? EMPTY, { ...request.params }, 'params', 404);
  const query = parsePart(route.query ?? EMPTY, { ...request.query }, 'query');
  const body = parsePart(route.body ?? EMPTY, request.body ?? {}, 'body');
  const work = (settle: Settle): Promise<Answer | typeof STREAMED> =>
    route.handler({ principal, params, query, body, requestId, request, response, settle });
  const key = request.get('idempotency-key');
  if (route.method === 'get' || key === undefined) {
    send(response, await work(async () => {}));
    return;
  }
  const once = { scope: principal.tokenId, key, method: request.method, path: request.path, body };
  const { answer: result, replayed } = await runOnce(services.db, services.secrets, once, work);
  if (replayed) response.setHeader('idempotent-replayed', 'true');
  send(response, result);
}

function send(response: Response, answer: Answer | typeof STREAMED): void {
  if (answer === STREAMED) return;
  if (answer.body === undefined || answer.body === null) response.status(answer.status).end();
  else response.status(answer.status).json(answer.body);
}
