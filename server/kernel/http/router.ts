/** Mounts the routes: who, may they, what, once; then the handler. A route without a permission does not start. */
import { Router, type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { z } from 'zod';
import { isPermission } from '../../../contract/permissions.ts';
import { type BodyLimits, readJson } from './body.ts';
import { limitsFor } from './body-limits.ts';
import { can, mustCan } from '../can.ts';
import { Refusal } from '../problem.ts';
import { servedFor } from '../request-context.ts';
import type { Principal, Services } from '../services.ts';
import { inTransaction } from '../database.ts';
import { forAudience } from './audience.ts';
import { tellSuccessor } from './former-paths.ts';
import { runOnce, type Settle } from './idempotency.ts';
import { parsePart } from './problems.ts';
import { operationIdOf } from './operation-id.ts';
import { behindWall } from '../wall/standing.ts';
import { mustSee, readsBehindWall } from '../wall/sight.ts';
import { byRoom } from './rooms.ts';
import { type Answer, type AnyRoute, type KeptAnswer, permissionsOf, type Route, STREAMED } from './route.ts';

const NOBODY: Principal = {
  actor: { kind: 'system', id: 'nobody', name: 'anonymous' },
  name: 'anonymous',
  role: 'nobody',
  organizationId: '',
  permissions: new Set(),
  tokenId: null,
};
const EMPTY = z.strictObject({});
/** Of a route without a body of its own: `{}` at most. */
const NO_BODY: BodyLimits = { bytes: 1024, depth: 4, members: 32 };
const BODY: BodyLimits = { bytes: 128 * 1024, depth: 32, members: 4_000 };
/** Keys for SSH, files for cloud-init, ten thousand ids. */
const LARGE_BODY: BodyLimits = { bytes: 1024 * 1024, depth: 32, members: 20_000 };

/** Who asks, or null when nobody valid does. */
export type Identify = (request: Request) => Promise<Principal | null>;

/** @throws Error when a route declares no permission of the table or two routes are the same. */
export function routesRouter(services: Services, routes: readonly Route[], identify: Identify): RequestHandler {
  assertDeclared(routes);
  return byRoom(routes, (list) => roomRouter(services, list, identify));
}

function roomRouter(services: Services, routes: readonly Route[], identify: Identify): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const paths = Map.groupBy(routes, (route) => route.path);
  for (const route of inOrder(routes)) router[route.method](route.path, ...chain(services, route, identify));
  for (const [path, list] of paths) {
    const allowed = list.map((route) => route.method.toUpperCase()).join(', ');
    router.all(path, (request: Request) => {
      throw new Refusal(405, 'method_not_allowed', `${request.method} is not possible here. Allowed: ${allowed}.`, [], { allow: allowed });
    });
  }
  return router;
}

/** As they come, but a path of fixed words before one whose parameter would take it: `/api/vps/:id` takes `/api/vps/provision`. */
function inOrder(routes: readonly Route[]): Route[] {
  const ordered: Route[] = [];
  for (const route of routes) {
    const taker = ordered.findIndex(({ method, path }) => method === route.method && takes(path, route.path));
    ordered.splice(taker < 0 ? ordered.length : taker, 0, route);
  }
  return ordered;
}

function takes(general: string, path: string): boolean {
  const [words, others] = [general.split('/'), path.split('/')];
  return words.length === others.length && words.every((word, index) => word === others[index] || word.startsWith(':'));
}

export function assertDeclared(routes: readonly Route[]): void {
  const seen = new Set<string>();
  for (const route of routes) {
    const name = `${route.method.toUpperCase()} ${route.path}`;
    const asked = route.permission === undefined ? [] : permissionsOf(route);
    if (route.permission !== 'public' && (asked.length === 0 || !asked.every(isPermission)))
      throw new Error(`${name} declares no permission of the table. Every route says who may call it.`);
    const { transaction, apart, method } = route as AnyRoute;
    if (method !== 'get' && (transaction === true) === (apart !== undefined))
      throw new Error(
        `${name} says neither \`transaction\` nor why it is \`apart\`, or both. A change and its kept answer are one transaction.`,
      );
    const id = operationIdOf(route);
    if (seen.has(name)) throw new Error(`${name} is declared twice.`);
    if (seen.has(id)) throw new Error(`${name} would be the second route called ${id}: give it an \`id\` of its own.`);
    seen.add(name).add(id);
  }
}

function chain(services: Services, route: Route, identify: Identify): RequestHandler[] {
  const mutation = route.method !== 'get';
  const authorise = async (request: Request, response: Response, next: NextFunction): Promise<void> => {
    response.locals.refusal = route.refusal;
    tellSuccessor(response, route, request.params);
    response.locals.principal = route.permission === 'public' ? NOBODY : await authoriseFor(services, route, identify, request);
    next();
  };
  return [
    authorise,
    ...(mutation ? [contentType, parseBody(services, route)] : []),
    (request, response) => answer(services, route, request, response),
  ];
}

async function authoriseFor(services: Services, route: Route, identify: Identify, request: Request): Promise<Principal> {
  const principal = await identify(request);
  if (!principal)
    throw new Refusal(401, 'unauthenticated', 'Send a valid token: Authorization: Bearer plinth_….', [], {
      'www-authenticate': 'Bearer realm="plinth"',
    });
  const asked = permissionsOf(route);
  if (!asked.some((permission) => can(principal, permission))) {
    services.log.warn({ actor: principal.actor.id, role: principal.role, route: route.path }, 'refused: permission');
    mustCan(principal, asked[0]!);
  }
  if (asked.length === 1) mustCan(principal, asked[0]!);
  servedFor(principal);
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

function parseBody(services: Services, { body, largeBody }: Route): RequestHandler {
  const limits = body === undefined ? NO_BODY : largeBody ? LARGE_BODY : BODY;
  return async (request, response, next) => {
    request.body = await readJson(request, await limitsFor(services, response.locals.principal as Principal, limits));
    next();
  };
}

async function answer(services: Services, route: Route, request: Request, response: Response): Promise<void> {
  const principal = response.locals.principal as Principal;
  const requestId = String(response.getHeader('x-request-id'));
  const params = parsePart(route.params ?? EMPTY, { ...request.params }, 'params', 404);
  const query = parsePart(route.query ?? EMPTY, { ...request.query }, 'query');
  const body = parsePart(route.body ?? EMPTY, request.body ?? {}, 'body');
  if (typeof route.permission === 'object') mustCan(principal, ...route.permission.of({ params, query, body }));
  const shownTo = (answer: Answer): Answer => ({
    status: answer.status,
    body: route.whole ? answer.body : forAudience(principal, answer.body),
  });
  const toldTo = (answer: Answer | typeof STREAMED): Answer | typeof STREAMED => (answer === STREAMED ? answer : shownTo(answer));
  const changesRights = mayChangeRights(route);
  const work = async (settle: Settle): Promise<Answer | typeof STREAMED> => {
    // Not before: a repeated request is answered as the first was, whatever became of what it names.
    await mustSee(services, route, principal, { params, query, body });
    const made = await handled(settle);
    // Before the answer, so that whoever gets it sees what it did.
    if (changesRights) services.recent.forget();
    return made;
  };
  const handled = async (settle: Settle): Promise<Answer | typeof STREAMED> => {
    const context = { principal, params, query, body, requestId, request, response };
    const { transaction, prepare, handler } = route as AnyRoute;
    if (!transaction) return toldTo(await handler(context));
    const prepared = await prepare?.(context);
    const { kept, afterwards } = await inTransaction(services.db, async (tx) => {
      const made = (await handler({ ...context, tx, prepared } as never)) as KeptAnswer;
      const shown = shownTo(made);
      await settle(tx, shown.status, shown.body);
      return { kept: shown, afterwards: made.afterwards };
    });
    return afterwards ? toldTo(await afterwards()) : kept;
  };
  const key = request.get('idempotency-key');
  if (route.method === 'get' || key === undefined || route.unrepeated) {
    const unkept = (): Promise<Answer | typeof STREAMED> => work(async () => {});
    const organizationId = readsBehindWall(route, principal);
    send(response, organizationId === null ? await unkept() : await behindWall(organizationId, unkept));
    return;
  }
  const once = { scope: principal.actor.id, key, method: request.method, path: request.path, body };
  const { answer: result, replayed } = await runOnce(services.db, services.secrets, once, work);
  if (replayed) response.setHeader('idempotent-replayed', 'true');
  send(response, result);
}

/** Changes to what these name leave everybody's rights as they are. */
const OTHER_NOUNS = /^(vps|operation|snapshot|task|drift|bulk):/;

function mayChangeRights({ method, permission }: Route): boolean {
  return method !== 'get' && !(permission !== 'public' && permissionsOf({ permission }).every((each) => OTHER_NOUNS.test(each)));
}

/** Nobody may keep an answer, so it gets no ETag. */
function send(response: Response, answer: Answer | typeof STREAMED): void {
  if (answer === STREAMED) return;
  response.statusCode = answer.status;
  if (answer.body === undefined || answer.body === null) return void response.end();
  // As bytes: it is counted and written in one go.
  const bytes = Buffer.from(JSON.stringify(answer.body));
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.setHeader('content-length', bytes.length);
  response.end(bytes);
}
