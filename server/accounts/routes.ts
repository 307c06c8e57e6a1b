/** /api/admin: provider accounts and what they offer. */
import type { z } from 'zod';
import {
  AccountAnswer,
  AccountCreate,
  AccountList,
  AccountParams,
  AccountPatch,
  AccountUsage,
  CatalogAnswer,
  CatalogParams,
  CatalogQuery,
  KeyRotate,
} from '../../contract/provider.ts';
import { onPlatform } from '../kernel/can.ts';
import { refuseField } from '../kernel/problem.ts';
import { allAccounts, defaultOf, mustAccount, prepareAccount, prepareCheck, prepareKey, preparePatch, removeAccount } from './accounts.ts';
import { accountUsage } from './usage.ts';
import { readCatalog } from './catalog.ts';
import { featuresAt } from './features.ts';
import { type Principal, type Services, within } from '../kernel/services.ts';
import type { Account } from '../kernel/database.ts';
import { presentAccount } from './present.ts';
import { presentCatalog } from './present-catalog.ts';
import { type Route, route } from '../kernel/http/route.ts';

const one = (account: Account) => ({ status: 200, body: { provider: presentAccount(account) } });
const answer = { 200: { description: 'The account, without its key.', schema: AccountAnswer } };

/** The account of a VPS that the caller may see. @throws Refusal 404 */
export type AccountOfVps = (principal: Principal, vpsId: string) => Promise<Account>;

export function adminRoutes(services: Services, accountOfVps: AccountOfVps): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/admin/providers',
      summary: 'Provider accounts, and the providers there are',
      permission: 'account:read',
      responses: { 200: { description: 'Without keys.', schema: AccountList } },
      handler: async () => {
        return { status: 200, body: { providers: (await allAccounts(services)).map(presentAccount), available: available(services) } };
      },
    }),
    route({
      method: 'post',
      path: '/api/admin/providers',
      summary: 'Add an account; its key is tried at the provider first',
      permission: 'account:create',
      body: AccountCreate,
      responses: { 201: { description: 'Added.', schema: AccountAnswer } },
      transaction: true,
      prepare: ({ principal, body, requestId }) => prepareAccount(services, principal, body, requestId),
      handler: async ({ tx, prepared }) => ({ status: 201, body: { provider: presentAccount(await prepared(tx)) } }),
    }),
    ...oneAccount(services),
    catalogRoute(services, accountOfVps),
  ];
}

function oneAccount(services: Services): Route[] {
  const path = '/api/admin/providers/:id' as const;
  return [
    route({
      method: 'get',
      path,
      summary: 'One account',
      permission: 'account:read',
      params: AccountParams,
      responses: answer,
      handler: async ({ params }) => one(await mustAccount(services, params.id)),
    }),
    route({
      method: 'patch',
      path,
      summary: 'Change name or configuration',
      permission: 'account:update',
      params: AccountParams,
      body: AccountPatch,
      responses: answer,
      transaction: true,
      prepare: ({ principal, params, body }) => preparePatch(services, principal, params.id, body),
      handler: async ({ tx, prepared }) => one(await prepared(tx)),
    }),
    route({
      method: 'delete',
      path,
      summary: 'Remove an account that nothing uses',
      permission: 'account:delete',
      params: AccountParams,
      responses: { 204: { description: 'Removed.' } },
      transaction: true,
      handler: async ({ principal, params, tx }) => {
        await removeAccount(within(services, tx), principal, params.id);
        return { status: 204 };
      },
    }),
    route({
      method: 'post',
      path: `${path}/rotate-key`,
      summary: 'Replace the key; the new one is tried first',
      permission: 'account:rotate-key',
      params: AccountParams,
      body: KeyRotate,
      responses: answer,
      transaction: true,
      prepare: ({ principal, params, body }) => prepareKey(services, principal, params.id, body.api_key),
      handler: async ({ tx, prepared }) => one(await prepared(tx)),
    }),
    route({
      method: 'get',
      path: `${path}/usage`,
      id: 'getAccountUsage',
      summary: 'Servers used of the limit, balance, and calls left, asked at the provider now',
      permission: 'account:read',
      params: AccountParams,
      responses: { 200: { description: 'As the provider tells it; null for what it does not tell.', schema: AccountUsage } },
      handler: async ({ params }) => ({ status: 200, body: await accountUsage(services, await mustAccount(services, params.id)) }),
    }),
    route({
      method: 'post',
      path: `${path}/check`,
      summary: 'Try the key at the provider now',
      permission: 'account:check',
      params: AccountParams,
      responses: answer,
      transaction: true,
      prepare: ({ params }) => prepareCheck(services, params.id),
      handler: async ({ tx, prepared }) => one(await prepared(tx)),
    }),
  ];
}

function catalogRoute(services: Services, accountOfVps: AccountOfVps): Route {
  return route({
    method: 'get',
    path: '/api/admin/upstream/:kind',
    id: 'getCatalog',
    summary: 'Plans, regions, images or zones of an account',
    permission: 'catalog:read',
    params: CatalogParams,
    query: CatalogQuery,
    responses: { 200: { description: 'Normalised.', schema: CatalogAnswer } },
    handler: async ({ principal, params, query }) => {
      const account = await chooseAccount(services, accountOfVps, principal, query);
      const { items, fetchedAt } = await readCatalog(services, account, params.kind, query.refresh);
      const simulated = account.endpointKind === 'simulator';
      return {
        status: 200,
        body: {
          provider: account.provider,
          provider_id: account.id,
          simulated,
          fetched_at: fetchedAt.toISOString(),
          ...presentCatalog(params.kind, items),
          items,
        },
      };
    },
  });
}

async function chooseAccount(
  services: Services,
  accountOfVps: AccountOfVps,
  principal: Principal,
  { provider, providerId: id, vps_id: vpsId }: z.infer<typeof CatalogQuery>,
): Promise<Account> {
  if (vpsId !== undefined) return await accountOfVps(principal, vpsId);
  if (id !== undefined) {
    if (!onPlatform(principal)) throw refuseField('providerId', 'accounts are the seller’s', 'Send provider or vps_id.', 403, 'forbidden');
    const account = await mustAccount(services, id);
    if (provider !== undefined && account.provider !== provider)
      throw refuseField('provider', `the account is at ${account.provider}`, 'Leave provider out.');
    return account;
  }
  if (provider === undefined)
    throw refuseField('providerId', 'neither providerId nor provider is given', 'Send providerId, or provider when it has one account.');
  const first = defaultOf((await allAccounts(services)).filter((account) => account.provider === provider));
  if (first) return first;
  throw refuseField('provider', `there is no account at "${provider}"`, 'GET /api/admin/providers lists the accounts.');
}

function available(services: Services) {
  return services.providers
    .filter((provider) => provider.descriptor.roles.some((role) => role !== 'utility'))
    .map(({ descriptor }) => ({
      type: descriptor.id,
      name: descriptor.name,
      roles: [...descriptor.roles],
      credential_fields: descriptor.credentialFields.map(({ name, label, help, type = 'text', optional = false }) => ({
        name,
        label,
        help,
        type,
        optional,
      })),
      docs_url: descriptor.docsUrl,
      features: featuresAt(descriptor),
    }));
}
