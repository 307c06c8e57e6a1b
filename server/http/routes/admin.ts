/** /api/admin: provider accounts and what they offer. */
import { z } from 'zod';
import { AccountId } from '../../../contract/ids.ts';
import {
  AccountAnswer,
  AccountCreate,
  AccountList,
  AccountPatch,
  AccountUsage,
  CatalogAnswer,
  CatalogParams,
  CatalogQuery,
  KeyRotate,
} from '../../../contract/provider.ts';
import { refuseField } from '../../problem.ts';
import { allAccounts, checkAccount, createAccount, mustAccount, patchAccount, removeAccount, rotateKey } from '../../services/accounts.ts';
import { accountUsage } from '../../services/account-usage.ts';
import { readCatalog } from '../../services/catalog.ts';
import { featuresAt } from '../../services/lifecycle/guard.ts';
import type { Services } from '../../services/services.ts';
import type { Account } from '../../store/database.ts';
import { presentAccount } from '../present.ts';
import { type Route, route } from '../route.ts';

const ById = z.strictObject({ id: AccountId });
const one = (account: Account) => ({ status: 200, body: { provider: presentAccount(account) } });
const answer = { 200: { description: 'The account, without its key.', schema: AccountAnswer } };

const OWNED = 'accounts belong to the operator of Plinth';

export function adminRoutes(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/admin/providers',
      summary: 'Provider accounts, and the providers there are',
      role: 'admin',
      operatorOnly: OWNED,
      responses: { 200: { description: 'Without keys.', schema: AccountList } },
      handler: async () => {
        return { status: 200, body: { providers: (await allAccounts(services)).map(presentAccount), available: available(services) } };
      },
    }),
    route({
      method: 'post',
      path: '/api/admin/providers',
      summary: 'Add an account; its key is tried at the provider first',
      role: 'admin',
      operatorOnly: OWNED,
      body: AccountCreate,
      responses: { 201: { description: 'Added.', schema: AccountAnswer } },
      handler: async ({ principal, body, requestId }) => ({
        status: 201,
        body: { provider: presentAccount(await createAccount(services, principal, body, requestId)) },
      }),
    }),
    ...oneAccount(services),
    catalogRoute(services),
  ];
}

function oneAccount(services: Services): Route[] {
  const path = '/api/admin/providers/:id' as const;
  return [
    route({
      method: 'get',
      path,
      summary: 'One account',
      role: 'admin',
      operatorOnly: OWNED,
      params: ById,
      responses: answer,
      handler: async ({ params }) => one(await mustAccount(services, params.id)),
    }),
    route({
      method: 'patch',
      path,
      summary: 'Change name or configuration',
      role: 'admin',
      operatorOnly: OWNED,
      params: ById,
      body: AccountPatch,
      responses: answer,
      handler: async ({ principal, params, body }) => one(await patchAccount(services, principal, params.id, body)),
    }),
    route({
      method: 'delete',
      path,
      summary: 'Remove an account that nothing uses',
      role: 'admin',
      operatorOnly: OWNED,
      params: ById,
      responses: { 204: { description: 'Removed.' } },
      handler: async ({ principal, params }) => {
        await removeAccount(services, principal, params.id);
        return { status: 204 };
      },
    }),
    route({
      method: 'post',
      path: `${path}/rotate-key`,
      summary: 'Replace the key; the new one is tried first',
      role: 'admin',
      operatorOnly: OWNED,
      params: ById,
      body: KeyRotate,
      responses: answer,
      handler: async ({ principal, params, body }) => one(await rotateKey(services, principal, params.id, body.api_key)),
    }),
    route({
      method: 'get',
      path: `${path}/usage`,
      id: 'getAccountUsage',
      summary: 'Servers used of the limit, balance, and calls left, asked at the provider now',
      role: 'admin',
      operatorOnly: OWNED,
      params: ById,
      responses: { 200: { description: 'As the provider tells it; null for what it does not tell.', schema: AccountUsage } },
      handler: async ({ params }) => ({ status: 200, body: await accountUsage(services, await mustAccount(services, params.id)) }),
    }),
    route({
      method: 'post',
      path: `${path}/check`,
      summary: 'Try the key at the provider now',
      role: 'admin',
      operatorOnly: OWNED,
      params: ById,
      responses: answer,
      handler: async ({ params }) => one(await checkAccount(services, params.id)),
    }),
  ];
}

function catalogRoute(services: Services): Route {
  return route({
    method: 'get',
    path: '/api/admin/upstream/:kind',
    id: 'getCatalog',
    summary: 'Plans, regions, images or zones of an account',
    role: 'viewer',
    params: CatalogParams,
    query: CatalogQuery,
    responses: { 200: { description: 'Normalised.', schema: CatalogAnswer } },
    handler: async ({ params, query }) => {
      const account = await chooseAccount(services, query.provider, query.providerId);
      const { items, fetchedAt } = await readCatalog(services, account, params.kind, query.refresh);
      const simulated = account.endpointKind === 'simulator';
      return {
        status: 200,
        body: { provider: account.provider, provider_id: account.id, simulated, fetched_at: fetchedAt.toISOString(), items },
      };
    },
  });
}

async function chooseAccount(services: Services, provider: string | undefined, id: string | undefined): Promise<Account> {
  if (id !== undefined) {
    const account = await mustAccount(services, id);
    if (provider !== undefined && account.provider !== provider)
      throw refuseField('provider', `the account is at ${account.provider}`, 'Leave provider out.');
    return account;
  }
  if (provider === undefined)
    throw refuseField('providerId', 'neither providerId nor provider is given', 'Send providerId, or provider when it has one account.');
  const accounts = (await allAccounts(services)).filter((account) => account.provider === provider);
  if (accounts.length === 1) return accounts[0]!;
  throw refuseField(
    'provider',
    `there are ${accounts.length} accounts at "${provider}"`,
    'Send providerId; GET /api/admin/providers lists them.',
  );
}

function available(services: Services) {
  return services.providers
    .filter((provider) => provider.descriptor.roles.some((role) => role !== 'utility'))
    .map(({ descriptor }) => ({
      type: descriptor.id,
      name: descriptor.name,
      roles: [...descriptor.roles],
      credential_fields: descriptor.credentialFields.map(({ name, label, help }) => ({ name, label, help })),
      docs_url: descriptor.docsUrl,
      features: featuresAt(descriptor),
    }));
}
