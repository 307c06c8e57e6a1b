/** The console of one VPS. */
import { z } from 'zod';
import { Console } from '../../../contract/console.ts';
import { VpsId } from '../../../contract/ids.ts';
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
      params: z.strictObject({ id: VpsId }),
      responses: { 200: { description: 'Where it is, for a moment. Keep it to yourself.', schema: Console } },
      handler: async ({ principal, params, response }) => {
        const opened = await openConsole(services, principal, params.id);
        response.setHeader('cache-control', 'no-store, no-transform');
        return { status: 200, body: opened };
      },
    }),
  ];
}
