/**
 * /api/setup/:key: a server at its first boot fetches its secrets, once, and says that it is finished. Its token is all it has.
 * And what may set a server up when its system is written anew.
 */
import { SetupChoices, SetupFinished, SetupParams, SetupSecrets } from '../../../contract/setup-profile.ts';
import { VpsParams } from '../../../contract/vps.ts';
import { appendAudit } from '../../kernel/audit.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { Refusal } from '../../kernel/problem.ts';
import type { Services } from '../../kernel/services.ts';
import { mustVps } from '../vps.ts';
import { setupChoices } from './again.ts';
import { SETUP_SECRETS } from './prepare.ts';
import { noteFinished, takeSecrets } from './store.ts';

/** One sentence for all: who guesses learns nothing. */
const unknown = (): Refusal => new Refusal(404, 'not_found', 'There is no such setup, or it is over.');

export function setupRoutes(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/vps/:id/setup-choices',
      id: 'getSetupChoices',
      summary: 'What sets it up, and which profiles may be chosen for a reinstall',
      permission: 'vps:read',
      params: VpsParams,
      responses: { 200: { description: 'Of a sold server: those that its product offers.', schema: SetupChoices } },
      handler: async ({ principal, params }) => {
        const vps = await mustVps(services, principal, params.id);
        return { status: 200, body: await setupChoices(services.db, principal, vps) };
      },
    }),
    route({
      method: 'post',
      path: '/api/setup/:key',
      id: 'fetchSetupSecrets',
      summary: 'A new server: its secrets, once, within an hour',
      permission: 'public',
      unrepeated: true,
      params: SetupParams,
      responses: { 200: { description: 'By the names of the profile’s variables.', schema: SetupSecrets } },
      transaction: true,
      handler: async ({ params, request, tx }) => {
        const setup = await takeSecrets(tx, params.key);
        if (!setup?.secrets) throw unknown();
        const entry = { actor: `vps-${setup.vpsId}`, action: 'vps.setup-secrets-fetched', target: setup.vpsId, organizationId: null };
        await appendAudit(tx, { ...entry, data: { from: request.ip ?? '' } });
        const secrets = JSON.parse(SETUP_SECRETS.open(services.secrets, setup.vpsId, setup.secrets)) as Record<string, string>;
        return { status: 200, body: { secrets } };
      },
    }),
    route({
      method: 'post',
      path: '/api/setup/:key/finished',
      id: 'finishSetup',
      summary: 'A new server: its script has ended',
      permission: 'public',
      unrepeated: true,
      params: SetupParams,
      body: SetupFinished,
      responses: { 204: { description: 'Noted.' } },
      transaction: true,
      handler: async ({ params, body, tx }) => {
        const setup = await noteFinished(tx, params.key, body.ok);
        if (!setup) throw unknown();
        if (!body.ok) services.log.warn({ vps: setup.vpsId }, 'the set-up script of a server stopped at an error');
        return { status: 204 };
      },
    }),
  ];
}
