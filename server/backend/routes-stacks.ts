/** Stacks: create, list, read, tag, remove, export, import, history. */
import { randomUUID } from 'node:crypto';
import type { Router } from 'express';
import { z } from 'zod';
import type { NewUpdate, StackRow, UpdateRow } from './rows.ts';
import { refusal, seesOrganization } from './access.ts';
import type { Checkpoint } from '../kernel/deployment.ts';
import { newDataKey } from './keys.ts';
import {
  bodyOf,
  CheckpointBody,
  CreateStackBody,
  engineVersion,
  parse,
  principalOf,
  route,
  SMALL,
  STATE,
  StateError,
  StringMap,
} from './protocol.ts';
import type { StateContext } from './context.ts';

const PAGE = 200;
const ListQuery = z.object({
  project: z.string().optional(),
  organization: z.string().optional(),
  tagName: z.string().optional(),
  tagValue: z.string().optional(),
  continuationToken: z.string().optional(),
});
const HistoryQuery = z.object({
  pageSize: z.coerce.number().int().min(0).max(1000).default(0),
  page: z.coerce.number().int().min(0).default(0),
  output: z.string().optional(),
});

export function stackRoutes(router: Router, context: StateContext): void {
  collectionRoutes(router, context);
  singleRoutes(router, context);
  deploymentRoutes(router, context);
  historyRoutes(router, context);
}

function collectionRoutes(router: Router, context: StateContext): void {
  const { store, keys, hooks } = context;
  router.get(
    '/api/user/stacks',
    route(async (request, response) => {
      const principal = principalOf(request);
      const query = parse(ListQuery, request.query);
      const organization = query.organization ?? principal.organization;
      if (!seesOrganization(principal, organization)) {
        response.json({ stacks: [] });
        return;
      }
      const found = await store.listStacks({
        organization,
        limit: PAGE + 1,
        ...(query.project ? { project: query.project } : {}),
        ...(query.tagName ? { tagName: query.tagName } : {}),
        ...(query.tagValue ? { tagValue: query.tagValue } : {}),
        ...(query.continuationToken ? { after: query.continuationToken } : {}),
      });
      const visible = found.slice(0, PAGE).filter((stack) => !principal.operationOn || principal.operationOn(stack.name) !== undefined);
      const last = found.length > PAGE ? found[PAGE - 1] : undefined;
      response.json({ stacks: visible.map(summary), ...(last ? { continuationToken: `${last.project}/${last.name}` } : {}) });
    }),
  );
  router.head(
    '/api/stacks/:org/:project',
    route(async (request, response) => {
      const { org, project } = request.params as Record<string, string>;
      const known = seesOrganization(principalOf(request), org) && (await store.projectExists(org!, project!));
      response.status(known ? 200 : 404).end();
    }),
  );
  router.post(
    '/api/stacks/:org/:project',
    route(async (request, response) => {
      const principal = principalOf(request);
      const { org, project } = request.params as Record<string, string>;
      if (!seesOrganization(principal, org)) throw new StateError(404, `There is no organization ${org}.`);
      // A worker's token is for one stack, so the name decides too.
      const role = refusal(principal, 'create-stack');
      if (role) throw new StateError(403, role);
      const body = await bodyOf(request, CreateStackBody, STATE);
      const refused = refusal(principal, 'create-stack', body.stackName);
      if (refused) throw new StateError(403, refused);
      const state = (body.state ?? null) as Checkpoint | null;
      await context.pass({ at: 'create', stack: { organization: org!, project: project!, name: body.stackName }, state, principal });
      const id = randomUUID();
      const stack = await store.createStack({
        id,
        organization: org!,
        project: project!,
        name: body.stackName,
        tags: body.tags ?? {},
        dataKey: keys.wrap(newDataKey(), id),
        ...(state ? { checkpoint: state } : {}),
      });
      if (!stack) throw new StateError(409, `Stack ${org}/${project}/${body.stackName} already exists`);
      await hooks.audit(principal, 'state.stack.created', stack, {});
      response.json({});
    }),
  );
}

function singleRoutes(router: Router, context: StateContext): void {
  const { store, hooks } = context;
  router.get(
    '/api/stacks/:org/:project/:stack',
    route(async (request, response) => {
      const { stack } = await context.stackFor(request, 'read');
      const active = await store.activeUpdate(stack.id);
      response.json({
        id: stack.id,
        orgName: stack.organization,
        projectName: stack.project,
        stackName: stack.name,
        activeUpdate: active?.id ?? '',
        tags: stack.tags,
        version: stack.version,
        ...(active ? { currentOperation: { kind: active.kind, author: active.actor, started: unixSeconds(active.startedAt) } } : {}),
      });
    }),
  );
  router.delete(
    '/api/stacks/:org/:project/:stack',
    route(async (request, response) => {
      const { stack, principal } = await context.stackFor(request, 'delete-stack');
      await context.pass({ at: 'remove', stack, principal });
      const outcome = await store.deleteStack(stack.id, request.query['force'] === 'true');
      if (outcome === 'busy') throw new StateError(409, 'Another update is in progress on this stack; wait for it or cancel it.');
      // The CLI recognises this very sentence.
      if (outcome === 'resources') throw new StateError(400, 'Bad Request: Stack still contains resources.');
      await hooks.audit(principal, 'state.stack.removed', stack, { force: request.query['force'] === 'true' });
      response.status(204).end();
    }),
  );
  router.patch(
    '/api/stacks/:org/:project/:stack/tags',
    route(async (request, response) => {
      const { stack } = await context.stackFor(request, 'tag');
      await store.setTags(stack.id, await bodyOf(request, StringMap, SMALL));
      response.status(204).end();
    }),
  );
  router.post(
    '/api/stacks/:org/:project/:stack/rename',
    route(async (request) => {
      await context.stackFor(request, 'delete-stack');
      throw new StateError(
        400,
        'A stack of Plinth is named after its VPS and cannot be renamed: every URN in its state carries the name. Rename the VPS instead.',
      );
    }),
  );
  router.get(
    '/api/stacks/:org/:project/:stack/policypacks',
    route(async (request, response) => {
      await context.stackFor(request, 'read');
      response.json({ requiredPolicies: [] });
    }),
  );
}

function deploymentRoutes(router: Router, context: StateContext): void {
  const { store, hooks } = context;
  router.get(
    ['/api/stacks/:org/:project/:stack/export', '/api/stacks/:org/:project/:stack/export/:version'],
    route(async (request, response) => {
      const { stack } = await context.stackFor(request, 'read');
      const wanted = request.params['version'];
      const version = wanted === undefined ? undefined : parse(z.coerce.number({ error: 'version must be a number' }).int().min(0), wanted);
      const checkpoint = await store.checkpoint(stack.id, version);
      if (!checkpoint) throw new StateError(404, `Version ${wanted} of this stack is not kept.`);
      response.json(withOwnUrl(checkpoint, `${request.protocol}://${request.headers.host}`));
    }),
  );
  router.post(
    '/api/stacks/:org/:project/:stack/import',
    route(async (request, response) => {
      const { stack, principal } = await context.stackFor(request, 'import');
      const checkpoint = (await bodyOf(request, CheckpointBody, STATE)) as unknown as Checkpoint;
      await context.pass({ at: 'import', stack, state: checkpoint, principal });
      const update: NewUpdate = {
        kind: 'import',
        dryRun: false,
        message: '',
        environment: {},
        config: {},
        actor: principal.name,
        tokenId: principal.tokenId,
        operationId: principal.operationOn?.(stack.name) ?? null,
        engineVersion: engineVersion(request),
      };
      const updateId = await store.replaceCheckpoint(stack.id, checkpoint, update);
      await hooks.audit(principal, 'state.imported', stack, { updateId });
      response.json({ updateId });
    }),
  );
}

function historyRoutes(router: Router, context: StateContext): void {
  const { store } = context;
  router.get(
    '/api/stacks/:org/:project/:stack/updates',
    route(async (request, response) => {
      const { stack } = await context.stackFor(request, 'read');
      const { pageSize, page } = parse(HistoryQuery, request.query);
      const limit = pageSize || PAGE;
      const rows = await store.history(stack.id, limit, Math.max(0, page - 1) * limit);
      response.json({ updates: rows.map(historyEntry) });
    }),
  );
  router.get(
    '/api/stacks/:org/:project/:stack/updates/latest',
    route(async (request, response) => {
      const { stack } = await context.stackFor(request, 'read');
      const [latest] = await store.history(stack.id, 1, 0);
      if (!latest) throw new StateError(404, 'This stack was never updated.');
      response.json({ info: historyEntry(latest) });
    }),
  );
  router.get(
    '/api/stacks/:org/:project/:stack/updates/latest/previews',
    route(async (request, response) => {
      await context.stackFor(request, 'read');
      response.json({ updates: [] });
    }),
  );
}

function summary(stack: StackRow): object {
  return {
    id: stack.id,
    orgName: stack.organization,
    projectName: stack.project,
    stackName: stack.name,
    ...(stack.version > 0 ? { lastUpdate: unixSeconds(stack.updatedAt) } : {}),
    resourceCount: stack.resourceCount,
  };
}

function historyEntry(update: UpdateRow): object {
  return {
    kind: update.kind,
    startTime: unixSeconds(update.startedAt),
    endTime: unixSeconds(update.endedAt),
    message: update.message,
    environment: { ...update.environment, 'plinth.actor': update.actor },
    config: update.config,
    result: update.status === 'running' ? 'in-progress' : update.status === 'succeeded' ? 'succeeded' : 'failed',
    version: update.version,
    resourceChanges: update.resourceChanges,
  };
}

/** The state names the service that encrypts its secrets; readers reach us by different addresses, so it is always theirs. */
function withOwnUrl(checkpoint: Checkpoint, origin: string): Checkpoint {
  const provider = checkpoint.deployment.secrets_providers;
  if (provider?.type !== 'service' || typeof provider.state !== 'object' || provider.state === null) return checkpoint;
  const secrets = { ...provider, state: { ...provider.state, url: origin } };
  return { ...checkpoint, deployment: { ...checkpoint.deployment, secrets_providers: secrets } };
}

function unixSeconds(date: Date | null): number {
  return date ? Math.floor(date.getTime() / 1000) : 0;
}
