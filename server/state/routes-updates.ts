/** Updates: create, start (takes the lease), journal or checkpoints, events, renew, complete, cancel. */
import type { Request, Router } from 'express';
import { z } from 'zod';
import type { StackRow } from '../store/state-rows.ts';
import { pendingCreates, type Checkpoint } from './deployment.ts';
import { isKnownKind, type JournalEntry } from './journal.ts';
import {
  ACTION_OF_KIND,
  CheckpointBody,
  CreateUpdateBody,
  engineVersion,
  EventsBody,
  type HeldUpdate,
  JournalBody,
  parse,
  route,
  StartUpdateBody,
  StateError,
  type StateRequest,
  UpdatePath,
} from './protocol.ts';
import type { StateContext } from './context.ts';

const BASE = '/api/stacks/:org/:project/:stack';
const UPDATE = `${BASE}/update/:update`;
const EVENT_PAGE = 500;
/** A whole checkpoint tells the steps under way as pending operations. */
const BEGIN = { version: 1, kind: 0, sequenceID: 0, operationID: 0 };

export function updateRoutes(router: Router, context: StateContext): void {
  creationRoutes(router, context);
  writeRoutes(router, context);
  endRoutes(router, context);
  readRoutes(router, context);
}

function creationRoutes(router: Router, context: StateContext): void {
  const { store, hooks } = context;
  for (const kind of Object.keys(ACTION_OF_KIND)) {
    router.post(
      `${BASE}/${kind === 'import' ? 'import-update' : kind}`,
      route(async (request, response) => {
        const body = parse(CreateUpdateBody, request.body);
        // `pulumi up` posts its preview to /update with dryRun set.
        const dryRun = kind === 'preview' || body.options?.dryRun === true;
        const { stack, principal } = await context.stackFor(request, dryRun ? 'preview' : ACTION_OF_KIND[kind]!);
        const updateID = await store.createUpdate(stack.id, {
          kind,
          dryRun,
          message: body.metadata?.message ?? '',
          environment: body.metadata?.environment ?? {},
          config: body.config ?? {},
          actor: principal.name,
          operationId: principal.operationOn?.(stack.name) ?? null,
          engineVersion: engineVersion(request),
        });
        response.json({ updateID, requiredPolicies: [], messages: [], aiSettings: { copilotIsEnabled: false } });
      }),
    );
  }
  router.post(
    UPDATE,
    route(async (request, response) => {
      const { stack, principal, update } = await updateByPerson(context, request);
      const body = parse(StartUpdateBody, request.body ?? {});
      if (!update.dryRun) {
        const refused = (await hooks.beforeStart(stack, update, principal)) ?? (await unresolvedCreates(context, stack));
        if (refused) throw new StateError(409, refused);
      }
      const journaling = (body.journalVersion ?? 0) >= 1;
      const started = await store.startUpdate(stack.id, update.id, context.leaseMs, journaling);
      if (body.tags) await store.setTags(stack.id, body.tags);
      await hooks.started(stack, update, principal, new Date(Date.now() + context.leaseMs));
      response.json({
        version: started.version,
        token: started.token,
        tokenExpiration: Math.floor((Date.now() + context.leaseMs) / 1000),
        journalVersion: journaling ? 1 : 0,
      });
    }),
  );
}

/** A create nobody saw the end of: starting another before it is adopted or cleared could make a second server. */
async function unresolvedCreates(context: StateContext, stack: StackRow): Promise<string | null> {
  const active = await context.store.activeUpdate(stack.id);
  if (active?.leaseExpiresAt && active.leaseExpiresAt.getTime() > Date.now()) return null;
  const checkpoint = await context.store.checkpoint(stack.id);
  const pending = checkpoint ? pendingCreates(checkpoint.deployment) : [];
  if (pending.length === 0) return null;
  const urns = pending.map((operation) => operation.resource.urn).join(', ');
  return `A former update ended in the middle of creating ${urns}. Retry the operation in Plinth, which looks for the server and adopts it, or run pulumi refresh --clear-pending-creates there after checking.`;
}

function writeRoutes(router: Router, context: StateContext): void {
  const { store, hooks } = context;
  router.patch(
    `${UPDATE}/journalentries`,
    route(async (request, response) => {
      const { stack, update, tokenHash } = heldUpdate(request);
      const { entries } = parse(JournalBody, request.body);
      const unknown = entries?.find((entry) => !isKnownKind(entry.kind));
      if (unknown)
        throw new StateError(
          400,
          `Journal entries of kind ${unknown.kind} are not known to this version of Plinth. Use engine ${context.engineVersion}, or set PULUMI_DISABLE_JOURNALING=true.`,
        );
      const refused = entries?.length ? await hooks.beforeSteps(stack, update, entries as unknown as JournalEntry[]) : null;
      if (refused) throw new StateError(403, refused);
      if (entries?.length)
        await store.appendJournal(
          update.id,
          tokenHash,
          entries.map((entry) => ({ sequence: entry.sequenceID, text: JSON.stringify(entry) })),
        );
      response.status(204).end();
    }),
  );
  router.patch(
    `${UPDATE}/checkpoint`,
    route(async (request, response) => {
      const { stack, update, tokenHash } = heldUpdate(request);
      const { isInvalid, ...checkpoint } = parse(CheckpointBody, request.body) as unknown as Checkpoint & { isInvalid?: boolean };
      const begun = (checkpoint.deployment.pending_operations ?? []).map((operation) => ({ ...BEGIN, operation }));
      const refused = await hooks.beforeSteps(stack, update, begun);
      if (refused) throw new StateError(403, refused);
      if (isInvalid !== true) await store.saveCheckpoint(update.id, tokenHash, checkpoint);
      response.status(204).end();
    }),
  );
  router.post(
    `${UPDATE}/events/batch`,
    route(async (request, response) => {
      const { update } = heldUpdate(request);
      const { events } = parse(EventsBody, request.body);
      if (events?.length) {
        await store.addEvents(
          update.id,
          events.map((event) => ({ sequence: event.sequence, text: JSON.stringify(event), ...changesOf(event) })),
        );
        await hooks.events(update, events);
      }
      response.status(204).end();
    }),
  );
  router.post(
    `${UPDATE}/renew_lease`,
    route(async (request, response) => {
      const { update, tokenHash, token } = heldUpdate(request);
      const expires = await store.renewLease(update.id, tokenHash, context.leaseMs);
      await hooks.renewed(update, expires);
      response.json({ token, tokenExpiration: Math.floor(expires.getTime() / 1000) });
    }),
  );
}

function endRoutes(router: Router, context: StateContext): void {
  const { store, hooks } = context;
  router.post(
    `${UPDATE}/complete`,
    route(async (request, response) => {
      const { stack, update, tokenHash } = heldUpdate(request);
      const { status } = parse(z.object({ status: z.enum(['succeeded', 'failed']) }), request.body);
      await store.completeUpdate(stack.id, update.id, tokenHash, status);
      await hooks.completed(stack, { ...update, status });
      response.status(204).end();
    }),
  );
  router.post(
    `${UPDATE}/cancel`,
    route(async (request, response) => {
      const { stack, principal } = await context.stackFor(request, 'cancel');
      const { update: updateId } = parse(UpdatePath, request.params);
      const update = await store.findUpdate(stack.id, updateId);
      if (!update) throw new StateError(404, 'There is no such update.');
      if (update.status !== 'running') throw new StateError(409, 'This update has already ended.');
      await store.completeUpdate(stack.id, update.id, null, 'cancelled');
      await hooks.audit(principal, 'state.update.cancelled', stack, { updateId: update.id, kind: update.kind, holder: update.actor });
      await hooks.completed(stack, { ...update, status: 'cancelled' });
      response.status(204).end();
    }),
  );
}

function readRoutes(router: Router, context: StateContext): void {
  const { store } = context;
  router.get(
    UPDATE,
    route(async (request, response) => {
      const { update } = await updateByPerson(context, request, 'read');
      response.json({
        status: update.status === 'created' ? 'not started' : update.status === 'cancelled' ? 'failed' : update.status,
        events: [],
      });
    }),
  );
  router.get(
    `${UPDATE}/events`,
    route(async (request, response) => {
      const { update } = await updateByPerson(context, request, 'read');
      const after = parse(z.coerce.number().int().min(-1).default(-1), request.query['continuationToken']);
      const page = await store.events(update.id, after, EVENT_PAGE);
      const more = page.length === EVENT_PAGE || update.status === 'running';
      response.json({ events: page.map((row) => row.event), continuationToken: more ? String(page.at(-1)?.sequence ?? after) : null });
    }),
  );
}

function changesOf(event: Record<string, unknown>): { changes?: Record<string, number> } {
  const summary = event['summaryEvent'] as { resourceChanges?: Record<string, number> } | undefined;
  return summary?.resourceChanges ? { changes: summary.resourceChanges } : {};
}

async function updateByPerson(context: StateContext, request: Request, reading?: 'read') {
  const { update: updateId } = parse(UpdatePath, request.params);
  const { stack, principal } = await context.stackFor(request, 'read');
  const update = await context.store.findUpdate(stack.id, updateId);
  if (!update) throw new StateError(404, 'There is no such update.');
  // The right was checked when the update was made; its maker alone may start it.
  if (!reading && update.actor !== principal.name) throw new StateError(403, 'This update was made by another token.');
  return { stack, principal, update };
}

/** The update whose lease token came with the request. */
function heldUpdate(request: Request): HeldUpdate {
  const { held } = request as StateRequest;
  if (!held) throw new StateError(403, 'This call needs the token of its update.');
  return held;
}
