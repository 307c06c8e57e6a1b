/**
 * A payment provider on loopback: what Plinth uses of Stripe's API, with state. Any key that begins with `sk_test_` is accepted;
 * all of them are one account. Facts are Stripe's documentation of API 2026-10-28; what differs stands in ../README.md.
 */
import { createHash } from 'node:crypto';
import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Response, Router } from 'express';
import type { SimAccount, SimWorld, Simulation } from '../../providers/simulation.ts';
import type { Api } from './api.ts';
import { pagesRouter, watchSessions } from './checkout.ts';
import { invalid, StripeRefusal } from './errors.ts';
import { watchDeliveries } from './events.ts';
import { type FormObject, parseForm } from './form.ts';
import { watchIntents } from './intents.ts';
import { shown } from './objects.ts';
import { watchRefunds } from './refunds.ts';
import { routes } from './routes.ts';

const KEEP_MS = 24 * 3_600_000;

export const simulation: Simulation = {
  id: 'stripe',
  contentType: 'application/json',
  accountDefaults: { rateLimit: { requests: 6_000, perMs: 60_000 }, createLimit: null },
  router(world) {
    watchDeliveries(world);
    watchIntents(world);
    watchRefunds(world);
    watchSessions(world);
    const router = Router();
    router.use(pagesRouter(world));
    const api = Router();
    api.use(express.text({ type: 'application/x-www-form-urlencoded', limit: '1mb' }), authenticate(world));
    for (const route of routes) api[route.method](route.path, answered(world, route));
    router.use('/v1', api);
    router.use(refused);
    return router;
  },
  errorAnswer(status) {
    const type =
      status === 401
        ? 'invalid_request_error'
        : status === 429
          ? 'rate_limit_error'
          : status >= 500
            ? 'api_error'
            : 'invalid_request_error';
    const message =
      status === 404
        ? 'Unrecognized request URL. Please see https://docs.stripe.com/api or we can help at https://support.stripe.com/.'
        : 'An error occurred.';
    return { body: { error: { type, message } } };
  },
};

function authenticate(world: SimWorld): RequestHandler {
  return (request, _response, next) => {
    const key = /^Bearer (\S+)$/.exec(request.get('authorization') ?? '')?.[1];
    if (key === undefined || !key.startsWith('sk_test_') || world.collection<SimAccount>('accounts').get(key)?.revoked)
      throw new StripeRefusal(401, {
        type: 'invalid_request_error',
        message: key === undefined ? 'You did not provide an API key.' : `Invalid API Key provided: ${key.slice(0, 8)}***`,
      });
    next();
  };
}

interface Kept {
  readonly id: string;
  readonly asked: string;
  readonly status: number;
  readonly body: string;
  readonly at: number;
}

/** The same Idempotency-Key within a day gives the same answer, and is refused for another request. */
function answered(world: SimWorld, route: Api): RequestHandler {
  return (request: Request, response: Response) => {
    const form = formOf(request);
    refuseUnknown(route, form);
    response.set({ 'request-id': `req_${world.hex(14)}`, 'stripe-version': request.get('stripe-version') ?? '' });
    const key = request.get('idempotency-key');
    const kept = world.collection<Kept>('idempotency');
    const asked = createHash('sha256')
      .update(`${request.method} ${request.path} ${JSON.stringify(form)}`)
      .digest('hex');
    const id = key === undefined || route.method === 'get' ? undefined : key.slice(0, 255);
    const former = id === undefined ? undefined : kept.get(id);
    if (former && former.at > world.now() - KEEP_MS) {
      if (former.asked !== asked)
        throw new StripeRefusal(400, {
          type: 'idempotency_error',
          message: `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${id}' if you meant to execute a different request.`,
        });
      response.set('idempotent-replayed', 'true').status(former.status).json(JSON.parse(former.body));
      return;
    }
    const { status, body } = outcome(world, route, request, form);
    // Like Stripe: what was refused before it began is not kept, what began is, success or not.
    if (id !== undefined && (status < 400 || status === 402)) kept.put({ id, asked, status, body: JSON.stringify(body), at: world.now() });
    response.status(status).json(body);
  };
}

function outcome(world: SimWorld, route: Api, request: Request, form: FormObject): { status: number; body: unknown } {
  try {
    const base = `${request.protocol}://${request.get('host')}${request.baseUrl.replace(/\/v1$/, '')}`;
    return { status: 200, body: shown(route.run(world, { params: request.params as Record<string, string>, form, base })) };
  } catch (error) {
    if (error instanceof StripeRefusal) return { status: error.status, body: { error: shown(error.error) } };
    throw error;
  }
}

function formOf(request: Request): FormObject {
  if (request.method !== 'GET') return typeof request.body === 'string' ? parseForm(request.body) : {};
  return parseForm(request.originalUrl.split('?')[1] ?? '');
}

const ALWAYS = ['expand', 'metadata'];

function refuseUnknown({ fields }: Api, form: FormObject): void {
  for (const name of Object.keys(form))
    if (!fields.includes(name) && !ALWAYS.includes(name)) throw invalid(`Received unknown parameter: ${name}`, name, 'parameter_unknown');
}

const refused: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (!(error instanceof StripeRefusal)) return next(error);
  response.status(error.status).json({ error: error.error });
};
