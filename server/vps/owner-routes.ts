/** Who owns a VPS. */
import { OwnerChange } from '../../contract/organization.ts';
import { VpsAnswer, VpsParams } from '../../contract/vps.ts';
import { presentVps } from './present.ts';
import { type Route, route } from '../kernel/http/route.ts';
import { changeOwner } from './owner.ts';
import { type Services, within } from '../kernel/services.ts';

export function ownerRoutes(services: Services): Route[] {
  return [
    route({
      method: 'put',
      path: '/api/vps/:id/owner',
      summary: 'Give a VPS to another organization',
      permission: 'vps:give-away',
      params: VpsParams,
      body: OwnerChange,
      responses: { 200: { description: 'The VPS, under its new owner.', schema: VpsAnswer } },
      transaction: true,
      handler: async ({ principal, params, body, tx }) => ({
        status: 200,
        body: { instance: presentVps(await changeOwner(within(services, tx), principal, params.id, body)) },
      }),
    }),
  ];
}
