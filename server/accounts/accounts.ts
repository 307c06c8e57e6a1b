/** Accounts: credentials come in, are tried at the provider, sealed, and never go out again. */
import { sealed } from '../kernel/sealed.ts';
import { createHash, randomUUID } from 'node:crypto';
import type { AccountCreate } from '../../contract/provider.ts';
import type { AttachedAccount } from '../../automation/types.ts';
import { credentialGiven } from '../../providers/credential.ts';
import { isProviderError } from '../../providers/errors.ts';
import type { AccountConnection, ComputeClient, DnsClient, Endpoint, Provider } from '../../providers/provider.ts';
import { timeNow } from '../kernel/clock.ts';
import { notFound, Refusal, refuseField } from '../kernel/problem.ts';
import { accountById, accountUse, deleteAccount, dropCatalog, insertAccount, listAccounts, updateAccount } from './store.ts';
import { appendAudit } from '../kernel/audit.ts';
import { type Account, brokenUnique, type Commit, type Db, inTransaction, type Json } from '../kernel/database.ts';
import { type AccountOptions, optionsOf, parseConfiguration } from './options.ts';
import { assertSameAccount } from './same-account.ts';
import { findProvider, type Principal, type Services } from '../kernel/services.ts';

const CREDENTIAL = sealed('account', 'credential');
const CHECK_TIMEOUT_MS = 20_000;
export type Credential = Readonly<Record<string, string>>;

export function providerOf(services: Services, account: Pick<Account, 'provider'>): Provider {
  const provider = findProvider(services, account.provider);
  if (!provider) throw new Error(`An account names the provider "${account.provider}", which this version does not have.`);
  return provider;
}

/** Decrypts; the result stays in memory and goes to the engine or a client only. */
export function openAccount(services: Services, account: Account): AttachedAccount {
  const credential = JSON.parse(CREDENTIAL.open(services.secrets, account.id, account.credential)) as Credential;
  // The simulator's port may differ between starts, so its address is asked for, not remembered.
  const endpoint =
    account.endpointKind === 'simulator'
      ? services.endpointOf(providerOf(services, account), 'simulator')
      : { kind: 'real' as const, baseUrl: account.endpointBaseUrl };
  return { providerId: account.provider, accountId: account.id, credential, endpoint };
}

/** Where an account of that kind is. @throws Refusal naming `field` when the simulator is off or refused. */
export function endpointFor(services: Services, provider: Provider, kind: string, field: string): Endpoint {
  try {
    return services.endpointOf(provider, kind === 'simulator' ? 'simulator' : 'real');
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw refuseField(
      field,
      'the simulator is off here',
      'Use the real provider; or, in development mode, set SIMULATOR=on.',
      error.status,
      error.code,
    );
  }
}

/** The provider's look-up client for an account. */
export function clientOf(services: Services, account: Account): { compute?: ComputeClient; dns?: DnsClient } {
  const provider = providerOf(services, account);
  // Settings that say what the provider does not: read as they are now, without what this version does not know.
  const options = provider.descriptor.options.safeParse(account.configuration);
  return clientFor(services, provider, { ...openAccount(services, account), ...(options.success ? { options: options.data } : {}) });
}

export function mustCompute(services: Services, account: Account): ComputeClient {
  const { compute } = clientOf(services, account);
  if (!compute) throw new Error(`The account "${account.name}" has no servers to look at.`);
  return compute;
}

export function mustDns(services: Services, account: Account): DnsClient {
  const { dns } = clientOf(services, account);
  if (!dns) throw new Error(`The account "${account.name}" has no DNS records to look at.`);
  return dns;
}

function clientFor(
  services: Services,
  provider: Provider,
  opened: Omit<AccountConnection, 'budget'>,
): { compute?: ComputeClient; dns?: DnsClient } {
  const known = () => services.knownServers(opened.accountId);
  const connection: AccountConnection = { ...opened, known, budget: services.budgetFor(opened, provider) };
  return {
    ...(provider.compute ? { compute: provider.compute(connection) } : {}),
    ...(provider.dns ? { dns: provider.dns(connection) } : {}),
  };
}

/** Tries the key at the provider; what it answers adds the account. */
export async function prepareAccount(
  services: Services,
  principal: Principal,
  body: AccountCreate,
  requestId: string,
): Promise<Commit<Account>> {
  const provider = findProvider(services, body.type);
  if (!provider || !provider.descriptor.roles.some((role) => role !== 'utility'))
    throw refuseField('type', `"${body.type}" is no provider here`, `Choose one of: ${names(services)}.`);
  const endpoint = endpointFor(services, provider, body.endpoint, 'endpoint');
  const credential = parseCredential(provider, body.api_key);
  const configuration = parseConfiguration(provider, body.configuration);
  const id = randomUUID();
  const opened = { accountId: id, credential, endpoint };
  await liveCheck(services, provider, opened);
  await checkZones(clientFor(services, provider, opened).dns, configuration);
  return (tx) =>
    unique(body.name, async () => {
      const account = await insertAccount(tx, {
        id,
        provider: body.type,
        name: body.name,
        endpointKind: endpoint.kind,
        endpointBaseUrl: endpoint.baseUrl,
        configuration,
        active: body.active,
        status: 'ok',
        checkMessage: null,
        lastCheckedAt: timeNow(),
        ...atRest(services, id, credential),
      });
      await appendAudit(tx, {
        actor: principal.name,
        action: 'account.created',
        target: id,
        organizationId: null,
        data: { provider: body.type, name: body.name, requestId },
      });
      return account;
    });
}

/** Asks the provider for the zones that the configuration names; what it answers makes the change. */
export async function preparePatch(
  services: Services,
  principal: Principal,
  id: string,
  body: { name?: string | undefined; configuration?: Record<string, unknown> | undefined; active?: boolean | undefined },
): Promise<Commit<Account>> {
  const account = await mustAccount(services, id);
  const configuration =
    body.configuration === undefined ? undefined : parseConfiguration(providerOf(services, account), body.configuration);
  if (configuration !== undefined) await checkZones(clientOf(services, account).dns, configuration);
  return (tx) =>
    unique(body.name ?? '', async () => {
      const changed = await updateAccount(tx, id, {
        ...(body.name === undefined ? {} : { name: body.name }),
        ...(configuration === undefined ? {} : { configuration }),
        ...(body.active === undefined ? {} : { active: body.active }),
      });
      await appendAudit(tx, {
        actor: principal.name,
        action: 'account.changed',
        target: id,
        organizationId: null,
        data: { fields: Object.keys(body) },
        before: settingsOf(account),
        after: settingsOf(changed),
      });
      return changed;
    });
}

/** What a patch can change. */
const settingsOf = ({ name, configuration }: Account): Json => ({ name, configuration: configuration as Json });

/** Tries the new key at the provider; what it answers puts it in the old one's place. */
export async function prepareKey(
  services: Services,
  principal: Principal,
  id: string,
  key: string | Record<string, string>,
): Promise<Commit<Account>> {
  const account = await mustAccount(services, id);
  const provider = providerOf(services, account);
  const credential = parseCredential(provider, key);
  const { endpoint } = openAccount(services, account);
  const opened = { accountId: id, credential, endpoint };
  await liveCheck(services, provider, opened);
  await assertSameAccount(services.db, id, clientFor(services, provider, opened));
  return async (tx) => {
    await dropCatalog(tx, id);
    const change = { ...atRest(services, id, credential), status: 'ok', checkMessage: null, lastCheckedAt: timeNow() };
    const changed = await updateAccount(tx, id, { ...change, secretVersion: { increment: 1 } });
    await appendAudit(tx, {
      actor: principal.name,
      action: 'account.key-rotated',
      target: id,
      organizationId: null,
      data: { version: changed.secretVersion },
    });
    return changed;
  };
}

/** Asks the provider now whether the key works; what it answers records it. */
export async function prepareCheck(services: Services, id: string): Promise<Commit<Account>> {
  const account = await mustAccount(services, id);
  let status = 'ok';
  let checkMessage: string | null = null;
  try {
    await askAccount(services, account);
  } catch (error) {
    if (!isProviderError(error)) throw error;
    status = isProviderError(error, 'credentials', 'forbidden') ? 'refused' : 'unreachable';
    checkMessage = error.detail.message;
  }
  return (tx) => updateAccount(tx, id, { status, checkMessage, lastCheckedAt: timeNow() });
}

async function askAccount(services: Services, account: Account): Promise<void> {
  const { compute, dns } = clientOf(services, account);
  await (compute ?? dns)?.account({ signal: AbortSignal.timeout(CHECK_TIMEOUT_MS) });
}

export async function removeAccount(services: Services, principal: Principal, id: string): Promise<void> {
  await inTransaction(services.db, async (tx) => {
    await mustAccount({ db: tx }, id);
    const use = await accountUse(tx, id);
    if (use.living > 0)
      throw new Refusal(
        409,
        'account_in_use',
        `${use.living} VPS${use.living === 1 ? ' uses' : 'es use'} this account. Destroy them first.`,
      );
    if (use.all > 0)
      throw new Refusal(
        409,
        'account_has_history',
        'Terminated VPSes name this account in their history. Rotate its key to a revoked one instead.',
      );
    await deleteAccount(tx, id);
    await appendAudit(tx, { actor: principal.name, action: 'account.deleted', target: id, organizationId: null, data: {} });
  });
}

export async function mustAccount(services: { readonly db: Db }, id: string): Promise<Account> {
  const account = await accountById(services.db, id);
  if (!account) throw notFound('provider account', id);
  return account;
}

/** The one whose configuration says `default`, else the oldest. */
export function defaultOf(accounts: readonly Account[]): Account | undefined {
  return accounts.find((account) => optionsOf(account).default === true) ?? accounts[0];
}

/** The oldest first. */
export async function allAccounts(services: Services): Promise<Account[]> {
  return await listAccounts(services.db);
}

/** Seals the credential, with what may be shown of it. */
export function atRest(services: Pick<Services, 'secrets'>, id: string, credential: Credential) {
  const text = JSON.stringify(credential);
  const secret = Object.values(credential).at(-1) ?? '';
  return {
    credential: CREDENTIAL.seal(services.secrets, id, text),
    fingerprint: createHash('sha256').update(text).digest('hex').slice(0, 16),
    // Four characters of a short key would be too much of it, and the end of a document tells nothing.
    last4: /^[\w.~+/=:-]{16,}$/.test(secret) ? secret.slice(-4) : '',
  };
}

async function liveCheck(services: Services, provider: Provider, opened: Omit<AccountConnection, 'budget'>): Promise<void> {
  const { compute, dns } = clientFor(services, provider, opened);
  try {
    await (compute ?? dns)?.account({ signal: AbortSignal.timeout(CHECK_TIMEOUT_MS) });
  } catch (error) {
    if (isProviderError(error, 'credentials', 'forbidden'))
      throw refuseField(
        'api_key',
        `${provider.descriptor.name} refuses this key: ${error.detail.message}`,
        'Make a new key there with the rights its README lists.',
      );
    throw error;
  }
}

/** A zone that the account does not hold would make every order that leaves the zone out fail. @throws Refusal */
async function checkZones(dns: DnsClient | undefined, configuration: Readonly<Record<string, unknown>>): Promise<void> {
  const { defaultZone = '', allowedZones = [] } = configuration as AccountOptions;
  if (!dns || (defaultZone === '' && allowedZones.length === 0)) return;
  const held = (await dns.zones({ signal: AbortSignal.timeout(CHECK_TIMEOUT_MS) })).map(({ name }) => name);
  const remedy = `It holds: ${held.join(', ') || 'none'}.`;
  const foreign = allowedZones.find((zone) => !held.includes(zone));
  if (foreign !== undefined)
    throw refuseField('configuration.allowed_zones', `the account holds no zone "${foreign}"`, remedy, 422, 'unknown_zone');
  if (defaultZone !== '' && !(allowedZones.length > 0 ? allowedZones : held).includes(defaultZone))
    throw refuseField('configuration.default_zone', `"${defaultZone}" is no zone that orders may use`, remedy, 422, 'unknown_zone');
}

function parseCredential(provider: Provider, key: string | Record<string, string>): Credential {
  const fields = provider.descriptor.credentialFields;
  const parsed = provider.descriptor.credential.safeParse(credentialGiven(fields, key));
  if (parsed.success) return parsed.data as Credential;
  const rule = parsed.error.issues.map((issue) => issue.message).join('; ');
  throw refuseField('api_key', rule, `Send ${fields.map((field) => `${field.name} (${field.label})`).join(', ')}.`);
}

function names(services: Services): string {
  return services.providers
    .filter((provider) => provider.descriptor.roles.some((role) => role !== 'utility'))
    .map((provider) => provider.descriptor.id)
    .join(', ');
}

async function unique<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (brokenUnique(error) !== null)
      throw refuseField('name', `an account "${name}" exists already`, 'Choose another name.', 409, 'name_taken');
    throw error;
  }
}
