/** The Express application: headers, request ids, logs, the routes, and the last word on errors. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import compression from 'compression';
import express, { type Express, type RequestHandler } from 'express';
import { plainAddress } from '../lib/addresses.ts';
import { databaseRefusal, UNREACHABLE } from './kernel/postgres/refusal.ts';
import { syncCaller } from './compat/exact-packages/routes.ts';
import { identify } from './identity/identify.ts';
import { Refusal } from './kernel/problem.ts';
import type { Services } from './kernel/services.ts';
import { serving } from './kernel/request-context.ts';
import { ping } from './kernel/settings.ts';
import { documentHandler } from './kernel/http/document.ts';
import { docsPage } from './kernel/http/docs-page.ts';
import type { EventHub } from './kernel/events/hub.ts';
import type { Metrics } from './kernel/http/metrics.ts';
import { metricsDoor } from './kernel/http/metrics-door.ts';
import type { Limits } from './kernel/http/limits.ts';
import { openapiOf } from './kernel/http/openapi.ts';
import { problemHandler } from './kernel/http/problems.ts';
import type { Domain } from './kernel/domain.ts';
import { withFormerPaths } from './kernel/http/former-paths.ts';
import { routesOf } from './domains.ts';
import { routesRouter } from './kernel/http/router.ts';
import { webRouter } from './kernel/http/web.ts';

/** A balancer must not wait longer for a database that does not answer. */
const READY_MS = 5_000;
const unanswered = (): never => {
  throw UNREACHABLE;
};

/** `isReady` false takes the process out of a balancer while it drains. */
export function buildApp(
  services: Services,
  hub: EventHub,
  metrics: Metrics,
  domains: readonly Domain[],
  limits: Limits,
  isReady: () => boolean,
): Express {
  const app = express();
  app.disable('x-powered-by');
  const { trustProxy } = services.config;
  app.set('trust proxy', typeof trustProxy === 'number' ? trustProxy : [...trustProxy]);
  app.set('query parser', 'simple');
  app.use(requestId, served, securityHeaders, accessLog(services, metrics), limits.guard, compressed);
  const routes = withFormerPaths(routesOf(domains, services, hub));
  app.get('/healthz', (_request, response) => void response.json({ status: 'ok' }));
  app.get('/readyz', async (_request, response) => {
    if (!isReady()) return void response.status(503).json({ status: 'not ready', code: 'stopping' });
    const refusal = await Promise.race([ping(services.db), delay(READY_MS, undefined, { ref: false }).then(unanswered)]).then(
      () => null,
      (error: unknown) => databaseRefusal(error) ?? UNREACHABLE,
    );
    if (refusal) response.status(503).set(refusal.headers).json({ status: 'not ready', code: refusal.code });
    else response.json({ status: 'ready' });
  });
  app.get(
    '/metrics',
    metricsDoor(services.config.metricsToken),
    async (_request, response) => void response.type('text/plain').send(await metrics.text()),
  );
  app.get(
    '/api/openapi.json',
    documentHandler('application/json; charset=utf-8', () => JSON.stringify(openapiOf(routes, services.config.publicUrl))),
  );
  app.use(docsPage());
  for (const door of domains.flatMap(({ doors }) => doors?.(services) ?? [])) app.use(door);
  app.use(roomGuard(services));
  app.use(routesRouter(services, routes, async (request) => syncCaller(services.config, request) ?? (await identify(services, request))));
  app.use(webRouter());
  app.use((request) => {
    throw new Refusal(404, 'not_found', `There is nothing at ${request.method} here. /api/docs lists what there is.`);
  });
  app.use(problemHandler(services.log));
  return app;
}

/** What a person needs to find out and to stop things is let through, and so are the states of operations under way. */
const ALWAYS = /^\/api\/(stacks|session|admin\/(kill-switches|automation))(\/|$)/;

function roomGuard({ disk }: Services): RequestHandler {
  return (request, _response, next) => {
    const changes = !['GET', 'HEAD', 'OPTIONS'].includes(request.method) && request.path.startsWith('/api/');
    const refusal = changes && !ALWAYS.test(request.path) ? disk.refusal() : null;
    if (refusal) throw refusal;
    next();
  };
}

/** Streams are told at once, and what holds a secret (`no-transform`) is not measured against what a caller wrote. */
const compressing = compression({
  filter: (request, response) =>
    !String(response.getHeader('content-type')).startsWith('text/event-stream') && compression.filter(request, response),
});
/** Who takes nothing compressed does not pay for the question. */
const compressed: RequestHandler = (request, response, next) => {
  if (request.headers['accept-encoding'] === undefined) next();
  else compressing(request, response, next);
};

const requestId: RequestHandler = (request, response, next) => {
  const given = request.get('x-request-id');
  response.setHeader('x-request-id', given !== undefined && /^[A-Za-z0-9_.-]{8,64}$/.test(given) ? given : randomUUID());
  next();
};

/** Who asks is added when it is known. */
const served: RequestHandler = (request, response, next) => {
  const address = request.ip === undefined ? null : plainAddress(request.ip);
  const context = { actor: null, scope: null, address, userAgent: request.get('user-agent') ?? null };
  serving({ ...context, requestId: String(response.getHeader('x-request-id')) }, next);
};

const securityHeaders: RequestHandler = (_request, response, next) => {
  response.setHeader(
    'content-security-policy',
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  );
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('referrer-policy', 'no-referrer');
  response.setHeader('cross-origin-resource-policy', 'same-origin');
  response.setHeader('strict-transport-security', 'max-age=31536000');
  response.setHeader('cache-control', 'no-store');
  next();
};

function accessLog(services: Services, metrics: Metrics): RequestHandler {
  return (request, response, next) => {
    const started = performance.now();
    response.on('finish', () => {
      const ms = performance.now() - started;
      const path = (request.route as { path?: string } | undefined)?.path ?? 'unknown';
      metrics.request(request.method, path, response.statusCode, ms);
      // The pattern, not the URL: a query may hold what a person typed.
      services.log.info(
        { requestId: response.getHeader('x-request-id'), method: request.method, path, status: response.statusCode, ms: Math.round(ms) },
        'request',
      );
    });
    next();
  };
}
