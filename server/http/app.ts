/** The Express application: headers, request ids, logs, the routes, and the last word on errors. */
import { randomUUID } from 'node:crypto';
import express, { type Express, type RequestHandler, type Router } from 'express';
import { Refusal } from '../problem.ts';
import type { Services } from '../services/services.ts';
import { ping } from '../store/settings.ts';
import { docsPage } from './docs-page.ts';
import type { EventHub } from './event-hub.ts';
import type { Metrics } from './metrics.ts';
import { metricsDoor } from './metrics-door.ts';
import { openapiOf, type Schema } from './openapi.ts';
import { problemHandler } from './problems.ts';
import type { Route } from './route.ts';
import { routesRouter } from './router.ts';
import { adminRoutes } from './routes/admin.ts';
import { bulkRoutes } from './routes/bulk.ts';
import { changeRoutes } from './routes/changes.ts';
import { driftRoutes } from './routes/drift.ts';
import { importRoutes } from './routes/inventory-import.ts';
import { jobRoutes } from './routes/jobs.ts';
import { operationRoutes } from './routes/operations.ts';
import { organizationRoutes } from './routes/organizations.ts';
import { overviewRoutes } from './routes/overview.ts';
import { snapshotRoutes } from './routes/snapshots.ts';
import { simulatorRoutes } from './routes/simulator.ts';
import { tokenRoutes } from './routes/tokens.ts';
import { upkeepRoutes } from './routes/upkeep.ts';
import { usageRoutes } from './routes/usage.ts';
import { vpsRoutes } from './routes/vps.ts';
import { webRouter } from './web.ts';

export function allRoutes(services: Services, hub: EventHub): Route[] {
  return [
    ...vpsRoutes(services),
    ...snapshotRoutes(services),
    ...usageRoutes(services),
    ...operationRoutes(services, hub),
    ...changeRoutes(services, hub),
    ...adminRoutes(services),
    ...tokenRoutes(services),
    ...organizationRoutes(services),
    ...overviewRoutes(services),
    ...upkeepRoutes(services),
    ...driftRoutes(services),
    ...importRoutes(services),
    ...jobRoutes(services),
    ...simulatorRoutes(services),
    ...bulkRoutes(services),
  ];
}

/** `isReady` false takes the process out of a balancer while it drains. */
export function buildApp(services: Services, hub: EventHub, metrics: Metrics, state: Router, isReady: () => boolean): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', services.config.trustProxy);
  app.set('query parser', 'simple');
  app.use(requestId, securityHeaders, accessLog(services, metrics));
  const routes = allRoutes(services, hub);
  // A quarter of a second of work that a worker's start need not wait for.
  let openapi: Schema | undefined;
  const docs = docsPage(routes);
  app.get('/healthz', (_request, response) => void response.json({ status: 'ok' }));
  app.get('/readyz', async (_request, response) => {
    const ok =
      isReady() &&
      (await ping(services.db).then(
        () => true,
        () => false,
      ));
    response.status(ok ? 200 : 503).json({ status: ok ? 'ready' : 'not ready' });
  });
  app.get(
    '/metrics',
    metricsDoor(services.config.metricsToken),
    async (_request, response) => void response.type('text/plain').send(await metrics.text()),
  );
  app.get('/api/openapi.json', (_request, response) => void response.json((openapi ??= openapiOf(routes, services.config.publicUrl))));
  app.get('/api/docs', (_request, response) => void response.type('html').send(docs));
  app.use(state);
  app.use(routesRouter(services, routes));
  app.use(webRouter());
  app.use((request) => {
    throw new Refusal(404, 'not_found', `There is nothing at ${request.method} here. /api/docs lists what there is.`);
  });
  app.use(problemHandler(services.log));
  return app;
}

const requestId: RequestHandler = (request, response, next) => {
  const given = request.get('x-request-id');
  response.setHeader('x-request-id', given !== undefined && /^[A-Za-z0-9_.-]{8,64}$/.test(given) ? given : randomUUID());
  next();
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
