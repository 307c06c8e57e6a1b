/** Updates: create, start (takes the lease), journal or checkpoints, events, renew, complete, cancel. */
import type { Request, Router } from 'express';
import { z } from 'zod';
import { timeIn, timeNow } from '../kernel/clock.ts';
import type { Checkpoint } from '../kernel/deployment.ts';
import { isKnownKind, type JournalEntry } from './journal.ts';
import { encryptSecret } from './keys.ts';
import { sealConfig } from './sealed-config.ts';
import {
  ACTION_OF_KIND,
  actionOf,
  bodyOf,
  CheckpointBody,
  CONFIG,
  CreateUpdateBody,
  engineVersion,
  EventsBody,
  type HeldUpdate,
  JournalBody,
  parse,
  route,
  SMALL,
  StartUpdateBody,
  STATE,
  StateError,
  type StateRequest,
  UpdatePath,
} from './protocol.ts';
import type { StackRow } from './rows.ts';
import type { StateContext } from './context.ts';

const BASE = '/api/stacks/:org/:project/:stack';
const UPDATE = `${BASE}/update/:update`;
const EVENT_PAGE = 500;

export function updateRoutes(router: Router, context: StateContext): void {
  creationRoutes(router, context);
  writeRoutes(router, context);
  endRoutes(router, context);
  readRoutes(router, context);
}

/** Texts to ciphertexts of the stack, in base64. */
function encrypterOf({ keys }: StateContext, stack: StackRow): (text: string) => string {
  return (text) => encryptSecret(keys.unwrap(stack.dataKey, stack.id), stack.id, Buffer.from(text, 'utf8')).toString('base64');
}

function creationRoutes(router: Router, context: StateContext): void {
  const { store, hooks } = context;
  for (const kind of Object.keys(ACTION_OF_KIND)) {
    router.post(
      `${BASE}/${kind === 'import' ? 'import-update' : kind}`,
      route(async (request, response) => {
        const allowed = await context.stackFor(request, 'preview');
        const body = await bodyOf(request, CreateUpdateBody, CONFIG);
        // `pulumi up` posts its preview to /update with dryRun set.
        const dryRun = kind === 'preview' || body.options?.dryRun === true;
        const { stack, principal } = dryRun ? allowed : await context.stackFor(request, actionOf({ kind, dryRun }));
        const updateID = await store.createUpdate(stack.id, {
          kind,
          dryRun,
          message: body.metadata?.message ?? '',
          environment: body.metadata?.environment ?? {},
          config: sealConfig(body.config ?? {}, encrypterOf(context, stack)),
          actor: principal.name,
          tokenId: principal.tokenId,
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
      const body = await bodyOf(request, StartUpdateBody, SMALL);
      if (!update.dryRun) await context.pass({ at: 'start', stack, update, principal });
      const journaling = (body.journalVersion ?? 0) >= 1;
      const started = await store.startUpdate(stack.id, update.id, context.leaseMs, journaling);
      const late = await hooks.started(stack, update, principal, timeIn(context.leaseMs));
      if (late) {
        await store.completeUpdate(stack.id, update.id, null, 'failed');
        throw new StateError(late.status, late.message);
      }
      if (body.tags) await store.setTags(stack.id, body.tags);
      response.json({
        version: started.version,
        token: started.token,
        tokenExpiration: Math.floor((timeNow().getTime() + context.leaseMs) / 1000),
        journalVersion: journaling ? 1 : 0,
      });
    }),
  );
}

function writeRoutes(router: Router, context: StateContext): void {
  const { store } = context;
  router.patch(
    `${UPDATE}/journalentries`,
    route(async (request, response) => {
      const { stack, update, tokenHash } = heldUpdate(request);
      const { entries } = await bodyOf(request, JournalBody, STATE);
      const unknown = entries?.find((entry) => !isKnownKind(entry.kind));
      if (unknown)
        throw new StateError(
          400,
          `Journal entries of kind ${unknown.kind} are not known to this version of Plinth. Use engine ${context.engineVersion}, or set PULUMI_DISABLE_JOURNALING=true.`,
        );
      if (entries?.length) await context.pass({ at: 'journal', stack, update, entries: entries as unknown as JournalEntry[] });
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
      const { isInvalid, ...checkpoint } = (await bodyOf(request, CheckpointBody, STATE)) as unknown as Checkpoint & {
        isInvalid?: boolean;
      };
      const state = isInvalid === true ? null : checkpoint;
      await context.pass({ at: 'checkpoint', stack, update, state, begun: checkpoint.deployment.pending_operations ?? [] });
      if (state) await store.saveCheckpoint(update.id, tokenHash, checkpoint);
      response.status(204).end();
    }),
  );
  liveRoutes(router, context);
}

function liveRoutes(router: Router, context: StateContext): void {
  const { store, hooks } = context;
  router.post(
    `${UPDATE}/events/batch`,
    route(async (request, response) => {
      const { update } = heldUpdate(request);
      const { events } = await bodyOf(request, EventsBody, STATE);
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
      const { status } = await bodyOf(request, z.object({ status: z.enum(['succeeded', 'failed']) }), SMALL);
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
      await context.pass({ at: 'cancel', stack, update, principal });
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
  if (reading) return { stack, principal, update };
  // Its maker alone may start it; names are nobody's own. What it may do can have changed since.
  const operation = principal.operationOn?.(stack.name) ?? null;
  if (update.tokenId !== (principal.tokenId ?? null) || update.operationId !== operation || update.actor !== principal.name)
    throw new StateError(403, 'This update was made by another token.');
  await context.stackFor(request, actionOf(update));
  return { stack, principal, update };
}

/** The update whose lease token came with the request. */
function heldUpdate(request: Request): HeldUpdate {
  const { held } = request as StateRequest;
  if (!held) throw new StateError(403, 'This call needs the token of its update.');
  return held;
}
