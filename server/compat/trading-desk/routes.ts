/** /api/vps/provision and /api/migrate-db: the trading desk's own routes (docs/compatibility.md, A). */
import {
  DeskAnswer,
  DeskDelete,
  DeskDeleted,
  DeskProvision,
  DeskProvisioned,
  type DeskQuery as Query,
  DeskQuery,
  DeskSync,
  DeskSynced,
  Migrations,
} from '../../../contract/compat/trading-desk.ts';
import { OwnProvision, OwnProvisioned } from '../../../contract/compat/personal-server.ts';
import { isDesk, ProvisionBody } from '../../../contract/compat/provision.ts';
import { mustCan } from '../../kernel/can.ts';
import { notFound, refuseField } from '../../kernel/problem.ts';
import { parsePart } from '../../kernel/http/problems.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { type Principal, type Services, within } from '../../kernel/services.ts';
import { livingVpsOf } from '../../vps/store.ts';
import { mustVps } from '../../vps/vps.ts';
import { endOwn } from '../personal-server/end.ts';
import { provisionOwn } from '../personal-server/provision.ts';
import { migrationsOf } from '../migrations-store.ts';
import { forSystem } from '../rights.ts';
import { saidAsSentence } from '../refusal.ts';
import { accountNow, images, instanceNow, mustDeskAccount, overview, plans, regions } from './catalog.ts';
import { provision, remove, sync } from './desk.ts';

const path = '/api/vps/provision' as const;
const compat = { refusal: saidAsSentence } as const;

/** Of the request, which ends when the caller hangs up. */
function untilHungUp(response: { once(event: 'close', listener: () => void): unknown }): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  return gone.signal;
}

export function tradingDeskRoutes(services: Services): Route[] {
  return [
    route({
      ...compat,
      method: 'get',
      path,
      id: 'lookAtTradingDesk',
      summary: 'Trading desk: what can be had, or one server as the provider shows it',
      permission: 'compat:A',
      query: DeskQuery,
      responses: { 200: { description: 'As `action` asks.', schema: DeskAnswer } },
      handler: async ({ principal, query }) => ({ status: 200, body: await answer(services, principal, query) }),
    }),
    route({
      ...compat,
      method: 'post',
      path,
      id: 'provisionForTradingAccount',
      whole: true,
      summary: 'Trading desk: a Windows server for a trading account. Personal server: yours',
      permission: { anyOf: ['compat:A', 'compat:C'], of: ({ body }) => [isDesk(body) ? 'compat:A' : 'compat:C'] },
      body: ProvisionBody,
      responses: {
        201: { description: 'Trading desk: begun; the provider has it in the usual case.', schema: DeskProvisioned },
        202: { description: 'Personal server: begun.', schema: OwnProvisioned },
      },
      apart: 'in steps',
      handler: async ({ principal, body, response }) => {
        response.setHeader('cache-control', 'no-store, no-transform');
        if (!isDesk(body)) return { status: 202, body: await provisionOwn(services, principal, parsePart(OwnProvision, body, 'body')) };
        const asked = parsePart(DeskProvision, body, 'body');
        return { status: 201, body: await provision(services, forSystem(principal, 'compat:A'), asked, untilHungUp(response)) };
      },
    }),
    route({
      ...compat,
      method: 'patch',
      path,
      id: 'syncTradingVps',
      whole: true,
      summary: 'Trading desk: ask the provider now',
      permission: 'compat:A',
      body: DeskSync,
      responses: { 200: { description: 'As it is there.', schema: DeskSynced } },
      apart: 'in steps',
      handler: async ({ principal, body, response }) => ({
        status: 200,
        body: await sync(services, forSystem(principal, 'compat:A'), body.vps_id, untilHungUp(response)),
      }),
    }),
    route({
      ...compat,
      method: 'delete',
      path,
      id: 'removeTradingVps',
      summary: 'Trading desk: end a server, here and at the provider. Personal server: yours',
      permission: { anyOf: ['compat:A', 'compat:C'], of: ({ query }) => [query.vps_id === undefined ? 'compat:C' : 'compat:A'] },
      query: DeskDelete,
      responses: { 200: { description: 'Its end has begun.', schema: DeskDeleted } },
      transaction: true,
      handler: async ({ principal, query, tx }) => {
        if (query.vps_id === undefined) await endOwn(within(services, tx), principal);
        else await remove(within(services, tx), forSystem(principal, 'compat:A'), query.vps_id);
        return { status: 200, body: { success: true, message: 'VPS is being deleted' } };
      },
    }),
    route({
      ...compat,
      method: 'get',
      path: '/api/migrate-db',
      id: 'listMigrations',
      summary: 'The migrations that starts have applied',
      permission: 'setting:read',
      responses: { 200: { description: 'Oldest first.', schema: Migrations } },
      handler: async () => ({ status: 200, body: { success: true, ...(await migrationsOf(services.db)) } }),
    }),
  ];
}

async function answer(services: Services, principal: Principal, { action, provider, instance_id: id }: Query): Promise<unknown> {
  // What an account owes is the seller's.
  if (action === 'account') mustCan(principal, 'account:read');
  if (action === 'account') return await accountNow(services, provider);
  if (action === 'regions') return await regions(services, provider);
  if (action === 'plans') return await plans(services, provider);
  if (action === 'os') return await images(services, provider);
  if (action === undefined) return await overview(services, provider);
  if (id === undefined) throw refuseField('instance_id', 'is missing', 'Send the id of a server at the provider.');
  const account = await mustDeskAccount(services, provider);
  // Only servers of the caller's own VPSes: another's are not there.
  const vps = await livingVpsOf(services.db, account, id);
  if (!vps) throw notFound('instance', id);
  const own = await mustVps(services, principal, vps.id).catch(() => {
    throw notFound('instance', id);
  });
  return await instanceNow(services, own.account, id);
}
