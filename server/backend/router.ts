/**
 * Pulumi's own state protocol over our tables: what `pulumi login https://…` speaks. The workers'
 * engine processes and a person's terminal use the same routes; only their tokens differ.
 */
import { Router, type ErrorRequestHandler, type Request } from 'express';
import type { Logger } from 'pino';
import { hashLeaseToken, LeaseLostError } from './store.ts';
import { servedFor } from '../kernel/request-context.ts';
import type { StackRow } from './rows.ts';
import { refusal, seesOrganization, type StatePrincipal } from './access.ts';
import type { Door, StateContext, StateRouterOptions } from './context.ts';
import { stateProblem } from './loss.ts';
import {
  actionOf,
  errorAnswer,
  type HeldUpdate,
  parse,
  principalOf,
  StackPath,
  StateError,
  type StateRequest,
  UpdatePath,
} from './protocol.ts';
import { secretRoutes } from './routes-secrets.ts';
import { stackRoutes } from './routes-stacks.ts';
import { updateRoutes } from './routes-updates.ts';

const UPDATE_PATH = /^\/api\/stacks\/([^/]+)\/([^/]+)\/([^/]+)\/update\/([^/]+)\//;

export function stateRouter(options: StateRouterOptions): Router {
  const router = Router();
  const context: StateContext = {
    ...options,
    async stackFor(request, action) {
      const principal = principalOf(request);
      const path = parse(StackPath, request.params);
      const place = [path.org, path.project, path.stack] as const;
      const stack = await findOwned(options, principal, place);
      // Who may see it is the present owner's matter, whatever name it is called by.
      if (!seesOrganization(principal, stack?.organization ?? path.org)) throw new StateError(404, `There is no stack ${place.join('/')}.`);
      const refused = refusal(principal, action, path.stack);
      if (refused) {
        await options.hooks.audit(principal, `state.${action}.refused`, null, { stack: path.stack, reason: refused });
        throw new StateError(403, refused);
      }
      if (!stack) throw new StateError(404, `There is no stack ${place.join('/')}.`);
      return { stack, principal };
    },
    async pass(door) {
      if (door.at === 'create' || door.at === 'import') refuseUnsound(door);
      const refused = await options.hooks.guard(door);
      if (!refused) return;
      if ('principal' in door) {
        const detail = { stack: door.stack.name, reason: refused.message };
        await options.hooks.audit(door.principal, `state.${door.at}.refused`, null, detail);
      }
      throw new StateError(refused.status, refused.message);
    },
  };
  // The command line asks these before it has a stack.
  router.get('/api/capabilities', (_request, response) => {
    response.json({
      capabilities: [
        { capability: 'batch-encrypt' },
        { capability: 'deployment-schema-version', version: 1, configuration: { version: 4 } },
      ],
    });
  });
  router.get('/api/cli/version', (_request, response) => {
    const version = options.engineVersion.replace(/^v/, '');
    response.json({ latestVersion: version, oldestWithoutWarning: version });
  });
  router.use(['/api/user', '/api/stacks'], (request, _response, next) => {
    authenticate(options, request).then(() => next(), next);
  });
  router.get('/api/user', (request, response) => {
    const principal = principalOf(request);
    const organizations = (principal.organizations ?? [principal.organization]).map((name) => ({ githubLogin: name, name, avatarUrl: '' }));
    response.json({
      id: principal.name,
      githubLogin: principal.name,
      name: principal.name,
      email: '',
      avatarUrl: '',
      organizations,
      identities: [],
    });
  });
  router.get('/api/user/organizations/default', (request, response) => {
    response.json({ gitHubLogin: principalOf(request).organization, messages: [] });
  });
  stackRoutes(router, context);
  secretRoutes(router, context);
  updateRoutes(router, context);
  router.use(['/api/user/stacks', '/api/stacks'], (request) => {
    throw new StateError(404, `${request.method} ${request.originalUrl.split('?')[0]} is not part of this service.`);
  });
  router.use(stateErrors(options.log));
  return router;
}

/** Whatever hangs on the stack. @throws StateError 400 */
function refuseUnsound({ stack, state }: Extract<Door, { at: 'create' | 'import' }>): void {
  const problem = state && stateProblem({ stack, base: null, next: state.deployment, instanceId: null });
  if (problem) throw new StateError(400, problem.reason);
}

/** A row that only carries a VPS's name leads nowhere, and does not stand before the one that is meant. */
async function findOwned(
  { store, hooks }: StateRouterOptions,
  { stackId }: StatePrincipal,
  place: readonly [string, string, string],
): Promise<StackRow | null> {
  for (const find of [() => store.findStack(...place), () => store.findMovedStack(...place)]) {
    const found = await find();
    if (found && (stackId === undefined ? await hooks.isOwned(found) : found.id === stackId)) return found;
  }
  return null;
}

/**
 * Before any body is read: a person's or worker's token, or, below an update, the token of its lease. Writes are authorised by
 * the lease alone, bound to the stack and update of the path.
 */
async function authenticate(options: StateRouterOptions, request: Request): Promise<void> {
  const [scheme, token] = (request.headers.authorization ?? '').split(' ');
  const path = UPDATE_PATH.exec(request.baseUrl + request.path);
  if (scheme?.toLowerCase() === 'update-token' && token && path) {
    const tokenHash = hashLeaseToken(token);
    const [org, project, stack, update] = path.slice(1).map(decodeURIComponent);
    const found = await options.store.findByLease(parse(UpdatePath, { org, project, stack, update }), tokenHash);
    if (!found) throw new LeaseLostError();
    if (!(await mayStillWrite(options, found))) {
      await endUpdate(options, found);
      throw new LeaseLostError();
    }
    (request as StateRequest).held = { ...found, token, tokenHash };
    return;
  }
  const principal = scheme?.toLowerCase() === 'token' && token ? await options.authenticate(token) : null;
  if (!principal)
    throw new StateError(401, 'This access token is unknown, expired or revoked. Make one in Plinth and run pulumi login again.');
  if (principal.person) servedFor(principal.person);
  (request as StateRequest).principal = principal;
}

/** A lease gives no more than its token: revoked, expired or with less rights, it writes and renews nothing. */
async function mayStillWrite(options: StateRouterOptions, { stack, update }: Pick<HeldUpdate, 'stack' | 'update'>): Promise<boolean> {
  if (update.tokenId === null) return true;
  const holder = await options.holder(update.tokenId);
  if (holder?.person) servedFor(holder.person);
  return holder !== null && seesOrganization(holder, stack.organization) && refusal(holder, actionOf(update), stack.name) === null;
}

/** With the state that it reached; nobody waits for its lease to run out. */
async function endUpdate({ store, hooks }: StateRouterOptions, { stack, update }: Pick<HeldUpdate, 'stack' | 'update'>): Promise<void> {
  if (update.status !== 'running') return;
  await store.completeUpdate(stack.id, update.id, null, 'cancelled');
  await hooks.completed(stack, { ...update, status: 'cancelled' });
}

function stateErrors(log: Logger): ErrorRequestHandler {
  return (error, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const answer = errorAnswer(error);
    if (answer.unexpected) log.error({ err: error, path: request.path }, 'state request failed');
    const { status, message, headers = {}, problem } = answer;
    response
      .status(status)
      .set(headers)
      .json({ code: status, message, ...(problem === undefined ? {} : { problem }) });
  };
}
