/** Payment accounts: made, changed, and connected to their provider so that its events come here. */
import { appendAudit } from '../kernel/audit.ts';
import { inTransaction } from '../kernel/database.ts';
import { Refusal, refuseField } from '../kernel/problem.ts';
import type { Services } from '../kernel/services.ts';
import { accountOf, changeAccount, forgetCustomers, type PaymentAccount, saveAccount } from './accounts-store.ts';
import { keyPlace, paymentProvider, secretsPlace, tillOf, webhookSecrets } from './accounts.ts';
import { webhookPath } from './door.ts';
import { PaymentCallError, type PaymentProvider } from './provider.ts';

export interface AccountChange {
  readonly provider: string;
  readonly secretKey: string;
  readonly endpointKind: 'real' | 'simulator';
  readonly apiBase: string;
  readonly actor: string;
}

/** Checks the key at the provider and keeps it. The former customers and methods are forgotten when the account is another. */
export async function saveTill(services: Services, change: AccountChange): Promise<PaymentAccount> {
  const provider = mustProvider(change.provider);
  const mode = provider.modeOf(change.secretKey);
  if (mode === null) throw refuseField('secret_key', `is no secret key of ${provider.name}`, 'Use a key that begins with sk_ or rk_.');
  const externalId = await called(() => provider.open({ apiBase: change.apiBase, secretKey: change.secretKey }).account());
  return await inTransaction(services.db, async (tx) => {
    const former = await accountOf(tx, provider.id);
    const same = former !== null && former.externalId === externalId && former.mode === mode;
    if (former !== null && !same) await forgetCustomers(tx, provider.id);
    const seal = (place: ReturnType<typeof keyPlace>, text: string): string => services.secrets.seal(place, text);
    const saved = await saveAccount(tx, provider.id, {
      endpointKind: change.endpointKind,
      apiBase: change.apiBase,
      mode,
      secretKey: seal(keyPlace(provider.id), change.secretKey),
      webhookSecrets: same ? former.webhookSecrets : seal(secretsPlace(provider.id), '[]'),
      webhookEndpoint: same ? former.webhookEndpoint : null,
      externalId,
      disabledAt: null,
      lastEventAt: same ? former.lastEventAt : null,
      lastPollAt: null,
      lastPollError: null,
    });
    await appendAudit(tx, {
      actor: change.actor,
      action: 'payment-account.saved',
      target: provider.id,
      organizationId: null,
      data: { mode, account: externalId },
    });
    return saved;
  });
}

export function mustProvider(id: string): PaymentProvider {
  const provider = paymentProvider(id);
  if (!provider) throw refuseField('provider', `"${id.slice(0, 40)}" is no payment provider that Plinth knows`, 'Use one of the list.');
  return provider;
}

/** A provider's refusal becomes one of ours. */
export async function called<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof PaymentCallError)) throw error;
    if (error.fault === 'unknown') throw new Refusal(502, 'payment_provider_silent', 'The payment provider did not answer. Try again.');
    throw new Refusal(409, 'payment_provider_refused', error.message);
  }
}

/** Has the provider send its events to this address; a new endpoint's secret is kept beside the former ones until they are dropped. */
export async function connectWebhook(services: Services, id: string, origin: string): Promise<void> {
  const till = await tillOf(services, services.db, id);
  const { endpoint, secret } = await till.client.ensureWebhook(`${origin}${webhookPath(id)}`, till.account.webhookEndpoint);
  await inTransaction(services.db, async (tx) => {
    const account = (await accountOf(tx, id))!;
    const secrets = secret === null ? webhookSecrets(services, account) : [secret, ...webhookSecrets(services, account)].slice(0, 3);
    const webhookSecretsSealed = services.secrets.seal(secretsPlace(id), JSON.stringify(secrets));
    await changeAccount(tx, id, { webhookEndpoint: endpoint, webhookSecrets: webhookSecretsSealed });
  });
}

/** Takes secrets that a person made at the provider; the newest first, the former ones hold on for a while. */
export async function setWebhookSecrets(services: Services, id: string, secrets: readonly string[], actor: string): Promise<void> {
  await inTransaction(services.db, async (tx) => {
    await changeAccount(tx, id, { webhookSecrets: services.secrets.seal(secretsPlace(id), JSON.stringify(secrets)) });
    await appendAudit(tx, { actor, action: 'payment-account.secrets', target: id, organizationId: null, data: { count: secrets.length } });
  });
}

/** In development: an account at the simulator, whose events come to this process. One at the real provider is left alone. */
export async function connectSimulator(services: Services, simulatorOrigin: string, origin: string | null): Promise<void> {
  const provider = paymentProvider('stripe')!;
  const account = await accountOf(services.db, provider.id);
  if (account?.endpointKind === 'real') return;
  const apiBase = simulatorOrigin + provider.simulatorPath;
  if (account?.apiBase !== apiBase)
    await saveTill(services, {
      provider: provider.id,
      secretKey: provider.simulatorKey,
      endpointKind: 'simulator',
      apiBase,
      actor: 'plinth',
    });
  if (origin !== null) await connectWebhook(services, provider.id, origin);
}
