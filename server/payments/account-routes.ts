/** /api/payment-methods and /api/admin/payment-accounts */
import {
  MethodParams,
  MethodSetup,
  MethodSetupAnswer,
  type PaymentAccount as AccountWire,
  PaymentAccountAnswer,
  PaymentAccountChange,
  PaymentAccountList,
  PaymentAccountParams,
  PaymentAccountPut,
  PaymentMethodList,
  WebhookSecrets,
} from '../../contract/payment.ts';
import { OfOrganization } from '../../contract/billing.ts';
import { iso } from '../billing/money-field.ts';
import { ofOrganization } from '../billing/profile/routes.ts';
import { appendAudit } from '../kernel/audit.ts';
import { timeNow } from '../kernel/clock.ts';
import type { Db } from '../kernel/database.ts';
import { type Answer, type Route, route } from '../kernel/http/route.ts';
import { notFound } from '../kernel/problem.ts';
import { publicAddress } from '../kernel/public-address.ts';
import type { Scope } from '../kernel/listing.ts';
import { type Principal, type Services, within } from '../kernel/services.ts';
import { organizationById } from '../kernel/settings.ts';
import {
  accountOf,
  changeAccount,
  forgetMethod,
  listPaymentAccounts,
  makeDefault,
  methodById,
  methodRef,
  methodsOf,
  type PaymentAccount,
  type PaymentMethod,
} from './accounts-store.ts';
import { defaultTill, tillOf, webhookSecrets } from './accounts.ts';
import { ensureCustomer } from './attempts.ts';
import { called, connectWebhook, mustProvider, saveTill, setWebhookSecrets } from './connect.ts';
import { webhookPath } from './door.ts';
import { countEvents } from './events-store.ts';
import { presentMethod } from './present.ts';
import { PaymentCallError } from './provider.ts';
import { backTo } from './routes.ts';

export function paymentAccountRoutes(services: Services): Route[] {
  return [...methods(services), ...methodChanges(services), ...accounts(services)];
}

async function mustMethod(db: Db, scope: Scope, id: string): Promise<PaymentMethod> {
  const method = await methodById(db, scope, id);
  if (!method) throw notFound('payment method', id);
  return method;
}

const LISTED = { 200: { description: 'As they are now.', schema: PaymentMethodList } };
const listed = async (db: Db, organizationId: string) => ({ payment_methods: (await methodsOf(db, organizationId)).map(presentMethod) });

function methods(services: Services): Route[] {
  const { db } = services;
  return [
    route({
      method: 'get',
      path: '/api/payment-methods',
      summary: 'An organization’s saved payment methods',
      permission: 'payment-method:read',
      query: OfOrganization,
      responses: LISTED,
      handler: async ({ principal, query }) => ({ status: 200, body: await listed(db, ofOrganization(principal, query.organization_id)) }),
    }),
    route({
      method: 'post',
      path: '/api/payment-methods',
      id: 'setUpPaymentMethod',
      summary: 'A page where a payment method is saved for what comes later',
      permission: 'payment-method:write',
      body: MethodSetup,
      responses: { 201: { description: 'Send the payer to `url`.', schema: MethodSetupAnswer } },
      apart: 'in steps',
      handler: async ({ principal, body, request, requestId }) => {
        const organizationId = ofOrganization(principal, body.organization_id);
        if (!(await organizationById(db, organizationId))) throw notFound('organization', organizationId);
        const till = await defaultTill(services, db);
        const returnUrl = backTo(services, body.return_url);
        const session = await called(async () => {
          const customer = await ensureCustomer(services, till, organizationId);
          return await till.client.setup({
            key: `setup/${request.get('idempotency-key') ?? requestId}`,
            customer,
            returnUrl,
            cancelUrl: returnUrl,
          });
        });
        return { status: 201, body: { url: session.url ?? returnUrl } };
      },
    }),
  ];
}

/** What the trail says of any change to one. */
const ofMethod = ({ name }: Principal, { id, organizationId, last4 }: PaymentMethod) => ({
  actor: name,
  target: id,
  organizationId,
  data: { last4 },
});

function methodChanges(services: Services): Route[] {
  const { db } = services;
  return [
    route({
      method: 'put',
      path: '/api/payment-methods/:id/default',
      id: 'makePaymentMethodDefault',
      summary: 'Charge what comes later by this method',
      permission: 'payment-method:write',
      params: MethodParams,
      responses: LISTED,
      transaction: true,
      handler: async ({ principal, params, tx }) => {
        const method = await mustMethod(tx, principal.organizationId, params.id);
        await makeDefault(tx, method);
        await appendAudit(tx, { ...ofMethod(principal, method), action: 'payment-method.default' });
        return { status: 200, body: await listed(tx, method.organizationId) };
      },
    }),
    route({
      method: 'delete',
      path: '/api/payment-methods/:id',
      summary: 'Forget a payment method, here and at the provider',
      permission: 'payment-method:write',
      params: MethodParams,
      responses: LISTED,
      transaction: true,
      handler: async ({ principal, params, tx }) => {
        const method = await mustMethod(tx, principal.organizationId, params.id);
        const { organizationId, id, provider } = method;
        await forgetMethod(tx, id);
        await appendAudit(tx, { ...ofMethod(principal, method), action: 'payment-method.removed' });
        const answer = { status: 200, body: await listed(tx, organizationId) };
        // Here it is gone whatever the provider says; what is gone there already is well.
        const afterwards = async (): Promise<Answer> => {
          await tillOf(services, db, provider)
            .then((till) => till.client.detach(methodRef(services.secrets, method)))
            .catch((error: unknown) => {
              if (!(error instanceof PaymentCallError)) throw error;
              services.log.warn({ method: id, fault: error.fault }, 'a payment method could not be detached at the provider');
            });
          return answer;
        };
        return { ...answer, afterwards };
      },
    }),
  ];
}

async function present(services: Services, account: PaymentAccount): Promise<AccountWire> {
  return {
    provider: account.provider,
    name: mustProvider(account.provider).name,
    endpoint: account.endpointKind as AccountWire['endpoint'],
    mode: account.mode as AccountWire['mode'],
    account: account.externalId,
    enabled: account.disabledAt === null,
    webhook_path: webhookPath(account.provider),
    webhook_secrets: webhookSecrets(services, account).length,
    last_event_at: iso(account.lastEventAt),
    last_poll_at: iso(account.lastPollAt),
    events: await countEvents(services.db, account.provider),
  };
}

function accounts(services: Services): Route[] {
  const { db } = services;
  const shown = async (id: string, from: Db = db) => {
    const account = await accountOf(from, id);
    if (!account) throw notFound('payment account', id);
    return { payment_account: await present(services, account) };
  };
  const IS = { 200: { description: 'As it is now, without its secrets.', schema: PaymentAccountAnswer } };
  return [
    route({
      method: 'get',
      path: '/api/admin/payment-accounts',
      summary: 'Where money is taken',
      permission: 'payment-account:read',
      responses: { 200: { description: 'Without secrets.', schema: PaymentAccountList } },
      handler: async () => {
        const rows = await listPaymentAccounts(db);
        return { status: 200, body: { payment_accounts: await Promise.all(rows.map((row) => present(services, row))) } };
      },
    }),
    route({
      method: 'put',
      path: '/api/admin/payment-accounts/:provider',
      id: 'setPaymentAccount',
      summary: 'Take money at a payment provider by this key',
      permission: 'payment-account:write',
      params: PaymentAccountParams,
      body: PaymentAccountPut,
      responses: IS,
      apart: 'in steps',
      handler: async ({ principal, params, body }) => {
        const { apiBase, id } = mustProvider(params.provider);
        await saveTill(services, { provider: id, secretKey: body.secret_key, endpointKind: 'real', apiBase, actor: principal.name });
        if (body.connect_webhook && services.config.publicUrl !== undefined)
          await called(() => connectWebhook(services, id, publicAddress(services.config)));
        return { status: 200, body: await shown(id) };
      },
    }),
    route({
      method: 'patch',
      path: '/api/admin/payment-accounts/:provider',
      id: 'changePaymentAccount',
      summary: 'Stop or go on taking money there; what is under way ends by itself',
      permission: 'payment-account:write',
      params: PaymentAccountParams,
      body: PaymentAccountChange,
      responses: IS,
      transaction: true,
      handler: async ({ principal, params, body, tx }) => {
        await shown(params.provider, tx);
        await changeAccount(tx, params.provider, { disabledAt: body.enabled ? null : timeNow() });
        await appendAudit(tx, {
          actor: principal.name,
          action: 'payment-account.changed',
          target: params.provider,
          organizationId: null,
          data: { enabled: body.enabled },
        });
        return { status: 200, body: await shown(params.provider, tx) };
      },
    }),
    route({
      method: 'put',
      path: '/api/admin/payment-accounts/:provider/webhook-secrets',
      id: 'setWebhookSecrets',
      summary: 'The secrets by which the provider signs its events: two while they are exchanged',
      permission: 'payment-account:write',
      params: PaymentAccountParams,
      body: WebhookSecrets,
      unrepeated: true,
      responses: IS,
      transaction: true,
      handler: async ({ principal, params, body, tx }) => {
        await shown(params.provider, tx);
        await setWebhookSecrets(within(services, tx), params.provider, body.secrets, principal.name);
        return { status: 200, body: await shown(params.provider, tx) };
      },
    }),
  ];
}
