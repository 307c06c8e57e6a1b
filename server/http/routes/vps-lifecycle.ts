/** /api/vps/:id: what happens to a VPS after it exists. */
import { z } from 'zod';
import { VpsId } from '../../../contract/ids.ts';
import { DestroyQuery, PreviewRequest, VpsAction, VpsPatch } from '../../../contract/lifecycle.ts';
import { Vps, VpsAccepted, VpsDetail, VpsEnding, VpsPreviewed } from '../../../contract/vps.ts';
import { orderAction, patchVps, previewChange, type Previewed } from '../../services/lifecycle/actions.ts';
import { capabilitiesNow, featuresOf } from '../../services/lifecycle/guard.ts';
import { restoreVps, terminateVps, type Ending } from '../../services/lifecycle/termination.ts';
import type { Services } from '../../services/services.ts';
import { mustVps, orderWork, type Accepted } from '../../services/vps.ts';
import { presentOperation, presentVps } from '../present.ts';
import { type Route, route } from '../route.ts';

const ById = z.strictObject({ id: VpsId });
const One = z.strictObject({ instance: Vps });
const accepted = ({ vps, operation }: Accepted) => ({ instance: presentVps(vps), operation: presentOperation(operation, vps) });
const previewed = (made: Previewed) => ({ ...ending(made), preview: made.preview });
const ending = ({ vps, operation }: Pick<Ending, 'vps' | 'operation'>) => ({
  instance: presentVps(vps),
  operation: operation && presentOperation(operation, vps),
});

export function lifecycleRoutes(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/vps/:id',
      summary: 'One VPS, and what can be done with it now',
      role: 'viewer',
      params: ById,
      responses: { 200: { description: 'The VPS.', schema: z.strictObject({ instance: VpsDetail }) } },
      handler: async ({ principal, params }) => {
        const vps = await mustVps(services, principal, params.id);
        const capabilities = await capabilitiesNow(services, principal, vps);
        const features = featuresOf(services, vps);
        return { status: 200, body: { instance: { ...presentVps(vps), capabilities, features, evidence: vps.evidence } } };
      },
    }),
    route({
      method: 'patch',
      path: '/api/vps/:id',
      summary: 'Set notes, delete protection or maintenance',
      role: 'operator',
      params: ById,
      body: VpsPatch,
      responses: { 200: { description: 'The VPS as it is now.', schema: One } },
      handler: async ({ principal, params, body }) => ({
        status: 200,
        body: { instance: presentVps(await patchVps(services, principal, params.id, body)) },
      }),
    }),
    route({
      method: 'post',
      path: '/api/vps/:id/actions',
      id: 'actOnVps',
      summary: 'Start, stop, rename, resize, reinstall, snapshot, restore, rescue, suspend and so on',
      role: 'operator',
      params: ById,
      body: VpsAction,
      responses: { 202: { description: 'Recorded; a worker does it.', schema: VpsAccepted } },
      handler: async ({ principal, params, body, settle }) => ({
        status: 202,
        body: accepted(await orderAction(services, principal, params.id, body, (tx, made) => settle(tx, 202, accepted(made)))),
      }),
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
      role: 'operator',
      params: ById,
      body: PreviewRequest,
      responses: { 202: { description: 'The plan now; the operation is the engine’s own preview.', schema: VpsPreviewed } },
      handler: async ({ principal, params, body, settle }) => {
        if (body.change === undefined) {
          const shown = (made: Accepted) => ({ ...accepted(made), preview: null });
          const made = await orderWork(services, principal, params.id, 'preview', (tx, all) => settle(tx, 202, shown(all)));
          return { status: 202, body: shown(made) };
        }
        const { change } = body;
        const made = await previewChange(services, principal, params.id, change, (tx, all) => settle(tx, 202, previewed(all)));
        return { status: 202, body: previewed(made) };
      },
    }),
    route({
      method: 'delete',
      path: '/api/vps/:id',
      summary: 'Terminate a VPS, now or after a grace in which it can be restored',
      role: 'operator',
      params: ById,
      query: DestroyQuery,
      responses: { 202: { description: 'Begun; `operation` is null while the grace runs.', schema: VpsEnding } },
      handler: async ({ principal, params, query, settle }) => ({
        status: 202,
        body: ending(
          await terminateVps(
            services,
            principal,
            params.id,
            query.grace_hours,
            (tx, ended) => settle(tx, 202, ending(ended)),
            query.final_snapshot,
          ),
        ),
      }),
    }),
    route({
      method: 'post',
      path: '/api/vps/:id/restore',
      summary: 'Undo a termination whose grace still runs',
      role: 'operator',
      params: ById,
      responses: { 200: { description: 'The VPS as before.', schema: One } },
      handler: async ({ principal, params, settle }) => {
        const vps = await restoreVps(services, principal, params.id, (tx, restored) => settle(tx, 200, { instance: presentVps(restored) }));
        return { status: 200, body: { instance: presentVps(vps) } };
      },
    }),
  ];
}
