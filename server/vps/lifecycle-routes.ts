/** /api/vps/:id: what happens to a VPS after it exists. */
import { DestroyQuery, PreviewRequest, VpsAction, VpsPatch } from '../../contract/lifecycle.ts';
import { VpsAccepted, VpsAnswer, VpsDetailAnswer, VpsEnding, VpsParams, VpsPreviewed } from '../../contract/vps.ts';
import { patchVps, prepareAction, preparePreview, type Previewed } from './changes/actions.ts';
import { capabilitiesNow, featuresOf } from './changes/guard.ts';
import { endOf } from './termination/tombstone.ts';
import { undoTermination, terminateVps, type Ending } from './termination/termination.ts';
import { byAction, byChange, byField } from './changes/permissions.ts';
import type { Commit } from '../kernel/database.ts';
import { type Services, within } from '../kernel/services.ts';
import { wordsOf } from './words.ts';
import { viewById } from './reading-store.ts';
import { notFound } from '../kernel/problem.ts';
import { requestWork } from './vps.ts';
import { presentTotal } from './snapshots/present.ts';
import { presentAccepted, presentOperation, presentRequested, presentVps } from './present.ts';
import { type Route, route } from '../kernel/http/route.ts';

const ending = ({ vps, operation }: Pick<Ending, 'vps' | 'operation'>) => ({
  instance: presentAccepted({ vps, operation }),
  operation: operation && presentOperation(operation, vps),
});

export function lifecycleRoutes(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/vps/:id',
      summary: 'One VPS, and what can be done with it now',
      permission: 'vps:read',
      params: VpsParams,
      responses: { 200: { description: 'The VPS.', schema: VpsDetailAnswer } },
      handler: async ({ principal, params }) => {
        const vps = await viewById(services.reader, principal.organizationId, params.id);
        if (!vps) throw notFound('VPS', params.id);
        const capabilities = capabilitiesNow(services, principal, vps, vps.operations);
        const features = featuresOf(services, vps);
        const [words, ended] = [await wordsOf(services, vps), await endOf(services, vps)];
        const tombstone = ended && { ...ended.who, kept: presentTotal(ended.kept) };
        const instance = { ...presentVps(vps), ...words, capabilities, features, evidence: vps.evidence, tombstone };
        return { status: 200, body: { instance } };
      },
    }),
    route({
      method: 'patch',
      path: '/api/vps/:id',
      summary: 'Set notes, delete protection or maintenance',
      permission: byField,
      params: VpsParams,
      body: VpsPatch,
      responses: { 200: { description: 'The VPS as it is now.', schema: VpsAnswer } },
      transaction: true,
      handler: async ({ principal, params, body, tx }) => ({
        status: 200,
        body: { instance: presentVps(await patchVps(within(services, tx), principal, params.id, body)) },
      }),
    }),
    route({
      method: 'post',
      path: '/api/vps/:id/actions',
      id: 'actOnVps',
      summary: 'Start, stop, rename, resize, reinstall, snapshot, restore, rescue, suspend and so on',
      permission: byAction,
      params: VpsParams,
      body: VpsAction,
      largeBody: true,
      responses: { 202: { description: 'Recorded; a worker does it.', schema: VpsAccepted } },
      transaction: true,
      prepare: ({ principal, params, body }) => prepareAction(services, principal, params.id, body),
      handler: async ({ tx, prepared }) => ({ status: 202, body: presentRequested(await prepared(tx)) }),
    }),
    ...endings(services),
  ];
}

function endings(services: Services): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/vps/:id/preview',
      summary: 'Show what a change, or without one the next update, would do',
      permission: byChange,
      params: VpsParams,
      body: PreviewRequest,
      largeBody: true,
      responses: { 202: { description: 'The plan now; the operation is the engine’s own preview.', schema: VpsPreviewed } },
      transaction: true,
      prepare: async ({
        principal,
        params,
        body,
      }): Promise<Commit<Omit<Previewed, 'preview'> & { preview: Previewed['preview'] | null }>> =>
        body.change === undefined
          ? async (tx) => ({ ...(await requestWork(within(services, tx), principal, params.id, 'preview')), preview: null })
          : await preparePreview(services, principal, params.id, body.change),
      handler: async ({ tx, prepared }) => {
        const made = await prepared(tx);
        return { status: 202, body: { ...ending(made), preview: made.preview } };
      },
    }),
    route({
      method: 'delete',
      path: '/api/vps/:id',
      summary: 'Terminate a VPS, now or after a grace in which it can be taken back',
      permission: 'vps:destroy',
      params: VpsParams,
      query: DestroyQuery,
      responses: { 202: { description: 'Begun; `operation` is null while the grace runs.', schema: VpsEnding } },
      transaction: true,
      handler: async ({ principal, params, query, tx }) => {
        const { grace_hours: grace, final_snapshot: finalSnapshot, override_reason: reason } = query;
        return { status: 202, body: ending(await terminateVps(within(services, tx), principal, params.id, grace, finalSnapshot, reason)) };
      },
    }),
    route({
      method: 'post',
      path: '/api/vps/:id/undo',
      formerly: '/api/vps/:id/restore',
      summary: 'Undo a termination whose grace still runs, or an end that has not come',
      permission: 'vps:undo',
      params: VpsParams,
      responses: {
        200: { description: 'The VPS as before.', schema: VpsAnswer },
        202: { description: 'Its end is being taken back at its provider.', schema: VpsEnding },
      },
      transaction: true,
      handler: async ({ principal, params, tx }) => {
        const undone = await undoTermination(within(services, tx), principal, params.id);
        return undone.operation === null
          ? { status: 200 as const, body: { instance: presentVps(undone.vps) } }
          : { status: 202 as const, body: ending(undone) };
      },
    }),
  ];
}
