/** One server for a user: bought with its set-up script, named below the zone, and ready when it answers there. */
import type { z } from 'zod';
import type { OwnProvision, OwnProvisioned } from '../../../contract/compat/personal-server.ts';
import { VpsCreate } from '../../../contract/vps.ts';
import { allAccounts, defaultOf, providerOf } from '../../accounts/accounts.ts';
import { readCatalog } from '../../accounts/catalog.ts';
import { optionsOf } from '../../accounts/options.ts';
import { isReserved, slugOf } from '../../identity/users/handle.ts';
import type { Account } from '../../kernel/database.ts';
import { requestContext } from '../../kernel/request-context.ts';
import { findProvider } from '../../kernel/services.ts';
import { Refusal, refuseField } from '../../kernel/problem.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import { APPLICATION } from '../../profiles/application.ts';
import { livingReferenceExists } from '../../vps/store.ts';
import { createVps } from '../../vps/vps.ts';
import { nearestTo } from './nearest.ts';
import { ownerOf } from './owner.ts';
import { signUpAddress } from './store.ts';

export const PROVIDER = 'hostinger';
/** The field of the VPS's request by the older system's name for it. */
const FIELDS: Readonly<Record<string, string>> = {
  type: 'plan',
  image: 'template_id',
  region: 'data_center_id',
  'ssh_keys.0': 'public_key.key',
  backups: 'enable_backups',
  'dns.name': 'hostname',
  label: 'username',
};

export async function provisionOwn(services: Services, principal: Principal, body: OwnProvision): Promise<z.input<typeof OwnProvisioned>> {
  const { db, config } = services;
  const owner = await ownerOf(services, principal);
  const { organizationId } = owner.principal;
  const exists = (): Promise<boolean> => livingReferenceExists(db, organizationId, owner.reference);
  if (await exists()) throw existsAlready();
  const account = await requireAccount(services);
  const username = dnsSafe(body.username ?? owner.handle);
  const zone = await zoneOf(services);
  const hostname = namedBelow(zone, body.hostname ?? `${username}.${zone}`, config.reservedNames);
  const region = String(body.data_center_id ?? (await nearestCentre(services, account, owner.id)) ?? config.ownServer.dataCenter);
  const plan = body.plan ?? config.ownServer.plan;
  const wanted = VpsCreate.safeParse({
    label: username,
    type: plan,
    region,
    image: String(body.template_id ?? config.ownServer.template),
    ssh_keys: body.public_key ? [body.public_key.key] : [],
    ...(body.enable_backups === undefined ? {} : { backups: body.enable_backups }),
    dns: { enabled: true, zone, name: hostname },
    external_reference: owner.reference,
    organization_id: organizationId,
    setup: { profile: APPLICATION, values: valuesOf(services, owner.id, username) },
  });
  if (!wanted.success) throw refuseField('username', wanted.error.issues[0]!.message, 'Send another name.');
  // The seller's zone and accounts: what they are is not the user's to choose, so it is asked for as the seller would.
  const { vps } = await createVps(services, { ...owner.principal, organizationId: null }, wanted.data).catch(async (error: unknown) => {
    // An equal request at the same moment took name and reference.
    throw error instanceof Refusal && ['label_taken', 'reference_taken', 'dns_name_taken'].includes(error.code) && (await exists())
      ? existsAlready()
      : inOwnWords(error);
  });
  return {
    success: true,
    status: 'pending',
    vps_id: vps.id,
    hostname: vps.hostname,
    plan_id: vps.plan,
    data_center_id: Number(vps.region),
  };
}

function existsAlready(): Refusal {
  return new Refusal(409, 'reference_taken', 'User already has a VPS');
}

/** @throws Refusal 503 in the older system's words */
async function requireAccount(services: Services): Promise<Account> {
  const account = defaultOf((await allAccounts(services)).filter(({ provider, active }) => provider === PROVIDER && active));
  if (account) return account;
  throw new Refusal(503, 'provider_not_configured', `${findProvider(services, PROVIDER)!.descriptor.name} API key not configured`);
}

/** Nearest to where they signed up, else to where they ask from; null: neither says anything. */
async function nearestCentre(services: Services, account: Account, userId: string): Promise<string | null> {
  const { items } = await readCatalog(services, account, 'regions');
  return nearestTo([await signUpAddress(services.db, userId), requestContext()?.address ?? null], items);
}

/** Of the environment, else the DNS account's default, else its first. @throws Refusal 503 */
async function zoneOf(services: Services): Promise<string> {
  const { zone } = services.config.ownServer;
  if (zone !== undefined) return zone;
  const accounts = (await allAccounts(services)).filter((each) => each.active && providerOf(services, each).dns);
  const account = defaultOf(accounts);
  if (account) {
    const { defaultZone = '', allowedZones = [] } = optionsOf(account);
    if (defaultZone !== '') return defaultZone;
    const { items } = await readCatalog(services, account, 'zones');
    const usable = items.find(({ name, status }) => status === 'active' && (allowedZones.length === 0 || allowedZones.includes(name)));
    if (usable) return usable.name;
  }
  throw new Refusal(503, 'dns_not_configured', 'There is no DNS zone for servers. Add an account that holds one, or set DEFAULT_VPS_ZONE.');
}

/** A label, of whatever somebody calls themselves. */
function dnsSafe(name: string): string {
  return slugOf(name) || 'vps';
}

/** One label below the zone that nobody takes for the seller's own. */
function namedBelow(zone: string, hostname: string, reserved: readonly string[]): string {
  const name = hostname.toLowerCase().replace(/\.$/, '');
  const label = name.endsWith(`.${zone}`) ? name.slice(0, -zone.length - 1) : '';
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label) || isReserved(reserved, label))
    throw refuseField(
      'hostname',
      `is no free name below ${zone}`,
      `Send one such as mine.${zone}, or another username.`,
      422,
      'name_reserved',
    );
  return name;
}

function valuesOf({ config }: Services, ownerId: string, username: string): Record<string, string> {
  const { appUrl, cliUrl, appName, cliName, banner } = config.ownServer;
  if (appUrl === undefined || cliUrl === undefined)
    throw new Refusal(503, 'application_not_configured', 'CONDUCTOR_URL and CLI_URL must say where the application is fetched from.');
  return {
    OWNER_ID: ownerId,
    CONDUCTOR_URL: appUrl,
    CLI_URL: cliUrl,
    APP_USER: username.replace(/^[^a-z]+/, '') || 'owner',
    APP_NAME: appName,
    CLI_NAME: cliName,
    BANNER: banner,
  };
}

/** The same refusal, by the older system's names of the fields. */
function inOwnWords(error: unknown): unknown {
  if (!(error instanceof Refusal)) return error;
  const errors = error.errors.map((each) => ({ ...each, field: FIELDS[each.field] ?? each.field }));
  const [first] = errors;
  return new Refusal(error.status, error.code, first ? `${first.field}: ${first.rule}` : error.message, errors, error.headers);
}
