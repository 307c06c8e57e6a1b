/** The console of one VPS. */
import { Console } from '../../../contract/console.ts';
import { VpsParams } from '../../../contract/vps.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import type { Services } from '../../kernel/services.ts';
import { openConsole } from './console.ts';

export function consoleRoutes(services: Services): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/vps/:id/console',
      id: 'openVpsConsole',
      summary: 'Open its screen or serial line, where the provider has one',
      permission: 'vps:console',
      // Whoever asks again gets another.
      unrepeated: true,
      params: VpsParams,
      responses: {
        200: { description: 'Where it is, for a moment. Keep it to yourself; `relay` opens it through Plinth.', schema: Console },
      },
      apart: 'in steps',
      handler: async ({ principal, params, response }) => {
        const opened = await openConsole(services, principal, params.id);
        response.setHeader('cache-control', 'no-store, no-transform');
        return { status: 200, body: opened };
      },
    }),
  ];
}
