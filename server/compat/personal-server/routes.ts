/** /api/vps/status: the personal server's own route (docs/compatibility.md, C); the other it shares with the trading desk. */
import { OwnStatus } from '../../../contract/compat/personal-server.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import type { Services } from '../../kernel/services.ts';
import { saidAsSentence } from '../refusal.ts';
import { statusOwn } from './status.ts';

export function personalServerRoutes(services: Services): Route[] {
  return [
    route({
      refusal: saidAsSentence,
      whole: true,
      method: 'get',
      path: '/api/vps/status',
      id: 'getOwnServer',
      summary: 'Personal server: how far yours is, and its credentials once',
      permission: 'compat:C',
      responses: { 200: { description: 'As it is now.', schema: OwnStatus } },
      handler: async ({ principal, response }) => {
        response.setHeader('cache-control', 'no-store, no-transform');
        return { status: 200, body: await statusOwn(services, principal) };
      },
    }),
  ];
}
